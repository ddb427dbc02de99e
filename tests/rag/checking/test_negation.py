from __future__ import annotations

import unicodedata

import pytest

from bilingual.texts import InterfaceLanguage
from rag.checking.case import Case
from rag.checking.claims import check
from rag.checking.negation import denies, negated, not_negated, opens_condition, restricts, says_not
from rag.checking.rules.denying import doubtful_negation, wrong_negation
from rag.checking.rules.quoting import cut_out, verbatim
from tests.rag.passages import hits

EN = (
    "The bank plans to close no branches in Spain. Neither Chile nor Peru joined the pact. "
    "The licence is no longer valid. No lasting damage was found by the inspectors. "
    "The shop failed to renew its permit. Visitors may not enter without a helmet. "
    "Not one of the bridges escaped damage."
)
VI = (
    "Không có thiệt hại lâu dài nào được ghi nhận. Cấm đỗ xe trước cổng trường. "
    "Nhân viên không được ra về nếu chưa bàn giao ca. Giấy phép không còn hiệu lực."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The strike lasted no more than 20 days.", False),
        ("It must be not less than €5 million.", False),
        ("The fee cannot exceed 300 dollars.", False),
        ("The talk is no longer than an hour.", False),
        ("Thời gian không quá 30 ngày.", False),
        ("Mức phạt không dưới 500.000 đồng.", False),
        ("Không được vượt quá ba tháng.", False),
        ("The exam was not too hard.", True),
        ("Bài thi không quá khó.", True),
        ("Ông không đến một cuộc họp nào.", True),
        ("The pass is no longer valid.", True),
    ],
)
def test_a_bound_is_no_denial(text: str, expected: bool) -> None:
    assert says_not(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sales declined 12% to 5 million.", False),
        ("Turnout declined to 40%.", False),
        ("Output declined to a record low.", False),
        ("There was a decline in exports.", False),
        ("The ministry declined to comment.", True),
        ("She declined to be named.", True),
        ("He declined the invitation.", True),
        ("They declined his first offer.", True),
    ],
)
def test_what_declines_refuses_only_what_is_asked_or_offered(text: str, expected: bool) -> None:
    assert says_not(text) is expected


def test_a_negation_denies_a_word_and_never_a_figure() -> None:
    assert negated("There were not 1.200 of them.") == {}
    assert not_negated("Phí là 500.000 đồng.") >= {"500.000"}


@pytest.mark.parametrize(
    "text",
    [
        "Not all drivers agree.",
        "Không phải tất cả tài xế đồng ý.",
        "Fees will not rise by more than 10%.",
        "Học phí không tăng quá 10%.",
        "The gate did not open until noon.",
        "Drivers may not leave without a permit.",
        "Tài xế không được đi nếu thiếu giấy.",
        "If drivers do not pay, the gate is shut.",
        "None of the drivers escaped a fine.",
    ],
)
def test_a_denial_with_room_for_the_contrary_is_not_flat(text: str) -> None:
    assert negated(text)
    assert negated(text, flatly=True) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The shop failed to renew its permit.", True),
        ("Contractors are exempt from the rule.", True),
        ("Cấm đỗ xe trước cổng.", True),
        ("Người bệnh được miễn phí khám.", True),
        ("Cats are not allowed.", True),
        ("Cats are not forbidden.", False),
        ("Cats are allowed.", False),
        ("Ban tổ chức trao giải.", False),
    ],
)
def test_a_verb_can_deny(text: str, expected: bool) -> None:
    assert denies(text) is expected


