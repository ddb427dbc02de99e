"""Whether a question set still fits a library, and where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bilingual.errors import TrichdanError
from bilingual.orthography import fold, words
from bilingual.texts import InterfaceLanguage, text
from evals.evidence import Library, comparable, contains, file_name, places_of
from evals.questions import GoldQuestion, QuestionSet
from rag.errors import QuestionError
from rag.question import check_question
from rag.settings import Settings

# Shared words ÷ all words, marks left out, of two questions in one language. Measured on the
# shipped set: distinct questions stay under .8 ("who chaired" against "who co-chaired").
NEAR_DUPLICATE = 0.85
_SHOWN_CHARS = 80


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a set that a person should look at.

    Attributes:
        kind: Its entry in the texts: "document", "quote", "answers", "asking" or "duplicate".
        field: The field of the question that it is about.
        params: What the entry's wording names, the place included.
    """

    kind: str
    field: str
    params: dict[str, object]

    def message(self, language: InterfaceLanguage) -> str:
        """The finding in words, beginning with file, line, id and field."""
        params = {
            name: param.message(language) if isinstance(param, TrichdanError) else param
            for name, param in self.params.items()
        }
        return text(f"evals.check-{self.kind}", language, field=self.field, **params)


def check(
    questions: QuestionSet, library: Library, settings: Settings | None = None
) -> list[Finding]:
    """Every finding about `questions` over `library`, in order of line."""
    question_chars = (settings or Settings()).question_chars
    findings = [
        finding
        for question in (*questions.questions, *questions.drafts)
        for finding in (
            *_asking_findings(question, question_chars, questions),
            *_evidence_findings(question, library, questions),
        )
    ]
    findings += _duplicates(questions)
    return sorted(findings, key=lambda finding: str(finding.params["line"]).zfill(9))


def _asking_findings(
    question: GoldQuestion, question_chars: int, questions: QuestionSet
) -> Iterator[Finding]:
    """What nobody could ask: too long, or with characters that cannot be read."""
    place = _placer(questions)
    asked = [("turns", turn) for turn in question.turns] + [("question", question.question)]
    for field, said in asked:
        try:
            check_question(said, question_chars)
        except QuestionError as exc:
            yield place("asking", field, question, error=exc)


def _evidence_findings(
    question: GoldQuestion, library: Library, questions: QuestionSet
) -> Iterator[Finding]:
    place = _placer(questions)
    names = {file_name(document.source) for document in library.documents()}
    for evidence in question.evidence:
        if evidence.document not in names:
            yield place("document", "evidence", question, document=evidence.document)
        elif not places_of(evidence.document, evidence.quote, library):
            yield place(
                "quote", "evidence", question, document=evidence.document, quote=evidence.quote
            )
    for passage in question.frozen:
        if not places_of(passage.document, passage.quote, library):
            shown = " ".join(passage.quote.split())[:_SHOWN_CHARS]
            yield place("quote", "frozen", question, document=passage.document, quote=shown)
    if question.draft and not question.evidence:
        return
    quoted = comparable("\n".join(evidence.quote for evidence in question.evidence))
    for forms in question.answers:
        if not any(contains(quoted, form) for form in forms):
            yield place("answers", "answers", question, forms=" | ".join(forms))


def _duplicates(questions: QuestionSet) -> Iterator[Finding]:
    """Pairs of questions in one way of writing that share nearly all their words."""
    place = _placer(questions)
    earlier: dict[str, list[tuple[GoldQuestion, frozenset[str]]]] = {}
    for question in sorted((*questions.questions, *questions.drafts), key=lambda q: q.line):
        # The same words may mean another thing after other turns.
        if question.turns:
            continue
        mine = frozenset(words(fold(question.question)))
        seen = earlier.setdefault(question.language, [])
        for other, its in seen:
            share = len(mine & its) / max(1, len(mine | its))
            if share >= NEAR_DUPLICATE:
                yield place(
                    "duplicate",
                    "question",
                    question,
                    other=other.id,
                    other_line=other.line,
                    share=f"{100 * share:.0f} %",
                )
        seen.append((question, mine))


def _placer(questions: QuestionSet) -> Callable[..., Finding]:
    """Makes findings that name their place in the file of `questions`."""

    def place(kind: str, field: str, question: GoldQuestion, **params: object) -> Finding:
        where = {"path": questions.path, "line": question.line, "id": question.id}
        return Finding(kind, field, {**where, **params})

    return place
