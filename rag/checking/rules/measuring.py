"""Units, rates, signs and bounds of figures, and how many of all it is told of."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rag.checking.case import Case, Check
from rag.checking.codes import other_code
from rag.checking.directions import turned
from rag.checking.figures import Figure
from rag.checking.measures import (
    comparable,
    frosty,
    in_degrees,
    only_share,
    rate_of,
    rates,
    told_otherwise,
    unit_of,
    with_rate,
    with_unit,
)
from rag.checking.negation import restricts
from rag.checking.quantifiers import (
    around,
    bound,
    everyone,
    only_some,
    opening,
    other_amount,
    quantified,
)
from rag.checking.rules.counting import counted, is_ordinal


def wrong_measure(case: Case) -> Check | None:
    """A figure must count the same thing, and be a bound in the same direction, as it does there.

    What is sure of one place in the passages is no contradiction: only if none agrees.
    """
    if not case.figures:
        return None
    if code := other_code(case.claim, case.evidence):
        return case.says("unsupported", "figure-in-passage", figure=code)
    written: dict[Decimal, list[Figure]] = {}
    for figure in case.figures_there:
        if figure.kind != "doubtful" and not is_ordinal(figure, case.evidence):
            written.setdefault(figure.value, []).append(figure)
    doubt: Check | None = None
    for figure in case.figures:
        there: Sequence[Figure] = written.get(figure.value, [])
        if said := (
            _other_unit(figure, there, case)
            or _other_rate(figure, there, case)
            or _other_sign(figure, there, case)
            or _other_bound(figure, there, case)
        ):
            return case.says("unsupported", "figure-in-passage", figure=said)
        if doubt is None and only_share(figure, case.claim, there, case.evidence):
            said = with_unit(there[0], case.evidence)
            doubt = case.says("unsure", "figure-in-passage", figure=said)
    return doubt


def _other_unit(figure: Figure, there: Sequence[Figure], case: Case) -> str | None:
    """An equal figure of the passages in another unit, as written, if none is in the same."""
    unit = unit_of(figure, case.claim)
    units = [unit_of(one, case.evidence) for one in there]
    if unit is None or not units or None in units or unit in units:
        return None
    if told_otherwise(figure, case.claim, case.evidence):
        return None
    like = next((one for one in there if comparable(unit, one, case.evidence)), there[0])
    return with_unit(like, case.evidence)


def _other_sign(figure: Figure, there: Sequence[Figure], case: Case) -> str | None:
    """An equal temperature of the passages on the other side of zero, as written."""
    frost = frosty(figure, case.claim)
    degrees = [one for one in there if in_degrees(one, case.evidence)]
    if frost is None or {frosty(one, case.evidence) for one in degrees} != {not frost}:
        return None
    return with_unit(degrees[0], case.evidence)


def _other_bound(figure: Figure, there: Sequence[Figure], case: Case) -> str | None:
    """An equal figure of the passages as a bound to the other side, as written."""
    side = bound(figure, case.claim)
    if side is None:
        return None
    same = _of_the_same(figure, there, case)
    if {bound(one, case.evidence) for one in same} != {"less" if side == "more" else "more"}:
        return None
    return around(same[0], case.evidence)


def _other_rate(figure: Figure, there: Sequence[Figure], case: Case) -> str | None:
    """An equal figure of the passages in another rate, as written: "30 a day", not a week."""
    told = rates(case.claim)
    rate = rate_of(figure, case.claim) or (min(told) if len(told) == 1 else None)
    told_there = {rate_of(one, case.evidence) for one in there}
    if rate is None or not there or not told_there.isdisjoint((rate, None)):
        return None
    return with_rate(there[0], case.evidence)


def _of_the_same(figure: Figure, there: Sequence[Figure], case: Case) -> Sequence[Figure]:
    """Those of equal figures in the passages that count what `figure` does, or all where none."""
    unit, thing = unit_of(figure, case.claim), counted(figure, case.claim)
    same = [
        one
        for one in there
        if (unit is not None and unit_of(one, case.evidence) == unit)
        or (thing is not None and counted(one, case.evidence) == thing)
    ]
    return same or there


def wrong_quantifier(case: Case) -> Check | None:
    """All of something must not be made of some of it, nor most of few, unless that is said too."""
    claimed = quantified(case.claim)
    there = quantified(case.quote)
    if claimed and there:
        if said := other_amount(claimed, there, quantified(case.evidence)):
            return case.says("unsupported", "figure-in-passage", figure=said)
        if case.across and (said := _other_at_opening(case)):
            return case.says("unsure", "figure-in-passage", figure=said)
    if not everyone(case.claim) or everyone(case.quote) or restricts(case.claim):
        return None
    some = only_some(case.quote)
    return case.says("unsure", "figure-in-passage", figure=some) if some else None


def _other_at_opening(case: Case) -> str | None:
    """Across languages the words do not compare, only how much claim and place open with."""
    there = opening(case.quote)
    return other_amount(opening(case.claim), there, there)


def wrong_direction(case: Case) -> Check | None:
    """What rose by so much must not have fallen by it, nor come early what came late."""
    found = turned(case.claim, case.evidence)
    if found is None:
        return None
    return case.contradicted(found)
