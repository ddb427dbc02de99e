"""A comparison as Markdown that reads as well in a terminal: what went wrong comes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bilingual.texts import InterfaceLanguage, text
from evals.compare import Comparison, Flip, Outcome, Verdict
from evals.results import Result
from evals.slices import label
from evals.tables import amount, judge_failure_line, metric_label, table

OUTCOMES: tuple[Outcome, ...] = ("regressed", "improved", "no-change", "too-few")
_SHOWN_FLIPS = 20
_SHOWN_CHARS = 160


def comparison_markdown(made: Comparison, language: InterfaceLanguage) -> str:
    """The whole comparison: the outcome in a line, the figures, then the flipped questions."""
    parts = [outcome_line(made, language)]
    changed = [v for v in made.verdicts if v.outcome in ("regressed", "improved")]
    if apart := [verdict for verdict in changed if verdict.slice != "all"]:
        parts.append(verdict_table(apart, language))
    if overall := [verdict for verdict in made.verdicts if verdict.slice == "all"]:
        parts.append(verdict_table(overall, language))
    parts.append(text("evals.compare-how", language))
    parts.append("\n".join(_lists(made, language)))
    return "\n\n".join(part for part in parts if part)


def outcome_line(made: Comparison, language: InterfaceLanguage) -> str:
    """How many verdicts there are of each kind, and how many questions changed, and which way."""
    counts = {outcome.replace("-", "_"): len(made.having(outcome)) for outcome in OUTCOMES}
    better = sum(flip.improved for flip in made.flips)
    said = [
        text("evals.compare-summary", language, **counts),
        text("evals.compare-answers", language, n=made.differing, total=made.compared),
        text("evals.compare-flips", language, worse=len(made.flips) - better, better=better),
    ]
    return " ".join(said)


def verdict_table(verdicts: Sequence[Verdict], language: InterfaceLanguage) -> str:
    """One row a figure, regressions first."""
    rows = [
        [*verdict_figures(v, language), text(f"evals.outcome-{v.outcome}", language)]
        for v in in_order(verdicts)
    ]
    return table(verdict_headings(language), rows, words=(0, 1, 7))


def verdict_headings(language: InterfaceLanguage) -> list[str]:
    """The columns of a verdict's row."""
    names = ("metric", "slice", "base", "candidate", "difference", "p", "visible", "verdict")
    return [text(f"evals.heading-{name}", language) for name in names]


def in_order(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts as they are shown: regressions first."""
    return sorted(verdicts, key=lambda v: OUTCOMES.index(v.outcome))


def verdict_figures(v: Verdict, language: InterfaceLanguage) -> list[str]:
    """What stands before the outcome in a verdict's row, as plain text."""
    return [
        metric_label(v.metric, language),
        label(v.slice, language),
        amount(v.metric, v.base),
        amount(v.metric, v.candidate),
        f"{points(v.difference)} [{points(v.low)}, {points(v.high)}]",
        f"{v.p:.3f}" if v.p >= 0.001 else "<0.001",
        points(v.visible).lstrip("+"),
    ]


def points(difference: float) -> str:
    """A difference of shares in percentage points, signed."""
    return "0.0" if abs(difference) < 5e-4 else f"{100 * difference:+.1f}"


def flip_lines(flip: Flip, language: InterfaceLanguage) -> Iterator[str]:
    """A flipped question with both answers."""
    question = flip.base.question
    yield f"- {question.id} {flip_line(flip, language)}: {question.question}"
    yield f"  - {stages_line(flip, language)}"
    for name, result in (("base", flip.base), ("candidate", flip.candidate)):
        yield f"  - {text(f'evals.heading-{name}', language)}: {_shown(result)}"


def flip_line(flip: Flip, language: InterfaceLanguage) -> str:
    """Which way a question flipped, and the stage at which it began."""
    direction = text(f"evals.flip-{'improved' if flip.improved else 'regressed'}", language)
    return f"{direction} ({text(f'evals.stage-{flip.stage}', language)})"


def stages_line(flip: Flip, language: InterfaceLanguage) -> str:
    """Every stage of a flipped question with what became of it."""
    return ", ".join(
        f"{text(f'evals.page-stage-{name}', language)}: "
        f"{text(f'evals.page-stage-{stage_state(flip, name)}', language)}"
        for name in flip.stages
    )


def stage_state(flip: Flip, stage: str) -> str:
    """Whether a stage gave the same, or something else, or whether that is not known."""
    if stage in flip.unknown:
        return "unknown"
    return "changed" if stage in flip.changed else "same"


def _shown(result: Result) -> str:
    """The answer, the refusal or the failure of a result, on one short line."""
    if result.answer is None:
        said = f"{result.failure.kind}: {result.failure.message}" if result.failure else ""
    else:
        said = result.answer.text or result.answer.refusal or ""
    line = " ".join(said.split())
    return line if len(line) <= _SHOWN_CHARS else line[:_SHOWN_CHARS] + "…"


def _lists(made: Comparison, language: InterfaceLanguage) -> Iterator[str]:
    for key, results in (
        ("failures", made.failures),
        ("must-pass-failed", made.must_pass_failed),
    ):
        if results:
            yield text(f"evals.{key}", language, n=len(results))
            yield from (f"- {result.question.id}: {result.question.question}" for result in results)
    yield from (judge_failure_line(judge, language) for judge in made.judges)
    yield from comparison_notes(made, language)
    if made.flips:
        yield text("evals.flips", language, n=len(made.flips))
        for flip in made.flips[:_SHOWN_FLIPS]:
            yield from flip_lines(flip, language)
        if len(made.flips) > _SHOWN_FLIPS:
            more = len(made.flips) - _SHOWN_FLIPS
            yield f"- {text('evals.flips-more', language, n=more)}"


def comparison_notes(made: Comparison, language: InterfaceLanguage) -> Iterator[str]:
    """What the comparison leaves out, and what else the runs differ in."""
    if made.unmeasured:
        names = ", ".join(metric_label(name, language) for name in made.unmeasured)
        yield text("evals.compare-unmeasured", language, metrics=names)
    if made.unpaired:
        yield text("evals.compare-unpaired", language, n=made.unpaired)
    if made.noted:
        parts = ", ".join(text(f"evals.part-{name}", language) for name in made.noted)
        yield text("evals.compare-noted", language, parts=parts)
