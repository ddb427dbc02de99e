from __future__ import annotations

from decimal import Decimal

import pytest

from bilingual.texts import InterfaceLanguage
from rag.checking.claims import check
from rag.checking.figures import figures, held, values
from tests.rag.passages import hit


def sure(text: str) -> set[int | float]:
    return {float(f.value) for f in figures(text) if f.kind != "doubtful"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.000 người", {1000}),
        ("1,000 people", {1000}),
        ("1.234.567", {1234567}),
        # Telephone numbers and cells that only a hard space parts.
        ("Gọi 090.123.456 hoặc 090.123.4567", {90123456, 901234567}),
        ("Gọi 090\u00a0123\u00a0456", {90, 123, 456}),
        ("1.250\u00a0300", {1250, 300}),
        ("12\u00a0500\u202f000", {12500000}),
        ("1,234.5 and 1.234,5", {1234.5}),
        ("10,5% and 10.5 percent", {10.5}),
        ("0.125", {0.125}),
        ("10 - 11 tháng 2 năm 2025", {10, 11, 2, 2025}),
        ("10-11/2/2025", {10, 11, 2, 2025}),
        ("10 and 11 February 2025", {10, 11, 2, 2025}),
        ("February 10-13, 2025", {10, 13, 2, 2025}),
        ("2025-02-10", {2025, 2, 10}),
        ("May 2025; they may go", {5, 2025}),
        ("109 tỷ euro", {109e9}),
        ("109 billion euros", {109e9}),
        ("2 nghìn tỷ", {2e12}),
        ("1,5 triệu", {1.5e6}),
        ("một triệu người", {1e6}),
        ("two hundred million", {2e8}),
        ("hai mươi mốt nước", {21}),
        ("sáu mươi quốc gia", {60}),
        ("sixty-one countries", {61}),
        ("mười năm", {10}),
        ("the third summit, lần thứ ba", {3}),
        ("the 21st century", {21}),
        ("G7, v1.2.3, COVID-19", {19}),
        ("ends in 2025.", {2025}),
        ("5 chủ đề", {5}),
        ("no numbers in Mai's text", set()),
    ],
)
def test_numbers_are_read_in_both_notations(text: str, expected: set[float]) -> None:
    assert sure(text) == expected


@pytest.mark.parametrize("text", ["năm chủ đề", "a year, one", "đầu tư", "He may", "Hồ sơ XXI"])
def test_words_that_often_mean_something_else_are_doubtful(text: str) -> None:
    assert sure(text) == set()


def test_doubtful_words_still_count_as_evidence() -> None:
    assert Decimal(5) in values("năm chủ đề")
    assert Decimal(21) in values("thế kỷ XXI")
    assert Decimal(4) in values("tháng tư")


def test_a_figure_knows_its_place_and_scale() -> None:
    text = "France gives 109 billion euros."
    (figure,) = figures(text)
    assert text[figure.start : figure.end] == figure.text == "109 billion"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("năm mươi tám", 58),
        ("một trăm hai mươi", 120),
        ("hai nghìn không trăm hai mươi lăm", 2025),
        ("một triệu hai trăm nghìn", 1_200_000),
        ("fifty-eight", 58),
        ("two hundred and fifty-six", 256),
        ("one thousand nine hundred fifty four", 1954),
    ],
)
def test_a_number_of_several_words_is_one_figure(text: str, value: int) -> None:
    assert [figure.value for figure in figures(text)] == [value]


