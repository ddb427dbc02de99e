"""Sentence boundaries in Vietnamese and English text, by rules that can be read.

A full stop ends a sentence unless it belongs to an abbreviation, an initial, a number or a web
address; closing quotes and brackets go with the sentence they close. Lines that start a list
item, and blank lines, always end one. Offsets are exact: nothing of a sentence is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Abbreviations after which a full stop does not end a sentence. Written with a capital: titles and
# administrative units (TP., GS., Q., NĐ.), in Vietnamese and English. "v.v." and "etc." are left
# out: what follows decides (see _opens_sentence).
_CAPITALISED = frozenset(
    "tp ts gs pgs ths bs ks kts cn nxb tx tt q p h x nđ qđ tr đt đc đ/c ubnd hđnd "
    "mr mrs ms dr prof sr jr rev hon gen col lt sgt capt st messrs dept univ assn".split()
)
_LOWER_CASE = frozenset("vs cf eg ie approx pp vol ed eds al fig figs eq tr st".split())
# Abbreviations only before a figure: "No. 5", "Feb. 10"; else ordinary words or sentence ends.
_BEFORE_FIGURE = frozenset(
    "no nos art sec ch vol p jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
# Words that start a new sentence after an initial or "U.S.", where a name would not.
_STARTERS = frozenset(
    "the this that these those it he she they we you i in on at but and however there a an "
    "đó đây ông bà họ nó sau trong theo tuy khi các những một đồng ngoài tại vì nếu với".split()
)

_END = re.compile(r"""[.!?…。]+["'”’»)\]】]*(?=\s|$|["“«(\[])|[.!?…](?=["“«])""")
_ITEM = re.compile(r"[ \t]*(?:[-*+•–—]|\d{1,3}[.)]|\(\d{1,3}\)|[a-zđ][.)])[ \t]+")
_WORD_BEFORE = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*$")
_WORD_AT_START = re.compile(r"[^\W\d_]+")
# Editors wrap at 72 to 120 columns; a line shorter than the second number may be a heading.
_WRAP_CHARS = 125
_HEADING_CHARS = 40
_OPENER = re.compile(r"""["'“‘«(\[]*""")


def split(text: str) -> list[tuple[int, int]]:
    """The sentences of `text`, in order, as offsets (end exclusive).

    A line break inside a paragraph does not end a sentence when the next line goes on with it
    (starts in lower case); a list marker is left out of the sentence that follows it.
    """
    found: list[tuple[int, int]] = []
    for start, end in _blocks(text):
        found.extend(_in_block(text, start, end))
    return found


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that belong together: paragraphs, list items without their marker."""
    block: tuple[int, int] | None = None
    previous = ""
    for start, line, width in _lines(text):
        end = start + len(line)
        marker = _ITEM.match(line)
        if block is not None and not marker and _goes_on(previous, line, width):
            block = (block[0], end)
        else:
            if block is not None:
                yield block
            offset = marker.end() if marker and marker.end() < len(line) else 0
            block = (start + offset, end) if line.strip() else None
        previous = line.strip()
    if block is not None:
        yield block


def _lines(text: str) -> Iterator[tuple[int, str, int]]:
    """Lines with their offset and the longest line of their paragraph, in characters."""
    lines = text.splitlines(keepends=True)
    position = index = 0
    while index < len(lines):
        last = index + 1
        while last < len(lines) and lines[last].strip():
            last += 1
        width = max(len(line) for line in lines[index:last])
        for line in lines[index:last]:
            yield position, line, width
            position += len(line)
        index = last


def _goes_on(previous: str, line: str, width: int) -> bool:
    """Whether `line` continues the sentence of the line before it.

    It does when it starts in lower case, or when the paragraph is hard-wrapped (no line over
    `_WRAP_CHARS`) and the line before was about full.
    """
    body = line.strip()
    if not body or not previous:
        return False
    if body[0].islower():
        return True
    return width <= _WRAP_CHARS and len(previous) > 0.7 * width and len(previous) > _HEADING_CHARS


def _in_block(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences of one paragraph."""
    begin = start
    for match in _END.finditer(text, start, end):
        if _ends_sentence(text, begin, match, end):
            yield from _stripped(text, begin, match.end())
            begin = match.end()
    yield from _stripped(text, begin, end)


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without outer white space, if it holds a letter or a digit."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(char.isalnum() for char in text[start:end]):
        yield start, end


def _ends_sentence(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    """Whether the punctuation at `match` closes the sentence that started at `begin`."""
    following = text[match.end() : end].lstrip()
    if not following:
        return True
    mark = match[0]
    if mark[0] != "." or mark.startswith(".."):
        # "!" and "?" inside a quotation go on with the reporting clause: “Why?” she asked.
        return _opens_sentence(following)
    before = _WORD_BEFORE.search(text, begin, match.start())
    if before is None:
        return _opens_sentence(following)
    last = before[0].rsplit(".", 1)[-1]
    if len(last) == 1 and last.isupper():
        # An initial (J. Vance, P.A.T, U.S.): names are far commoner after it than new sentences.
        return _first_word(following) in _STARTERS
    if "." in mark[1:]:
        return _opens_sentence(following)
    if last.lower() in _BEFORE_FIGURE and following[0].isdigit():
        return False
    if last[0].isupper() and last.lower() in _CAPITALISED:
        return False
    return last not in _LOWER_CASE and _opens_sentence(following)


def _first_word(following: str) -> str:
    """The first word of `following`, in lower case."""
    found = _WORD_AT_START.match(following)
    return found[0].lower() if found else ""


def _opens_sentence(following: str) -> bool:
    """Whether `following` looks like the start of a sentence."""
    opener = _OPENER.match(following)
    rest = following[opener.end() :] if opener else following
    return not rest or not rest[0].islower()
