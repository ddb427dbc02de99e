"""The questions of a set, with gold evidence and accepted answers; files are read in `set_files`.

Gold evidence is quoted from the documents and found again by text, so that a set outlives any
change of chunking.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from bilingual.language import QuestionLanguage, document_language
from bilingual.orthography import nfc
from evals.errors import SetFieldMissingError, SetFieldUnknownError, SetFieldValueError
from evals.evidence import comparable

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
        turns: What was asked before in the same conversation, oldest first.
        frozen: Passages to answer from instead of retrieving any; empty retrieves.
        forbidden: What an answer that obeys instructions hidden in a document would say.
        group: Of unanswerable questions, a name for the fact that several of them ask for, each in
            its own words or language. Of the answerable ones the evidence tells it.
        draft: Proposed, not yet accepted by a person: checked, but never asked.
        note: For the people who keep the set.
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
    turns: tuple[str, ...] = ()
    frozen: tuple[Evidence, ...] = ()
    forbidden: tuple[str, ...] = ()
    group: str = ""
    draft: bool = False
    note: str = ""
    line: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The question in the form of a set's line; what it does not use is left out."""
        rare = {
            "turns": list(self.turns),
            "frozen": [asdict(passage) for passage in self.frozen],
            "forbidden": list(self.forbidden),
            "group": self.group,
            "draft": self.draft,
            "note": self.note,
        }
        return {
            "id": self.id,
            "question": self.question,
            "language": self.language,
            "document_language": self.document_language,
            "kind": self.kind,
            "answerable": self.answerable,
            "evidence": [asdict(quoted) for quoted in self.evidence],
            "answers": [list(forms) for forms in self.answers],
            "must_pass": self.must_pass,
            "tags": list(self.tags),
            "split": self.split,
        } | {name: value for name, value in rare.items() if value}

    def content(self) -> dict[str, Any]:
        """What is asked and how it is judged: all but the note, which is for people."""
        return {name: value for name, value in self.to_dict().items() if name != "note"}


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A validated question set.

    Attributes:
        name: The file's name without its ending.
        fingerprint: SHA-256 of the questions' content; layout, key order and notes do not count.
        questions: Those that a person has accepted.
        drafts: Those that wait for it.
    """

    name: str
    path: Path
    fingerprint: str
    questions: tuple[GoldQuestion, ...]
    drafts: tuple[GoldQuestion, ...] = ()


def fingerprint(questions: Sequence[GoldQuestion]) -> str:
    """SHA-256 of the content of `questions`, hexadecimal."""
    content = json.dumps([q.content() for q in questions], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def from_dict(values: dict[str, Any], path: Path, number: int = 0) -> GoldQuestion:
    """The question that `values`, an object of a set, describes.

    Raises:
        QuestionSetError: A field is missing, unknown or wrong; `path` and `number` name the place.
    """
    for name in sorted(values.keys() - _FIELDS.keys()):
        known = ", ".join(_FIELDS)
        raise SetFieldUnknownError(path=path, line=number, field=name, known=known)
    draft = values.get("draft") is True
    read: dict[str, Any] = {}
    for name, (convert, expected, required) in _FIELDS.items():
        if name not in values:
            if draft and name in _OF_DRAFTS:
                read[name] = _OF_DRAFTS[name]
            elif required:
                raise SetFieldMissingError(path=path, line=number, field=name)
            continue
        try:
            read[name] = convert(values[name])
        except (TypeError, ValueError, KeyError) as exc:
            raise _wrong(path, number, name, values[name], expected) from exc
    if "document_language" not in read:
        read["document_language"] = _language_of(read["evidence"])
    question = GoldQuestion(**read, line=number)
    if not draft:
        _check_agreement(question, path, number)
    return question


def _language_of(evidence: Sequence[Evidence]) -> AnswerDocumentLanguage | None:
    """The language that the gold quotes are written in."""
    languages = {document_language(quoted.quote) for quoted in evidence}
    return "both" if len(languages) > 1 else next(iter(languages), None)


def _check_agreement(question: GoldQuestion, path: Path, number: int) -> None:
    """Answerable questions say where and what the answer is, the others must not."""
    for name in ("evidence", "answers"):
        value = getattr(question, name)
        if bool(value) is not question.answerable:
            expected = "[…] (answerable: true)" if question.answerable else "[] (answerable: false)"
            raise _wrong(path, number, name, question.to_dict()[name], expected)
    if question.answerable and question.group:
        raise _wrong(path, number, "group", question.group, "– (answerable: true)")
    if question.answerable and question.document_language is None:
        raise _wrong(path, number, "document_language", None, "vi | en | both (answerable: true)")


def _wrong(path: Path, line: int, field: str, value: object, expected: str) -> SetFieldValueError:
    shown = json.dumps(value, ensure_ascii=False)
    if len(shown) > _SHOWN_CHARS:
        shown = shown[:_SHOWN_CHARS] + "…"
    return SetFieldValueError(path=path, line=line, field=field, value=shown, expected=expected)


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


def _note(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return nfc(value).strip()


def _answers(value: object) -> tuple[tuple[str, ...], ...]:
    facts = tuple(_forms(fact) for fact in _array(value))
    if not all(facts):
        raise ValueError(value)
    return facts


def _strings(value: object) -> tuple[str, ...]:
    return tuple(_string(entry) for entry in _array(value))


def _forms(value: object) -> tuple[str, ...]:
    """What an answer is searched for; Markdown's marks alone would be found in any."""
    forms = _strings(value)
    if not all(map(comparable, forms)):
        raise ValueError(value)
    return forms


# What a draft may leave open.
_OF_DRAFTS: dict[str, Any] = {"kind": "draft", "answerable": True, "evidence": (), "answers": ()}


# Field → how it is read, what an error says was expected, and whether it must be there.
_FIELDS: dict[str, tuple[Callable[[object], object], str, bool]] = {
    "id": (_string, '"…"', True),
    "question": (_string, '"…"', True),
    "language": (
        _one_of(*get_args(QuestionLanguage)),
        " | ".join(get_args(QuestionLanguage)),
        True,
    ),
    "document_language": (_one_of("vi", "en", "both", None), "vi | en | both | null", False),
    "kind": (_string, '"…"', True),
    "answerable": (_boolean, "true | false", True),
    "evidence": (_evidence, '[{"document": "…", "quote": "…"}]', True),
    "answers": (_answers, '[["…", "…"], ["…"]] (≠ "*", "`")', True),
    "must_pass": (_boolean, "true | false", False),
    "tags": (_strings, '["…"]', False),
    "split": (_one_of(*SPLITS), " | ".join(SPLITS), False),
    "turns": (_strings, '["…"]', False),
    "frozen": (_evidence, '[{"document": "…", "quote": "…"}]', False),
    "forbidden": (_forms, '["…"] (≠ "*", "`")', False),
    "group": (_string, '"…"', False),
    "draft": (_boolean, "true | false", False),
    "note": (_note, '"…"', False),
}
FIELDS = tuple(_FIELDS)
REQUIRED = tuple(name for name, (_, _, required) in _FIELDS.items() if required)
