"""Real models too small to say anything: two layers of random weights, in each engine's format.

They prove that a model is loaded, streamed, limited and stopped. So that what they say is text,
the last layer is drawn for letters, full stops and spaces only; everything else comes last.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH, LAYERS, HEADS, INNER, WINDOW = 32, 2, 4, 64, 2048
SAID = " .abcdefghijklmnopqrstuvwxyz"
TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
# As some models have it: they know no instructions beside the question.
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"


def weights(vocabulary: list[str]) -> dict[str, NDArray[np.float32]]:
    """Random weights under GGUF's names, shaped [out, in]."""
    rng = np.random.default_rng(7)

    def matrix(rows: int, columns: int) -> NDArray[np.float32]:
        return rng.normal(0, 0.5, (rows, columns)).astype(np.float32)

    made = {"token_embd.weight": matrix(len(vocabulary), WIDTH)}
    output = np.zeros((len(vocabulary), WIDTH), np.float32)
    spoken = [place for place, token in enumerate(vocabulary) if token in set(SAID)]
    output[spoken] = matrix(len(spoken), WIDTH)
    made["output.weight"] = output
    made["output_norm.weight"] = np.ones(WIDTH, np.float32)
    for layer in range(LAYERS):
        shapes = {
            "attn_q": (WIDTH, WIDTH), "attn_k": (WIDTH, WIDTH), "attn_v": (WIDTH, WIDTH),
            "attn_output": (WIDTH, WIDTH), "ffn_gate": (INNER, WIDTH), "ffn_up": (INNER, WIDTH),
            "ffn_down": (WIDTH, INNER),
        }  # fmt: skip
        for name, shape in shapes.items():
            made[f"blk.{layer}.{name}.weight"] = matrix(*shape)
        for name in ("attn_norm", "ffn_norm"):
            made[f"blk.{layer}.{name}.weight"] = np.ones(WIDTH, np.float32)
    return made


def write_gguf(path: Path, *, template: str | None = TEMPLATE) -> Path:
    """A model for llama.cpp: one file."""
    import gguf

    characters = [*SAID]
    vocabulary = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    # SentencePiece writes a space as "▁".
    pieces = ["▁" if character == " " else character for character in characters]
    types = [
        *(gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL),
        *[gguf.TokenType.BYTE] * 256,
        *[gguf.TokenType.NORMAL] * len(pieces),
    ]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(WINDOW)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(vocabulary) + len(pieces))
    writer.add_tokenizer_model("llama")
    writer.add_token_list([*vocabulary, *pieces])
    writer.add_token_scores([0.0] * (len(vocabulary) + len(pieces)))
    writer.add_token_types(types)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    if template is not None:
        writer.add_chat_template(template)
    for name, tensor in weights([*vocabulary, *characters]).items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_transformers(folder: Path, *, template: str | None = TEMPLATE) -> Path:
    """A model for transformers: a folder with configuration, weights and tokenizer."""
    import torch
    from tokenizers import Tokenizer, decoders, pre_tokenizers
    from tokenizers.models import BPE
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = ["<unk>", "<s>", "</s>", *alphabet]
    tokenizer = Tokenizer(BPE({token: place for place, token in enumerate(vocabulary)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", bos_token="<s>", eos_token="</s>"
    )
    fast.chat_template = template
    fast.save_pretrained(folder)

    config = LlamaConfig(
        vocab_size=len(vocabulary), hidden_size=WIDTH, intermediate_size=INNER,
        num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=HEADS,
        max_position_embeddings=WINDOW, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    shown = [" " if token == "Ġ" else token for token in vocabulary]
    state = {_renamed(name): torch.from_numpy(made) for name, made in weights(shown).items()}
    model.load_state_dict(state, strict=True)
    model.save_pretrained(folder)
    assert json.loads((folder / "config.json").read_text())["vocab_size"] == len(vocabulary)
    return folder


def _renamed(name: str) -> str:
    """A tensor's name in transformers."""
    whole = {
        "token_embd.weight": "model.embed_tokens.weight",
        "output.weight": "lm_head.weight",
        "output_norm.weight": "model.norm.weight",
    }
    if name in whole:
        return whole[name]
    _, layer, part, _ = name.split(".")
    parts = {
        "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm",
        "ffn_norm": "post_attention_layernorm",
    }  # fmt: skip
    return f"model.layers.{layer}.{parts[part]}.weight"
