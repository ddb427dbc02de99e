"""Evidence for "who else?": what was told already is not told again."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from bilingual.orthography import fold, words
from rag.candidates import Candidate, read
from rag.checking.negation import negated
from rag.evidence import Evidence
from rag.followups.forms import asked_by
from rag.followups.named import Kind, Named, named_in_answer
from rag.reader import Reader
from rag.types import Question

# What is left has the question's words and often names somebody, but who did something else: the
# reader must say that it answers. Told from a dozen conversations over the shipped documents.
_ANSWERS = 0.4
# By which words "which" asks for what, as `asked_by` gives them: the noun is last in English, and
# first in Vietnamese ("công ty nước ngoài nào").
_PERSONS = re.compile(r"leaders?$")
_COUNTRIES = re.compile(
    r"(?:countr(?:y|ies)|nations?)$|^(?:(?:những|các) )?(?:nước|quốc gia)(?!\w)"
)
_PLACES = re.compile(r"(?:places?|cit(?:y|ies))$|^(?:(?:những|các) )?(?:nơi|thành phố)(?!\w)")


def without_told(evidence: Evidence, told: Sequence[str], reader: Reader | None) -> Evidence:
    """`evidence` without the sentences that were told, and those that name nobody new.

    Args:
        evidence: Of the last question, asked again.
        told: The sentences that answered it.
        reader: Reads the best of those that are left.
    """
    kept = [one for one in evidence.candidates if one.text not in told]
    if negated(evidence.question.marked):
        kept = [one for one in kept if one.parts["denial"] > 0]
    kinds = _kinds(evidence.question)
    if kinds:
        known = list(named_in_answer("\n".join([evidence.question.marked, *told])))
        kept = [one for one in kept if _names_another(one, known, kinds)]
    kept.sort(key=lambda one: -one.score)
    found = read(evidence.question, kept, reader)
    if kinds:
        found = [one for one in found if one.parts.get("answers", _ANSWERS) >= _ANSWERS]
    return replace(evidence, candidates=found)


def _kinds(question: Question) -> frozenset[Kind]:
    """The kinds of names that answer a question; none where it asks for no name."""
    asked = asked_by(question)
    if asked is None or asked[0] not in ("who", "which"):
        return frozenset()
    by = asked[1][0]
    if asked[0] == "who" or _PERSONS.search(by):
        return frozenset({"person"})
    if _COUNTRIES.search(by):
        return frozenset({"place"})
    return frozenset({"place", "name"} if _PLACES.search(by) else {"thing", "name"})


def _names_another(candidate: Candidate, known: Collection[Named], kinds: Collection[Kind]) -> bool:
    """Whether a sentence has a name of one of `kinds` that is not among `known`."""
    keys = {key for one in known for key in one.keys}
    parts = {part for one in known for part in words(fold(one.text.lower()))}
    return any(
        one.kind in kinds
        and keys.isdisjoint(one.keys)
        and parts.isdisjoint(words(fold(one.text.lower())))
        for one in named_in_answer(candidate.text)
    )
