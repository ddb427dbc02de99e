"""What one question of a run gave, with everything that its metrics are computed from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bilingual.language import QuestionLanguage
from evals.evidence import GoldPlaces, ReadOnce, Span, file_name
from evals.questions import GoldQuestion, from_dict
from rag.types import Answer, Citation, Hit, Question, Verdict
from vectorstore.types import DocumentLanguage


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
class RecordedQuestion:
    """A question as retrieval got it; see `rag.types.Question`.

    Attributes:
        first: `marked` as it was before the passages that it found had it read again; "" where
            that was not kept.
    """

    text: str
    language: QuestionLanguage
    marked: str
    first: str = ""


@dataclass(frozen=True, slots=True)
class RecordedHit:
    """A retrieved passage, as recorded.

    Attributes:
        passage: Its id in the library that was asked.
    """

    span: Span
    text: str
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)
    matches: tuple[tuple[str, str], ...] = ()
    passage: int = 0
    title: str = ""
    source: str = ""
    section: str | None = None
    page: int | None = None
    language: DocumentLanguage = "en"


# See `rag.llm.prompt`: passages are fenced by a marker that no passage can guess.
_FENCE = re.compile(r"<<<PASSAGE \d+ ([0-9a-f]{12})>>>")
_FENCE_ALONE = re.compile(r"\b([0-9a-f]{12})\b")
_HIT_DEFAULTS: Mapping[str, Any] = {
    "parts": {}, "matches": (), "passage": 0, "title": "", "source": "", "section": None,
    "page": None, "language": "en",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """An answer, as recorded; timings are kept apart because no two runs share them.

    Attributes:
        asked: The question as retrieval got it: standing alone, put right, its marks restored.
        trace: What the later stages noted: passages packed, prompt, raw reply, tokens.
    """

    language: str
    refused: bool
    refusal: str | None
    missing: tuple[str, ...]
    claims: tuple[RecordedClaim, ...]
    hits: tuple[RecordedHit, ...]
    trace: Mapping[str, Any]
    asked: RecordedQuestion | None = None

    @property
    def text(self) -> str:
        """The claims' text; empty in a refusal."""
        return " ".join(claim.text for claim in self.claims)


