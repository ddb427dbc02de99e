"""Sentences that answer with another figure than the one already chosen.

Where documents disagree the reader is told so and given each with its source: the dates of an
event, the number of those who signed. Within one document sentences disagree from one paragraph
to another, a text and its caption; rows and items side by side are told of different things.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from bilingual.names import names_country
from bilingual.orthography import nfc
from rag.answer_type import date_spans
from rag.candidates import Candidate
from rag.checking.figures import figures
from rag.checking.measures import unit_of
from rag.evidence import Evidence
from rag.terms import view_of

# A sentence that answers otherwise scores at least this share of the best one, holds at least this
# share of what the best holds of the question (less in the other language, where terms are met
# less surely; dates share a part besides), and is among the first so many.
_AS_GOOD, _LOOKED_AT = 0.72, 8
_AS_MUCH, _AS_MUCH_ACROSS = 0.85, {"when": 0.6, "how_many": 0.75}
_MOST = 2

_MARKER = re.compile(r"\s*(?:[-*+•‣◦▪–—]|\(?(?:\d{1,3}|[^\W\d_])[.)])\W*")
_ROW = re.compile(r";$|^[^:;]{1,80}: [^;]+;")

_CELL = re.compile(r"(?P<column>[^:;]+): [^;]+")
_NAMED = 0.5  # how surely the name of a column holds a term of the question
_OF_TIME = frozenset(
    "phut gio tieng ngay tuan thang quy nam minut hour day week month quarter year decad".split()
)

_Figures = frozenset[tuple[Decimal, int | None]]  # values, each with its unit where that matters


def differing(evidence: Evidence, chosen: Sequence[Candidate]) -> list[Candidate]:
    """The candidates that give another date or number than `chosen` do, best first.

    Only for questions about when and how many, and only where both give one.
    """
    if evidence.kind not in ("when", "how_many") or not chosen:
        return []
    best = chosen[0]
    given = [(one, _answer(evidence, one)) for one in chosen]
    found: list[Candidate] = []
    for candidate in evidence.candidates[:_LOOKED_AT]:
        if (
            candidate in chosen
            or candidate.parts["type"] < 1
            or not _close(evidence, candidate, best)
        ):
            continue
        answer = _answer(evidence, candidate)
        if all(_apart(candidate, one) and _differ(evidence, answer, other) for one, other in given):
            found.append(candidate)
            given.append((candidate, answer))
    return found[:_MOST]


def disagree(evidence: Evidence, chosen: Sequence[Candidate]) -> bool:
    """Whether two of `chosen` answer with different figures, and answer about as well."""
    if evidence.kind not in ("when", "how_many"):
        return False
    answers = [
        (one, _answer(evidence, one))
        for one in chosen
        if one.parts["type"] >= 1 and (one is chosen[0] or _close(evidence, one, chosen[0]))
    ]
    return any(
        _apart(one, two) and _differ(evidence, answer, other)
        for (one, answer), (two, other) in combinations(answers, 2)
    )


def _apart(one: Candidate, two: Candidate) -> bool:
    """Whether two sentences stand so far apart that they may be told of the same thing."""
    if one.hit.document.id != two.hit.document.id:
        return True
    if _set_off(one) and _set_off(two):
        return False
    first, second = sorted((one, two), key=lambda each: each.sentence.start)
    passage = first.hit.passage
    between = passage.text[
        first.sentence.end - passage.start : second.sentence.start - passage.start
    ]
    return "\n" in between or second.sentence.start >= passage.end


def _set_off(one: Candidate) -> bool:
    """Whether a sentence is a row of a table or an item of a list."""
    passage = one.hit.passage
    before = passage.text[: one.sentence.start - passage.start].rpartition("\n")[2]
    return bool(_MARKER.fullmatch(before) or _ROW.search(one.text))


def _close(evidence: Evidence, candidate: Candidate, best: Candidate) -> bool:
    """Whether a sentence answers the question nearly as well as the best one."""
    across = candidate.hit.passage.language != best.hit.passage.language
    share = _AS_MUCH_ACROSS[evidence.kind] if across else _AS_MUCH
    as_much = candidate.parts["own"] >= share * best.parts["own"]
    return as_much and candidate.score >= _AS_GOOD * best.score


def _answer(evidence: Evidence, candidate: Candidate) -> _Figures:
    """The figures of a sentence that answer: those of its dates, or beside what is counted.

    Where the question does not say what is counted the unit does: sums are not held against years.
    Dates and lengths of time count nothing else, where there is anything else, and of a row only
    those cells do whose columns are asked about.
    """
    if told_of_another_place(evidence, candidate):
        return frozenset()
    spans = evidence.figures_in(candidate)
    told = evidence.kind == "how_many" and evidence.counted is None
    if evidence.kind == "how_many" and not _counts_times(evidence):
        times = date_spans(candidate.text)
        others = [one for one in spans if not any(_overlap(one, time) for time in times)]
        spans = others if others or evidence.counted is not None else spans
    if evidence.kind == "how_many" and (cells := _cells_asked_about(evidence, candidate.text)):
        spans = [one for one in spans if any(_overlap(one, cell) for cell in cells)]
    return frozenset(
        (figure.value, unit_of(figure, nfc(candidate.text)) if told else None)
        for figure in figures(candidate.text)
        if any(_overlap((figure.start, figure.end), span) for span in spans)  # "9 billion"
    )


def _counts_times(evidence: Evidence) -> bool:
    return evidence.counted is not None and evidence.counted.stem in _OF_TIME


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def told_of_another_place(evidence: Evidence, candidate: Candidate) -> bool:
    """Whether a sentence names countries, none of them one that the question names.

    A city in the question asks for no country: "counting Paris, how many summits were there?"
    """
    asked = [one for one in evidence.terms if one.name is not None and names_country(one.text)]
    view = view_of(candidate.text)
    return (
        bool(asked)
        and names_country(candidate.text)
        and not any(view.holds(one, evidence.question) for one in asked)
    )


def _cells_asked_about(evidence: Evidence, text: str) -> list[tuple[int, int]]:
    """Where a row of a table has the cells whose columns the question names."""
    if not _ROW.search(text):
        return []
    return [
        cell.span()
        for cell in _CELL.finditer(text)
        if any(
            view_of(cell["column"]).holds(term, evidence.question) >= _NAMED
            for term in evidence.terms
        )
    ]


def _differ(evidence: Evidence, one: _Figures, two: _Figures) -> bool:
    """Whether two answers exclude each other.

    Dates do where each has a part that the other lacks: "in 2025" does not belie "10 May 2025".
    """
    if evidence.kind == "when":
        return bool(one & two and one - two and two - one)
    if evidence.counted is None:
        units = {unit for _, unit in one} & {unit for _, unit in two} - {None}
        one, two = (frozenset(each for each in both if each[1] in units) for both in (one, two))
    return bool(one and two and not one & two)
