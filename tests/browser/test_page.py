import re
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, Route, expect

from bilingual.texts import catalogue
from tests.browser.acting import ask, ask_and_wait, fits, in_view, misset, texts_on
from tests.browser.serving import serving
from tests.ui.fakes import BRITAIN, DOCUMENTS, LED, MARKUP, NOT_SIGNED, ScriptedAssistant
from vectorstore.types import Document

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
Shoot = Callable[[Page, str], None]
Pace = Callable[[float], None]

QUESTION = {"vi": "Nước nào không ký tuyên bố chung?", "en": "Who did not sign the statement?"}


# ---- the main job -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
def test_ask_watch_the_answer_grow_and_open_its_sources(
    visit: Visit, shoot: Shoot, pace: Pace, language: str
) -> None:
    pace(0.04)
    page = visit(language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    shoot(page, f"welcome-{language}")
    ask(page, QUESTION[language])
    expect(page.locator(".question")).to_contain_text(QUESTION[language])
    growing = page.locator(".growing")
    expect(growing).to_have_text(re.compile(r"^Mỹ và Anh"))
    first = growing.inner_text()
    assert first != NOT_SIGNED
    shoot(page, f"streaming-{language}")
    expect(page.locator(".turn[data-stage=done]")).to_have_count(1)
    for number, quote in ((1, NOT_SIGNED), (2, BRITAIN), (3, LED)):
        page.locator(".chip", has_text=str(number)).first.click()
        expect(page.locator("#reader mark")).to_have_text(quote)
        assert in_view(page, "#reader mark")
        assert in_view(page, "#reader h2")
        if number == 2:
            shoot(page, f"source-{language}")
    expect(page.locator("#reader .where")).to_contain_text(
        "trang 2" if language == "vi" else "page 2"
    )


def test_the_source_opens_by_keyboard_and_the_way_back_leads_to_its_number(visit: Visit) -> None:
    page = visit("vi", phone=True)
    ask_and_wait(page, QUESTION["vi"])
    chip = page.locator(".chip").nth(1)
    chip.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#reader mark")).to_be_focused()
    page.keyboard.press("Escape")
    expect(chip).to_be_focused()


def test_shift_enter_starts_a_new_line_and_an_unfinished_word_is_not_sent(visit: Visit) -> None:
    page = visit("vi")
    page.fill("#question", "một")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("hai")
    expect(page.locator("#question")).to_have_value("một\nhai")
    page.evaluate(
        """() => document.querySelector("#question").dispatchEvent(new KeyboardEvent(
             "keydown", { key: "Enter", bubbles: true, isComposing: true }))"""
    )
    page.fill("#question", "   ")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    expect(page.locator(".turn")).to_have_count(0)


def test_several_turns_and_a_new_conversation(visit: Visit, assistant: ScriptedAssistant) -> None:
    page = visit("en")
    page.locator("[data-ask]").first.click()
    expect(page.locator(".turn[data-stage=done]")).to_have_count(1)
    assert assistant.asked[-1] == catalogue("page")["example-1"]["en"]
    assert assistant.histories[-1] == []
    ask_and_wait(page, "And in Vietnam?")
    assert assistant.histories[-1] == [catalogue("page")["example-1"]["en"]]
    assert in_view(page, "#now .question")
    page.click("[data-new]")
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)


def test_sessions_do_not_see_each_other(visit: Visit) -> None:
    one, two = visit("vi"), visit("en")
    ask(one, "Nước nào?")
    ask(two, "Who else?")
    for page, own, other in ((one, "Nước nào?", "Who else?"), (two, "Who else?", "Nước nào?")):
        expect(page.locator(".turn[data-stage=done]")).to_have_count(1)
        expect(page.locator(".question")).to_contain_text(own)
        assert other not in page.inner_text("#conversation")


def test_stop_ends_the_answer_at_once_and_says_that_it_is_not_whole(
    visit: Visit, shoot: Shoot, assistant: ScriptedAssistant
) -> None:
    page = visit("vi")
    assistant.closed.clear()
    ask(page, "Trả lời thật chậm")
    expect(page.locator(".growing")).to_be_visible()
    expect(page.locator(".send")).to_be_hidden()
    page.click("[data-stop]")
    expect(page.locator(".turn[data-stage=stopped] .note")).to_contain_text("chưa đầy đủ")
    expect(page.locator(".growing")).to_have_count(0)
    expect(page.locator(".claim")).to_have_count(1)
    expect(page.locator(".send")).to_be_visible()
    assert assistant.closed.wait(2)
    shoot(page, "stopped-vi")


