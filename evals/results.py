"""What one question of a run gave, with everything that its metrics are computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evals.evidence import GoldPlaces, ReadOnce, Span
from evals.questions import GoldQuestion, from_dict
from rag.types import Answer, Citation


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A citation as recorded.

    Attributes:
        known: Whether the document is in the library and the place inside its text.
        exact: Whether the quote equals the document's text at that place.
    """

    span: Span
    quote: str
    known: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class RecordedClaim:
    """A sentence of an answer, as recorded."""

    text: str
    citations: tuple[CitedPlace, ...]
    verdict: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class RecordedHit:
    """A retrieved passage, as recorded."""

    span: Span
    text: str
    score: float
    parts: Mapping[str, float]
    matches: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """An answer, as recorded; timings are kept apart because no two runs share them."""

    language: str
    refused: bool
    refusal: str | None
    missing: tuple[str, ...]
    claims: tuple[RecordedClaim, ...]
    hits: tuple[RecordedHit, ...]
    trace: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The claims' text; empty in a refusal."""
        return " ".join(claim.text for claim in self.claims)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a question got no answer: the error's class and message."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Result:
    """A question of a run and what came of it.

    Attributes:
        gold: Where the gold quotes stand in the library, one entry a quote; None where a quote is
            not in the library, so that the question is judged by its accepted answers alone.
        answer: None where asking failed, and then `failure` says why.
        timings_ms: Milliseconds by stage; "wall" is the whole call, measured from outside.
    """

    question: GoldQuestion
    gold: tuple[GoldPlaces, ...] | None
    answer: RecordedAnswer | None
    failure: Failure | None
    timings_ms: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """The result as a line of `results.jsonl`: the same for the same answer, so no timings."""
        return {
            "question": self.question.to_dict(),
            "gold": None if self.gold is None else [[asdict(s) for s in p] for p in self.gold],
            "answer": None if self.answer is None else asdict(self.answer),
            "failure": None if self.failure is None else asdict(self.failure),
        }


def result_from_dict(
    values: Mapping[str, Any], timings_ms: Mapping[str, float], path: Path, line: int
) -> Result:
    """The result that a line of `results.jsonl` holds.

    Raises:
        KeyError, TypeError, QuestionSetError: It is not such a line.
    """
    gold, answer, failure = values["gold"], values["answer"], values["failure"]
    return Result(
        question=from_dict(values["question"], path, line),
        gold=None if gold is None else tuple(tuple(Span(**s) for s in places) for places in gold),
        answer=None if answer is None else _answer_from_dict(answer),
        failure=None if failure is None else Failure(**failure),
        timings_ms=timings_ms,
    )


def record(answer: Answer, library: ReadOnce) -> RecordedAnswer:
    """`answer` with its citations held against the texts of `library`."""
    return RecordedAnswer(
        language=answer.language,
        refused=answer.refused,
        refusal=answer.refusal,
        missing=tuple(answer.missing),
        claims=tuple(
            RecordedClaim(
                claim.text,
                tuple(_checked(citation, library) for citation in claim.citations),
                claim.verdict,
                claim.reason,
            )
            for claim in answer.claims
        ),
        hits=tuple(
            RecordedHit(
                Span(hit.document.id, hit.passage.start, hit.passage.end),
                hit.passage.text,
                round(hit.score, 6),
                {name: round(part, 6) for name, part in sorted(hit.parts.items())},
                tuple((first, second) for first, second in hit.matches),
            )
            for hit in answer.hits
        ),
        trace=_plain(answer.trace),
    )


def _checked(citation: Citation, library: ReadOnce) -> CitedPlace:
    text = library.text_or_none(citation.document)
    known = text is not None and 0 <= citation.start < citation.end <= len(text)
    exact = known and text is not None and text[citation.start : citation.end] == citation.quote
    span = Span(citation.document, citation.start, citation.end)
    return CitedPlace(span, citation.quote, known, exact)


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it, without timings, which differ between equal runs."""
    if isinstance(value, Mapping):
        items = sorted((str(name), part) for name, part in value.items())
        return {name: _plain(part) for name, part in items if not name.endswith("_ms")}
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, Sequence):
        return [_plain(part) for part in value]
    return str(value)


def _answer_from_dict(values: Mapping[str, Any]) -> RecordedAnswer:
    return RecordedAnswer(
        **{
            **values,
            "missing": tuple(values["missing"]),
            "claims": tuple(_claim_from_dict(claim) for claim in values["claims"]),
            "hits": tuple(_hit_from_dict(hit) for hit in values["hits"]),
        }
    )


def _claim_from_dict(values: Mapping[str, Any]) -> RecordedClaim:
    places = tuple(
        CitedPlace(**{**place, "span": Span(**place["span"])}) for place in values["citations"]
    )
    return RecordedClaim(**{**values, "citations": places})


def _hit_from_dict(values: Mapping[str, Any]) -> RecordedHit:
    matches = tuple((first, second) for first, second in values["matches"])
    return RecordedHit(**{**values, "span": Span(**values["span"]), "matches": matches})
