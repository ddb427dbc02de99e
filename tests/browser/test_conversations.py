import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import ask, ask_and_wait, in_view
from tests.browser.serving import serving
from tests.ui.fakes import BRITAIN, DOCUMENTS, LED, NOT_SIGNED, ScriptedAssistant
from vectorstore.errors import DocumentMissingError
from vectorstore.types import Document

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
Shoot = Callable[[Page, str], None]


def talks(page: Page) -> list[str]:
    page.keyboard.press("Alt+l")
    expect(page.locator("#talks")).to_be_visible()
    expect(page.locator("#talk-list > *")).not_to_have_count(0)
    return page.locator(".talk-title").all_inner_texts()


def test_a_reload_loses_nothing_not_even_an_answer_that_was_growing(visit: Visit) -> None:
    page = visit("vi", allow="")  # Gradio's front end says that its stream was cut
    ask_and_wait(page, "Nước nào không ký?")
    ask(page, "Trả lời thật chậm")
    expect(page.locator("#now .claim")).to_have_count(1)
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator("#before .claims")).to_contain_text(NOT_SIGNED)
    expect(page.locator("#now .turn")).to_have_attribute("data-stage", "stopped")
    expect(page.locator("#now .claims")).to_contain_text(NOT_SIGNED)
    expect(page.locator("#now .note")).to_contain_text("chưa đầy đủ")


def test_what_was_typed_outlives_a_reload(visit: Visit) -> None:
    page = visit("vi")
    ask_and_wait(page, "Nước nào không ký?")
    page.fill("#question", "Còn nước nào\nđã ký?")
    page.reload()
    expect(page.locator("#now .question")).to_contain_text("Nước nào không ký?")
    expect(page.locator("#question")).to_have_value("Còn nước nào\nđã ký?")
    expect(page.locator(".send")).to_be_enabled()
    page.fill("#question", "")
    page.reload()
    expect(page.locator("#now .question")).to_contain_text("Nước nào không ký?")
    expect(page.locator("#question")).to_have_value("")


def test_a_question_that_the_server_had_not_taken_is_typed_again_after_a_reload(
    visit: Visit,
) -> None:
    page = visit("vi", allow="")
    page.route("**/gradio_api/queue/join*", lambda route: None)  # no answer comes
    ask(page, "Nước nào không ký?")
    expect(page.locator("#question")).to_have_value("")
    page.reload()
    expect(page.locator("#question")).to_have_value("Nước nào không ký?")


def test_an_answer_that_grows_in_another_window_is_not_called_stopped_and_can_be(
    visit: Visit,
) -> None:
    one = visit("vi")
    ask(one, "Trả lời thật chậm")
    expect(one.locator("#now .claim")).to_have_count(1)
    two = visit("vi")
    two.evaluate("(place) => { location.hash = place }", one.url.partition("#")[2])
    expect(two.locator("#now .turn")).to_have_attribute("data-stage", "waiting")
    expect(two.locator("#now .progress")).to_be_visible()
    two.click("[data-stop]")
    for page in (one, two):
        expect(page.locator("#now .turn")).to_have_attribute("data-stage", "stopped")
        expect(page.locator("#now .claim")).to_have_count(1)
    expect(two.locator(".send")).to_be_visible()


def test_conversations_are_opened_renamed_and_deleted(visit: Visit, shoot: Shoot) -> None:
    page = visit("vi")
    ask_and_wait(page, "Câu thứ nhất?")
    page.keyboard.press("Alt+n")
    expect(page.locator(".welcome")).to_be_visible()
    ask_and_wait(page, "Câu thứ hai?")
    assert talks(page)[:2] == ["Câu thứ hai?", "Câu thứ nhất?"]
    shoot(page, "conversations-vi")
    page.locator("[data-talk-open]").nth(1).click()
    expect(page.locator(".question")).to_contain_text("Câu thứ nhất?")
    expect(page.locator(".turn")).to_have_count(1)

    talks(page)
    page.locator("[data-talk-rename]").first.click()
    page.keyboard.type("Tên <b>mới</b>")
    page.keyboard.press("Enter")
    expect(page.locator(".talk-title").first).to_have_text("Tên <b>mới</b>")
    page.locator("[data-talk-delete]").nth(1).click()
    page.locator(".talk-sure [data-talk-delete-sure]:visible").click()
    expect(page.locator(".talk-title", has_text="Câu thứ nhất?")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".welcome")).to_be_visible()  # the open one was deleted


