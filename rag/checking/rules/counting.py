"""Numbers: those that no passage has, and those that may count something else there."""

from __future__ import annotations

from collections.abc import Sequence

from bilingual.function_words import ENGLISH, VIETNAMESE
from bilingual.orthography import nfc, words
from bilingual.stems import stems
from rag.checking.case import Case, Check
from rag.checking.dates import weekdays, years_reckoned
from rag.checking.figures import Figure, bounded, figures, held
from rag.checking.measures import (
    told_otherwise,
    unit_of,
)
from rag.checking.number_words import ENGLISH_ORDINALS
from rag.checking.quantifiers import bound

# Within these the word that a figure counts stands behind it.
_COUNTED_CHARS = 40
_YEAR_DIGITS = 4
# Before "năm" as five, which is also "year".
_BEFORE_FIVE = frozenset("có gồm thành khoảng chỉ đủ thứ".split())
# "One day" and "the one of" count nothing.
_NOT_COUNTED = ENGLISH | VIETNAMESE | frozenset(stems("day year time week month person".split()))


def wrong_figure(case: Case) -> Check | None:
    """Every number and date must be in the passages, in whatever notation."""
    claim, known = nfc(case.claim), case.figures_there
    doubt: Check | None = None
    for figure in case.figures:
        if held(figure, claim, known) or told_otherwise(figure, claim, case.evidence):
            continue
        if _is_reckoned(figure, case.evidence) or _bounds_another(
            figure, claim, known, case.evidence
        ):
            doubt = doubt or case.says("unsure", "figure-unsure", figure=figure.text)
            continue
        if figure.kind == "digits" or _counts_the_same(figure, claim, known, case.evidence):
            return case.says("unsupported", "figure", figure=figure.text)
        # "two countries" may be counted from a list, so a word alone belies nothing.
        doubt = doubt or case.says("unsure", "figure-unsure", figure=figure.text)
    return doubt or _doubtful_figure(case, claim)


def _counts_the_same(figure: Figure, claim: str, known: Sequence[Figure], evidence: str) -> bool:
    """Whether the evidence has another number before the same word: seven and five "themes"."""
    thing = counted(figure, claim)
    return thing is not None and any(counted(other, evidence) == thing for other in known)


def _is_reckoned(figure: Figure, evidence: str) -> bool:
    """Whether a year is one that the evidence tells by another one: "two years later"."""
    return len(figure.text) == _YEAR_DIGITS and figure.text in years_reckoned(evidence)


def _bounds_another(figure: Figure, claim: str, known: Sequence[Figure], evidence: str) -> bool:
    """Whether a number of the same is as much more or less than `figure` as the claim says."""
    thing, unit = counted(figure, claim), unit_of(figure, claim)
    same = [
        one
        for one in known
        if bound(one, evidence) is None
        and (
            (unit is not None and unit_of(one, evidence) == unit)
            or (thing is not None and counted(one, evidence) == thing)
        )
    ]
    return bounded(figure, claim, same)


def counted(figure: Figure, text: str) -> str | None:
    """The stem of the word behind a figure."""
    after = words(text[figure.end : figure.end + _COUNTED_CHARS])[:1]
    return stems(after)[0] if after else None


def _doubtful_figure(case: Case, claim: str) -> Check | None:
    """A "one", "second" or "năm" where the passages have only other numbers before the same word.

    It is often no number at all, so this is no more than a doubt.
    """
    days = weekdays(claim)
    for figure in figures(claim):
        thing = counted(figure, claim)
        if (
            thing is None
            or thing in _NOT_COUNTED
            or not _is_count(figure, claim)
            or any(day.start <= figure.start < day.end for day in days)
        ):
            continue
        same = [one for one in case.figures_there if counted(one, case.evidence) == thing]
        if not same:
            continue
        # A "năm" elsewhere in the passages is a year, and three branches hold no third one.
        ordinal = is_ordinal(figure, claim)
        counts = [
            one
            for one in case.figures_there
            if (one.text.lower() != "năm" or _is_count(one, case.evidence))
            and (one.kind == "digits" or is_ordinal(one, case.evidence) == ordinal)
        ]
        if all(figure.value not in (one.value, *one.also) for one in (*counts, *same)):
            return case.says("unsure", "figure-unsure", figure=figure.text)
    return None


def _is_count(figure: Figure, text: str) -> bool:
    """Whether a word that often means something else is likely a number here."""
    word = figure.text.lower()
    before = words(text[max(0, figure.start - _COUNTED_CHARS) : figure.start])[-1:]
    if word == "năm":
        return not _BEFORE_FIVE.isdisjoint(before)
    return figure.kind == "doubtful" and (
        word in ("one", "first", "second") or (word == "hai" and before != ["cả"])
    )


def is_ordinal(figure: Figure, text: str) -> bool:
    """Whether a figure tells a place in an order: "thứ ba", "third"."""
    before = words(text[max(0, figure.start - _COUNTED_CHARS) : figure.start])[-1:]
    return before == ["thứ"] or figure.text.lower() in ENGLISH_ORDINALS
