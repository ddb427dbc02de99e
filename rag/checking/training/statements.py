"""Questions with their answers as statements, true and false ones.

Vietnamese asks in place: "bao nhiêu", "ai", "nào" give way to the answer. English moves its
question words to the front: the answer takes the subject's place where it is asked for, and else
stands behind the rest. The result reads clumsily now and then, as answers of small models do.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from bilingual.names import names_in
from bilingual.orthography import fold, nfc
from bilingual.texts import InterfaceLanguage
from rag.checking.figures import figures
from rag.checking.training.examples import Example, Side, Text, side_of

_LANGUAGES: tuple[InterfaceLanguage, ...] = ("vi", "en")

_VIETNAMESE_ASKED = re.compile(
    r"bao nhiêu|(?:vào )?(?:khi nào|lúc nào|thời điểm nào|bao giờ)|như thế nào|thế nào|ra sao"
    r"|(?:những |các )?(?:cái gì|điều gì|việc gì)|những gì|(?<!\w)ai(?!\w)|bao lâu|bao xa"
    r"|(?:tại|vì) sao|nơi nào|(?:ở )?đâu|mấy|nào|gì|sao",
    re.IGNORECASE,
)
_ENGLISH_AUXILIARY = (
    "is are was were do does did has have had can could will would should may might must"
).split()
_ENGLISH_FRONTED = re.compile(
    rf"(?P<before>(?:\w+ )?)(?P<asked>what|which|who|whom|whose|when|where|why|how)\b"
    rf"(?P<noun>.*?)\b(?P<aux>{'|'.join(_ENGLISH_AUXILIARY)})\b(?P<rest>.*)",
    re.IGNORECASE,
)
_ENGLISH_SUBJECT = re.compile(r"(?:who|what|which)\b(?P<rest>.*)", re.IGNORECASE)
_ENGLISH_IN_PLACE = re.compile(r"\b(?:what|which|who|whom|how many|how much)\b", re.IGNORECASE)
_PARTICIPLE = re.compile(r"(?P<subject>.+?) (?P<rest>\w+(?:ed|en|wn|ght|elt|ound|eld)\b.*)")


def statement(question: str, answer: str, language: InterfaceLanguage) -> str:
    """`question` with its `answer` as a sentence."""
    asked = question.strip().rstrip("?").strip()
    made = _vietnamese(asked, answer) if language == "vi" else _english(asked, answer)
    return made[:1].upper() + made[1:] + "."


def _vietnamese(asked: str, answer: str) -> str:
    found = list(_VIETNAMESE_ASKED.finditer(asked))
    if not found:
        return f"{asked}: {answer}"
    last = found[-1]
    if fold(last[0]).lower() in ("tai sao", "vi sao", "sao"):
        rest = f"{asked[: last.start()]} {asked[last.end() :]}".strip()
        return f"{' '.join(rest.split())} vì {answer}"
    return asked[: last.start()] + answer + asked[last.end() :]


def _english(asked: str, answer: str) -> str:
    fronted = _ENGLISH_FRONTED.fullmatch(asked)
    if fronted and not (fronted["aux"].lower() not in ("do", "does", "did") and _subject(fronted)):
        noun = re.sub(r"^ (?:many|much)\b", "", fronted["noun"]).strip()
        counted = fronted["asked"].lower() == "how" or noun in ("year", "percentage")
        told = f"{answer} {noun}" if noun and counted and noun not in answer else answer
        rest, aux = fronted["rest"].strip(), fronted["aux"].lower()
        before = fronted["before"].lower()
        if aux in ("is", "are", "was", "were") and (split := _PARTICIPLE.fullmatch(rest)):
            rest = f"{split['subject']} {aux} {split['rest']}"
        elif aux not in ("do", "does", "did"):
            rest = f"{rest} {aux}"
        named = f" {noun}" if noun and not counted and before else ""
        return f"{rest} {before}{answer if named else told}{named}"
    if subject := _ENGLISH_SUBJECT.fullmatch(asked):
        return f"{answer}{subject['rest']}"
    if _ENGLISH_IN_PLACE.search(asked):
        return _ENGLISH_IN_PLACE.sub(lambda _: answer, asked, count=1)
    return f"{asked}: {answer}"


def _subject(fronted: re.Match[str]) -> bool:
    """Whether the question word is the subject: "who was president", "which team has won"."""
    return fronted["asked"].lower() in ("who", "which", "what") and not fronted["before"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer."""

    question: str
    answer: str