def test_an_address_of_a_conversation_that_is_gone_says_so(visit: Visit) -> None:
    page = visit("en")
    page.evaluate("location.hash = '#nothing'")
    expect(page.locator("#toast")).to_have_text("That conversation is no longer there.")
    expect(page.locator(".welcome")).to_be_visible()
    assert "#" not in page.url


def test_the_last_question_is_edited_or_answered_again_in_its_place(visit: Visit) -> None:
    page = visit("en")
    ask_and_wait(page, "First question?")
    ask_and_wait(page, "Second question?")
    page.locator("#now [data-edit]").click()
    expect(page.locator("#question")).to_have_value("Second question?")
    expect(page.locator("#editing")).to_be_visible()
    page.fill("#question", "Second question, better?")
    page.keyboard.press("Enter")
    expect(page.locator("#now .question")).to_contain_text("better?")
    expect(page.locator("#now .turn")).to_have_attribute("data-stage", "done")
    expect(page.locator(".turn")).to_have_count(2)
    first = page.locator("#now .turn").get_attribute("data-id")
    page.locator("#now [data-retry]").click()
    expect(page.locator("#now .turn")).not_to_have_attribute("data-id", str(first))
    expect(page.locator("#now .turn")).to_have_attribute("data-stage", "done")
    expect(page.locator(".turn")).to_have_count(2)
    page.locator("#before [data-edit]").click()  # of an earlier one: asked anew, nothing is lost
    expect(page.locator("#editing")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(3)


def test_what_is_being_typed_outlasts_every_other_question(visit: Visit) -> None:
    page = visit("en")
    box, last = page.locator("#question"), page.locator("#now .turn")
    box.fill("a draft")
    page.locator(".example").first.click()
    expect(last).to_have_attribute("data-stage", "done")
    expect(box).to_have_value("a draft")
    first = str(last.get_attribute("data-id"))
    page.locator("#now [data-retry]").click()
    expect(last).not_to_have_attribute("data-id", first)
    expect(last).to_have_attribute("data-stage", "done")
    expect(box).to_have_value("a draft")

    page.locator("#now [data-edit]").click()
    expect(box).not_to_have_value("a draft")
    page.locator("[data-edit-cancel]").click()
    expect(box).to_have_value("a draft")
    page.locator("#now [data-edit]").click()
    box.fill("How far is the moon?")
    page.keyboard.press("Enter")
    expect(page.locator("#now .refusal")).to_be_visible()
    expect(box).to_have_value("a draft")
    expect(page.locator(".send")).to_be_enabled()
    expect(page.locator(".turn")).to_have_count(1)


def test_the_browsers_back_leads_to_the_conversation_before(visit: Visit) -> None:
    page = visit("en")
    ask_and_wait(page, "First question?")
    page.keyboard.press("Alt+n")
    expect(page.locator(".welcome")).to_be_visible()
    ask_and_wait(page, "Second question?")
    page.go_back()
    expect(page.locator("#now .question")).to_contain_text("First question?")
    page.go_forward()
    expect(page.locator("#now .question")).to_contain_text("Second question?")


def test_from_the_library_back_to_the_conversation(visit: Visit) -> None:
    page = visit("en")
    ask_and_wait(page, "First question?")
    page.locator(".manage").click()
    page.wait_for_selector("[data-row]")
    page.locator(".back").click()
    expect(page.locator("#now .question")).to_contain_text("First question?")


def test_an_answer_is_copied_with_its_sources(visit: Visit) -> None:
    page = visit("vi")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask_and_wait(page, "Nước nào không ký?")
    page.locator('[data-copy="text"]').click()
    expect(page.locator("#toast")).to_have_text("Đã sao chép.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{NOT_SIGNED} [1] {BRITAIN}") and "Nguồn:\n[1] " in copied
    page.locator('[data-copy="markdown"]').click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('**'))")


