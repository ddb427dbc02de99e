"""Codes of a number and a letter: "lớp 5A", "bus 7C", "room 12B"."""

from __future__ import annotations

import re

# Not "12:30A" or the end of "GA-12B", which is a name.
_CODE = re.compile(r"(?<![\w.,:/-])(?P<digits>\d{1,4})(?P<letter>[A-Z])(?![\w/²³]|[.,]\d)")


def other_code(claim: str, evidence: str) -> str | None:
    """A code of `evidence` whose number `claim` has with another letter, which is nowhere there."""
    codes = list(_CODE.finditer(claim))
    there = list(_CODE.finditer(evidence)) if codes else []
    for code in codes:
        same = [one[0] for one in there if one["digits"] == code["digits"]]
        # "5M" is also written "5 m", and "5b".
        written = re.compile(rf"(?<![\d.,]){code['digits']}\s?{code['letter']}", re.IGNORECASE)
        if same and not written.search(evidence):
            return same[0]
    return None
