"""A report as Markdown that reads as well in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bilingual.texts import InterfaceLanguage, text
from evals.floors import Breach
from evals.folder import Run
from evals.intervals import Estimate
from evals.judge_failures import OFFLINE, JudgeFailures
from evals.report import Report
from evals.scoring import METRICS, metric_named
from evals.slices import label
from rag.checking.measured import accuracy

RETRIEVAL_COLUMNS = ("hit@1", "hit@3", "hit@8", "mrr", "ndcg@8")
ANSWER_COLUMNS = (
    "contains-gold",
    "right-citation",
    "gold-citations",
    "faithfulness",
    "citation-precision",
    "citation-recall",
    "false-refusal",
    "abstention-recall",
)
_SHOWN_FAILURES = 10
_NOT_APPLICABLE = "n/a"
_SHOWN_CHARS = 200


def markdown(report: Report, language: InterfaceLanguage) -> str:
    """The whole report: what was run, the overall figures, then the slices."""
    parts = [
        summary_line(report, language),
        overall_table(report, language),
        slice_table(report, RETRIEVAL_COLUMNS, language),
        slice_table(report, ANSWER_COLUMNS, language),
        "\n".join(notes(report, language)),
    ]
    return "\n\n".join(parts)


def summary_line(report: Report, language: InterfaceLanguage) -> str:
    """What was run, in a line; of a run that was cut short, how far it came."""
    header = report.run.header
    n, documents = len(header.questions), len(header.documents)
    line = text("evals.summary", language, set=header.set_name, n=n, documents=documents)
    return line if report.run.complete else f"{line}. {unfinished_line(report.run, language)}"


def unfinished_line(run: Run, language: InterfaceLanguage) -> str:
    """How far a run came that was cut short."""
    done, total = len(run.results), len(run.header.questions)
    return text("evals.unfinished", language, done=done, total=total)


def overall_table(report: Report, language: InterfaceLanguage) -> str:
    """Every metric over all questions: value, interval, number of questions it applies to."""
    estimates = report.slices["all"].estimates
    headings = [
        text(f"evals.heading-{name}", language) for name in ("metric", "value", "interval", "n")
    ]
    rows = []
    opinions = [name for name in estimates if ":" in name]
    for name in (*(metric.name for metric in METRICS), *opinions):
        one, shown = estimates.get(name), metric_label(name, language)
        if one is None:
            rows.append([shown, _NOT_APPLICABLE, "", "0"])
        else:
            low, high = (amount(name, bound) for bound in (one.low, one.high))
            rows.append([shown, amount(name, one.value), f"{low} – {high}", str(one.n)])
    return table(headings, rows)


def slice_table(report: Report, columns: Sequence[str], language: InterfaceLanguage) -> str:
    """Some metrics by slice, in per cent with intervals."""
    headings = [text("evals.heading-slice", language), text("evals.heading-n", language)]
    headings += [metric_label(name, language) for name in columns]
    rows = []
    for name, part in report.slices.items():
        cells = [cell(column, part.estimates.get(column)) for column in columns]
        applies = [part.estimates[column].n for column in columns if column in part.estimates]
        if applies:
            rows.append([label(name, language), str(max(applies)), *cells])
    return table(headings, rows)


def notes(report: Report, language: InterfaceLanguage) -> Iterable[str]:
    """How the figures came about, and which questions went wrong as a whole."""
    if report.judged_by_quotes:
        yield text("evals.how-judged-quotes", language, n=report.judged_by_quotes)
    if report.judged_by_answers:
        yield text("evals.how-judged-answers", language, n=report.judged_by_answers)
    yield text("evals.how-intervals", language)
    yield from judge_notes(report, language)
    for key, results in (
        ("failures", report.failures),
        ("judge-failures", report.judge_failures),
        ("must-pass-failed", report.must_pass_failed),
    ):
        if results:
            yield text(f"evals.{key}", language, n=len(results))
            for result in results[:_SHOWN_FAILURES]:
                failure = result.failure or result.judge_failure
                why = f" ({failure.message})" if failure else ""
                yield f"- {result.question.id}: {result.question.question}{why}"
            if len(results) > _SHOWN_FAILURES:
                yield "- …"


def judge_notes(report: Report, language: InterfaceLanguage) -> Iterable[str]:
    """How far the judges can be trusted: their accuracy, their spread, how often they failed."""
    if "faithfulness" in report.slices["all"].estimates:
        yield text("evals.how-judge", language)
        yield accuracy(language)
    spreads: dict[str, list[float]] = {}
    beside = report.run.header.judge.partition(", ")[2]
    for result in report.run.results:
        for opinion in result.opinions:
            for name, given in opinion.values.items():
                if len(given) < 2:  # one reply alone agrees with itself
                    continue
                metric = metric_label(f"{opinion.judge}:{name}", language)
                spreads.setdefault(metric, []).append(max(given) - min(given))
    if beside:
        yield text("evals.how-opinions", language, judges=beside)
    for metric, widths in spreads.items():
        width = f"{percent(sum(widths) / len(widths), 1)} %"
        yield text("evals.opinion-spread", language, metric=metric, spread=width, n=len(widths))
    for judge in report.judges:
        yield judge_failure_line(judge, language)


def judge_failure_line(judge: JudgeFailures, language: InterfaceLanguage) -> str:
    """How often a judge gave no figure, and why the first time."""
    name = "offline" if judge.judge == OFFLINE else "beside"
    reason = " ".join(judge.first.split())
    return text(
        "evals.judge-failing",
        language,
        judge=text(f"evals.judge-{name}", language, judge=judge.judge),
        n=judge.failed,
        total=judge.asked,
        reason=reason if len(reason) <= _SHOWN_CHARS else reason[:_SHOWN_CHARS] + "…",
    )


def breach_line(breach: Breach, language: InterfaceLanguage) -> str:
    """One floor that was not held, in words."""
    floor = breach.floor
    return text(
        "evals.below-floor",
        language,
        metric=metric_label(floor.metric, language),
        slice=label(floor.slice, language),
        value=amount(floor.metric, breach.value),
        floor=amount(floor.metric, floor.bound),
    )


def metric_label(name: str, language: InterfaceLanguage) -> str:
    """The metric's name for a reader."""
    judge, colon, value = name.partition(":")
    if colon:
        return text("evals.metric-opinion", language, judge=judge, value=value)
    base, _, k = name.partition("@")
    return text(f"evals.metric-{base}", language, k=k)


