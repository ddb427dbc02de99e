"""Hostile texts through every way into the page: no script runs, no request leaves the origin."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import ask
from tests.browser.hostile import PAYLOADS, HostileAssistant, HostileShelves
from tests.browser.serving import serving

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]

ALIVE = "script, img, iframe, object, embed, video, audio, link, style, meta, base, form, svg image"
CONTENT = "#before, #now, #reader, #library, #shelf, #talk-list, #starters, #uploads"


def unharmed(page: Page) -> None:
    page.wait_for_timeout(150)
    assert page.evaluate("window.pwned") is None
    alive = page.evaluate(
        """([content, alive]) => [...document.querySelectorAll(content)]
             .flatMap((within) => [...within.querySelectorAll(alive)])
             .filter((element) => !element.matches(".talk-form, .address"))
             .map((element) => element.outerHTML.slice(0, 200))""",
        [CONTENT, ALIVE],
    )
    assert alive == []
    handlers = page.evaluate(
        """() => [...document.querySelectorAll("#trichdan *")].flatMap((element) =>
             [...element.attributes].filter(({ name }) => name.startsWith("on"))).length"""
    )
    assert handlers == 0


def shown(page: Page, within: str) -> str:
    return " ".join(str(page.locator(within).evaluate("(each) => each.textContent")).split())


def test_there_are_enough_of_them() -> None:
    assert len(set(PAYLOADS)) >= 60


def test_nothing_hostile_comes_alive(visit: Visit) -> None:
    with serving(HostileAssistant(), HostileShelves()) as address:
        page = visit("en", at=address)
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        unharmed(page)  # titles and file names in the list, suggestions
        titles = shown(page, "#library")
        assert all(" ".join(payload.split()) in titles for payload in PAYLOADS)
        rest = list(PAYLOADS)
        while rest:  # questions, as many in one as its limit lets through
            asked = ""
            while rest and len(asked) + len(rest[0]) < 1500:
                asked += f"{rest.pop(0)} "
            turns = page.locator(".turn").count()
            ask(page, asked)
            expect(page.locator(".turn")).to_have_count(turns + 1)
            expect(page.locator("#now .turn")).to_have_attribute("data-stage", "done")
        unharmed(page)
        answer = shown(page, "#now .claims")
        assert all(" ".join(payload.split()) in answer for payload in PAYLOADS)
        ask(page, "refuse")
        expect(page.locator("#now .refusal")).to_be_visible()
        unharmed(page)
        for number in (0, 20, 40, 60):
            page.locator("#before .turn:last-child .chip").nth(number).click()
            expect(page.locator("#reader mark").first).to_be_visible()
        unharmed(page)
        page.locator("#before .turn:last-child .verdict-mark").first.hover()
        page.reload()
        expect(page.locator("#now .turn")).to_be_visible()
        page.keyboard.press("Alt+l")
        expect(page.locator(".talk-title").first).to_be_visible()
        page.locator("[data-talk-rename]").first.click()
        page.keyboard.type(PAYLOADS[14])
        page.keyboard.press("Enter")
        expect(page.locator(".talk-title").first).to_have_text(PAYLOADS[14])
        unharmed(page)
        page.goto(f"{address}library")
        expect(page.locator("[data-row]")).to_have_count(len(PAYLOADS))
        page.locator("[data-row] .document").nth(5).click()
        expect(page.locator("#reader h2")).to_be_visible()
        unharmed(page)
