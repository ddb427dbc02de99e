"""`trichdan ask`: one question, or one a line, answered in the terminal."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage, text
from rag.assistant import Assistant
from rag.errors import QuestionError
from rag.question import check_question
from rag.settings import Settings
from rag.types import Answer, Citation, Claim

OK, FAILED = 0, 1
_NEAREST = 3  # passages shown under a refusal


def run(options: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Answer, and return 1 if any question could not be asked or answered for a fault."""
    alone = options.question != ["-"]
    if alone:
        question = " ".join(options.question)
        try:
            check_question(question, settings.question_chars)  # before anything is loaded
        except QuestionError as error:
            _report(question, error, language, as_json=options.json)
            return FAILED
    failures = 0
    with Assistant.open(settings) as assistant:
        for number, asked in enumerate([question] if alone else _lines(language)):
            try:
                answer = assistant.ask(asked)
            except TrichdanError as error:
                failures += 1
                _report(asked, error, language, as_json=options.json)
            else:
                _print(answer, as_json=options.json, alone=alone, first=number == 0)
    return FAILED if failures else OK


def _lines(language: InterfaceLanguage) -> Iterator[str]:
    """The lines of standard input that are not blank, as they come."""
    if sys.stdin.isatty():
        sys.stderr.write(text("cli.type-questions", language) + "\n")
    if isinstance(sys.stdin, io.TextIOWrapper):
        # Undecodable bytes become lone surrogates, which the question's own check refuses by name.
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="surrogateescape")
    return (line.rstrip("\r\n") for line in sys.stdin if line.strip())


def _report(
    question: str, error: TrichdanError, language: InterfaceLanguage, *, as_json: bool
) -> None:
    """Say on standard error what went wrong; in JSON mode, a line on standard output as well."""
    message = error.message(language)
    sys.stderr.write(f"trichdan: {message}\n")
    if as_json:
        shown = question.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        _write_json({"question": shown, "error": {"code": error.code, "message": message}})


def _print(answer: Answer, *, as_json: bool, alone: bool, first: bool) -> None:
    """Print an answer; one of several stands beneath its question.

    How the question was understood, where that is not what was typed, goes to standard error.
    """
    if as_json:
        _write_json(answer.to_dict())
        return
    if answer.standalone:
        understood = text("page.understood", answer.language, question=answer.standalone)
        sys.stderr.write(f"{understood}\n")
        sys.stderr.flush()
    above = "" if alone else f"» {answer.question}\n"
    sys.stdout.write(("" if first else "\n") + above + as_text(answer) + "\n")
    sys.stdout.flush()


def _write_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def as_text(answer: Answer) -> str:
    """An answer as plain text: its sentences with numbers, then the places they come from."""
    if answer.refused:
        return _refused(answer)
    numbers: dict[tuple[str, int, int], int] = {}
    lines = [_claim(claim, numbers, answer.language) for claim in answer.claims]
    if answer.disagreement:
        lines.append(text("answers.disagreement", answer.language))
    cited = [citation for claim in answer.claims for citation in claim.citations]
    lines += ["", f"{text('cli.sources', answer.language)}:"]
    printed: set[int] = set()
    for citation in cited:
        number = numbers[_place(citation)]
        if number not in printed:
            printed.add(number)
            lines.append(f"[{number}] {_source(citation, answer.language)}")
    return "\n".join(lines)


def _claim(
    claim: Claim, numbers: dict[tuple[str, int, int], int], language: InterfaceLanguage
) -> str:
    marks = ""
    for citation in claim.citations:
        marks += f" [{numbers.setdefault(_place(citation), len(numbers) + 1)}]"
    line = " ".join(claim.text.split()) + marks
    if claim.verdict != "supported":
        line += f"  ({text(f'cli.{claim.verdict}', language, reason=claim.reason or '')})"
    if claim.mended_from:
        line += f"  ({text('cli.mended', language, cited=_titles(claim.mended_from))})"
    return line


def _titles(citations: Sequence[Citation]) -> str:
    """Where the citations point, for people: titles, and sections where there are any."""
    named = [", ".join(filter(None, (each.title, each.section))) for each in citations]
    return "; ".join(dict.fromkeys(named))


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.document, citation.start, citation.end


def _source(citation: Citation, language: InterfaceLanguage) -> str:
    place = [citation.title]
    if citation.section:
        place.append(citation.section)
    if citation.page:
        place.append(text("cli.page", language, page=citation.page))
    return f"{', '.join(place)} ({citation.document}:{citation.start}-{citation.end})"


def _refused(answer: Answer) -> str:
    lines = [answer.refusal or ""]
    if answer.hits:
        lines += ["", f"{text('cli.nearest', answer.language)}:"]
        for hit in answer.hits[:_NEAREST]:
            begin = " ".join(hit.passage.text.split())
            shown = begin if len(begin) <= 160 else begin[:160].rsplit(" ", 1)[0] + " …"
            lines.append(f"- {hit.document.title}: {shown}")
    return "\n".join(lines)