def test_a_double_click_on_send_sends_and_does_not_stop(
    visit: Visit, assistant: ScriptedAssistant
) -> None:
    page = visit("vi")
    page.fill("#question", "Trả lời thật chậm")
    place = page.locator(".send").bounding_box()
    assert place is not None
    for _ in range(2):
        page.mouse.click(place["x"] + 8, place["y"] + 8)
    expect(page.locator(".growing")).to_be_visible()
    expect(page.locator("#now .turn")).to_have_attribute("data-stage", "reading")
    page.keyboard.press("Escape")
    expect(page.locator("#now .turn")).to_have_attribute("data-stage", "stopped")


def test_escape_right_after_enter_stops(visit: Visit) -> None:
    page = visit("vi")
    page.fill("#question", "Trả lời thật chậm")
    page.evaluate(
        """() => {
          const box = document.querySelector("#question");
          for (const key of ["Enter", "Escape"]) {
            box.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
          }
        }"""
    )
    expect(page.locator("#now .turn")).to_have_attribute("data-stage", "stopped")


def test_closing_the_tab_ends_the_work(visit: Visit, assistant: ScriptedAssistant) -> None:
    page = visit("en")
    assistant.closed.clear()
    ask(page, "a slow answer")
    expect(page.locator(".growing")).to_be_visible()
    page.close()
    assert assistant.closed.wait(4)


def test_a_new_conversation_can_be_begun_while_an_answer_is_growing(visit: Visit) -> None:
    page = visit("en")
    ask(page, "a slow answer")
    expect(page.locator(".growing")).to_be_visible()
    page.click("[data-new]")
    expect(page.locator(".welcome")).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.locator(".turn")).to_have_count(0)


# ---- what is not an answer ----------------------------------------------------------------------


def test_a_refusal_looks_like_one_and_its_passages_open(visit: Visit, shoot: Shoot) -> None:
    page = visit("vi")
    ask_and_wait(page, "Khoảng cách tới mặt trăng là bao nhiêu?")
    refusal = page.locator(".refusal")
    expect(refusal).to_contain_text("Tài liệu không trả lời được câu này")
    expect(refusal.locator(".missing li")).to_have_text(["mặt trăng", "khoảng cách"])
    expect(page.locator(".chip")).to_have_count(0)
    refusal.locator(".passage").nth(1).click()
    expect(page.locator("#reader mark")).to_have_text(LED)
    shoot(page, "refusal-vi")


@pytest.mark.parametrize(
    ("language", "question"), [("vi", "Kết nối hỏng"), ("en", "Is it broken?")]
)
def test_an_error_is_said_in_the_language_of_the_page_and_the_question_is_kept(
    visit: Visit, shoot: Shoot, language: str, question: str
) -> None:
    page = visit(language)
    ask_and_wait(page, question, "failed")
    message = "Không kết nối được" if language == "vi" else "Nothing answers at"
    expect(page.locator(".failure")).to_contain_text(message)
    expect(page.locator("#question")).to_have_value(question)
    shoot(page, f"error-{language}")


def test_a_doubtful_sentence_says_why_on_hover_and_on_focus(visit: Visit, shoot: Shoot) -> None:
    page = visit("vi")
    ask_and_wait(page, "Có gì đáng nghi ngờ?")
    tips = page.locator(".tip")
    expect(tips.first).to_be_hidden()
    page.locator(".verdict-mark").first.hover()
    expect(tips.first).to_be_visible()
    expect(tips.first).to_contain_text("60 nước, không phải 61")
    assert in_view(page, ".tip")
    shoot(page, "doubtful-vi")
    page.mouse.move(0, 0)
    page.locator(".verdict-mark").nth(1).focus()
    expect(tips.nth(1)).to_be_visible()


def test_nothing_is_highlighted_where_the_quote_no_longer_stands(visit: Visit) -> None:
    page = visit("en")
    ask_and_wait(page, "What has moved?")
    page.locator(".chip").click()
    expect(page.locator("#reader .warning")).to_contain_text("nothing is highlighted")
    expect(page.locator("#reader mark")).to_have_count(0)


def test_a_question_that_could_not_be_sent_is_kept(visit: Visit) -> None:
    page = visit("en", allow="status of 503")
    page.route("**/gradio_api/queue/join*", lambda route: route.fulfill(status=503, json={}))
    ask(page, "Is anybody there?")
    expect(page.locator("[data-notice=not-sent]")).to_be_visible()
    expect(page.locator("#question")).to_have_value("Is anybody there?")
    page.unroute("**/gradio_api/queue/join*")
    page.keyboard.press("Enter")
    expect(page.locator(".turn[data-stage=done]")).to_have_count(1)
    expect(page.locator("[data-notice=not-sent]")).to_be_hidden()


