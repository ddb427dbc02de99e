from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from evals.errors import (
    QuestionSetError,
    SetDuplicateError,
    SetEmptyError,
    SetEncodingError,
    SetFieldMissingError,
    SetFieldUnknownError,
    SetFieldValueError,
    SetJSONError,
    SetMissingError,
)
from evals.questions import Evidence
from evals.set_files import load
from tests.evals.conftest import WriteSet
from tests.evals.scripted import LINES

SHIPPED = sorted((Path(__file__).parents[2] / "evals" / "sets").glob("*.jsonl"))


def test_load_reads_every_field(write_set: WriteSet) -> None:
    questions = load(write_set(LINES))
    first = questions.questions[0]
    assert questions.name == "small"
    assert (first.id, first.language, first.document_language) == ("q1", "vi", "vi")
    assert first.evidence == (Evidence("hoi-nghi.md", "Có 60 quốc gia ký tuyên bố chung."),)
    assert first.answers == (("60",),)
    assert (first.must_pass, first.tags, first.split, first.line) == (True, ("count",), "dev", 1)


def test_optional_fields_have_defaults(write_set: WriteSet) -> None:
    line = {k: v for k, v in LINES[0].items() if k not in ("must_pass", "tags", "split")}
    question = load(write_set([line])).questions[0]
    assert (question.must_pass, question.tags, question.split) == (False, (), "test")


def test_decomposed_text_is_composed_on_reading(write_set: WriteSet) -> None:
    text = unicodedata.normalize("NFD", LINES[0]["question"])
    question = load(write_set([LINES[0] | {"question": text}])).questions[0]
    assert question.question == LINES[0]["question"]


def test_fingerprint_ignores_layout_and_follows_content(write_set: WriteSet) -> None:
    path = write_set(LINES)
    before = load(path).fingerprint
    reordered = [dict(reversed(list(line.items()))) for line in LINES]
    assert load(write_set(reordered)).fingerprint == before
    assert load(write_set([*LINES[:2], LINES[2] | {"kind": "other"}])).fingerprint != before
    assert load(write_set([*LINES[:2], LINES[2] | {"note": "seen"}])).fingerprint == before


def test_blank_lines_and_a_byte_order_mark_do_no_harm(write_set: WriteSet) -> None:
    path = write_set(LINES)
    path.write_bytes(b"\xef\xbb\xbf\n" + path.read_bytes() + b"\n\n")
    assert [question.line for question in load(path).questions] == [2, 3, 4]


@pytest.mark.parametrize(
    "name", sorted(LINES[0].keys() - {"document_language", "must_pass", "tags", "split"})
)
def test_a_missing_field_is_named_with_its_line(write_set: WriteSet, name: str) -> None:
    line = {key: value for key, value in LINES[0].items() if key != name}
    with pytest.raises(SetFieldMissingError, match=rf"small\.jsonl:2: .*'{name}'"):
        load(write_set([LINES[1], line]))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ""), ("id", 7), ("question", "  "), ("language", "fr"), ("language", ["vi"]),
        ("document_language", "de"), ("document_language", None), ("kind", None),
        ("answerable", "yes"), ("answerable", 1),
        ("evidence", []), ("evidence", "text"), ("evidence", [{"document": "a.md"}]),
        ("evidence", [{"document": "a.md", "quote": ""}]), ("evidence", ["a"]),
        ("answers", []), ("answers", ["60"]), ("answers", [[]]), ("answers", [[""]]),
        ("answers", [["60", "**"]]), ("forbidden", ["`"]), ("group", "moon"),
        ("must_pass", None), ("tags", "x"), ("tags", [1]), ("split", "train"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_line_and_field(
    write_set: WriteSet, field: str, value: Any
) -> None:
    with pytest.raises(SetFieldValueError, match=rf"small\.jsonl:1: .*'{field}'") as caught:
        load(write_set([LINES[0] | {field: value}]))
    assert field in caught.value.message("vi")


def test_an_unanswerable_question_must_not_have_answers(write_set: WriteSet) -> None:
    with pytest.raises(SetFieldValueError, match="answers"):
        load(write_set([LINES[2] | {"answers": [["384,400 km"]]}]))


def test_a_long_wrong_value_is_cut_in_the_message(write_set: WriteSet) -> None:
    with pytest.raises(SetFieldValueError) as caught:
        load(write_set([LINES[0] | {"split": "x" * 5000}]))
    assert len(str(caught.value)) < 400


def test_an_unknown_field_is_named(write_set: WriteSet) -> None:
    with pytest.raises(SetFieldUnknownError, match="'langauge'"):
        load(write_set([LINES[0] | {"langauge": "vi"}]))


def test_two_equal_ids_are_named_with_both_lines(write_set: WriteSet) -> None:
    with pytest.raises(SetDuplicateError, match=r":3: .*'q1'.* line 1"):
        load(write_set([LINES[0], LINES[1], LINES[0]]))


@pytest.mark.parametrize(
    "line",
    [
        "{", '{"id": "a', "[1]", "null", "[" * 100_000,
        '{"id": "\\ud83d"}', '{"id": ' + "1" * 5000 + "}",
    ],
)  # fmt: skip
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(SetJSONError, match=r"bad\.jsonl:2:"):
        load(path)


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"\n\xff\xfe{}\n")
    with pytest.raises(SetEncodingError, match=":2:"):
        load(path)


def test_an_empty_or_missing_set_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text("\n\n")
    with pytest.raises(SetEmptyError):
        load(path)
    with pytest.raises(SetMissingError):
        load(tmp_path / "none.jsonl")
    with pytest.raises(QuestionSetError):
        load(tmp_path)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_sets_are_well_formed(path: Path) -> None:
    assert len(load(path).questions) >= 40
