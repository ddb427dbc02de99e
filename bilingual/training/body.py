"""The transformer body of all-MiniLM-L6-v2 in torch, frozen, with low-rank updates.

Written out rather than taken from a library: attention as plain products trains 2.5 times faster
on a processor than the fused kernel, whose backward pass is slow for short sequences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

WIDTH, HEADS, LAYERS = 384, 12, 6
_EPS = 1e-12
_LINEARS = ("qkv", "out", "up", "down")


class Body(nn.Module):
    """Six layers, post-norm; weights in bfloat16, updates in float32.

    The update of each linear layer is `b @ a` (Hu et al., 2021); query, key and value share one.
    """

    def __init__(self, weights_path: Path, rank: int) -> None:
        """Read `model.safetensors`; a rank of 0 leaves the body as it is."""
        super().__init__()
        from safetensors.torch import load_file

        stored = load_file(str(weights_path))
        self.rank = rank
        self.pieces = stored["embeddings.word_embeddings.weight"]
        self._positions = (
            stored["embeddings.position_embeddings.weight"]
            + stored["embeddings.token_type_embeddings.weight"][0]
        )
        self._first_norm = _norm(stored, "embeddings.LayerNorm")
        self._layers = [_layer(stored, f"encoder.layer.{n}.") for n in range(LAYERS)]
        self.a, self.b = nn.ParameterList(), nn.ParameterList()
        for layer in self._layers if rank else []:
            for name in _LINEARS:
                outputs, inputs = layer[name][0].shape
                self.a.append(nn.Parameter(torch.randn(rank, inputs) / math.sqrt(inputs)))
                self.b.append(nn.Parameter(torch.zeros(outputs, rank)))

    def merged(self) -> list[Tensor]:
        """Weights of all linear layers with their updates, in layer order."""
        frozen = [layer[name][0] for layer in self._layers for name in _LINEARS]
        if not self.rank:
            return frozen
        return [
            weight + (b @ a).to(weight.dtype)
            for weight, a, b in zip(frozen, self.a, self.b, strict=True)
        ]

    def forward(
        self, embedded: Tensor, mask: Tensor, merged: Sequence[Tensor] | None = None
    ) -> Tensor:
        """Contextual vectors.

        Args:
            embedded: Input embeddings, float32 `[texts, tokens, 384]`.
            mask: True where there is a token, bool `[texts, tokens]`.
            merged: `merged()`, when it was computed before.

        Returns:
            bfloat16 `[texts, tokens, 384]`.
        """
        texts, length, _ = embedded.shape
        x = (embedded + self._positions[:length]).to(torch.bfloat16)
        x = F.layer_norm(x, (WIDTH,), *self._first_norm, _EPS)
        blocked = torch.zeros(texts, 1, 1, length, dtype=x.dtype)
        blocked.masked_fill_(~mask[:, None, None], -1e4)
        weights = iter(self.merged() if merged is None else merged)
        for layer in self._layers:
            qkv = F.linear(x, next(weights), layer["qkv"][1])
            q, k, v = qkv.view(texts, length, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
            scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2) + blocked
            seen = (scores.softmax(-1) @ v).transpose(1, 2).reshape(texts, length, WIDTH)
            x = x + F.linear(seen, next(weights), layer["out"][1])
            x = F.layer_norm(x, (WIDTH,), *layer["out_norm"], _EPS)
            up = F.gelu(F.linear(x, next(weights), layer["up"][1]))
            x = x + F.linear(up, next(weights), layer["down"][1])
            x = F.layer_norm(x, (WIDTH,), *layer["down_norm"], _EPS)
        return x


def sentence_vectors(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean over tokens, unit length: float32 `[texts, 384]`."""
    weights = mask[..., None].float()
    return F.normalize((hidden.float() * weights).sum(1) / weights.sum(1), dim=1)


def _norm(stored: dict[str, Tensor], name: str) -> tuple[Tensor, Tensor]:
    return _half(stored[f"{name}.weight"]), _half(stored[f"{name}.bias"])


def _half(tensor: Tensor) -> Tensor:
    return tensor.to(torch.bfloat16)


def _layer(stored: dict[str, Tensor], prefix: str) -> dict[str, tuple[Tensor, Tensor]]:
    def linear(*names: str) -> tuple[Tensor, Tensor]:
        weight = torch.cat([stored[f"{prefix}{name}.weight"] for name in names])
        bias = torch.cat([stored[f"{prefix}{name}.bias"] for name in names])
        return _half(weight), _half(bias)

    return {
        "qkv": linear("attention.self.query", "attention.self.key", "attention.self.value"),
        "out": linear("attention.output.dense"),
        "out_norm": _norm(stored, f"{prefix}attention.output.LayerNorm"),
        "up": linear("intermediate.dense"),
        "down": linear("output.dense"),
        "down_norm": _norm(stored, f"{prefix}output.LayerNorm"),
    }
