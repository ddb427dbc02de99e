"""The HTML of a conversation, built from its turns.

Everything that comes from a question, a document or a model is escaped here; nothing of it is
ever read as HTML or Markdown.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from html import escape
from itertools import count

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage
from rag.followups import carried_apart
from rag.types import Citation, Claim, Hit
from ui.evidence import within
from ui.icons import icon
from ui.lines import lines, lists_apart
from ui.turns import Turn, without_marks
from ui.users import Person
from ui.wording import Wordings, attribute, said, words

NEAREST = 3
SNIPPET_CHARS = 220
LAST_WORD_CHARS = 24
# About eight lines of the bubble, more on a phone.
LONG_QUESTION_CHARS, LONG_QUESTION_LINES = 400, 8

DRAWN = 4096  # turns, some 10 KB each
_drawn: OrderedDict[tuple[object, ...], str] = OrderedDict()
_drawing = threading.Lock()

_ASKS = 'type="button" data-ask'

Place = tuple[str, int, int]


def turns_html(turns: Sequence[Turn], language: InterfaceLanguage) -> str:
    """Turns that have ended, oldest first.

    They are drawn with each question that follows them, and remembered for that.
    """
    return "".join(_ended_html(turn, number, language) for number, turn in enumerate(turns, 1))


def _ended_html(turn: Turn, number: int, language: InterfaceLanguage) -> str:
    if turn.open:
        return turn_html(turn, number, language)
    key = (turn.id, turn.stage, turn.rating, number, language)  # nothing else of it changes
    with _drawing:
        if (known := _drawn.get(key)) is not None:
            _drawn.move_to_end(key)
            return known
    made = turn_html(turn, number, language)
    with _drawing:
        _drawn[key] = made
        while len(_drawn) > DRAWN:
            _drawn.popitem(last=False)
    return made


def welcome(language: InterfaceLanguage, *, missing: bool = False) -> str:
    """What an empty conversation shows; the page fetches the questions to begin with.

    Args:
        language: What it is first shown in.
        missing: Whether a conversation was to be opened that is not there.
    """
    note = " data-missing" if missing else ""
    return (
        f'<section class="welcome"{note}>{words("welcome", language, "h1")}'
        f"{words('welcome-detail', language, 'p')}"
        '<div id="starters" aria-busy="true"></div></section>'
    )


def starters_html(
    questions: Sequence[str], empty: bool, person: Person, language: InterfaceLanguage
) -> str:
    """Questions to begin with; over an empty library, how the first document gets in."""
    if empty:
        key = "first-run" if person.may("librarian") else "first-run-reader"
        link = ""
        if person.may("librarian"):
            link = words("add-documents", language, "a", "primary", 'href="library"')
        return (
            f'<div class="first-run">{words("first-run-title", language, "h2")}'
            f"{words(key, language, 'p')}{link}</div>"
        )
    if not questions:
        return ""
    rows = "".join(f"<li>{_asks(question, 'example')}</li>" for question in questions)
    return f"{words('examples', language, 'h2')}<ul>{rows}</ul>"


def _asks(question: str, css: str) -> str:
    """A button that asks a question."""
    return f'<button class="{css}" {_ASKS}="{escape(question)}">{escape(question)}</button>'


def turn_html(
    turn: Turn, number: int, language: InterfaceLanguage, conversation: str | None = None
) -> str:
    """One question with as much of its answer as there is.

    The last turn of a conversation names it, for the page to know where it is.
    """
    busy = "true" if turn.open else "false"
    named = f' data-conversation="{escape(conversation)}"' if conversation is not None else ""
    return (
        f'<article class="turn" data-turn="{number}" data-stage="{turn.stage}"{named}'
        f' data-id="{turn.id}" data-question="{escape(turn.question)}">'
        f'<h2 class="question"{_scrolls(turn.question)}>'
        f"{words('you-asked', language, css='sr')}{escape(turn.question)}</h2>"
        f'<div class="answer" aria-busy="{busy}">{_only(turn, language)}'
        f"{_answer(turn, number, language)}{_actions(turn, language)}</div></article>"
    )


def _scrolls(question: str) -> str:
    """Where a question is long it scrolls in its bubble, also by keyboard."""
    long = len(question) > LONG_QUESTION_CHARS or question.count("\n") >= LONG_QUESTION_LINES
    return ' tabindex="0"' if long else ""


def _only(turn: Turn, language: InterfaceLanguage) -> str:
    """That the answer is from some documents only, and which."""
    if not turn.documents:
        return ""
    titles = ", ".join(each.title for each in turn.documents)
    return words("only", language, "p", "only", titles=titles)


def _actions(turn: Turn, language: InterfaceLanguage) -> str:
    """What can be done with an answer once it has ended."""
    if turn.open:
        return ""
    buttons = []
    if turn.stage != "failed":
        buttons += [_action("copy", "copy-text", 'data-copy="text"', language)]
        buttons += [_action("markdown", "copy-markdown", 'data-copy="markdown"', language)]
    buttons += [_action("edit", "edit", "data-edit", language)]
    buttons += [_action("retry", "retry", "data-retry", language)]
    if turn.stage != "failed":
        for rating in ("up", "down"):
            pressed = "true" if turn.rating == rating else "false"
            hook = f'data-rate="{rating}" aria-pressed="{pressed}"'
            buttons.append(_action(rating, f"thumb-{rating}", hook, language))
    label = attribute("aria-label", "actions", language)
    return f'<div class="actions" role="group"{label}>{"".join(buttons)}</div>'


def _action(picture: str, key: str, hook: str, language: InterfaceLanguage) -> str:
    label = attribute("aria-label", key, language) + attribute("title", key, language)
    return f'<button type="button" class="action" {hook}{label}>{icon(picture)}</button>'


def _answer(turn: Turn, number: int, language: InterfaceLanguage) -> str:
    """The answering half of a turn."""
    if turn.answer is not None and turn.answer.refused:
        return _refusal(turn, language)
    numbers = citation_numbers(turn.claims)
    parts = [_understood(turn, language), _claims(turn, number, numbers, language)]
    match turn.stage:
        case "waiting":
            parts.append(words("searching", language, "p", "progress"))
        case "reading" if not turn.claims and not turn.growing.strip():
            parts.append(words("reading", language, "p", "progress", count=len(turn.hits)))
        case "stopped":
            parts.append(words("stopped", language, "p", "note"))
        case "failed" if turn.claims:
            parts.append(words("cut-short", language, "p", "note"))
    if turn.answer is not None and turn.answer.disagreement:
        parts.append(words("disagreement", language, "p", "note"))
    if not turn.open:
        parts.append(_sources(turn.claims, numbers, language))
    if turn.error is not None:
        parts.append(_failure(turn.error, turn.question, language))
    return "".join(parts)


def _claims(
    turn: Turn, turn_number: int, numbers: dict[Place, int], language: InterfaceLanguage
) -> str:
    """The answer's sentences with their citations, and the sentence that is still growing.

    Rows of a table and items of a list stand one below the other.
    """
    places = count(1)

    def written(claim: Claim) -> str:
        return claim_html(claim, f"t{turn_number}c{next(places)}", numbers, language)

    rows = [(line.listed, " ".join(map(written, line.claims))) for line in lines(turn.claims)]
    if growing := without_marks(turn.growing).strip():
        grows = f'<span class="growing">{escape(growing)}</span>'
        if rows and not rows[-1][0]:
            grows = f"{rows.pop()[1]} {grows}"
        rows.append((False, grows))
    parts = []
    for listed, group in lists_apart(rows):
        tag = "li" if listed else "p"
        inner = "".join(f"<{tag}>{row}</{tag}>" for row in group)
        parts.append(f"<ul>{inner}</ul>" if listed else inner)
    return f'<div class="claims">{"".join(parts)}</div>' if parts else ""


def _understood(turn: Turn, language: InterfaceLanguage) -> str:
    """How a question that leaned on an earlier one, or was misspelt, was understood."""
    answer = turn.answer
    if answer is None or answer.standalone in ("", answer.question):
        return ""
    question, carried = carried_apart(answer.standalone)
    if carried and f"({carried})" not in answer.question:  # typed so, it was carried from nowhere
        return words("understood-with", language, "p", "only", question=question, terms=carried)
    return words("understood", language, "p", "only", question=answer.standalone)


def claim_html(
    claim: Claim, element_id: str, numbers: dict[Place, int], language: InterfaceLanguage
) -> str:
    """One sentence, its mark where the check did not support it, and its citation buttons."""
    chips = "".join(
        citation_chip(citation, numbers[place_of(citation)], language)
        for citation in sorted(
            _distinct(claim.citations), key=lambda citation: numbers[place_of(citation)]
        )
    )
    quiet = claim.verdict == "supported" and not claim.mended_from
    mark = "" if quiet else _verdict(claim, element_id, language)
    head, tail = _before_last_word(claim.text.strip())
    return (
        f'<span class="claim claim-{claim.verdict}"><span class="claim-text">{escape(head)}</span>'
        f'<span class="tail"><span class="claim-text">{escape(tail)}</span>{mark}'
        f'<span class="chips">{chips}</span></span></span>'
    )


def _before_last_word(text: str) -> tuple[str, str]:
    """A sentence in two: its last word stays on one line with the buttons that follow it."""
    cut = max(text.rfind(" "), text.rfind("\n")) + 1
    return (text[:cut], text[cut:]) if len(text) - cut <= LAST_WORD_CHARS else (text, "")


def citation_chip(citation: Citation, number: int, language: InterfaceLanguage) -> str:
    """The small numbered button that opens a citation in the source panel."""
    label = attribute("aria-label", "citation", language, number=number, place=place(citation))
    return (
        f'<button type="button" class="chip"{opens(citation)}{label} '
        f'title="{escape(place(citation))}">{number}</button>'
    )


def opens(target: Citation | Hit) -> str:
    """The attribute that says what a click opens, with a leading space."""
    if isinstance(target, Hit):
        passage = target.passage
        fields: dict[str, object] = {
            "document": passage.document,
            "start": passage.start,
            "end": passage.end,
            "quote": passage.text,
            "page": passage.page,
            "section": passage.section,
        }
    else:
        fields = {
            "document": target.document,
            "start": target.start,
            "end": target.end,
            "quote": target.quote,
            "page": target.page,
            "section": target.section,
        }
    return f' data-citation="{escape(json.dumps(fields, ensure_ascii=False))}"'


def place(citation: Citation) -> str:
    """Where a citation stands, in the document's own words: title and section."""
    section = within(citation.section or "", citation.title)
    return " › ".join(part for part in (citation.title, section) if part)


