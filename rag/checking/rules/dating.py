"""Dates, weekdays, and parts of a year, a month or a day."""

from __future__ import annotations

from bilingual.orthography import nfc
from rag.checking.case import Case, Check
from rag.checking.dates import belied, weekday_runs, weekdays
from rag.checking.orders import other_order
from rag.checking.ordinals import other_ordinal
from rag.checking.periods import other_half_of_day, other_part, other_quarter
from rag.checking.rules.denying import contradicts
from rag.types import Verdict


def wrong_date(case: Case) -> Check | None:
    """Day and month must belong together in the passages, and weekdays be the same."""
    if date := belied(case.claim, case.written, case.parts):
        return case.says("unsupported", "figure", figure=date)
    return _wrong_weekday(case)


def _wrong_weekday(case: Case) -> Check | None:
    claim = nfc(case.claim)
    named = [day for day in weekdays(claim) if day.sure]
    if not named:
        return None
    there, runs = weekdays(case.evidence), weekday_runs(case.evidence)
    known = frozenset(one.number for one in there).union(*runs)
    for day in named:
        if day.number not in known:
            verdict: Verdict = "unsupported" if any(one.sure for one in there) else "unsure"
            reason = "figure" if verdict == "unsupported" else "figure-unsure"
            return case.says(verdict, reason, figure=claim[day.start : day.end])
    # Monday to Thursday is a part of Monday to Friday, but not what that says.
    if runs and any(run not in runs for run in weekday_runs(claim)):
        said = claim[named[0].start : named[-1].end]
        return case.says("unsure", "figure-unsure", figure=said)
    return None


def wrong_period(case: Case) -> Check | None:
    """Quarters, parts of months, hours of the day, and which of several, must be the same."""
    quarter = other_quarter(case.claim, case.evidence)
    if quarter and quarter.sure:
        return case.says("unsupported", "figure-in-passage", figure=quarter.text)
    if hour := other_half_of_day(case.claim, case.evidence):
        return case.says("unsupported", "figure-in-passage", figure=hour)
    if part := other_part(case.claim, case.parts):
        # The passage may speak of another event in the same month.
        sure = not case.across and contradicts(case)
        verdict: Verdict = "unsupported" if sure else "unsure"
        return case.says(verdict, "figure" if sure else "figure-unsure", figure=part)
    if quarter:
        return case.says("unsure", "figure-in-passage", figure=quarter.text)
    other = other_ordinal(case.claim, case.evidence, across=case.across)
    if other is None:
        return None
    if case.across:
        return case.says("unsure", "figure-unsure", figure=other.text)
    verdict = "unsupported" if other.sure and contradicts(case) else "unsure"
    return case.says(verdict, "figure-in-passage", figure=other.text)


def wrong_order(case: Case) -> Check | None:
    """What came before something must not be told as having come after it."""
    if case.across:
        return None
    for hit in case.cited:
        if found := other_order(case.claim, hit.passage.text, case.written):
            return case.contradicted(found)
    return None
