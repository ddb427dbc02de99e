"""The outline of a plain text, whose headings are only to be guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from ingest.markdown import IMAGES
from ingest.outline import Line, Outline, OutlineBuilder, lines

# Long enough for the headline of a news article.
LONGEST_HEADING = 150

# Editors wrap at 72 to 120 columns: a line beyond that is a paragraph of its own.
_WRAP = 125

_FINAL = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")
_NO_HEADING = re.compile(r"\s*(?:[-*+•–—|>]|\(?\d{1,3}[.)]\s|\(\d{1,3}\)|[a-zđ][.)]\s)|.*://")


def outline(text: str) -> Outline:
    """Headings, body and title of `text`.

    A heading is a short line without final punctuation that starts a paragraph and is followed by
    a blank line or by a paragraph on one long line. The title is the first line if it is short,
    else the first heading.
    """
    builder = OutlineBuilder()
    all_lines = [line for line in lines(text) if not IMAGES.match(line.text)]
    headings = {place for place in range(len(all_lines)) if _is_heading(all_lines, place)}
    first = next(place for place, line in enumerate(all_lines) if line.text.strip())
    if len(all_lines[first].text.strip()) <= LONGEST_HEADING:
        builder.title(all_lines[first].text)
    previous_end = -1
    for place, line in enumerate(all_lines):
        if place == first and place in headings:
            builder.gap()
        elif place in headings:
            builder.heading(1, line.text)
            builder.title(line.text)
        elif line.text.strip():
            if line.start != previous_end + 1:  # an image stood between
                builder.gap()
            builder.body(line.start, line.end)
        previous_end = line.end
    return builder.finish()


def _is_heading(all_lines: Sequence[Line], place: int) -> bool:
    line = all_lines[place].text.strip()
    if not line or len(line) > LONGEST_HEADING or _FINAL.search(line) or _NO_HEADING.match(line):
        return False
    if not (line[0].isupper() or line[0].isdigit()):
        return False
    before = all_lines[place - 1].text.strip() if place else ""
    if before and not _FINAL.search(before):
        return False
    after = (other.text.strip() for other in islice(all_lines, place + 1, None))
    follows = next(after, "")
    if follows:
        return len(follows) > max(_WRAP, len(line))
    follows = next((text for text in after if text), "")
    return len(follows) > len(line) or bool(_FINAL.search(follows))
