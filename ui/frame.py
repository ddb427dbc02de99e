"""The fixed parts of the page, and the document that Gradio's front end is put into."""

from __future__ import annotations

import re
from html import escape

from bilingual.texts import InterfaceLanguage
from ui.shell import head
from ui.users import Person
from ui.wording import attribute, wordings, words

_ICONS = {
    "send": '<path d="M12 19V5M5.5 11.5 12 5l6.5 6.5"/>',
    "stop": '<rect x="7" y="7" width="10" height="10" rx="1.5" fill="currentColor"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "books": '<path d="M5 4h4v16H5zM9 4h4v16H9zM14.2 5l3.6-.9 3.2 15-3.7.9z"/>',
}


def icon(name: str) -> str:
    """A line drawing in the colour of the text around it."""
    return (
        '<svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        f"{_ICONS[name]}</svg>"
    )


def header(language: InterfaceLanguage) -> str:
    """The bar at the top: name, language switch, new conversation, documents."""
    return (
        f'<header class="bar">{_skip(language)}'
        '<div class="brand">'
        f'{sign()}<span class="name">Trichdan</span>'
        f"{words('tagline', language, css='tagline')}</div>"
        f"{language_switch(language)}"
        f"{_tool('plus', 'new-conversation', 'data-new', language)}"
        f"{_tool('books', 'show-documents', 'data-panel-open', language)}</header>"
    )


def sign() -> str:
    """The product's sign."""
    return '<img class="sign" src="page/static/icon.svg" alt="" width="28" height="28">'


def language_switch(language: InterfaceLanguage) -> str:
    """The two interface languages, one pressed."""
    return (
        f'<div class="switch" role="group"{attribute("aria-label", "language-switch", language)}>'
        '<button type="button" data-language="vi" lang="vi">'
        '<span class="long">Tiếng Việt</span><span class="short" aria-hidden="true">VI</span>'
        '</button><button type="button" data-language="en" lang="en">'
        '<span class="long">English</span><span class="short" aria-hidden="true">EN</span>'
        "</button></div>"
    )


def _skip(language: InterfaceLanguage) -> str:
    return words("skip-to-question", language, "a", "skip", 'href="#question"')


def _tool(picture: str, key: str, hook: str, language: InterfaceLanguage) -> str:
    """A button of the bar: an icon, with its words where there is room for them."""
    label = attribute("aria-label", key, language)
    return (
        f'<button type="button" class="tool" {hook}{label}>{icon(picture)}'
        f"{words(key, language)}</button>"
    )


def composer(language: InterfaceLanguage) -> str:
    """The question box with its buttons, and the line where the page says what went wrong."""
    label = attribute("aria-label", "question", language)
    placeholder = attribute("placeholder", "question-placeholder", language)
    notices = "".join(
        words(key, language, "p", "notice", f'data-notice="{key}" hidden')
        for key in ("not-sent", "not-reached")
    )
    return (
        f'<form class="composer"><div role="alert">{notices}</div><div class="box">'
        f'<textarea id="question" rows="1" enterkeyhint="send"{label}{placeholder}></textarea>'
        f'<button type="submit" class="round send"{attribute("aria-label", "send", language)}'
        f"{attribute('title', 'send', language)}>{icon('send')}</button>"
        f'<button type="button" class="round stop" data-stop hidden'
        f"{attribute('aria-label', 'stop', language)}{attribute('title', 'stop', language)}>"
        f"{icon('stop')}</button></div>{words('keys', language, 'p', 'keys')}</form>"
    )


def evidence_panel(language: InterfaceLanguage) -> str:
    """The source panel: the library's list, folded away, and the open document."""
    failed = words("source-failed", language, "p", "reader-note warning")
    return (
        f'<aside class="panel"{attribute("aria-label", "panel", language)}>'
        f'<button type="button" class="close" data-panel-close'
        f"{attribute('aria-label', 'close', language)}>{icon('close')}</button>"
        f'<details class="library" open><summary>{words("library", language)} '
        '<span class="count" id="document-count"></span></summary><div id="library"></div>'
        '</details><section class="reader" id="reader">'
        f"{words('nothing-open', language, 'p', 'reader-empty')}</section>"
        f'<template id="reader-failed">{failed}</template></aside>'
    )


def dress(html: str, person: Person, language: InterfaceLanguage, nonce: str, version: str) -> str:
    """Gradio's document made ours: language, title, style, script, and a nonce on each script.

    What it says about itself to other sites goes, and so does its manifest.
    """
    html = re.sub(r"<meta\s+(?:property|name)=\"(?:og|twitter):[^>]*>", "", html)
    html = html.replace('<link rel="manifest" href="/manifest.json" />', "")
    html = re.sub(r'lang="en"', f'lang="{language}" {who(person)}', html, count=1)
    html = html.replace("</head>", f"{head('title', language, version, 'page.js')}</head>", 1)
    opening = escape(wordings("opening")[language])
    html = html.replace("<gradio-app", f'<p id="opening">{opening}</p><gradio-app', 1)
    return html.replace("<script", f'<script nonce="{nonce}"')


def who(person: Person) -> str:
    """The attributes of a page's root that say whose it is, for style and script."""
    return f'data-person="{escape(person.name)}" data-role="{person.role}"'
