"""The figures as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.retrieval.directions import Measured, Pooled
from benchmarks.retrieval.languages import Identified
from benchmarks.retrieval.pairs import Matched
from benchmarks.retrieval.rankings import PRODUCT, SYSTEMS
from benchmarks.retrieval.speed import Speed
from evals.benchmark import anchors
from evals.benchmark.metrics import Share
from evals.intervals import Estimate


def product_table(found: Sequence[Measured]) -> str:
    """The whole retriever in every direction."""
    rows = []
    for one in found:
        of = one.systems[PRODUCT]
        rows.append(
            [
                _direction(one),
                str(one.pool),
                _share(of.recall_1),
                *(_figure(value) for value in (of.recall_5, of.ndcg_10, of.mrr)),
                str(of.recall_1.n),
            ]
        )
    headings = ["question → passages", "pool", "R@1 [95 %]", "R@5", "nDCG@10", "MRR", "n"]
    return table(headings, rows)


def systems_table(found: Sequence[Measured]) -> str:
    """R@1 (R@5) of all systems, directions as columns; `found` shares one pool size."""
    rows = [
        [
            system,
            *(
                f"{_figure(one.systems[system].recall_1.value)} "
                f"({_figure(one.systems[system].recall_5)})"
                for one in found
            ),
        ]
        for system in SYSTEMS
    ]
    return table(["R@1 (R@5)", *(_direction(one) for one in found)], rows)


def pooled_table(found: Sequence[Pooled]) -> str:
    """Mean average precision by system."""
    headings = ["mAP", *(f"{one.question}, {one.pool} sentences" for one in found)]
    rows = [[system, *(_figure(one.systems[system]) for one in found)] for system in SYSTEMS]
    return table(headings, rows)


def pairs_table(matched: Matched) -> str:
    """Accuracy both ways, by system."""
    rows = [
        [system, _share(share), _share(matched.en_to_vi[system]), str(share.n)]
        for system, share in matched.vi_to_en.items()
    ]
    return table(["accuracy [95 %]", "vi→en", "en→vi", "n"], rows)


def languages_table(found: Iterable[Identified]) -> str:
    """Shares of texts whose language was found."""
    rows = [[one.what, one.form, _share(one.right), str(one.right.n)] for one in found]
    return table(["texts", "form", "language found [95 %]", "n"], rows)


def speed_table(found: Iterable[Speed]) -> str:
    """Milliseconds of a question."""
    rows = [
        [
            str(one.passages),
            _median(one.check),
            f"{_median(one.encoding)} ({one.encoding_processor.value:.1f})",
            f"{_median(one.rest)} ({one.rest_processor.value:.1f})",
            _median(one.total),
            f"{one.total_p95.value:.1f}",
            str(one.total.n),
        ]
        for one in found
    ]
    headings = ["passages", "check", "encoding (processor)", "rest (processor)", "encoding + rest"]
    return table([*headings, "p95", "n"], rows)


def anchors_table() -> str:
    """Published figures."""
    return table(anchors.HEADINGS, [anchor.row for anchor in anchors.ANCHORS])


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _direction(one: Measured) -> str:
    return f"{one.question}→{one.passages}"


def _figure(value: float) -> str:
    """`.874`; a whole 1 as `1.000`."""
    return f"{value:.3f}".removeprefix("0")


def _share(share: Share) -> str:
    return f"{_figure(share.value)} [{_figure(share.low)}, {_figure(share.high)}]"


def _median(estimate: Estimate) -> str:
    return f"{estimate.value:.1f} [{estimate.low:.1f}, {estimate.high:.1f}]"
