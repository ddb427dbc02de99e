from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from evals.evidence import (
    ReadOnce,
    Span,
    comparable,
    contains,
    file_name,
    find_quote,
    holds,
    locate,
    touches,
)
from evals.questions import QuestionSet
from tests.evals.scripted import DOCUMENTS, VI_TEXT, ScriptedAssistant


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("60 quốc gia", "60", True),
        ("160 quốc gia", "60", False),
        ("hơn 100 nước", "10", False),
        ("hơn 10.000 nước", "10", False),
        ("1,10 tỷ", "10", False),
        ("tăng 10,5 điểm", "10", False),
        ("ngày 10, 11", "10", True),
        ("năm 10.", "10", True),
        ("từ ngày 10 – 13/2", "10-13", True),
        ("February 10-13", "10", True),
        ("Emmanuel MACRON nói", "macron", True),
        ("Macronist", "Macron", False),
        ("Đại hội đồng", "hội đồng", True),
        ("hoà bình", "hòa bình", True),
        ("Nhóm  thành\nviên", "nhóm thành viên", True),
        ("nói về **AI Paris**", "AI Paris", True),
        ("“đối thoại toàn cầu”", '"đối thoại toàn cầu"', True),
        ("chỉ 5% thôi", "5%", True),
        ("C++ code", "C++", True),
        ("hội nghị", "hoi nghi", False),
    ],
)
def test_contains_matches_on_word_boundaries(text: str, form: str, expected: bool) -> None:
    assert contains(comparable(text), form) is expected


def test_contains_does_not_mind_decomposed_text() -> None:
    assert contains(comparable(unicodedata.normalize("NFD", "Việt Nam")), "việt nam")


def test_find_quote_gives_offsets_into_the_text() -> None:
    [(start, end)] = find_quote(VI_TEXT, "Có 60 quốc gia ký tuyên bố chung.")
    assert VI_TEXT[start:end] == "Có 60 quốc gia\nký tuyên bố chung."


def test_find_quote_sees_through_markdown_and_finds_every_place() -> None:
    text = "- **One** two\n- one\n- One *two*"
    assert [text[s:e] for s, e in find_quote(text, "One two")] == ["One** two", "One *two"]
    assert find_quote(text, "three") == []
    assert find_quote(text, " * ") == []


def test_a_quote_is_found_on_word_boundaries_only() -> None:
    text = "112 ngày công, 12 ngày. **12** ngày, 12 ngàyx"
    found = [text[start:end] for start, end in find_quote(text, "12 ngày")]
    assert found == ["12 ngày", "12** ngày"]
    assert find_quote(text, "ngày, 12") == [(31, 39)]


@pytest.mark.parametrize("form", ["*", "**", "`*`"])
def test_a_form_of_nothing_but_marks_is_in_no_text(form: str) -> None:
    assert not contains(comparable("Use ** to multiply."), form)


def test_a_passage_holds_a_quote_from_half_of_it_on() -> None:
    gold = (Span("a", 100, 200),)
    assert holds(Span("a", 0, 150), gold)
    assert not holds(Span("a", 0, 149), gold)
    assert not holds(Span("b", 100, 200), gold)


def test_any_place_of_a_repeated_quote_will_do() -> None:
    assert holds(Span("a", 300, 320), (Span("a", 0, 20), Span("a", 300, 320)))


def test_a_citation_touches_with_half_of_the_shorter_span() -> None:
    gold = (Span("a", 100, 200),)
    assert touches(Span("a", 100, 110), gold)
    assert touches(Span("a", 195, 205), gold)
    assert not touches(Span("a", 196, 206), gold)
    assert touches(Span("a", 0, 1000), gold)
    assert not touches(Span("a", 150, 150), gold)


@pytest.mark.parametrize(
    "source", ["/a/b/c d.md", "C:\\a\\c d.md", "https://host/path/c d.md", "c d.md"]
)
def test_file_name_is_the_last_part(source: str) -> None:
    assert file_name(source) == "c d.md"


def test_locate_needs_every_quote(small_set: QuestionSet) -> None:
    library = ReadOnce(ScriptedAssistant())
    question = small_set.questions[0]
    located = locate(question, library)
    assert located is not None and located[0][0].document == "vi1"
    foreign = replace(question.evidence[0], quote="không có câu này")
    assert locate(replace(question, evidence=(*question.evidence, foreign)), library) is None


def test_locate_looks_only_in_the_named_document(small_set: QuestionSet) -> None:
    renamed = [replace(d, source="/docs/other.md") for d in DOCUMENTS]
    library = ReadOnce(ScriptedAssistant(shown=renamed))
    assert locate(small_set.questions[0], library) is None
