"""Names that no passage has, and names and figures in the place of others."""

from __future__ import annotations

from bilingual.lexicon import default_lexicon, singular
from bilingual.name_matching import is_found, part_found, spelt_otherwise
from bilingual.names import Name
from bilingual.orthography import has_marks, is_syllable
from rag.checking.case import Case, Check
from rag.checking.citations import sentences_of
from rag.checking.dates import years_reckoned
from rag.checking.figures import values
from rag.checking.places import nearest, replaced
from rag.checking.ranks import other_rank
from rag.checking.reading import names_in


def wrong_name(case: Case) -> Check | None:
    """Within a language every name must be in the passages."""
    named = () if case.across else names_in(case.claim, case.written)
    if not named:
        return None
    evidence = case.names_there
    marked = has_marks(case.claim)
    doubt: Check | None = None
    for name in named:
        found = is_found(name, evidence, across=False)
        if found and not (marked and spelt_otherwise(name, evidence)):
            continue
        if not found and not _descriptive(name, evidence):
            return case.says("unsupported", "name", name=name.text)
        # Of names that differ in marks one may be misspelt.
        doubt = doubt or case.says("unsure", "name", name=name.text)
    return doubt


def _descriptive(name: Name, evidence: frozenset[str]) -> bool:
    """Whether all that is missing of a name are common words: "Six Grammy Awards"."""
    missing = [
        plain
        for at, plain in enumerate(name.plain)
        if plain not in evidence and not part_found(name, at, evidence)
    ]
    common = default_lexicon().trusted
    return len(missing) < len(name.keys) and all(
        singular(word) in common and not is_syllable(word) for word in missing
    )


def wrong_rank(case: Case) -> Check | None:
    """A deputy must not be told to hold the post, nor who holds it to be a deputy."""
    found = None if case.across else other_rank(case.claim, case.evidence)
    if found is None:
        return None
    return case.contradicted(found)


def wrong_place(case: Case) -> Check | None:
    """A sentence like one of a passage must have the same names and figures in the same places."""
    if case.across or not (case.figures or names_in(case.claim, case.written)):
        return None
    # What is told of a year that can only be reckoned stands in no place with that year.
    known = values(case.evidence)
    new = [one.text for one in case.figures if one.value not in known]
    if new and not years_reckoned(case.evidence).isdisjoint(new):
        return None
    sentences = [sentence for hit in case.cited for sentence in sentences_of(hit)]
    found = [
        replaced(case.claim, one, case.written)
        for one in nearest(case.claim, sentences, case.written)
    ]
    if None in found or not found:
        return None
    first = next(filter(None, found))
    return case.contradicted(first)
