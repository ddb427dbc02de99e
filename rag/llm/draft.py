"""An answer while the model writes it: cleaned text, cut into sentences as they become whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bilingual.sentences import split
from rag.checking.citations import MARK
from rag.llm.cleaning import Cleaner
from rag.llm.prompt import REFUSAL

# Citation marks after the full stop: "… in May.[1] The …", "… in May. [1][2]". In the next line
# only where they have it for themselves: "[1] Report of 2023" is a line of a list of sources.
_LATE = rf"{MARK.pattern}(?:[^\S\n]*{MARK.pattern})*"
_LATE_MARKS = re.compile(
    rf"([.!?…]+[\"'”’»)]*)([^\S\n]*{_LATE}|\s*\n\s*{_LATE}(?=[^\S\n]*(?:\n|\Z)))"
)
# A line that ends with its marks needs no full stop, unless the next goes on in lower case.
_LINE_END = re.compile(rf"{MARK.pattern}[,;*_]*[^\S\n]*\n\s*(?=\S)")
# What some models are trained to write instead: [citation:1] [cite: 1, 2] [P1] [#1] \[1\] [[1]]
_OTHER_MARKS = re.compile(
    r"\\?\[{1,2}\s*(?:(?:citations?|cite|ref)\s*:?\s*|[#P])?"
    r"(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)\s*\\?\]{1,2}",
    re.IGNORECASE,
)
# Also as Markdown escapes it: NOT\_IN\_PASSAGES.
_WORD = re.escape(REFUSAL).replace("_", r"\\?_")
_REFUSAL = re.compile(rf"[\"'“*`(\[]*{_WORD}[\"'”*`)\].]*", re.IGNORECASE)
_ENDS = re.compile(rf"[.!?…]+[\"'”’»)*]*(?:\s*{MARK.pattern})*\s*\Z")


class Draft:
    """What has come of an answer.

    Attributes:
        refused: The model has begun by saying that the passages do not answer.
        refusal_seen: It has said so anywhere.
        began_anew: With the piece last fed, what had come before turned out to be a thought.
        full: It has become as long as it may; what comes after that is dropped.
    """

    def __init__(self, evidence: Sequence[str] = (), longest_chars: int = 1_000_000) -> None:
        """Start an answer.

        Args:
            evidence: The passages; only their web addresses may be repeated.
            longest_chars: How long it may become, thoughts aside.
        """
        self.full = False
        self._room = longest_chars
        self.refused = False
        self.refusal_seen = False
        self.began_anew = False
        self._cleaner = Cleaner(evidence)
        self._open = ""
        self._begun = False

    def feed(self, piece: str) -> tuple[str, list[str]]:
        """Take in a piece.

        Returns:
            The text to show now, and the sentences it has closed, citation marks included.
        """
        cleaned = self._cleaner.feed(piece)
        self.began_anew = self._cleaner.began_anew
        if self.began_anew:
            self.refusal_seen, self._open, self._begun = False, "", False
        text = self._admit(cleaned)
        return text, ([] if self.refused else self._close(whole=False))

    def finish(self, *, cut: bool) -> tuple[str, list[str], str]:
        """The model has ended.

        Args:
            cut: It ended because the answer had become too long.

        Returns:
            The last text to show, the last sentences, and the half sentence that is dropped
            ("" unless `cut`).
        """
        text = self._admit(self._cleaner.finish())
        if self.refused:
            return "", [], ""
        sentences = self._close(whole=True)
        if cut and sentences and not (_ENDS.search(sentences[-1]) and MARK.search(sentences[-1])):
            return text, sentences[:-1], sentences[-1]
        return text, sentences, ""

    def _admit(self, text: str) -> str:
        """Write the marks of cleaned `text` alike; take the refusal word out of it and note it."""
        text = _OTHER_MARKS.sub(r"[\1]", text)
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
            self.refused = _REFUSAL.match(text) is not None
        if self.refused:
            return ""
        without = _REFUSAL.sub("", text)
        self.refusal_seen = self.refusal_seen or without != text
        self.full = self.full or len(without) > self._room
        without = without[: self._room]
        self._room -= len(without)
        self._open += without
        return without

    def _close(self, *, whole: bool) -> list[str]:
        """Cut off the sentences that nothing to come can change."""
        # Same length, only permuted, so that the offsets hold in both.
        tidy = _LATE_MARKS.sub(lambda found: _swapped(found, self._open), self._open)
        spans = _without_lone_marks(tidy, [*_by_lines(tidy, split(tidy))])
        closed = spans if whole else spans[:-1]
        if closed:
            self._open = self._open[closed[-1][1] :]
        return [tidy[start:end] for start, end in closed]


def _swapped(found: re.Match[str], text: str) -> str:
    """The marks before the full stop, unless they begin the next sentence: "[1] says that"."""
    following = text[found.end() :].lstrip()
    if following[:1].islower():
        return found[0]
    return found[2] + found[1]


def _by_lines(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """`spans`, cut behind each line that ends with its citation marks."""
    for start, end in spans:
        for line in _LINE_END.finditer(text, start, end):
            if not text[line.end()].islower():
                yield start, start + len(text[start : line.end()].rstrip())
                start = line.end()
        yield start, end


def _without_lone_marks(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join a "sentence" of nothing but citation marks to the one before it."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        rest = MARK.sub("", text[start:end])
        if joined and not any(char.isalnum() for char in rest):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
