from __future__ import annotations

import pytest

from bilingual.texts import InterfaceLanguage
from rag.checking.claims import check
from rag.checking.figures import figures
from rag.checking.measures import signed, told_otherwise, unit_of, with_unit
from rag.checking.quantifiers import bound, quantified
from tests.rag.passages import hit

EN = (
    "France will invest more than 109 billion euros. Most of the countries signed it. "
    "The session took 3 days. Turnout was 12 percent."
)
VI = (
    "Pháp sẽ đầu tư hơn 109 tỷ euro. Phần lớn các nước đã ký. Phiên họp kéo dài 3 ngày. "
    "Tỷ lệ là 12%."
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("109 tỷ euro", "€109 billion"),
        ("5 đô la", "US$5"),
        ("5 đồng", "5 VND"),
        ("12 phần trăm", "12%"),
        ("3 ngày", "3 days"),
        ("20 ki-lô-mét", "20 km"),
        ("3 tháng", "3 months"),
        ("40 độ C", "40 °C"),
        ("40 độ F", "40 degrees Fahrenheit"),
        ("50 miligam", "50 mg"),
        ("5 gam", "5 grams"),
        ("90 km/giờ", "90 km/h"),
        ("90 dặm một giờ", "90 mph"),
        ("5 MW", "5 megawatts"),
        ("40 héc-ta", "40 hectares"),
        ("5 điểm phần trăm", "5 percentage points"),
        ("20 euro", "EUR 20"),
        ("8.000 đồng", "VND 8,000"),
        ("51,7 tỷ USD", "US$51.7 billion"),
        ("700 oát", "700 W"),
        ("40 lít", "40 litres"),
        ("40 mi-li-lít", "40 ml"),
        ("5 mi-li-mét", "5 mm"),
        ("8 gigabyte", "8 GB"),
        ("3 giờ", "3 h"),
    ],
)
def test_a_unit_is_the_same_in_both_languages(one: str, other: str) -> None:
    units = [unit_of(figures(text)[0], text) for text in (one, other)]
    assert units[0] is not None
    assert units[0] == units[1]
    assert with_unit(figures(other)[0], other) == other


@pytest.mark.parametrize(
    "text",
    [
        "ngày 3 tháng 2",
        "in 2025 the",
        "58 countries",
        "3 miles-wide",
        "10 tháng 2",
        "tháng 5 năm ngoái",
        "5G",
        "90 km/24h",
    ],
)
def test_a_bare_figure_has_no_unit(text: str) -> None:
    assert unit_of(figures(text)[0], text) is None


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("more than 100 people", "more"),
        ("at least 100", "more"),
        ("hơn 100 người", "more"),
        ("không dưới 100", "more"),
        ("fewer than 100", "less"),
        ("không quá 100", "less"),
        ("chưa đến 100", "less"),
        ("about 100", None),
        ("khoảng 100", None),
    ],
)
def test_a_bound_goes_one_way(text: str, side: str | None) -> None:
    assert bound(figures(text)[0], text) == side


def test_all_and_some_are_told_apart() -> None:
    assert quantified("All the countries signed") == {"countri": {"all": "all the countries"}}
    assert quantified("Một số nước đã ký") == {"nuoc": {"some": "một số nước"}}


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("France invests 109 billion dollars in it.", "en"),
        ("Pháp đầu tư 109 tỷ đô la vào đó.", "vi"),
        ("France will invest less than 109 billion euros.", "en"),
        ("Pháp sẽ đầu tư dưới 109 tỷ euro.", "vi"),
        ("The session took 3 hours.", "en"),
        ("Phiên họp kéo dài 3 giờ.", "vi"),
    ],
)
@pytest.mark.parametrize("passage", [(EN, "en"), (VI, "vi")])
def test_another_unit_or_bound_is_unsupported_in_either_language(
    claim: str, language: InterfaceLanguage, passage: tuple[str, InterfaceLanguage]
) -> None:
    result = check(claim, [hit(*passage)], language)
    assert result.verdict == "unsupported", result
    assert result.reason is not None
    assert "“" in result.reason


@pytest.mark.parametrize(
    ("claim", "language", "passage"),
    [
        ("All the countries signed it.", "en", EN),
        ("Every one of the countries signed it.", "en", EN),
        ("Tất cả các nước đã ký.", "vi", VI),
    ],
)
def test_all_is_not_most(claim: str, language: InterfaceLanguage, passage: str) -> None:
    assert check(claim, [hit(passage, language)], language).verdict == "unsupported"


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("France will invest over €109 billion.", "en"),
        ("France will invest 109 billion euros.", "en"),
        ("Turnout was 12%.", "en"),
        ("Pháp sẽ đầu tư trên 109 tỷ euro.", "vi"),
    ],
)
@pytest.mark.parametrize("passage", [(EN, "en"), (VI, "vi")])
def test_the_same_amount_in_other_words_is_no_contradiction(
    claim: str, language: InterfaceLanguage, passage: tuple[str, InterfaceLanguage]
) -> None:
    assert check(claim, [hit(*passage)], language).verdict != "unsupported"


