"""Quarters, parts of months, hours of the day, weekdays in runs, and which of several."""

from __future__ import annotations

import pytest

from bilingual.texts import InterfaceLanguage
from rag.checking.claims import check
from rag.checking.dates import weekday_runs
from rag.checking.ordinals import ordinals
from tests.rag.passages import hit

QUARTER = "Công ty sẽ mở hai nhà máy mới trong quý III/2024, sau bão số 4."
HOURS = "Chợ Lục Hồ họp từ 5 giờ đến 9 giờ sáng mỗi ngày."
OPEN = "Phòng khám mở cửa từ thứ Hai đến thứ Sáu, lúc 7 giờ 30."
FOURTH = "Đây là lần thứ tư đội Hải Vân vô địch giải, sau năm trận thắng."
BRIDGE = "Bà Hạ là người đầu tiên của làng đi bộ qua cầu mới."
HEARTS = "The clinic made its third transplant of the year in May, with two surgeons."
FELL = "Ridership fell 8% in the first quarter of 2022, and in the third it rose 12%."
RICE = "Đợt lúa đầu tiên gặt cuối tháng 5, đợt thứ hai giữa tháng 10."
MARCH = "The Quell Bridge reopened on Monday, 3 March 2025, after long repairs."


@pytest.mark.parametrize(
    ("passage", "there", "claim", "language"),
    [
        (QUARTER, "vi", "Công ty sẽ mở hai nhà máy mới trong quý 2/2024.", "vi"),
        (QUARTER, "vi", "Two factories will open in the fourth quarter of 2024.", "en"),
        ("Sales rose in Q2 and fell in Q3.", "en", "Doanh thu giảm trong quý IV.", "vi"),
        (HOURS, "vi", "Chợ Lục Hồ họp từ 5 giờ đến 9 giờ tối mỗi ngày.", "vi"),
        (HOURS, "vi", "Chợ Lục Hồ họp từ 5 giờ chiều.", "vi"),
        (HOURS, "vi", "The market is held from 5 to 9 p.m.", "en"),
        ("The show starts at 7:30 in the evening.", "en", "It starts at 7:30 a.m.", "en"),
        ("The train leaves at 17:15 from there.", "en", "Tàu rời đi lúc 5 giờ 15 sáng.", "vi"),
        (OPEN, "vi", "Phòng khám mở cửa từ thứ 2 đến thứ 7.", "vi"),
        (OPEN, "vi", "The clinic is open on Saturday at 7:30.", "en"),
        (FELL, "en", "Ridership fell 8% in the second quarter of 2022.", "en"),
        ("Chợ họp sáng từ 7 giờ đến trưa.", "vi", "The market opens at 7 p.m.", "en"),
        (FOURTH, "vi", "Đây là lần thứ năm đội Hải Vân vô địch giải.", "vi"),
        (BRIDGE, "vi", BRIDGE.replace("đầu tiên", "cuối cùng"), "vi"),
        (HEARTS, "en", HEARTS.replace("third", "second"), "en"),
        (MARCH, "en", "The Quell Bridge reopened in late March 2025.", "en"),
        ("Hội chợ họp giữa tháng 11.", "vi", "Hội chợ họp đầu tháng 11.", "vi"),
        ("Nhà máy mở cửa cuối năm 2024.", "vi", "Nhà máy mở cửa đầu năm 2024.", "vi"),
    ],
)
def test_another_part_of_the_time_is_unsupported(
    passage: str, there: InterfaceLanguage, claim: str, language: InterfaceLanguage
) -> None:
    found = check(claim, [hit(passage, there)], language)
    assert found.verdict == "unsupported", found
    assert found.reason


@pytest.mark.parametrize(
    ("passage", "there", "claim", "language"),
    [
        (OPEN, "vi", "Phòng khám mở cửa từ thứ ba đến thứ sáu.", "vi"),
        (OPEN, "vi", "Phòng khám mở cửa từ thứ 2 đến thứ 5.", "vi"),
        (FELL, "en", "Ridership rose 12% in the third quarter of 2022.", "en"),
        (MARCH, "en", "Cầu Quell mở lại vào cuối tháng 3/2025.", "vi"),
        (FOURTH, "vi", "It is the second time that Hai Van won.", "en"),
    ],
)
def test_what_may_be_a_part_of_it_or_of_another_thing_is_doubted(
    passage: str, there: InterfaceLanguage, claim: str, language: InterfaceLanguage
) -> None:
    assert check(claim, [hit(passage, there)], language).verdict != "supported"


