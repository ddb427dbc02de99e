import html
import json
import re
from dataclasses import replace

import pytest

from bilingual.texts import catalogue
from rag.errors import LLMUnreachableError
from rag.types import Citation, Claim, ClaimClosed, Done, Found, Text
from tests.ui.fakes import BRITAIN, DOCUMENTS, LED, NOT_SIGNED, TEXTS, ScriptedAssistant, cited, hit
from ui.evidence import WINDOW_CHARS, Target, library_html, reader_html, window
from ui.render import citation_numbers, starters_html, turn_html
from ui.turns import Turn
from ui.users import LOCAL, Person
from ui.wording import attribute, words

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script> **b** ![i](https://e.example/i)'
DOCUMENT = DOCUMENTS[0]
TEXT = TEXTS[DOCUMENT.id]


def finished(question: str) -> Turn:
    """The turn of a question that the script answers whole."""
    turn = Turn(question)
    for event in ScriptedAssistant().stream(question):
        turn = turn.after(event)
    return turn


def tags(markup: str) -> set[str]:
    return set(re.findall(r"<([a-z0-9]+)", markup))


def visible(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def target(quote: str, **changes: object) -> Target:
    place = cited(quote)
    return replace(Target(place.document, place.start, place.end, place.quote), **changes)


# ---- the conversation ---------------------------------------------------------------------------


def test_hostile_text_from_anywhere_is_shown_as_text() -> None:
    start = TEXT.index(NOT_SIGNED)
    hostile = Citation(DOCUMENT.id, HOSTILE, HOSTILE, start, start + 3, HOSTILE, 1, HOSTILE)
    claim = Claim(HOSTILE, (hostile,), "unsure", HOSTILE)
    turn = Turn(HOSTILE, "reading", (), (claim,), HOSTILE)
    error = LLMUnreachableError(endpoint=HOSTILE, detail=HOSTILE)
    for shown in (turn, turn.stopped(), turn.failed(error)):
        markup = turn_html(shown, 1, "vi")
        assert not tags(markup) & {"img", "script"}
        assert HOSTILE in visible(markup)


def test_hostile_refusal_is_shown_as_text() -> None:
    turn = finished("How far is the moon?")
    assert turn.answer is not None
    answer = replace(turn.answer, missing=(HOSTILE,), refusal=HOSTILE)
    markup = turn_html(replace(turn, answer=answer), 1, "en")
    assert not tags(markup) & {"img", "script"}
    assert HOSTILE in visible(markup)
    unnamed = turn_html(replace(turn, answer=replace(answer, refusal="")), 1, "en")
    assert HOSTILE in visible(unnamed)
    assert not tags(unnamed) & {"img", "script"}


def test_citations_are_numbered_in_the_order_of_the_answer_and_a_place_keeps_its_number() -> None:
    one, two, three = cited(NOT_SIGNED), cited(BRITAIN), cited(LED)
    claims = (Claim("a", (one,)), Claim("b", (two, one)), Claim("c", (three,)))
    assert list(citation_numbers(claims).values()) == [1, 2, 3]
    turn = Turn("?", "reading", (), claims)
    chips = re.findall(r'class="chip".*?>(\d)</button>', turn_html(turn, 1, "en"))
    assert chips == ["1", "1", "2", "3"]


def test_a_citation_button_carries_its_place_and_a_name_in_both_languages() -> None:
    markup = turn_html(Turn("?", "reading", (), (Claim("a", (cited(LED, "S", 2),)),)), 1, "en")
    found = re.search(r'data-citation="([^"]+)"', markup)
    assert found is not None
    place = json.loads(html.unescape(found[1]))
    assert TEXTS[place["document"]][place["start"] : place["end"]] == place["quote"] == LED
    assert (place["page"], place["section"]) == (2, "S")
    assert 'aria-label="Source 1: Vietnam at the Paris summit › S"' in markup
    assert 'data-vi-aria-label="Nguồn 1: Vietnam at the Paris summit › S"' in markup


def test_only_doubtful_sentences_are_marked_and_say_why() -> None:
    claims = (
        Claim("một", ()),
        Claim("hai", (), "unsupported", "vì số khác"),
        Claim("ba", (), "unsure"),
    )
    markup = turn_html(Turn("?", "reading", (), claims), 4, "vi")
    assert re.findall(r'role="tooltip" id="(\w+)"', markup) == ["t4c2", "t4c3"]
    assert markup.count("vì số khác") == 1
    assert "Đoạn được trích không chứng thực câu này" in markup


def test_a_refusal_names_what_is_missing_and_cites_nothing() -> None:
    markup = turn_html(finished("Mặt trăng cách bao xa (mặt trăng)?"), 1, "vi")
    assert "khoảng cách" in markup
    assert "Các đoạn gần nhất" in markup
    assert markup.count('class="passage"') == 2
    assert 'class="chip"' not in markup


def test_what_the_refusal_names_is_not_listed_again() -> None:
    turn = finished("How far is the moon?")
    assert turn.answer is not None
    answer = replace(turn.answer, refusal="They do not mention the moon.")
    markup = turn_html(replace(turn, answer=answer), 1, "en")
    assert "<li>moon</li>" not in markup
    assert "<li>distance</li>" in markup


def test_where_nothing_was_looked_for_nothing_failed_to_answer() -> None:
    turn = finished("How far is the moon?")
    assert turn.answer is not None
    head = catalogue("page")["refused"]["en"]
    assert head in visible(turn_html(turn, 1, "en"))
    greeted = replace(turn.answer, hits=[], missing=[], refusal="Ask about the documents.")
    markup = visible(turn_html(replace(turn, answer=greeted), 1, "en"))
    assert "Ask about the documents." in markup and head not in markup


def test_an_error_is_said_in_both_languages_and_offers_the_question_again() -> None:
    error = LLMUnreachableError(endpoint="http://x", detail="y")
    turn = Turn("Một & hai?", "reading", (), (Claim("a", ()),)).failed(error)
    markup = turn_html(turn, 1, "vi")
    assert html.escape(error.message("vi")) in markup
    assert html.escape(error.message("en")) in markup
    assert 'data-ask="Một &amp; hai?"' in markup
    assert "chưa phải câu trả lời đầy đủ" in markup


def test_words_carried_from_an_earlier_question_are_not_shown_as_a_sentence() -> None:
    turn = finished("Who led Vietnam's delegation?")
    assert turn.answer is not None
    for typed, standalone, told in (
        ("when", "When? (led, delegation)", "Understood as: When? Searched with: led, delegation"),
        ("when", "When was he there?", "Understood as: When was he there?"),
        ("Who ledd? (Paris)", "Who led? (Paris)", "Understood as: Who led? (Paris)"),
    ):
        answer = replace(turn.answer, question=typed, standalone=standalone)
        assert told in visible(turn_html(replace(turn, answer=answer), 1, "en"))


def test_sources_are_listed_by_document_once_the_answer_is_whole() -> None:
    turn = finished("Nước nào không ký?")
    assert 'class="sources"' in turn_html(turn, 1, "vi")
    assert 'class="sources"' not in turn_html(replace(turn, stage="reading", answer=None), 1, "vi")


def test_questions_to_begin_with_are_shown_as_text_and_an_empty_library_says_what_to_do() -> None:
    shown = starters_html([HOSTILE, "Ai?"], False, LOCAL, "en")
    assert shown.count("data-ask") == 2 and not tags(shown) & {"img", "script"}
    librarian = starters_html([], True, Person("lan", "librarian"), "vi")
    reader = starters_html([], True, Person("an", "reader"), "vi")
    assert 'href="library"' in librarian and 'href="library"' not in reader
    assert "Thư viện chưa có tài liệu" in visible(reader)


# ---- the growing turn ---------------------------------------------------------------------------


def test_a_turn_grows_with_its_events() -> None:
    turn = Turn("?").after(Found((hit(LED),)))
    assert (turn.stage, len(turn.hits)) == ("reading", 1)
    for piece in ("Một câu", " đây [1", "]. Câu ha"):
        turn = turn.after(Text(piece))
    assert "Một câu đây. Câu ha" in visible(turn_html(turn, 1, "vi"))
    turn = turn.after(ClaimClosed(Claim("Một câu đây.", (cited(LED),))))
    assert (len(turn.claims), turn.growing) == (1, "Câu ha")


def test_a_citation_mark_that_has_only_begun_is_not_shown() -> None:
    turn = Turn("?").after(Text("Một câu [1"))
    assert "[" not in visible(turn_html(turn, 1, "vi"))


def test_stopping_and_failing_drop_the_sentence_that_was_not_whole() -> None:
    turn = Turn("?", "reading", growing="Một nửa")
    assert turn.stopped().growing == ""
    assert not turn.failed(LLMUnreachableError(endpoint="", detail="")).open


def test_done_replaces_what_had_grown() -> None:
    answered = finished("Nước nào?")
    assert answered.answer is not None
    turn = Turn("?", "reading", growing="rest").after(Done(answered.answer))
    assert (turn.stage, turn.growing, len(turn.claims)) == ("done", "", 3)


# ---- the source panel ---------------------------------------------------------------------------


def test_the_quote_is_marked_where_it_stands() -> None:
    markup = reader_html(DOCUMENT, TEXT, target(NOT_SIGNED, page=2), "vi")
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", markup) == [NOT_SIGNED]
    assert "trang 2" in markup


@pytest.mark.parametrize(
    ("moved_start", "moved_end"), [(1, 1), (-1, 0), (0, 1), (-(10**6), 0), (0, 10**6), (500, -500)]
)
def test_nothing_is_marked_where_the_quote_does_not_stand(moved_start: int, moved_end: int) -> None:
    place = target(NOT_SIGNED)
    moved = replace(place, start=place.start + moved_start, end=place.end + moved_end)
    markup = reader_html(DOCUMENT, TEXT, moved, "en")
    assert "<mark" not in markup
    assert "nothing is highlighted" in markup


def test_a_quote_over_several_lines_is_marked_in_each() -> None:
    quote = "đáng tin cậy;\n- Tránh để thị trường"
    start = TEXT.index(quote)
    markup = reader_html(
        DOCUMENT, TEXT, Target(DOCUMENT.id, start, start + len(quote), quote), "vi"
    )
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", markup) == [
        "đáng tin cậy;",
        "Tránh để thị trường",
    ]


def test_offsets_count_characters_beyond_the_basic_plane_as_one() -> None:
    text = "😀😀 trước. Đây là câu trích. Sau."
    quote = "Đây là câu trích."
    start = text.index(quote)
    markup = reader_html(
        DOCUMENT, text, Target(DOCUMENT.id, start, start + len(quote), quote), "vi"
    )
    assert f">{quote}</mark>" in markup


def test_a_document_is_shown_as_text_with_its_headings_and_lists() -> None:
    markup = reader_html(DOCUMENTS[1], TEXTS["vietnam-paris"], Target("vietnam-paris"), "en")
    assert not tags(markup) & {"img", "script", "mark"}
    assert '<h3 class="level-2">The delegation</h3>' in markup
    assert '<img src="https://evil.example/x.png"' in visible(markup)
    assert markup.count("Vietnam at the Paris summit") == 1  # its first line repeats the title


def test_a_long_document_is_shown_around_the_quote_and_can_be_leafed_through() -> None:
    line = "Một dòng chữ dài vừa phải để lấp đầy trang sách.\n"
    quote = "Câu được trích."
    text = line * 3000 + quote + "\n" + line * 3000
    start = text.index(quote)
    markup = reader_html(
        DOCUMENT, text, Target(DOCUMENT.id, start, start + len(quote), quote), "vi"
    )
    assert f">{quote}</mark>" in markup
    assert len(visible(markup)) < 2 * WINDOW_CHARS
    earlier, later = (int(at) for at in re.findall(r'data-at="(\d+)"', markup))
    assert window(text, later, later)[0] <= later
    assert window(text, earlier, earlier)[1] > earlier


def test_the_library_lists_titles_escaped_or_says_how_to_fill_it() -> None:
    hostile = replace(DOCUMENT, title=HOSTILE, source="https://a.example/<b>", id='"><b>')
    markup = library_html([hostile], "en")
    assert not tags(markup) & {"img", "script", "b"}
    assert "trichdan ingest" in library_html([], "en")


# ---- wording ------------------------------------------------------------------------------------


def test_every_text_of_the_page_exists_in_both_languages() -> None:
    for name, both in catalogue("page").items():
        assert set(both) == {"vi", "en"}, name
        assert re.findall(r"{\w+}", both["vi"]) == re.findall(r"{\w+}", both["en"]), name


def test_an_element_and_an_attribute_carry_both_wordings() -> None:
    assert words("send", "vi") == '<span data-vi="Gửi" data-en="Send">Gửi</span>'
    assert attribute("title", "send", "en") == (
        ' title="Send" data-vi-title="Gửi" data-en-title="Send"'
    )
