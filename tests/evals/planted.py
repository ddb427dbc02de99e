"""A hundred questions over two documents, and changes of known kind planted in their answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rag.types import Answer, Citation, Claim, Hit, Timings
from tests.evals.scripted import DOCUMENTS, ScriptedAssistant, refused
from vectorstore.types import Passage

EACH = 40
SENTENCES = {
    "vi": [f"Số liệu mục {i} là {1000 + i} đơn vị." for i in range(EACH)],
    "en": [f"The figure of item {i} is {5000 + i} units." for i in range(EACH)],
}
TEXTS = {f"{language}1": "\n".join(lines) for language, lines in SENTENCES.items()}
FILES = {"vi": "hoi-nghi.md", "en": "delegation.md"}

Change = Callable[[str, int, Answer], Answer]


def lines() -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for language, first in (("vi", 1000), ("en", 5000)):
        for i, sentence in enumerate(SENTENCES[language]):
            made.append(
                _line(f"{language}-{i}", language)
                | {
                    "evidence": [{"document": FILES[language], "quote": sentence}],
                    "answers": [[str(first + i)]],
                    "document_language": language,
                    "answerable": True,
                }
            )
    return made + [_line(f"none-{i}", "en") for i in range(EACH)]


def _line(name: str, language: str) -> dict[str, Any]:
    return {
        "id": name, "question": name, "language": language, "document_language": None,
        "kind": "number", "answerable": False, "evidence": [], "answers": [],
    }  # fmt: skip


def cited(language: str, i: int) -> Citation:
    sentence = SENTENCES[language][i]
    start = TEXTS[f"{language}1"].index(sentence)
    return Citation(f"{language}1", "t", "s", start, start + len(sentence), sentence)


def answer_with(question: str, language: str, i: int) -> Answer:
    """An answer that quotes sentence `i` of the document in `language`, found first."""
    citation = cited(language, i)
    passage = Passage(i, citation.document, citation.quote, citation.start, citation.end)
    document = next(d for d in DOCUMENTS if d.id == citation.document)
    claim = Claim(citation.quote, (citation,))
    hits = (Hit(passage, document, 1.0),)
    return Answer(question, language, (claim,), False, (), None, hits, Timings(1, 1, 2))  # type: ignore[arg-type]


def assistant(change: Change = lambda language, i, answer: answer) -> ScriptedAssistant:
    """Answers everything right, apart from every tenth question, after `change`."""
    script: dict[str, Answer | Exception | BaseException] = {}
    for language in ("vi", "en"):
        for i in range(EACH):
            name = f"{language}-{i}"
            shift = i % 10 == 0
            right = answer_with(name, language, (i + shift) % EACH)
            script[name] = change(language, i, right)
    for i in range(EACH):
        script[f"none-{i}"] = change("none", i, refused(f"none-{i}", "en"))
    return ScriptedAssistant(script, texts=dict(TEXTS))


def broken_retrieval(language: str, i: int, answer: Answer) -> Answer:
    """Vietnamese questions find the wrong passage."""
    return answer_with(answer.question, "vi", (i + 7) % EACH) if language == "vi" else answer


def dropped_citations(language: str, i: int, answer: Answer) -> Answer:
    """Claims come without their citations, for half of the English questions."""
    if language != "en" or i % 2:
        return answer
    return replace(answer, claims=[replace(claim, citations=()) for claim in answer.claims])


def answered_anyway(language: str, i: int, answer: Answer) -> Answer:
    """Questions that nothing answers are answered, with a citation of something."""
    return answer_with(answer.question, "en", i) if language == "none" and i % 2 else answer


def noise(language: str, i: int, answer: Answer) -> Answer:
    """One question is lost in each language and one other is won."""
    if language == "none" or i not in (3, 10):
        return answer
    return answer_with(answer.question, language, i if i == 10 else i + 1)
