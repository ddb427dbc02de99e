"""A small network over the token vectors of a question and of a piece of text.

Late interaction asks how much of the question a piece of text holds. A near miss holds all of it
and yet does not answer: "Who signed?" over "It was signed in Hanoi." The network looks at both
sides' vectors together. What they are made of is stored with the passages, so nothing is encoded
again: MORES (Gao, Dai and Callan, 2020) divides a reranker in this way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from bilingual.tokens import SCALE, QuestionTokens

DATA = Path(__file__).parent / "data"

# Tokens that are read of either side; what is longer is cut.
ASKING_TOKENS, PIECE_TOKENS = 48, 96

HEADS = 4
# Products of unit vectors and shares of a weight are small numbers beside their coordinates.
LOUDER = 8.0

Rows = NDArray[np.float32]
_GELU = np.float32(math.sqrt(2 / math.pi))
_NOTHING = np.float32(-1e9)


class Reader:
    """The trained network.

    Attributes:
        encoder: Name of the encoder whose token vectors it was trained on; those of another one
            mean nothing to it.
    """

    def __init__(self, folder: Path = DATA) -> None:
        with safe_open(folder / "reader.safetensors", "numpy") as file:
            self.encoder: str = file.metadata()["encoder"]
            names = file.keys()
            weights = {name: file.get_tensor(name).astype(np.float32) for name in names}
        self._weights: Mapping[str, Rows] = weights
        self._layers = 1 + max(int(name.split(".")[1]) for name in weights if name[:6] == "blocks")

    def read(
        self, asking: QuestionTokens, pieces: Sequence[NDArray[np.int8]]
    ) -> NDArray[np.float32]:
        """Read a question with each of some pieces of text.

        Args:
            asking: The question's tokens.
            pieces: int8 `[tokens, token_dim]`, as stored; each with at least one token.

        Returns:
            float32 `[pieces]`, logits: above 0 it rather answers than not.
        """
        if not len(pieces) or not len(asking.vectors):
            return np.zeros(len(pieces), np.float32)
        cut = [piece[:PIECE_TOKENS] for piece in pieces]
        longest = max(map(len, cut))
        text = np.zeros((len(cut), longest, cut[0].shape[1]), np.float32)
        there = np.zeros((len(cut), longest), bool)
        for at, piece in enumerate(cut):
            text[at, : len(piece)] = piece
            there[at, : len(piece)] = True
        question = asking.vectors[:ASKING_TOKENS].astype(np.float32)
        weights = asking.weights[:ASKING_TOKENS].astype(np.float32)
        return self._logits(question, weights, text / np.float32(SCALE), there)

    def _logits(self, asking: Rows, weights: Rows, text: Rows, there: NDArray[np.bool_]) -> Rows:
        """float32 `[pieces]`; `text` is `[pieces, tokens, token_dim]`, `there` says which are."""
        w, count, words = self._weights, len(text), len(asking)
        both = self._embedded(asking, weights, text, there)
        first = np.broadcast_to(w["cls"], (count, 1, both.shape[2]))
        states = np.concatenate([first, both], axis=1)
        attended = np.concatenate([np.ones((count, 1 + words), bool), there], axis=1)
        away = np.where(attended, np.float32(0), _NOTHING)[:, None, None, :]
        for layer in range(self._layers):
            states = self._block(f"blocks.{layer}", states, away)
        shares = there / there.sum(axis=1, keepdims=True)
        pooled = np.concatenate(
            [
                states[:, 0],
                states[:, 1 : 1 + words].mean(axis=1),
                np.einsum("ktd,kt->kd", states[:, 1 + words :], shares.astype(np.float32)),
            ],
            axis=1,
        )
        hidden = _gelu(self._linear("out.1", self._normal("out.0", pooled)))
        found: Rows = self._linear("out.3", hidden)[:, 0]
        return found

    def _embedded(self, asking: Rows, weights: Rows, text: Rows, there: NDArray[np.bool_]) -> Rows:
        """float32 `[pieces, asking tokens + text tokens, width]`.

        Each token beside what it meets on the other side: its soft counterpart, their product,
        the best cosine, and how much the question's token tells.
        """
        w, louder = self._weights, np.float32(LOUDER)
        cosines = asking @ text.transpose(0, 2, 1)  # [pieces, asking, text]
        cosines = np.where(there[:, None], cosines, np.float32(-9))
        sharp = w["tau"]
        met = _softmax(cosines * sharp) @ text
        back = _softmax(cosines.transpose(0, 2, 1) * sharp)
        asked = back @ asking
        told = (back @ weights)[..., None] * louder
        best_asked = cosines.max(axis=2)[..., None]
        best_text = cosines.max(axis=1)[..., None]
        own = np.broadcast_to(asking, met.shape)
        heavy = np.broadcast_to(weights[:, None] * louder, best_asked.shape)
        left = np.concatenate(
            [own, met, own * met * louder, best_asked, heavy, best_asked * heavy], axis=2
        )
        right = np.concatenate(
            [text, asked, text * asked * louder, best_text, told, best_text * told], axis=2
        )
        sides = (("inq", left), ("inp", right))
        return np.concatenate(
            [
                self._linear(name, side) + w["ty"][at] + w["pos"][: side.shape[1]]
                for at, (name, side) in enumerate(sides)
            ],
            axis=1,
        )

    def _block(self, name: str, states: Rows, away: Rows) -> Rows:
        """One layer: self-attention, then two linear maps, each over normalised states."""
        count, length, width = states.shape
        mixed = self._linear(f"{name}.qkv", self._normal(f"{name}.a", states))
        mixed = mixed.reshape(count, length, 3, HEADS, width // HEADS).transpose(2, 0, 3, 1, 4)
        queries, keys, values = mixed
        scores = queries @ keys.transpose(0, 1, 3, 2) / np.float32(math.sqrt(width // HEADS))
        seen = (_softmax(scores + away) @ values).transpose(0, 2, 1, 3)
        states = states + self._linear(f"{name}.o", seen.reshape(count, length, width))
        inner = _gelu(self._linear(f"{name}.f1", self._normal(f"{name}.b", states)))
        return states + self._linear(f"{name}.f2", inner)

    def _linear(self, name: str, states: Rows) -> Rows:
        found: Rows = states @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return found

    def _normal(self, name: str, states: Rows) -> Rows:
        centred = states - states.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(1e-5))
        found: Rows = centred / scale * self._weights[f"{name}.weight"]
        return found + self._weights[f"{name}.bias"]


def reader_for(encoder: str) -> Reader | None:
    """The reader that goes with an encoder, by its name; None where there is none."""
    found = default_reader()
    return found if found.encoder == encoder else None


@cache
def default_reader() -> Reader:
    """The reader that ships with the program, read once."""
    return Reader()


def _softmax(scores: Rows) -> Rows:
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    found: Rows = shifted / shifted.sum(axis=-1, keepdims=True)
    return found


def _gelu(states: Rows) -> Rows:
    """GELU by its usual approximation through tanh; within .001 of it."""
    cubes = states * states * states
    inner = _GELU * (states + np.float32(0.044715) * cubes)
    found: Rows = np.multiply(0.5 * states, 1.0 + np.tanh(inner), dtype=np.float32)
    return found
