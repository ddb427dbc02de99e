"""The pages that are not Gradio's: the document around their contents."""

from __future__ import annotations

from html import escape

from bilingual.texts import InterfaceLanguage
from ui.wording import wordings


def head(title: str, language: InterfaceLanguage, version: str, script: str) -> str:
    """What every page has in its head: title, sign, style and its script.

    `version` changes with the files, so that browsers fetch them anew.
    """
    titles = wordings(title)
    carried = " ".join(f'data-{name}="{escape(each)}"' for name, each in titles.items())
    return (
        f"<title {carried}>{escape(titles[language])}</title>"
        '<meta name="color-scheme" content="light dark">'
        '<link rel="icon" href="page/static/icon.svg" type="image/svg+xml">'
        f'<link rel="stylesheet" href="page/static/page.css?{version}">'
        f'<script type="module" src="page/static/{script}?{version}"></script>'
    )


def document(
    body: str,
    *,
    title: str,
    language: InterfaceLanguage,
    version: str,
    script: str,
    attributes: str = "",
) -> str:
    """A whole page around `body`, which is ready HTML."""
    return (
        f'<!doctype html><html lang="{language}" data-preferred="{language}"{attributes}>'
        '<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{head(title, language, version, script)}</head><body>{body}</body></html>"
    )
