"""The values that the library stores and gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

DocumentLanguage = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class Document:
    """A source in the library.

    Attributes:
        id: Short readable identifier, unique in the library, kept across edits and renames.
        title: The document's own title, or its file name.
        language: The language most of it is written in.
        source: Absolute path or URL it came from; a document's identity.
        version: SHA-256 of the file's bytes, hexadecimal.
        pages: Number of pages, or None where the format has none.
    """

    id: str
    title: str
    language: DocumentLanguage
    source: str
    version: str
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """A document as a librarian sees it.

    Attributes:
        passages: How many passages it was cut into.
        added_at: When it came into the library, ISO 8601, UTC.
    """

    document: Document
    passages: int
    added_at: str


SECTION_SEPARATOR = " › "  # between the headings of a section


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's place: character offsets into its document's text, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences within one section, the unit of retrieval.

    `text` equals the document's text from `start` to `end`, exactly.

    Attributes:
        id: Unique in the library and never used again after the passage is gone.
        document: The document's id.
        section: Headings above it, outermost first, joined by " › "; None where there are none.
        page: First page it stands on, counted from 1; None where the format has none.
        language: The language of this passage, which may differ from the document's.
        sentences: Its sentences, as offsets into the document's text.
    """

    id: int
    document: str
    text: str
    start: int
    end: int
    section: str | None = None
    page: int | None = None
    language: DocumentLanguage = "en"
    sentences: tuple[Sentence, ...] = ()

    @property
    def headings(self) -> list[str]:
        """Those of its section, outermost first."""
        return self.section.split(SECTION_SEPARATOR) if self.section else []

    @property
    def units(self) -> tuple[Sentence, ...]:
        """Its sentences; itself, where it was stored without any."""
        return self.sentences or (Sentence(self.start, self.end),)

    def said(self, sentence: Sentence) -> str:
        """A sentence of it, verbatim."""
        return self.text[sentence.start - self.start : sentence.end - self.start]


def embedded_text(section: str | None, passage: str) -> str:
    """What the encoder sees of a passage: its section's headings, and itself.

    A passage often does not repeat what its heading names. The document's title is left out: it
    would make all passages of a document alike.
    """
    return f"{section}\n{passage}" if section else passage


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage on its way in: it has no id yet.

    Attributes:
        embedded_text: What the encoder sees: the passage, with its section where that helps.
    """

    start: int
    end: int
    section: str | None
    page: int | None
    language: DocumentLanguage
    embedded_text: str


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document ready to be published, its offsets into `text`.

    Attributes:
        text: The whole normalised (NFC) text; every offset of the library points into it.
        sentences: In order, not overlapping.
        passages: In order of start; neighbours may share sentences.
        rules: Name of the rules by which the source was read and cut, as the caller calls them.
    """

    title: str
    language: DocumentLanguage
    source: str
    version: str
    text: str
    sentences: Sequence[Sentence]
    passages: Sequence[NewPassage]
    pages: int | None = None
    rules: str = ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A passage id with its score in one index; scores compare within one call only."""

    passage: int
    score: float


Vectors = NDArray[np.float32]
