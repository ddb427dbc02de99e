"""XQuAD-R: the paragraphs, sentences and questions of 48 articles, in parallel languages.

Roy et al., "LAReQA: Language-agnostic answer retrieval from a multilingual pool", 2020. Files in
SQuAD's format with the sentences' places, e.g. `xquad-r.en.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bilingual.orthography import fold, nfc

# "nm" is Vietnamese stripped of its marks.
Form = Literal["en", "vi", "nm"]
Unit = Literal["paragraphs", "sentences"]
Half = Literal["dev", "test", "all"]
UNITS: tuple[Unit, ...] = ("paragraphs", "sentences")

# Everything that is tuned is tuned on the first half.
HALVES: Mapping[Half, range] = {"dev": range(24), "test": range(24, 48), "all": range(48)}


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph or a sentence, with the number of its article."""

    text: str
    article: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in every form.

    Attributes:
        text: By form.
        gold: By unit and form, the place of the text that holds the answer.
    """

    article: int
    text: Mapping[Form, str]
    gold: Mapping[tuple[Unit, Form], int]


@dataclass(frozen=True, slots=True)
class Xquad:
    """All texts by unit and form, and the questions."""

    texts: Mapping[tuple[Unit, Form], Sequence[Text]]
    questions: Sequence[Asked]

    def of(self, half: Half, limit: int | None = None) -> list[Asked]:
        """The questions of a half; at most `limit`, spread evenly."""
        chosen = [one for one in self.questions if one.article in HALVES[half]]
        if limit is None or limit >= len(chosen):
            return chosen
        return [chosen[at * len(chosen) // limit] for at in range(limit)]


def read(folder: Path) -> Xquad:
    """Read `xquad-r.en.json` and `xquad-r.vi.json`, and strip a third form of its marks.

    Raises:
        OSError: A file cannot be read.
        ValueError: The two are not parallel.
    """
    texts: dict[tuple[Unit, Form], list[Text]] = {}
    asked: dict[Form, dict[str, _Question]] = {}
    for language in ("en", "vi"):
        form: Form = "en" if language == "en" else "vi"
        stored = json.loads((folder / f"xquad-r.{language}.json").read_text(encoding="utf-8"))
        paragraphs, sentences, asked[form] = _parse(stored["data"])
        texts["paragraphs", form], texts["sentences", form] = paragraphs, sentences
    for unit in UNITS:
        texts[unit, "nm"] = [Text(fold(one.text), one.article) for one in texts[unit, "vi"]]
    if asked["en"].keys() != asked["vi"].keys():
        raise ValueError("the English and the Vietnamese file hold different questions")
    return Xquad(texts, [_asked(one, asked["vi"][id_]) for id_, one in asked["en"].items()])


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    article: int
    paragraph: int
    sentence: int


def _parse(articles: Sequence[Any]) -> tuple[list[Text], list[Text], dict[str, _Question]]:
    paragraphs: list[Text] = []
    sentences: list[Text] = []
    questions: dict[str, _Question] = {}
    for number, article in enumerate(articles):
        for paragraph in article["paragraphs"]:
            context, breaks = paragraph["context"], paragraph["sentence_breaks"]
            for qa in paragraph["qas"]:
                start = qa["answers"][0]["answer_start"]
                within = max(at for at, (begin, _) in enumerate(breaks) if begin <= start)
                questions[qa["id"]] = _Question(
                    nfc(qa["question"]), number, len(paragraphs), len(sentences) + within
                )
            paragraphs.append(Text(nfc(context), number))
            sentences += [Text(nfc(context[begin:end]).strip(), number) for begin, end in breaks]
    return paragraphs, sentences, questions


def _asked(english: _Question, vietnamese: _Question) -> Asked:
    return Asked(
        english.article,
        {"en": english.text, "vi": vietnamese.text, "nm": fold(vietnamese.text)},
        {
            ("paragraphs", "en"): english.paragraph,
            ("paragraphs", "vi"): vietnamese.paragraph,
            ("paragraphs", "nm"): vietnamese.paragraph,
            ("sentences", "en"): english.sentence,
            ("sentences", "vi"): vietnamese.sentence,
            ("sentences", "nm"): vietnamese.sentence,
        },
    )
