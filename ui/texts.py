"""Answers and conversations as text to take along: plain, and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from bilingual.texts import InterfaceLanguage, text
from rag.types import Citation, Claim
from ui.evidence import short_source
from ui.lines import lines, lists_apart
from ui.render import Place, citation_numbers, place, place_of
from ui.turns import Turn

Form = Literal["text", "markdown"]


def turn_text(turn: Turn, form: Form, language: InterfaceLanguage) -> str:
    """An answer with its sources."""
    mark = escaped if form == "markdown" else str
    numbers = citation_numbers(turn.claims)
    parts = []
    if turn.documents:
        titles = ", ".join(each.title for each in turn.documents)
        parts.append(mark(text("page.only", language, titles=titles)))
    if turn.claims:
        parts.append(_claims(turn, form, language))
    if turn.answer is not None and turn.answer.refused:
        parts.append(mark(turn.answer.refusal or text("page.refused", language)))
    if turn.error is not None:
        parts.append(mark(turn.error.message(language)))
    elif turn.stage == "stopped":
        parts.append(mark(text("page.stopped", language)))
    if numbers:
        parts.append(_sources(turn, form, language))
    return "\n\n".join(parts) + "\n"


def conversation_markdown(title: str, turns: Sequence[Turn], language: InterfaceLanguage) -> str:
    """A whole conversation as Markdown, each question a heading."""
    parts = [f"# {escaped(title)}\n"]
    for turn in turns:
        question = " ".join(turn.question.split())
        parts.append(f"## {escaped(question)}\n\n{turn_text(turn, 'markdown', language)}")
    return "\n".join(parts)


def _claims(turn: Turn, form: Form, language: InterfaceLanguage) -> str:
    """The sentences with the numbers of their sources; rows and items one a line."""
    numbers = citation_numbers(turn.claims)
    rows = [
        (line.listed, " ".join(_claim(each, numbers, form, language) for each in line.claims))
        for line in lines(turn.claims)
    ]
    parts = []
    for listed, group in lists_apart(rows):
        parts.append("\n".join(f"- {row}" for row in group) if listed else "\n\n".join(group))
    return "\n\n".join(parts)


def _claim(
    claim: Claim, numbers: Mapping[Place, int], form: Form, language: InterfaceLanguage
) -> str:
    mark = escaped if form == "markdown" else str
    cited = dict.fromkeys(numbers[place_of(citation)] for citation in claim.citations)
    marks = "".join(f" [{number}]" for number in cited)
    sure = claim.verdict == "supported"
    doubt = "" if sure else f" ({text(f'page.{claim.verdict}', language)})"
    return f"{mark(claim.text.strip())}{marks}{mark(doubt)}"


def _sources(turn: Turn, form: Form, language: InterfaceLanguage) -> str:
    """The cited places by number, each with its own words."""
    mark = escaped if form == "markdown" else str
    cited: dict[int, Citation] = {}
    for (document, start, end), number in citation_numbers(turn.claims).items():
        cited[number] = next(
            citation
            for claim in turn.claims
            for citation in claim.citations
            if place_of(citation) == (document, start, end)
        )
    head = text("page.sources", language)
    rows = [f"**{head}**\n" if form == "markdown" else f"{head}:"]
    for number, citation in cited.items():
        page = f", {text('page.page', language, page=citation.page)}" if citation.page else ""
        where = mark(f"{place(citation)}{page} ({short_source(citation.source)})")
        quote = mark(" ".join(citation.quote.split()))
        rows.append(f"[{number}] {where}: “{quote}”")
    return ("\n\n" if form == "markdown" else "\n").join(rows)


def escaped(words: str) -> str:
    """`words` with whatever Markdown or HTML would read as markup marked as plain."""
    return "".join(f"\\{letter}" if letter in _MARKUP else letter for letter in words)


_MARKUP = frozenset("\\`*_{}[]<>#|!~&")
