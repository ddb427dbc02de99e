"""How soon the chat page is there, and whether it moves while an answer grows.

Starts `trichdan serve` over the given documents in a temporary folder, opens the page in Chromium
as often as wanted, each time in a fresh profile, and asks one question.

    python -m benchmarks.paint --times 10
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks import machine
from bilingual.encoders import load_encoder
from ingest import ingest
from rag.settings import Settings

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_QUESTION = "Nước nào không ký tuyên bố chung và vì sao?"
# Layout shifts that no hand on the keyboard explains, as browsers themselves sum them up.
_WATCH = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shift += each.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def main() -> None:
    """Run, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--documents", type=Path, default=Path("documents"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(library=Path(folder) / "library")
        ingest([options.documents], settings.library, load_encoder(settings.encoder))
        command = [sys.executable, "-m", "ui.cli", "--library", str(settings.library)]
        server = subprocess.Popen(
            [*command, "serve", "--port", "0"], stdout=subprocess.PIPE, encoding="utf-8"
        )
        try:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=_ARGUMENTS
                )
                visits = [_visit(browser, address) for _ in range(options.times)]
        finally:
            server.terminate()
            server.wait(60)
    report: dict[str, object] = {"machine": machine.describe(), "load": os.getloadavg()}
    for name in visits[0]:
        values = sorted(visit[name] for visit in visits)
        report[name] = {
            "median": round(statistics.median(values), 3), "max": round(values[-1], 3)
        }  # fmt: skip
    print(json.dumps(report, indent=2))


def _visit(browser: Browser, address: str) -> dict[str, float]:
    """Seconds to the first paint and until a question can be typed; the layout's shift."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(_WATCH)
    page.goto(address)
    page.wait_for_selector("#question:focus")
    usable_ms = page.evaluate("performance.now()")
    paint_ms = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    page.wait_for_selector("#starters button")
    opening = page.evaluate("window.shift")
    page.fill("#question", _QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("#now .turn[data-stage=done]")
    page.wait_for_timeout(600)  # the browser counts a shift within half a second of a key as wanted
    shift = page.evaluate("window.shift") - opening
    page.context.close()
    return {
        "first_paint_s": paint_ms / 1000,
        "question_can_be_typed_s": usable_ms / 1000,
        "layout_shift_while_opening": opening,
        "layout_shift_while_answering": shift,
    }


if __name__ == "__main__":
    main()
