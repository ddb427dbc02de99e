"""Sentence boundaries."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilingual.sentences import split


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ông đến TP. Hồ Chí Minh. Bà ở lại.", ["Ông đến TP. Hồ Chí Minh.", "Bà ở lại."]),
        ("GS. Nguyễn Văn A. phát biểu. Hết.", ["GS. Nguyễn Văn A. phát biểu.", "Hết."]),
        ("Hơn 1.000 đại biểu. 3.5 triệu.", ["Hơn 1.000 đại biểu.", "3.5 triệu."]),
        ("Từ 10-13/2. Sau đó về.", ["Từ 10-13/2.", "Sau đó về."]),
        ("Các công ty lớn mạnh hơn. Phát ngôn viên nói.", None),
        ("Mr. Macron spoke. Dr. Vance left.", ["Mr. Macron spoke.", "Dr. Vance left."]),
        ("The U.S. Senate voted. It passed.", ["The U.S. Senate voted.", "It passed."]),
        ("He lives in the U.S. He is fine.", ["He lives in the U.S.", "He is fine."]),
        ("J. D. Vance came on Feb. 10. He left.", ["J. D. Vance came on Feb. 10.", "He left."]),
        ("“Chúng tôi đồng ý.” Ông nói.", ["“Chúng tôi đồng ý.”", "Ông nói."]),
        ("Bà hỏi: “Tại sao?” rồi đi. Hết.", ["Bà hỏi: “Tại sao?” rồi đi.", "Hết."]),
        ("Vào https://a.vn/b.html. Xong.", ["Vào https://a.vn/b.html.", "Xong."]),
        ("Thật à?! Vâng…", ["Thật à?!", "Vâng…"]),
        ("Say no. Then go.", ["Say no.", "Then go."]),
    ],
)
def test_boundaries(text: str, expected: list[str] | None) -> None:
    assert sentences(text) == (expected or text.replace(". ", ".|").split("|"))


@pytest.mark.parametrize(
    "label",
    [
        "Điều 5.",
        "Dieu 5a.",
        "Khoản 2.",
        "Bước 1.",
        "Mục 3.",
        "Chương II.",
        "Câu 1.",
        "Câu hỏi 12.",
        "Phần IV.",
        "Phần thứ nhất.",
        "Phụ lục B.",
        "Step 3.",
        "Article 4.",
        "Section 2.1.",
        "CHAPTER III.",
    ],
)
def test_a_label_with_its_number_goes_with_what_it_numbers(label: str) -> None:
    assert sentences(f"{label} Theo dõi máy.") == [f"{label} Theo dõi máy."]
    assert sentences(f"**{label} Theo dõi máy**") == [f"**{label} Theo dõi máy**"]
    assert sentences(f"Xong. {label} Theo dõi máy. Hết.") == [
        "Xong.",
        f"{label} Theo dõi máy.",
        "Hết.",
    ]
    assert sentences(f"{label} Mục 1. Theo dõi máy.") == [f"{label} Mục 1. Theo dõi máy."]
    assert sentences(f"Làm theo {label} Sau đó nghỉ.") == [f"Làm theo {label}", "Sau đó nghỉ."]


@pytest.mark.parametrize("number", ["1.2.", "II.", "A.", "**3."])
def test_a_bare_number_is_a_label_only_where_a_line_starts(number: str) -> None:
    assert sentences(f"{number} Theo dõi máy") == [f"{number} Theo dõi máy"]


def test_a_bare_number_that_answers_is_a_sentence() -> None:
    assert sentences("Có mấy loại? 2. Theo bảng, còn một.") == [
        "Có mấy loại?",
        "2.",
        "Theo bảng, còn một.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Gọi IT (ext. 555) ngay.",
        "Dial ext. 4400 now.",
        "Order part no. NV-H13-300 today.",
        "Tel. 0161 555 or Tel. (+84) 299.",
        "Tải trọng max. 5 kg, min. 3 kg, approx. 4 kg.",
        "Use a tool, e.g. 5 mm wide, i.e. France's.",
        "See Fig. 3 and Art. 12.",
        "Minh Tam Co. Ltd. and Gamuda Sdn. Bhd. signed.",
        "Có PGS.TS. Nguyễn An, ThS. Lê Bình, BS. Trần Cúc, TSKH. Vũ Dũng.",
        "Về TP. Hồ Chí Minh và tp. Đà Nẵng.",
        "Near St. Andrews and Mt. Fuji.",
        "He spoke (in Rome. Not Milan) of it.",
        "Duyệt: PGĐ. Cao Bích Thủy, HLV. Park Hang-seo, TTND. Trần Hùng, Lm. Phêrô.",
        "Khám ở BV. Chợ Rẫy, học ĐH. Quốc Gia, làm ở Cty. Mây Trắng, KCN. Sóng Thần.",
        "STT. 5 ở Km. 12 QL. 1A, nhà SN. 7, KP. 3.",
        "Vd. Hà Nội.",
        "KT. GIÁM ĐỐC",
        "TM. Ủy ban nhân dân",
    ],
)
def test_the_stop_of_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Acme Ltd.|This handbook is new.",
        "He went to the max.|Then he left.",
        "The shop is on Main St.|The door is red.",
        "Say no.|Nobody did.",
        "Step 3?|Nobody knows.",
        "(He left.)|She stayed (for tea).",
        "He left (she stayed.|Nobody knows where she went, or why she would ever go there) so.",
        "An open ( is nothing.|She stayed.",
        "Ghi nhận 12 ca.|5 người đã khỏi.",
        "Bà nằm ở BV.|Sau đó bà về.",
        "Anh làm GĐ.|Ông Nam làm PGĐ.|Công ty lớn lên.",
        "Xe chạy 3 km.|5 người đã xuống.",
        "Họ đo bằng KT.|Tổng có 5 máy.",
    ],
)
def test_what_looks_like_an_abbreviation_still_ends_a_sentence(text: str) -> None:
    assert sentences(text.replace("|", " ")) == text.split("|")


def test_list_items_are_sentences_without_their_marker() -> None:
    assert sentences("Ưu tiên:\n- mở;\n* bao trùm;\n(1) minh bạch\n(b) mở rộng;\n2. Bền vững.") == [
        "Ưu tiên:",
        "mở;",
        "bao trùm;",
        "minh bạch",
        "mở rộng;",
        "Bền vững.",
    ]


def test_a_hard_wrapped_paragraph_is_joined_and_a_heading_is_not() -> None:
    text = (
        "Changing our approach\n"
        "The agreement was signed by the French President, Mr. Emmanuel\n"
        "Macron, and by the Prime Minister of India, Narendra Modi, in Paris\n"
        "on the tenth. It holds."
    )
    found = sentences(text)
    assert found[0] == "Changing our approach"
    assert found[1].startswith("The agreement") and found[1].endswith("on the tenth.")
    assert found[2] == "It holds."


def test_a_blank_line_always_ends_a_sentence() -> None:
    assert sentences("first part\n\nsecond part") == ["first part", "second part"]


def test_lines_without_words_are_no_sentences() -> None:
    assert sentences("---\n\n***\n\n…") == []


@given(st.text(alphabet=st.sampled_from('aĂb. \n-!?“”"(1)Đ;:…\t'), max_size=200))
def test_spans_are_in_order_and_hold_every_letter(text: str) -> None:
    spans = split(text)
    assert all(start < end for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    covered = {place for start, end in spans for place in range(start, end)}
    # "b. " may be the marker of a list item, which is left out; capitals never are.
    letters = {place for place, char in enumerate(text) if char in "ĂĐ"}
    assert letters <= covered
