"""The default encoder: all-MiniLM-L6-v2, taught Vietnamese.

English text is encoded by the model as it was published. Vietnamese text is cut into units of its
own (`bilingual.units`), whose input embeddings were trained, and runs through the same body with
low-rank updates, so that it lands where its English translation does. How it was trained stands in
`bilingual/data/MODEL_CARD.md`; text without marks is given its marks first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from bilingual._graph import Weights
from bilingual._rows import unit_rows
from bilingual._runtime import onnxruntime
from bilingual._weights import CheckedFile, packaged_folder
from bilingual.body import MAX_TOKENS, WIDTH, Body, Embeddings, LowRankUpdate, mean_pool, updated
from bilingual.language import QuestionLanguage
from bilingual.orthography import nfc
from bilingual.sentences import split
from bilingual.tokenizer import END, START, BilingualTokenizer, Tokens
from bilingual.tokens import SCALE, QuestionTokens, TokenVectors
from bilingual.units import DATA

T = TypeVar("T")

NAME = "trichdan/minilm-vi-en-4"
_QKV = ("query", "key", "value")


class TaughtMiniLM:
    """Vietnamese and English in one space, without a download. Safe to share between threads.

    Reads the first 254 tokens of a text; what follows is not seen.

    Attributes:
        tokenizer: Cuts text into its tokens.
        embeddings: Their input embeddings.
    """

    def __init__(self, folder: Path = DATA, *, threads: int | None = None) -> None:
        """Load the published model and what was taught to it (about half a second).

        Args:
            folder: Where `encoder.safetensors` lies.
            threads: Texts encoded at once; by default the cores this process may use.

        Raises:
            EncoderMissingError: The package with the published model is not installed.
            EncoderDamagedError: One of its files is not the published one.
        """
        model = packaged_folder()
        with ThreadPoolExecutor(1) as pool:  # hashing leaves the interpreter free
            opening = pool.submit(CheckedFile.open, model / "model.safetensors")
            tokenizer = CheckedFile.open(model / "tokenizer.json")
            self.tokenizer = BilingualTokenizer(tokenizer.content[:])
            onnxruntime()  # imported while the hashing goes on
        published = opening.result().tensors()
        taught = load_file(folder / "encoder.safetensors")
        scale = taught["units.scale"].astype(np.float32)
        units = taught["units"].astype(np.float32) * scale[:, None]
        updates = _updates(taught)
        self.embeddings = Embeddings(published["embeddings.word_embeddings.weight"], units)
        self._making = threading.Lock()
        self._made: dict[bool, Body] = {}
        self._make: dict[bool, Callable[[], Body]] = {
            False: lambda: Body(published, threads=threads),
            True: lambda: Body(published, extra_embeddings=units, updates=updates, threads=threads),
        }
        self._projection = taught["projection"].astype(np.float32)
        self._weights = {
            True: taught["idf.vietnamese"].astype(np.float32),
            False: taught["idf.english"].astype(np.float32),
        }

    @property
    def name(self) -> str:
        """Changes whenever the weights do."""
        return NAME

    @property
    def dim(self) -> int:
        """384."""
        return WIDTH

    @property
    def token_dim(self) -> int:
        """128."""
        return int(self._projection.shape[1])

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, special tokens not counted; a passage may have 254."""
        return len(self.tokenizer.tokens(text).ids)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode passages; only the first 254 tokens of each are seen.

        Returns:
            float32 `[len(texts), 384]`, rows of unit length.

        Raises:
            EncoderError: A text cannot be read.
        """
        states = self._states([self._window(text) for text in texts], mean_pool)
        rows = np.stack(states) if states else np.empty((0, self.dim), np.float32)
        return unit_rows(rows, name=self.name, count=len(texts))

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """Encode one question: float32 `[384]`, of unit length."""
        row: NDArray[np.float32] = self.encode_passages([text])[0]
        return row

    def encode_passages_with_tokens(
        self, texts: Sequence[str]
    ) -> tuple[NDArray[np.float32], list[TokenVectors]]:
        """Vectors as of `encode_passages`, and each text's token vectors.

        Token vectors are those of its sentences, each encoded by itself: what a sentence says is
        then not blurred by its neighbours (vi→en R@1 on the dev half of XQuAD-R: +.022), each is
        read in its own language, and none is beyond the window.
        """
        texts = [nfc(text) for text in texts]
        wholes = [self._window(text) for text in texts]
        parts = [self._sentences(text, whole) for text, whole in zip(texts, wholes, strict=True)]
        states = iter(self._states([s for of in parts for _, s in of], self._pooled_and_tokens))
        made = [[(start, of, *next(states)) for start, of in sentences] for sentences in parts]
        alone = {at: found[0][2] for at, found in enumerate(made) if found[0][1] is wholes[at]}
        others = [at for at in range(len(texts)) if at not in alone]
        pooled = self._states([wholes[at] for at in others], mean_pool)
        rows = np.empty((len(texts), self.dim), np.float32)
        for at, row in [*alone.items(), *zip(others, pooled, strict=True)]:
            rows[at] = row
        tokens = [
            TokenVectors(
                np.rint(SCALE * np.concatenate([vectors for *_, vectors in found])).astype(np.int8),
                np.concatenate([of.spans + start for start, of, *_ in found]),
                len(text),
            )
            for text, found in zip(texts, made, strict=True)
        ]
        return unit_rows(rows, name=self.name, count=len(texts)), tokens

    def _sentences(self, text: str, whole: Tokens) -> list[tuple[int, Tokens]]:
        """Where each sentence starts, and its tokens; few words are read as the text is."""
        places = split(text)
        if len(places) < 2:
            return [(0, whole)]
        cut = self.tokenizer.each([text[start:end] for start, end in places], whole.language)
        return [
            (start, tokens.first(MAX_TOKENS - 2))
            for (start, _), tokens in zip(places, cut, strict=True)
        ]

    def encode_question_with_tokens(self, text: str) -> tuple[NDArray[np.float32], QuestionTokens]:
        """The vector as of `encode_question`, and the question's token vectors and weights."""
        tokenized = self._window(text)
        [(row, vectors)] = self._states([tokenized], self._pooled_and_tokens)
        weights = self._weights[tokenized.vietnamese][tokenized.ids]
        weights = weights / max(float(weights.sum()), 1e-6)
        pooled = unit_rows(row[None], name=self.name, count=1)[0]
        return pooled, QuestionTokens(vectors, weights, tokenized.spans)

    def _pooled_and_tokens(
        self, states: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        tokens = states[1:-1] @ self._projection
        lengths = np.linalg.norm(tokens, axis=1, keepdims=True)
        return mean_pool(states), tokens / np.maximum(lengths, 1e-9)

    def _states(self, texts: Sequence[Tokens], then: Callable[[NDArray[np.float32]], T]) -> list[T]:
        """`then` of each text's hidden states, in order; each language by its own body."""
        found: dict[int, T] = {}
        for vietnamese in {text.vietnamese for text in texts}:
            places = [at for at, text in enumerate(texts) if text.vietnamese is vietnamese]
            ids = [[START, *texts[at].ids, END] for at in places]
            found.update(zip(places, self._body(vietnamese).map(ids, then), strict=True))
        return [found[at] for at in range(len(texts))]

    def _body(self, vietnamese: bool) -> Body:
        """The body for a language, made when it is first needed: one question needs one."""
        with self._making:
            if vietnamese not in self._made:
                self._made[vietnamese] = self._make[vietnamese]()
            return self._made[vietnamese]

    def _window(self, text: str, language: QuestionLanguage | None = None) -> Tokens:
        """The tokens of `text` that the model sees."""
        return self.tokenizer.tokens(text, language).first(MAX_TOKENS - 2)


def blended_weights(share: float, folder: Path = DATA) -> Weights:
    """The body's weights with a share, from 0 to 1, of what was taught about Vietnamese."""
    published = CheckedFile.open(packaged_folder() / "model.safetensors").tensors()
    updates = _updates(load_file(folder / "encoder.safetensors"))
    scaled = {
        layer: LowRankUpdate(update.down, np.float32(share) * update.up)
        for layer, update in updates.items()
    }
    return updated(published, scaled)


def _updates(taught: Mapping[str, NDArray[np.generic]]) -> dict[str, LowRankUpdate]:
    """The low-rank updates by linear layer; query, key and value were trained as one."""
    found: dict[str, LowRankUpdate] = {}
    for name in taught:
        if not name.endswith(".a"):
            continue
        layer = name.removesuffix(".a")
        down = taught[name].astype(np.float32)
        up = taught[f"{layer}.b"].astype(np.float32)
        if layer.endswith(".qkv"):
            for part, rows in zip(_QKV, np.split(up, 3), strict=True):
                found[layer.replace("qkv", part)] = LowRankUpdate(down, rows)
        else:
            found[layer] = LowRankUpdate(down, up)
    return found
