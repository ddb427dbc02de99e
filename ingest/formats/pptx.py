"""Slides: each is a page, its title the section; speaker's notes come after it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

from ingest.composing import Composer
from ingest.errors import FileDamagedError, TooManyPagesError
from ingest.formats.archive import open_archive
from ingest.limits import Limits
from ingest.outline import Parsed
from ingest.tables import Table


def read(data: bytes, limits: Limits, on_page: Callable[[int], None]) -> Parsed:
    """Read a presentation."""
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    open_archive(data, limits, "PPTX").close()
    try:
        slides = list(Presentation(io.BytesIO(data)).slides)
    except (PythonPptxError, ValueError) as exc:
        raise FileDamagedError(format="PPTX") from exc
    if len(slides) > limits.pages:
        raise TooManyPagesError(pages=len(slides), limit=limits.pages)
    composer = Composer(limits)
    for number, slide in enumerate(slides, 1):
        _slide(slide, composer)
        on_page(number)
    return composer.finish()


def _slide(slide: Any, composer: Composer) -> None:
    shapes = list(_flat(slide.shapes))
    composer.page(unread=not any(_has_text(shape) for shape in shapes) and bool(shapes))
    title = slide.shapes.title
    composer.top()
    if title is not None and title.text_frame.text.strip():
        composer.title(title.text_frame.text)
        composer.heading(1, title.text_frame.text)
    for shape in sorted(shapes, key=_place):
        if title is None or shape.shape_id != title.shape_id:
            _shape(shape, composer)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        composer.lines(slide.notes_slide.notes_text_frame.text)


def _flat(shapes: Any) -> Iterator[Any]:
    """All shapes, those in groups too."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _flat(shape.shapes)
        else:
            yield shape


def _has_text(shape: Any) -> bool:
    return bool(shape.has_table or shape.has_chart or (shape.has_text_frame and shape.text.strip()))


def _place(shape: Any) -> tuple[int, int]:
    """Top to bottom, then left to right; what has no place of its own has its layout's, first."""
    row = (shape.top or 0) // 360_000  # a centimetre
    return row, shape.left or 0


def _shape(shape: Any, composer: Composer) -> None:
    if shape.has_table:
        rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
        composer.table(Table(rows, headers=1 if shape.table.first_row and len(rows) > 1 else None))
    elif shape.has_chart:
        _chart(shape.chart, composer)
    elif shape.has_text_frame:
        for paragraph in shape.text_frame.paragraphs:
            for part in paragraph.text.split("\v"):
                if paragraph.level:
                    composer.item(part)
                else:
                    composer.paragraph(part)


def _chart(chart: Any, composer: Composer) -> None:
    """The figures that a chart shows, as a table."""
    if chart.has_title and chart.chart_title.has_text_frame:
        composer.paragraph(chart.chart_title.text_frame.text)
    for plot in list(chart.plots)[:1]:
        series = list(plot.series)
        rows = [["", *(one.name or "" for one in series)]]
        values = [list(one.values) for one in series]
        for place, category in enumerate(plot.categories):
            cells = [column[place] if place < len(column) else None for column in values]
            rows.append([str(category), *("" if cell is None else f"{cell:g}" for cell in cells)])
        composer.table(Table(rows, headers=1))
