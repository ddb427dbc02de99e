"""What stands around a word of a question."""

from __future__ import annotations

import re
from collections.abc import Sequence

QUOTED = re.compile(r"[“\"«][^”\"»]*[”\"»]")


def name_goes_on(after: str) -> bool:
    """Whether a name goes on in what follows a word."""
    found = re.match(r"\s+([^\W\d_])", after)
    return found is not None and found[1].isupper()


def is_within(match: re.Match[str], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a match ends in one of the spans."""
    return any(start < match.end() <= end for start, end in spans)
