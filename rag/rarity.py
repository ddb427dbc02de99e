"""How much a term of a question tells: rare ones more than common ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rag.terms import Term
from vectorstore import LexicalField, Snapshot, index_terms, unit

# A name that is missing tells more than a word that is: words have synonyms.
_NAME = 1.5

# Translations of less probability than this in all the passages together are accidents.
_TRACE = 0.1


@dataclass(frozen=True, slots=True)
class Rarity:
    """What the library knows of a term.

    Attributes:
        weight: Inverse document frequency, as in BM25 (Robertson, 2009).
        known: Whether any passage holds it, or a translation of it.
    """

    weight: float
    known: bool


def rarity(term: Term, snapshot: Snapshot) -> Rarity:
    """How much `term` tells in the library.

    It counts as present in a passage that holds one of its translations, by their probability.
    """
    if term.name is not None:
        frequency = _name_frequency(term, snapshot)
    else:
        frequency = max(own_frequency(term, snapshot), translated_frequency(term, snapshot))
    weight = idf(frequency, snapshot.passage_count) * (_NAME if term.kind == "name" else 1.0)
    return Rarity(weight, known=frequency > _TRACE)


def rarities(terms: Iterable[Term], snapshot: Snapshot) -> dict[str, Rarity]:
    """The rarity of each term, by its stem, all in one generation of the library."""
    return {term.stem: rarity(term, snapshot) for term in terms}


def idf(frequency: float, passages: int) -> float:
    """BM25's weight of a term that `frequency` of `passages` hold."""
    frequency = min(frequency, passages)
    return math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))


def own_frequency(term: Term, snapshot: Snapshot) -> float:
    """Passages that hold the term itself; marks count where it was typed with them."""
    field: LexicalField = "words" if term.exact else "stems"
    return min(
        (snapshot.document_frequency(word, field) for word in index_terms(term.key)), default=0
    )


def translated_frequency(term: Term, snapshot: Snapshot) -> float:
    """Passages that hold a translation of the term, by its probability."""
    return _of_translations(term.translations, snapshot)


def _name_frequency(term: Term, snapshot: Snapshot) -> float:
    """Passages that hold the rarest word of a name, or a translation of it."""
    return min(
        (
            max(
                snapshot.document_frequency(part, "stems"), _of_translations(translations, snapshot)
            )
            for part, translations in term.by_word.items()
        ),
        default=0,
    )


def _of_translations(translations: Mapping[str, float], snapshot: Snapshot) -> float:
    return sum(
        probability * snapshot.document_frequency(unit(word), "units")
        for word, probability in translations.items()
    )
