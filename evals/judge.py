"""The offline judge: does what an answer cites support it, by the product's own checks.

It is deterministic: one answer gets one judgement, byte for byte. It reads what the run recorded,
with the default encoder whatever the program answered with: a run can be judged again without
its library. Its own accuracy, as measured on public sets, belongs beside every figure it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from bilingual.encoder import Encoder
from bilingual.encoders import load_encoder
from bilingual.language import document_language
from bilingual.sentences import split
from bilingual.tokens import TokenEncoder
from evals.results import (
    CitedPlace,
    ClaimJudgement,
    RecordedAnswer,
    RecordedClaim,
    RecordedHit,
)
from rag.checking.case import Checker
from rag.checking.claims import ClaimChecker
from rag.checking.vectors import with_tokens
from rag.types import Hit, Verdict
from vectorstore.types import Document, Passage, Sentence

# The verdict on a sentence by passages, named by their places among the retrieved ones.
Says = Callable[[Sequence[int]], Verdict]


def judge(answer: RecordedAnswer) -> tuple[ClaimJudgement, ...]:
    """Judge every sentence of `answer` by the passages it cites, and by all that were retrieved."""
    plain = [as_hit(hit) for hit in answer.hits]
    encoder, checker = _default()
    compared = plain
    if isinstance(encoder, TokenEncoder) and not all(map(is_quoted, answer.claims)):
        compared = with_tokens(plain, encoder)
    return tuple(
        _judge(
            claim.text,
            [_cited(place, answer.hits) for place in claim.citations],
            # The words of a quotation are all there is to compare.
            plain if is_quoted(claim) else compared,
            checker,
        )
        for claim in answer.claims
    )


@cache
def _default() -> tuple[Encoder, Checker]:
    """The default encoder, and the checker with it."""
    encoder = load_encoder("default")
    return encoder, ClaimChecker(encoder)


def is_quoted(claim: RecordedClaim) -> bool:
    """Whether it is what one of its citations quotes."""
    return any(claim.text == place.quote for place in claim.citations)


def _judge(
    claim: str, cited: Sequence[int | None], hits: Sequence[Hit], checker: Checker
) -> ClaimJudgement:
    """Judge one sentence; `cited` are places in `hits`, None for what was not retrieved."""
    language = document_language(claim)

    def says(places: Sequence[int]) -> Verdict:
        return checker(claim, [hits[place] for place in places], language).verdict

    known = list(dict.fromkeys(place for place in cited if place is not None))
    found = checker(claim, [hits[place] for place in known], language)
    supported = found.verdict == "supported"
    needed = {place for place in known if supported and _is_needed(place, known, says)}
    # What the cited passages support, all of them do.
    context = "supported" if supported else says(range(len(hits)))
    return ClaimJudgement(
        context=context,
        together=found.verdict if cited else None,
        counts=tuple(place in needed for place in cited),
        reason=found.reason,
    )


def _is_needed(place: int, cited: Sequence[int], says: Says) -> bool:
    """Whether one cited passage supports the sentence alone, or the others do not without it."""
    if len(cited) == 1 or says([place]) == "supported":
        return True
    return says([other for other in cited if other != place]) != "supported"


def _cited(place: CitedPlace, hits: Sequence[RecordedHit]) -> int | None:
    """The retrieved passage that holds a citation, the best one where several do."""
    length = place.span.end - place.span.start
    for at, hit in enumerate(hits):
        if place.known and place.span.shared(hit.span) == length:
            return at
    return None


def as_hit(hit: RecordedHit) -> Hit:
    """A recorded passage in the form that the checks take."""
    document = Document(hit.span.document, hit.title, hit.language, hit.source, "")
    passage = Passage(
        id=hit.passage,
        document=hit.span.document,
        text=hit.text,
        start=hit.span.start,
        end=hit.span.end,
        section=hit.section,
        page=hit.page,
        language=hit.language,
        sentences=tuple(
            Sentence(hit.span.start + start, hit.span.start + end) for start, end in split(hit.text)
        ),
    )
    return Hit(passage, document, hit.score, hit.parts, hit.matches)