def test_a_server_that_went_away_is_said_so(visit: Visit) -> None:
    with serving(ScriptedAssistant()) as address:
        page = visit("vi", at=address, allow="")
        ask(page, "Trả lời thật chậm")
        expect(page.locator(".growing")).to_be_visible()
    expect(page.locator("[data-notice=not-reached]")).to_be_visible(timeout=15_000)
    expect(page.locator("[data-notice=not-reached]")).to_contain_text("Không kết nối được")


# ---- the two languages --------------------------------------------------------------------------


def test_a_slow_start_does_not_lose_the_language_that_the_browser_asks_for(visit: Visit) -> None:
    def slow(route: Route) -> None:
        time.sleep(2)  # Gradio starts meanwhile, and writes its own language on the document
        route.continue_()

    page = visit("vi", prepare=lambda page: page.route("**/static/language.js*", slow))
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    assert [text for text in texts_on(page) if not fits(text, "vi")] == []


@pytest.mark.parametrize(("first", "second"), [("vi", "en"), ("en", "vi")])
def test_nothing_of_the_other_language_is_left_over(visit: Visit, first: str, second: str) -> None:
    page = visit(first)

    def check(language: str) -> None:
        assert [text for text in texts_on(page) if not fits(text, language)] == []

    check(first)
    ask_and_wait(page, QUESTION[first])
    page.locator(".chip").first.click()
    expect(page.locator("#reader mark")).to_be_visible()
    ask_and_wait(page, "the moon, mặt trăng")
    ask_and_wait(page, "broken", "failed")
    check(first)
    page.click(f"[data-language={second}]")
    check(second)
    page.locator(".library summary").click()
    check(second)
    page.click("[data-new]")
    expect(page.locator(".welcome")).to_be_visible()
    check(second)
    page.reload()
    page.wait_for_selector(".document")
    check(second)


def test_switching_the_language_keeps_the_answer_that_is_growing(visit: Visit, pace: Pace) -> None:
    pace(0.04)
    page = visit("vi")
    ask(page, QUESTION["vi"])
    expect(page.locator(".growing")).to_be_visible()
    page.click("[data-language=en]")
    expect(page.locator(".turn[data-stage=done]")).to_have_count(1)
    expect(page.locator(".sources h3")).to_have_text("Sources")
    expect(page.locator("#question")).to_have_attribute("placeholder", "Ask about the documents…")


# ---- comfort ------------------------------------------------------------------------------------


def test_it_is_usable_at_phone_width(visit: Visit, shoot: Shoot) -> None:
    page = visit("vi", phone=True)
    shoot(page, "phone-welcome-vi")
    ask_and_wait(page, QUESTION["vi"])
    shoot(page, "phone-answer-vi")
    assert misset(page) == []
    page.locator(".chip").nth(1).click()
    expect(page.locator("#reader mark")).to_be_visible()
    page.wait_for_timeout(300)
    assert in_view(page, "#reader mark")
    shoot(page, "phone-source-vi")
    page.click("[data-panel-close]")
    expect(page.locator("#evidence")).to_be_hidden()
    page.click("[data-panel-open]")
    page.locator(".document").nth(1).click()
    expect(page.locator("#reader h2")).to_have_text(DOCUMENTS[1].title)
    page.click("[data-panel-close]")
    ask_and_wait(page, "Khoảng cách tới mặt trăng là bao nhiêu?")
    assert misset(page) == []
    page.locator("#now [data-edit]").click()
    assert misset(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+l")
    page.locator("[data-talk-rename]").first.click()
    assert misset(page) == []


class Crowded(ScriptedAssistant):
    """Has more documents than the panel has room for."""

    def documents(self) -> list[Document]:
        return [replace(one, id=f"{one.id}-{n}") for n in range(20) for one in DOCUMENTS]


@pytest.mark.parametrize("phone", [False, True])
def test_the_way_to_the_library_is_in_sight_however_long_the_list_is(
    visit: Visit, phone: bool
) -> None:
    with serving(Crowded()) as address:
        page = visit("vi", at=address, phone=phone)
        if phone:
            page.click("[data-panel-open]")
            page.wait_for_timeout(300)  # the sheet slides in
        expect(page.locator(".manage")).to_have_text("Thêm, gỡ tài liệu", use_inner_text=True)
        assert in_view(page, ".manage")
        last = page.locator(".document").last
        last.focus()
        assert last.evaluate(
            "(row) => row.getBoundingClientRect().bottom"
            " <= document.querySelector('.manage').getBoundingClientRect().top + 1"
        )


def test_words_that_run_from_right_to_left_do(visit: Visit) -> None:
    page = visit("en")
    ask_and_wait(page, "متى اجتماع الفريق في Paris")
    page.locator("#now .claim-text").first.evaluate(
        "(claim) => { claim.textContent = 'الاجتماع يوم الثلاثاء في Paris' }"
    )
    for words in (".question", ".claim-text"):
        line = page.locator(f"#now {words}").first
        arabic_left, paris_left = line.evaluate(
            """(line) => {
              const text = line.lastChild;
              return [0, text.length - 2].map((at) => {
                const range = document.createRange();
                range.setStart(text, at);
                range.setEnd(text, at + 1);
                return range.getBoundingClientRect().left;
              });
            }"""
        )
        assert paris_left < arabic_left, words


@pytest.mark.parametrize("phone", [False, True])
def test_dark_is_dark(visit: Visit, shoot: Shoot, phone: bool) -> None:
    page = visit("vi", dark=True, phone=phone)
    ask_and_wait(page, "Có gì đáng nghi ngờ?")
    ask_and_wait(page, QUESTION["vi"])
    page.locator(".turn:last-child .chip").nth(1).click()
    expect(page.locator("#reader mark")).to_be_visible()
    shoot(page, "dark-phone-vi" if phone else "dark-vi")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in re.findall(r"\d+", background)) < 64


