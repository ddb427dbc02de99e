"""What kind of answer a question wants."""

import pytest

from bilingual.orthography import fold
from rag.answer_type import answer_type, holds
from rag.question import check_question


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Who chaired the summit?", "who"),
        ("Ai chủ trì hội nghị?", "who"),
        ("Hội nghị do ai chủ trì?", "who"),
        ("Trí tuệ nhân tạo (AI) là gì?", "other"),
        ("AI được bàn ở hội nghị này ra sao?", "other"),
        ("When was it held?", "when"),
        ("Hội nghị diễn ra khi nào?", "when"),
        ("Đoàn Việt Nam dự hội nghị từ ngày nào?", "when"),
        ("How many countries signed?", "how_many"),
        ("Bao nhiêu nước đã ký?", "how_many"),
        ("Có mấy nước đã ký?", "how_many"),
        ("Mấy giờ phải đăng ký?", "when"),
        ("Làm hỏng máy thì sao?", "other"),
        ("Where was it held?", "where"),
        ("Hội nghị được tổ chức ở đâu?", "where"),
        ("Why did the UK not sign?", "why"),
        ("Vì sao Anh không ký?", "why"),
        ("What does the statement say about energy?", "other"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert answer_type(check_question(text, 2000)) == kind
    if text != fold(text) and "AI " not in text:
        assert answer_type(check_question(fold(text), 2000)) == kind


def test_sentences_hold_answers_of_their_kind() -> None:
    assert holds("when", "It opened on February 10.") and not holds("when", "It opened in Paris.")
    assert holds("when", "Hội nghị họp ngày 10 tháng 2.")
    assert holds("how_many", "Sixty and three.") and not holds("how_many", "Many came.")
    assert holds("who", "It was led by Emmanuel Macron.") and not holds("who", "It was led well.")
    assert holds("why", "They refused because of it.")


def test_marks_tell_numbers_from_other_words() -> None:
    assert not holds("how_many", "Sau đó bà Mai bay về Đà Lạt.")
    assert holds("how_many", "Sáu người bay về Đà Lạt.")
    assert holds("how_many", "Sau nguoi bay ve Da Lat.")
