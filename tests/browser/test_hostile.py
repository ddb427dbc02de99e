"""Hostile texts through every way into the page: no script runs, no request leaves the origin."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from bilingual.encoder import Encoder
from evals.page import page as report_page
from evals.report import report
from evals.run import run_set
from evals.set_files import load
from ingest import ingest
from rag.assistant import Assistant
from rag.settings import Settings
from rag.types import Answer, Claim, Timings
from tests.browser.acting import ask, ask_and_wait
from tests.browser.hostile import (
    FILE_NAMES,
    ON_A_LINE,
    PAYLOADS,
    HostileAssistant,
    HostileShelves,
    cited,
    hit,
)
from tests.browser.serving import serving
from tests.openai_server import OpenAIServer, Reply
from tests.ui.fakes import ScriptedAssistant
from tests.ui.people import with_people
from ui.shelves import Shelves

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


def test_names_of_people_and_files_and_what_they_say_stay_text(
    visit: Visit, tmp_path: Path
) -> None:
    settings = Settings(
        library=tmp_path / "library", proxy_user_header="X-Person", proxy_addresses="127.0.0.1",
        shutdown_s=1,
    )  # fmt: skip
    with_people(settings)
    named = "".join(ON_A_LINE)[:4000]
    with serving(ScriptedAssistant(), HostileShelves(), settings) as address:
        as_named = {"X-Person": named}
        page = visit("en", at=address, prepare=lambda page: page.set_extra_http_headers(as_named))
        unharmed(page)
        assert page.evaluate("document.documentElement.dataset.person") == named
        ask_and_wait(page, "Who did not sign?")
        page.locator("#now [data-rate=down]").click()
        page.fill("[name=comment]", " ".join(PAYLOADS)[:4000])
        page.fill("[name=right_answer]", " ".join(PAYLOADS[::-1])[:4000])
        page.locator(".reasons [type=submit]").click()
        expect(page.locator("#now [data-rate=down]")).to_have_attribute("aria-pressed", "true")
        page.reload()
        expect(page.locator("#now [data-rate=down]")).to_have_attribute("aria-pressed", "true")
        unharmed(page)
        page.set_extra_http_headers({"X-Person": "lan"})
        page.goto(f"{address}library")
        expect(page.locator("[data-row]")).to_have_count(len(PAYLOADS))
        # The list above has shown every name; of those on their way some are enough.
        sent = FILE_NAMES[14:17] + FILE_NAMES[20::5]
        page.set_input_files(
            "#files",
            [FilePayload(name=name, mimeType="text/markdown", buffer=b"x") for name in sent],
        )
        ended = page.locator('.upload:is([data-stage="skipped"], [data-stage="failed"])')
        expect(ended).to_have_count(len(sent))
        unharmed(page)
        assert sent[0] in shown(page, "#uploads")


def test_a_sign_in_that_fails_shows_the_name_as_text(visit: Visit, tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "library", shutdown_s=1)
    with_people(settings)
    with serving(ScriptedAssistant(), settings=settings) as address:
        page = visit("en", at=address, ready=".sign-in", allow="401")
        for name in ('"><script>window.pwned=1</script>', '" autofocus onfocus=window.pwned=1 x="'):
            page.fill("[name=name]", name)
            page.fill("[name=password]", "nothing")
            page.keyboard.press("Enter")
            expect(page.locator(".notice")).to_be_visible()
            expect(page.locator("[name=name]")).to_have_value(name)
            unharmed(page)
        page.context.close()


@pytest.fixture
def hostile_library(tmp_path: Path, default_encoder: Encoder) -> Path:
    """A library of documents whose names, titles, headings and text are hostile."""
    folder = tmp_path / "in"
    folder.mkdir()
    names = [name for name in FILE_NAMES if len(name.encode()) < 200]
    each = -(-len(PAYLOADS) // 6)
    for number in range(6):
        payloads = PAYLOADS[number * each : (number + 1) * each]
        sentences = "\n\n".join(
            f"The rent of room {number}-{place} is {place} euros. {payload}"
            for place, payload in enumerate(payloads)
        )
        content = f"# {ON_A_LINE[number * 5]}\n\n## {ON_A_LINE[number * 5 + 1]}\n\n{sentences}\n"
        (folder / names[number * 7 + 14]).write_text(content, encoding="utf-8")
    ingested = ingest([folder], tmp_path / "library", default_encoder)
    assert len(ingested.added) == 6
    return tmp_path / "library"


def test_hostile_documents_and_a_hostile_model_through_the_whole_program(
    visit: Visit, hostile_library: Path
) -> None:
    said = " ".join(f"{payload} [1]." for payload in PAYLOADS)
    pieces = [said[at : at + 40] for at in range(0, len(said), 40)]
    with OpenAIServer(Reply(deltas=pieces)) as model:
        for chosen in (
            {},
            {"llm": "openai", "llm_base_url": model.base_url, "llm_model": "scripted"},
        ):
            settings = Settings(library=hostile_library, shutdown_s=1, **chosen)  # type: ignore[arg-type]
            with (
                Assistant.open(settings) as assistant,
                serving(assistant, Shelves(assistant), settings) as address,
            ):
                page = visit("en", at=address)
                expect(page.locator("#starters[aria-busy]")).to_have_count(0)
                ask_and_wait(page, "What is the rent of room 3-4?")
                unharmed(page)
                for place in range(6):
                    page.locator(".library").evaluate("(each) => { each.open = true; }")
                    page.locator(".document").nth(place).click()
                    expect(page.locator("#reader .reader-text")).to_contain_text("The rent of room")
                    unharmed(page)
                page.goto(f"{address}library")
                expect(page.locator("[data-row]")).to_have_count(6)
                unharmed(page)
                page.context.close()
    assert model.requests, "the scripted model was asked"


class Quoting(ScriptedAssistant):
    """Answers the evaluation's questions with the corpus."""

    def ask(self, question: str, **_: object) -> Answer:
        claims = tuple(
            Claim(payload, (cited(number),), "unsupported", payload)
            for number, payload in enumerate(PAYLOADS)
        )
        hits = tuple(hit(number) for number in range(len(PAYLOADS)))
        return Answer(question, "en", claims, False, PAYLOADS, None, hits, Timings())


@pytest.fixture
def hostile_report(tmp_path: Path) -> Iterator[Path]:
    lines: list[dict[str, object]] = [
        {
            "id": f"q{number}", "question": payload, "language": "en", "document_language": None,
            "kind": "number", "answerable": False, "evidence": [], "answers": [],
        }
        for number, payload in enumerate(PAYLOADS)
    ]  # fmt: skip
    (tmp_path / "set.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    run = run_set(Quoting(), load(tmp_path / "set.jsonl"), Settings(), tmp_path / "run")
    made = tmp_path / "report.html"
    made.write_text(report_page(report(run), "en"), encoding="utf-8")
    yield made


def test_nothing_hostile_comes_alive_in_a_report(browser: Browser, hostile_report: Path) -> None:
    asked: list[str] = []
    page = browser.new_context().new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(hostile_report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None
    assert asked == [hostile_report.as_uri()]
    assert page.locator("details img, details iframe, details script, details link").count() == 0
    assert " ".join(PAYLOADS[14].split()) in shown(page, "body")
    page.context.close()
