from __future__ import annotations

import pytest

from bilingual.texts import InterfaceLanguage
from rag.checking.case import Case
from rag.checking.claims import check
from rag.checking.figures import figures
from rag.checking.quantifiers import around, bound, quantified
from rag.checking.rules.measuring import wrong_quantifier
from tests.rag.passages import hit, hits


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("thấp hơn 5%", "less"),
        ("nhỏ hơn 5%", "less"),
        ("ít hơn 5%", "less"),
        ("kém hơn 5%", "less"),
        ("chưa đầy 5 năm", "less"),
        ("không vượt 5%", "less"),
        ("không vượt quá 5%", "less"),
        ("không được quá 5%", "less"),
        ("not more than 5%", "less"),
        ("must not exceed 5%", "less"),
        ("a maximum of 5 days", "less"),
        ("cao hơn 5%", "more"),
        ("không dưới 5%", "more"),
        ("không ít hơn 5%", "more"),
        ("ít nhất 5%", "more"),
        ("no fewer than 5", "more"),
        ("not less than 5", "more"),
        ("prices will not rise by more than 5%", None),
        ("giá không tăng trên 5%", None),
        ("It did not rain, and more than 5 came", "more"),
        ("nhẹ hơn 5 tấn", "less"),
        ("không nhẹ hơn 5 tấn", "more"),
        ("nặng hơn 5 tấn", "more"),
        ("rẻ hơn 5 triệu", "less"),
        ("đắt hơn 5 triệu", "more"),
        ("sớm hơn 5 phút", None),
        ("chậm hơn 5 km/giờ", "less"),
        ("nhanh hơn 5 phút", None),
        ("lighter than 5 kg", "less"),
        ("heavier than 5 kg", "more"),
        ("no later than 5 May", "less"),
        ("slower than 5 mph", "less"),
        ("slower than 5 times a minute", "less"),
        ("faster than 5 minutes", None),
        ("muộn quá 5 phút", "more"),
        ("quá trình 5 năm", None),
        ("over the 5 years", None),
        ("It was over. 5 came", None),
        ("aged 5 and over", "more"),
        ("5 kg or less", "less"),
        ("5 tuổi trở lên", "more"),
        ("5 học viên trở xuống", "less"),
        ("5 men and over twenty women", None),
        ("5 km and above the sea", None),
    ],
)
def test_a_not_turns_a_bound_about(text: str, side: str | None) -> None:
    assert bound(figures(text)[0], text) == side


def test_a_bound_is_shown_with_its_not() -> None:
    text = "Phí không vượt quá 5%."
    assert around(figures(text)[0], text) == "không vượt quá 5"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Xe nhẹ hơn 3 tấn được đi.", "nhẹ hơn 3"),
        ("Vé miễn phí từ 60 tuổi trở lên.", "60 tuổi trở lên"),
    ],
)
def test_a_bound_is_shown_with_all_that_makes_it_one(text: str, shown: str) -> None:
    assert around(figures(text)[0], text) == shown


def test_a_title_denies_nothing_below_it() -> None:
    passage = hit("The clinic saw fewer than 40 patients.", title="No masking")
    assert check("The clinic saw more than 40 patients.", [passage], "en").verdict == "unsupported"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tất cả công chức đeo thẻ", {"cong chuc": {"all": "tất cả công chức"}}),
        ("Một số công ty đóng cửa", {"cong ty": {"some": "một số công ty"}}),
        ("Not all roads flood", {"road": {"some": "not all roads"}}),
        ("Not many roads flood", {"road": {"few": "not many roads"}}),
        ("Rất ít công ty đóng cửa", {"cong ty": {"few": "rất ít công ty"}}),
        ("Cần ít nhất, nhiều nhất hai", {}),
        (
            "Half of the 60 roads flood",
            {"road": {"some": "half of the 60 roads"}, "#60": {"some": "half of the 60 roads"}},
        ),
        (
            "Hai trong ba công ty đóng cửa",
            {"cong ty": {"some": "hai trong ba công ty"}, "#3": {"some": "hai trong ba công ty"}},
        ),
        ("Nearly all roads flood", {"road": {"most": "nearly all roads"}}),
        (
            "Some roads flood, all roads have lamps",
            {"road": {"some": "some roads", "all": "all roads"}},
        ),
    ],
)
def test_every_mention_counts_by_the_whole_word(
    text: str, expected: dict[str, dict[str, str]]
) -> None:
    assert quantified(text) == expected


