from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from ingest.decoding import decode, decode_markup
from ingest.errors import EncodingUnknownError, FileEmptyError

PATH = Path("file.txt")
TEXT = "Tuyên bố chung\nHội nghị Paris"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_known_encodings_give_the_same_text(encoding: str) -> None:
    assert decode(TEXT.encode(encoding), PATH) == TEXT


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_without_a_mark(encoding: str) -> None:
    assert decode(TEXT.encode(encoding), PATH) == TEXT


@pytest.mark.parametrize("mark, encoding", [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
def test_both_byte_orders_of_utf_16_are_read(mark: bytes, encoding: str) -> None:
    assert decode(mark + TEXT.encode(encoding), PATH) == TEXT


def test_text_becomes_nfc_with_plain_line_ends() -> None:
    decomposed = unicodedata.normalize("NFD", TEXT).replace("\n", "\r\n")
    assert decode(decomposed.encode(), PATH) == TEXT
    assert decode(b"one\rtwo\r\n", PATH) == "one\ntwo\n"


@pytest.mark.parametrize(
    "data",
    [
        b"text with a NUL \0 in it",
        b"\x01\x02\x03 mostly controls",
        "Tuy\u00ean b\u1ed1".encode("cp1258", "ignore") + b"\xd2\xff",
        b"\xff\xfe\x00",
        b"%PDF-1.7\n\x89\x90\xff",
    ],
)
def test_what_is_no_text_in_a_known_encoding_is_refused(data: bytes) -> None:
    with pytest.raises(EncodingUnknownError, match=r"file\.txt"):
        decode(data, PATH)


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_nothing_but_white_space_is_empty(data: bytes) -> None:
    with pytest.raises(FileEmptyError):
        decode(data, PATH)


def test_a_form_feed_or_two_do_no_harm() -> None:
    assert decode(b"page one\fpage two\x01" + b"." * 200, PATH).startswith("page one\f")


def test_a_page_in_an_encoding_that_nobody_knows_is_not_taken_in_part() -> None:
    page = f"<html><meta charset=klingon><body><p>{'Москва — столица. ' * 20}</p></body></html>"
    with pytest.raises(EncodingUnknownError):
        decode_markup(page.encode("cp1251"))
    broken = page.encode()[:-20] + b"\xd0" + page.encode()[-20:]
    assert "столица" in decode_markup(broken)
