"""HTML that says the same in both interface languages.

An element carries both wordings (`data-vi`, `data-en`) and shows one; `page.js` swaps them when
the reader switches, without asking the server. Attributes do the same: `data-vi-aria-label`.
"""

from __future__ import annotations

from html import escape

from bilingual.texts import INTERFACE_LANGUAGES, InterfaceLanguage, text

Wordings = dict[InterfaceLanguage, str]


def wordings(key: str, **params: object) -> Wordings:
    """The wording of `page.{key}` in each interface language, numbers as it writes them."""
    return {
        language: text(f"page.{key}", language, **_written(params, language))
        for language in INTERFACE_LANGUAGES
    }


def _written(params: dict[str, object], language: InterfaceLanguage) -> dict[str, object]:
    """The values of a wording, whole numbers grouped: 1,234 in English, 1.234 in Vietnamese."""
    mark = "." if language == "vi" else ","
    return {
        name: f"{value:,}".replace(",", mark) if type(value) is int else value
        for name, value in params.items()
    }


def words(
    key: str,
    language: InterfaceLanguage,
    tag: str = "span",
    css: str = "",
    attributes: str = "",
    **params: object,
) -> str:
    """An element that says `page.{key}`, shown in `language`, switchable."""
    return said(wordings(key, **params), language, tag, css, attributes)


def said(
    both: Wordings,
    language: InterfaceLanguage,
    tag: str = "span",
    css: str = "",
    attributes: str = "",
) -> str:
    """An element that says `both`, shown in `language`, switchable.

    `attributes` is ready HTML, its values escaped, put into the opening tag as it is.
    """
    opening = " ".join(filter(None, (tag, css and f'class="{css}"', attributes)))
    carried = "".join(f' data-{name}="{escape(wording)}"' for name, wording in both.items())
    return f"<{opening}{carried}>{escape(both[language])}</{tag}>"


def attribute(name: str, key: str, language: InterfaceLanguage, **params: object) -> str:
    """An attribute such as `aria-label` that says `page.{key}`, with a leading space."""
    both = wordings(key, **params)
    carried = "".join(f' data-{each}-{name}="{escape(wording)}"' for each, wording in both.items())
    return f' {name}="{escape(both[language])}"{carried}'
