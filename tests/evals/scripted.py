"""A library of two small documents and a scripted assistant over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rag.types import Answer, Citation, Claim, Hit, Timings
from vectorstore.types import Document, Passage

VI_TEXT = "# Hội nghị\n\nHội nghị diễn ra tại Paris. Có 60 quốc gia\nký tuyên bố chung.\n"
EN_TEXT = "# Delegation\n\nBui Hoang Phuong led the delegation. The visit lasted four days.\n"
DOCUMENTS = (
    Document("vi1", "Hội nghị", "vi", "/docs/hoi-nghi.md", "0" * 64),
    Document("en1", "Delegation", "en", "/docs/delegation.md", "1" * 64),
)
TEXTS = {"vi1": VI_TEXT, "en1": EN_TEXT}

LINES: list[dict[str, Any]] = [
    {
        "id": "q1", "question": "Bao nhiêu quốc gia ký?", "language": "vi",
        "document_language": "vi", "kind": "number", "answerable": True,
        "evidence": [{"document": "hoi-nghi.md", "quote": "Có 60 quốc gia ký tuyên bố chung."}],
        "answers": [["60"]], "must_pass": True, "tags": ["count"], "split": "dev",
    },
    {
        "id": "q2", "question": "Ai dan dau doan?", "language": "vi-nomarks",
        "document_language": "en", "kind": "who", "answerable": True,
        "evidence": [
            {"document": "delegation.md", "quote": "Bui Hoang Phuong led the delegation."}
        ],
        "answers": [["Bui Hoang Phuong", "Bùi Hoàng Phương"]],
        "must_pass": False, "tags": [], "split": "test",
    },
    {
        "id": "q3", "question": "How far is the moon?", "language": "en",
        "document_language": None, "kind": "number", "answerable": False,
        "evidence": [], "answers": [], "must_pass": False, "tags": [], "split": "test",
    },
]  # fmt: skip


def cite(document: str, quote: str) -> Citation:
    start = TEXTS[document].index(quote)
    return Citation(document, "title", "source", start, start + len(quote), quote)


def hit(document: str, quote: str, score: float = 1.0) -> Hit:
    start = TEXTS[document].index(quote)
    passage = Passage(1, document, quote, start, start + len(quote))
    return Hit(passage, next(d for d in DOCUMENTS if d.id == document), score, {"dense": score})


def answered(question: str, text: str, *citations: Citation, language: str = "vi") -> Answer:
    claims = [Claim(text, citations)]
    hits = [hit(one.document, one.quote) for one in citations]
    return Answer(question, language, claims, False, (), None, hits, Timings(1, 1, 2))  # type: ignore[arg-type]


def refused(question: str, language: str = "en") -> Answer:
    return Answer(question, language, (), True, ("moon",), "No.", (), Timings(1, 0, 1))  # type: ignore[arg-type]


Q1 = answered("q1", "Có 60 quốc gia ký.", cite("vi1", "Có 60 quốc gia\nký tuyên bố chung."))
Q2 = answered("q2", "Ông Bùi Hoàng Phương.", cite("en1", "Bui Hoang Phuong led the delegation."))
Q3 = refused("q3")
GOOD: dict[str, Answer | Exception] = {
    LINES[0]["question"]: Q1,
    LINES[1]["question"]: Q2,
    LINES[2]["question"]: Q3,
}


@dataclass
class ScriptedAssistant:
    """Answers from a script; exceptions in it are raised."""

    script: dict[str, Answer | Exception | BaseException] = field(default_factory=lambda: {**GOOD})
    asked: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=lambda: {**TEXTS})
    shown: Sequence[Document] = DOCUMENTS
    closed: bool = False

    def ask(self, question: str) -> Answer:
        self.asked.append(question)
        outcome = self.script[question]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def documents(self) -> Sequence[Document]:
        return self.shown

    def document_text(self, document: str) -> str:
        return self.texts[document]

    def close(self) -> None:
        self.closed = True
