"""Which lines of a page belong to tables, and their cells in rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.formats.lines import Line, Segment

# A cell that reaches over so much of the widest line's cell stands in its column.
_OVER = 0.5


def told_from_tables(lines: Sequence[Line]) -> Iterator[tuple[bool, Line]]:
    """Each line with whether it belongs to a table: two or more lines of cells together."""
    cells = [len(line.segments) > 1 for line in lines]
    for place, line in enumerate(lines):
        if cells[place]:
            yes = (place > 0 and cells[place - 1]) or (
                place + 1 < len(lines) and (cells[place + 1] or _wraps(lines, place + 1))
            )
            yield yes, line
        else:
            yield bool(place) and cells[place - 1] and _wraps(lines, place), line


def _wraps(lines: Sequence[Line], place: int) -> bool:
    """Whether a line of one segment goes on in a cell of the line before, not in its first."""
    before, line = lines[place - 1], lines[place]
    if len(before.segments) < 2 or len(line.segments) != 1:
        return False
    step = before.first.top - line.first.top
    return 0 < step < 1.5 * line.first.height and any(
        abs(cell.left - line.left) < 3 for cell in before.segments[1:]
    )


def rows_of(lines: Sequence[Line]) -> list[list[str]]:
    """The cells in columns, those of the line with the most cells."""
    model = max(lines, key=lambda line: len(line.segments)).segments
    rows: list[list[str]] = []
    for line in lines:
        row = [""] * len(model)
        for segment in line.segments:
            place = _column(segment, model)
            row[place] = f"{row[place]} {segment.text}".strip()
        if rows and len(line.segments) == 1 and not row[0]:
            rows[-1] = [f"{a} {b}".strip() for a, b in zip(rows[-1], row, strict=True)]
        else:
            rows.append(row)
    return rows


def torn(lines: Sequence[Line]) -> bool:
    """Whether cells of several columns stand so near each other that they were read as one."""
    model = max(lines, key=lambda line: len(line.segments)).segments
    over = [
        sum(
            min(segment.right, other.right) - max(segment.left, other.left)
            > _OVER * (other.right - other.left)
            for other in model
        )
        for line in lines
        for segment in line.segments
        if len(line.segments) > 1
    ]
    return any(columns > 1 for columns in over)


def _column(segment: Segment, model: Sequence[Segment]) -> int:
    """The column that a cell overlaps most, or is nearest to."""

    def nearness(place: int) -> tuple[float, float]:
        other = model[place]
        shared = min(segment.right, other.right) - max(segment.left, other.left)
        edges = min(abs(segment.left - other.left), abs(segment.right - other.right))
        return (shared if shared > 0 else 0.0, -edges)

    return max(range(len(model)), key=nearness)
