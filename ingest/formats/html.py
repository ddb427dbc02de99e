"""Web pages: what is to be read on them, without menus, banners and footers."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from ingest.composing import Composer, clean
from ingest.decoding import decode_markup
from ingest.formats.markup import Walker
from ingest.formats.tree import parse, prepare, text_of
from ingest.limits import Limits
from ingest.outline import Parsed

# Trafilatura may leave out what it takes for an aside. Of the words outside of links it must keep
# this share; else the page is not of the kind it is made for (an index, a form, a single table).
_LEAST_KEPT = 0.5

_ASIDES = (
    *("header", "footer", "nav", "aside", "*[@role='navigation']"),
    "*[contains(@id, 'cookie') or contains(@class, 'cookie')]",
)


def read(data: bytes, limits: Limits, on_page: object) -> Parsed:
    """Read a page."""
    composer = Composer(limits)
    tree = parse(decode_markup(data))
    title = _title(tree)
    prepare(tree)
    composer.title(title)
    Walker(composer, title=title).walk(_readable(tree))
    return composer.finish()


def _title(tree: HtmlElement) -> str:
    """The one first-level heading, if the page's title says the same; else the page's title."""
    headings = [text for element in tree.iter("h1") if (text := text_of(element))]
    titles = [text_of(element) for element in tree.iter("title")]
    named = next((title for title in titles if title), "")
    for heading in headings:
        if len(headings) == 1 or heading.casefold() in named.casefold():
            return heading
    return re.sub(r"\s+[|•»—–-]\s+[^|•»—–]{1,40}$", "", named) or named


def _readable(tree: HtmlElement) -> HtmlElement:
    from trafilatura import bare_extraction

    found = bare_extraction(
        tree, include_comments=False, include_tables=True, favor_recall=True, with_metadata=False
    )
    body = getattr(found, "body", None)
    main = _main(tree)
    # Of a short page it may keep the words and lose what they stood in.
    if (
        body is not None
        and (_blocks(body) > 1 or _blocks(main) < 2)
        and len(_words(body)) >= _LEAST_KEPT * len(_words(main))
    ):
        return body
    return main


def _blocks(element: HtmlElement) -> int:
    return sum(1 for _ in element.iter("p", "li", "item", "tr", "row", "dd", "head", "h2"))


def _main(tree: HtmlElement) -> HtmlElement:
    """The part of the page that its markup sets apart as the main one, or all but its frame."""
    for place in ("//main", "//*[@role='main']", "//article", "//body"):
        found = tree.xpath(place)
        if len(found) == 1:
            for aside in found[0].xpath(" | ".join(f".//{path}" for path in _ASIDES)):
                if aside.getparent() is not None:
                    aside.drop_tree()
            return found[0]
    return tree


def _words(element: HtmlElement) -> list[str]:
    """Words that are no links."""
    return clean(
        " ".join(
            part
            for part in element.xpath(
                ".//text()[not(ancestor::a or ancestor::script or ancestor::style "
                "or ancestor::noscript or ancestor::ref)]"
            )
        )
    ).split()
