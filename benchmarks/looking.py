"""What the retriever and the evidence make of a question, for the benchmarks that ask for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bilingual.tokens import TokenEncoder
from rag.assistant import Assistant
from rag.evidence import Evidence
from rag.reader import Reader
from vectorstore import Library


def document_ids(library: Library) -> set[str]:
    """Every document of a library."""
    with library.snapshot() as snapshot:
        return {document.id for document in snapshot.documents()}


def look(
    library: Library,
    encoder: TokenEncoder,
    text: str,
    documents: set[str],
    reader: Reader | None,
) -> Evidence:
    """What the retriever and the evidence make of a question."""
    assistant = Assistant(library, encoder)
    question, hits = assistant.search(text, documents)
    return assistant.evidence(question, hits, reader)


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float:
    """Chance that an answerable question gets more confidence than an unanswerable one."""
    high, low = np.array(answerable)[:, None], np.array(unanswerable)[None, :]
    return float(np.mean((high > low) + 0.5 * (high == low)))