def test_numbers_that_merely_stand_together_stay_apart() -> None:
    assert {figure.value for figure in figures("three million, two cats")} == {3_000_000, 2}
    assert {figure.value for figure in figures("hai ba người")} == {2, 3}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Năm 2024 tỷ lệ là 2,2%", {2024, 2.2}),
        ("109 tỷ giá trị hàng hóa", {109e9}),
        ("5 triệu chứng", {5}),
        ("một vạn dân", {10_000}),
        ("the nineteenth century", {19}),
        ("the twenty-first", {21}),
        ("quý I/2025", {1, 2025}),
        ("từ thế kỷ V đến thế kỷ X", {5, 10}),
        ("quý I - II", {1, 2}),
        ("the XIX century", {19}),
        ("ngày 10.2.2025", {10, 2, 2025}),
        ("£5m, $3.2B and 500k", {5e6, 3.2e9, 500e3}),
        ("5m wide", {5}),
        ("FY2024 and Q4", {2024, 4}),
        ("a million people", {1e6}),
        ("half a million, nửa triệu", {5e5}),
        ("two and a half hours", {2.5}),
        ("một tỷ rưỡi", {1.5e9}),
        ("một năm rưỡi", {1.5}),
        ("one and a half million", {1.5e6}),
        ("một phần ba", {33}),
        ("two-thirds of it", {67}),
        ("14h30", {14, 30}),
        ("at 14:00", {14}),
        ("two decades", {20}),
        ("nấu chín kỹ", set()),
    ],
)
def test_numbers_of_several_words_and_signs_are_read(text: str, expected: set[float]) -> None:
    assert sure(text) == expected


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("28 million to 90 million", "28 đến 90 triệu"),
        ("28 đến 90 triệu", "28 million to 90 million"),
        ("5 million", "between 5 and 10 million"),
        ("quý 4", "Q4"),
        ("thế kỷ 5", "thế kỷ V"),
        ("1,5 năm", "một năm rưỡi"),
        ("18 months", "một năm rưỡi"),
        ("2.5", "two and a half hours"),
        ("500.000", "half a million"),
        ("75%", "ba phần tư"),
        ("33.3%", "a third of them"),
        ("1/3", "a third of them"),
        ("50%", "một nửa"),
        ("14h30", "2:30 p.m."),
        ("2 giờ 30 chiều", "14:30"),
        ("20 years", "hai thập kỷ"),
        ("thập niên 90", "the 1990s"),
        ("khoảng 140,6 nghìn tỷ", "140.561 tỷ"),
        ("gần 17 triệu", "16,9 triệu"),
        ("over 234 thousand", "234,567"),
        ("about a third of it", "33.7%"),
        ("vượt 1.200 tỷ", "1.250 tỷ"),
        ("ít nhất 300 giường", "312 giường"),
        ("at least 300 beds", "312 beds"),
        ("chưa đến 100.000", "98.700"),
        ("fewer than 13,000", "12,480"),
        ("hơn 3 km", "3,2 km"),
        ("hai chục", "20"),
        ("một tá", "12"),
        ("two dozen", "24"),
    ],
)
def test_a_number_is_held_in_another_notation(claim: str, passage: str) -> None:
    known = figures(passage)
    claimed = [one for one in figures(claim) if one.kind != "doubtful"]
    assert claimed
    assert all(held(one, claim, known) for one in claimed)


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("140,6 nghìn tỷ", "140.561 tỷ"),
        ("hơn 17 triệu", "16,9 triệu"),
        ("khoảng 141 nghìn tỷ", "140.461 tỷ"),
        ("hơn 2.000 người", "năm 2025"),
        ("hai phần ba", "một phần ba"),
        ("2.024 tỷ", "Năm 2024 tỷ lệ"),
        ("chưa đến 300 giường", "312 giường"),
        ("at least 320 beds", "312 beds"),
        ("at least 200 beds", "312 beds"),
        ("about 3 km", "3.2 km"),
        ("36", "3 tá dược"),
    ],
)
def test_another_number_is_not_held(claim: str, passage: str) -> None:
    known = figures(passage)
    claimed = [one for one in figures(claim) if one.kind != "doubtful"]
    assert not all(held(one, claim, known) for one in claimed)


