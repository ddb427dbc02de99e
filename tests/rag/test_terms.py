"""What a question asks about, and where a text holds it."""

import pytest

from bilingual.lexicon import default_lexicon
from bilingual.orthography import fold
from rag.question import check_question
from rag.terms import Term, View, terms_of


def terms(text: str) -> dict[str, Term]:
    return {term.text: term for term in terms_of(check_question(text, 2000), default_lexicon())}


def held(question: str, term: str, text: str) -> float:
    asked = check_question(question, 2000)
    return View(text).holds(terms(question)[term], asked)


def test_function_words_are_left_out_in_both_languages() -> None:
    assert set(terms("How many of the countries have signed it?")) == {"countries", "signed"}
    assert set(terms("Các nước nào đã ký?")) == {"nước", "ký"}


def test_a_compound_keeps_its_last_word_though_that_may_be_grammar_elsewhere() -> None:
    assert set(terms("Ai phản đối việc quản lý AI?")) == {"phản đối", "quản lý", "AI"}
    assert "Con người" in terms("Con người được bảo vệ ra sao?")


def test_a_person_who_asks_is_no_name() -> None:
    assert set(terms("Can I open the files?")) == {"open", "files"}


def test_an_abbreviation_that_the_lexicon_translates_is_a_word() -> None:
    assert terms("On which TV channel?")["TV"].kind == "word"
    assert terms("What did the US sign?")["US"].kind == "name"


def test_a_name_stands_where_it_stands_alone_and_not_within_another() -> None:
    question = "What did AUSTRIA say about the US?"
    assert question[terms(question)["US"].start :] == "US?"


def test_vietnamese_compounds_are_one_term() -> None:
    assert "năng lượng" in terms("Tuyên bố nói gì về năng lượng?")


def test_a_name_is_one_term_and_found_without_marks() -> None:
    question = "What did Bui Hoang Phuong do?"
    assert terms(question)["Bui Hoang Phuong"].kind == "name"
    assert held(question, "Bui Hoang Phuong", "Thứ trưởng Bùi Hoàng Phương dẫn đầu đoàn.") == 1.0
    assert held(question, "Bui Hoang Phuong", "Thứ trưởng Nguyễn Văn An dẫn đầu đoàn.") == 0.0


def test_a_country_is_found_under_its_name_in_the_other_language() -> None:
    assert held("What did France propose?", "France", "Tổng thống Pháp đề xuất quy tắc.") == 1.0
    assert held("What did France propose?", "France", "Tổng thống Nga đề xuất quy tắc.") == 0.0


def test_a_translated_title_is_found_word_by_word() -> None:
    question = "When is the World AI Conference?"
    title = "World AI Conference"
    assert held(question, title, "Hội nghị AI Thế giới 2025 diễn ra sau đó.") > 0.5
    assert held(question, title, "Mọi người đều vui vẻ.") == 0.0


def test_part_of_a_vietnamese_persons_or_places_name_is_too_little_to_hold_it() -> None:
    question = "Chi nhánh Hà Nội có bao nhiêu nhân viên?"
    assert held(question, "Hà Nội", "Chi nhánh Quy Nhơn có 120 nhân viên nội trú.") == 0.0
    assert held(question, "Hà Nội", "The Hanoi branch has 120 employees.") == 1.0
    question = "Khi nào ông Bùi Thanh Sơn đến?"
    assert 0.0 < held(question, "Bùi Thanh Sơn", "Ông Sơn đến hôm qua.") < 0.3
    assert held(question, "Bùi Thanh Sơn", "Ông Bùi Thanh Hải leo lên núi.") == 0.0


def test_a_vietnamese_title_in_capitals_is_still_translated_word_by_word() -> None:
    question = "Khi nào họ gặp Bộ Ngoại Giao?"
    assert held(question, "Bộ Ngoại Giao", "They met the Ministry of Foreign Affairs.") > 0.3


def test_a_title_of_courtesy_is_no_part_of_what_must_be_known() -> None:
    assert set(terms("What does Professor Anne Smith teach?")["Professor Anne Smith"].by_word) == {
        "anne",
        "smith",
    }


def test_translations_hold_for_less_than_the_word_itself() -> None:
    question = "Tuyên bố nói gì về năng lượng?"
    assert held(question, "năng lượng", "Năng lượng sạch.") == 1.0
    across = held(question, "năng lượng", "Clean energy for all.")
    assert 0.5 < across <= 1.0
    assert held(question, "năng lượng", "Clean water for all.") == 0.0


def test_marks_tell_words_apart_only_where_both_sides_have_them() -> None:
    marked = "Ai là đại sứ?"
    assert held(marked, "đại sứ", "Sự kiện đại sự này.") < 0.5
    assert held(marked, "đại sứ", fold("Ông đại sứ phát biểu.")) > 0.9
    assert held(fold(marked), "đại sứ", "Ông đại sứ phát biểu.") > 0.9


@pytest.mark.parametrize("text", ["https://example.org/viet-nam-tham-gia", "www.viet-nam.vn"])
def test_words_of_web_addresses_do_not_count(text: str) -> None:
    assert held("Đoàn Việt Nam gồm những ai?", "Việt Nam", f"Nguồn: {text}") == 0.0


def test_english_endings_do_not_matter() -> None:
    assert held("Which countries signed?", "countries", "One country refused.") > 0.9
