"""Libraries of any size whose passages, vectors and token vectors are made, not embedded.

Every second document is of English words, every other of Vietnamese ones. They come from the
lexicon by Zipf's law, so that the lexical index has long and short lists of passages; vectors come
in clusters, as those of texts about the same things do. The same number always makes the same
document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bilingual.lexicon import default_lexicon
from bilingual.tokens import QuestionTokens, TokenVectors
from vectorstore import (
    DocumentLanguage,
    NewDocument,
    NewPassage,
    Sentence,
    Writer,
    embedding_key,
)

DIM = 384
TOKEN_DIM = 128
PASSAGES_OF_A_DOCUMENT = 40

_SENTENCES, _SENTENCE_WORDS = 5, 18
_TOKENS = 120
# Passages about the same thing, and what sets them apart: a cosine of about .8 to the centre.
_CLUSTER = 50
_NOISE = 0.75
_BATCH = 1000


Row = NDArray[np.float32]


class MadeEncoder:
    """Gives vectors that depend on nothing but the text. The first word names the cluster."""

    name = "made"
    dim = DIM
    token_dim = TOKEN_DIM

    def count_tokens(self, text: str) -> int:
        """Words."""
        return len(text.split())

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 `[len(texts), 384]`, of unit length."""
        if not texts:
            return np.empty((0, DIM), np.float32)
        return np.stack([self.encode_question(text) for text in texts])

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """float32 `[384]`, of unit length."""
        centre = _normal(text.split(" ", 1)[0])
        row = centre + _NOISE * _normal(text)
        unit: NDArray[np.float32] = row / np.linalg.norm(row)
        return unit

    def encode_passages_with_tokens(
        self, texts: list[str]
    ) -> tuple[NDArray[np.float32], list[TokenVectors]]:
        """What `encode_passages` gives, and 120 tokens for each text."""
        return self.encode_passages(texts), [_tokens(text) for text in texts]

    def encode_question_with_tokens(self, text: str) -> tuple[NDArray[np.float32], QuestionTokens]:
        """What `encode_question` gives, and a token a word."""
        spans = [(at, at + 1) for at in range(len(text.split()))]
        vectors = _noise(f"tokens of {text}").standard_normal((len(spans), TOKEN_DIM), np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        weights = np.full(len(spans), 1 / len(spans), np.float32)
        return self.encode_question(text), QuestionTokens(
            vectors, weights, np.array(spans, np.int32)
        )


def document(number: int, version: int = 0, passages: int = PASSAGES_OF_A_DOCUMENT) -> NewDocument:
    """The document of that number; another version of it has other words throughout."""
    chance = np.random.default_rng((number, version))
    language: DocumentLanguage = "vi" if number % 2 else "en"
    text, sentences, places = "", [], []
    for passage in range(passages):
        start = len(text)
        lead = f"t{(number * passages + passage) // _CLUSTER} d{number}v{version}p{passage} "
        for nth in range(_SENTENCES):
            begin = len(text)
            text += (lead if nth == 0 else "") + " ".join(_words(chance, language)) + "."
            sentences.append(Sentence(begin, len(text)))
            text += " "
        places.append(NewPassage(start, len(text) - 1, None, None, language, text[start:-1]))
        text = text[:-1] + "\n"
    return NewDocument(
        title=f"Document {number}",
        language=language,
        source=f"/made/{number}.txt",
        version=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        sentences=sentences,
        passages=places,
    )


def documents(passages: int, first: int = 0) -> Iterator[NewDocument]:
    """Documents that have so many passages together, from the one numbered `first` on."""
    for number, start in enumerate(range(0, passages, PASSAGES_OF_A_DOCUMENT), first):
        yield document(number, passages=min(PASSAGES_OF_A_DOCUMENT, passages - start))


def questions(count: int, passages: int) -> list[str]:
    """Questions about `documents(passages)`: a cluster's name and six words, in both languages."""
    chance = np.random.default_rng(count)
    languages: tuple[DocumentLanguage, ...] = ("en", "vi")
    found = []
    for number in range(count):
        lead = f"t{chance.integers(0, max(1, passages // _CLUSTER))}"
        found.append(" ".join([lead, *_words(chance, languages[number % 2])[:6]]))
    return found


def keep(writer: Writer, new: Sequence[NewDocument], *, tokens: bool = True) -> None:
    """Make the vectors of these documents' passages and keep them."""
    encoder = MadeEncoder()
    texts = [passage.embedded_text for one in new for passage in one.passages]
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        keys = [embedding_key(text) for text in batch]
        rows = encoder.encode_passages(batch)
        stored = {
            key: _tokens(text).to_bytes() for key, text in zip(keys, batch, strict=True) if tokens
        }
        writer.keep_vectors(dict(zip(keys, rows, strict=True)), stored)


def _tokens(text: str) -> TokenVectors:
    vectors = _noise(f"tokens of {text}").integers(-30, 30, (_TOKENS, TOKEN_DIM), np.int8)
    places = np.linspace(0, len(text), _TOKENS + 1).astype(np.int32)
    return TokenVectors(vectors, np.stack([places[:-1], places[1:]], axis=1), len(text))


def _noise(text: str) -> np.random.Generator:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return np.random.Generator(np.random.SFC64(seed))


def _normal(text: str) -> NDArray[np.float32]:
    row = _noise(text).standard_normal(DIM, np.float32)
    unit: NDArray[np.float32] = row / np.linalg.norm(row)
    return unit


@cache
def _vocabulary(language: DocumentLanguage) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """Words, and their cumulative frequencies."""
    lexicon = default_lexicon()
    words = np.array(sorted(lexicon.vietnamese if language == "en" else lexicon.english))
    np.random.default_rng(0).shuffle(words)
    frequencies = 1 / np.arange(1, len(words) + 1)
    return words, np.cumsum(frequencies / frequencies.sum())


def _words(chance: np.random.Generator, language: DocumentLanguage) -> list[str]:
    words, cumulative = _vocabulary(language)
    chosen = np.searchsorted(cumulative, chance.random(_SENTENCE_WORDS))
    return [str(word) for word in words[np.minimum(chosen, len(words) - 1)]]
