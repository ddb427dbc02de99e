"""Questions that the documents do answer: each was asked, and answered, before it is shown.

They are made from the headings of sections, and kept only if the answer cites that very section.
No language model is called for them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage, text
from rag.types import Answer, Hit
from vectorstore.types import SECTION_SEPARATOR

NEAR = 3
FIRST = 4
KEPT = 4096
# Each try costs an answer: some 40 ms over a small library.
TRIES_NEAR, TRIES_FIRST = 5, 12
_LONGEST_HEADING = 120
CURATED = 4


class Asks(Protocol):
    """Whoever can be asked."""

    def ask(self, question: str, *, documents: Collection[str] | None = None) -> Answer:
        """Answer `question`."""


class Suggestions:
    """Finds and remembers answerable questions. Safe to share between threads.

    Args:
        assistant: Answers by quoting.
        edition: Changes when the library does: what was found before no longer counts.
        headings: The sections of a library to begin with, as (document, section, language).
    """

    def __init__(
        self,
        assistant: Asks,
        edition: Callable[[], object],
        headings: Callable[[], Sequence[tuple[str, str, str]]],
    ) -> None:
        self._assistant, self._edition, self._headings = assistant, edition, headings
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[object, ...], bool] = OrderedDict()
        self._first: dict[InterfaceLanguage, tuple[object, list[str]]] = {}

    def near(self, answer: Answer, documents: Sequence[str] | None) -> list[str]:
        """Questions about the sections that a refused question came nearest to."""
        found: list[str] = []
        for tries, (hit, question) in enumerate(_about(answer.hits, answer.language)):
            if len(found) == NEAR or tries == TRIES_NEAR:
                break
            if self._answered(question, hit.document.id, hit.passage.section, documents):
                found.append(question)
        return found

    def first(self, language: InterfaceLanguage) -> list[str]:
        """Questions to begin with, in the reader's language where there are documents in it."""
        edition = self._edition()
        with self._lock:
            known = self._first.get(language)
        if known is not None and known[0] == edition:
            return known[1]
        found: list[str] = []
        for number in range(1, CURATED + 1):
            question = text(f"page.example-{number}", language)
            if self._answered(question, None, None, None):
                found.append(question)
        headings = sorted(self._headings(), key=lambda each: each[2] != language)
        for tries, (document, section, _) in enumerate(_spread(headings)):
            if len(found) >= FIRST or tries == TRIES_FIRST:
                break
            question = _question(section, language)
            if self._answered(question, document, section, None):
                found.append(question)
        found = found[:FIRST]
        with self._lock:
            self._first[language] = (edition, found)
        return found

    def _answered(
        self,
        question: str,
        document: str | None,
        section: str | None,
        documents: Sequence[str] | None,
    ) -> bool:
        """Whether the assistant answers, from that section where one is named."""
        key = (self._edition(), question, document, section, tuple(documents or ()))
        with self._lock:
            if key in self._known:
                return self._known[key]
        try:
            answer = self._assistant.ask(question, documents=documents)
        except TrichdanError:
            return False
        citations = [citation for claim in answer.claims for citation in claim.citations]
        good = not answer.refused and any(
            document is None or (citation.document == document and citation.section == section)
            for citation in citations
        )
        with self._lock:
            self._known[key] = good
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return good


def _about(hits: Sequence[Hit], language: InterfaceLanguage) -> Iterator[tuple[Hit, str]]:
    """A question about each section of the passages, once."""
    asked: set[str] = set()
    for hit in hits:
        section = hit.passage.section
        if not section or (question := _question(section, language)) in asked:
            continue
        asked.add(question)
        yield hit, question


def _question(section: str, language: InterfaceLanguage) -> str:
    """What to ask about a section, named by its innermost heading."""
    heading = section.rpartition(SECTION_SEPARATOR)[2].strip().rstrip(".:?!")
    return text("page.suggested", language, heading=heading[:_LONGEST_HEADING])


def _spread(headings: Sequence[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """The headings, one of each document in turn."""
    by_document: dict[str, list[tuple[str, str, str]]] = {}
    for each in headings:
        by_document.setdefault(each[0], []).append(each)
    while by_document:
        for document in list(by_document):
            yield by_document[document].pop(0)
            if not by_document[document]:
                del by_document[document]
