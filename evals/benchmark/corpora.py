"""Collections to search: texts, questions, and which texts answer which question.

Three formats are read: XQuAD-R (files of two languages in parallel), any file in SQuAD's format,
and folders in BEIR's (`corpus.jsonl`, `queries.jsonl`, `qrels/SPLIT.tsv`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from bilingual.orthography import nfc
from evals.benchmark import xquad
from evals.benchmark.xquad import Form, Text, Unit
from evals.errors import BenchmarkError

_FORMS: Sequence[Form] = ("en", "vi", "nm")
_PASSAGES: Sequence[Form] = ("en", "vi")


@dataclass(frozen=True, slots=True)
class Query:
    """A question.

    Attributes:
        relevant: Place of each text that answers it → how well (1 where it is yes or no).
    """

    text: str
    relevant: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Collection:
    """Texts to search and questions to search them with.

    Attributes:
        name: What it is and, where there are several, which direction: "xquad-r paragraphs vi→en".
    """

    name: str
    texts: Sequence[Text]
    queries: Sequence[Query]

    def limited(self, limit: int | None) -> Collection:
        """The same texts with at most `limit` questions, spread evenly."""
        if limit is None or limit >= len(self.queries):
            return self
        step = [at * len(self.queries) // limit for at in range(limit)]
        return Collection(self.name, self.texts, [self.queries[at] for at in step])


def xquad_r(folder: Path) -> Iterator[Collection]:
    """XQuAD-R in every direction, unmarked questions too, then both languages in one pool.

    Raises:
        BenchmarkError: A file is missing or malformed.
    """
    try:
        data = xquad.read(folder)
    except (OSError, ValueError, KeyError, IndexError, TypeError) as exc:
        raise BenchmarkError(path=folder, detail=f"{type(exc).__name__}: {exc}") from exc
    unit: Unit = "paragraphs"
    for passages, asked in product(_PASSAGES, _FORMS):
        queries = [
            Query(one.text[asked], {one.gold[unit, passages]: 1.0}) for one in data.questions
        ]
        name = f"xquad-r {unit} {asked}→{passages}"
        yield Collection(name, data.texts[unit, passages], queries)
    unit = "sentences"
    english, vietnamese = data.texts[unit, "en"], data.texts[unit, "vi"]
    for asked in _FORMS:
        queries = [
            Query(
                one.text[asked],
                {one.gold[unit, "en"]: 1.0, len(english) + one.gold[unit, "vi"]: 1.0},
            )
            for one in data.questions
        ]
        yield Collection(f"xquad-r {unit} {asked}→en+vi", [*english, *vietnamese], queries)


def squad(path: Path) -> Iterator[Collection]:
    """The paragraphs of a file in SQuAD's format; questions without an answer are left out.

    Raises:
        BenchmarkError: It is missing or malformed.
    """
    texts: list[Text] = []
    queries: list[Query] = []
    try:
        stored = json.loads(path.read_text(encoding="utf-8-sig"))["data"]
        for number, article in enumerate(stored):
            for paragraph in article["paragraphs"]:
                for asked in paragraph["qas"]:
                    if asked["answers"] and not asked.get("is_impossible", False):
                        queries.append(Query(nfc(asked["question"]), {len(texts): 1.0}))
                texts.append(Text(nfc(paragraph["context"]), number))
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise BenchmarkError(path=path, detail=f"{type(exc).__name__}: {exc}") from exc
    yield _whole(f"squad {path.stem}", texts, queries, path)


def beir(folder: Path, split: str = "test") -> Iterator[Collection]:
    """A folder in BEIR's format; a text is its title and its body.

    Raises:
        BenchmarkError: A file is missing or malformed; the message names the line.
    """
    texts: list[Text] = []
    places: dict[str, int] = {}
    for number, one in _lines(folder / "corpus.jsonl"):
        places[_field(one, "_id", folder / "corpus.jsonl", number)] = len(texts)
        title, body = one.get("title") or "", one.get("text") or ""
        # Each text is a document of its own.
        texts.append(Text(nfc(f"{title}\n\n{body}".strip()), len(texts)))
    asked = {
        _field(one, "_id", folder / "queries.jsonl", number): _field(
            one, "text", folder / "queries.jsonl", number
        )
        for number, one in _lines(folder / "queries.jsonl")
    }
    queries = [
        Query(nfc(asked[name]), relevant)
        for name, relevant in _judgements(folder / "qrels" / f"{split}.tsv", places).items()
        if name in asked and relevant
    ]
    yield _whole(f"beir {folder.name}", texts, queries, folder)


def _whole(name: str, texts: list[Text], queries: list[Query], path: Path) -> Collection:
    if not texts or not queries:
        raise BenchmarkError(path=path, detail=f"{len(texts)} texts, {len(queries)} questions")
    return Collection(name, texts, queries)


def _judgements(file: Path, places: Mapping[str, int]) -> dict[str, dict[int, float]]:
    """Question → place of a text → how relevant it is, where it is at all."""
    found: dict[str, dict[int, float]] = {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise BenchmarkError(path=file, detail=exc) from exc
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        try:
            question, text, grade = cells[0], cells[1], float(cells[2])
        except (IndexError, ValueError) as exc:
            raise BenchmarkError(path=f"{file}:{number}", detail=exc) from exc
        if grade > 0 and text in places:
            found.setdefault(question, {})[places[text]] = grade
    return found


def _lines(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with file.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield number, _object(file, number, line)
    except (OSError, UnicodeDecodeError) as exc:
        raise BenchmarkError(path=file, detail=exc) from exc


def _object(file: Path, number: int, line: str) -> dict[str, Any]:
    try:
        values = json.loads(line)
    except json.JSONDecodeError as exc:
        # Its own message would name the first line of the one that it was given.
        detail = f"{exc.msg} ({exc.colno})"
        raise BenchmarkError(path=f"{file}:{number}", detail=detail) from exc
    if not isinstance(values, dict):
        raise BenchmarkError(path=f"{file}:{number}", detail=type(values).__name__)
    return values


def _field(values: Mapping[str, Any], name: str, file: Path, number: int) -> str:
    if not isinstance(values.get(name), str):
        raise BenchmarkError(path=f"{file}:{number}", detail=name)
    return str(values[name])
