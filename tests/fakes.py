"""Stand-ins for what is slow or far away. They keep what they were asked, so tests can look."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_TOKEN = re.compile(r"\w+|[^\w\s]")


class HashEncoder:
    """An encoder without a model: a bag of words, each word a direction drawn from its hash.

    Texts that share words are near each other. `encoded` lists every passage it was given.
    """

    def __init__(self, name: str = "hash-encoder", dim: int = 32) -> None:
        self.name = name
        self.dim = dim
        self.encoded: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(_TOKEN.findall(text))

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded.extend(texts)
        if not texts:
            return np.empty((0, self.dim), np.float32)
        return np.stack([self._encode(text) for text in texts])

    def encode_question(self, text: str) -> NDArray[np.float32]:
        return self._encode(text)

    def _encode(self, text: str) -> NDArray[np.float32]:
        total = np.zeros(self.dim, np.float32)
        for word in _TOKEN.findall(text.lower()) or [""]:
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
            total += np.random.default_rng(seed).standard_normal(self.dim, np.float32)
        length = np.linalg.norm(total)
        return (total / length).astype(np.float32)