@pytest.mark.parametrize(
    ("claim", "passage", "language"),
    [
        ("The bank does not intend to close branches in Spain.", EN, "en"),
        ("Chile did not join the pact.", EN, "en"),
        ("The inspectors did not find lasting damage.", EN, "en"),
        ("The shop did not renew its permit.", EN, "en"),
        ("Visitors need a helmet to enter.", EN, "en"),
        ("All of the bridges suffered damage.", EN, "en"),
        ("Không ghi nhận thiệt hại lâu dài.", VI, "vi"),
        ("Không được đỗ xe trước cổng trường.", VI, "vi"),
        ("Nhân viên phải bàn giao ca mới được ra về.", VI, "vi"),
        ("Turnout fell to 40% last year.", "Turnout declined to 40% last year.", "en"),
        ("Leave is up to 20 days a year.", "Leave is no more than 20 days a year.", "en"),
        ("Phí tối thiểu 500.000 đồng.", "Phí không dưới 500.000 đồng mỗi lượt.", "vi"),
        ("Nghỉ tối đa 30 ngày một năm.", "Được nghỉ không quá 30 ngày một năm.", "vi"),
    ],
)
def test_the_same_denial_in_other_words_is_no_contradiction(
    claim: str, passage: str, language: InterfaceLanguage
) -> None:
    result = check(claim, hits(passage, language=language), language)
    assert result.verdict != "unsupported", result


@pytest.mark.parametrize(
    ("claim", "passage", "language"),
    [
        ("The bank plans to close branches in Spain.", EN, "en"),
        ("The licence is still valid.", EN, "en"),
        ("The licence is valid.", EN, "en"),
        ("Giấy phép còn hiệu lực.", VI, "vi"),
        ("Cats are not forbidden in the garden.", "Cats are forbidden in the garden.", "en"),
    ],
)
def test_what_is_denied_in_only_one_of_two_like_sentences_is_unsupported(
    claim: str, passage: str, language: InterfaceLanguage
) -> None:
    result = check(claim, hits(passage, language=language), language)
    assert result.verdict == "unsupported", result


def test_a_denial_in_a_sentence_little_like_the_place_is_only_doubted() -> None:
    found = hits("The council approved a new stadium after months of loud argument.")
    claim = "Neighbours complained that lawyers never approved drainage."
    result = wrong_negation(Case(claim, found, "en"))
    assert result is not None
    assert (result.verdict, "never approved" in (result.reason or "")) == ("unsure", True)


@pytest.mark.parametrize(
    ("claim", "passage", "language"),
    [
        ("The line will open in 2026.", "If approved, the line will open in 2026.", "en"),
        ("The line will open in 2026.", "The line will open in 2026 unless costs rise.", "en"),
        ("Tuyến sẽ mở năm 2026.", "Nếu được duyệt, tuyến sẽ mở năm 2026.", "vi"),
    ],
)
def test_words_without_their_condition_are_not_verbatim(
    claim: str, passage: str, language: InterfaceLanguage
) -> None:
    found = hits(passage, language=language)
    assert verbatim(Case(claim, found, language)) is None
    whole = verbatim(Case(passage, found, language))
    assert whole is not None
    assert whole.verdict == "supported"


def test_only_restricts_and_a_command_does_not() -> None:
    assert restricts("Chỉ khách quen được giảm giá.")
    assert restricts("The gate opens only at noon.")
    assert not restricts("Ông chỉ huy một đội tàu.")


def test_a_condition_opens_with_its_own_word() -> None:
    assert opens_condition("Unless it rains, we play.")
    assert opens_condition(" nếu trời mưa")
    assert not opens_condition("we play if it rains")


def test_between_languages_a_verb_can_deny_as_well() -> None:
    found = hits("Parking in front of the school gate is prohibited.")
    result = check("Không được đỗ xe trước cổng trường.", found, "vi")
    assert "phủ định" not in (result.reason or "")


def test_a_denial_without_marks_is_one() -> None:
    assert says_not("KHONG dung aspirin khi sot.")
    assert "nguoi" in negated("Khong nguoi nao ky.")
    for text in ("Hang khong Viet Nam.", "Khong khi trong lanh.", "Di hay khong?"):
        assert not says_not(text)


