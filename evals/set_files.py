"""Reading and writing question sets: JSONL, one question a line, or CSV, one question a row.

In CSV a list stands in one cell, an entry a line: `turns`, `forbidden`, `tags` (or with commas)
and `answers`, whose accepted forms are parted by ` | `. Gold quotes stand in the columns `document`
and `quote`, further ones in `document2` and `quote2`, and so on; `evidence` is not a column.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.errors import (
    QuestionSetError,
    SetColumnError,
    SetCSVError,
    SetDuplicateError,
    SetEmptyError,
    SetEncodingError,
    SetFieldValueError,
    SetFormatError,
    SetJSONError,
    SetMissingError,
    SetObjectError,
    SetRowError,
    SetWriteError,
)
from evals.questions import (
    FIELDS,
    REQUIRED,
    Evidence,
    GoldQuestion,
    QuestionSet,
    fingerprint,
    from_dict,
)

_EVIDENCE_COLUMN = re.compile(r"(document|quote)(\d*)")
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_BOOLEAN_FIELDS = frozenset({"answerable", "must_pass", "draft"})
_LIST_FIELDS = frozenset({"turns", "forbidden", "tags"})
_PLAIN_FIELDS = frozenset(FIELDS) - {"evidence", "frozen"}
_DELIMITERS = ",;\t"
_SEPARATOR = re.compile(r"sep=([,;\t])\r?\n")
_FORMS = " | "

# (line number, fields) of each question; in place of the fields, why they cannot be read.
_Rows = Iterator[tuple[int, dict[str, Any] | QuestionSetError]]


def load(path: Path, wrong: list[QuestionSetError] | None = None) -> QuestionSet:
    """Read and validate a question set, JSONL or CSV by the file's ending.

    Args:
        wrong: Where given, errors of single questions are put there and the rest is read.

    Raises:
        QuestionSetError: The file is missing, empty or malformed; the message names the line
            and the field.
    """
    readers = {".jsonl": _json_lines, ".csv": _csv_rows}
    if (read := readers.get(path.suffix.lower())) is None:
        raise SetFormatError(path=path, known=", ".join(readers))
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise SetMissingError(path=path) from exc
    questions: list[GoldQuestion] = []
    lines_by_id: dict[str, int] = {}
    for number, values in read(path, raw):
        try:
            if isinstance(values, QuestionSetError):
                raise values
            question = from_dict(values, path, number)
            if first := lines_by_id.get(question.id):
                raise SetDuplicateError(path=path, line=number, id=question.id, first=first)
        except QuestionSetError as exc:
            if wrong is None:
                raise
            wrong.append(exc)
            continue
        lines_by_id[question.id] = number
        questions.append(question)
    if not questions and not wrong:
        raise SetEmptyError(path=path)
    accepted = tuple(question for question in questions if not question.draft)
    drafts = tuple(question for question in questions if question.draft)
    return QuestionSet(path.stem, path, fingerprint(accepted), accepted, drafts)


def write(path: Path, questions: Sequence[GoldQuestion]) -> None:
    """Write a new question set, JSONL or CSV by the file's ending.

    Raises:
        SetFormatError: The ending is neither, or CSV cannot hold what the questions have.
        SetWriteError: There is such a file already, or it cannot be written.
    """
    if path.suffix.lower() == ".jsonl":
        lines = (json.dumps(q.to_dict(), ensure_ascii=False) for q in questions)
        content = "".join(f"{line}\n" for line in lines)
    elif path.suffix.lower() == ".csv" and not any(q.frozen for q in questions):
        # With a byte order mark spreadsheets take the file for UTF-8.
        content = "\ufeff" + _as_csv(questions)
    else:
        # CSV has no place for frozen passages.
        known = ".jsonl" if any(q.frozen for q in questions) else ".jsonl, .csv"
        raise SetFormatError(path=path, known=known)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("x", encoding="utf-8", newline="") as stream:
            stream.write(content)
        os.link(unfinished, path)  # fails where the set exists: what people wrote is not replaced
    except OSError as exc:
        raise SetWriteError(path=path, detail=exc.strerror) from exc
    finally:
        unfinished.unlink(missing_ok=True)


def _decoded(path: Path, raw: bytes) -> str:
    """The text of a set, a byte order mark dropped.

    Raises:
        SetEncodingError: It is not UTF-8; the error names the first line that is not.
    """
    bare = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return bare.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise SetEncodingError(path=path, line=1 + bare[: exc.start].count(b"\n")) from exc


def _json_lines(path: Path, raw: bytes) -> _Rows:
    """Only line feeds end a line, as JSONL has it."""
    for number, line in enumerate(_decoded(path, raw).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = parsed(line)
        except json.JSONDecodeError as exc:
            yield number, SetJSONError(path=path, line=number, detail=f"{exc.msg} ({exc.colno})")
        except (ValueError, RecursionError) as exc:
            yield number, SetJSONError(path=path, line=number, detail=exc)
        else:
            read = isinstance(values, dict)
            yield number, values if read else SetObjectError(path=path, line=number)


def parsed(line: str) -> Any:
    """What a line of JSON holds.

    Raises:
        ValueError, RecursionError: It is no JSON, or cannot be written again: JSON can escape half
            of a character.
    """
    values = json.loads(line)
    json.dumps(values, ensure_ascii=False).encode()
    return values


def _csv_rows(path: Path, raw: bytes) -> _Rows:
    """Rows by their first line in the file; the delimiter is the header's commonest one."""
    content = _decoded(path, raw)
    # Some spreadsheets say in a line of its own what delimits the cells.
    said = _SEPARATOR.match(content)
    delimiter = said[1] if said else max(_DELIMITERS, key=content.partition("\n")[0].count)
    rows = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    try:
        if said:
            next(rows)
        columns = [column.strip().lower() for column in next(rows, [])]
        _check_columns(path, columns)
        began = rows.line_num + 1
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield began, _row_fields(path, began, columns, cells)
            began = rows.line_num + 1
    except csv.Error as exc:
        raise SetCSVError(path=path, line=rows.line_num, detail=exc) from exc


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    needed = [name for name in REQUIRED if name != "evidence"] + ["document", "quote"]
    if not any(columns):
        raise SetEmptyError(path=path)
    for name in needed:
        if name not in columns:
            raise _column_error("missing", path, name, columns)
    for at, name in enumerate(columns):
        if name not in _PLAIN_FIELDS and not _EVIDENCE_COLUMN.fullmatch(name):
            raise _column_error("unknown", path, name, columns)
        if name in columns[:at]:
            raise _column_error("twice", path, name, columns)


