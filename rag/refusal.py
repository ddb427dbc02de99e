"""Whether the evidence is enough to answer, and what to say when it is not."""

from __future__ import annotations

from collections.abc import Sequence

from bilingual.texts import InterfaceLanguage, text
from rag.evidence import Evidence

# Chosen on the dev half of the question set, see evals/README.md.
_ENOUGH = 0.5  # least coverage of the best sentence


def missing_from(evidence: Evidence) -> list[str] | None:
    """What the documents do not say of the question, or None where the evidence is enough.

    An empty list means that the words are there, but no sentence brings them together with an
    answer of the kind asked for.
    """
    named = [term.text for term in evidence.missing if term.kind in ("name", "figure")]
    if named:
        return named
    if evidence.candidates and evidence.candidates[0].coverage >= _ENOUGH:
        return None
    return [term.text for term in evidence.missing]


def refusal(missing: Sequence[str], language: InterfaceLanguage, *, empty: bool) -> str:
    """The sentence that says that the documents do not answer, in `language`."""
    if empty:
        return text("answers.library-empty", language)
    if not missing:
        return text("answers.no-answer", language)
    quoted = [text("answers.quoted", language, term=term) for term in missing]
    listed = quoted[0]
    if len(quoted) > 1:
        listed = text("answers.and", language, first=", ".join(quoted[:-1]), last=quoted[-1])
    return text("answers.not-mentioned", language, terms=listed)