def test_the_layout_stays_where_it_is_while_an_answer_grows(visit: Visit, pace: Pace) -> None:
    pace(0.02)
    page = visit("vi")
    measure = """() => ["#composer", "#evidence", ".bar", ".question"].map((selector) => {
      const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
      return [x, y, width, height].map(Math.round).join();
    })"""
    ask(page, QUESTION["vi"])
    page.wait_for_selector(".turn")
    seen = {tuple(page.evaluate(measure))}
    assert page.evaluate("document.querySelector('.bar').getBoundingClientRect().top") == 0
    while page.locator(".turn[data-stage=done]").count() == 0:
        seen.add(tuple(page.evaluate(measure)))
    seen.add(tuple(page.evaluate(measure)))
    assert len(seen) == 1


def test_a_long_question_leaves_room_for_its_answer(visit: Visit) -> None:
    page = visit("en", phone=True)
    ask_and_wait(page, "Who did not sign, and why? " * 30)
    assert in_view(page, "#now .claim")
    page.locator("#now .question").focus()
    page.keyboard.press("End")
    expect(page.locator("#now .question")).not_to_have_js_property("scrollTop", 0)


def test_a_source_goes_with_its_conversation(visit: Visit) -> None:
    page = visit("en")
    ask_and_wait(page, QUESTION["en"])
    page.locator(".chip").first.click()
    expect(page.locator("#reader mark")).to_be_visible()
    page.keyboard.press("Alt+n")
    expect(page.locator("#reader .reader-empty")).to_be_visible()
    expect(page.locator("#steps")).to_be_hidden()
    expect(page.locator(".document").first).to_be_visible()
    page.locator(".document").nth(1).click()
    expect(page.locator("#reader h2")).to_have_text(DOCUMENTS[1].title)
    ask_and_wait(page, QUESTION["en"])
    page.keyboard.press("Alt+n")
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.locator("#reader h2")).to_have_text(DOCUMENTS[1].title)


def test_documents_can_be_read_from_the_list(visit: Visit, shoot: Shoot) -> None:
    page = visit("en")
    expect(page.locator("#document-count")).to_have_text("2")
    page.locator(".document").nth(1).click()
    expect(page.locator("#reader .reader-text")).to_contain_text("The delegation")
    shoot(page, "document-en")


# ---- safety -------------------------------------------------------------------------------------


def test_no_script_image_or_markup_of_a_question_an_answer_or_a_document_comes_alive(
    visit: Visit,
) -> None:
    page = visit("en")
    ask_and_wait(
        page, "attack <img src=x onerror=\"window.pwned='q'\"><script>window.pwned='q'</script>"
    )
    expect(page.locator(".claims")).to_contain_text('<script>window.pwned = "document"</script>')
    expect(page.locator(".claims")).to_contain_text("**bold** ![x](https://evil.example/y.png)")
    page.locator(".chip").click()
    expect(page.locator("#reader mark")).to_have_text(MARKUP)
    page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None
    assert page.locator("#conversation img, #reader img, #trichdan script").count() == 0
    assert page.locator(".reader-text").inner_text().count("evil.example") == 2


def test_the_policy_stops_scripts_that_would_get_through(visit: Visit) -> None:
    page = visit("en", allow="Content Security Policy")
    page.evaluate(
        """() => {
          const box = document.createElement("div");
          box.innerHTML = '<img src="data:," onerror="window.pwned = 1">';
          document.body.append(box);
          const script = document.createElement("script");
          script.textContent = "window.pwned = 2";
          document.body.append(script);
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None
