"""Questions proposed from documents, for a person to accept, change or throw away.

Without a language model a sentence that states a figure, a date or a name becomes a question by a
template: the sentence with the fact left out. That reads stiffly and is meant to be reworded; what
it saves is looking for the place and copying the quote. A language model words it itself, and what
it proposes is kept only where its quote stands in the document and its answer in the quote.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bilingual.language import document_language
from bilingual.names import names_in
from bilingual.sentences import split
from bilingual.texts import InterfaceLanguage, text
from evals.evidence import Library, comparable, contains, file_name
from evals.questions import Evidence, GoldQuestion
from rag.checking.figures import figures

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from rag.settings import Settings

_SHORTEST, _LONGEST = 40, 320  # characters of a sentence that says one thing and says it whole
# Headings, table rows, sentences over a gap, addresses.
_NO_STATEMENT = re.compile(r"^\s*[#|]|\n\s*\n|://")
_BLANK = "…"
_SPACE = re.compile(r"\s+")
_SEED = 20250210


@dataclass(frozen=True, slots=True)
class Fact:
    """What a sentence states that can be asked for."""

    document: str
    sentence: str
    said: str
    kind: str
    language: InterfaceLanguage


def facts(library: Library) -> list[Fact]:
    """One fact of each sentence of the library that has any, in the order of the text."""
    return [
        fact
        for document in library.documents()
        for fact in _facts_of(file_name(document.source), library.document_text(document.id))
    ]


def _facts_of(name: str, whole: str) -> Iterator[Fact]:
    for start, end in split(whole):
        sentence = whole[start:end]
        if not _SHORTEST <= len(sentence) <= _LONGEST or _NO_STATEMENT.search(sentence):
            continue
        language = document_language(sentence)
        if (found := _fact(sentence, language)) is not None:
            yield Fact(name, sentence, *found, language)


def _fact(sentence: str, language: InterfaceLanguage) -> tuple[str, str] | None:
    """(what is said, its kind): the first figure that stands once, else the first name."""
    for figure in figures(sentence):
        said = sentence[figure.start : figure.end]
        if figure.kind == "digits" and sentence.count(said) == 1:
            return said, "number"
    for name in names_in(sentence, language):
        whole = " " in name.text  # a single word is too often only the beginning of a name
        if whole and sentence.count(name.text) == 1 and not sentence.startswith(name.text):
            return name.text, "name"
    return None


def draft(library: Library, count: int) -> list[GoldQuestion]:
    """At most `count` drafts by template, spread over the documents; the same each time."""
    found = facts(library)
    chosen = sorted(random.Random(_SEED).sample(range(len(found)), min(count, len(found))))
    return [_by_template(found[at], n) for n, at in enumerate(chosen, start=1)]


def _by_template(fact: Fact, number: int) -> GoldQuestion:
    gap = _SPACE.sub(" ", fact.sentence.replace(fact.said, _BLANK)).strip().rstrip(".;")
    return _question(
        fact, number, text(f"draft.template-{fact.kind}", fact.language, sentence=gap), fact.said
    )


def _question(fact: Fact, number: int, asked: str, said: str) -> GoldQuestion:
    return GoldQuestion(
        id=f"draft-{number:03d}",
        question=asked,
        language=fact.language,
        document_language=fact.language,
        kind=fact.kind,
        answerable=True,
        evidence=(Evidence(fact.document, fact.sentence),),
        answers=((said,),),
        tags=("drafted",),
        draft=True,
    )


def draft_with(llm: LLM, library: Library, count: int, settings: Settings) -> list[GoldQuestion]:
    """At most `count` drafts in a language model's words; a proposal that does not hold is dropped.

    Raises:
        LLMError: The model cannot be reached.
    """
    from rag.llm.endpoint import endpoint_or_name
    from rag.llm.exchange import Exchange
    from rag.llm.prompt import defang
    from rag.llm.reply import stream_reply

    found = facts(library)
    order = random.Random(_SEED).sample(range(len(found)), len(found))
    endpoint = endpoint_or_name(llm, settings)
    made: list[GoldQuestion] = []
    for at in order:
        if len(made) == count:
            break
        fact = found[at]
        system = text("draft.system", fact.language).strip()
        user = text("draft.user", fact.language, sentence=defang(fact.sentence)).strip()
        exchange = Exchange(settings.llm_deadline_s)
        reply = "".join(stream_reply(llm, system, user, exchange, endpoint))
        if (proposed := _proposed(reply, fact)) is not None:
            made.append(_question(fact, len(made) + 1, *proposed))
    return made


def _proposed(reply: str, fact: Fact) -> tuple[str, str] | None:
    """(question, answer) of a reply that keeps to what was asked; None of any other."""
    start, end = reply.find("{"), reply.rfind("}")
    try:
        values = json.loads(reply[start : end + 1])
        asked, said = values["question"].strip(), values["answer"].strip()
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    holds = bool(asked) and bool(said) and contains(comparable(fact.sentence), said)
    # A question that gives its own answer away tests nothing.
    return (asked, said) if holds and not contains(comparable(asked), said) else None
