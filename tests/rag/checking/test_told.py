from __future__ import annotations

import pytest

from bilingual.texts import InterfaceLanguage
from rag.checking.features import support
from rag.checking.told import told_by_figures
from tests.rag.passages import hits


@pytest.mark.parametrize(
    ("claim", "evidence", "told"),
    [
        ("Giá là 2,4 triệu USD.", "It costs 2.4 million dollars.", ["2,4 triệu USD"]),
        (
            "Phí quý I là 80 bảng Anh.",
            "The Q1 fee is 80 pounds.",
            ["80 bảng", " bảng Anh", "quý I"],
        ),
        ("It costs VND 500,000.", "Giá vé là 500.000 đồng.", ["VND 500,000"]),
        ("Revenue in Q2 fell.", "Doanh thu quý II giảm.", ["Q2"]),
        ("Revenue fell in the second quarter.", "Doanh thu quý 2 giảm.", ["second quarter"]),
        # Another currency or quarter is told by none.
        ("Giá là 2,4 triệu EUR.", "It costs 2.4 million dollars.", []),
        ("Giá là 80 đô la Úc.", "It costs 80 pounds.", []),
        ("Revenue in Q3 fell.", "Doanh thu quý II giảm.", []),
        ("Anh có 80 bến.", "Britain has 80 ports.", []),
    ],
)
def test_currencies_and_quarters_belong_to_figures(
    claim: str, evidence: str, told: list[str]
) -> None:
    assert list(told_by_figures(claim, evidence)) == told


@pytest.mark.parametrize(
    ("claim", "language", "missing"),
    [
        ("Giá là 2,4 triệu USD.", "vi", []),
        ("Giá là 2,4 triệu đô la Mỹ.", "vi", []),
        ("Mỹ trả 2,4 triệu đô la Mỹ.", "vi", ["Mỹ"]),
        ("Giá là 2,4 triệu EUR.", "vi", ["EUR"]),
        ("Chuyến OA218 đến Kern vào thứ Hai.", "vi", []),
    ],
)
def test_across_languages_they_are_no_names_to_be_found(
    claim: str, language: InterfaceLanguage, missing: list[str]
) -> None:
    passage = hits("It costs 2.4 million dollars. Flight OA 218 came to Kern on Monday.")
    assert support(claim, passage, language).missing_names == missing
