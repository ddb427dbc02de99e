"""Words that look like names and are parts of a figure: its currency, its quarter.

The rules for figures check these; across languages they stand there in another form, "USD" for
"dollars" and "Q2" for "quý II", and are no names to be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bilingual.orthography import nfc
from rag.checking.figures import figures
from rag.checking.measures import unit_of, with_unit

# Whose money it is, where that is a part of its name and tells nothing more.
_WHOSE = re.compile(
    r"\s(?:bảng\s+Anh|(?:đô\s?la|đôla|đô)\s+Mỹ|yên\s+Nhật(?:\s+Bản)?|won\s+Hàn(?:\s+Quốc)?"
    r"|rúp\s+Nga|nhân\s+dân\s+tệ\s+Trung\s+Quốc|(?:US|American)\s+dollars?|British\s+pounds?"
    r"|Japanese\s+yen|(?:South\s+)?Korean\s+won|Russian\s+rou?bles?|Chinese\s+yuan"
    r"|Vietnamese\s+dong)\b",
    re.IGNORECASE,
)
_QUARTERS = {
    word: number
    for number, forms in enumerate(
        ("1 i một nhất first 1st", "2 ii hai second 2nd", "3 iii ba third 3rd",
         "4 iv bốn tư fourth 4th"),
        start=1,
    )
    for word in forms.split()
}  # fmt: skip
_NUMBER = "|".join(sorted(_QUARTERS, key=len, reverse=True))
_QUARTER = re.compile(
    rf"\b(?:Q|(?:quý|quarter)\s+(?:thứ\s+)?)(?P<behind>{_NUMBER})\b"
    rf"|\b(?P<before>{_NUMBER})[\s-]+quarter\b",
    re.IGNORECASE,
)


def told_by_figures(claim: str, evidence: str) -> Iterator[str]:
    """The parts of `claim` that say of what a figure is, where `evidence` has such a one too."""
    claim, evidence = nfc(claim), nfc(evidence)
    units = {unit_of(figure, evidence) for figure in figures(evidence)} - {None}
    for figure in figures(claim):
        if unit_of(figure, claim) in units:
            said = with_unit(figure, claim)
            whose = _WHOSE.search(claim, max(0, figure.end - 1))
            yield said
            if whose and whose.start() <= figure.end:
                yield whose[0]
    there = {_number(found) for found in _QUARTER.finditer(evidence)}
    yield from (found[0] for found in _QUARTER.finditer(claim) if _number(found) in there)


def _number(found: re.Match[str]) -> int:
    return _QUARTERS[(found["behind"] or found["before"]).lower()]
