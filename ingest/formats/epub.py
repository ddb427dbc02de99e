"""Books in EPUB: the chapters in the order in which they are to be read."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile

from lxml import etree
from lxml.html import HtmlElement, XHTMLParser

from ingest.composing import Composer, clean
from ingest.decoding import decode_markup
from ingest.errors import FileDamagedError, FileEncryptedError, ReadError
from ingest.formats.archive import open_archive
from ingest.formats.markup import Walker
from ingest.formats.tree import parse, prepare
from ingest.limits import Limits
from ingest.outline import Parsed

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONTS_ONLY = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_ENTITIES = frozenset("amp lt gt quot apos".split())


def read(data: bytes, limits: Limits, on_page: Callable[[int], None]) -> Parsed:
    """Read a book."""
    with open_archive(data, limits, "EPUB") as archive:
        try:
            _check_rights(archive)
            package_path = _attribute(_xml(archive.read(_CONTAINER)), "rootfile", "full-path")
            package = _xml(archive.read(package_path))
        except (KeyError, BadZipFile, etree.XMLSyntaxError, ReadError) as exc:
            if isinstance(exc, FileEncryptedError):
                raise
            raise FileDamagedError(format="EPUB") from exc
        composer = Composer(limits)
        for title in _named(package, "title"):
            composer.title(title.text or "")
        for number, path in enumerate(_chapters(package, posixpath.dirname(package_path)), 1):
            try:
                chapter = archive.read(path)
            except KeyError:
                continue  # named in the package, but not there: readers pass over it too
            except (BadZipFile, RuntimeError, NotImplementedError) as exc:
                raise FileDamagedError(format="EPUB") from exc
            _chapter(chapter, composer)
            on_page(number)
    return composer.finish()


def _check_rights(archive: ZipFile) -> None:
    """Fonts may be encrypted, text not.

    Raises:
        FileEncryptedError: The book has copy protection.
    """
    if _ENCRYPTION not in archive.namelist():
        return
    methods = [
        method.get("Algorithm") or ""
        for method in _named(_xml(archive.read(_ENCRYPTION)), "EncryptionMethod")
    ]
    if any(method not in _FONTS_ONLY for method in methods):
        raise FileEncryptedError


def _chapters(package: Any, folder: str) -> list[str]:
    """The members of the archive in reading order."""
    members = {item.get("id"): item for item in _named(package, "item")}
    found = []
    for reference in _named(package, "itemref"):
        item = members.get(reference.get("idref"))
        if item is None or "html" not in (item.get("media-type") or "html"):
            continue
        if "nav" in (item.get("properties") or "").split():
            continue  # the table of contents
        found.append(posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or ""))))
    return found


def _chapter(data: bytes, composer: Composer) -> None:
    try:
        tree = _xhtml(decode_markup(data))
    except ReadError:
        return  # an empty page
    prepare(tree)
    body = next(tree.iter("body"), tree)
    composer.top()
    Walker(composer).walk(body)


def _xhtml(text: str) -> HtmlElement:
    """The tree of a chapter; it should be XML, and is read as HTML where it is not."""
    text = _ENTITY.sub(lambda found: _plain(found[0], found[1]), text)
    parser = XHTMLParser(encoding="utf-8", resolve_entities=False, no_network=True)
    try:
        tree = etree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode(), parser)
    except etree.XMLSyntaxError:
        return parse(text)
    for element in tree.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2].lower()
    return tree


def _plain(entity: str, name: str) -> str:
    return entity if name in _XML_ENTITIES else html.unescape(entity)


def _xml(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def _named(tree: Any, name: str) -> list[Any]:
    """The elements of that name, whatever their namespace."""
    return [e for e in tree.iter() if isinstance(e.tag, str) and etree.QName(e).localname == name]


def _attribute(tree: Any, name: str, attribute: str) -> str:
    for element in _named(tree, name):
        if value := element.get(attribute):
            return clean(value)
    raise FileDamagedError(format="EPUB")