def amount(name: str, value: float) -> str:
    """A metric's value with its unit."""
    kind = metric_named(name).kind
    if kind == "amount":
        return f"{value:.0f}"
    if kind in ("p50", "p95"):
        return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"
    return f"{percent(value, 1)} %"


def cell(name: str, one: Estimate | None) -> str:
    """A value with its interval, short."""
    if one is None:
        return _NOT_APPLICABLE
    low, high = percent(one.low, 0), percent(one.high, 0)
    return f"{percent(one.value, 0)} [{low}–{high}]"


def percent(share: float, digits: int) -> str:
    """A share in per cent; 100 is written for a whole 1 only, 0 for a whole 0 only."""
    least = 10**-digits
    shown = round(100 * share, digits)
    if 0 < share < 1:
        shown = min(max(shown, least), 100 - least)
    return f"{shown:.{digits}f}"


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, words: Sequence[int] = (0,)
) -> str:
    """A Markdown table, padded so that it lines up without being rendered.

    Args:
        headings: One a column.
        rows: The cells, as many a row as there are headings.
        words: The numbers of the columns that hold words and are aligned left.
    """
    # A bar within a cell, as in a tag, would begin another.
    rows = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.ljust(width) if at in words else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join(padded)} |"

    rules = ("-" * (w + 2) if at in words else "-" * (w + 1) + ":" for at, w in enumerate(widths))
    return "\n".join([line(headings), f"|{'|'.join(rules)}|", *(line(row) for row in rows)])
