"""Language identification."""

import pytest

from bilingual.language import document_language, identify
from bilingual.orthography import fold

VIETNAMESE = [
    "Nước nào không ký tuyên bố chung?",
    "Ai đồng chủ trì hội nghị?",
    "Bùi Hoàng Phương dẫn đầu đoàn Việt Nam tham dự AI Action Summit từ ngày nào?",
    "JD Vance nói gì về quy định AI?",
    "Nền tảng Current AI phục vụ ai?",
    "Cơ quan Năng lượng Quốc tế (IEA) làm gì?",
]
ENGLISH = [
    "Who led the Vietnamese delegation?",
    "Who is Bùi Hoàng Phương?",
    "What did Macron say about nuclear power?",
    "Which countries are among the signatories?",
    "How many countries signed?",
    "Did the UK sign?",
    "Can I change my PIN?",
    "Do I pay a fee?",
    "May we bring a cat?",
    "Can my son come to Hà Nội?",
]


@pytest.mark.parametrize("text", VIETNAMESE)
def test_vietnamese_with_and_without_marks(text: str) -> None:
    assert identify(text) == "vi"
    assert identify(fold(text)) == "vi-nomarks"


@pytest.mark.parametrize("text", ENGLISH)
def test_english_with_vietnamese_names(text: str) -> None:
    assert identify(text) == "en"


def test_names_alone_do_not_make_an_english_question_vietnamese() -> None:
    assert identify("Did Bui Hoang Phuong and Nguyen Van A meet Macron in Paris?") == "en"


def test_a_document_without_marks_is_vietnamese() -> None:
    assert document_language("Cac nuoc tham gia da thong qua tuyen bo chung ve AI.") == "vi"


@pytest.mark.parametrize(
    "text", ["can bao nhieu tien", "do ai ky", "may bay co gi", "can cu nao", "my co ky khong"]
)
def test_syllables_that_also_open_english_questions(text: str) -> None:
    assert identify(text) == "vi-nomarks"


def test_text_without_words_is_english() -> None:
    assert identify("2025?") == "en"
