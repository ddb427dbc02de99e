"""Word documents, through mammoth, which knows headings, lists, notes, tables and text boxes."""

from __future__ import annotations

import io

from ingest.composing import Composer
from ingest.formats.archive import open_archive
from ingest.formats.markup import Walker, drop_unread, parse, spread_cells, text_of
from ingest.limits import Limits
from ingest.outline import Parsed

# Word and LibreOffice keep the built-in styles' English names in the file in every language.
_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name^='Heading 7'] => h6:fresh
p[style-name^='Heading 8'] => h6:fresh
p[style-name^='Heading 9'] => h6:fresh
p[style-name^='toc '] => !
p[style-name^='TOC '] => !
r[style-name='Strong'] => strong
"""


def read(data: bytes, limits: Limits, on_page: object) -> Parsed:
    """Read a Word document."""
    import mammoth

    open_archive(data, limits, "DOCX").close()
    converted = mammoth.convert_to_html(
        io.BytesIO(data),
        style_map=_STYLES,
        include_embedded_style_map=False,
        convert_image=mammoth.images.img_element(lambda image: {"src": ""}),
    )
    composer = Composer(limits)
    tree = parse(f"<html><body>{converted.value}</body></html>")
    del converted
    drop_unread(tree)
    spread_cells(tree)
    title = next((text_of(h) for h in tree.iter("h1") if "title" in (h.get("class") or "")), None)
    if title is None:
        firsts = [text_of(h) for h in tree.iter("h1")]
        title = firsts[0] if len(firsts) == 1 else None
    composer.title(title or "")
    Walker(composer, title=title, bold=True).walk(tree)
    return composer.finish()
