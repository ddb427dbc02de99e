"""Passages for tests: each a document of its own, its text the passage."""

from __future__ import annotations

from collections.abc import Sequence

from bilingual.sentences import split
from rag.types import Hit, Question
from vectorstore.types import Document, DocumentLanguage, Passage, Sentence

BEFORE = "Some text before. "


def hit(text: str, language: DocumentLanguage = "en", *, id: int = 1, title: str = "Doc") -> Hit:
    """A hit whose passage stands after `BEFORE` in its document."""
    start = len(BEFORE)
    sentences = tuple(Sentence(start + a, start + b) for a, b in split(text))
    passage = Passage(
        id, f"doc-{id}", text, start, start + len(text), language=language, sentences=sentences
    )
    return Hit(passage, Document(f"doc-{id}", title, language, f"/{id}.md", "0" * 64), 1.0)


def hits(*texts: str, language: DocumentLanguage = "en") -> list[Hit]:
    return [hit(text, language, id=number) for number, text in enumerate(texts, start=1)]


def document_text(hit: Hit) -> str:
    return BEFORE + hit.passage.text


def quotes(found: Sequence[Hit], citations: Sequence[object]) -> None:
    """Assert that every citation's quote stands at its offsets."""
    texts = {hit.document.id: document_text(hit) for hit in found}
    for citation in citations:
        place = texts[citation.document][citation.start : citation.end]  # type: ignore[attr-defined]
        assert place == citation.quote  # type: ignore[attr-defined]


EN = Question("When was the summit?", "en", "When was the summit?")
VI = Question("Hội nghị diễn ra khi nào?", "vi", "Hội nghị diễn ra khi nào?")
