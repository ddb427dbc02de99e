"""The outline of a Markdown text. The text stays as it is but for its tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.outline import (
    LONGEST_BOLD_HEADING,
    SENTENCE_END,
    UNNUMBERED_LEVEL,
    VALUE,
    Line,
    Outline,
    OutlineBuilder,
    heading_text,
    lines,
    part_level,
)
from ingest.tables import Table, readable_rows

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_LINK_TARGET = re.compile(r" {0,3}\[[^\]]+\]:[ \t]*\S+")
_TABLE_ROW = re.compile(r"\s*\|")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_QUOTE = re.compile(r"\s*>[> \t]*")
_HTML_TAG = re.compile(r"\s*</?[A-Za-z][^>]*>\s*$")
_TITLE = re.compile(r"title\s*:\s*(['\"]?)(.*\S)\1\s*$", re.IGNORECASE)
_COMMENT = re.compile(r"\s*<!--")
_NO_HEADING_ABOVE = re.compile(r"\s*(?:[-*+>|]|\d+[.)]|$)")
_BOLD = re.compile(r" {0,3}\*\*\b((?:(?!\*\*).)+)\*\*[ \t]*$")
IMAGES = re.compile(r"\s*(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?\s*)+$")

_NO_BODY = (_RULE, IMAGES, _LINK_TARGET, _HTML_TAG)


def outline(text: str) -> Outline:
    """Headings, body and title of `text`.

    The title is what the settings at its top say, else its first heading of the first level.
    """
    return _Reader(lines(text)).read()


def with_readable_tables(text: str) -> str:
    """`text` with the rows of its tables naming their columns, "| Month: May; Revenue: 12".

    The outline leaves the bar outside of the row.
    """
    if "|" not in text:
        return text
    written: list[str] = []
    waiting = text.split("\n")
    fence = ""
    at = 0
    while at < len(waiting):
        line = waiting[at]
        if found := _FENCE.match(line):
            fence = "" if fence and line.lstrip().startswith(fence) else fence or found[1]
        rule = waiting[at + 1] if at + 1 < len(waiting) else ""
        if fence or "|" not in line or "|" not in rule or not _TABLE_RULE.match(rule):
            written.append(line)
            at += 1
            continue
        rows = [_cells(line)]
        at += 2
        while at < len(waiting) and "|" in waiting[at]:
            rows.append(_cells(waiting[at]))
            at += 1
        written += [f"| {row}" for row in readable_rows(Table(rows, headers=1))]
    return "\n".join(written)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _CELL_BORDER.split(inner)]


class _Reader:
    """Goes through the lines once; `_at` is the next one."""

    def __init__(self, all_lines: Sequence[Line]) -> None:
        self._lines = all_lines
        self._at = 0
        self._builder = OutlineBuilder()
        self._titled = False
        self._named = ""

    def read(self) -> Outline:
        self._skip_front_matter()
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if found := _HEADING.match(line.text):
                self._heading(len(found[1]), found[2] or "")
            elif fence := _FENCE.match(line.text):
                self._fenced(fence[1])
            elif _COMMENT.match(line.text):
                self._skip_comment(line)
            elif level := self._underlined(line):
                self._heading(level, line.text)
                self._at += 1
            elif level := self._bold(line):
                self._heading(level, line.text)
            else:
                self._line(line)
        return self._builder.finish()

    def _heading(self, level: int, heading: str) -> None:
        if level == 1 and not self._titled and heading.strip():
            self._titled = True
            if self._named and heading_text(heading).casefold() != self._named.casefold():
                self._builder.heading(1, heading)
                return
            self._builder.heading(1, "")
            self._builder.title(heading)
        else:
            self._builder.heading(level, heading)

    def _line(self, line: Line) -> None:
        """A line of body, or one that is none."""
        text = line.text
        if not text.strip():
            return  # what it parts, the splitting into sentences sees
        if _is_no_body(text):
            self._builder.gap()
        elif _TABLE_ROW.match(text):
            self._row(line)
        elif quote := _QUOTE.match(text):
            # Without its mark; a line that goes on in lower case stays with the one before.
            if not text[quote.end() : quote.end() + 1].islower():
                self._builder.gap()
            self._builder.body(line.start + quote.end(), line.end)
        else:
            self._builder.body(line.start, line.end)

    def _row(self, line: Line) -> None:
        """A row is a sentence of its own, without the bars around it."""
        inner = line.text.strip().strip("|").strip()
        if any(char.isalnum() for char in inner):
            start = line.start + line.text.index(inner)
            self._builder.row(start, start + len(inner))
        else:
            self._builder.gap()

    def _underlined(self, line: Line) -> int:
        """The level of the heading that `line` is by the line under it, 0 if it is none."""
        if self._at >= len(self._lines) or _NO_HEADING_ABOVE.match(line.text):
            return 0
        found = _UNDERLINE.match(self._lines[self._at].text)
        before = self._lines[self._at - 2].text if self._at > 1 else ""
        if found is None or before.strip():
            return 0
        return 1 if found[1][0] == "=" else 2

    def _bold(self, line: Line) -> int:
        """The level of the heading that `line` is by being in bold alone, 0 if it is none.

        It is a paragraph of its own, which only a numbered part need not be, and a question with
        its answer below it.
        """
        level = _bold_level(line.text)
        if not level or not self._leads(level):
            return 0
        before = self._lines[self._at - 2].text if self._at > 1 else ""
        after = self._lines[self._at].text
        above = not before.strip() or _HEADING.match(before) or _UNDERLINE.match(before)
        joined = level < UNNUMBERED_LEVEL or _asks(line.text)
        apart = joined or _NO_HEADING_ABOVE.match(after)
        return level if above and apart else 0

    def _leads(self, level: int) -> bool:
        """Whether body, or a part of it, stands under a heading of `level` before the next line.

        Otherwise what it says would be in no passage and in no section's path.
        """
        for place in range(self._at, len(self._lines)):
            text = self._lines[place].text
            if text.strip() and not _is_no_body(text):
                next_level = _bold_level(text)
                return not _HEADING.match(text) and (not next_level or next_level > level)
        return False

    def _fenced(self, fence: str) -> None:
        """Code is body, but `#` makes no heading in it."""
        self._builder.gap()
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if line.text.lstrip().startswith(fence):
                break
            if line.text.strip():
                self._builder.body(line.start, line.end)
        self._builder.gap()

    def _skip_comment(self, line: Line) -> None:
        self._builder.gap()
        while "-->" not in line.text and self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1

    def _skip_front_matter(self) -> None:
        """Leave out the settings that static site generators keep at the top, but for the title."""
        texts = [line.text.rstrip() for line in self._lines]
        if texts[0] == "---" and "---" in texts[1:]:
            self._at = texts.index("---", 1) + 1
            named = [found[2] for text in texts[1 : self._at] if (found := _TITLE.match(text))]
            self._named = heading_text(named[0]) if named else ""
            self._builder.title(self._named)


def _is_no_body(text: str) -> bool:
    return any(pattern.match(text) for pattern in _NO_BODY)


def _asks(bold: str) -> bool:
    return heading_text(bold).endswith("?")


def _bold_level(text: str) -> int:
    """The level of a line that is in bold from end to end and does not end like a sentence.

    A label alone may end in a stop: "Điều 5.", and a question is the heading of its answer.
    """
    found = _BOLD.match(text)
    said = heading_text(found[1]) if found else ""
    if len(said) > LONGEST_BOLD_HEADING or not any(char.isalpha() for char in said):
        return 0
    level = part_level(said)
    if _asks(text):
        return UNNUMBERED_LEVEL
    if SENTENCE_END.search(said):
        return level if len(said.split()) == 2 else 0
    return level or (0 if VALUE.search(said) else UNNUMBERED_LEVEL)
