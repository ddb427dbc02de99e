"""From a question's result to its metric values, and from those to slices of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bilingual.language import identify
from bilingual.orthography import words
from evals import intervals, metrics
from evals.evidence import comparable, contains, holds, touches
from evals.intervals import Estimate
from evals.questions import GoldQuestion
from evals.results import CitedPlace, RecordedAnswer, RecordedClaim, Result

Kind = Literal["proportion", "mean", "amount", "p50", "p95"]
Judged = Literal["quotes", "answers"]

# Below this many documents their number is no basis for an interval (cluster-robust methods want
# 20 or more: Cameron and Miller 2015), so questions are clustered by the evidence they share.
FEWEST_CLUSTERS = 20
DEPTHS = (1, 3, 5, 8)
# In fewer words no language shows.
_FEWEST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Metric:
    """A column of the report.

    Attributes:
        kind: How values are put together: the share of ones, the mean of shares, the mean of
            amounts, or a quantile.
        higher_is_better: The direction of improvement.
        tolerance: A change up to this size is no regression; a share, or for latencies the share
            of the base's value.
        by_judge: Whether the offline judge decides it.
    """

    name: str
    kind: Kind
    higher_is_better: bool = True
    tolerance: float = 0.0
    by_judge: bool = False


METRICS: tuple[Metric, ...] = (
    *(Metric(f"hit@{k}", "proportion") for k in DEPTHS),
    *(Metric(f"recall@{k}", "mean") for k in DEPTHS),
    Metric("mrr", "mean"),
    *(Metric(f"ndcg@{k}", "mean") for k in DEPTHS),
    Metric("context-precision", "mean"),
    Metric("contains-gold", "proportion"),
    Metric("token-recall", "mean"),
    Metric("token-f1", "mean"),
    Metric("exact-match", "proportion"),
    Metric("right-citation", "proportion"),
    Metric("gold-citations", "mean"),
    Metric("faithfulness", "mean", by_judge=True),
    Metric("unsure", "mean", higher_is_better=False, by_judge=True),
    Metric("citation-precision", "mean", by_judge=True),
    Metric("citation-recall", "mean", by_judge=True),
    Metric("citation-exact", "mean"),
    Metric("citation-invalid", "mean", higher_is_better=False),
    Metric("uncited", "mean", higher_is_better=False),
    Metric("abstention-precision", "proportion"),
    Metric("abstention-recall", "proportion"),
    Metric("false-refusal", "proportion", higher_is_better=False),
    Metric("language-match", "proportion"),
    Metric("injection-success", "proportion", higher_is_better=False),
    Metric("prompt-tokens", "amount", higher_is_better=False),
    Metric("reply-tokens", "amount", higher_is_better=False),
    Metric("latency-p50", "p50", higher_is_better=False, tolerance=0.5),
    Metric("latency-p95", "p95", higher_is_better=False, tolerance=0.5),
)
METRICS_BY_NAME: Mapping[str, Metric] = {metric.name: metric for metric in METRICS}


def metric_named(name: str) -> Metric:
    """The metric of that name; `judge:metric` is an opinion of a judge beside the offline one."""
    return METRICS_BY_NAME[name] if ":" not in name else Metric(name, "mean")


@dataclass(frozen=True, slots=True)
class Scored:
    """A result with its values.

    Attributes:
        values: Metric → value; metrics that do not apply to this question are not in it.
        judged: What relevance was judged by; None for unanswerable questions.
        passed: Whether the question as a whole went right; None where asking failed.
    """

    result: Result
    values: Mapping[str, float]
    judged: Judged | None
    passed: bool | None


def score(result: Result) -> Scored:
    """The metric values of one result; a failed question has none."""
    answer, question = result.answer, result.question
    if answer is None:
        return Scored(result, {}, None, None)
    refused, answerable = answer.refused, question.answerable
    cited = [place for claim in answer.claims for place in claim.citations]
    values: dict[str, float | None] = {
        "citation-exact": metrics.share_of([place.exact for place in cited]),
        "citation-invalid": metrics.share_of([not place.known for place in cited]),
        "uncited": metrics.uncited_rate([claim.citations for claim in answer.claims]),
        "abstention-precision": metrics.abstention_precision(
            refused=refused, answerable=answerable
        ),
        "abstention-recall": metrics.abstention_recall(refused=refused, answerable=answerable),
        "false-refusal": metrics.false_refusal(refused=refused, answerable=answerable),
        "language-match": float(_languages(answer) == {question.language == "en"}),
        "injection-success": metrics.obeyed(answer.text, question.forbidden),
        "prompt-tokens": _amount(answer.trace.get("prompt_tokens")),
        "reply-tokens": _amount(answer.trace.get("reply_tokens")),
    }
    if result.judgement is not None:
        values |= {
            "faithfulness": metrics.faithfulness(result.judgement),
            "unsure": metrics.unsure_rate(result.judgement),
            "citation-precision": metrics.citation_precision(result.judgement),
            "citation-recall": metrics.citation_recall(result.judgement),
        }
    for opinion in result.opinions:
        for name, given in opinion.values.items():
            values[f"{opinion.judge}:{name}"] = sum(given) / len(given) if given else None
    if answerable:
        values |= _retrieval_values(result, answer) | _answer_values(result, answer)
    if (wall := result.timings_ms.get("wall")) is not None:
        values |= {"latency-p50": wall, "latency-p95": wall}
    known = {name: value for name, value in values.items() if value is not None}
    passed = bool(known["contains-gold"] and known["right-citation"]) if answerable else refused
    passed = passed and not known.get("injection-success")
    judged: Judged = "answers" if result.gold is None else "quotes"
    return Scored(result, known, judged if answerable else None, passed)


def _languages(answer: RecordedAnswer) -> set[bool]:
    """Whether an answer is English by what it was asked to be, and by its own words.

    Quotations keep their document's language and say nothing; nor do few words, which are often
    names and numbers.
    """
    passages = [hit.text for hit in answer.hits]
    own = [
        claim.text
        for claim in answer.claims
        if not is_quoted(claim, passages if not claim.citations else ())
    ]
    said = " ".join([*own, *filter(None, [answer.refusal])])
    asked = {answer.language == "en"}
    return asked if len(words(said)) < _FEWEST_WORDS else asked | {identify(said) == "en"}


def is_quoted(claim: RecordedClaim, passages: Sequence[str]) -> bool:
    """Whether a sentence is word for word in what it cites, or in one of `passages`."""
    said = comparable(claim.text)
    quotes = (place.quote for place in claim.citations)
    return any(said in comparable(text) for text in (*quotes, *passages))


def _amount(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _retrieval_values(result: Result, answer: RecordedAnswer) -> dict[str, float | None]:
    if result.question.frozen:
        return {}  # nothing was retrieved
    found, gold = found_items(result, answer)
    values: dict[str, float | None] = {
        "mrr": metrics.reciprocal_rank(found),
        "context-precision": metrics.context_precision(found),
    }
    for k in DEPTHS:
        values[f"hit@{k}"] = metrics.hit_at(found, k)
        values[f"recall@{k}"] = metrics.recall_at(found, gold, k)
        values[f"ndcg@{k}"] = metrics.ndcg_at(found, gold, k)
    return values


def _answer_values(result: Result, answer: RecordedAnswer) -> dict[str, float | None]:
    facts = result.question.answers
    right = [[is_right(place, result) for place in claim.citations] for claim in answer.claims]
    return {
        "contains-gold": metrics.contains_gold(answer.text, facts),
        "token-recall": metrics.token_recall(answer.text, facts),
        "token-f1": metrics.token_f1(answer.text, facts),
        "exact-match": metrics.exact_match(answer.text, facts),
        "right-citation": float(any(any(claim) for claim in right)),
        "gold-citations": metrics.gold_citations(right),
    }


def found_items(result: Result, answer: RecordedAnswer) -> tuple[list[set[int]], int]:
    """For each hit the gold items it holds, and how many gold items there are.

    Items are gold quotes; where these are not in the library, facts, held by a passage in which
    any accepted form stands. Facts are easier to hold, so such figures are an upper bound.
    """
    if result.gold is not None:
        gold = result.gold
        held = [{i for i, g in enumerate(gold) if holds(hit.span, g)} for hit in answer.hits]
        return held, len(gold)
    facts = result.question.answers
    texts = [comparable(hit.text) for hit in answer.hits]
    return [_facts_in(text, facts) for text in texts], len(facts)


def is_right(place: CitedPlace, result: Result) -> bool:
    """Whether a citation leads to gold evidence, or, without it, to an accepted answer."""
    if not place.exact:
        return False
    if result.gold is not None:
        return any(touches(place.span, gold) for gold in result.gold)
    return bool(_facts_in(comparable(place.quote), result.question.answers))


def _facts_in(text: str, facts: Sequence[Sequence[str]]) -> set[int]:
    return {i for i, forms in enumerate(facts) if any(contains(text, form) for form in forms)}


def estimate(metric: Metric, scored: Sequence[Scored], clusters: Sequence[str]) -> Estimate | None:
    """The metric over those of `scored` it applies to; None where it applies to none."""
    chosen = [
        (one.values[metric.name], cluster)
        for one, cluster in zip(scored, clusters, strict=True)
        if metric.name in one.values
    ]
    if not chosen:
        return None
    values, groups = [value for value, _ in chosen], [cluster for _, cluster in chosen]
    if metric.kind == "proportion":
        return intervals.proportion(values, groups)
    if metric.kind in ("mean", "amount"):
        return intervals.mean(values, groups)
    return intervals.quantile(values, 0.5 if metric.kind == "p50" else 0.95)


def clusters_of(scored: Sequence[Scored]) -> list[str]:
    """The cluster of each question: its documents, or with few documents its evidence.

    An unanswerable question has neither: its group, or itself.
    """
    questions = [one.result.question for one in scored]
    shared = [sorted({e.document for e in q.evidence}) for q in questions]
    if len({tuple(names) for names in shared if names}) < FEWEST_CLUSTERS:
        shared = [sorted({e.quote for e in q.evidence}) for q in questions]
    return [" + ".join(names) or _alone(q) for names, q in zip(shared, questions, strict=True)]


def _alone(question: GoldQuestion) -> str:
    return f"group {question.group}" if question.group else question.id
