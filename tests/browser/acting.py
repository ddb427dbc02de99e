"""What the browser's tests do and look at, again and again."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from bilingual.texts import catalogue
from tests.ui.fakes import DOCUMENTS

# What is the same in both languages, or is content and not interface.
NAMES = ("Trichdan", "Tiếng Việt", "English", "VI", "EN")


def ask(page: Page, question: str) -> None:
    page.fill("#question", question)
    page.keyboard.press("Enter")


def ask_and_wait(page: Page, question: str, stage: str = "done") -> None:
    turns = page.locator(".turn").count()
    ask(page, question)
    expect(page.locator(".turn").nth(turns)).to_have_attribute("data-stage", stage)


def in_view(page: Page, selector: str) -> bool:
    """Whether the element is inside the window and not covered where its middle is."""
    return bool(
        page.evaluate(
            """(selector) => {
              const element = document.querySelector(selector);
              const { left, top, right, bottom } = element.getClientRects()[0];
              const inside = top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
              const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
              return inside && (hit === element || element.contains(hit));
            }""",
            selector,
        )
    )


def misset(page: Page) -> list[str]:
    """What is wider than the window, and short buttons whose words are broken into lines."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("#trichdan *")]
             .filter((each) => each.checkVisibility({ visibilityProperty: true })
               && !each.closest(".sr, .skip, .tip, svg"))
             .filter((each) => {
               const { left, right, width, height } = each.getBoundingClientRect();
               if (width <= 1) return false;
               const short = each.matches("button") && each.textContent.trim().length < 16
                 && each.textContent.trim() && !each.querySelector("span, svg");
               return left < -1 || right > innerWidth + 1 || (short && height > 44);
             })
             .map(({ tagName, className, textContent }) =>
               `${tagName}.${className}: ${textContent.slice(0, 40)}`)"""
    )
    return found


def marked(page: Page) -> str:
    return " ".join(page.locator("#reader mark").all_inner_texts())


def texts_on(page: Page) -> list[str]:
    """Every visible text of the interface, labels and placeholders included, content left out."""
    found: list[str] = page.evaluate(
        """() => {
          const CONTENT = ".question, .claims, .reader-text, .document-title, .source-title, "
            + ".reader-head h2, .where [lang], .passage-title, .passage-text, .refusal > p, "
            + ".missing li, #starters button, .suggested, .talk-title, time, kbd, .upload-name, "
            + ".person";
          const texts = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const parent = walker.currentNode.parentElement;
            if (parent.closest(CONTENT) || !parent.checkVisibility()) continue;
            if (!parent.closest("script, style")) texts.push(walker.currentNode.textContent);
          }
          for (const element of document.querySelectorAll("#trichdan *")) {
            if (!element.checkVisibility() || element.closest(".claims")) continue;
            for (const name of ["aria-label", "placeholder", "alt", "title"]) {
              if (name === "title" && element.matches(".chip")) continue;
              texts.push(element.getAttribute(name) ?? "");
            }
          }
          texts.push(document.title);
          return texts.map((text) => text.trim()).filter((text) => /\\p{L}/u.test(text));
        }"""
    )
    files = [document.source.rpartition("/")[2] for document in DOCUMENTS]
    return [text for text in found if text not in (*NAMES, *files)]


def fits(text: str, language: str) -> bool:
    """Whether `text` is a wording of the page in `language`, placeholders filled."""
    return any(
        re.fullmatch(re.sub(r"\\{\w+(?:!r)?\\}", ".+", re.escape(both[language])), text)
        for both in (*catalogue("page").values(), *catalogue("errors").values())
    )
