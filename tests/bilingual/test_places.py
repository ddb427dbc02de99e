from __future__ import annotations

import json

import pytest

from bilingual.name_matching import evidence_keys, is_found
from bilingual.names import names_in, names_place
from bilingual.texts import InterfaceLanguage
from bilingual.units import DATA

CLDR = json.loads((DATA / "cldr_names.json").read_text(encoding="utf-8"))


def bridged(claim: str, language: InterfaceLanguage, evidence: str) -> bool:
    """Whether all names of `claim` are found in `evidence`, which is in the other language."""
    names = names_in(claim, language)
    keys = evidence_keys(evidence)
    return bool(names) and all(is_found(name, keys, across=True) for name in names)


@pytest.mark.parametrize(("vietnamese", "english"), CLDR["territories"].values())
def test_every_territory_of_cldr_is_the_same_place_in_both_languages(
    vietnamese: str, english: str
) -> None:
    said, written = f"Họ đến {vietnamese} hôm qua.", f"They came to {english} yesterday."
    assert bridged(said, "vi", written)
    assert bridged(written, "en", said)


@pytest.mark.parametrize(("vietnamese", "english"), CLDR["languages"].values())
def test_languages_are_bridged_too(vietnamese: str, english: str) -> None:
    said, written = f"Họ học tiếng {vietnamese} ở đó.", f"They learn {english} there."
    assert bridged(written, "en", said)
    assert bridged(said, "vi", written)


def test_the_table_is_what_cldr_says() -> None:
    pytest.importorskip("babel")
    from bilingual.training.names_table import cldr_names

    assert cldr_names() == CLDR


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mỹ", "the United States"),
        ("Hoa Kỳ", "the US"),
        ("Hoa Kỳ", "the U.S. government"),
        ("Mỹ", "American"),
        ("Mỹ", "the USA"),
        ("Anh", "the UK"),
        ("Vương quốc Anh", "Britain"),
        ("Anh", "the United Kingdom"),
        ("tiếng Anh", "English"),
        ("Hàn Quốc", "South Korea"),
        ("Hàn Quốc", "the Republic of Korea"),
        ("Triều Tiên", "the DPRK"),
        ("Hà Lan", "Dutch"),
        ("Ca-na-đa", "Canadian"),
        ("Canađa", "Canada"),
        ("In-đô-nê-xi-a", "Indonesia"),
        ("Ả-rập Xê-út", "Saudi Arabia"),
        ("Ả Rập Xê Út", "Saudi"),
        ("các Tiểu vương quốc Ả Rập Thống nhất", "the UAE"),
        ("Cộng hòa Dân chủ Congo", "the DRC"),
        ("Bờ Biển Ngà", "Ivory Coast"),
        ("Cộng hoà Séc", "Czech"),
        ("châu Âu", "European"),
        ("quần đảo Marshall", "the Marshall Islands"),
        ("Đông Nam Á", "Southeast Asian"),
        ("Han Quoc", "South Korea"),
        ("Trung Quoc", "Chinese"),
        ("Liên Hợp Quốc", "the U.N."),
        ("Lien minh chau Phi", "the African Union"),
        ("Lien hop quoc", "the UN"),
        ("Quỹ Tiền tệ Quốc tế", "the IMF"),
        ("St. Lucia", "Saint Lucia"),
        ("Mát-xcơ-va", "Moscow"),
    ],
)
def test_other_names_of_a_place(one: str, other: str) -> None:
    assert bridged(f"x {one} y", "vi", f"x {other} y")
    assert bridged(f"x {other} y", "en", f"x {one} y")


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Hàn Quốc", "North Korea"),
        ("Áo", "Australia"),
        ("Úc", "Austria"),
        ("Ý", "Ireland"),
        ("Congo - Kinshasa", "Congo - Brazzaville"),
        ("Cộng hòa Dominica", "Dominica"),
        ("Guinea Xích Đạo", "Guinea"),
        ("Nam Sudan", "Sudan"),
        ("Niger", "Nigeria"),
        ("Liên minh châu Phi", "the European Union"),
        ("Mỹ", "let us sign. Us too."),
    ],
)
def test_different_places_stay_different(claim: str, evidence: str) -> None:
    assert not bridged(f"x {claim} y", "vi", evidence)


@pytest.mark.parametrize(
    "text",
    [
        "Anh ấy đã ký tuyên bố.",
        "Pháp luật quy định như vậy.",
        "Ý tưởng này rất mới.",
        "Nhật ký ghi lại sự việc.",
        "They told us so. Us too.",
        "Thai sản được nghỉ sáu tháng.",
        "Do thái độ kém, họ bị phạt.",
    ],
)
def test_a_syllable_that_begins_another_word_is_no_country(text: str) -> None:
    assert not names_place(text)
    assert names_in(text, "vi") == []


def test_a_person_may_be_called_like_a_country() -> None:
    assert bridged("x Nguyễn Văn Đức y", "vi", "Mr Nguyen Van Duc came")
    assert bridged("x Nguyen Van Duc y", "en", "Ông Nguyễn Văn Đức đến")
    assert not bridged("x Nguyễn Văn Đức y", "vi", "Mr Nguyen Van Nam came")


def test_a_language_is_no_place() -> None:
    assert not names_place("He speaks Swahili.")
    assert names_place("He lives in Kenya.")


@pytest.mark.parametrize(
    "text",
    ["What must I do?", "An do la gi?", "To go there takes an hour.", "I ran.", "Ca ta la gi?"],
)
def test_words_that_run_together_into_a_name_are_none_without_its_capitals(text: str) -> None:
    assert not any(key.startswith("=") for name in names_in(text, "en") for key in name.keys)


@pytest.mark.parametrize(
    "written",
    ["Viet Nam", "Vietnam", "VIET NAM", "Việt nam", "Việt Nam", "Việt-nam"],
)
def test_a_country_is_itself_in_every_spelling(written: str) -> None:
    assert bridged("x Việt Nam y", "vi", f"x {written} y")