@pytest.mark.parametrize(
    ("passage", "claim", "language", "verdict"),
    [
        ("Cuộc họp có ba chủ đề.", "Cuộc họp có năm chủ đề.", "vi", "unsure"),
        ("Cuộc họp kéo dài cả năm, có ba chủ đề.", "Cuộc họp có năm chủ đề.", "vi", "unsure"),
        ("The bank has three branches.", "The bank has one branch.", "en", "unsure"),
        ("She was the first woman of two.", "She was the second woman.", "en", "unsure"),
        ("Nhà Lý tồn tại đến thế kỷ XIII.", "Nhà Lý tồn tại đến thế kỷ XV.", "vi", "unsupported"),
    ],
)
def test_a_small_number_where_the_passage_has_another_is_not_supported(
    passage: str, claim: str, language: InterfaceLanguage, verdict: str
) -> None:
    assert check(claim, [hit(passage, language)], language).verdict == verdict


@pytest.mark.parametrize(
    ("passage", "claim", "language"),
    [
        ("Cuộc họp có năm chủ đề chính.", "Cuộc họp có năm chủ đề.", "vi"),
        ("Nhà nước đầu tư công vào hai công ty.", "Nhà nước đầu tư công vào công ty.", "vi"),
        ("Three banks opened one day in May.", "Three banks opened one day.", "en"),
    ],
)
def test_a_doubtful_word_that_is_no_other_number_is_not_doubted(
    passage: str, claim: str, language: InterfaceLanguage
) -> None:
    assert check(claim, [hit(passage, language)], language).verdict == "supported"


SOLD = "The plant opened in 1998. Two years later it was sold to Verrin."
OUTPUT = "Output was 300 tonnes in 2015, against 260 a year earlier."
RENAMED = "Trường lập năm 1998, hai năm sau đổi tên."


@pytest.mark.parametrize(
    ("passage", "claim", "language", "verdict"),
    [
        ("The ward has 48 beds.", "The ward has at least 40 beds.", "en", "unsure"),
        ("The ward has 48 beds.", "The ward has at least 20 beds.", "en", "unsupported"),
        ("The ward has 48 beds.", "The ward has at most 40 beds.", "en", "unsupported"),
        ("Khoa này có 48 giường.", "Khoa này có trên 40 giường.", "vi", "unsure"),
        (
            "It sold 9 in 2010. The following year it sold 18.",
            "In 2011 it sold 18.",
            "en",
            "unsure",
        ),
        (SOLD, "The plant was sold to Verrin in 2000.", "en", "unsure"),
        (SOLD, "The plant was sold to Verrin in 2001.", "en", "unsupported"),
        ("Năm 2015 lãi 3 tỷ, năm trước đó lãi 2 tỷ.", "Năm 2014 lãi 2 tỷ.", "vi", "unsure"),
        (OUTPUT, "Output was 260 tonnes in 2014.", "en", "unsure"),
        (RENAMED, "Trường đổi tên năm 2000.", "vi", "unsure"),
        ("Gieo năm 2023, gặt tháng 4 năm sau.", "Lúa gặt tháng 4 năm 2024.", "vi", "unsure"),
        (RENAMED, "Trường đổi tên năm 1996.", "vi", "unsupported"),
    ],
)
def test_what_may_be_reckoned_is_doubted_and_not_denied(
    passage: str, claim: str, language: InterfaceLanguage, verdict: str
) -> None:
    assert check(claim, [hit(passage, language)], language).verdict == verdict


@pytest.mark.parametrize("digits", ["1" + "0" * 29, "9" * 30, "7" * 5000])
def test_numbers_of_any_length_are_compared(digits: str) -> None:
    for before, after in (("", ""), ("about ", " million"), ("", "s"), ("hơn ", " tỷ rưỡi")):
        told = f"The register has {before}{digits}{after} entries."
        assert check(told, [hit(told)], "en").verdict == "supported"
        other = told.replace(digits, f"4{digits[1:]}")
        assert check(other, [hit(told)], "en").verdict == "unsupported"
