from __future__ import annotations

import pytest

from bilingual.names import evidence_keys, is_found, names_in
from bilingual.texts import InterfaceLanguage


def names(text: str, language: InterfaceLanguage = "en") -> list[str]:
    return [name.text for name in names_in(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The summit was chaired by Emmanuel Macron in Paris.", "en", ["Emmanuel Macron", "Paris"]),
        ("Participants met. Delegates spoke.", "en", []),
        ("The European Union signed.", "en", ["European Union"]),
        ("OpenAI and the EU came.", "en", ["OpenAI", "EU"]),
        ("It was in February on Monday.", "en", []),
        ("France signed.", "en", ["France"]),
        ("Hội nghị do ông Emmanuel Macron chủ trì.", "vi", ["Emmanuel Macron"]),
        ("Nước Pháp và Việt Nam tham gia.", "vi", ["Pháp", "Việt Nam"]),
        ("Liên minh châu Âu đã ký.", "vi", ["Liên minh châu Âu"]),
        ("Trong thế kỷ XXI, AI phát triển.", "vi", ["AI"]),
    ],
)
def test_names_are_runs_of_capitals(
    text: str, language: InterfaceLanguage, expected: list[str]
) -> None:
    assert names(text, language) == expected


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("Bùi Hoàng Phương", "Deputy Minister Bui Hoang Phuong led"),
        ("Viet Nam", "đoàn Việt Nam"),
        ("Vietnamese", "in Vietnam"),
        ("French", "của Pháp"),
        ("Liên minh châu Âu", "the European Union"),
        ("Hoa Kỳ", "the U.S. and others"),
        ("Russian", "in Russia"),
        ("Open AI", "OpenAI's model"),
        ("LHQ", "Liên Hiệp Quốc"),
        ("Macron", "Macron’s plan"),
        ("Thụy Sĩ", "nước Thuỵ Sĩ"),
    ],
)
def test_a_name_is_found_in_another_form(name: str, evidence: str) -> None:
    (found,) = names_in(f"x {name} y", "en")
    assert is_found(found, evidence_keys(evidence), across=False)


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("Austria", "in Australia"),
        ("Bùi Hoàng Nam", "Bùi Hoàng Phương"),
        ("South Korea", "North Korea"),
        ("China", "India and France"),
    ],
)
def test_another_name_is_not_found(name: str, evidence: str) -> None:
    (found,) = names_in(f"x {name} y", "en")
    assert not is_found(found, evidence_keys(evidence), across=False)


def test_titles_are_looked_for_only_within_a_language() -> None:
    (name,) = names_in("x President Macron y", "en")
    evidence = evidence_keys("Tổng thống Macron")
    assert is_found(name, evidence, across=True)
    assert not is_found(name, evidence, across=False)
