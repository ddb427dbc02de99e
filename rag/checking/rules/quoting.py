"""What a sentence has of the very words of a passage, and whether it cites one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

from bilingual.orthography import normalise, words
from rag.checking.case import QUOTED_CHARS, Case, Check
from rag.checking.citations import sentence_spans
from rag.checking.measures import signed
from rag.checking.negation import (
    reported,
    taken_back,
)
from rag.checking.rules.measuring import wrong_quantifier
from rag.checking.rules.naming import wrong_rank

# A sentence shorter than this can be found in a passage by accident.
_VERBATIM_WORDS = 4
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+[\w/]")


def uncited(case: Case) -> Check | None:
    """A sentence that cites nothing is not supported, true or not."""
    return None if case.cited else case.says("unsupported", "uncited")


def verbatim(case: Case) -> Check | None:
    """Words of a passage, in its order, are supported, unless what turns them was left off."""
    for before, after in _around(case):
        if (
            not reported(before)
            and not taken_back(before, after)
            and any(signed(case.claim) in signed(hit.passage.text) for hit in case.cited)
            and wrong_quantifier(case) is None  # "nearly" all
            and wrong_rank(case) is None  # the "deputy" head
        ):
            return Check("supported")
    return None


def cut_out(case: Case) -> Check | None:
    """Words of a passage that stand there in a sentence that denies or doubts them."""
    around = _around(case)
    if not around or not all(taken_back(*sides) for sides in around):
        return None
    before, after = around[0]
    said = f"{before}…" if before.strip() else f"…{after}"
    return case.says("unsure", "cut-out", words=" ".join(said.split())[:QUOTED_CHARS])


def _around(case: Case) -> list[tuple[str, str]]:
    """What stands before and behind the claim's very words, in the sentences that have them."""
    claim = words(case.claim)
    if len(claim) < _VERBATIM_WORDS:
        return []
    whole = re.compile(r"(?<!\w)" + r"[\W_]+".join(map(re.escape, claim)) + r"(?!\w)")
    found = []
    for hit in case.cited:
        text, spans = hit.passage.text, sentence_spans(hit)
        plain, moved = _normalised(text, spans)
        if len(plain) != len(text):  # a place in the one is another in the other
            text, spans = plain, moved
        for match in whole.finditer(plain):
            first = max((start for start, _ in spans if start <= match.start()), default=0)
            last = min((end for _, end in spans if end >= match.end()), default=len(text))
            found.append((text[first : match.start()], text[match.end() : last]))
    return found


def _normalised(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """`text` as it is compared, and where its sentences stand then."""
    cuts = sorted({0, len(text)}.union(*spans))
    parts = [normalise(text[start:end]) for start, end in pairwise(cuts)]
    places = dict(zip(cuts, accumulate(map(len, parts), initial=0), strict=True))
    return "".join(parts), [(places[start], places[end]) for start, end in spans]


def wrong_link(case: Case) -> Check | None:
    """A web address must be in the passages as it stands."""
    for address in _ADDRESS.findall(case.claim):
        if address not in case.evidence:
            return case.says("unsupported", "link", link=address)
    return None