def test_a_conversation_is_exported(visit: Visit) -> None:
    page = visit("en")
    ask_and_wait(page, "Who did not sign?")
    talks(page)
    for form, suffix in (("markdown", ".md"), ("json", ".json")):
        with page.expect_download() as download:
            page.locator(f'a[href*="form={form}"]').first.click()
        assert download.value.suggested_filename == f"trichdan{suffix}"
        content = download.value.path().read_text(encoding="utf-8")
        assert NOT_SIGNED in content
        if form == "json":
            assert json.loads(content)["turns"][0]["question"] == "Who did not sign?"


def test_thumbs_are_kept_with_a_reason(visit: Visit, shoot: Shoot) -> None:
    page = visit("vi")
    ask_and_wait(page, "Nước nào không ký?")
    up, down = page.locator('[data-rate="up"]'), page.locator('[data-rate="down"]')
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    down.click()
    page.get_by_label("Còn thiếu ý").check()
    page.get_by_label("Câu trả lời đúng, nếu bạn biết (không bắt buộc)").fill("Mỹ và Anh.")
    shoot(page, "feedback-vi")
    page.get_by_role("button", name="Lưu").click()
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(up).to_have_attribute("aria-pressed", "false")
    record = page.evaluate("fetch('api/feedback').then((reply) => reply.text())")
    kept = json.loads(record.splitlines()[-1])
    assert (kept["rating"], kept["reason"], kept["right_answer"]) == (
        "down", "incomplete", "Mỹ và Anh.",
    )  # fmt: skip
    page.reload()
    expect(page.locator('[data-rate="down"]')).to_have_attribute("aria-pressed", "true")


def test_the_question_is_narrowed_and_the_answer_says_so(
    visit: Visit, shoot: Shoot, assistant: ScriptedAssistant
) -> None:
    page = visit("en")
    page.locator("[data-pick]").nth(1).uncheck()
    expect(page.locator("#narrowed")).to_have_text("Asking 1 of 2 documents")
    ask_and_wait(page, "Who did not sign?")
    assert assistant.narrowed[-1] == [DOCUMENTS[0].id]
    expect(page.locator("#now .only")).to_have_text(f"Asked only: {DOCUMENTS[0].title}")
    shoot(page, "narrowed-en")
    page.locator("[data-pick]").nth(0).uncheck()
    expect(page.locator("#narrowed")).to_have_text("No document chosen: all 2 are asked")
    page.locator("[data-ask-all]").click()
    expect(page.locator("#narrowed")).to_be_hidden()
    ask_and_wait(page, "And now?")
    assert assistant.narrowed[-1] is None
    expect(page.locator("#now .only")).to_have_count(0)


class Emptied(ScriptedAssistant):
    """Of its documents the first can be taken away, as in another window."""

    def __init__(self) -> None:
        super().__init__()
        self.held = list(DOCUMENTS)

    def documents(self) -> list[Document]:
        return list(self.held)

    def document(self, document: str) -> Document:
        if document not in {each.id for each in self.held}:
            raise DocumentMissingError(document=document)
        return super().document(document)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_document_that_was_removed_elsewhere_leaves_its_words_and_the_list(
    visit: Visit, shoot: Shoot, language: str
) -> None:
    assistant = Emptied()
    with serving(assistant) as address:
        page = visit(language, at=address, allow="404")
        ask_and_wait(page, "Who did not sign?")
        del assistant.held[0]
        expect(page.locator(".row")).to_have_count(2)
        page.locator(".chip").first.click()
        warning = page.locator("#reader .warning")
        expect(warning).to_have_text(
            "This document is no longer in the library."
            if language == "en"
            else "Tài liệu này không còn trong thư viện."
        )
        expect(page.locator("#reader blockquote")).to_have_text(NOT_SIGNED)
        expect(page.locator(".row")).to_have_count(1)
        expect(page.locator("#document-count")).to_have_text("1")
        shoot(page, f"removed-{language}")


