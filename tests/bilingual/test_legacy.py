from __future__ import annotations

import unicodedata

import pytest

from bilingual.legacy import decode_legacy, repaired, tcvn3, vni

# The same sentence as the old converters and fonts had it (windows-1252 characters).
UNICODE = "Uỷ ban nhân dân tỉnh đã quyết định: mỗi người được nghỉ 12 ngày, hưởng nguyên lương."
TCVN3 = "Uû ban nh©n d©n tØnh ®· quyÕt ®Þnh: mçi ngêi ®îc nghØ 12 ngµy, hëng nguyªn l¬ng."
VNI = (
    "Uyû ban nhaân daân tænh ñaõ quyeát ñònh: moãi ngöôøi ñöôïc nghæ 12 ngaøy, "
    "höôûng nguyeân löông."
)
LETTERS = (
    "à á ả ã ạ ằ ắ ẳ ẵ ặ ầ ấ ẩ ẫ ậ è é ẻ ẽ ẹ ề ế ể ễ ệ ì í ỉ ĩ ị ò ó ỏ õ ọ ồ ố ổ ỗ ộ ờ ớ ở ỡ ợ "
    "ù ú ủ ũ ụ ừ ứ ử ữ ự ỳ ý ỷ ỹ ỵ ă â đ ê ô ơ ư"
)
LETTERS_TCVN3 = (
    "µ ¸ ¶ · ¹ » ¾ ¼ ½ Æ Ç Ê È É Ë Ì Ð Î Ï Ñ Ò Õ Ó Ô Ö × Ý Ø Ü Þ ß ã á â ä å è æ ç é ê í ë ì î "
    "ï ó ñ ò ô õ ø ö ÷ ù ú ý û ü þ ¨ © ® ª « ¬ \xad"
)
LETTERS_VNI = (
    "aø aù aû aõ aï aè aé aú aü aë aà aá aå aã aä eø eù eû eõ eï eà eá eå eã eä ì í æ ó ò "
    "oø où oû oõ oï oà oá oå oã oä ôø ôù ôû ôõ ôï uø uù uû uõ uï öø öù öû öõ öï yø yù yû yõ î "
    "aê aâ ñ eâ oâ ô ö"
)


def test_every_letter_of_the_old_encodings_has_its_place() -> None:
    assert tcvn3(LETTERS_TCVN3) == LETTERS
    assert vni(LETTERS_VNI) == LETTERS
    assert vni(LETTERS_VNI.upper()) == LETTERS.upper()


def _windows_1258(text: str) -> bytes:
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = ""
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        out += unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones))
        out += "".join(p for p in parts if p in tones)
    return out.encode("cp1258")


@pytest.mark.parametrize(
    "data",
    [
        TCVN3.replace("ngêi ®îc", "ng\xadêi ®\xadîc")
        .replace("hëng", "h\xadëng")
        .replace("l¬ng", "l\xad¬ng")
        .encode("cp1252"),
        VNI.encode("cp1252"),
        _windows_1258(UNICODE),
    ],
)
def test_bytes_are_read_in_the_encoding_in_which_they_are_vietnamese(data: bytes) -> None:
    assert decode_legacy(data) == UNICODE


def test_capitals_that_tcvn3_leaves_to_the_font_are_capitals_again() -> None:
    assert tcvn3("CéNG HOµ X· HéI CHñ NGHÜA VIÖT NAM") == "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert tcvn3("§éc lËp - Tù do") == "Độc lập - Tự do"


@pytest.mark.parametrize(
    "text",
    [
        "He said “yes” – it’s 5° at the café.",
        "Les élèves français ont mangé une pomme dans la profonde, la très longue histoire.",
    ],
)
def test_western_text_stays_what_it_is(text: str) -> None:
    assert decode_legacy(text.encode("cp1252")) == text
    assert repaired(text) == text


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(128, 256)),
        b"Tuy\xean b\xd2\xff",
        "Bài".encode() + b" \xe0 \xf9",
        b"\x89\x90\xff" * 9,
    ],
)
def test_what_is_text_in_no_old_encoding_is_not_guessed(data: bytes) -> None:
    assert decode_legacy(data) is None


def test_lines_in_an_old_font_are_told_from_lines_in_unicode() -> None:
    lines = [UNICODE, "§éc lËp - Tù do", TCVN3, "A café in Paris", "12.000 ®ång"]
    assert repaired("\n".join(lines)).split("\n")[:2] == [UNICODE, "Độc lập - Tự do"]
    assert repaired("\n".join(lines)).split("\n")[3:] == ["A café in Paris", "12.000 đồng"]
    assert repaired(UNICODE) == UNICODE
