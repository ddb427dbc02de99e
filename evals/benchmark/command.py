"""`trichdan eval benchmark`: a benchmark of the field, our figures and the published ones."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from bilingual.encoders import load_encoder
from bilingual.texts import InterfaceLanguage, text
from bilingual.tokens import TokenEncoder
from evals.benchmark.anchors import HEADINGS
from evals.benchmark.corpora import Collection, beir, squad, xquad_r
from evals.benchmark.measuring import Measured, Progress, measure
from evals.benchmark.remembering import Remembering
from evals.errors import BenchmarkError
from evals.tables import percent, table
from rag.settings import Settings

_COLUMNS = ("nDCG@10", "R@1", "R@5", "R@100", "MRR@10", "mAP")


def read(kind: str, path: Path, split: str) -> Iterator[Collection]:
    """The collections of a benchmark."""
    if kind == "xquad-r":
        return xquad_r(path)
    return squad(path) if kind == "squad" else beir(path, split)


def measured(args: argparse.Namespace, settings: Settings, progress: Progress) -> list[Measured]:
    """Every collection of the benchmark that `args` name.

    Raises:
        BenchmarkError: Its files cannot be read, or no collection is chosen.
    """
    encoder = load_encoder(settings.encoder)
    if not isinstance(encoder, TokenEncoder):
        raise BenchmarkError(path=settings.encoder, detail="no token vectors")
    remembering = Remembering(encoder)
    found = [
        measure(one.limited(args.limit), remembering, progress)
        for one in read(args.kind, args.path, args.split)
        if not args.only or any(name in one.name for name in args.only)
    ]
    if not found:
        raise BenchmarkError(path=args.path, detail=", ".join(args.only))
    return found


def tables(found: list[Measured], language: InterfaceLanguage) -> str:
    """Our figures, then the published ones with their source and what differs."""
    headings = [text("evals.heading-collection", language), text("evals.heading-texts", language)]
    headings += [text("evals.heading-n", language), *_COLUMNS]
    rows = [
        [one.name, str(one.texts), str(one.queries), *(_cell(one, name) for name in _COLUMNS)]
        for one in found
    ]
    parts = [table(headings, rows), text("evals.benchmark-how", language)]
    if any(one.name.startswith("xquad-r") for one in found):
        parts.append(text("evals.benchmark-xquad", language))
    published = list(dict.fromkeys(anchor.row for one in found for anchor in one.anchors))
    if published:
        parts.append(table(HEADINGS, published, words=range(len(HEADINGS))))
    else:
        parts.append(text("evals.benchmark-no-anchor", language))
    return "\n\n".join(parts)


def _cell(one: Measured, name: str) -> str:
    figure = one.figures[name]
    low, high = percent(figure.low, 1), percent(figure.high, 1)
    return f"{percent(figure.value, 1)} [{low}–{high}]"
