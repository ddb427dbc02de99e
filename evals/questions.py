"""Question sets: JSONL files of questions with gold evidence and accepted answers.

Gold evidence is quoted from the documents and found again by text, so that a set outlives any
change of chunking.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from bilingual.language import QuestionLanguage
from bilingual.orthography import nfc
from evals.errors import (
    SetDuplicateError,
    SetEmptyError,
    SetEncodingError,
    SetFieldMissingError,
    SetFieldUnknownError,
    SetFieldValueError,
    SetJSONError,
    SetMissingError,
)

AnswerDocumentLanguage = Literal["vi", "en", "both"]
Split = Literal["dev", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)
_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim quote of the document, named by its file, that answers a question."""

    document: str
    quote: str


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question of a set with what a right answer rests on and holds.

    Attributes:
        language: What the question is written in.
        document_language: The language of the document that answers; None for unanswerable ones.
        kind: What is asked for ("number", "list", …); a slice of the report.
        evidence: Empty for unanswerable questions.
        answers: The facts a right answer states, each as a tuple of accepted forms.
        must_pass: Whether a run fails when this one question does.
        line: Where it stands in its file, counted from 1; 0 when it comes from elsewhere.
    """

    id: str
    question: str
    language: QuestionLanguage
    document_language: AnswerDocumentLanguage | None
    kind: str
    answerable: bool
    evidence: tuple[Evidence, ...]
    answers: tuple[tuple[str, ...], ...]
    must_pass: bool = False
    tags: tuple[str, ...] = ()
    split: Split = "test"
    line: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The question in the form of a set's line."""
        return {
            "id": self.id,
            "question": self.question,
            "language": self.language,
            "document_language": self.document_language,
            "kind": self.kind,
            "answerable": self.answerable,
            "evidence": [{"document": e.document, "quote": e.quote} for e in self.evidence],
            "answers": [list(forms) for forms in self.answers],
            "must_pass": self.must_pass,
            "tags": list(self.tags),
            "split": self.split,
        }


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A validated question set.

    Attributes:
        name: The file's name without its ending.
        fingerprint: SHA-256 of the questions' content; layout and key order do not count.
    """

    name: str
    path: Path
    fingerprint: str
    questions: tuple[GoldQuestion, ...]


def load(path: Path) -> QuestionSet:
    """Read and validate a question set.

    Raises:
        QuestionSetError: The file is missing, empty or malformed; the message names the line
            and the field.
    """
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise SetMissingError(path=path) from exc
    questions: list[GoldQuestion] = []
    lines_by_id: dict[str, int] = {}
    for number, line in enumerate(_lines(path, raw), start=1):
        if not line.strip():
            continue
        question = parse(line, path, number)
        if first := lines_by_id.get(question.id):
            raise SetDuplicateError(path=path, line=number, id=question.id, first=first)
        lines_by_id[question.id] = number
        questions.append(question)
    if not questions:
        raise SetEmptyError(path=path)
    return QuestionSet(path.stem, path, fingerprint(questions), tuple(questions))


def fingerprint(questions: Sequence[GoldQuestion]) -> str:
    """SHA-256 of what `questions` say, hexadecimal."""
    content = json.dumps([q.to_dict() for q in questions], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def parse(line: str, path: Path, number: int) -> GoldQuestion:
    """The question on one line of a set.

    Raises:
        QuestionSetError: The line is malformed.
    """
    try:
        values = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as exc:
        raise SetJSONError(path=path, line=number, detail=exc) from exc
    if not isinstance(values, dict):
        raise SetJSONError(path=path, line=number, detail=type(values).__name__)
    return from_dict(values, path, number)


def from_dict(values: dict[str, Any], path: Path, number: int = 0) -> GoldQuestion:
    """The question that `values`, an object of a set, describes.

    Raises:
        QuestionSetError: A field is missing, unknown or wrong; `path` and `number` name the place.
    """
    for name in values.keys() - _FIELDS.keys():
        known = ", ".join(_FIELDS)
        raise SetFieldUnknownError(path=path, line=number, field=name, known=known)
    read: dict[str, Any] = {}
    for name, (convert, expected, required) in _FIELDS.items():
        if name not in values:
            if required:
                raise SetFieldMissingError(path=path, line=number, field=name)
            continue
        try:
            read[name] = convert(values[name])
        except (TypeError, ValueError, KeyError) as exc:
            raise _wrong(path, number, name, values[name], expected) from exc
    question = GoldQuestion(**read, line=number)
    _check_agreement(question, path, number)
    return question


def _check_agreement(question: GoldQuestion, path: Path, number: int) -> None:
    """Answerable questions say where and what the answer is, the others must not."""
    for name in ("evidence", "answers"):
        value = getattr(question, name)
        if bool(value) is not question.answerable:
            expected = "[…] (answerable: true)" if question.answerable else "[] (answerable: false)"
            raise _wrong(path, number, name, question.to_dict()[name], expected)
    if question.answerable and question.document_language is None:
        raise _wrong(path, number, "document_language", None, "vi | en | both (answerable: true)")


def _wrong(path: Path, line: int, field: str, value: object, expected: str) -> SetFieldValueError:
    shown = json.dumps(value, ensure_ascii=False)
    if len(shown) > _SHOWN_CHARS:
        shown = shown[:_SHOWN_CHARS] + "…"
    return SetFieldValueError(path=path, line=line, field=field, value=shown, expected=expected)


def _lines(path: Path, raw: bytes) -> list[str]:
    """The file's lines, a byte order mark dropped; only line feeds end a line, as in JSONL."""
    lines = []
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError as exc:
            raise SetEncodingError(path=path, line=number) from exc
    return lines


def _string(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError(value)
    return nfc(value).strip()


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _one_of(*choices: str | None) -> Callable[[object], object]:
    def convert(value: object) -> object:
        if value not in choices:
            raise ValueError(value)
        return value

    return convert


def _array(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _evidence(value: object) -> tuple[Evidence, ...]:
    found = []
    for entry in _array(value):
        if not isinstance(entry, dict) or entry.keys() != {"document", "quote"}:
            raise TypeError(entry)
        found.append(Evidence(_string(entry["document"]), _string(entry["quote"])))
    return tuple(found)


def _answers(value: object) -> tuple[tuple[str, ...], ...]:
    facts = tuple(tuple(_string(form) for form in _array(fact)) for fact in _array(value))
    if not all(facts):
        raise ValueError(value)
    return facts


def _tags(value: object) -> tuple[str, ...]:
    return tuple(_string(tag) for tag in _array(value))


# Field → how it is read, what an error says was expected, and whether it must be there.
_FIELDS: dict[str, tuple[Callable[[object], object], str, bool]] = {
    "id": (_string, '"…"', True),
    "question": (_string, '"…"', True),
    "language": (
        _one_of(*get_args(QuestionLanguage)),
        " | ".join(get_args(QuestionLanguage)),
        True,
    ),
    "document_language": (_one_of("vi", "en", "both", None), "vi | en | both | null", True),
    "kind": (_string, '"…"', True),
    "answerable": (_boolean, "true | false", True),
    "evidence": (_evidence, '[{"document": "…", "quote": "…"}]', True),
    "answers": (_answers, '[["…", "…"], ["…"]]', True),
    "must_pass": (_boolean, "true | false", False),
    "tags": (_tags, '["…"]', False),
    "split": (_one_of(*SPLITS), " | ".join(SPLITS), False),
}
