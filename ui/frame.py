"""The fixed parts of the page, and the document that Gradio's front end is put into."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from bilingual.texts import InterfaceLanguage
from ui.feedback import REASONS
from ui.icons import icon
from ui.shell import head
from ui.users import Person
from ui.wording import attribute, wordings, words

COMMENT_CHARS = 4000


def header(language: InterfaceLanguage) -> str:
    """The bar at the top: name, language switch, new conversation, documents."""
    return (
        f'<header class="bar">{skip("skip-to-question", "question", language)}'
        '<div class="brand">'
        f'{sign()}<span class="name">Trichdan</span>'
        f"{words('tagline', language, css='tagline')}</div>"
        f"{language_switch(language)}"
        f"{_tool('talks', 'conversations', 'data-talks', language)}"
        f"{_tool('plus', 'new-conversation', 'data-new', language)}"
        f"{_tool('books', 'show-documents', 'data-panel-open', language)}"
        f"{_tool('help', 'shortcuts', 'data-help', language)}{account(language)}</header>"
    )


def account(language: InterfaceLanguage) -> str:
    """Who is signed in, and the way out; shown only where people sign in."""
    return (
        '<form class="account" method="post" action="logout"><span class="person"></span>'
        f'<button type="submit" class="tool"{attribute("aria-label", "sign-out", language)}'
        f"{attribute('title', 'sign-out', language)}>{icon('leave')}</button></form>"
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


def skip(key: str, target: str, language: InterfaceLanguage) -> str:
    """The link past the bar, for those who go by keyboard."""
    return words(key, language, "a", "skip", f'href="#{target}"')


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
        for key in ("not-sent", "not-reached", "not-kept")
    )
    narrowed = (
        '<div class="narrowed" hidden><span id="narrowed"></span>'
        f"{words('ask-all', language, 'button', attributes='type=button data-ask-all')}</div>"
    )
    editing = (
        f'<div class="narrowed" id="editing" hidden>{words("editing", language)}'
        f"{words('cancel', language, 'button', attributes='type=button data-edit-cancel')}</div>"
    )
    return (
        f'<form class="composer"><div role="alert">{notices}</div>{editing}{narrowed}'
        '<div class="box">'
        f'<textarea id="question" rows="1" enterkeyhint="send"{label}{placeholder}></textarea>'
        f'<button type="submit" class="round send"{attribute("aria-label", "send", language)}'
        f"{attribute('title', 'send', language)}>{icon('send')}</button>"
        f'<button type="button" class="round stop" data-stop hidden'
        f"{attribute('aria-label', 'stop', language)}{attribute('title', 'stop', language)}>"
        f"{icon('stop')}</button></div>{words('keys', language, 'p', 'keys')}</form>"
    )


def evidence_panel(language: InterfaceLanguage) -> str:
    """The source panel: the library's list, folded away, and the open document."""
    return (
        f'<aside class="panel"{attribute("aria-label", "panel", language)}>'
        f'<button type="button" class="close" data-panel-close'
        f"{attribute('aria-label', 'close', language)}>{icon('close')}</button>"
        f'<details class="library" open><summary>{words("library", language)} '
        '<span class="count" id="document-count"></span></summary><div id="library"></div>'
        f"{_to_library(language)}</details>"
        f"{citation_steps(language)}{reader_section('nothing-open', language)}</aside>"
    )


def _to_library(language: InterfaceLanguage) -> str:
    """The way to the library's page, named by what one may do there."""
    return (
        '<a class="manage" href="library">'
        f"{words('manage-library', language, css='needs-librarian')}"
        f"{words('open-library', language, css='for-readers')}</a>"
    )


def reader_section(empty: str, language: InterfaceLanguage) -> str:
    """Where a document opens, and what it says before one does."""
    failed = words("source-failed", language, "p", "reader-note warning")
    gone = words("source-gone", language, "p", "reader-note warning")
    quoted = words("quoted", language, "p", "reader-note", "data-quoted")
    nothing = words(empty, language, "p", "reader-empty")
    label = attribute("aria-label", "reader", language)
    return (
        f'<section class="reader" id="reader" tabindex="0"{label}>'
        f"{nothing}</section>"
        f'<template id="reader-empty">{nothing}</template>'
        f'<template id="reader-failed">{failed}</template>'
        f'<template id="reader-gone">{gone}{quoted}<blockquote data-quoted></blockquote></template>'
    )


def citation_steps(language: InterfaceLanguage) -> str:
    """The way from one citation of an answer to the next; shown when one is open."""
    previous, following = (
        f'<button type="button" class="action" data-step="{step}"'
        f"{attribute('aria-label', key, language)}{attribute('title', key, language)}>"
        f"{icon(picture)}</button>"
        for step, key, picture in (
            (-1, "previous-citation", "previous"),
            (1, "next-citation", "next"),
        )
    )
    label = attribute("aria-label", "citations", language)
    return (
        f'<nav class="steps" id="steps" hidden{label}>{previous}'
        f'<span id="step"></span>{following}</nav>'
    )


