"""What may be asked."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bilingual.lexicon import default_lexicon
from rag.assistant import Assistant
from rag.courtesy import is_courtesy
from rag.errors import QuestionEmptyError, QuestionTooLongError, QuestionUnreadableError
from rag.question import check_question, reread
from rag.terms import terms_of
from rag.types import Hit, Question
from tests.fakes import HashEncoder
from tests.rag.passages import hit
from vectorstore import Library, Writer


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "?!…", "🙂🙂", "\u200b"])
def test_a_question_without_a_word_is_empty(text: str) -> None:
    with pytest.raises(QuestionEmptyError):
        check_question(text, 2000)


@pytest.mark.parametrize("text", ["a\x00b", "ai\ud800?", "nước\x1b[31m"])
def test_a_question_with_unreadable_characters_names_them(text: str) -> None:
    with pytest.raises(QuestionUnreadableError) as caught:
        check_question(text, 2000)
    assert "U+" in str(caught.value)


def test_a_twenty_megabyte_question_is_refused_with_both_lengths() -> None:
    with pytest.raises(QuestionTooLongError) as caught:
        check_question("a" * 20_000_000, 2000)
    assert "20000000" in str(caught.value) and "2000" in caught.value.message("vi")


def test_white_space_and_normal_form_are_settled() -> None:
    typed = unicodedata.normalize("NFD", "  Ai\n chủ trì   hội nghị? ")
    question = check_question(typed, 2000)
    assert question.text == "Ai chủ trì hội nghị?"
    assert (question.language, question.answer_language) == ("vi", "vi")


def test_a_question_without_marks_is_answered_in_vietnamese() -> None:
    question = check_question("nuoc nao khong ky tuyen bo", 2000)
    assert (question.language, question.answer_language) == ("vi-nomarks", "vi")


def no_counts(words: Sequence[str]) -> list[int]:
    return [0] * len(words)


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        (
            "Good morning, I was wondering whether the office opens on Saturday.",
            "whether the office opens on Saturday.",
        ),
        (
            "Dear colleagues, sorry to bother you. How long is probation? Thanks a lot!",
            "How long is probation?",
        ),
        ("Hello, I hope you are well. Who chaired the summit?", "Who chaired the summit?"),
        ("Hi Anna, I hope you can help me: what is the deadline?", "what is the deadline?"),
        ("Could you kindly tell me whether China signed it?", "whether China signed it?"),
        ("My badge is lost, could you please tell me who to call", "My badge is lost, who to call"),
        ("When does it open? Best regards, Minh", "When does it open?"),
        (
            "Dạ em chào anh/chị ạ, cho em hỏi nghỉ phép được mấy ngày ạ?",
            "nghỉ phép được mấy ngày ạ?",
        ),
        (
            "Kính gửi phòng nhân sự, xin cho biết hạn nộp báo cáo, trân trọng cảm ơn.",
            "hạn nộp báo cáo",
        ),
        ("Mong anh chị chỉ giúp cách đăng ký VPN. Chân thành cảm ơn!", "cách đăng ký VPN."),
        (
            "da em chao anh/chi a, cho em hoi nghi phep duoc bao nhieu ngay a, em cam on",
            "nghỉ phép được bao nhiêu ngày à",
        ),
        ("kinh gui phong nhan su, xin cho biet han nop bao cao, cam on", "hạn nộp báo cáo"),
        ("mong anh chi chi giup cach dang ky nghi phep", "cách đăng ký nghỉ phép"),
        ("Thanks! And why?", "And why?"),
        ("OK, so who chaired the summit?", "who chaired the summit?"),
        ("Okay so when does it open?", "when does it open?"),
        ("OK. Nước nào không ký?", "Nước nào không ký?"),
    ],
)
def test_courtesy_is_not_searched_for_and_the_question_stays_as_typed(
    typed: str, marked: str
) -> None:
    question = check_question(typed, 2000)
    assert (question.text, question.marked) == (typed, marked)


@pytest.mark.parametrize(
    "typed",
    [
        "Hi-tech companies signed what?",
        "Dear prices hurt whom?",
        "Morning shift, when does it start?",
        "Can I ask for leave on Monday?",
        "What is Vietnamese for thanks?",
        "How do I write a thank you letter?",
        "I hope you have the list of states that signed.",
        "Cháo gà nấu thế nào?",
        "Chào hàng, báo giá do ai duyệt?",
        "Dạ dày đau thì nghỉ mấy ngày?",
        "Gửi báo cáo cho ai, khi nào?",
        "Ai đã chân thành cảm ơn Việt Nam?",
        "Khi mất thẻ, cần hỏi ai?",
        "OK Corral was where?",
        "Well water is tested how often?",
        "So sánh hai nước, nước nào lớn hơn?",
    ],
)
def test_what_only_begins_or_ends_like_courtesy_is_searched_for(typed: str) -> None:
    assert check_question(typed, 2000).marked == typed


@pytest.mark.parametrize("typed", ["Hello!", "Good morning", "Cảm ơn anh chị ạ", "Can you help?"])
def test_courtesy_alone_is_left_as_it_is(typed: str) -> None:
    assert check_question(typed, 2000).marked == typed


@pytest.mark.parametrize(
    "typed",
    [
        "xin chào", "chào bạn", "Xin chào! Bạn là ai?", "hi", "Hello?", "Hi Anna", "alo", "thanks!",
        "ok cảm ơn", "Được rồi, cảm ơn bạn nhé!", "good morning", "tạm biệt", "bye", "help",
        "Who are you?", "What can you do?", "Are you a robot?", "bạn tên gì?",
        "Bạn giúp được gì cho tôi?", "Em chào chị ạ, cho em hỏi chút ạ", "xin chao", "ban la ai",
        "cam on ban rat nhieu", "ban lam duoc gi", "tam biet",
    ],
)  # fmt: skip
def test_courtesy_and_questions_about_the_program_ask_nothing(typed: str) -> None:
    assert is_courtesy(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "Thanks! And why?", "Cảm ơn ai?", "Chào anh Minh là ai?", "Chào hàng cạnh tranh",
        "Who can help me?", "Help desk phone number", "Xin chào, nước nào không ký?",
        "hi, who chaired it?", "Who are they?", "Bạn của Macron là ai?", "Máy là gì?",
        "What can the US do?", "ok, còn Pháp?", "Test results", "Hi-tech companies signed what?",
    ],
)  # fmt: skip
def test_a_question_among_courtesy_is_one(typed: str) -> None:
    assert not is_courtesy(typed)


@pytest.mark.parametrize("typed", ["hi " * 660, "chao ban " * 200 + "x", "mong anh " * 220])
def test_talk_without_end_is_read_at_once(typed: str) -> None:
    assert isinstance(is_courtesy(typed), bool)


def test_terms_stand_where_they_say_though_courtesy_went_before_them() -> None:
    question = check_question("Good morning, can you tell me whether Chad signed? Thanks", 2000)
    terms = terms_of(question, default_lexicon())
    assert [term.text for term in terms] == ["Chad", "signed"]
    assert [question.marked[term.start : term.end] for term in terms] == ["Chad", "signed"]


@pytest.mark.parametrize("typed", ["em an " * 330, "hi " * 660, "mong anh " * 220])
def test_courtesy_without_end_is_read_at_once(typed: str) -> None:
    assert check_question(typed, 2000).text == typed.strip()


def test_a_question_read_again_is_still_without_its_courtesy() -> None:
    question = check_question("xin chao, cho em hoi nuoc nao khong ky tuyen bo", 2000)
    again = reread(question, no_counts, ["không ký tuyên bố"])
    assert again.marked == "nước nào không ký tuyên bố"


class Finding(Assistant):
    """An assistant that finds one passage, whatever is asked."""

    found: Hit

    def retrieve(self, question: Question, documents: Collection[str] | None = None) -> list[Hit]:
        return [self.found]


@pytest.mark.parametrize("where", ["title", "section"])
def test_a_name_in_a_title_or_heading_gives_the_question_its_marks(
    where: str, tmp_path: Path
) -> None:
    found = hit("Chi nhánh mở cửa hôm qua.", "vi", title="Tin tức")
    if where == "title":
        found = replace(found, document=replace(found.document, title="Lạc Việt Sổ"))
    else:
        found = replace(found, passage=replace(found.passage, section="Lạc Việt Sổ"))
    encoder = HashEncoder()
    with Writer(tmp_path / "library", encoder.name, encoder.dim) as writer:
        writer.publish()
    with Library.open(tmp_path / "library", encoder.name, encoder.dim) as library:
        assistant = Finding(library, encoder)
        assistant.found = found
        asked, _ = assistant.search("Lac Viet So la gi")
    assert asked.marked == "Lạc Việt Sổ là gì"
