from __future__ import annotations

from decimal import Decimal

import pytest

from rag.checking.figures import figures, values


def sure(text: str) -> set[int | float]:
    return {float(f.value) for f in figures(text) if f.kind != "doubtful"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.000 người", {1000}),
        ("1,000 people", {1000}),
        ("1.234.567", {1234567}),
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


@pytest.mark.parametrize("text", ["năm chủ đề", "a year, one", "đầu tư", "He may", "thế kỷ XXI"])
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