@pytest.mark.parametrize(
    ("passage", "there", "claim", "language"),
    [
        ("Hai liều cách nhau ba tháng.", "vi", "Hai liều cách nhau ba tuần.", "vi"),
        ("The pill contains 50 mg.", "en", "The pill contains 50 g.", "en"),
        ("Capacity reached 80,555 MW.", "en", "Công suất đạt 80.555 kW.", "vi"),
        ("It reached 40 °C.", "en", "It reached 40 °F.", "en"),
        ("The wind blew at 90 km/h.", "en", "The wind blew at 90 mph.", "en"),
        ("It lost 5 percentage points.", "en", "It lost 5 percent.", "en"),
        ("Entry costs USD 20.", "en", "Entry costs EUR 20.", "en"),
        ("The kettle draws 700 W.", "en", "The kettle draws 700 kW.", "en"),
        ("Bình chứa 40 lít nước.", "vi", "Bình chứa 40 ml nước.", "vi"),
        ("Bình chứa 40 lít nước.", "vi", "The tank holds 40 m³ of water.", "en"),
        ("The gap is 5 mm wide.", "en", "Khe rộng 5 cm.", "vi"),
        ("Its third turbine gives 3 MW.", "en", "The turbine gives 3 kW.", "en"),
        ("Take 40 mg a day.", "en", "Take 40 g a day.", "en"),
        ("Nhà máy đốt 30 tấn rác mỗi ngày.", "vi", "Nhà máy đốt 30 tấn rác mỗi tháng.", "vi"),
        ("Nhà máy đốt 30 tấn rác mỗi ngày.", "vi", "The plant burns 30 tonnes a week.", "en"),
        ("Mỗi ngày 40 tàu cập bến.", "vi", "Mỗi tuần có 40 tàu cập bến.", "vi"),
        ("The port loads 40 ships daily.", "en", "Each year the port loads 40 ships.", "en"),
        ("Line 2 moves 500 MB/s.", "en", "Line 2 moves 500 MB per minute.", "en"),
        ("She teaches in Class 5A here.", "en", "She teaches in Class 5B here.", "en"),
        ("Cô dạy lớp 5A ở trường này.", "vi", "She teaches in class 5B.", "en"),
    ],
)
def test_the_same_number_of_another_unit_is_unsupported(
    passage: str, there: InterfaceLanguage, claim: str, language: InterfaceLanguage
) -> None:
    assert check(claim, [hit(passage, there)], language).verdict == "unsupported"


@pytest.mark.parametrize(
    ("passage", "claim", "language"),
    [
        ("The grant was worth €250 per family.", "The grant was worth $250 per family.", "en"),
        ("Fares range from £250 to £900.", "Fares range from €250 to ¥900.", "en"),
        ("Khoản này trị giá $250 mỗi hộ.", "Khoản này trị giá €250 mỗi hộ.", "vi"),
        ("It fell to -12 °C in the valley.", "It fell to 12 °C in the valley.", "en"),
        ("It rose to 12 °C in the valley.", "It rose to -12 °C in the valley.", "en"),
        ("Nhiệt độ xuống tới -5 °C.", "Nhiệt độ xuống tới 5 °C.", "vi"),
        ("Prices rose by 4% over the year.", "Prices rose by €4 over the year.", "en"),
        ("Doanh thu tăng 20% so với năm ngoái.", "Doanh thu tăng $20 so với năm ngoái.", "vi"),
    ],
)
def test_the_words_of_a_passage_with_another_sign_are_unsupported(
    passage: str, claim: str, language: InterfaceLanguage
) -> None:
    assert check(claim, [hit(passage, language)], language).verdict == "unsupported"


@pytest.mark.parametrize(
    ("passage", "there", "claim", "language"),
    [
        ("It burns 30 tonnes a day.", "en", "Mỗi ngày nhà máy đốt 30 tấn.", "vi"),
        ("Output is 30 tonnes per annum.", "en", "Yearly output is 30 tonnes.", "en"),
        ("Nhà máy đốt 30 tấn/ngày.", "vi", "The plant burns 30 tonnes daily.", "en"),
        ("It has 40 nurses.", "en", "A year later it had 40 nurses.", "en"),
        ("It pays 12 dollars an hour.", "en", "Mỗi giờ công được trả 12 đô la.", "vi"),
        ("Phones on 5G cost $5m.", "en", "Phones on 5G cost $5M.", "en"),
        ("The hall, 5 A, is in class 5B.", "en", "It is in hall 5A.", "en"),
    ],
)
def test_the_same_rate_or_code_in_other_words_is_no_contradiction(
    passage: str, there: InterfaceLanguage, claim: str, language: InterfaceLanguage
) -> None:
    assert check(claim, [hit(passage, there)], language).verdict != "unsupported"


