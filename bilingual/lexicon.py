"""Word translation: a question in one language as weighted words of the other.

The lexicon holds p(English word | Vietnamese word) and its reverse, learned by word alignment
(see `bilingual.training.alignment`). A question becomes a probabilistic structured query (Darwish
and Oard, 2003): each of its words is replaced by its translations, weighted by their probability.
Words the lexicon does not know well, names and figures above all, are copied.

English words are lower case, without accents, and without a plural `s`; Vietnamese ones are units
(see `bilingual.units`): syllables, or compounds joined by a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bilingual.orthography import fold, normalise
from bilingual.units import DATA, Units, default_units

Language = Literal["vi", "en"]

# Probabilities are stored as bytes, in 255ths.
PROBABILITY_SCALE = 255

# A translation rarer than this was often an accident: the word itself is copied beside it.
# Effective number of times that a pair was aligned.
_TRUSTED_COUNT = 3.0

# A word of a folded English text.
ENGLISH_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+")


@dataclass(frozen=True, slots=True)
class Translation:
    """One word of the other language that a word can stand for.

    Attributes:
        term: The word; a Vietnamese compound has spaces in it.
        weight: Its probability, 0 to 1; 1 for a copied word.
        source: The word that it translates.
    """

    term: str
    weight: float
    source: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Translations both ways.

    Attributes:
        english: Vietnamese word → (English word, probability), likeliest first.
        vietnamese: English word → (Vietnamese word, probability), likeliest first.
        trusted: Words, of either language, whose translations were seen often enough.
        units: The inventory that the Vietnamese words come from.
    """

    english: Mapping[str, Sequence[tuple[str, float]]]
    vietnamese: Mapping[str, Sequence[tuple[str, float]]]
    trusted: frozenset[str]
    units: Units

    @classmethod
    def load(cls, path: Path = DATA / "lexicon.npz", units: Units | None = None) -> Lexicon:
        """Read the lexicon that `bilingual.training` wrote to `path`."""
        with np.load(path) as stored:
            vi = bytes(stored["vi"]).decode().split("\n")
            en = bytes(stored["en"]).decode().split("\n")
            arrays = {name: stored[name] for name in stored.files if name not in {"vi", "en"}}
        counts_vi, counts_en = arrays["count_vi"], arrays["count_en"]
        trusted = {
            word for word, count in zip(vi, counts_vi, strict=True) if count >= _TRUSTED_COUNT
        }
        trusted |= {
            word for word, count in zip(en, counts_en, strict=True) if count >= _TRUSTED_COUNT
        }
        return cls(
            _table(vi, en, arrays["vi_start"], arrays["vi_to"], arrays["vi_p"]),
            _table(en, vi, arrays["en_start"], arrays["en_to"], arrays["en_p"]),
            frozenset(trusted),
            units or default_units(),
        )

    def translate(self, terms: Iterable[str], to: Language) -> list[Translation]:
        """Translations of `terms`, those of each term together, likeliest first.

        Args:
            terms: Words of the other language than `to`, as `question_terms` gives them.
            to: The language to translate into.
        """
        table = self.english if to == "en" else self.vietnamese
        found: list[Translation] = []
        for term in terms:
            key = term if to == "en" else singular(term)
            found += [Translation(word, weight, term) for word, weight in table.get(key, ())]
            if " " not in term and key not in self.trusted:
                found.append(Translation(singular(fold(term)), 1.0, term))
        return found

    def translate_question(self, question: str, to: Language) -> list[Translation]:
        """`translate` for all words of `question`, which is in the other language than `to`."""
        return self.translate(self.question_terms(question, "vi" if to == "en" else "en"), to)

    def question_terms(self, question: str, language: Language) -> list[str]:
        """The words of a question: Vietnamese units, or English words as they are inflected."""
        if language == "en":
            return ENGLISH_WORD.findall(fold(normalise(question)))
        return [word.key for word in self.units.words(question) if word.key[0].isalnum()]

    def index_terms(self, text: str, language: Language) -> list[str]:
        """The terms of `text` that translations meet, for an index of words.

        English words in the singular; Vietnamese units, compounds joined by a space and not
        repeated as syllables (that costs .02 of R@1 on the dev half of XQuAD-R); foreign words
        in a Vietnamese text as in an English one. For questions without marks, index `fold` of
        these terms too, and ask with `fold` of the restored ones: .943 → .954 on dev, whole.
        """
        terms = self.question_terms(text, language)
        if language == "en":
            return [singular(term) for term in terms]
        known = self.units.numbers
        return [term if term in known else singular(fold(term)) for term in terms]


def singular(word: str) -> str:
    """`word` without a plural ending, by the rules of the S stemmer (Harman, 1991)."""
    if len(word) <= 3:
        return word
    if word.endswith("ies") and word[-4] not in "ea":
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if word.endswith("es") and word[-3] not in "aeo":
        return word[:-1]
    return word[:-1] if word.endswith("s") and word[-2] not in "us" else word


def _table(
    source: list[str],
    target: list[str],
    start: NDArray[np.uint32],
    to: NDArray[np.uint16],
    probability: NDArray[np.uint8],
) -> dict[str, list[tuple[str, float]]]:
    """Rows of a compressed sparse matrix as word → translations."""
    words = [target[number] for number in to.tolist()]
    weights = (probability / PROBABILITY_SCALE).tolist()
    pairs = list(zip(words, weights, strict=True))
    bounds = start.tolist()
    return {
        word: pairs[a:b]
        for word, a, b in zip(source, bounds[:-1], bounds[1:], strict=True)
        if b > a
    }


@cache
def default_lexicon() -> Lexicon:
    """The lexicon that ships with the program, read once."""
    return Lexicon.load()
