"""The network of `rag.reader.model` as torch trains it: the whole body, and a head.

Computed in bfloat16 over weights in float32. Attention is written out, as in
`bilingual.training.body`: for short texts that trains faster on a processor than the fused kernel.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor, nn

from bilingual.body import MAX_TOKENS, WIDTH
from rag.reader.model import TASKS

LAYERS, _HEADS = 6, 12
_EPSILON = 1e-12  # of the layer normalisations, as in the published model
# Each layer's weights, and what each is made of in the published model.
PARTS: Mapping[str, tuple[str, ...]] = {
    "qkv": ("attention.self.query", "attention.self.key", "attention.self.value"),
    "out": ("attention.output.dense",),
    "out_norm": ("attention.output.LayerNorm",),
    "up": ("intermediate.dense",),
    "down": ("output.dense",),
    "down_norm": ("output.LayerNorm",),
}

Weights = Mapping[str, NDArray[np.float32]]


class Network(nn.Module):
    """Question and sentences in, one logit for each sentence out."""

    def __init__(self, weights: Weights) -> None:
        """Begin as the body that `weights` are of, by the published names."""
        super().__init__()

        def take(*names: str) -> nn.Parameter:
            return nn.Parameter(torch.cat([torch.tensor(weights[name]) for name in names]))

        self.text = nn.Parameter(torch.zeros(WIDTH))
        self.vietnamese = nn.Parameter(torch.zeros(WIDTH))
        places = (
            weights["embeddings.position_embeddings.weight"][:MAX_TOKENS]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self.places = nn.Parameter(torch.tensor(places))
        self.first_norm = take("embeddings.LayerNorm.weight")
        self.first_norm_bias = take("embeddings.LayerNorm.bias")
        self.layers = nn.ParameterDict()
        for layer in range(LAYERS):
            for part, names in PARTS.items():
                places_of = [f"encoder.layer.{layer}.{name}" for name in names]
                self.layers[f"{layer}_{part}"] = take(*(f"{name}.weight" for name in places_of))
                self.layers[f"{layer}_{part}_bias"] = take(*(f"{name}.bias" for name in places_of))
        self.h1, self.h2 = nn.Linear(2 * WIDTH, WIDTH), nn.Linear(WIDTH, len(TASKS))

    def forward(
        self,
        embedded: Tensor,
        text: Tensor,
        vietnamese: Tensor,
        there: Tensor,
        shares: Tensor,
        task: Tensor,
    ) -> Tensor:
        """Logits, float `[batch, sentences]`.

        Args:
            embedded: Float `[batch, tokens, 384]`, the tokens' input embeddings.
            text: Float `[batch, tokens]`, 1 behind the question.
            vietnamese: Float `[batch, tokens]`, 1 where a token is Vietnamese.
            there: Bool `[batch, tokens]`, where there is one.
            shares: Float `[batch, sentences, tokens]`; the rows give the mean over a sentence.
            task: Int `[batch]`, places in `TASKS`.
        """
        states = embedded + self.places[: embedded.shape[1]]
        states = states + text[..., None] * self.text + vietnamese[..., None] * self.vietnamese
        states = self._body(states.to(torch.bfloat16), there).float()
        sentences = shares @ states
        first = states[:, :1].expand(-1, sentences.shape[1], -1)
        logits: Tensor = self.h2(F.gelu(self.h1(torch.cat([first, sentences], 2))))
        wanted = task[:, None, None].expand(-1, sentences.shape[1], 1)
        return logits.gather(2, wanted)[..., 0]

    def _body(self, states: Tensor, there: Tensor) -> Tensor:
        texts, length, _ = states.shape
        away = torch.zeros(texts, 1, 1, length, dtype=states.dtype)
        away.masked_fill_(~there[:, None, None], -1e4)
        half = {name: weight.to(torch.bfloat16) for name, weight in self.layers.items()}

        def linear(x: Tensor, name: str) -> Tensor:
            return F.linear(x, half[name], half[f"{name}_bias"])

        def norm(x: Tensor, name: str) -> Tensor:
            return F.layer_norm(x, (WIDTH,), half[name], half[f"{name}_bias"], _EPSILON)

        first = self.first_norm.to(torch.bfloat16), self.first_norm_bias.to(torch.bfloat16)
        states = F.layer_norm(states, (WIDTH,), *first, _EPSILON)
        for layer in range(LAYERS):
            qkv = linear(states, f"{layer}_qkv").view(texts, length, 3, _HEADS, -1)
            queries, keys, values = qkv.permute(2, 0, 3, 1, 4)
            scores = (queries * queries.shape[-1] ** -0.5) @ keys.transpose(-1, -2) + away
            seen = (scores.softmax(-1) @ values).transpose(1, 2).reshape(texts, length, WIDTH)
            states = norm(states + linear(seen, f"{layer}_out"), f"{layer}_out_norm")
            inner = F.gelu(linear(states, f"{layer}_up"))
            states = norm(states + linear(inner, f"{layer}_down"), f"{layer}_down_norm")
        return states


def pace(step: int, steps: int) -> float:
    """Share of the peak learning rate: warmed up, then falling in a line to a fiftieth."""
    return min(1.0, (step + 1) / 300) * max(0.02, 1 - step / max(1, steps))