def test_the_words_of_a_passage_without_its_percent_are_doubted() -> None:
    passage = [hit("Prices rose by 4% over the whole year.")]
    found = check("Prices rose by 4 over the whole year.", passage, "en")
    assert (found.verdict, found.reason) == ("unsure", "the passage says “4%”")


@pytest.mark.parametrize(
    ("passage", "claim", "language"),
    [
        ("It fell to -12 °C in the valley.", "It fell to 12 °C below zero there.", "en"),
        ("Nhiệt độ xuống tới âm 5 độ.", "Nhiệt độ xuống tới -5 độ.", "vi"),
        ("Prices rose by 4% to 5%.", "Prices rose by 4 to 5 percent.", "en"),
        ("Lớp học từ ngày 10 - 12/2/2025.", "Lớp học từ ngày 10 -12/2/2025.", "vi"),
    ],
)
def test_the_same_sign_in_another_form_is_no_contradiction(
    passage: str, claim: str, language: InterfaceLanguage
) -> None:
    assert check(claim, [hit(passage, language)], language).verdict != "unsupported"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-12 °C", " -12° c "),
        ("US$5 và € 6, 7 %", " us $5 và €6 7% "),
        ("10-12, A-5 (-3)", " 10 12 a 5 -3 "),
    ],
)
def test_a_sign_belongs_to_its_figure(text: str, expected: str) -> None:
    assert signed(text) == expected


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("30.000 kg", "30 tấn"),
        ("1,800 metres", "1.8 km"),
        ("182 cm", "cao 1m82"),
        ("1,8 m", "cao 1m8"),
        ("80 phút", "1 giờ 20 phút"),
        ("1 hour and 20 minutes", "80 phút"),
        ("1h20", "80 minutes"),
        ("1.5 hours", "90 phút"),
        ("180 minutes", "three hours"),
        ("2 năm", "24 tháng"),
        ("30 months", "2 năm 6 tháng"),
        ("30 phút", "nửa tiếng"),
        ("48 giờ", "two days"),
        ("5 ha", "50.000 m²"),
        ("0,7 kW", "700 W"),
        ("about 2 km", "1.950 m"),
        ("hơn 1 kg", "1,030 g"),
    ],
)
def test_a_quantity_is_found_in_another_unit(text: str, evidence: str) -> None:
    said = [figure for figure in figures(text) if figure.kind != "doubtful"]
    assert said
    assert all(told_otherwise(figure, text, evidence) for figure in said)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("81 phút", "1 giờ 20 phút"),
        ("300 kg", "30 tấn"),
        ("60 days", "2 months"),
        ("1.8 kg", "1,800 m"),
        ("29 tháng", "ngày 5 tháng 2 năm 2024"),
    ],
)
def test_another_quantity_is_not(text: str, evidence: str) -> None:
    assert not told_otherwise(figures(text)[0], text, evidence)


@pytest.mark.parametrize(
    ("passage", "there", "claim", "language"),
    [
        ("Nhà máy đốt 30 tấn rác mỗi ngày.", "vi", "Nhà máy đốt 30.000 kg rác mỗi ngày.", "vi"),
        ("The path is 1.8 km long.", "en", "The path is 1,800 metres long.", "en"),
        ("The path is 1.8 km long.", "en", "Con đường dài 1.800 m.", "vi"),
        ("Phim dài 1 giờ 20 phút.", "vi", "Phim dài 80 phút.", "vi"),
        ("Ấm có công suất 700 W, nặng 0,7 kg.", "vi", "Ấm có công suất 0,7 kW.", "vi"),
        ("Ông nuôi hai chục con trâu.", "vi", "Ông nuôi 20 con trâu.", "vi"),
        ("Bà mua một tá trứng.", "vi", "She bought 12 eggs.", "en"),
        ("They sold two dozen cakes.", "en", "Họ bán 24 chiếc bánh.", "vi"),
    ],
)
def test_the_same_quantity_in_another_unit_is_supported(
    passage: str, there: InterfaceLanguage, claim: str, language: InterfaceLanguage
) -> None:
    assert check(claim, [hit(passage, there)], language).verdict == "supported"


def test_a_dozen_is_not_twenty() -> None:
    passage = [hit("Ông nuôi hai chục con trâu.", "vi"), hit("He keeps twenty buffaloes.")]
    for one in passage:
        assert check("He keeps a dozen buffaloes.", [one], "en").verdict != "supported"