def _column_error(problem: str, path: Path, column: str, columns: Sequence[str]) -> SetColumnError:
    known = ", ".join([*(name for name in FIELDS if name in _PLAIN_FIELDS), "document", "quote"])
    found = ", ".join(columns)
    return SetColumnError(problem=problem, path=path, column=column, found=found, known=known)


def _row_fields(
    path: Path, number: int, columns: Sequence[str], cells: Sequence[str]
) -> dict[str, Any] | QuestionSetError:
    if len(cells) != len(columns):
        return SetRowError(path=path, line=number, cells=len(cells), columns=len(columns))
    filled = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
    try:
        return _fields(path, number, filled)
    except QuestionSetError as exc:
        return exc


def _fields(path: Path, number: int, row: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a question from a row's cells; an empty cell is a field left out."""
    values: dict[str, Any] = {
        "evidence": _quotes(row),
        "answers": [_parted(fact, _FORMS.strip()) for fact in _parted(row["answers"], "\n")],
    }
    for name in _PLAIN_FIELDS - {"answers"}:
        cell = row.get(name, "")
        if not cell:
            continue
        if name in _BOOLEAN_FIELDS:
            if cell.lower() not in _BOOLEANS:
                raise SetFieldValueError(
                    path=path, line=number, field=name, value=cell, expected="true | false"
                )
            values[name] = _BOOLEANS[cell.lower()]
        elif name in _LIST_FIELDS:
            values[name] = _parted(cell.replace(",", "\n") if name == "tags" else cell, "\n")
        else:
            values[name] = cell
    return values


def _quotes(row: Mapping[str, str]) -> list[dict[str, str]]:
    """The gold quotes of a row; half of one is kept, for `from_dict` to name what is missing."""
    places = dict.fromkeys(m[2] for name in row if (m := _EVIDENCE_COLUMN.fullmatch(name)))
    quoted = (
        {part: row.get(f"{part}{place}", "") for part in ("document", "quote")} for place in places
    )
    return [evidence for evidence in quoted if any(evidence.values())]


def _parted(cell: str, mark: str) -> list[str]:
    return [part.strip() for part in cell.split(mark) if part.strip()]


def _as_csv(questions: Sequence[GoldQuestion]) -> str:
    most = max([1, *(len(question.evidence) for question in questions)])
    places = ["" if n == 1 else str(n) for n in range(1, most + 1)]
    columns = [name for name in FIELDS if name in _PLAIN_FIELDS]
    columns += [f"{name}{place}" for place in places for name in ("document", "quote")]
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(question) for question in questions)
    return stream.getvalue()


def _row(question: GoldQuestion) -> dict[str, str]:
    row: dict[str, str] = {}
    for name, value in question.to_dict().items():
        if name == "answers":
            row[name] = "\n".join(_FORMS.join(forms) for forms in value)
        elif name in _LIST_FIELDS:
            row[name] = "\n".join(value)
        elif name in _BOOLEAN_FIELDS:
            row[name] = "true" if value else "false"
        elif name in _PLAIN_FIELDS:
            row[name] = value or ""
    for number, evidence in enumerate(question.evidence, start=1):
        _put(row, evidence, "" if number == 1 else str(number))
    return row


def _put(row: dict[str, str], evidence: Evidence, place: str) -> None:
    row[f"document{place}"] = evidence.document
    row[f"quote{place}"] = evidence.quote