def questions(folder: Path, seed: int) -> Iterator[Example]:
    """XQuAD-R's questions as claims, in all four directions.

    Of each question, in each direction, one true claim and one false: by turns with another
    answer of the same kind from the same passage, with one from another passage, or the true
    claim with another passage of the same article.
    """
    chosen = random.Random(seed)
    articles = {language: asked_articles(folder, language) for language in _LANGUAGES}
    for number in range(len(articles["en"])):
        side = side_of(number)
        for asked_in, written_in in product(_LANGUAGES, _LANGUAGES):
            ours, theirs = articles[asked_in][number], articles[written_in][number]
            for at, (evidence, known) in enumerate(theirs):
                pairs = ours[at][1]
                for which, pair in enumerate(pairs):
                    place = holding(evidence.sentences, known[which].answer)
                    made = partial(_made, pair, asked_in, side=side, which=which)
                    yield made(pair.answer, evidence, "true", place=place)
                    turn = which % 3
                    if turn == 2 and len(theirs) > 1:
                        yield made(pair.answer, theirs[(at + 1) % len(theirs)][0], "passage")
                        continue
                    same = turn == 0
                    pool = [one.answer for one in pairs] if same else _others(ours, at)
                    if same:
                        pool += _spans(" ".join(ours[at][0].sentences), asked_in)
                    wrong = wrong_answer(pair, pool, asked_in, chosen)
                    if wrong is not None:
                        kind = "answer-near" if same else "answer-far"
                        yield made(wrong, evidence, kind, place=place)


def _made(
    pair: Asked,
    language: InterfaceLanguage,
    answer: str,
    evidence: Text,
    kind: str,
    *,
    side: Side,
    which: int,
    place: int | None = None,
) -> Example:
    claim = claimed(pair.question, answer, language, which)
    return Example(claim, language, evidence, kind == "true", "questions", kind, side, place)


def claimed(question: str, answer: str, language: InterfaceLanguage, which: int) -> str:
    """A question's answer as a claim; every fourth as question and answer, as some write them."""
    if which % 4 == 3:
        return f"{question.strip()} {answer}."
    return statement(question, answer, language)


def holding(sentences: Sequence[str], answer: str) -> int | None:
    """The one sentence that holds `answer`; None where several do, or none."""
    found = [place for place, sentence in enumerate(sentences) if answer in sentence]
    return found[0] if len(found) == 1 else None


def _others(article: Sequence[tuple[Text, list[Asked]]], at: int) -> list[str]:
    return [one.answer for other, (_, pairs) in enumerate(article) if other != at for one in pairs]


def wrong_answer(
    pair: Asked, pool: Sequence[str], language: InterfaceLanguage, chosen: random.Random
) -> str | None:
    """Another answer of the same kind, which does not overlap the right one."""
    right = fold(pair.answer).lower()
    kind = answer_kind(pair.answer, language)
    fitting = [
        other
        for other in dict.fromkeys(pool)
        if answer_kind(other, language) == kind
        and fold(other).lower() not in right
        and right not in fold(other).lower()
        and fold(other).lower() not in fold(pair.question).lower()
    ]
    return chosen.choice(fitting) if fitting else None


def answer_kind(answer: str, language: InterfaceLanguage) -> str:
    """Number, name, or words."""
    if any(figure.kind == "digits" for figure in figures(answer)):
        return "figure"
    return "name" if names_in(f"x {answer}", language) else "words"


def _spans(text: str, language: InterfaceLanguage) -> list[str]:
    """Figures and names of a passage, as answers."""
    found = [figure.text for figure in figures(text) if figure.kind == "digits"]
    return found + [name.text for name in names_in(text, language)]


def articles(folder: Path, language: InterfaceLanguage) -> list[list[Text]]:
    """The paragraphs of XQuAD-R, article by article."""
    return [[text for text, _ in article] for article in asked_articles(folder, language)]


def asked_articles(
    folder: Path, language: InterfaceLanguage
) -> list[list[tuple[Text, list[Asked]]]]:
    """The paragraphs of XQuAD-R with what is asked of them, article by article."""
    stored: Mapping[str, Any] = json.loads(
        (folder / f"xquad-r.{language}.json").read_text(encoding="utf-8")
    )
    found = []
    for article in stored["data"]:
        title = article["title"].replace("_", " ")
        paragraphs = []
        for paragraph in article["paragraphs"]:
            sentences = tuple(nfc(one.strip()) for one in paragraph["sentences"] if one.strip())
            pairs = [
                Asked(nfc(row["question"]), nfc(row["answers"][0]["text"]))
                for row in paragraph["qas"]
            ]
            paragraphs.append((Text(sentences, language, title), pairs))
        found.append(paragraphs)
    return found
