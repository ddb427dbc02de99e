"""Matching translated sentences, as Tatoeba's similarity search (Artetxe and Schwenk, 2019)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.retrieval.rankings import DENSE, LATE, PRODUCT, Encoders, by_library, score
from bilingual.orthography import nfc
from evals.benchmark.metrics import Share
from evals.benchmark.shelves import shelf
from evals.benchmark.xquad import Text


@dataclass(frozen=True, slots=True)
class Matched:
    """How often the nearest sentence of the other language is the translation, by system."""

    vi_to_en: Mapping[str, Share]
    en_to_vi: Mapping[str, Share]


def read_pairs(path: Path, limit: int | None = None) -> list[tuple[str, str]]:
    """The lines `Vietnamese<TAB>English` of a file, further columns left out.

    Raises:
        OSError: The file cannot be read.
        ValueError: A line has fewer than two columns.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [nfc(line).split("\t") for line in lines if line.strip()]
    for number, row in enumerate(rows, 1):
        if len(row) < 2:
            raise ValueError(f"{path}, line {number}: expected Vietnamese<TAB>English")
    return [(row[0], row[1]) for row in rows][:limit]


def match(pairs: Sequence[tuple[str, str]], encoders: Encoders) -> Matched:
    """Match both ways."""
    vietnamese, english = [vi for vi, _ in pairs], [en for _, en in pairs]
    return Matched(_one_way(vietnamese, english, encoders), _one_way(english, vietnamese, encoders))


def _one_way(asked: Sequence[str], texts: Sequence[str], encoders: Encoders) -> dict[str, Share]:
    n = len(texts)
    right = {
        system: sum(int(row.argmax()) == at for at, row in enumerate(scores))
        for system, scores in score(asked, texts, encoders).items()
    }
    with shelf([Text(text, 0) for text in texts], encoders.taught) as library:
        found = by_library(library, encoders.taught, [(one, [at]) for at, one in enumerate(asked)])
    right[PRODUCT] = sum(rank == 1 for [rank] in found[PRODUCT])
    order = (DENSE, LATE, PRODUCT, *right)
    return {system: Share.of(right[system], n) for system in dict.fromkeys(order)}
