"""A sentence much like one of the passage, with something else in one of its places."""

from __future__ import annotations

import pytest

from bilingual.texts import InterfaceLanguage
from rag.checking.claims import check
from rag.checking.places import nearest, replaced
from tests.rag.passages import hits

EN = (
    "The fund of 109 billion euros was announced by Emmanuel Macron in Paris (on 9 February). "
    "The company Mistral defeated its rival Aleph Alpha in the tender of 2024. "
    "Delegates from France, India and Japan attended the opening on 10 February."
)
VI = (
    "Quỹ 109 tỷ euro được Emmanuel Macron công bố ở Paris (ngày 9 tháng 2). "
    "Công ty Mistral đánh bại đối thủ Aleph Alpha trong cuộc thầu năm 2024. "
    "Đại biểu từ Pháp, Ấn Độ và Nhật Bản dự lễ khai mạc ngày 10 tháng 2."
)


@pytest.mark.parametrize(
    ("claim", "language", "reason"),
    [
        (
            "The fund of 109 billion euros was announced by Mistral in Paris.",
            "en",
            "where the sentence says “Mistral”, the passage says “Emmanuel Macron”",
        ),
        (
            "The fund of 10 billion euros was announced by Emmanuel Macron in Paris.",
            "en",
            None,
        ),
        (
            "Delegates from France, India and Japan attended the opening on 9 February.",
            "en",
            "where the sentence says “9”, the passage says “10”",
        ),
        (
            "Đại biểu từ Pháp, Ấn Độ và Nhật Bản dự lễ khai mạc ngày 9 tháng 2.",
            "vi",
            "chỗ câu này ghi “9”, đoạn được dẫn viết “10”",
        ),
        (
            "Quỹ 109 tỷ euro được Aleph Alpha công bố ở Paris.",
            "vi",
            "chỗ câu này ghi “Aleph Alpha”, đoạn được dẫn viết “Emmanuel Macron”",
        ),
    ],
)
def test_what_stands_elsewhere_in_the_passage_does_not_support_it_here(
    claim: str, language: InterfaceLanguage, reason: str | None
) -> None:
    found = check(claim, hits({"en": EN, "vi": VI}[language], language=language), language)
    assert found.verdict == "unsupported"
    assert reason is None or found.reason == reason


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("The company Aleph Alpha defeated its rival Mistral in the tender of 2024.", "en"),
        ("Công ty Aleph Alpha đánh bại đối thủ Mistral trong cuộc thầu năm 2024.", "vi"),
    ],
)
def test_names_that_exchange_their_places_are_found(
    claim: str, language: InterfaceLanguage
) -> None:
    found = check(claim, hits({"en": EN, "vi": VI}[language], language=language), language)
    assert found.verdict == "unsupported"
    assert "Mistral" in (found.reason or "")


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("Delegates from Japan, India and France attended the opening on 10 February.", "en"),
        ("Delegates from France, India and Japan attended the opening.", "en"),
        ("The fund of 109 billion euros was announced by Macron in Paris.", "en"),
        ("The fund of €109 billion was announced in Paris by Emmanuel Macron.", "en"),
        ("Đại biểu từ Nhật Bản, Ấn Độ và Pháp dự lễ khai mạc ngày 10/2.", "vi"),
    ],
)
def test_lists_in_another_order_and_other_forms_are_nothing_else(
    claim: str, language: InterfaceLanguage
) -> None:
    sentences = [one + "." for one in {"en": EN, "vi": VI}[language].split(". ")]
    found = nearest(claim, sentences, language)
    assert found
    for sentence in found:
        assert replaced(claim, sentence, language) is None


@pytest.mark.parametrize(
    ("claim", "sentence", "language"),
    [
        ("Marta Quist sued Lena Orr.", "Lena Orr sued Marta Quist.", "en"),
        ("Firm Arlo bought Firm Bruna.", "Firm Bruna bought Firm Arlo last May.", "en"),
        ("Rates fell from 4% to 6%.", "Rates fell from 6% to 4%.", "en"),
        ("The shop sold 15 lamps and 40 chairs.", "The shop sold 40 lamps and 15 chairs.", "en"),
        ("Ông Hà Văn Mao kiện ông Đinh Tráng.", "Ông Đinh Tráng kiện ông Hà Văn Mao.", "vi"),
        ("Đội Lúa Xanh thắng đội An Khê 4-1.", "Đội An Khê thắng đội Lúa Xanh 4-1.", "vi"),
        ("Số hộ giảm từ 120 xuống 450.", "Số hộ giảm từ 450 xuống 120.", "vi"),
        ("Lào cho Nga vay 20 triệu USD.", "Nga cho Lào vay 20 triệu USD.", "vi"),
    ],
)
def test_names_and_figures_exchanged_are_found_whatever_their_length(
    claim: str, sentence: str, language: InterfaceLanguage
) -> None:
    assert replaced(claim, sentence, language) is not None
    assert replaced(sentence, sentence, language) is None


@pytest.mark.parametrize(
    ("claim", "sentence", "language"),
    [
        ("Marta Quist was sued by Lena Orr.", "Lena Orr sued Marta Quist.", "en"),
        ("Tomas Reed met Nuria Pell in Oslo.", "Nuria Pell met Tomas Reed in Oslo.", "en"),
        ("The shop sold 15 chairs and 40 lamps.", "The shop sold 40 lamps and 15 chairs.", "en"),
        ("It ran 6 km and 4 km on foot.", "It ran 4 km and 6 km on foot.", "en"),
        (
            "In 2020 there were 90 staff and in 2010 there were 40 staff.",
            "In 2010 there were 40 staff and in 2020 there were 90 staff.",
            "en",
        ),
        ("Ông Hà Mao bị ông Đinh Tráng kiện.", "Ông Đinh Tráng kiện ông Hà Mao.", "vi"),
        ("Ông Hà Mao và ông Đinh Tráng đến.", "Ông Đinh Tráng và ông Hà Mao đến.", "vi"),
        ("Ông Hà Mao gặp ông Đinh Tráng.", "Ông Đinh Tráng gặp ông Hà Mao.", "vi"),
        ("Xã trồng 15 ha ngô và 40 ha lúa.", "Xã trồng 40 ha lúa và 15 ha ngô.", "vi"),
    ],
)
def test_the_same_told_the_other_way_round_is_no_exchange(
    claim: str, sentence: str, language: InterfaceLanguage
) -> None:
    assert replaced(claim, sentence, language) is None


def test_a_sentence_that_is_little_like_it_says_nothing_about_its_places() -> None:
    assert replaced("Macron spoke at 9 about many other things.", EN, "en") is None


@pytest.mark.parametrize(
    ("passage", "claim", "language"),
    [
        (
            "The hospital has 312 beds and employs 1,460 people in its wards.",
            "The hospital has 312 beds and employs more than 1,400 people in its wards.",
            "en",
        ),
        ("The oldest resident of the town is 103.", "The oldest resident is over 100.", "en"),
        ("Đường này dài 3,2 km.", "Đường dài hơn 3 km.", "vi"),
        ("Bảo tàng đón 98.700 lượt khách trong năm.", "Bảo tàng đón gần 100.000 lượt khách.", "vi"),
        ("The path round the lake is 1.8 km long.", "The path is 1,800 m long.", "en"),
    ],
)
def test_a_rounded_or_converted_figure_in_its_place_is_the_same(
    passage: str, claim: str, language: InterfaceLanguage
) -> None:
    assert check(claim, hits(passage, language=language), language).verdict != "unsupported"
