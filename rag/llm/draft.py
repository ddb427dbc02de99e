"""An answer while the model writes it: cleaned text, cut into sentences as they become whole."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bilingual.sentences import split
from rag.checking.citations import MARK
from rag.llm.cleaning import Cleaner
from rag.llm.prompt import REFUSAL

# Citation marks after the full stop: "… in May.[1] The …", "… in May. [1][2]".
_LATE_MARKS = re.compile(rf"([.!?…]+[\"'”’»)]*)(\s*{MARK.pattern}(?:\s*{MARK.pattern})*)")
# What some models are trained to write instead: [citation:1] [cite: 1, 2] [P1] [#1] \[1\] [[1]]
_OTHER_MARKS = re.compile(
    r"\\?\[{1,2}\s*(?:(?:citations?|cite|ref)\s*:?\s*|[#P])?"
    r"(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)\s*\\?\]{1,2}",
    re.IGNORECASE,
)
_REFUSAL = re.compile(rf"[\"'“*`(\[]*{REFUSAL}[\"'”*`)\].]*", re.IGNORECASE)
_ENDS = re.compile(rf"[.!?…]+[\"'”’»)*]*(?:\s*{MARK.pattern})*\s*\Z")


class Draft:
    """What has come of an answer.

    Attributes:
        refused: The model has begun by saying that the passages do not answer.
        refusal_seen: It has said so anywhere.
        began_anew: With the piece last fed, what had come before turned out to be a thought.
    """

    def __init__(self, evidence: Sequence[str] = ()) -> None:
        """Start an answer.

        Args:
            evidence: The passages; only their web addresses may be repeated.
        """
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
        self._open += without
        return without

    def _close(self, *, whole: bool) -> list[str]:
        """Cut off the sentences that nothing to come can change."""
        # Same length, only permuted, so that the offsets hold in both.
        tidy = _LATE_MARKS.sub(lambda found: _swapped(found, self._open), self._open)
        spans = _without_lone_marks(tidy, split(tidy))
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
