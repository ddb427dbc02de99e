"""The outline of a Markdown text. The text itself stays as it is, so that offsets are exact."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.outline import Line, Outline, OutlineBuilder, lines

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_LINK_TARGET = re.compile(r" {0,3}\[[^\]]+\]:[ \t]*\S+")
_TABLE_ROW = re.compile(r"\s*\|")
_QUOTE = re.compile(r"\s*>[> \t]*")
_HTML_TAG = re.compile(r"\s*</?[A-Za-z][^>]*>\s*$")
_COMMENT = re.compile(r"\s*<!--")
_NO_HEADING_ABOVE = re.compile(r"\s*(?:[-*+>|]|\d+[.)]|$)")
IMAGES = re.compile(r"\s*(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?\s*)+$")


def outline(text: str) -> Outline:
    """Headings, body and title of `text`; the title is its first heading of the first level."""
    return _Reader(lines(text)).read()


class _Reader:
    """Goes through the lines once; `_at` is the next one."""

    def __init__(self, all_lines: Sequence[Line]) -> None:
        self._lines = all_lines
        self._at = 0
        self._builder = OutlineBuilder()
        self._titled = False

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
            else:
                self._line(line)
        return self._builder.finish()

    def _heading(self, level: int, heading: str) -> None:
        if level == 1 and not self._titled and heading.strip():
            self._titled = True
            self._builder.heading(1, "")
            self._builder.title(heading)
        else:
            self._builder.heading(level, heading)

    def _line(self, line: Line) -> None:
        """A line of body, or one that is none."""
        text = line.text
        if not text.strip():
            return  # what it parts, the splitting into sentences sees
        if any(pattern.match(text) for pattern in (_RULE, IMAGES, _LINK_TARGET, _HTML_TAG)):
            self._builder.gap()
        elif _TABLE_ROW.match(text):
            # A row is a sentence of its own, whatever the next one starts with.
            self._builder.gap()
            self._builder.body(line.start, line.end)
            self._builder.gap()
        elif quote := _QUOTE.match(text):
            # Without its mark; a line that goes on in lower case stays with the one before.
            if not text[quote.end() : quote.end() + 1].islower():
                self._builder.gap()
            self._builder.body(line.start + quote.end(), line.end)
        else:
            self._builder.body(line.start, line.end)

    def _underlined(self, line: Line) -> int:
        """The level of the heading that `line` is by the line under it, 0 if it is none."""
        if self._at >= len(self._lines) or _NO_HEADING_ABOVE.match(line.text):
            return 0
        found = _UNDERLINE.match(self._lines[self._at].text)
        before = self._lines[self._at - 2].text if self._at > 1 else ""
        if found is None or before.strip():
            return 0
        return 1 if found[1][0] == "=" else 2

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
        """Leave out the settings that static site generators keep at the top."""
        texts = [line.text.rstrip() for line in self._lines]
        if texts[0] == "---" and "---" in texts[1:]:
            self._at = texts.index("---", 1) + 1
