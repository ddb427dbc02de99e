"""Files of one sentence in every encoding that is met: the same passage comes out of each."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from ingest import ingest
from tests.bilingual.test_legacy import TCVN3, UNICODE, VNI, _windows_1258
from tests.fakes import HashEncoder
from tests.ingest.office_files import docx, paragraph
from vectorstore import Library

_NFD = unicodedata.normalize("NFD", UNICODE)
_HYPHENED = TCVN3.replace("ngêi ®îc", "ng\xadêi ®\xadîc")
_HYPHENED = _HYPHENED.replace("hëng", "h\xadëng").replace("l¬ng", "l\xad¬ng")

# Of RFC 1456, what the sentence needs.
_VISCII = dict(
    zip(
        "âỷĩđãếịỗườợỉàởêơ",
        bytes.fromhex("e2d6eef0e3aab8b2dfb6feefe0b7eabd"),
        strict=True,
    )
)

ENCODED: dict[str, bytes] = {
    "utf-8": UNICODE.encode(),
    "utf-8 with a mark": UNICODE.encode("utf-8-sig"),
    "utf-8, decomposed": _NFD.encode(),
    "utf-16, with a mark": UNICODE.encode("utf-16"),
    "utf-16, big end first": b"\xfe\xff" + UNICODE.encode("utf-16-be"),
    "utf-16, decomposed": _NFD.encode("utf-16"),
    "utf-32": UNICODE.encode("utf-32"),
    "windows-1258": _windows_1258(UNICODE),
    "tcvn3": _HYPHENED.encode("cp1252"),
    "vni": VNI.encode("cp1252"),
    "viscii": bytes(_VISCII.get(char) or ord(char) for char in UNICODE),
    "tcvn3 saved as utf-8": _HYPHENED.encode(),
    "vni saved as utf-8": VNI.encode(),
    "utf-8 with what cannot be seen": "\u200b\xad".join(UNICODE.partition("ân ")).encode(),
}


def test_a_word_document_in_an_old_font_keeps_every_letter(tmp_path: Path) -> None:
    (tmp_path / "công văn.docx").write_bytes(docx(paragraph(_HYPHENED)))
    ingest([tmp_path / "công văn.docx"], tmp_path / "library", HashEncoder())
    with Library.open(tmp_path / "library") as library, library.snapshot() as snapshot:
        assert snapshot.text("cong-van") == UNICODE


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".csv"])
def test_one_sentence_is_the_same_passage_in_every_encoding(suffix: str, tmp_path: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    head, tail = {
        ".html": (b"<html><body><p>", b"</p></body></html>"),
        ".csv": (b"A;B\n1;", b"\n"),
    }.get(suffix, (b"", b"\n"))
    for name, data in ENCODED.items():
        codec = name[:6] if name.startswith(("utf-16", "utf-32")) else ""
        if codec:  # the markup is in the same encoding as the text
            mark = data[: 4 if codec == "utf-32" else 2]
            order = f"{codec}-be" if mark == b"\xfe\xff" else f"{codec}-le"
            data = mark + head.decode().encode(order) + data[len(mark) :]
            data += tail.decode().encode(order)
        else:
            mark = b"\xef\xbb\xbf" if "mark" in name else b""
            data = mark + head + data.removeprefix(mark) + tail
        (place / f"{name}{suffix}").write_bytes(data)
    encoder = HashEncoder()
    report = ingest([place], tmp_path / "library", encoder)
    assert report.skipped == ()
    assert len(encoder.encoded) == 1  # the same text everywhere, so the same vector
    with Library.open(tmp_path / "library") as library, library.snapshot() as snapshot:
        documents = snapshot.documents()
        assert len(documents) == len(ENCODED)
        for document in documents:
            (passage,) = snapshot.passages_of(document.id)
            assert UNICODE in passage.text, document.source
            text = snapshot.text(document.id)
            assert text == unicodedata.normalize("NFC", text)
            assert text[passage.start : passage.end] == passage.text
            assert document.language == "vi"
