"""The sign-in and the library, and every page under axe."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ingest import OnProgress, Report
from rag.settings import Settings
from tests.browser.acting import ask_and_wait, fits, misset, texts_on
from tests.browser.serving import serving
from tests.ui.fakes import DOCUMENTS, ScriptedAssistant, ScriptedShelves
from tests.ui.people import PASSWORD, with_people

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
Shoot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server where people sign in."""
    settings = Settings(library=tmp_path_factory.mktemp("town") / "library", shutdown_s=1)
    with_people(settings)
    with serving(ScriptedAssistant(), settings=settings) as address:
        yield address


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")


def grave(page: Page) -> list[str]:
    """What axe finds serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def check_language(page: Page, language: str) -> None:
    assert [text for text in texts_on(page) if not fits(text, language)] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_people_sign_in_and_out(visit: Visit, shoot: Shoot, town: str, language: str) -> None:
    page = visit(language, at=town, ready=".sign-in", allow="401")
    check_language(page, language)
    assert grave(page) == []
    shoot(page, f"sign-in-{language}")
    sign_in(page, "lan", "wrong password")
    expect(page.locator(".notice")).to_be_visible()
    check_language(page, language)
    sign_in(page, "lan")
    expect(page.locator("#question")).to_be_visible()
    expect(page.locator(".person")).to_have_text("lan")
    ask_and_wait(page, "Who?")
    page.locator(".account button").click()
    expect(page.locator(".sign-in")).to_be_visible()
    page.goto(town)
    expect(page.locator(".sign-in")).to_be_visible()


def test_two_people_at_one_browser_do_not_see_each_other(visit: Visit, town: str) -> None:
    page = visit("en", at=town, ready=".sign-in")
    sign_in(page, "an")
    ask_and_wait(page, "A question of An's?")
    address = page.url
    page.locator(".account button").click()
    sign_in(page, "binh")
    page.wait_for_selector(".welcome")
    page.goto("about:blank")  # another document, so that the address is opened anew
    page.goto(address)
    expect(page.locator("#toast")).to_have_text("That conversation is no longer there.")
    assert "An's" not in page.content()


@pytest.mark.parametrize(
    ("language", "dark", "phone"), [("vi", False, False), ("en", True, False), ("vi", False, True)]
)
def test_files_are_put_in_read_and_removed(
    visit: Visit, shoot: Shoot, tmp_path: Path, language: str, dark: bool, phone: bool
) -> None:
    files = []
    for name in ("Hợp đồng.md", "bad.md", "program.exe"):
        files.append(tmp_path / name)
        files[-1].write_text("text", encoding="utf-8")
    with serving(ScriptedAssistant()) as address:
        page = visit(
            language, dark=dark, phone=phone, at=f"{address}library", ready="[data-row]",
            allow="415",
        )  # fmt: skip
        check_language(page, language)
        page.set_input_files("#files", files)
        states = page.locator(".upload")
        for stage in ("added", "skipped", "skipped"):
            expect(page.locator(f'.upload[data-stage="{stage}"]')).not_to_have_count(0)
        expect(states).to_have_count(3)
        expect(page.locator('.upload[data-stage="skipped"]')).to_have_count(2)
        expect(page.locator("[data-row]")).to_have_count(3)
        assert grave(page) == []
        shoot(page, f"library-{language}{'-dark' if dark else ''}{'-phone' if phone else ''}")
        page.locator("[data-row] .document").first.click()
        expect(page.locator("#reader h2")).to_have_text(DOCUMENTS[0].title)
        if phone:
            page.locator("[data-panel-close]").click()
        row = page.locator("[data-row]").last
        height = row.bounding_box()["height"]  # type: ignore[index]
        row.locator("[data-remove]").click()
        assert row.bounding_box()["height"] == height  # type: ignore[index]
        assert misset(page) == []
        row.locator("[data-remove-sure]").click()
        expect(page.locator("[data-row]")).to_have_count(2)


@pytest.mark.parametrize(("language", "other"), [("vi", "en"), ("en", "vi")])
def test_what_is_refused_says_why_in_both_languages(
    visit: Visit, shoot: Shoot, tmp_path: Path, language: str, other: str
) -> None:
    large, picture = tmp_path / "large.md", tmp_path / "photo.png"
    large.write_bytes(b"x" * (1024 * 1024 + 1))
    picture.write_bytes(b"x")
    settings = Settings(
        library=tmp_path / "library", upload_mb=1, web_hosts="example.org", shutdown_s=1
    )
    with serving(ScriptedAssistant(), settings=settings) as address:
        page = visit(language, at=f"{address}library", ready="[data-row]", allow="status of 4")
        page.set_input_files("#files", [large, picture])
        page.fill(".address input", "ftp://example.org/a")
        page.keyboard.press("Enter")
        refused = page.locator('.upload[data-stage="skipped"]')
        expect(refused).to_have_count(3)
        check_language(page, language)
        states = page.locator(".upload-state").all_inner_texts()
        assert any("1 MB" in state for state in states) and any(".png" in state for state in states)
        shoot(page, f"refused-{language}")
        page.click(f"[data-language={other}]")
        check_language(page, other)


class Replacing(ScriptedShelves):
    """Takes every file but the first for a new version of it."""

    def add(self, paths: Sequence[Path | str], on_progress: OnProgress) -> Report:
        again = len(self.held) > len(DOCUMENTS)
        report = super().add(paths, on_progress)
        return replace(report, added=(), changed=report.added) if again else report


@pytest.mark.parametrize(("language", "phone"), [("vi", True), ("en", False)])
def test_a_file_that_takes_anothers_place_says_whose(
    visit: Visit, shoot: Shoot, tmp_path: Path, language: str, phone: bool
) -> None:
    file = tmp_path / "report.md"
    file.write_text("text", encoding="utf-8")
    with serving(ScriptedAssistant(), Replacing()) as address:
        page = visit(language, phone=phone, at=f"{address}library", ready="[data-row]")
        for number in (1, 2):
            page.set_input_files("#files", file)
            ended = '.upload:is([data-stage="added"], [data-stage="changed"])'
            expect(page.locator(ended)).to_have_count(number)
        expect(page.locator(".upload-state").first).to_have_text(
            "Replaced the document with the same file name: “report.md”."
            if language == "en"
            else "Đã thay tài liệu có cùng tên tệp: “report.md”."
        )
        assert misset(page) == []
        shoot(page, f"replaced-{language}{'-phone' if phone else ''}")


def test_on_a_phone_a_number_stands_before_what_it_counts(visit: Visit, address: str) -> None:
    page = visit("vi", phone=True, at=f"{address}library", ready="[data-row]")
    expect(page.locator("[data-row]").first).to_contain_text("1.234 đoạn")
    row = page.locator("[data-row]", has_text="Vietnam at the Paris summit")
    assert "3 trang" in row.inner_text() and "3 đoạn" in row.inner_text()
    assert "–" not in page.locator("#shelf").inner_text()


LATE = """
const asked = window.fetch;
window.fetch = async (...given) => {
  const reply = await asked(...given);
  if (String(given[0]).endsWith("api/uploads")) await new Promise((go) => setTimeout(go, 4000));
  return reply;
};
"""


def test_a_file_sent_while_the_page_looks_for_others_is_not_forgotten(
    visit: Visit, tmp_path: Path
) -> None:
    file = tmp_path / "late.md"
    file.write_text("text", encoding="utf-8")
    with serving(ScriptedAssistant()) as address:
        page = visit(
            "en", at=f"{address}library", ready="[data-row]",
            prepare=lambda page: page.add_init_script(LATE),
        )  # fmt: skip
        page.set_input_files("#files", file)
        expect(page.locator(".upload")).to_have_attribute("data-stage", "added")
        page.context.close()


def test_a_reader_sees_no_tools_for_librarians(visit: Visit, town: str) -> None:
    page = visit("vi", at=town, ready=".sign-in")
    sign_in(page, "an")
    page.wait_for_selector("#question")
    page.goto(f"{town}library")
    page.wait_for_selector("[data-row]")
    expect(page.locator(".drop")).to_be_hidden()
    expect(page.locator("[data-remove]").first).to_be_hidden()


@pytest.mark.parametrize(
    ("language", "dark", "phone"), [("vi", False, False), ("en", True, False), ("en", False, True)]
)
def test_axe_finds_nothing_serious_in_the_chat(
    visit: Visit, language: str, dark: bool, phone: bool
) -> None:
    page = visit(language, dark=dark, phone=phone)
    assert grave(page) == []
    ask_and_wait(page, "Có gì đáng nghi ngờ?")
    ask_and_wait(page, "the moon, mặt trăng")
    ask_and_wait(page, "broken", "failed")
    page.locator(".chip").first.click()
    expect(page.locator("#reader mark")).to_be_visible()
    page.wait_for_timeout(300)
    assert grave(page) == []
    page.keyboard.press("Escape")
    for opened in ("#talks", "#shortcuts", "#reasons-dialog"):
        page.evaluate("(selector) => document.querySelector(selector).showModal()", opened)
        assert grave(page) == []
        page.keyboard.press("Escape")


def test_the_whole_job_is_done_by_keyboard(visit: Visit) -> None:
    page = visit("en")
    page.keyboard.type("Who did not sign?")
    page.keyboard.press("Enter")
    expect(page.locator("#now .turn")).to_have_attribute("data-stage", "done")
    page.locator("#now .chip").first.focus()
    order = []
    for _ in range(14):
        order.append(page.evaluate("document.activeElement.className"))
        if page.evaluate("document.activeElement === document.body"):
            break  # past the last element: the browser's own bar
        visible = page.evaluate(
            """() => {
              const shown = document.activeElement.closest(".box") ?? document.activeElement;
              const { outlineStyle, outlineWidth } = getComputedStyle(shown);
              return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
            }"""
        )
        assert visible, order
        page.keyboard.press("Tab")
    assert order[:4] == ["chip", "chip", "chip", "chip"]
    assert "source" in order and "action" in order
