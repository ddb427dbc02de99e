from __future__ import annotations

import pytest

from bilingual.name_matching import evidence_keys, is_found, spelt_otherwise
from bilingual.names import names_in
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
        ("They met on Wed, Nov. 7 and again on Mar. 5.", "en", []),
        ("We saw Sun Microsystems and Jan Novak.", "en", ["Sun Microsystems", "Jan Novak"]),
        ("Unlike France, they signed.", "en", ["France"]),
        ("I saw Mrs. Jones there.", "en", ["Jones"]),
        ("Họ mời TS. Nguyễn Văn An đến.", "vi", ["Nguyễn Văn An"]),
        ("Họ mời người Nhật đến vào Chủ Nhật, Thứ Ba.", "vi", ["Nhật"]),
        ("Bà ấy làm Tổng Giám đốc từ lâu.", "vi", []),
        ("Gửi đơn tới Phòng Nhân sự trước hạn.", "vi", []),
        ("Theo Bộ Tài chính thì thuế giảm.", "vi", []),
        ("Bà ấy vào Hội đồng Quản trị.", "vi", []),
        ("Ông gặp Trần Văn Hải quan tâm việc ấy.", "vi", ["Trần Văn Hải"]),
        ("Khách sạn Sao Mai ở đâu?", "vi", ["Sao Mai"]),
        ("Hà Nội có bao nhiêu dân?", "vi", ["Hà Nội"]),
        ("Quy Nhơn có bao nhiêu dân?", "vi", ["Quy Nhơn"]),
        ("I met Justice P. R. Okonjo there.", "en", ["Justice P. R. Okonjo"]),
        ("I met J.D. Quill there.", "en", ["J.D. Quill"]),
        ("Họp từ tháng Chín đến tháng Mười Hai, vào thứ Sáu.", "vi", []),
        ("Lễ vào mồng Ba, chủ Nhật.", "vi", []),
        ("Ông Chín họp vào tháng Chín.", "vi", ["Chín"]),
        ("Họ ở A Lưới và An Giang.", "vi", ["A Lưới", "An Giang"]),
        ("Hãng Apple bán gì?", "vi", ["Apple"]),
        ("Muốn AI có ích thì làm gì?", "vi", ["AI"]),
        ("Họ dự Hội nghị AI Thế giới.", "vi", ["AI"]),
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
        ("Bùi Thanh Hải", "Bui Thanh Hai came"),
        ("Bùi Thanh Hải", "ông bùi thanh hải vắng mặt"),
        ("Bui Thanh Hai", "ông Bùi Thanh Hải vắng mặt"),
        ("Bùi Thanh Hải", "BÙI THANH HẢI vắng mặt"),
        ("Hà Nội", "in Hanoi"),
        ("Bộ TT&TT", "theo Bộ Thông tin và Truyền thông"),
        ("GDĐT", "ngành giáo dục và đào tạo"),
        ("Sở GD&ĐT", "Sở Giáo dục và Đào tạo"),
        ("BHXH", "quỹ bảo hiểm xã hội"),
        ("NASA", "the National Aeronautics and Space Administration"),
        ("FAA", "the Federal Aviation Administration"),
        ("Bộ Ngoại Giao", "tại Bộ Ngoại giao hôm qua"),
        ("Sở GD-ĐT", "Sở Giáo dục và Đào tạo"),
        ("OA218", "flight OA 218 from Varga"),
        ("Sở GD-ĐT", "theo Sở GD&ĐT"),
        ("Jean Luc Morel", "when Jean-Luc Morel spoke"),
        ("Jean-Luc Morel", "when Jean Luc Morel spoke"),
        ("HLV Park Dong Su", "HLV Park Dong-su"),
        ("Thầy Khiêm", "ông Đào Duy Khiêm"),
        ("Mekong", "lưu vực sông Mê Công"),
        ("Justice Okonjo", "Justice P. R. Okonjo wrote"),
        ("J.D. Quill", "by J. D. Quill"),
        ("JD Quill", "by J. D. Quill"),
        ("J. D. Quill", "by J.D. Quill"),
        ("I. Marchetti-Boone", "governor, Ilse Marchetti-Boone"),
        ("J. D. Quill", "by Jane Dorothy Quill"),
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
        ("Bùi Thanh Hải", "Bùi Thanh Sơn vắng mặt hai lần"),
        ("Bui Thanh Hai", "Bùi Thanh Sơn vắng mặt hai lần"),
        ("Bùi Thanh Hải", "Bùi Thanh Sơn vắng mặt. Hai lần"),
        ("BHXH", "bảo hiểm y tế"),
        ("NASA", "National Aeronautics. Space Administration"),
        ("FAA", "we found all answers"),
        ("Hà Nội", "nhân viên ở Hà Tĩnh học nội trú"),
        ("GPT-5", "GPT-4 and 5 others"),
        ("Jean-Paul Morel", "Jean-Luc Morel and Paul Roux"),
        ("K. Quill", "by Jane Quill"),
        ("Sở GD-ĐT", "theo Sở KH&ĐT"),
    ],
)
def test_another_name_is_not_found(name: str, evidence: str) -> None:
    (found,) = names_in(f"x {name} y", "en")
    assert not is_found(found, evidence_keys(evidence), across=False)


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("Professor Anne Smith", "Anne Smith wrote it"),
        ("Sir Keir Starmer", "Keir Starmer came"),
        ("PGS.TS Trần Bình", "ông Trần Bình đến"),
        ("Giáo Sư Ngô Bảo Châu", "ông Ngô Bảo Châu đến"),
    ],
)
def test_a_title_of_courtesy_need_not_be_found(name: str, evidence: str) -> None:
    (found,) = names_in(f"x {name} y", "en")
    assert is_found(found, evidence_keys(evidence), across=False)
    assert not is_found(found, evidence_keys("ông Lê Minh, Jane Brown"), across=False)


def test_titles_of_office_are_looked_for_only_within_a_language() -> None:
    (name,) = names_in("x President Macron y", "en")
    evidence = evidence_keys("Tổng thống Macron")
    assert is_found(name, evidence, across=True)
    assert not is_found(name, evidence, across=False)


def test_a_vietnamese_title_in_capitals_is_not_looked_for_in_english() -> None:
    (name,) = names_in("x Thủ Tướng Phạm Minh Chính y", "vi")
    assert is_found(name, evidence_keys("Prime Minister Pham Minh Chinh came"), across=True)
    assert not is_found(name, evidence_keys("Prime Minister Pham Van Dong came"), across=True)


@pytest.mark.parametrize(
    ("name", "evidence", "expected"),
    [
        ("Bà Trần Thị Hoa", "bà Trần Thị Hòa dạy hát", True),
        ("Ông Thúc", "ông Ngô Đình Thục ký", True),
        ("Lê Văn Bình", "ông Lê Văn Bính trồng chè", True),
        ("Bà Trần Thị Hoà", "bà Trần Thị Hòa dạy hát", False),
        ("Ông Lê Văn Bính", "Mr Le Van Binh grew tea", False),
        ("Le Van Binh", "ông Lê Văn Bính trồng chè", False),
        ("Đội Arsenal", "Đôi khi Arsenal thua", False),
        ("Hội Nông Dân", "hội nông dân họp", False),
    ],
)
def test_names_with_marks_differ_in_them(name: str, evidence: str, expected: bool) -> None:
    (found,) = names_in(f"x {name} y", "vi")
    assert is_found(found, evidence_keys(evidence), across=False)
    assert spelt_otherwise(found, evidence_keys(evidence)) is expected
