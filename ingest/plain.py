"""The outline of a plain text, whose headings are only to be guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from bilingual.orthography import fold
from bilingual.sentences import split
from ingest.markdown import IMAGES
from ingest.outline import (
    SENTENCE_END,
    UNNUMBERED_LEVEL,
    VALUE,
    Line,
    Outline,
    OutlineBuilder,
    lines,
    part_level,
)

# Long enough for the headline of a news article.
LONGEST_HEADING = 150

# Editors wrap at 72 to 120 columns: a line beyond that is a paragraph of its own.
_WRAP = 125

_NO_HEADING = re.compile(
    r"\s*(?:[-*+•–—|>]|\(?\d{1,3}[.)]\s|\((?:\d{1,3}|[a-zđ])\)|[a-zđ][.)]\s)|.*://"
)

# "Kính gửi: Quý phụ huynh", "Chủ trì: Bà Lê Thị Mai" say to whom and who; "Kế hoạch: mở rộng" is a
# heading.
_FACT = re.compile(
    r"(?:Kính gửi|Gửi|To|From|Attn)\s*:\s+\S|[^:]{1,40}: (?:[^\W\d_a-zà-ỹđ]\S* ?){2,}$"
)

_LISTED = re.compile(r"[-*+•–—]\s|\(?1[.)]\s")  # the first item of a list

_ROMAN_LEVEL = part_level("Mục 1")
_LABELLED = re.compile(
    r"(?i:phan|chuong|muc|dieu|part|chapter|section|article)\s+(?:\d+[a-z]?|[IVXLC]+)"
    r"(?:\s*[.:–-]\s+[^\Wa-z_]|\s*$)"
)
_ROMAN = re.compile(r"[IVX]{1,5}[.)]\s+(?=\S)")
_ARABIC = re.compile(r"\d{1,2}(?:[.)]|((?:\.\d{1,2})+)[.)]?)\s+(?=\S)")

# What a document calls itself, without marks, where the office that issued it stands above.
_DOCUMENT = re.compile(
    r"(?:huong dan|quy (?:che|dinh|trinh|tac)|noi quy|quyet dinh|thong (?:bao|tu)|bao cao|ke hoach|"
    r"nghi (?:quyet|dinh)|chi thi|to trinh|bien ban|de an|chuong trinh|hop dong)\b|"
    r".*\b(?:guide|guidelines|handbook|manual|policy|regulations|rules|report|notice)$",
    re.IGNORECASE,
)
_FEWEST_TITLE_WORDS = 4
_MOST_LINES_ABOVE = 3


def outline(text: str) -> Outline:
    """Headings, body and title of `text`, which has a line that is neither blank nor an image.

    A heading is a short line without final punctuation that starts a paragraph and is followed by
    a blank line, by a list or by a paragraph on one long line; with a number before it, a line that
    stands by itself. A line that says something is none: "Hotline: 1900 1234". The title is the
    first line if it is short, else the first heading; of lines in capitals, the one that names the
    document and not its office.
    """
    builder = OutlineBuilder()
    all_lines = [line for line in lines(text) if not IMAGES.match(line.text)]
    first = next(place for place, line in enumerate(all_lines) if line.text.strip())
    title = _title(all_lines, first)
    if len(all_lines[title].text.strip()) <= LONGEST_HEADING:
        builder.title(all_lines[title].text)
    previous_end = -1
    for place, line in enumerate(all_lines):
        level = _heading_level(all_lines, place)
        if place == title and (title != first or level == 1 or _heads_a_list(all_lines, place)):
            builder.gap()
        elif level:
            builder.heading(level, line.text)
            builder.title(line.text)
        elif line.text.strip():
            if line.start != previous_end + 1:  # an image stood between
                builder.gap()
            builder.body(line.start, line.end)
        previous_end = line.end
    return builder.finish()


def _title(all_lines: Sequence[Line], first: int) -> int:
    """The line that is the title: the first, or below offices in capitals what they issued."""
    found = 0
    for place in range(first, len(all_lines)):
        text = all_lines[place].text.strip()
        if not text:
            continue
        if not text.isupper() or found > _MOST_LINES_ABOVE or len(text) > LONGEST_HEADING:
            break
        if len(text.split()) >= _FEWEST_TITLE_WORDS and _DOCUMENT.match(fold(text)):
            return place
        found += 1
    return first


def _heads_a_list(all_lines: Sequence[Line], place: int) -> bool:
    """Whether a line without an end mark stands apart above a list and its heading."""
    text = all_lines[place].text.strip()
    below = _neighbour(all_lines, place, 1)
    if below is None or below == place + 1 or SENTENCE_END.search(text):
        return False
    listed = below + 1 < len(all_lines) and _LISTED.match(all_lines[below + 1].text.strip())
    return bool(listed) and len(text) <= LONGEST_HEADING and _is_heading(all_lines, below)


def _heading_level(all_lines: Sequence[Line], place: int) -> int:
    """The level of the heading at `place`, 0 if there is none; one without a number has 1."""
    text = all_lines[place].text.strip()
    level = _number_level(text)
    if level and _neighbour(all_lines, place, 1) != place + 1:
        return level if _is_numbered_heading(all_lines, place, level) else 0
    if level and _is_labelled(all_lines, place):
        return level
    return (level or 1) if _is_heading(all_lines, place) else 0


def _number_level(text: str) -> int:
    """The level that the number before `text` gives it, 0 if it has none."""
    if level := part_level(text):
        return level
    if found := _ROMAN.match(text):
        return _ROMAN_LEVEL if text[found.end()].isupper() else 0
    found = _ARABIC.match(text)
    if not found or not text[found.end()].isupper():
        return 0
    return UNNUMBERED_LEVEL + 1 + (found[1] or "").count(".") + (")" in found[0])


def _is_numbered_heading(all_lines: Sequence[Line], place: int, level: int) -> bool:
    """Whether a line with a number, a blank line below it, is no item of a list.

    An item has others beside it; under a heading stands body or a deeper heading.
    """
    line = all_lines[place].text.strip()
    if len(line) > LONGEST_HEADING or SENTENCE_END.search(line):
        return False
    above, below = _neighbour(all_lines, place, -1), _neighbour(all_lines, place, 1)
    if below is None or (place and above == place - 1):
        return False
    if not part_level(line):
        before = "" if above is None else all_lines[above].text.strip()
        if VALUE.search(line) or _number_level(before) == level:
            return False
    follows = all_lines[below].text.strip()
    if next_level := _number_level(follows):
        return next_level > level
    if _is_heading(all_lines, below):
        return False
    return bool(
        len(follows) > len(line) or SENTENCE_END.search(follows) or _NO_HEADING.match(follows)
    )


def _is_labelled(all_lines: Sequence[Line], place: int) -> bool:
    """Whether a line opens a part of a legal text whose body stands right below it.

    "Điều 5. Nghỉ phép", not "Điều 5 của Luật quy định" that goes on in the next line.
    """
    line = all_lines[place].text.strip()
    if not _LABELLED.match(fold(line)) or len(line) > LONGEST_HEADING or SENTENCE_END.search(line):
        return False
    if place + 1 == len(all_lines):
        return False
    below = all_lines[place + 1].text.strip()
    # In a table of contents the next part follows at once.
    return not below[:1].islower() and not 0 < _number_level(below) <= part_level(line)


def _neighbour(all_lines: Sequence[Line], place: int, step: int) -> int | None:
    """The place of the next line that is not blank, upwards for a `step` of -1."""
    place += step
    while 0 <= place < len(all_lines):
        if all_lines[place].text.strip():
            return place
        place += step
    return None


def _is_heading(all_lines: Sequence[Line], place: int) -> bool:
    line = all_lines[place].text.strip()
    if not line or len(line) > LONGEST_HEADING or SENTENCE_END.search(line):
        return False
    if _NO_HEADING.match(line):
        return False
    if not (line[0].isupper() or line[0].isdigit()):
        return False
    if _says(line) and _neighbour(all_lines, place, -1) is not None:
        return False
    before = all_lines[place - 1].text.strip() if place else ""
    if before and not SENTENCE_END.search(before):
        return False
    after = (other.text.strip() for other in islice(all_lines, place + 1, None))
    follows = next(after, "")
    if follows:
        listed = place and not before and not _number_level(line) and _LISTED.match(follows)
        return bool(listed) or len(follows) > max(_WRAP, len(line))
    follows = next((text for text in after if text), "")
    return len(follows) > len(line) or bool(SENTENCE_END.search(follows))


def _says(line: str) -> bool:
    """Whether a line without a number tells something: a label's figure, or several sentences."""
    if line.isupper() or _number_level(line):
        return False
    return bool(VALUE.search(line) or _FACT.match(line)) or len(split(line)) > 1
