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

# What is left has the question's words and often names somebody, but who did something else: the
# reader must say that it answers. Told from a dozen conversations over the shipped documents.
_ANSWERS = 0.4
_COUNTRIES = ("countr", "nation", "nước", "quốc gia")


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
    asked = asked_by(evidence.question)
    if asked is not None and asked[0] in ("who", "which"):
        known = list(named_in_answer("\n".join([evidence.question.marked, *told])))
        kinds = _kinds(*asked)
        kept = [one for one in kept if _names_another(one, known, kinds)]
    kept.sort(key=lambda one: -one.score)
    found = read(evidence.question, kept, reader)
    if asked is not None and asked[0] in ("who", "which"):
        found = [one for one in found if one.parts.get("answers", _ANSWERS) >= _ANSWERS]
    return replace(evidence, candidates=found)


def _kinds(asked: str, by: re.Match[str]) -> frozenset[Kind]:
    """The kinds of names that answer a question, by what it asks for and by which words."""
    if asked == "who":
        return frozenset({"person"})
    countries = any(part in by[0] for part in _COUNTRIES)
    return frozenset({"place"}) if countries else frozenset({"thing", "name"})


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
