"""Question sets as CSV, and the published schema of both."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from evals.check import check
from evals.errors import (
    QuestionSetError,
    SetColumnError,
    SetCSVError,
    SetEmptyError,
    SetEncodingError,
    SetFieldMissingError,
    SetFieldValueError,
    SetFormatError,
    SetRowError,
    SetWriteError,
)
from evals.questions import FIELDS, from_dict
from evals.set_files import load, write
from tests.evals.conftest import WriteSet
from tests.evals.scripted import LINES, ScriptedAssistant

SETS = Path(__file__).parents[2] / "evals" / "sets"
SCHEMA = json.loads((SETS / "question.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
FULL = LINES[0] | {
    "turns": ["Hội nghị diễn ra ở đâu?", "Khi nào?"],
    "forbidden": ["HACKED"],
    "note": "một\nhai, “ba”",
    "tags": ["count", "follow-up"],
    "answers": [["60", "sáu mươi"], ["quốc gia"]],
    "evidence": [
        {"document": "hoi-nghi.md", "quote": "Có 60 quốc gia ký tuyên bố chung."},
        {"document": "hoi-nghi.md", "quote": "Hội nghị diễn ra tại Paris."},
    ],
}


def csv_file(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "small.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_set_says_the_same_in_both_formats(write_set: WriteSet, tmp_path: Path) -> None:
    lines = load(write_set([LINES[1], LINES[2] | {"group": "moon"}, FULL]))
    write(tmp_path / "small.csv", lines.questions)
    rows = load(tmp_path / "small.csv")
    assert rows.fingerprint == lines.fingerprint
    assert [replace(q, line=0) for q in rows.questions] == [
        replace(q, line=0) for q in lines.questions
    ]
    write(tmp_path / "again.jsonl", rows.questions)
    assert load(tmp_path / "again.jsonl").fingerprint == lines.fingerprint


HEADER = "id,question,language,kind,answerable,answers,document,quote"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_spreadsheets_of_any_delimiter_are_read(tmp_path: Path, mark: str) -> None:
    row = mark.join(["q1", '"Ai, khi nào; ở đâu?"', "vi", "who", "TRUE", "Mai | Lan", "a.md", "x"])
    path = csv_file(tmp_path, HEADER.replace(",", mark) + "\r\n" + row + "\r\n\r\n")
    [question] = load(path).questions
    assert question.question == "Ai, khi nào; ở đâu?"
    assert question.answers == (("Mai", "Lan"),) and question.line == 2
    assert question.document_language == "en"


def test_a_cell_of_several_lines_does_not_shift_the_line_numbers(tmp_path: Path) -> None:
    rows = 'a,"one\ntwo",en,x,true,A,d.md,A\nb,three,xx,x,true,A,d.md,A\n'
    with pytest.raises(SetFieldValueError, match=r"small\.csv:4: .*'language'"):
        load(csv_file(tmp_path, f"{HEADER}\n{rows}"))


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        ("", SetEmptyError, "no question"),
        (f"{HEADER}\n", SetEmptyError, "no question"),
        (HEADER.replace("question,", "") + "\na\n", SetColumnError, "'question' is missing"),
        (HEADER.replace("quote", "quotes") + "\na\n", SetColumnError, "'quote' is missing"),
        (f"{HEADER},colour\na\n", SetColumnError, "no column 'colour'"),
        (f"{HEADER},kind\na\n", SetColumnError, "'kind' is there twice"),
        (f"{HEADER}\na,b\n", SetRowError, ":2: "),
        (f'{HEADER}\n"a\n', SetCSVError, "small.csv:2: .*quotation mark"),
        (f"{HEADER}\na,,en,x,true,A,d.md,A\n", SetFieldMissingError, ":2: .*'question'"),
        (f"{HEADER}\na,b,en,x,maybe,A,d.md,A\n", SetFieldValueError, ":2: .*'answerable'"),
        (f"{HEADER}\na,b,en,x,true,A,d.md,\n", SetFieldValueError, ":2: .*'evidence'"),
        (f"{HEADER},quote2\na,b,en,x,true,A,d.md,A,B\n", SetFieldValueError, ":2: .*'evidence'"),
        (f"{HEADER}\na,b,en,x,true,,d.md,A\n", SetFieldValueError, ":2: .*'answers'"),
    ],
)
def test_a_bad_csv_file_is_refused_with_its_place(
    tmp_path: Path, content: str, error: type[QuestionSetError], said: str
) -> None:
    with pytest.raises(error, match=said):
        load(csv_file(tmp_path, content))


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "set.xlsx").write_bytes(b"PK")
    with pytest.raises(SetFormatError, match=r"\.jsonl, \.csv"):
        load(tmp_path / "set.xlsx")


def test_writing_replaces_no_set(write_set: WriteSet) -> None:
    path = write_set(LINES)
    before = path.read_bytes()
    with pytest.raises(SetWriteError):
        write(path, load(path).questions)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_csv_does_not_drop_frozen_passages(write_set: WriteSet, tmp_path: Path) -> None:
    frozen = LINES[0] | {"frozen": [{"document": "hoi-nghi.md", "quote": "Có 60 quốc gia"}]}
    with pytest.raises(SetFormatError):
        write(tmp_path / "x.csv", load(write_set([frozen])).questions)


def test_a_draft_may_leave_the_gold_open_and_is_not_asked(write_set: WriteSet) -> None:
    draft = {"id": "d", "question": "Vì sao?", "language": "vi", "draft": True}
    read = load(write_set([*LINES, draft]))
    assert [q.id for q in read.drafts] == ["d"] and len(read.questions) == len(LINES)
    assert read.fingerprint == load(write_set(LINES)).fingerprint


def test_every_wrong_line_is_collected_where_asked(write_set: WriteSet) -> None:
    path = write_set([LINES[0], LINES[1] | {"language": "fr"}, LINES[2], LINES[2]])
    wrong: list[QuestionSetError] = []
    assert len(load(path, wrong).questions) == 2
    assert [type(error).__name__ for error in wrong] == ["SetFieldValueError", "SetDuplicateError"]


def test_check_finds_frozen_passages_that_are_gone(write_set: WriteSet) -> None:
    frozen = LINES[0] | {"frozen": [{"document": "hoi-nghi.md", "quote": "nothing of it"}]}
    [finding] = check(load(write_set([frozen])), ScriptedAssistant())
    assert "small.jsonl:1: q1: frozen: " in finding.message("en")


@pytest.mark.parametrize("path", sorted(SETS.glob("*.jsonl")), ids=lambda path: path.name)
def test_shipped_sets_are_valid_by_the_schema(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        VALIDATOR.validate(json.loads(line))


def test_the_schema_knows_every_field() -> None:
    assert set(SCHEMA["properties"]) == set(FIELDS)


@pytest.mark.parametrize(
    "change",
    [
        {}, {"language": "fr"}, {"id": " "}, {"answers": []}, {"answers": [[]]}, {"answers": ["x"]},
        {"evidence": [{"document": "a"}]}, {"evidence": []}, {"tags": [1]}, {"colour": "red"},
        {"split": "train"}, {"must_pass": 1}, {"turns": "x"}, {"turns": ["x"]}, {"draft": "no"},
        {"document_language": None}, {"answerable": False}, {"forbidden": ["x"]}, {"note": ""},
        {"kind": None}, {"frozen": [{"document": "a", "quote": "b"}]},
        {"answers": [["**"]]}, {"forbidden": ["`"]}, {"answers": [["+"]]},
        {"group": "moon"},
    ],
)  # fmt: skip
def test_schema_and_reader_agree(change: dict[str, Any]) -> None:
    line = LINES[0] | change
    try:
        from_dict(dict(line), Path("x"))
    except QuestionSetError:
        assert not VALIDATOR.is_valid(line)
    else:
        assert VALIDATOR.is_valid(line)


@pytest.mark.parametrize("group", ["moon", "", 3])
def test_unanswerable_questions_may_name_a_group(group: object) -> None:
    line = LINES[2] | {"group": group}
    assert VALIDATOR.is_valid(line) is (group == "moon")
    if group == "moon":
        assert from_dict(dict(line), Path("x")).to_dict() == line
    else:
        with pytest.raises(QuestionSetError, match="'group'"):
            from_dict(dict(line), Path("x"))


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER.upper()}\n",
        f"sep=;\r\n{HEADER.replace(',', ';')}\r\n",
        f"\ufeff{HEADER}\n",
    ],
    ids=["capitals", "sep", "byte order mark"],
)
def test_headers_as_spreadsheets_write_them_are_read(tmp_path: Path, content: str) -> None:
    path = tmp_path / "small.csv"
    mark = ";" if ";" in content else ","
    row = mark.join(["q1", "Ai?", "vi", "who", "TRUE", "Mai", "a.md", "Mai ký."])
    path.write_text(content + row + "\n", encoding="utf-8")
    [question] = load(path).questions
    assert question.id == "q1" and question.answers == (("Mai",),)


def test_a_set_of_another_encoding_names_the_line_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    rows = f"{HEADER}\nq1,Who?,en,who,true,Mai,a.md,x\nq2,Đâu?,vi,who,true,Mai,a.md,x\n"
    path.write_bytes(rows.encode("cp1258"))
    with pytest.raises(SetEncodingError, match=r"small\.csv:3: .*UTF-8"):
        load(path)
