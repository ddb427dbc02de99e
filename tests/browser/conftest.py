import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.serving import serving
from tests.ui.fakes import ScriptedAssistant

SCREENSHOTS = Path(__file__).with_name("screenshots")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 30_000  # of a machine that has much else to do
expect.set_options(timeout=PATIENCE_MS)
# What every page must never do, collected while a test runs and checked when it ends.
Troubles = list[str]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that TRICHDAN_CHROMIUM names."""
    chosen = os.environ.get("TRICHDAN_CHROMIUM")
    found = chosen or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and not os.environ.get("CI"):
        pytest.skip("no chromium here: install it, or set TRICHDAN_CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found or "/usr/bin/chromium", args=ARGUMENTS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def assistant() -> ScriptedAssistant:
    return ScriptedAssistant()


@pytest.fixture(autouse=True)
def pace(assistant: ScriptedAssistant) -> Iterator[Callable[[float], None]]:
    """How long each word takes; quick unless the test sets it."""

    def pace(pause_s: float) -> None:
        assistant.pause_s = pause_s

    pace(0.003)
    yield pace


@pytest.fixture(scope="session")
def address(assistant: ScriptedAssistant) -> Iterator[str]:
    with serving(assistant) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens the page in a fresh browser profile.

    The test fails on any off-origin request or script error, and on anything in the console that
    does not contain `allow`; an empty `allow` lets the console say anything.
    """
    opened: list[Page] = []
    troubles: Troubles = []

    def visit(
        language: str = "vi",
        *,
        phone: bool = False,
        dark: bool = False,
        allow: str = "\0",
        at: str = address,
        ready: str = ".document",
        prepare: Callable[[Page], None] = lambda page: None,
    ) -> Page:
        context = browser.new_context(
            locale="vi-VN" if language == "vi" else "en-GB",
            viewport={"width": 360, "height": 740} if phone else {"width": 1280, "height": 800},
            color_scheme="dark" if dark else "light",
            has_touch=phone,
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        opened.append(page)
        origin = at.removesuffix("library")
        page.on("request", lambda request: _same_origin(request.url, origin, troubles))
        page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
        page.on("console", lambda message: _quiet(message, allow, troubles))
        prepare(page)
        page.goto(at)
        page.wait_for_selector(ready, state="attached")
        return page

    yield visit
    for page in opened:
        page.context.close()
    assert troubles == []


def _same_origin(url: str, address: str, troubles: Troubles) -> None:
    if not url.startswith((address, "data:")):
        troubles.append(f"off-origin request: {url}")


def _quiet(message: ConsoleMessage, allow: str, troubles: Troubles) -> None:
    if message.type == "error" and allow not in message.text:
        troubles.append(f"console: {message.text}")


@pytest.fixture(scope="session")
def shoot() -> Callable[[Page, str], None]:
    """Saves what the page looks like."""
    SCREENSHOTS.mkdir(exist_ok=True)

    def shoot(page: Page, name: str) -> None:
        page.wait_for_timeout(250)  # the sheet slides in
        page.screenshot(path=SCREENSHOTS / f"{name}.png")

    return shoot