@pytest.mark.parametrize(
    ("claim", "passage", "language", "verdict"),
    [
        # Free of charge denies nothing but a price.
        ("Sinh viên không phải nộp đơn.", "free", "vi", "unsupported"),
        ("Trẻ em không được ăn miễn phí.", "free", "vi", "unsupported"),
        ("Thư viện không thu phí.", "free", "vi", None),
        # By a verb.
        ("Thuyền trưởng va vào cầu.", "verbs", "vi", "unsupported"),
        ("Hội đồng cấp phép cho dự án.", "verbs", "vi", "unsupported"),
        ("Được bơi ở hồ Xanh.", "verbs", "vi", "unsure"),
        ("Giám đốc xả thải ra sông.", "verbs", "vi", "unsure"),
        ("Không được bơi ở hồ Xanh.", "verbs", "vi", None),
        ("Hội đồng không cấp phép cho dự án.", "verbs", "vi", None),
        ("The union won the right to strike.", "failed", "en", "unsure"),
        ("The union did not win the right to strike.", "failed", "en", None),
        ("The navy failed to pay.", "failed", "en", "unsupported"),
        # Nobody but these, and only these.
        ("No one but residents may park in Mill Street.", "only", "en", None),
        ("Residents may not park in Mill Street.", "only", "en", "unsupported"),
        ("Non-residents may not park in Mill Street.", "only", "en", "unsure"),
        ("Only the captain may ring the bell.", "only", "en", None),
        ("The captain may not ring the bell.", "only", "en", "unsupported"),
        ("Ngoài cư dân, không ai được đỗ xe ở phố Cối Xay.", "chỉ", "vi", None),
        ("Cư dân không được đỗ xe ở phố Cối Xay.", "chỉ", "vi", "unsupported"),
        ("Người nơi khác không được đỗ xe ở phố Cối Xay.", "chỉ", "vi", "unsure"),
        ("Bà Hoa không ký hợp đồng.", "signed", "vi", None),
        ("Bà Hoa đã ký hợp đồng.", "signed", "vi", "unsupported"),
        ("Chỉ thuyền trưởng được gõ chuông.", "chỉ", "vi", None),
        ("Thuyền trưởng không được gõ chuông.", "chỉ", "vi", "unsupported"),
    ],
)
def test_what_a_denial_is_of(
    claim: str, passage: str, language: InterfaceLanguage, verdict: str | None
) -> None:
    text = {
        "free": "Sinh viên phải nộp đơn, trẻ em được ăn miễn phí. Thư viện mở cửa miễn phí.",
        "verbs": "Giám đốc phủ nhận việc xả thải ra sông. Thuyền trưởng suýt va vào cầu. "
        "Hội đồng từ chối cấp phép cho dự án. Cấm bơi ở hồ Xanh.",
        "failed": "The union failed to win the right to strike. The navy never failed to pay.",
        "signed": "Hợp đồng không có chữ ký của bà Hoa.",
        "only": "Only residents may park in Mill Street. No one but the captain may ring the bell.",
        "chỉ": "Chỉ cư dân được đỗ xe ở phố Cối Xay. Không ai ngoài thuyền trưởng được gõ chuông.",
    }[passage]
    case = Case(claim, hits(text, language=language), language)
    found = wrong_negation(case) or doubtful_negation(case)
    assert (found and found.verdict) == verdict


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Công ty phủ nhận việc bán hàng giả.", True),
        ("Tòa bác bỏ kháng cáo.", True),
        ("Nghiêm cấm câu cá.", True),
        ("Ông suýt ngã.", True),
        ("They failed to agree.", True),
        ("They never failed to agree.", True),
        ("Lệnh cấm được dỡ bỏ.", False),
        ("Thép không gỉ phủ sơn.", True),
        ("Công ty phủ sóng toàn quốc.", False),
        ("Hai bác nông dân đến.", False),
    ],
)
def test_verbs_that_deny(text: str, expected: bool) -> None:
    assert says_not(text) is expected


