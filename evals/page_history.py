"""Each metric over the last runs, as small plots drawn in SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from bilingual.texts import InterfaceLanguage, text
from evals.history import Past
from evals.intervals import Estimate
from evals.tables import amount, metric_label

_WIDTH, _HEIGHT, _EDGE = 180, 64, 8


def history_plots(runs: Sequence[Past], language: InterfaceLanguage) -> str:
    """A plot for each metric of the last run; nothing where there is only that run."""
    if len(runs) < 2:
        return ""
    names = [name for name in runs[-1].estimates if "@" not in name or name in _SHOWN_DEPTHS]
    plots = "".join(_figure(name, runs, language) for name in names)
    how = escape(text("evals.page-history-how", language, n=len(runs)))
    return f"<div class=history>{plots}</div><p class=soft>{how}</p>"


_SHOWN_DEPTHS = frozenset({"hit@1", "hit@3", "hit@8", "ndcg@8"})


def _figure(name: str, runs: Sequence[Past], language: InterfaceLanguage) -> str:
    known = [run.estimates.get(name) for run in runs]
    given = [one for one in known if one is not None]
    low, high = min(one.low for one in given), max(one.high for one in given)
    spread = (high - low) or 1.0
    points = "".join(_points(known, runs, low, spread, name))
    last = amount(name, given[-1].value)
    label = escape(metric_label(name, language))
    return (
        f"<figure><figcaption>{label} <b>{escape(last)}</b></figcaption>"
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{points}</svg>'
        f"<span class=soft>{escape(amount(name, low))} – {escape(amount(name, high))}</span>"
        "</figure>"
    )


def _points(
    known: Sequence[Estimate | None], runs: Sequence[Past], low: float, spread: float, name: str
) -> Iterator[str]:
    """For each run its interval as a line and its value as a dot, then the line through them."""
    step = (_WIDTH - 2 * _EDGE) / max(1, len(known) - 1)

    def y(value: float) -> float:
        return _HEIGHT - _EDGE - (value - low) / spread * (_HEIGHT - 2 * _EDGE)

    path = []
    for at, one in enumerate(known):
        if one is None:
            continue
        x = _EDGE + at * step
        path.append(f"{x:.1f},{y(one.value):.1f}")
        shown = f"{runs[at].name}: {amount(name, one.value)}"
        bounds = f"{amount(name, one.low)} – {amount(name, one.high)}"
        yield (
            f'<g><title>{escape(shown)} ({escape(bounds)})</title><line x1="{x:.1f}" '
            f'x2="{x:.1f}" y1="{y(one.low):.1f}" y2="{y(one.high):.1f}"/>'
            f'<circle cx="{x:.1f}" cy="{y(one.value):.1f}" r="2.5"/></g>'
        )
    yield f'<polyline points="{" ".join(path)}"/>'
