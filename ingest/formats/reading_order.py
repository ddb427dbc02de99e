"""The lines of a page as they are read: columns one after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from ingest.formats.lines import Line

# Lines side by side are columns of running text if there are so many, so long and so wide.
_LEAST_COLUMN_LINES = 4
_LEAST_COLUMN_CHARS = 20
_LEAST_COLUMN_FILL = 0.5


def in_order(lines: list[Line]) -> list[Line]:
    """The lines as they are read: columns one after another, else as the content has them."""
    lines = list(_parted(lines))
    gutter = _gutter(lines)
    if gutter is None:
        return _top_down(lines) if _is_shuffled(lines) else lines
    ordered: list[Line] = []
    right: list[Line] = []
    for line in sorted(lines, key=lambda line: -line.first.top):
        if line.left < gutter < line.right and len(line.segments) == 1:
            ordered += right  # a line across both columns: what stands above it is read first
            right = []
            ordered.append(line)
            continue
        lefts = tuple(segment for segment in line.segments if segment.left < gutter)
        rights = tuple(segment for segment in line.segments if segment.left >= gutter)
        if lefts:
            ordered.append(Line(lefts, line.hyphenated and not rights))
        if rights:
            right.append(Line(rights, line.hyphenated))
    return ordered + right


def _parted(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines at the same height, drawn apart, as one line of several segments."""
    held: Line | None = None
    for line in lines:
        if (
            held is not None
            and not held.hyphenated
            and abs(held.first.bottom - line.first.bottom) < 0.3 * line.first.height
            and abs(held.first.height - line.first.height) < 0.3 * line.first.height
            and line.left > held.right
        ):
            held = Line((*held.segments, *line.segments), line.hyphenated)
            continue
        if held is not None:
            yield held
        held = line
    if held is not None:
        yield held


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where two columns of running text that were drawn line by line are parted."""
    pairs = [line.segments for line in lines if len(line.segments) == 2]
    if len(pairs) < _LEAST_COLUMN_LINES:
        return None
    place = median((a.right + b.left) / 2 for a, b in pairs)
    starts = Counter(round(b.left / 4) for _, b in pairs)
    fitting = [(a, b) for a, b in pairs if a.right <= place + 4 and b.left >= place - 40]
    if len(fitting) < 0.8 * len(pairs) or starts.most_common(1)[0][1] < 0.6 * len(pairs):
        return None
    wide = [max(s.right - s.left for s in side) for side in zip(*fitting, strict=True)]
    filled = [
        sum(s.right - s.left for s in side) / len(side) / max(most, 1.0)
        for side, most in zip(zip(*fitting, strict=True), wide, strict=True)
    ]
    chars = [median(len(s.text) for s in side) for side in zip(*fitting, strict=True)]
    if min(filled) < _LEAST_COLUMN_FILL or min(chars) < _LEAST_COLUMN_CHARS:
        return None
    return min(b.left for _, b in fitting) - 1


def _is_shuffled(lines: Sequence[Line]) -> bool:
    """Whether the content jumps up and down a page that has one column."""
    ups = any(b.first.bottom > a.first.top for a, b in pairwise(lines))
    return ups and not _side_by_side(lines)


def _side_by_side(lines: Sequence[Line]) -> bool:
    """Whether two lines that are not neighbours stand at the same height."""
    ordered = _top_down(lines)
    return any(
        a.first.bottom < b.first.top - 0.4 * b.first.height
        and (a.right < b.left or b.right < a.left)
        for a, b in pairwise(ordered)
    )


def _top_down(lines: Sequence[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-round(line.first.top), line.left))
