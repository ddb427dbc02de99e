"""Labelled claims: a sentence, the passages it cites, and whether they support it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bilingual.orthography import nfc
from bilingual.sentences import split
from bilingual.texts import InterfaceLanguage
from rag.types import Hit
from vectorstore.types import Document, Passage, Sentence

# What the reader learns from, what the heads are fitted on, what all is measured on.
Side = Literal["read", "train", "test"]

# Articles of XQuAD-R, and rows of BEGIN's test file, up to which the first two go; BEGIN's other
# file is read.
_ARTICLES, _BEGIN_ROWS = (12, 24), (900, 1800)
# Longer evidence is cut into passages; a paragraph is one.
_PASSAGE_WORDS = 300


@dataclass(frozen=True, slots=True)
class Text:
    """Evidence: sentences in one language."""

    sentences: tuple[str, ...]
    language: InterfaceLanguage
    title: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A claim with its label.

    Attributes:
        set: Where it comes from: "begin", "wice", "questions", "sentences".
        kind: What was done to it: "true", or how it was made false.
        place: Number of the sentence that tells what it speaks of, where that is known.
    """

    claim: str
    language: InterfaceLanguage
    evidence: Text
    supported: bool
    set: str
    kind: str
    side: Side
    place: int | None = None

    @property
    def direction(self) -> str:
        """Claim language→evidence language, as "vi→en"."""
        return f"{self.language}→{self.evidence.language}"


def side_of(number: int, parts: tuple[int, int] = _ARTICLES) -> Side:
    """What an article of XQuAD-R is for, or a row of a file that is parted elsewhere."""
    read, trained = parts
    return "read" if number < read else "train" if number < trained else "test"


def begin(folder: Path) -> Iterator[Example]:
    """BEGIN, Wizard of Wikipedia: replies of dialogue models. "Generic" ones claim nothing."""
    for part in ("dev", "test"):
        with (folder / f"begin_wow_{part}.tsv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        for number, row in enumerate(rows):
            if row["begin_label"] == "Generic" or not row["response"].strip():
                continue
            supported = row["begin_label"] == "Fully attributable"
            yield Example(
                nfc(row["response"]),
                "en",
                Text(tuple(sentences_of(nfc(row["knowledge"]))), "en"),
                supported,
                "begin",
                "true" if supported else "reply",
                "read" if part == "dev" else side_of(number, _BEGIN_ROWS),
            )


def wice(folder: Path) -> Iterator[Example]:
    """WiCE: sentences of Wikipedia and what they cite; what is partly supported is not."""
    for part, side in (("dev", "train"), ("test", "test")):
        with (folder / f"wice_claim_{part}.jsonl").open(encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                label = row["label"]
                evidence = Text(tuple(nfc(one) for one in row["evidence"] if one.strip()), "en")
                kind = "true" if label == "supported" else label
                supported = label == "supported"
                claim = nfc(row["claim"])
                yield Example(claim, "en", evidence, supported, "wice", kind, side)  # type: ignore[arg-type]


def sentences_of(text: str) -> list[str]:
    """The sentences of `text`."""
    return [text[start:end] for start, end in split(text)]


def passages_of(text: Text, first_id: int = 1) -> list[Hit]:
    """`text` as passages that a claim could cite."""
    hits: list[Hit] = []
    for group in _groups(text.sentences):
        written = " ".join(group)
        spans, start = [], 0
        for sentence in group:
            spans.append(Sentence(start, start + len(sentence)))
            start += len(sentence) + 1
        number = first_id + len(hits)
        passage = Passage(
            number, "doc", written, 0, len(written), language=text.language, sentences=tuple(spans)
        )
        document = Document("doc", text.title, text.language, "/doc", "0" * 64)
        hits.append(Hit(passage, document, 1.0))
    return hits


def _groups(sentences: tuple[str, ...]) -> Iterator[list[str]]:
    group: list[str] = []
    count = 0
    for sentence in sentences:
        words = len(sentence.split())
        if group and count + words > _PASSAGE_WORDS:
            yield group
            group, count = [], 0
        group.append(sentence)
        count += words
    if group:
        yield group