def citation_numbers(claims: Sequence[Claim]) -> dict[Place, int]:
    """The number of each cited place: counted from 1 in the order of the answer."""
    numbers: dict[Place, int] = {}
    for claim in claims:
        for citation in claim.citations:
            numbers.setdefault(place_of(citation), len(numbers) + 1)
    return numbers


def place_of(citation: Citation) -> Place:
    """What a citation's number stands for."""
    return citation.document, citation.start, citation.end


def _distinct(citations: Sequence[Citation]) -> list[Citation]:
    """The citations without repetitions of a place."""
    return list({place_of(citation): citation for citation in citations}.values())


_SIGNS = {"unsupported": "!", "unsure": "?", "mended": "↺"}


def _verdict(claim: Claim, element_id: str, language: InterfaceLanguage) -> str:
    """The quiet mark of a sentence that its citations do not surely support, or were mended."""
    said = "mended" if claim.verdict == "supported" else claim.verdict
    reason = f'<span class="reason">{escape(claim.reason)}</span>' if claim.reason else ""
    label = attribute("aria-label", said, language)
    return (
        f'<span class="verdict"><button type="button" class="verdict-mark"{label} '
        f'aria-describedby="{element_id}">{_SIGNS[said]}</button>'
        f'<span class="tip" role="tooltip" id="{element_id}">'
        f"{words(said, language, 'strong')}{reason}</span></span>"
    )