def test_the_list_follows_the_library_and_keeps_what_was_chosen(visit: Visit) -> None:
    assistant = Emptied()
    comes_back = "window.dispatchEvent(new Event('focus'))"
    with serving(assistant) as address:
        page = visit("en", at=address)
        page.locator("[data-pick]").nth(0).uncheck()
        assistant.held.append(Document("new", "New", "en", "/d/new.md", "1"))
        page.evaluate(comes_back)
        expect(page.locator("#narrowed")).to_have_text("Asking 1 of 3 documents")
        page.locator("[data-pick]").nth(0).check()
        page.locator("[data-pick]").nth(1).uncheck()
        page.locator("[data-pick]").nth(2).uncheck()
        del assistant.held[0]
        ask_and_wait(page, "Who did not sign?", "failed")
        expect(page.locator("#narrowed")).to_have_text("No document chosen: all 2 are asked")
        page.locator("[data-ask-all]").click()
        del assistant.held[0]
        page.evaluate(comes_back)
        expect(page.locator(".row")).to_have_count(1)
        expect(page.locator("#narrowed")).to_be_hidden()


class Librarian(ScriptedAssistant):
    """Over two hundred documents."""

    def documents(self) -> list[Document]:
        return [
            Document(f"d{number}", f"Quy định {number} về nghỉ phép", "vi", f"/d/{number}.md", "1")
            for number in range(200)
        ]


def test_a_long_list_is_searched_without_marks_and_chosen_from(visit: Visit) -> None:
    librarian = Librarian()
    with serving(librarian) as address:
        page = visit("vi", at=address)
        expect(page.locator("#document-count")).to_have_text("200")
        page.locator("[data-pick-all]").uncheck()
        expect(page.locator("#narrowed")).to_contain_text("hỏi tất cả 200 tài liệu")
        page.fill("[data-find]", "nghi PHEP quy dinh 17")
        expect(page.locator(".row:visible")).to_have_count(12)
        page.locator("[data-pick-all]").check()
        page.locator(".row:visible [data-pick]").first.uncheck()
        page.fill("[data-find]", "")
        expect(page.locator(".row:visible")).to_have_count(200)
        expect(page.locator("#narrowed")).to_have_text("Đang hỏi 11 trong 200 tài liệu")
        ask_and_wait(page, "Nước nào?")
        assert librarian.narrowed[-1] == [f"d{number}" for number in (117, *range(170, 180))]


def test_from_citation_to_citation_by_button_and_by_key(visit: Visit) -> None:
    page = visit("vi")
    ask_and_wait(page, "Nước nào không ký?")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#reader mark")).to_have_text(NOT_SIGNED)
    expect(page.locator("#step")).to_have_text("Nguồn 1 trong 3")
    page.locator('[data-step="1"]').click()
    expect(page.locator("#reader mark")).to_have_text(BRITAIN)
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#reader mark")).to_have_text(LED)
    expect(page.locator('[data-step="1"]')).to_be_disabled()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#reader mark")).to_have_text(BRITAIN)
    assert in_view(page, "#reader mark")


def test_what_happens_is_spoken(visit: Visit) -> None:
    page = visit("en")
    ask_and_wait(page, "Who did not sign?")
    expect(page.locator("#said[role=status]")).to_have_text("Answered, with 3 sources.")
    ask_and_wait(page, "How far is the moon?")
    expect(page.locator("#said")).to_have_text(re.compile("do not answer"))
