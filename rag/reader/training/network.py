"""The network of `rag.reader.model` as torch trains it."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from rag.reader.model import ASKING_TOKENS, HEADS, LOUDER, PIECE_TOKENS
from rag.reader.training.pairs import ANSWERS, SUPPORTS

TASKS = (ANSWERS, SUPPORTS)
_INNER = 2  # width of a layer's inner states, in widths
_EMBEDDED = 0.02  # spread of the first state at the beginning


class Block(nn.Module):
    """One layer."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.qkv, self.o = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.a, self.b = nn.LayerNorm(width), nn.LayerNorm(width)
        self.f1, self.f2 = nn.Linear(width, _INNER * width), nn.Linear(_INNER * width, width)

    def forward(self, states: Tensor, there: Tensor) -> Tensor:
        """Float `[batch, tokens, width]`; `there`, bool `[batch, tokens]`, is attended to."""
        count, length, width = states.shape
        mixed = self.qkv(self.a(states)).view(count, length, 3, HEADS, width // HEADS)
        queries, keys, values = mixed.permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(queries, keys, values, there[:, None, None])
        states = states + self.o(seen.transpose(1, 2).reshape(count, length, width))
        inner: Tensor = states + self.f2(F.gelu(self.f1(self.b(states))))
        return inner


class Network(nn.Module):
    """Both sides' tokens, each beside what it meets on the other side, and layers over them."""

    def __init__(self, token_dim: int, layers: int) -> None:
        super().__init__()
        width = token_dim
        self.inq = nn.Linear(3 * token_dim + 3, width)
        self.inp = nn.Linear(3 * token_dim + 3, width)
        self.ty = nn.Parameter(torch.zeros(2, len(TASKS), width))
        self.cls = nn.Parameter(torch.randn(len(TASKS), width) * _EMBEDDED)
        self.pos = nn.Parameter(torch.zeros(max(ASKING_TOKENS, PIECE_TOKENS), width))
        self.tau = nn.Parameter(torch.tensor(10.0))
        self.blocks = nn.ModuleList(Block(width) for _ in range(layers))
        self.out = nn.Sequential(
            nn.LayerNorm(3 * width),
            nn.Linear(3 * width, width),
            nn.GELU(),
            nn.Linear(width, len(TASKS)),
        )

    def forward(
        self,
        asking: Tensor,
        weights: Tensor,
        asked: Tensor,
        text: Tensor,
        there: Tensor,
        task: Tensor,
    ) -> Tensor:
        """Logits.

        Args:
            asking: Float `[batch, asking tokens, token_dim]`.
            weights: Float `[batch, asking tokens]`.
            asked: Bool `[batch, asking tokens]`, which of them are.
            text: Float `[batch, text tokens, token_dim]`.
            there: Bool `[batch, text tokens]`, which of them are.
            task: Int `[batch]`, places in `TASKS`.
        """
        cosines = asking @ text.transpose(1, 2)
        over_text = cosines.masked_fill(~there[:, None], -9)
        over_asking = cosines.masked_fill(~asked[:, :, None], -9)
        met = torch.softmax(over_text * self.tau, 2) @ text
        back = torch.softmax(over_asking.transpose(1, 2) * self.tau, 2)
        best_asked = over_text.max(2).values[..., None]
        best_text = over_asking.max(1).values[..., None]
        heavy, told = weights[..., None] * LOUDER, (back @ weights[..., None]) * LOUDER
        left = [asking, met, asking * met * LOUDER, best_asked, heavy, best_asked * heavy]
        met_back = back @ asking
        right = [text, met_back, text * met_back * LOUDER, best_text, told, best_text * told]
        words = asking.shape[1]
        states = torch.cat(
            [
                self.cls[task][:, None],
                self.inq(torch.cat(left, 2)) + self.ty[0][task][:, None] + self.pos[:words],
                self.inp(torch.cat(right, 2))
                + self.ty[1][task][:, None]
                + self.pos[: text.shape[1]],
            ],
            1,
        )
        all_there = torch.cat([torch.ones_like(asked[:, :1]), asked, there], 1)
        for block in self.blocks:
            states = block(states, all_there)
        pooled = [
            states[:, 0],
            _mean(states[:, 1 : 1 + words], asked),
            _mean(states[:, 1 + words :], there),
        ]
        found: Tensor = self.out(torch.cat(pooled, 1)).gather(1, task[:, None])[:, 0]
        return found


def _mean(states: Tensor, there: Tensor) -> Tensor:
    return (states * there[..., None]).sum(1) / there.sum(1, keepdim=True).clamp(min=1)


def pace(step: int, steps: int) -> float:
    """Share of the peak learning rate: warmed up, then falling in a line to a fiftieth."""
    return min(1.0, (step + 1) / 200) * max(0.02, 1 - step / max(1, steps))