def _sources(
    claims: Sequence[Claim], numbers: dict[Place, int], language: InterfaceLanguage
) -> str:
    """The documents an answer rests on, each with the numbers that lead into it."""
    by_document: dict[str, list[Citation]] = {}
    for claim in claims:
        for citation in claim.citations:
            known = by_document.setdefault(citation.document, [])
            if place_of(citation) not in map(place_of, known):
                known.append(citation)
    if not by_document:
        return ""
    rows = "".join(
        f'<li><button type="button" class="source"{opens(cited[0])}>'
        f'<span class="source-numbers">'
        f"{', '.join(str(numbers[place_of(each)]) for each in cited)}</span> "
        f'<span class="source-title">{escape(cited[0].title)}</span></button></li>'
        for cited in by_document.values()
    )
    return f'<div class="sources">{words("sources", language, "h3")}<ul>{rows}</ul></div>'


def _refusal(turn: Turn, language: InterfaceLanguage) -> str:
    """What is missing and the nearest passages; a refusal cites nothing.

    What the refusal's own sentence names already is not listed again.
    """
    answer = turn.answer
    assert answer is not None
    # Where nothing was looked for, a greeting or an empty library, nothing failed to answer.
    parts = [words("refused", language, "h3")] if answer.hits else []
    if answer.refusal:
        parts.append(f'<p lang="{answer.language}">{escape(answer.refusal)}</p>')
    if unnamed := [term for term in answer.missing if term not in (answer.refusal or "")]:
        terms = "".join(f"<li>{escape(term)}</li>" for term in unnamed)
        parts.append(f'<div class="missing">{words("missing", language)}<ul>{terms}</ul></div>')
    if answer.hits:
        nearest = "".join(f"<li>{_nearest(hit)}</li>" for hit in answer.hits[:NEAREST])
        parts.append(
            f'<div class="nearest">{words("nearest", language, "h4")}<ul>{nearest}</ul></div>'
        )
    if turn.suggestions:
        rows = "".join(f"<li>{_asks(question, 'suggested')}</li>" for question in turn.suggestions)
        head = words("answerable", language, "h4")
        parts.append(f'<div class="suggestions">{head}<ul>{rows}</ul></div>')
    return f'<div class="refusal">{"".join(parts)}</div>'


def _nearest(hit: Hit) -> str:
    """A retrieved passage as a button that opens it."""
    title = escape(hit.document.title)
    section = within(hit.passage.section or "", hit.document.title)
    named = f"<b>{escape(section)}</b> · {title}" if section else f"<b>{title}</b>"
    text = " ".join(hit.passage.text.split())
    if len(text) > SNIPPET_CHARS:
        text = text[:SNIPPET_CHARS].rsplit(" ", 1)[0] + "…"
    return (
        f'<button type="button" class="passage"{opens(hit)}>'
        f'<span class="passage-title" lang="{hit.document.language}">{named}</span>'
        f'<span class="passage-text" lang="{hit.passage.language}">{escape(text)}</span></button>'
    )


def _failure(error: TrichdanError, question: str, language: InterfaceLanguage) -> str:
    """What went wrong, and a way to try again."""
    both: Wordings = {"vi": error.message("vi"), "en": error.message("en")}
    asks = f'{_ASKS}="{escape(question)}"'
    again = words("ask-again", language, "button", "again", asks)
    return (
        f'<div class="failure" role="alert" data-code="{escape(error.code)}">'
        f"{words('failed', language, 'h3')}{said(both, language, 'p')}{again}</div>"
    )
