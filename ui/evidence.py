"""The HTML of the source panel: the library's list, and a document with its cited words marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import PurePath

from bilingual.texts import InterfaceLanguage
from ui.wording import attribute, words
from vectorstore.types import Document

# A window of text is shown, not a whole book: 40,000 characters are about twelve printed pages,
# and render in a few milliseconds.
WINDOW_CHARS = 40_000
# A list of more documents than fit beside each other on a screen can be searched.
MANY_DOCUMENTS = 8
_LIST_MARKS = ("- ", "* ", "+ ", "• ")


@dataclass(frozen=True, slots=True)
class Target:
    """What to open: a document, and the words in it that are cited.

    Attributes:
        quote: The words that must stand from `start` to `end`; None opens the document alone.
        at: Where the shown text begins when the reader leafs through a long document.
    """

    document: str
    start: int = 0
    end: int = 0
    quote: str | None = None
    page: int | None = None
    section: str | None = None
    at: int | None = None


def library_html(documents: Sequence[Document], language: InterfaceLanguage) -> str:
    """The list of documents, each openable, or how to add the first."""
    if not documents:
        return words("empty-library", language, "p", "library-empty")
    rows = "".join(
        f'<li class="row"><input type="checkbox" class="pick" data-pick checked '
        f'value="{escape(document.id)}"'
        f"{attribute('aria-label', 'ask-this', language, title=document.title)}>"
        f'<button type="button" class="document" data-document="{escape(document.id)}">'
        f'<span class="document-title" lang="{document.language}">{escape(document.title)}</span>'
        f'<span class="document-facts">{_facts(document, language)}</span></button></li>'
        for document in documents
    )
    tools = ""
    if len(documents) > MANY_DOCUMENTS:
        every = (
            f'<label class="every"><input type="checkbox" data-pick-all checked>'
            f"{words('all-documents', language)}</label>"
        )
        tools = f'<div class="finder">{every}{finder(language)}</div>'
    return f'{tools}<ul class="documents">{rows}</ul>'


def finder(language: InterfaceLanguage) -> str:
    """The field that narrows a long list to the documents whose words are typed."""
    label = attribute("aria-label", "find-document", language)
    placeholder = attribute("placeholder", "find-document", language)
    return f'<input type="search" data-find autocomplete="off"{label}{placeholder}>'


def _facts(document: Document, language: InterfaceLanguage) -> str:
    """Language, pages and source of a document, in one line."""
    facts = [words(f"language-{document.language}", language)]
    if document.pages:
        facts.append(words("page-count", language, count=document.pages))
    facts.append(f"<span>{escape(short_source(document.source))}</span>")
    return " · ".join(facts)


def short_source(source: str) -> str:
    """A source as readers see it: a URL whole, a path by its file name only."""
    return source if "://" in source else PurePath(source).name


def within(section: str, title: str) -> str:
    """A section's headings without the outermost one where that is the document's title."""
    return "" if section == title else section.removeprefix(f"{title} › ")


def reader_html(document: Document, text: str, target: Target, language: InterfaceLanguage) -> str:
    """A document's text around the target, its cited words marked if they stand there."""
    holds = target.quote is not None and stands(text, target)
    start, end = window(text, target.start if target.at is None else target.at, target.at)
    marked = (target.start, target.end) if holds else (0, 0)
    titled = _after_title(text, document.title)
    if not (holds and target.start < titled):
        start = max(start, titled)  # the title stands above already
    note = ""
    if target.quote is not None and not holds:
        note = words("moved", language, "p", "reader-note warning")
    return (
        f'<header class="reader-head"><h2 tabindex="-1" lang="{document.language}">'
        f"{escape(document.title)}</h2>{_where(document, target, language)}{note}</header>"
        f"{_leaf(document, 'earlier', max(0, start - WINDOW_CHARS), start > titled, language)}"
        f'<div class="reader-text" lang="{document.language}">'
        f"{''.join(blocks(text, start, end, *marked))}</div>"
        f"{_leaf(document, 'later', end, end < len(text), language)}"
    )


def stands(text: str, target: Target) -> bool:
    """Whether the quote stands exactly where the target says."""
    return (
        0 <= target.start < target.end <= len(text)
        and text[target.start : target.end] == target.quote
    )


def window(text: str, around: int, at: int | None) -> tuple[int, int]:
    """The part of a long text to show, cut at line ends: about `around`, or from `at` on."""
    if len(text) <= WINDOW_CHARS:
        return 0, len(text)
    around = min(max(around, 0), len(text))
    begin = around if at is not None else around - WINDOW_CHARS // 2
    start = text.rfind("\n", 0, begin) + 1 if begin > 0 else 0
    stop = text.find("\n", start + WINDOW_CHARS)
    return start, len(text) if stop < 0 else stop + 1


def blocks(text: str, start: int, end: int, mark_start: int, mark_end: int) -> Iterator[str]:
    """The text from `start` to `end` as HTML, one block a line, the marked part in `<mark>`."""
    position = start
    for line in text[start:end].splitlines(keepends=True):
        content = line.rstrip()
        if content.strip():
            tag, skip = _shape(content)
            first, last = position + skip, position + len(content)
            inner = _marked(text, first, last, mark_start, mark_end)
            yield f"<{tag}>{inner}</{tag.partition(' ')[0]}>"
        position += len(line)


def _shape(line: str) -> tuple[str, int]:
    """The element for a line, and how many characters of markup stand before its words.

    Headings and list items of Markdown are set as such; every other line is a paragraph.
    """
    indent = len(line) - len(line.lstrip())
    stripped = line[indent:]
    hashes = len(stripped) - len(stripped.lstrip("#"))
    if 0 < hashes <= 6 and stripped[hashes : hashes + 1] == " ":
        return f'h3 class="level-{min(hashes, 3)}"', indent + hashes + 1
    if stripped.startswith(_LIST_MARKS):
        return 'p class="item"', indent + 2
    return "p", indent


def _marked(text: str, start: int, end: int, mark_start: int, mark_end: int) -> str:
    """The text from `start` to `end`, escaped, with its share of the marked part in `<mark>`."""
    first, last = max(start, mark_start), min(end, mark_end)
    if first >= last:
        return escape(text[start:end])
    return (
        f'{escape(text[start:first])}<mark tabindex="-1">{escape(text[first:last])}</mark>'
        f"{escape(text[last:end])}"
    )


def _where(document: Document, target: Target, language: InterfaceLanguage) -> str:
    """Section, page and source of what is shown."""
    parts = []
    if section := within(target.section or "", document.title):
        parts.append(f'<span lang="{document.language}">{escape(section)}</span>')
    if target.page:
        parts.append(words("page", language, page=target.page))
    parts.append(f"<span>{escape(short_source(document.source))}</span>")
    return f'<p class="where">{words("in-original", language)} {" · ".join(parts)}</p>'


def _after_title(text: str, title: str) -> int:
    """Where the text goes on after a first line that only repeats the title; 0 without one."""
    first, _, _ = text.partition("\n")
    return len(first) if first.lstrip("# ").strip() == title else 0


def _leaf(document: Document, key: str, at: int, needed: bool, language: InterfaceLanguage) -> str:
    """The button that leafs to another part of a long document."""
    if not needed:
        return ""
    opens = f'type="button" data-document="{escape(document.id)}" data-at="{at}"'
    return words(key, language, "button", "leaf", opens)
