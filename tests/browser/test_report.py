"""The evaluation report in the browser: a thousand questions, opened from a file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from evals.compare import compare
from evals.page import page as report_page
from evals.report import report
from evals.results import Result
from evals.run import run_set
from evals.set_files import load
from rag.settings import Settings
from tests.evals import planted
from tests.evals.test_page import thousand

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    lines = (json.dumps(line, ensure_ascii=False) for line in planted.lines())
    (folder / "set.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    questions = load(folder / "set.jsonl")
    before, after = thousand(run_set(planted.assistant(), questions, Settings(), folder / "base"))
    results = [
        # Every ninth answer loses its citations, so that some questions flip.
        one if n % 9 or one.answer is None else _uncited(one)
        for n, one in enumerate(after.results)
    ]
    worse = replace(after, results=results)
    made = folder / "report.html"
    made.write_text(report_page(report(worse), "vi", compare(before, worse)), encoding="utf-8")
    return made


def _uncited(result: Result) -> Result:
    assert result.answer is not None
    claims = tuple(replace(claim, citations=()) for claim in result.answer.claims)
    return replace(result, answer=replace(result.answer, claims=claims))


def opened(browser: Browser, file: Path, troubles: list[str]) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.on("request", lambda request: troubles.append(request.url))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(file.as_uri())
    return page


# Types into the search field and waits until the browser has drawn what came of it.
TYPE = """async (wanted) => {
  const field = document.getElementById("text");
  field.value = wanted;
  field.dispatchEvent(new Event("input"));
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
}"""


def busy_ms(page: Page, wanted: str) -> float:
    """Processor time of the page's main thread for one letter, whatever else the machine does."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def task_s() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")

    before = task_s()
    page.evaluate(TYPE, wanted)
    return 1000 * (task_s() - before)


def test_a_thousand_questions_filter_without_a_pause(browser: Browser, file: Path) -> None:
    troubles: list[str] = []
    page = opened(browser, file, troubles)
    assert page.locator("#count").inner_text() == "1000 / 1000"
    # Letter by letter, as a person types and deletes; every one of them, not the typical one.
    typed = [
        word[:end] for word in ("vi-12", "none", "EN", "zz", "mục") for end in range(len(word) + 1)
    ]
    times = {wanted: busy_ms(page, wanted) for wanted in typed}
    assert max(times.values()) < 100, times  # what a person takes for at once
    page.fill("#text", "vi-12")
    page.select_option("#slice", "vi→vi")
    page.select_option("#state", "flipped")
    shown = page.locator("details:visible")
    ids = shown.locator("summary code").all_inner_texts()
    assert ids and all(name.startswith("vi-12") for name in ids)
    assert page.locator("#count").inner_text() == f"{len(ids)} / 1000"
    assert troubles == [file.as_uri()]
    page.context.close()


def test_flipped_questions_come_first_and_are_printed_open(browser: Browser, file: Path) -> None:
    page = opened(browser, file, [])
    first = page.locator("details").first
    assert "đúng → sai" in (first.text_content() or "")
    assert page.locator("details[open]").count() == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    flipped = page.locator("details[data-state~='wrong|flipped'], details[data-state$='flipped']")
    assert page.locator("details[open]").count() == flipped.count() > 0
    page.emulate_media(media="print")
    assert not page.locator(".filters").is_visible()
    assert first.locator("mark, .stages li.changed").first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
    page.context.close()
