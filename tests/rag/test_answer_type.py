"""What kind of answer a question wants."""

import pytest

from bilingual.orthography import fold
from rag.answer_type import answer_type, asks_for_list, asks_for_steps, counted, holds, numbers
from rag.question import check_question


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Who chaired the summit?", "who"),
        ("Ai chủ trì hội nghị?", "who"),
        ("Hội nghị do ai chủ trì?", "who"),
        ("Trí tuệ nhân tạo (AI) là gì?", "other"),
        ("AI được bàn ở hội nghị này ra sao?", "other"),
        ("current ai la gi", "other"),
        ("ai la gi", "other"),
        ("vai tro cua ai la gi", "other"),
        ("ai la giam doc", "who"),
        ("What did WHO say?", "other"),
        ("Who leads WHO?", "who"),
        ("WHO SIGNED?", "who"),
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
        ("What should I do when the light blinks?", "other"),
        ("Tell me when the meeting begins.", "when"),
        ("Những hành vi nào bị cấm?", "other"),
        ("Đơn vị nào phụ trách?", "who"),
        ("Nguyên nhân vụ cháy là gì?", "why"),
        ("What caused the fire?", "why"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert answer_type(check_question(text, 2000)) == kind
    if text != fold(text) and "AI " not in text:
        assert answer_type(check_question(fold(text), 2000)) == kind


def test_sentences_hold_answers_of_their_kind() -> None:
    assert holds("when", "It opened on February 10.") and not holds("when", "It opened in Paris.")
    assert holds("when", "Hội nghị họp ngày 10 tháng 2.")
    assert all(holds("how_many", f"{word} came.") for word in ("Thirteen", "Eighty", "Ninetieth"))
    assert holds("when", "It lasts seventy days.")
    assert holds("how_many", "Sixty and three.") and not holds("how_many", "Many came.")
    assert holds("who", "It was led by Emmanuel Macron.") and not holds("who", "It was led well.")
    assert holds("why", "They refused because of it.")


def test_marks_tell_numbers_from_other_words() -> None:
    assert not holds("how_many", "Sau đó bà Mai bay về Đà Lạt.")
    assert holds("how_many", "Sáu người bay về Đà Lạt.")
    assert holds("how_many", "Sau nguoi bay ve Da Lat.")


@pytest.mark.parametrize(
    "sentence",
    [
        "The account is locked for 20 minutes.",
        "Probation lasts four months.",
        "It is approved within five working days.",
        "The desk is open on Tuesdays.",
        "The fair opens in May.",
        "Họ thử việc sáu tháng.",
        "Hồ sơ được trả trong chín mươi ngày.",
        "Cuộc họp diễn ra vào sáng thứ hai.",
        "Doanh thu quý III tăng.",
        "Ho thu viec sau 3 thang.",
    ],
)
def test_times_and_lengths_of_time_answer_when(sentence: str) -> None:
    assert holds("when", sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Staff may work from home.",
        "They march on.",
        "Nhà máy đã đóng cửa.",
        "Kho lạnh thứ hai rộng hơn.",
        "Prices rose by 14.1 per cent.",
    ],
)
def test_what_only_looks_like_a_date_does_not(sentence: str) -> None:
    assert not holds("when", sentence)


def test_five_is_told_from_the_year() -> None:
    assert numbers("Có năm chủ đề.") and not numbers("Mỗi năm họ gặp nhau.")
    assert [*numbers("Năm 2024 có lũ.")] == [(4, 8)]


@pytest.mark.parametrize(
    ("text", "names_it"),
    [
        ("How many countries signed?", True),
        ("How much does it cost?", False),
        ("How much water is used?", True),
        ("Phí là bao nhiêu tiền?", False),
        ("Có bao nhiêu nước ký?", True),
    ],
)
def test_what_is_counted_is_named_or_not(text: str, names_it: bool) -> None:
    assert (counted(check_question(text, 2000)) is not None) is names_it


def test_who_asks_for_steps() -> None:
    for text in ("How do I reset it?", "Cách đăng ký thế nào?", "Lam the nao de xin nghi?"):
        assert asks_for_steps(check_question(text, 2000))
    for text in ("Who reset it?", "How many steps are there?"):
        assert not asks_for_steps(check_question(text, 2000))


def test_who_asks_for_a_list() -> None:
    for text in ("Hồ sơ gồm những gì?", "What are the duties of the tenant?", "List the members."):
        assert asks_for_list(check_question(text, 2000))
    for text in ("Who is the tenant?", "Hồ sơ nộp ở đâu?"):
        assert not asks_for_list(check_question(text, 2000))


def test_letters_that_grow_in_lower_case_move_no_number() -> None:
    sentence = "İİİ İzmir has 12 ports."
    [(start, end)] = numbers(sentence)
    assert sentence[start:end] == "12"
