"""The library as its pages see it: what it holds, and putting in and taking out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ingest import OnProgress, Report, ingest
from ingest.plan import Fetch
from ingest.web import WebReader
from rag.assistant import Assistant
from vectorstore import Holding, Writer

# Sections looked at for questions to begin with: enough for any start, little to read.
_DOCUMENTS, _SECTIONS = 8, 8


class Shelving(Protocol):
    """What the pages need of a library: `Shelves`, or a scripted one in a test."""

    def holdings(self) -> Sequence[Holding]:
        """Every document, by title."""

    def edition(self) -> object:
        """Something that changes whenever the library does."""

    def headings(self) -> Sequence[tuple[str, str, str]]:
        """Some sections: document, section and its language."""

    def add(self, paths: Sequence[Path | str], on_progress: OnProgress) -> Report:
        """Bring files, or pages by their addresses, in."""

    def remove(self, document: str) -> str:
        """Take a document out; gives its source."""


class Shelves:
    """The library behind an assistant. Safe to share between threads."""

    def __init__(self, assistant: Assistant, fetch: Fetch | None = None) -> None:
        """Stand before an assistant's library.

        Args:
            assistant: Whose library it is.
            fetch: Reads a web page; by default from the hosts that the settings allow.
        """
        self._assistant = assistant
        self._fetch = fetch or WebReader(assistant.settings.web_hosts.split(",")).fetch

    def holdings(self) -> list[Holding]:
        """Every document, by title."""
        with self._assistant.library.snapshot() as snapshot:
            return sorted(snapshot.holdings(), key=lambda holding: holding.document.title)

    def edition(self) -> int:
        """The number of the library's edition."""
        with self._assistant.library.snapshot() as snapshot:
            return snapshot.edition

    def headings(self) -> list[tuple[str, str, str]]:
        """The first sections of the first documents of each language."""
        found: dict[tuple[str, str], str] = {}
        with self._assistant.library.snapshot() as snapshot:
            documents = snapshot.documents()
            for language in ("vi", "en"):
                chosen = [each for each in documents if each.language == language]
                for document in chosen[:_DOCUMENTS]:
                    sections = dict.fromkeys(
                        passage.section for passage in snapshot.passages_of(document.id)
                    )
                    for section in list(filter(None, sections))[:_SECTIONS]:
                        found[document.id, section] = language
        return [(document, section, language) for (document, section), language in found.items()]

    def add(self, paths: Sequence[Path | str], on_progress: OnProgress) -> Report:
        """Bring files, or pages by their addresses, in; they answer as soon as this returns.

        Raises:
            StoreError: The library cannot be written; it stays as it was.
            EncoderError: The encoder failed; the library stays as it was.
        """
        return ingest(
            paths,
            self._assistant.settings.library,
            self._assistant.encoder,
            fetch=self._fetch,
            server=self._assistant.settings.chroma,
            on_progress=on_progress,
        )

    def remove(self, document: str) -> str:
        """Take a document out.

        Returns:
            Its source.

        Raises:
            DocumentMissingError: There is none of that id.
            StoreError: The library cannot be written; it stays as it was.
        """
        encoder = self._assistant.encoder
        settings = self._assistant.settings
        with Writer(settings.library, encoder.name, encoder.dim, server=settings.chroma) as writer:
            with self._assistant.library.snapshot() as snapshot:
                source = snapshot.document(document).source
            writer.publish(removed=[document])
        return source


def quoting(assistant: Assistant) -> Assistant:
    """An assistant over the same library that calls no language model."""
    if assistant.llm is None:
        return assistant
    without = Assistant(assistant.library, assistant.encoder, settings=assistant.settings)
    assert without.llm is None
    return without
