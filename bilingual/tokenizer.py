"""Text into the default encoder's tokens: word pieces in English, units in Vietnamese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bilingual.errors import EncoderError
from bilingual.language import QuestionLanguage, identify
from bilingual.marks import default_marks
from bilingual.orthography import nfc
from bilingual.units import default_units

START, END = 101, 102  # [CLS] and [SEP]

# A sentence of fewer words does not tell its language: it has that of the text around it.
_TELLING_WORDS = 5


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as the transformer takes it; `spans` and `ids` leave the special tokens out."""

    language: QuestionLanguage
    ids: list[int]
    spans: NDArray[np.int32]

    @property
    def vietnamese(self) -> bool:
        """Whether it was cut into Vietnamese units."""
        return self.language != "en"

    def first(self, count: int) -> Tokens:
        """The first so many of them."""
        return Tokens(self.language, self.ids[:count], self.spans[:count])


class BilingualTokenizer:
    """English is cut as the published model does, Vietnamese into `bilingual.units`.

    Text without marks is given its marks first. Safe to share between threads.
    """

    def __init__(self, published: bytes) -> None:
        """Take the published model's `tokenizer.json`."""
        self._word_pieces = Tokenizer.from_buffer(published)
        self._units, _ = default_units(), default_marks()
        self._word_pieces.no_padding()
        self._word_pieces.no_truncation()

    def tokens(self, text: str, language: QuestionLanguage | None = None) -> Tokens:
        """The tokens of `text`.

        Args:
            text: Any text.
            language: The language it is read in; by default what it seems to be.

        Raises:
            EncoderError: It is not valid Unicode.
        """
        text = nfc(text)
        language = language or identify(text)
        if language == "en":
            return Tokens(language, *self._pieces(text))
        if language == "vi-nomarks":
            text = default_marks().restore(text)  # as long as before: offsets hold
        words = self._units.words(text)
        tokens = self._units.tokens(words, lambda word: self._pieces(word)[0])
        places = [(words[token.word].start, words[token.word].end) for token in tokens]
        spans = np.array(places, np.int32).reshape(-1, 2)
        return Tokens(language, [token.id for token in tokens], spans)

    def each(self, sentences: Sequence[str], around: QuestionLanguage) -> list[Tokens]:
        """The tokens of each of the sentences of one text.

        Args:
            sentences: One after the other.
            around: The language of the text, in which sentences of few words are read.
        """
        return [
            self.tokens(one, around if len(one.split()) < _TELLING_WORDS else None)
            for one in sentences
        ]

    def _pieces(self, text: str) -> tuple[list[int], NDArray[np.int32]]:
        try:
            found = self._word_pieces.encode(text, add_special_tokens=False)
        except (TypeError, UnicodeError) as exc:  # how the tokenizer reports a lone surrogate
            raise EncoderError(detail=f"it is not valid Unicode ({exc})") from exc
        return found.ids, np.array(found.offsets, np.int32).reshape(-1, 2)
