from __future__ import annotations

import pytest

from bilingual.texts import InterfaceLanguage
from rag.checking.claims import check
from rag.checking.dates import agree, dates, weekdays
from tests.rag.passages import hit

Parts = tuple[int | None, int | None, int | None]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("ngày 10/2/2025", "vi", {(10, 2, 2025)}),
        ("ngày 10.2.2025", "vi", {(10, 2, 2025)}),
        ("2025-02-10", "en", {(10, 2, 2025)}),
        ("2/13/2025", "en", {(13, 2, 2025)}),
        ("10 February 2025", "en", {(10, 2, 2025)}),
        ("February 10th, 2025", "en", {(10, 2, 2025)}),
        ("the 10th of Feb.", "en", {(10, 2, None)}),
        ("10 and 11 February 2025", "en", {(10, 2, 2025), (11, 2, 2025)}),
        ("ngày 10 - 11 tháng 2 năm 2025", "vi", {(10, 2, 2025), (11, 2, 2025)}),
        ("10-11/2/2025", "vi", {(10, 2, 2025), (11, 2, 2025)}),
        ("ngày 10 tháng hai", "vi", {(10, 2, None)}),
        ("trước ngày 31/3", "vi", {(31, 3, None)}),
        ("tháng 5/2024", "vi", {(None, 5, 2024)}),
        ("in May 2024", "en", {(None, 5, 2024)}),
        ("they may march", "en", set()),
        ("quý 1/2025", "vi", set()),
        ("chiếm 1/3 công suất", "vi", set()),
        ("12 tháng năm 2024", "vi", set()),
    ],
)
def test_dates_are_read_in_both_languages(
    text: str, language: InterfaceLanguage, expected: set[Parts]
) -> None:
    assert {(one.day, one.month, one.year) for one in dates(text, language)} == expected


def test_in_english_day_and_month_stand_in_either_order() -> None:
    (written,) = dates("on 10/2/2025", "en")
    for text in ("10 February 2025", "October 2, 2025"):
        assert agree(written, dates(text, "en")[0])
    assert not agree(written, dates("10 March 2025", "en")[0])
    assert not agree(dates("10/2/2025", "vi")[0], dates("2 October 2025", "en")[0])


@pytest.mark.parametrize(
    ("one", "other", "number"),
    [("vào Thứ 6 hằng tuần", "trước thứ Sáu", 6), ("Chủ nhật", "on Sundays", 8)],
)
def test_a_weekday_is_the_same_in_both_languages(one: str, other: str, number: int) -> None:
    assert [[day.number for day in weekdays(text)] for text in (one, other)] == [[number]] * 2


def test_an_ordinal_is_no_sure_weekday() -> None:
    assert not weekdays("lần thứ ba")[0].sure


@pytest.mark.parametrize(
    ("passage", "there", "claim", "language"),
    [
        ("Hợp đồng được ký ngày 10/2/2025.", "vi", "Hợp đồng được ký ngày 2/10/2025.", "vi"),
        ("Hợp đồng được ký ngày 10/2/2025.", "vi", "It was signed on 2 October.", "en"),
        ("It was signed on 5 March 2025.", "en", "It was signed on 3 May 2025.", "en"),
        (
            "Bà sinh ngày 7/11/1867 và mất ngày 4/7/1934.",
            "vi",
            "Bà mất ngày 4 tháng 7 năm 1867.",
            "vi",
        ),
        ("Từ 3/5/2024, giá là 5 tỷ đồng.", "vi", "Giá là 5 tỷ đồng từ 5/3/2024.", "vi"),
        ("The office closes on Friday.", "en", "The office closes on Monday.", "en"),
        ("Họp vào thứ Sáu.", "vi", "They meet on Mondays.", "en"),
    ],
)
def test_a_date_made_of_other_dates_parts_is_unsupported(
    passage: str, there: InterfaceLanguage, claim: str, language: InterfaceLanguage
) -> None:
    assert check(claim, [hit(passage, there)], language).verdict == "unsupported"


@pytest.mark.parametrize(
    ("passage", "there", "claim", "language"),
    [
        ("It was signed on 10/2/2025.", "en", "It was signed on 2 October 2025.", "en"),
        ("Cuộc họp diễn ra vào Thứ 6.", "vi", "Cuộc họp diễn ra vào thứ Sáu.", "vi"),
        ("From 28 February to 3 March 2025 it met.", "en", "It met from 28/2 to 3/3/2025.", "en"),
        ("The 2025 rule applies from 1 May.", "en", "The rule applies from May 2025.", "en"),
        ("It met on 3 and 4 May.", "en", "It met on 4 May.", "en"),
        ("He won five seats on 4 July, and spoke the next day.", "en", "He spoke on 5 July.", "en"),
    ],
)
def test_the_same_date_in_other_words_is_no_contradiction(
    passage: str, there: InterfaceLanguage, claim: str, language: InterfaceLanguage
) -> None:
    assert check(claim, [hit(passage, there)], language).verdict != "unsupported"
