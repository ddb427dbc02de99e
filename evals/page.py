"""The report as one HTML file that needs nothing else: summary, slices, then every question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from bilingual.texts import InterfaceLanguage, text
from evals.compare import Comparison
from evals.comparison_tables import (
    OUTCOMES,
    comparison_notes,
    in_order,
    outcome_line,
    verdict_figures,
    verdict_headings,
)
from evals.history import Past
from evals.intervals import Estimate
from evals.page_history import history_plots
from evals.page_questions import question_blocks
from evals.report import Report
from evals.scoring import metric_named
from evals.slices import label
from evals.tables import (
    ANSWER_COLUMNS,
    RETRIEVAL_COLUMNS,
    amount,
    cell,
    metric_label,
    notes,
    summary_line,
)

_ANY = "any"


def page(
    report: Report,
    language: InterfaceLanguage,
    comparison: Comparison | None = None,
    past: Sequence[Past] = (),
) -> str:
    """The report of a run; with a comparison, what changed comes first.

    Args:
        past: The runs before it, oldest first, and itself at the end.
    """
    here = Path(__file__).parent
    style = (here / "report.css").read_text(encoding="utf-8")
    script = (here / "report.js").read_text(encoding="utf-8")
    title = summary_line(report, language)
    compared = "" if comparison is None else _verdicts(comparison, language)
    plots = history_plots(past, language)
    over_time = f"{_section('history', language)}{plots}" if plots else ""
    noted = "".join(f"<p class=soft>{escape(note)}</p>" for note in notes(report, language))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        # Nothing may be fetched, whatever a document's text contains.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{style}</style></head><body>"
        f"<h1>{escape(title)}</h1>{_origin(report)}{compared}"
        f"{_section('figures', language)}{_overall(report, language)}{noted}{over_time}"
        f"{_section('slices', language)}"
        f"{_slices(report, RETRIEVAL_COLUMNS, language)}{_slices(report, ANSWER_COLUMNS, language)}"
        f"{_section('questions', language)}{_filters(report, comparison, language)}"
        f"{''.join(question_blocks(report, comparison, language))}"
        f"<script>{script}</script></body></html>\n"
    )


def _section(name: str, language: InterfaceLanguage) -> str:
    return f"<h2>{escape(text(f'evals.page-{name}', language))}</h2>"


def _origin(report: Report) -> str:
    header = report.run.header
    documents = ", ".join(document.name for document in header.documents)
    settings = ", ".join(f"{name} = {value}" for name, value in header.settings.items() if value)
    versions = ", ".join(f"{name} {value}" for name, value in header.versions.items())
    made = f"{header.encoder} · {header.checker} · {header.judge}"
    when = f"{report.run.began} · ×{report.run.workers}" if report.run.began else ""
    lines = (documents, settings, versions, made, when)
    return "".join(f"<p class=soft>{escape(line)}</p>" for line in lines if line)


def _overall(report: Report, language: InterfaceLanguage) -> str:
    names = ("metric", "value", "interval", "n")
    headings = [text(f"evals.heading-{name}", language) for name in names]
    rows = []
    for name, one in report.slices["all"].estimates.items():
        bounds = f"{amount(name, one.low)} – {amount(name, one.high)}"
        shown = [metric_label(name, language), amount(name, one.value)]
        cells = [escape(part) for part in (*shown, bounds, str(one.n))]
        rows.append([*cells, _plot(name, one)])
    return _table([*headings, ""], rows)


def _plot(name: str, one: Estimate) -> str:
    """The value as a tick on its interval, for shares."""
    if metric_named(name).kind in ("amount", "p50", "p95"):
        return ""
    left, width = 100 * one.low, 100 * (one.high - one.low)
    return (
        f'<div class=plot><i style="left:{left:.1f}%;width:{width:.1f}%"></i>'
        f'<b style="left:{100 * one.value:.1f}%"></b></div>'
    )


def _slices(report: Report, columns: Sequence[str], language: InterfaceLanguage) -> str:
    headings = [text("evals.heading-slice", language), text("evals.heading-n", language)]
    headings += [metric_label(name, language) for name in columns]
    rows = []
    for name, part in report.slices.items():
        if any(column in part.estimates for column in columns):
            cells = [cell(column, part.estimates.get(column)) for column in columns]
            applies = max(e.n for column in columns if (e := part.estimates.get(column)))
            rows.append([escape(x) for x in (label(name, language), str(applies), *cells)])
    return _table(headings, rows)


def _verdicts(made: Comparison, language: InterfaceLanguage) -> str:
    rows = []
    changed = [v for v in made.verdicts if v.slice == "all" or v.outcome in OUTCOMES[:2]]
    for v in in_order(changed):
        words = verdict_figures(v, language)
        outcome = escape(text(f"evals.outcome-{v.outcome}", language))
        rows.append([*map(escape, words), f"<span class={v.outcome}>{outcome}</span>"])
    notes = [text("evals.compare-how", language), *comparison_notes(made, language)]
    noted = "".join(f"<p class=soft>{escape(note)}</p>" for note in notes)
    return (
        f"{_section('comparison', language)}<p>{escape(outcome_line(made, language))}</p>"
        f"{_table(verdict_headings(language), rows)}{noted}"
    )


def _filters(report: Report, comparison: Comparison | None, language: InterfaceLanguage) -> str:
    states = ["", "wrong", "right", *(["flipped"] if comparison else [])]
    options = "".join(
        f'<option value="{state}">{escape(text(f"evals.page-{state or _ANY}", language))}</option>'
        for state in states
    )
    names = "".join(
        f'<option value="{escape(name)}">{escape(label(name, language))}</option>'
        for name in report.slices
    )
    hint, slices, kinds = (
        escape(text(f"evals.page-{name}", language)) for name in ("search", "slice", "state")
    )
    return (
        f'<div class=filters><input id=text type=search placeholder="{hint}" aria-label="{hint}">'
        f'<select id=slice aria-label="{slices}">{names}</select>'
        f'<select id=state aria-label="{kinds}">{options}</select>'
        "<span id=count class=soft role=status></span></div>"
        f"<p class=soft>{escape(text('evals.page-legend', language))}</p>"
    )


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are HTML already; the first column holds words."""

    def line(cells: Iterable[str], tag: str) -> str:
        first, *others = cells
        rest = "".join(f"<{tag}>{other}</{tag}>" for other in others)
        return f"<tr><{tag} class=words>{first}</{tag}>{rest}</tr>"

    head = line(map(escape, headings), "th")
    body = "".join(line(row, "td") for row in rows)
    return f"<div class=scroll><table><thead>{head}</thead><tbody>{body}</tbody></table></div>"
