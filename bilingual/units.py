"""Vietnamese text as tokens: syllables and compounds of its own, WordPiece for the rest.

A Vietnamese word is one or more syllables written apart (`năng lượng`, energy). The units are the
frequent syllables and the compounds that a text's adjacent syllables form; which of them a text
contains is chosen by Viterbi over compound scores. Names, figures and foreign words, which are
not units, go through the English model's own WordPiece, so that they meet in both languages.

Ids below `FIRST_UNIT` are WordPiece ids; unit `n` has the id `FIRST_UNIT + n`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from bilingual.orthography import fold, nfc, normalise

# Size of the WordPiece vocabulary of all-MiniLM-L6-v2.
FIRST_UNIT = 30_522

# The longest compound, in syllables. Learned ones have two; the glossary knows longer ones.
MAX_SYLLABLES = 4

DATA = Path(__file__).parent / "data"

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)*|[^\w\s]")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_DECIMAL = re.compile(r"\d+,\d{1,2}")
_SWAP = str.maketrans(".,", ",.")

WordPieces = Callable[[str], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Word:
    """A unit, a word outside the units, a figure or a punctuation sign, as a text writes it.

    Attributes:
        key: Normalised form; compounds are joined by one space, figures written the English way.
        start: Offset of its first character in `nfc(text)`.
        end: Offset after its last character.
    """

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Token:
    """One input of the encoder.

    Attributes:
        id: WordPiece id, or `FIRST_UNIT` + number of the unit.
        word: Index of the word that it is (a part of).
    """

    id: int
    word: int


def english_figure(figure: str) -> str:
    """A figure in Vietnamese notation, rewritten: `1.234,5` → `1,234.5`; others unchanged."""
    if _GROUPED.fullmatch(figure) or _DECIMAL.fullmatch(figure):
        return figure.translate(_SWAP)
    return figure


def raw_words(text: str) -> list[Word]:
    """Words, figures and signs of `text` before compounds are formed."""
    found = []
    for match in _TOKEN.finditer(nfc(text)):
        found.append(Word(_key(match[0]), match.start(), match.end()))
    return found


@lru_cache(maxsize=1 << 16)  # the same words come again and again
def _key(written: str) -> str:
    return english_figure(written) if written[0].isdecimal() else normalise(written)


@dataclass(frozen=True, slots=True)
class Units:
    """The inventory of units.

    Attributes:
        numbers: Unit → its number, from 0; the rows of the embedding matrix.
        compounds: Compound → its score; a segmentation maximises the sum of scores.
    """

    numbers: Mapping[str, int]
    compounds: Mapping[str, float]

    @classmethod
    def load(cls, path: Path = DATA / "units.json") -> Units:
        """Read the units that `bilingual.training` wrote to `path`."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        numbers = {unit: number for number, unit in enumerate(stored["units"])}
        return cls(numbers, stored["compounds"])

    def words(self, text: str) -> list[Word]:
        """The words of `text` in order, compounds formed, signs included."""
        raw = raw_words(text)
        return [
            Word(" ".join(word.key for word in raw[a:b]), raw[a].start, raw[b - 1].end)
            for a, b in self._segments([word.key for word in raw])
        ]

    def segment(self, keys: Sequence[str]) -> list[str]:
        """`keys` (normalised words, in order) with compounds joined by a space."""
        return [" ".join(keys[a:b]) for a, b in self._segments(keys)]

    def tokens(self, words: Sequence[Word], word_pieces: WordPieces) -> list[Token]:
        """The encoder's tokens for `words`.

        Args:
            words: As `words` gave them.
            word_pieces: WordPiece ids of a word without marks, special tokens left out.
        """
        tokens: list[Token] = []
        for index, word in enumerate(words):
            number = self.numbers.get(word.key)
            ids = word_pieces(fold(word.key)) if number is None else [FIRST_UNIT + number]
            tokens.extend(Token(id_, index) for id_ in ids)
        return tokens

    def _segments(self, keys: Sequence[str]) -> list[tuple[int, int]]:
        """Viterbi: the spans of `keys` whose compounds score most in all."""
        best = [0.0] * (len(keys) + 1)
        length = [1] * (len(keys) + 1)
        for end in range(1, len(keys) + 1):
            best[end] = best[end - 1]
            for size in range(2, min(MAX_SYLLABLES, end) + 1):
                score = self.compounds.get(" ".join(keys[end - size : end]))
                if score is not None and best[end - size] + score > best[end]:
                    best[end], length[end] = best[end - size] + score, size
        spans = []
        end = len(keys)
        while end:
            spans.append((end - length[end], end))
            end -= length[end]
        return spans[::-1]


@cache
def default_units() -> Units:
    """The units that ship with the program, read once."""
    return Units.load()
