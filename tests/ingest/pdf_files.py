"""Writes small PDF files, any Unicode text included, without a font file or a library."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 595, 842
_CHAR_WIDTH = 500  # of every character, in thousandths of the font's size

# Signs that stand for several letters, of which only the text beside them tells, as browsers print.
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬃ": "ffi"}

REGULAR, BOLD = "F1", "F2"


@dataclass
class Page:
    """What stands on a page: (font, size, x, y, text); y counts from the bottom."""

    texts: list[tuple[str, float, float, float, str]] = field(default_factory=list)
    image: bool = False

    def write(self, text: str, x: float, y: float, size: float = 11, font: str = REGULAR) -> None:
        self.texts.append((font, size, x, y, text))

    def lines(
        self, lines: Sequence[str], x: float = 72, top: float = 770, size: float = 11
    ) -> None:
        for number, line in enumerate(lines):
            self.write(line, x, top - number * size * 1.3, size)


def width(text: str, size: float = 11) -> float:
    """How wide `text` is on the page, in points."""
    return len(text) * size * _CHAR_WIDTH / 1000


def pdf(pages: Sequence[Page], *, title: str = "", extra: str = "") -> bytes:
    """The bytes of a PDF file."""
    used = {char for page in pages for *_, text in page.texts for char in text}
    objects: list[bytes] = [b""] * 2  # catalogue and pages, written at the end
    fonts = " ".join(
        f"/{name} {_font(objects, name, base, used)} 0 R"
        for name, base in ((REGULAR, "Sans"), (BOLD, "Sans-Bold"))
    )
    image = _add(objects, _stream(b"\xff" * 300, "/Type/XObject/Subtype/Image/Width 10/Height 10"
                                  "/ColorSpace/DeviceRGB/BitsPerComponent 8"))  # fmt: skip
    resources = _add(objects, f"<</Font<<{fonts}>>/XObject<</Im1 {image} 0 R>>>>".encode())
    kids = []
    for page in pages:
        content = _add(objects, _stream(_content(page)))
        kids.append(
            _add(
                objects,
                f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]"
                f"/Resources {resources} 0 R/Contents {content} 0 R>>".encode(),
            )
        )
    info = _add(objects, f"<</Title {_hex(title)}>>".encode()) if title else 0
    objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{listed}]>>".encode()
    trailer = f"/Info {info} 0 R" if info else ""
    return _file(objects, trailer + extra)


def scanned(pages: int = 2) -> bytes:
    """Pages that hold a picture and no text."""
    return pdf([Page(image=True) for _ in range(pages)])


def encrypted(data: bytes) -> bytes:
    """`data` marked as locked by a password that nobody knows."""
    lock = (
        "/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4"
        f"/O<{'41' * 32}>/U<{'42' * 32}>>>/ID[<{'00' * 16}><{'00' * 16}>]"
    )
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R" + lock.encode())


def _content(page: Page) -> bytes:
    parts = ["q 500 0 0 700 40 60 cm /Im1 Do Q"] if page.image else []
    parts += [
        f"BT /{font} {size} Tf {x:g} {y:g} Td {_shown(text)} ET"
        for font, size, x, y, text in page.texts
    ]
    return "\n".join(parts).encode()


def _shown(text: str) -> str:
    parts = re.split(f"([{''.join(_LIGATURES)}])", text)
    return " ".join(
        f"/Span<</ActualText{_hex(_LIGATURES[part])}>>BDC <{code}> Tj EMC"
        if part in _LIGATURES
        else f"<{code}> Tj"
        for part in parts
        if (code := part.encode("utf-16-be").hex())
    )


def _font(objects: list[bytes], name: str, base: str, used: set[str]) -> int:
    chars = sorted(char for char in used if ord(char) < 0x10000)
    pairs = [f"<{ord(c):04x}> <{c.encode('utf-16-be').hex()}>" for c in chars]
    blocks = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
    mapped = "\n".join(
        f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks
    )
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def "
        "/CMapType 2 def 1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{mapped}\nendcmap end end"
    )
    to_unicode = _add(objects, _stream(cmap.encode()))
    flags = 4 | (1 << 18 if "Bold" in base else 0)
    descriptor = _add(
        objects,
        f"<</Type/FontDescriptor/FontName/{base}/Flags {flags}/Ascent 800/Descent -200"
        f"/ItalicAngle 0/CapHeight 700/StemV 80/FontBBox[0 -200 1000 800]>>".encode(),
    )
    descendant = _add(
        objects,
        f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{base}/FontDescriptor {descriptor} 0 R"
        f"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        f"/DW {_CHAR_WIDTH}>>".encode(),
    )
    return _add(
        objects,
        f"<</Type/Font/Subtype/Type0/BaseFont/{base}/Encoding/Identity-H"
        f"/DescendantFonts[{descendant} 0 R]/ToUnicode {to_unicode} 0 R>>".encode(),
    )


def _stream(data: bytes, head: str = "") -> bytes:
    packed = zlib.compress(data)
    return (
        f"<<{head}/Filter/FlateDecode/Length {len(packed)}>>\nstream\n".encode()
        + packed
        + b"\nendstream"
    )


def _add(objects: list[bytes], body: bytes) -> int:
    objects.append(body)
    return len(objects)


def _hex(text: str) -> str:
    return f"<feff{text.encode('utf-16-be').hex()}>"


def _file(objects: Sequence[bytes], trailer: str) -> bytes:
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer <</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\n".encode()
    out += f"startxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
