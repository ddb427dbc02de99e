"""Finding gold quotes in documents and accepted answers in text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from bilingual.orthography import nfc, normalise
from vectorstore.types import Document

if TYPE_CHECKING:
    from evals.questions import GoldQuestion

_DASHES = re.compile("[‐‑‒–—−]")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "*": None, "`": None})
_RANGE = re.compile(r"(?<=\d)\s*-\s*(?=\d)")
_SPACE = re.compile(r"\s+")
# Left out when a quote is looked for: layout and Markdown, which a reader may drop or rewrap.
_LAYOUT = re.compile(r"[\s*_#>`]")


class Library(Protocol):
    """What evaluation reads of a library; `rag.assistant.Assistant` is one."""

    def documents(self) -> Sequence[Document]:
        """The documents of the library."""
        ...

    def document_text(self, document: str) -> str:
        """The normalised text of the document with this id."""
        ...


class ReadOnce:
    """A library whose documents are listed once and whose texts are each read once, when wanted."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._documents = {document.id: document for document in library.documents()}
        self._texts: dict[str, str] = {}

    def documents(self) -> Sequence[Document]:
        """The documents of the library."""
        return list(self._documents.values())

    def document_text(self, document: str) -> str:
        """The normalised text of the document with this id."""
        if document not in self._texts:
            self._texts[document] = self._library.document_text(document)
        return self._texts[document]

    def text_or_none(self, document: str) -> str | None:
        """The text of the document with this id; None where the library has no such document."""
        return self.document_text(document) if document in self._documents else None


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a document, by its id; `end` is exclusive."""

    document: str
    start: int
    end: int

    def shared(self, other: Span) -> int:
        """How many characters both spans cover."""
        if self.document != other.document:
            return 0
        return max(0, min(self.end, other.end) - max(self.start, other.start))


# One gold quote: the places where it stands, any of which will do.
GoldPlaces = tuple[Span, ...]


def holds(passage: Span, gold: GoldPlaces) -> bool:
    """Whether `passage` covers at least half of the gold quote at one of its places."""
    return any(2 * passage.shared(place) >= place.end - place.start for place in gold)


def touches(citation: Span, gold: GoldPlaces) -> bool:
    """Whether at least half of the shorter of citation and gold quote is common to both.

    A citation may be one sentence of a longer quote, or hold a shorter quote.
    """
    return any(
        2 * citation.shared(place)
        >= max(1, min(citation.end - citation.start, place.end - place.start))
        for place in gold
    )


@lru_cache(maxsize=8192)  # the sentences of a library come again in many answers
def comparable(text: str) -> str:
    """`text` for comparing answers: `normalise`, and one kind of space, dash and quotation mark."""
    dashed = _DASHES.sub("-", normalise(text).translate(_QUOTES))
    return _RANGE.sub("-", _SPACE.sub(" ", dashed)).strip()


def contains(text: str, form: str) -> bool:
    """Whether the comparable `text` holds the accepted answer `form`, on word boundaries.

    "10" is in "10-13 February" but not in "100", "10,5" or "1.010". A form of which nothing can be
    compared is in no text.
    """
    return bool(comparable(form)) and _pattern(form).search(text) is not None


@lru_cache(maxsize=4096)
def _pattern(form: str) -> re.Pattern[str]:
    wanted = comparable(form)
    before = r"(?<!\w)" if wanted[:1].isalnum() else ""
    after = r"(?!\w)" if wanted[-1:].isalnum() else ""
    if wanted[:1].isdigit():
        before += r"(?<!\d[.,])"
    if wanted[-1:].isdigit():
        after += r"(?![.,]\d)"
    return re.compile(before + re.escape(wanted) + after)


def find_quote(text: str, quote: str) -> list[tuple[int, int]]:
    """Every place of `quote` in `text` on word boundaries, as offsets.

    White space and Markdown marks do not count. "12 days" is not in "112 days".
    """
    wanted = _LAYOUT.sub("", nfc(quote))
    if not wanted:
        return []
    kept, offsets = _without_layout(text)
    places = []
    at = kept.find(wanted)
    while at >= 0:
        start, end = offsets[at], offsets[at + len(wanted) - 1] + 1
        if not (_within_word(text, start) or _within_word(text, end)):
            places.append((start, end))
        at = kept.find(wanted, at + 1)
    return places


def _within_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


@lru_cache(maxsize=64)
def _without_layout(text: str) -> tuple[str, Sequence[int]]:
    """`text` without layout, and for each kept character its offset in `text`."""
    offsets = [at for at, char in enumerate(text) if not _LAYOUT.match(char)]
    return "".join(text[at] for at in offsets), offsets


def file_name(source: str) -> str:
    """The last part of a path or URL."""
    return nfc(PurePosixPath(source.replace("\\", "/")).name)


def locate(question: GoldQuestion, library: Library) -> tuple[GoldPlaces, ...] | None:
    """Where the question's gold quotes stand in `library`, one entry a quote.

    Returns:
        None where any quote is not there: a question is judged by all of its evidence or not by
        evidence at all.
    """
    found = [places_of(e.document, e.quote, library) for e in question.evidence]
    return tuple(found) if all(found) else None


def places_of(name: str, quote: str, library: Library) -> GoldPlaces:
    """Where `quote` stands in the documents whose file is called `name`."""
    return tuple(
        Span(document.id, start, end)
        for document in _called(name, library.documents())
        for start, end in find_quote(library.document_text(document.id), quote)
    )


def _called(name: str, documents: Iterable[Document]) -> list[Document]:
    return [document for document in documents if file_name(document.source) == nfc(name)]
