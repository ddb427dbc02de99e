"""Word documents, through mammoth, which knows headings, lists, notes, tables and text boxes."""

from __future__ import annotations

import io

from lxml.html import HtmlElement

from ingest.composing import Composer
from ingest.formats.archive import open_archive
from ingest.formats.markup import Walker, bold_level
from ingest.formats.tree import parse, prepare, text_of
from ingest.limits import Limits
from ingest.outline import Parsed, part_level

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


_MOST_TITLE_LINES = 3


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
    _set_notes(tree)
    prepare(tree)
    title = next((text_of(h) for h in tree.iter("h1") if "title" in (h.get("class") or "")), None)
    if title is None:
        title = _bold_title(tree)
    if title is None:
        firsts = [text_of(h) for h in tree.iter("h1")]
        title = firsts[0] if len(firsts) == 1 else None
    composer.title(title or "")
    Walker(composer, title=title, bold=True).walk(tree)
    return composer.finish()


def _set_notes(tree: HtmlElement) -> None:
    """Notes from the end of the document behind what calls them, so that they have its section."""
    body = next(tree.iter("body"), tree)
    last: dict[HtmlElement, HtmlElement] = {}  # of what has notes, behind what the next one goes
    for note in list(body.iterfind("ol/li[@id]")):
        kind, _, number = note.get("id").rpartition("-")
        calls = body.xpath(".//a[@id=$called]", called=f"{kind}-ref-{number}")
        caller = calls[0] if calls else None
        while caller is not None and caller.getparent() is not body:
            caller = caller.getparent()
        if caller is None or caller is note.getparent():
            continue
        note.tag = "div"
        last.get(caller, caller).addnext(note)
        last[caller] = note


def _bold_title(tree: HtmlElement) -> str | None:
    """What a document calls itself in bold capitals above its first paragraph, made its heading.

    "NGHỊ ĐỊNH" with "QUẢN LÝ CHỢ ĐÊM" under it is one title; the head of a letter stands above it,
    in a table.
    """
    lines: list[HtmlElement] = []
    for element in next(tree.iter("body"), tree):
        if element.tag == "table" or not text_of(element):
            continue
        text = text_of(element)
        if element.tag != "p" or not bold_level(element) or part_level(text):
            break
        if not lines and not text.isupper():
            break
        lines.append(element)
    if not 0 < len(lines) <= _MOST_TITLE_LINES:
        return None
    first, *others = lines
    title = " ".join(map(text_of, lines))
    first.clear()
    first.tag, first.text = "h1", title
    for other in others:
        other.drop_tree()
    return title