@pytest.mark.parametrize(
    ("passage", "there", "claim", "language"),
    [
        (QUARTER, "vi", "Two factories will open in the third quarter of 2024.", "en"),
        ("Sales rose in Q1–Q3 2024.", "en", "Sales rose in the second quarter of 2024.", "en"),
        ("Sales fell in the first and second quarters.", "en", "Doanh thu giảm trong quý 2.", "vi"),
        (HOURS, "vi", "Chợ Lục Hồ họp từ 5 giờ sáng.", "vi"),
        ("The bar is open from 6 to 11 p.m.", "en", "The bar opens at 6 p.m.", "en"),
        ("Cửa hàng mở từ 7 giờ đến 9 giờ tối.", "vi", "Cửa hàng mở từ 7 giờ sáng.", "vi"),
        ("The train leaves at 17:15 from there.", "en", "Tàu rời đi lúc 5 giờ 15 chiều.", "vi"),
        (OPEN, "vi", "Phòng khám mở cửa vào thứ Tư.", "vi"),
        (OPEN, "vi", "The clinic is open from Monday to Friday.", "en"),
        ("The pool is open on weekdays.", "en", "The pool is open on Tuesday.", "en"),
        (FELL, "en", "Lượng khách tăng 12% trong quý III năm 2022.", "vi"),
        (RICE, "vi", "Đợt lúa thứ hai gặt giữa tháng 10.", "vi"),
        ("Homes were dark for 36 hours.", "en", "Homes were dark for a day and a half.", "en"),
        (FOURTH, "vi", "Đội Hải Vân vô địch giải lần thứ tư.", "vi"),
        (MARCH, "en", "The Quell Bridge reopened in early March 2025.", "en"),
        ("Hội chợ bắt đầu tháng 11.", "vi", "Hội chợ bắt đầu cuối tháng 11.", "vi"),
        ("It opened on 28 April.", "en", "It opened at the end of April.", "en"),
        ("It opened in November 2024.", "en", "It opened in late 2024.", "en"),
    ],
)
def test_the_same_time_in_other_words_is_no_contradiction(
    passage: str, there: InterfaceLanguage, claim: str, language: InterfaceLanguage
) -> None:
    found = check(claim, [hit(passage, there)], language)
    assert found.verdict != "unsupported", found


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Monday to Friday", [{2, 3, 4, 5, 6}]),
        ("từ thứ 2 đến thứ 7", [{2, 3, 4, 5, 6, 7}]),
        ("thứ Bảy - Chủ nhật", [{7, 8}]),
        ("Saturday to Monday", [{7, 8, 2}]),
        ("vào cuối tuần", [{7, 8}]),
        ("xếp từ thứ 2 đến thứ 5", []),
        ("Monday and Friday", []),
    ],
)
def test_a_run_of_weekdays_has_all_its_days(text: str, runs: list[set[int]]) -> None:
    assert [set(run) for run in weekday_runs(text)] == runs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lần thứ tư", {"lan": {4}}),
        ("lần thứ mười hai", {"lan": {12}}),
        ("lần đầu vô địch", {"lan": {1}}),
        ("ca ghép thận thứ 3", {"than": {3}}),
        ("năm thứ năm liên tiếp", {"nam": {5}}),
        ("the fourth time, his 2nd goal", {"time": {4}, "goal": {2}}),
        ("the second and fourth timelines", {"timelin": {2, 4}}),
        ("the Ninth Doctor, thế kỷ thứ 2", {}),
        ("the last man last year", {"man": {-1}}),
        ("vào thứ tư, ngày thứ ba, 3rd of March", {}),
    ],
)
def test_a_thing_is_counted_off(text: str, expected: dict[str, set[int]]) -> None:
    assert {thing: set(told) for thing, told in ordinals(text).items()} == expected