@dataclass(frozen=True, slots=True)
class ClaimJudgement:
    """What the offline judge found of one sentence of an answer.

    Attributes:
        context: Whether all the retrieved passages support it.
        together: Whether those it cites do, together; None where it cites nothing.
        counts: For each citation whether the sentence is supported and this citation supports it
            alone or is needed for it (ALCE's citation precision).
        reason: Why the cited passages do not support it, in the sentence's language.
    """

    context: Verdict
    together: Verdict | None
    counts: tuple[bool, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge beside the offline one said of an answer, over its repetitions.

    Attributes:
        values: Metric → value of each repetition that gave one.
        failures: Why repetitions gave none: unreadable replies, errors of the endpoint.
    """

    judge: str
    values: Mapping[str, tuple[float, ...]]
    failures: tuple[str, ...] = ()


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
        judgement: By sentence; None where there is no answer or the judge failed.
        judge_failure: Why the offline judge failed, if it did.
        opinions: Of the judges that were asked beside the offline one.
        timings_ms: Milliseconds by stage; "wall" is the whole call, measured from outside.
    """

    question: GoldQuestion
    gold: tuple[GoldPlaces, ...] | None
    answer: RecordedAnswer | None
    failure: Failure | None
    timings_ms: Mapping[str, float]
    judgement: tuple[ClaimJudgement, ...] | None = None
    judge_failure: Failure | None = None
    opinions: tuple[Opinion, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The result as a line of `results.jsonl`: the same for the same answer, so no timings."""
        return {
            "question": self.question.to_dict(),
            "gold": None if self.gold is None else [[asdict(s) for s in p] for p in self.gold],
            "answer": None if self.answer is None else _spared(self.answer),
            "failure": None if self.failure is None else asdict(self.failure),
            "judgement": None if self.judgement is None else [asdict(j) for j in self.judgement],
            "judge_failure": None if self.judge_failure is None else asdict(self.judge_failure),
            "opinions": [asdict(opinion) for opinion in self.opinions],
        }


def _spared(answer: RecordedAnswer) -> dict[str, Any]:
    """`answer` as JSON, without what its passages leave at its default: a baseline has many."""
    values = asdict(answer)
    for hit in values["hits"]:
        for name, default in _HIT_DEFAULTS.items():
            if hit[name] == default or not hit[name]:
                del hit[name]
    return values


def result_from_dict(
    values: Mapping[str, Any], timings_ms: Mapping[str, float], path: Path, line: int
) -> Result:
    """The result that a line of `results.jsonl` holds.

    Raises:
        KeyError, TypeError, QuestionSetError: It is not such a line.
    """
    gold, answer, failure = values["gold"], values["answer"], values["failure"]
    judged, judge_failure = values["judgement"], values["judge_failure"]
    return Result(
        question=from_dict(values["question"], path, line),
        gold=None if gold is None else tuple(tuple(Span(**s) for s in places) for places in gold),
        answer=None if answer is None else _answer_from_dict(answer),
        failure=None if failure is None else Failure(**failure),
        timings_ms=timings_ms,
        judgement=None
        if judged is None
        else tuple(ClaimJudgement(**{**j, "counts": tuple(j["counts"])}) for j in judged),
        judge_failure=None if judge_failure is None else Failure(**judge_failure),
        opinions=tuple(_opinion_from_dict(opinion) for opinion in values["opinions"]),
    )


def record(
    answer: Answer, library: ReadOnce, asked: Question | None = None, first: str = ""
) -> RecordedAnswer:
    """`answer` with its citations held against the texts of `library`.

    Args:
        asked: The question as retrieval got it.
        first: How it was looked for at first; see `RecordedQuestion`.
    """
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
        hits=tuple(_record_hit(hit) for hit in answer.hits),
        trace=_without_fence(_plain(answer.trace)),
        asked=None
        if asked is None
        else RecordedQuestion(asked.text, asked.language, asked.marked, first),
    )


def _record_hit(hit: Hit) -> RecordedHit:
    passage, document = hit.passage, hit.document
    return RecordedHit(
        span=Span(document.id, passage.start, passage.end),
        text=passage.text,
        score=round(hit.score, 6),
        parts={name: round(part, 6) for name, part in sorted(hit.parts.items())},
        matches=tuple((first, second) for first, second in hit.matches),
        passage=passage.id,
        title=document.title,
        source=file_name(document.source),
        section=passage.section,
        page=passage.page,
        language=passage.language,
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


def _without_fence(trace: dict[str, Any]) -> dict[str, Any]:
    """`trace` without the random marker around the passages of a prompt."""
    prompt = trace.get("prompt")
    if not isinstance(prompt, dict):
        return trace
    found = _FENCE.search(prompt["user"]) or _FENCE_ALONE.search(prompt["system"])
    if found is None:
        return trace
    same = {name: said.replace(found[1], "fence") for name, said in prompt.items()}
    return {**trace, "prompt": same}


def prompt_digest(prompt: Any) -> str:
    """SHA-256 of the prompt of a trace; a baseline keeps nothing else of it."""
    if isinstance(prompt, str):
        return prompt
    content = json.dumps(prompt, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _answer_from_dict(values: Mapping[str, Any]) -> RecordedAnswer:
    return RecordedAnswer(
        **{
            **values,
            "missing": tuple(values["missing"]),
            "asked": None if values["asked"] is None else RecordedQuestion(**values["asked"]),
            "claims": tuple(_claim_from_dict(claim) for claim in values["claims"]),
            "hits": tuple(_hit_from_dict(hit) for hit in values["hits"]),
        }
    )


def _claim_from_dict(values: Mapping[str, Any]) -> RecordedClaim:
    places = tuple(
        CitedPlace(**{**place, "span": Span(**place["span"])}) for place in values["citations"]
    )
    return RecordedClaim(**{**values, "citations": places})


def _opinion_from_dict(values: Mapping[str, Any]) -> Opinion:
    read = {name: tuple(given) for name, given in values["values"].items()}
    return Opinion(values["judge"], read, tuple(values["failures"]))


def _hit_from_dict(values: Mapping[str, Any]) -> RecordedHit:
    matches = tuple((first, second) for first, second in values.get("matches", ()))
    return RecordedHit(**{**values, "span": Span(**values["span"]), "matches": matches})
