"""What rose is not what fell, what came first not what came last, a deputy not the head."""

from __future__ import annotations

import pytest

from bilingual.texts import InterfaceLanguage
from rag.checking.claims import check
from rag.checking.directions import turned
from rag.checking.orders import other_order
from rag.checking.ranks import other_rank
from tests.rag.passages import hits

CROP = "Sản lượng đạt 1.850 tấn, giảm 12% so với niên vụ trước. Cầu thông xe chậm 8 tháng."
FIRM = (
    "Turnover fell from £61 million in 2022 to £54 million in 2023, down from 70 in 2021. "
    "Exports rose by nearly 5%, and the plant opened eight months late."
)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Sản lượng tăng 12%.", CROP),
        ("The harvest rose by 12%.", CROP),
        ("Cầu thông xe sớm 8 tháng.", CROP),
        ("The bridge opened 8 months early.", CROP),
        ("Turnover rose from £54 million to £61 million.", FIRM),
        ("Doanh thu tăng từ 54 triệu bảng lên 61 triệu bảng.", FIRM),
        ("There was a 5% drop in exports.", FIRM),
    ],
)
def test_a_change_the_other_way_round_is_found(claim: str, evidence: str) -> None:
    assert turned(claim, evidence) is not None


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Sản lượng giảm 12%.", CROP),
        ("The harvest fell 12%.", CROP),
        ("In 2022 turnover was up at £61 million.", FIRM),
        ("Turnover was up to 70 in 2021.", FIRM),
        ("Turnover went down from 61 to 54 million.", FIRM),
        ("Exports increased 5%.", FIRM),
        ("It opened 8 months behind schedule.", FIRM),
        ("Prices rose 12% and wages fell 12%.", "Prices rose 12% while wages fell 12%."),
    ],
)
def test_a_change_told_in_other_words_is_the_same(claim: str, evidence: str) -> None:
    assert turned(claim, evidence) is None


TRIAL = "The results were published in March 2024, before the drug was approved in July."
GIFT = "Ông Khoát tặng bảo tàng bộ sưu tập năm 2016, một năm trước khi qua đời."


@pytest.mark.parametrize(
    ("claim", "passage", "language", "wrong"),
    [
        ("The drug was approved before the results were published.", TRIAL, "en", True),
        ("The results were published after the drug was approved.", TRIAL, "en", True),
        ("The drug was approved after the results were published.", TRIAL, "en", False),
        ("The results were published before the drug's approval.", TRIAL, "en", False),
        ("Ông Khoát tặng bộ sưu tập sau khi qua đời.", GIFT, "vi", True),
        ("Ông Khoát qua đời sau khi tặng bộ sưu tập.", GIFT, "vi", False),
        ("Ông Khoát tặng bộ sưu tập trước khi qua đời.", GIFT, "vi", False),
    ],
)
def test_what_came_first_is_not_told_as_last(
    claim: str, passage: str, language: InterfaceLanguage, wrong: bool
) -> None:
    assert (other_order(claim, passage, language) is not None) is wrong


PROVINCE = "Phó Chủ tịch tỉnh Trần Phước Hiền chỉ đạo. Bà Đinh Thị Lụa là phó ban quản trị."
CLUB = "Deputy Minister Bui Hoang Phuong led it. Ann Lee, head of the board, met the vice chair."


@pytest.mark.parametrize(
    ("claim", "evidence", "wrong"),
    [
        ("Chủ tịch tỉnh Trần Phước Hiền chỉ đạo.", PROVINCE, True),
        ("Bà Đinh Thị Lụa là trưởng ban quản trị.", PROVINCE, True),
        ("Phó Chủ tịch Trần Phước Hiền chỉ đạo.", PROVINCE, False),
        ("Trần Phước Hiền, Phó Chủ tịch tỉnh, chỉ đạo.", PROVINCE, False),
        ("Minister Bui Hoang Phuong led it.", CLUB, True),
        ("Ann Lee is deputy head of the board.", CLUB, True),
        ("Bui Hoang Phuong was Deputy Minister.", CLUB, False),
        ("Ann Lee became head of it.", CLUB, False),
        ("The vice president of the United States spoke.", "The president of the United States.",
         False),
    ],
)  # fmt: skip
def test_a_deputy_is_not_who_holds_the_post(claim: str, evidence: str, wrong: bool) -> None:
    assert (other_rank(claim, evidence) is not None) is wrong


@pytest.mark.parametrize(
    ("claim", "passage", "language"),
    [
        ("Sản lượng tăng 12% so với niên vụ trước.", CROP, "vi"),
        ("The drug was approved before the results were published.", TRIAL, "en"),
        ("Chủ tịch tỉnh Trần Phước Hiền chỉ đạo.", PROVINCE, "vi"),
        ("Bão làm 17 người chết và 4 người bị thương.",
         "Bão làm 4 người chết, 17 người bị thương và 2.150 ngôi nhà tốc mái.", "vi"),
    ],
)  # fmt: skip
def test_what_is_turned_about_is_unsupported(
    claim: str, passage: str, language: InterfaceLanguage
) -> None:
    result = check(claim, hits(passage, language=language), language)
    assert result.verdict == "unsupported" and result.reason


def test_what_one_clause_affirms_another_may_deny_of_something_else() -> None:
    passage = "The firm closed its Hull plant but kept its factory in Wakefield."
    found = hits(passage)
    assert check("The factory in Wakefield was not closed.", found, "en").verdict != "unsupported"
    assert check("The firm did not close its Hull plant.", found, "en").verdict == "unsupported"