@pytest.mark.parametrize(
    ("claim", "passage", "language"),
    [
        ("All guests have to sign in.", "Some guests stay. All guests must sign in.", "en"),
        ("Not all roads flood in spring.", "Some roads flood in spring.", "en"),
        ("Tất cả công chức phải đeo thẻ.", "Một số công ty mở. Công chức phải đeo thẻ.", "vi"),
        ("Tất cả sinh viên nộp bài.", "Nhiều sinh hoạt hay. Sinh viên nộp bài.", "vi"),
        ("The tax is lower than 5%.", "The tax is below 5%.", "en"),
        ("Thuế thấp hơn 5%.", "Mức thuế này dưới 5%.", "vi"),
        ("Thuế thấp hơn 5%.", "The tax is below 5%.", "vi"),
        ("Xe dưới 3 tấn được đi qua cầu.", "Xe nhẹ hơn 3 tấn được đi qua cầu.", "vi"),
        ("Hành lý phải nhẹ hơn 8 kg.", "Bags must weigh less than 8 kg.", "vi"),
        ("People over 65 pay nothing.", "People aged 65 and over pay nothing.", "en"),
        ("Up to 12 men fit in.", "The 12 men met at least 12 others. Up to 12 fit in.", "en"),
    ],
)
def test_no_contradiction_is_found_in_the_same_amount(
    claim: str, passage: str, language: InterfaceLanguage
) -> None:
    passage_language: InterfaceLanguage = "en" if passage.isascii() else "vi"
    result = check(claim, hits(passage, language=passage_language), language)
    assert result.verdict != "unsupported", result


@pytest.mark.parametrize(
    ("claim", "passage", "language"),
    [
        ("All roads flood in spring.", "Nearly all roads flood in spring.", "en"),
        ("Tất cả công ty được miễn thuế.", "Một số công ty được miễn thuế.", "vi"),
        ("The tax is higher than 5%.", "The tax is not more than 5%.", "en"),
        ("Mức thuế này cao hơn 5%.", "Mức thuế này không vượt quá 5%.", "vi"),
        ("All of the nurses trained abroad.", "Half of the 60 nurses trained abroad.", "en"),
        ("All bridges here are closed.", "Several of the nine bridges here are closed.", "en"),
        ("All three judges agreed on it.", "Two of the three judges agreed on it.", "en"),
        ("Few residents speak the language.", "Most residents speak the language.", "en"),
        ("Nhiều cư dân nói tiếng này.", "Rất ít cư dân nói tiếng này.", "vi"),
        ("Xe trên 3 tấn được đi qua cầu.", "Xe nhẹ hơn 3 tấn được đi qua cầu.", "vi"),
        ("Entry is free for people under 65.", "Entry is free for people aged 65 and over.", "en"),
        ("Bags of 8 kg or more are free.", "Bags of 8 kg or less are free.", "en"),
        ("Miễn phí cho người dưới 60 tuổi.", "Miễn phí cho người từ 60 tuổi trở lên.", "vi"),
        ("Ai muộn dưới 15 phút sẽ bị phạt.", "Ai đi muộn quá 15 phút sẽ bị phạt.", "vi"),
        (
            "More than 1% of them had a rash.",
            "Do not take more than 1 g a day. Fewer than 1% had a rash.",
            "en",
        ),
        (
            "More than 40 patients had a cold.",
            "Fewer than 40 patients had a cold. Its 40 nurses were well.",
            "en",
        ),
    ],
)
def test_another_amount_is_unsupported(
    claim: str, passage: str, language: InterfaceLanguage
) -> None:
    result = check(claim, hits(passage, language=language), language)
    assert result.verdict == "unsupported", result


@pytest.mark.parametrize(
    ("claim", "passage", "language"),
    [
        ("Toàn bộ 41 chi nhánh ở miền bắc.", "Most of its 41 branches are in the north.", "vi"),
        ("Tất cả cư dân nói tiếng Anh.", "Nearly all residents speak English.", "vi"),
        ("Few residents speak English.", "Hầu hết cư dân nói tiếng Anh.", "en"),
        ("Everyone may sign cheques there.", "Only the treasurer may sign cheques there.", "en"),
        ("Ai cũng được ký hợp đồng.", "Chỉ giám đốc được ký hợp đồng.", "vi"),
        ("Ai cũng được ký hợp đồng.", "Only the director may sign contracts.", "vi"),
    ],
)
def test_all_is_not_only_some_in_either_language(
    claim: str, passage: str, language: InterfaceLanguage
) -> None:
    passage_language: InterfaceLanguage = "en" if passage.isascii() else "vi"
    result = check(claim, hits(passage, language=passage_language), language)
    assert result.verdict != "supported", result


@pytest.mark.parametrize(
    ("claim", "passage", "language"),
    [
        ("Phần lớn trong 41 chi nhánh ở miền bắc.", "Most of its 41 branches are north.", "vi"),
        ("Only the treasurer signs.", "Only the treasurer may sign cheques there.", "en"),
        ("Everyone may enter.", "Only on Monday is it shut; everyone may enter.", "en"),
        ("Most residents speak it.", "All residents speak it.", "en"),
    ],
)
def test_the_same_amount_in_other_words_is_not_doubted(
    claim: str, passage: str, language: InterfaceLanguage
) -> None:
    case = Case(claim, hits(passage), language)
    assert wrong_quantifier(case) is None
