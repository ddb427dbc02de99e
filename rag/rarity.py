"""How much a term of a question tells: rare ones more than common ones."""

from __future__ import annotations

import math

from rag.terms import Term
from vectorstore import Snapshot, index_terms, unit

# A name that is missing tells more than a word that is: words have synonyms.
_NAME = 1.5


def rarity(term: Term, snapshot: Snapshot) -> float:
    """Inverse document frequency of `term` in the library, as in BM25 (Robertson, 2009).

    A term counts as present in a passage that holds one of its translations, by their probability.
    """
    frequency = max(own_frequency(term, snapshot), translated_frequency(term, snapshot))
    return idf(frequency, snapshot.passage_count) * (_NAME if term.kind == "name" else 1.0)


def idf(frequency: float, passages: int) -> float:
    """BM25's weight of a term that `frequency` of `passages` hold."""
    frequency = min(frequency, passages)
    return math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))


def own_frequency(term: Term, snapshot: Snapshot) -> float:
    """Passages that hold the term itself, marks aside."""
    return min(
        (snapshot.document_frequency(word, "stems") for word in index_terms(term.key)), default=0
    )


def translated_frequency(term: Term, snapshot: Snapshot) -> float:
    """Passages that hold a translation of the term, by its probability."""
    return sum(
        probability * snapshot.document_frequency(unit(key), "units")
        for key, probability in term.translations.items()
    )
