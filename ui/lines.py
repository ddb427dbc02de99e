"""How an answer's sentences are set: running on, or one a line where they are rows or items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from rag.types import Citation, Claim

_ENDED = re.compile(r"""[.!?…。]["'”’»)\]】*_]*\Z""")
# A row of a table as it was read: "Month: March; Revenue: 1,200".
_ROW = re.compile(r"[^:;.]{1,80}: [^;]*; [^:;]{1,80}: \S")
# Between the items of a list: the end of a line and a mark, "\n- " or "\n\n10. "; between two
# sentences there is one space, between two paragraphs two line ends.
_MARK_CHARS = range(3, 9)


@dataclass(frozen=True, slots=True)
class Line:
    """Sentences of an answer that stand in one line.

    Attributes:
        listed: Whether they are a row of a table or an item of a list, with another beside it.
    """

    claims: Sequence[Claim]
    listed: bool


def lines(claims: Sequence[Claim]) -> list[Line]:
    """The sentences of an answer in order, each row and each item of them in its own line."""
    listed = _listed(claims)
    runs: list[list[int]] = []
    for number in range(len(claims)):
        alone = number and (listed[number] or listed[number - 1])
        if not number or (alone and not _runs_on(claims[number - 1], claims[number])):
            runs.append([])
        runs[-1].append(number)
    items = [listed[run[0]] for run in runs]
    beside = [False, *(one and other for one, other in pairwise(items)), False]
    return [
        Line([claims[number] for number in run], beside[at] or beside[at + 1])
        for at, run in enumerate(runs)
    ]


def lists_apart(written: Iterable[tuple[bool, str]]) -> Iterator[tuple[bool, list[str]]]:
    """Lines as they are written, those together that are one list, and those between two lists.

    Args:
        written: Each line with whether it is listed.
    """
    for listed, group in groupby(written, key=lambda line: line[0]):
        yield listed, [line for _, line in group]


def _listed(claims: Sequence[Claim]) -> list[bool]:
    """Which of them are rows or items, told by how they end and by what stands between them.

    What announces a list is none of its items.
    """
    announcing = [claim.text.rstrip().endswith(":") for claim in claims]
    listed = [not _is_ended(claim) or _is_row(claim) for claim in claims]
    for number, (one, other) in enumerate(pairwise(claims)):
        if announcing[number]:
            listed[number + 1] = True
        elif _between(one, other) in _MARK_CHARS:
            listed[number] = listed[number + 1] = True
    return [is_item and not leads for is_item, leads in zip(listed, announcing, strict=True)]


def _runs_on(one: Claim, other: Claim) -> bool:
    """Whether the second is of the same item as the first."""
    return _between(one, other) == 1 and _is_ended(one) and not _is_row(other)


def _is_ended(claim: Claim) -> bool:
    return _ENDED.search(claim.text.rstrip()) is not None


def _is_row(claim: Claim) -> bool:
    return _ROW.match(claim.text) is not None


def _between(one: Claim, other: Claim) -> int | None:
    """How many characters of their document stand between two quotations; None of other claims."""
    first, second = _quoted(one), _quoted(other)
    if first is None or second is None or first.document != second.document:
        return None
    return second.start - first.end


def _quoted(claim: Claim) -> Citation | None:
    """The place of a claim that is a quotation."""
    return next((each for each in claim.citations if each.quote == claim.text), None)