def test_a_denial_by_a_verb_is_compared_across_languages() -> None:
    vi = hits("Cấm đỗ xe trước cổng. Giám đốc phủ nhận việc xả thải.", language="vi")
    assert check("Parking in front of the gate is not allowed.", vi, "en").verdict != "unsupported"
    for claim in ("Parking in front of the gate is allowed.", "The director discharged waste."):
        found = check(claim, vi, "en")
        assert found.verdict != "supported"


CUT = {
    "en": (
        "There is no evidence that the drug harms mice. Doctors doubt that the vaccine works well. "
        "The rumour that the plant will close is false. All shops may open on Sundays, except "
        "bars. Critics alleged that the fund lost its reserve. The board announced that the line "
        "opens in May. The school has two halls and is not open to the public. "
        "If it rains, the match moves to Tarn Hall."
    ),
    "vi": (
        "Không có bằng chứng cho thấy thuốc gây ung thư. Bác sĩ nghi ngờ rằng thuốc chữa được "
        "sốt. Tin đập thủy điện vỡ là bịa đặt. Mọi cửa hàng được mở ngày lễ, trừ quán rượu. "
        "Thông báo cho biết trường khai giảng ngày 5/9. Trường có hai nhà và không mở cửa cho "
        "khách. Nếu trời mưa, trận đấu dời sang sân Lam."
    ),
}


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("The drug harms mice.", "en"),
        ("The vaccine works well.", "en"),
        ("The plant will close.", "en"),
        ("All shops may open on Sundays.", "en"),
        ("The fund lost its reserve.", "en"),
        ("The match moves to Tarn Hall.", "en"),
        ("Thuốc gây ung thư.", "vi"),
        ("Thuốc chữa được sốt.", "vi"),
        ("Đập thủy điện vỡ.", "vi"),
        ("Mọi cửa hàng được mở ngày lễ.", "vi"),
        ("Trận đấu dời sang sân Lam.", "vi"),
    ],
)
def test_words_cut_out_of_a_sentence_that_takes_them_back_are_doubted(
    claim: str, language: InterfaceLanguage
) -> None:
    case = Case(claim, hits(CUT[language], language=language), language)
    assert verbatim(case) is None
    found = cut_out(case)
    assert found is not None and found.verdict == "unsure"


@pytest.mark.parametrize(
    ("claim", "language", "certain"),
    [
        ("The school has two halls.", "en", True),
        ("Trường có hai nhà.", "vi", True),
        ("All shops may open on Sundays, except bars.", "en", True),
        # What somebody announced is left to the head.
        ("The line opens in May.", "en", False),
        ("Trường khai giảng ngày 5/9.", "vi", True),
    ],
)
def test_words_cut_out_of_a_sentence_that_says_more_besides_are_not_doubted(
    claim: str, language: InterfaceLanguage, certain: bool
) -> None:
    case = Case(claim, hits(CUT[language], language=language), language)
    assert (verbatim(case) is not None) is certain
    assert cut_out(case) is None


def test_the_reason_quotes_what_words_were_cut_out_of() -> None:
    found = cut_out(Case("Đập thủy điện vỡ.", hits(CUT["vi"], language="vi"), "vi"))
    assert found is not None
    assert found.reason == "đoạn được dẫn chỉ viết những lời này trong câu “Tin …”"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_letters_that_grow_or_shrink_where_they_are_compared_move_no_quote(
    language: InterfaceLanguage,
) -> None:
    claim, text = {
        "en": ("The plant will close.", "İİİİİİİİİİ opened. " + CUT["en"]),
        "vi": ("Đập thủy điện vỡ.", unicodedata.normalize("NFD", CUT["vi"])),
    }[language]
    found = cut_out(Case(claim, hits(text, language=language), language))
    assert found is not None and found.reason is not None
    assert {"en": "the rumour that …", "vi": "tin …"}[language] in found.reason