def dialogs(language: InterfaceLanguage) -> str:
    """What opens over the page: the conversations, a reason for a thumb down, the shortcuts."""
    return (
        f"{_talks(language)}{_reasons(language)}{_shortcuts(language)}"
        '<p id="said" class="sr" role="status"></p><p id="toast" class="toast" hidden></p>'
        f"{wordings_template(_LATER, language)}"
    )


def _dialog(css: str, title: str, body: str, language: InterfaceLanguage) -> str:
    """A dialog with its title and a button that closes it."""
    return (
        f'<dialog class="{css}" id="{css}" aria-labelledby="{css}-title"><header>'
        f"{words(title, language, 'h2', attributes=f'id={css}-title tabindex=-1')}"
        f'<button type="button" class="action" data-dialog-close'
        f"{attribute('aria-label', 'close', language)}>{icon('close')}</button></header>"
        f"{body}</dialog>"
    )


def _talks(language: InterfaceLanguage) -> str:
    new = words("new-conversation", language)
    body = (
        f'<button type="button" class="new" data-new>{icon("plus")}{new}</button>'
        '<div id="talk-list"></div>'
    )
    return _dialog("talks", "conversations", body, language)


def _reasons(language: InterfaceLanguage) -> str:
    reasons = "".join(
        f'<label><input type="radio" name="reason" value="{reason}">'
        f"{words(f'feedback-{reason}', language)}</label>"
        for reason in REASONS
    )
    fields = "".join(
        f"<label>{words(f'feedback-{key}', language)}"
        f'<textarea name="{name}" rows="2" maxlength="{COMMENT_CHARS}"></textarea></label>'
        for key, name in (("comment", "comment"), ("right-answer", "right_answer"))
    )
    closes = "type=button data-dialog-close"
    cancel = words("cancel", language, "button", "plain", closes)
    body = (
        f'<form class="reasons" method="dialog"><fieldset>'
        f"{words('feedback-title', language, 'legend', 'sr')}{reasons}</fieldset>{fields}"
        f"{words('feedback-kept', language, 'p', 'small')}"
        f'<div class="ends">{cancel}'
        f"{words('save', language, 'button', 'primary', 'type=submit')}</div></form>"
    )
    return _dialog("reasons-dialog", "feedback-title", body, language)


def _shortcuts(language: InterfaceLanguage) -> str:
    rows = "".join(
        f"<dt>{keys}</dt>{words(key, language, 'dd')}"
        for keys, key in (
            ("<kbd>Enter</kbd>", "key-send"),
            ("<kbd>Shift</kbd> + <kbd>Enter</kbd>", "key-line"),
            ("<kbd>Esc</kbd>", "key-stop"),
            ("<kbd>Alt</kbd> + <kbd>↓</kbd>", "key-next"),
            ("<kbd>Alt</kbd> + <kbd>↑</kbd>", "key-previous"),
            ("<kbd>Alt</kbd> + <kbd>Q</kbd>", "key-question"),
            ("<kbd>Alt</kbd> + <kbd>N</kbd>", "key-new"),
            ("<kbd>Alt</kbd> + <kbd>L</kbd>", "key-conversations"),
        )
    )
    return _dialog("shortcuts", "shortcuts", f"<dl>{rows}</dl>", language)


_LATER = (
    "copied", "not-copied", "thanks", "not-kept", "said-answering", "said-done", "said-refused",
    "said-stopped", "said-failed", "narrowed", "narrowed-none", "step", "not-opened",
)  # fmt: skip


def wordings_template(keys: Sequence[str], language: InterfaceLanguage) -> str:
    """Wordings that a script fills in when their time comes."""
    kept = "".join(
        words(key, language, attributes=f'data-key="{key}"', number="{number}", total="{total}")
        for key in keys
    )
    return f'<template id="wordings">{kept}</template>'


def dress(
    html: str, person: Person, way: str, language: InterfaceLanguage, nonce: str, version: str
) -> str:
    """Gradio's document made ours: language, title, style, script, and a nonce on each script.

    What it says about itself to other sites goes, and so does its manifest.
    """
    html = re.sub(r"<meta\s+(?:property|name)=\"(?:og|twitter):[^>]*>", "", html)
    html = html.replace('<link rel="manifest" href="/manifest.json" />', "")
    root = f'lang="{language}" data-preferred="{language}" {who(person, way)}'
    html = html.replace('lang="en"', root, 1)
    html = html.replace("</head>", f"{head('title', language, version, 'page.js')}</head>", 1)
    opening = escape(wordings("opening")[language])
    html = html.replace("<gradio-app", f'<p id="opening">{opening}</p><gradio-app', 1)
    return html.replace("<script", f'<script nonce="{nonce}"')


def who(person: Person, way: str) -> str:
    """The attributes of a page's root that say whose it is, for style and script."""
    return f'data-person="{escape(person.name)}" data-role="{person.role}" data-way="{way}"'
