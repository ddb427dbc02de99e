"""Published figures to read ours against, with where they come from and what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEADINGS = ("benchmark", "model", "published figure", "source", "what differs")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A published figure.

    Attributes:
        collection: The collection that it belongs to, as `Collection.name` begins; "" for others.
        figures: As published.
        differs: Where its setting is not ours.
    """

    collection: str
    benchmark: str
    model: str
    figures: str
    source: str
    differs: str

    @property
    def row(self) -> tuple[str, str, str, str, str]:
        """Its cells, in the order of `HEADINGS`."""
        return self.benchmark, self.model, self.figures, self.source, self.differs


ANCHORS: Sequence[Anchor] = (
    Anchor(
        "xquad-r paragraphs vi→vi",
        "XQuAD paragraphs vi→vi",
        "paraphrase-multilingual-MiniLM-L12-v2",
        "nDCG@10 .842, R@1 .730",
        "MTEB results",
        "all 240 paragraphs and 1,190 questions, vectors alone",
    ),
    Anchor(
        "xquad-r paragraphs vi→vi",
        "XQuAD paragraphs vi→vi",
        "all-MiniLM-L6-v2",
        "nDCG@10 .508, R@1 .362",
        "MTEB results",
        "as above",
    ),
    Anchor(
        "xquad-r paragraphs en→en",
        "XQuAD paragraphs en→en",
        "multilingual-e5-small; BGE-M3",
        "nDCG@10 .975; .972",
        "MTEB results",
        "as above",
    ),
    Anchor(
        "",
        "Tatoeba vie–eng",
        "LaBSE; paraphrase-multilingual-MiniLM-L12-v2; multilingual-e5-small; all-MiniLM-L6-v2",
        "accuracy .979; .963; .917; .045",
        "MTEB results; the last was measured by us",
        "1,000 short everyday sentences, vi→en; other sentences here",
    ),
)


def anchors_for(collection: str) -> list[Anchor]:
    """The published figures of a collection."""
    return [one for one in ANCHORS if one.collection and collection.startswith(one.collection)]
