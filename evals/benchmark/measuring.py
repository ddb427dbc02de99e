"""A collection searched by the product's retriever, and what the rankings are worth."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bilingual.lexicon import default_lexicon
from bilingual.tokens import TokenEncoder
from evals.benchmark.anchors import Anchor, anchors_for
from evals.benchmark.corpora import Collection, Query
from evals.benchmark.shelves import shelf
from evals.intervals import Estimate, mean, proportion
from rag.errors import QuestionError
from rag.question import check_question
from rag.retriever import HybridRetriever

DEPTH = 100  # texts that are ranked; every figure but mAP and R@100 looks at the first ten
_QUESTION_CHARS = 2000
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """A collection's figures with 95 % intervals, and what others published on it."""

    name: str
    texts: int
    queries: int
    figures: Mapping[str, Estimate]
    anchors: Sequence[Anchor]

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON."""
        return {
            "name": self.name,
            "texts": self.texts,
            "questions": self.queries,
            "figures": {name: asdict(figure) for name, figure in self.figures.items()},
            "published": [asdict(anchor) for anchor in self.anchors],
        }


def measure(
    collection: Collection,
    encoder: TokenEncoder,
    progress: Progress = lambda name, done, total: None,
) -> Measured:
    """Rank the texts for every question, in a library made by the product's own writer.

    Questions that cannot be asked (longer than the product allows) count as found nowhere.
    """
    values: dict[str, list[float]] = {}
    with shelf(collection.texts, encoder) as made:
        retriever = HybridRetriever(made.library, encoder, default_lexicon(), DEPTH)
        for done, query in enumerate(collection.queries, start=1):
            try:
                asked = check_question(query.text, _QUESTION_CHARS)
                found = [made.places[hit.passage.id] for hit in retriever.find(asked)]
            except QuestionError:
                found = []
            for name, value in figures(found, query).items():
                values.setdefault(name, []).append(value)
            progress(collection.name, done, len(collection.queries))
    # Questions on one text stand or fall together.
    clusters = [str(min(query.relevant)) for query in collection.queries]
    estimates = {
        name: (proportion if name == "R@1" and set(given) <= {0.0, 1.0} else mean)(given, clusters)
        for name, given in values.items()
    }
    anchors = anchors_for(collection.name)
    return Measured(
        collection.name, len(collection.texts), len(collection.queries), estimates, anchors
    )


def figures(found: Sequence[int], query: Query) -> dict[str, float]:
    """What one ranking is worth (IR standard; nDCG with the judgements' own grades)."""
    grades = [query.relevant.get(place, 0.0) for place in found]
    hits = [rank for rank, grade in enumerate(grades, start=1) if grade > 0]
    total = len(query.relevant)
    ideal = sorted(query.relevant.values(), reverse=True)
    return {
        "nDCG@10": _dcg(grades[:10]) / _dcg(ideal[:10]),
        "R@1": sum(rank <= 1 for rank in hits) / total,
        "R@5": sum(rank <= 5 for rank in hits) / total,
        "R@100": len(hits) / total,
        "MRR@10": 1 / hits[0] if hits and hits[0] <= 10 else 0.0,
        "mAP": sum(n / rank for n, rank in enumerate(hits, start=1)) / total,
    }


def _dcg(grades: Sequence[float]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))
