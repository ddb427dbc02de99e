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


def test_list_items_are_sentences_without_their_marker() -> None:
    assert sentences("Ưu tiên:\n- mở;\n* bao trùm;\n(1) minh bạch\n2. Bền vững.") == [
        "Ưu tiên:",
        "mở;",
        "bao trùm;",
        "minh bạch",
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
