"""Pairs to read: a question or a claim, a piece of text, and whether it answers or supports."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bilingual.orthography import fold, nfc
from bilingual.texts import InterfaceLanguage
from rag.checking.training.alterations import ALTERATIONS, names_of, sentences
from rag.checking.training.examples import Example, Text, begin, wice
from rag.checking.training.statements import questions
from rag.reader.model import Task
from rag.reader.training.written import Written, written

ANSWERS: Task = "answers"
SUPPORTS: Task = "supports"

# Every tenth of our own passages is held back.
HELD_BACK = 10

# Articles of XQuAD-R that are trained on. The claim checker is fitted on more of them and measured
# on the last half, so that its head can weigh what the reader says of articles new to it.
_ARTICLES = 12

# Shares of what a question or claim is read with: the sentence alone, with neighbours, the whole.
_ALONE, _WITH_NEIGHBOURS = 0.6, 0.9
_SENTENCES = 0.7  # of a passage, read with a question that none answers
_UNMARKED = 0.08  # share of the asking sides whose marks are taken off
_OF_SENTENCES = 0.3  # share of the altered sentences of XQuAD-R

# Corpora of parallel text whose lines follow one another, and how often each is drawn from.
_CORPORA = {
    "news_bilingual_crawl": 4.0,
    "mingg_mix_filtered": 4.0,
    "usdoj_civil_rights": 1.0,
    "d2l_vn": 1.0,
    "hf_course": 1.0,
    "debian_handbook": 1.0,
    "wesnoth": 1.0,
    "firefly_finance": 0.5,
    "bloom_housing": 0.5,
    "vote_gov": 0.3,
}
_LANGUAGES: tuple[InterfaceLanguage, InterfaceLanguage] = ("vi", "en")
_CLAIM_WORDS = range(6, 46)
_LONGEST_RUN = 3
_ACROSS, _TRUE, _OTHER = 0.8, 0.4, 0.15  # shares of the parallel pairs


@dataclass(frozen=True, slots=True)
class Pair:
    """What is read together, and whether `piece` answers (or supports) `asking`.

    Attributes:
        piece: Sentences, one after the other.
    """

    task: Task
    asking: str
    piece: tuple[str, ...]
    holds: bool
    source: str


def pairs(folder: Path, seed: int, parallel: int) -> list[Pair]:
    """All pairs that are trained on.

    Args:
        folder: Holds `eval`, `faithfulness` and `parallel`.
        seed: Of every choice.
        parallel: How many are made of parallel text.
    """
    chosen = random.Random(seed)
    found = [
        pair
        for number, passage in enumerate(written())
        if not held_back(number)
        for pair in _of_written(passage, chosen)
    ]
    found += _of_questions(folder / "eval", chosen)
    found += _of_claims(folder, seed, chosen)
    found += _of_parallel(folder / "parallel", chosen, parallel)
    return [_unmarked(pair, chosen) for pair in found if pair.piece]


def held_back(number: int) -> bool:
    """Whether our passage of that number is not trained on."""
    return number % HELD_BACK == HELD_BACK - 1


def _of_written(passage: Written, chosen: random.Random) -> Iterator[Pair]:
    """Pairs of one of our passages.

    A near miss is also read with the sentence that would answer it, so that nothing in the
    question itself tells which it is.
    """
    text = passage.sentences
    for one in passage.answered:
        for _ in range(2):
            yield _pair(ANSWERS, one.question, _around(text, one.place, chosen), True)
            yield _pair(SUPPORTS, one.claim, _around(text, one.place, chosen), True)
            yield _pair(SUPPORTS, one.false, _around(text, one.place, chosen), False)
        yield _pair(ANSWERS, one.question, _without(text, one.place, chosen), False)
        yield _pair(SUPPORTS, one.claim, _without(text, one.place, chosen), False)
    for miss in passage.near_misses:
        for place in range(len(text)):
            if chosen.random() < _SENTENCES:
                yield _pair(ANSWERS, miss.question, _around(text, place, chosen), False)
        for _ in range(2):
            place = chosen.randrange(len(text))
            yield _pair(SUPPORTS, miss.claim, _around(text, place, chosen), False)
        place = chosen.randint(0, len(text))
        whole = [*text[:place], miss.sentence, *text[place:]]
        for _ in range(2):
            yield _pair(ANSWERS, miss.question, _around(whole, place, chosen), True)
        yield _pair(SUPPORTS, miss.claim, _around(whole, place, chosen), True)


def _pair(
    task: Task, asking: str, piece: Sequence[str], holds: bool, source: str = "written"
) -> Pair:
    return Pair(task, asking, tuple(piece), holds, source)


def _around(text: Sequence[str], place: int, chosen: random.Random) -> Sequence[str]:
    """A sentence alone, with its neighbours, or in the whole text."""
    share = chosen.random()
    if share < _ALONE:
        return text[place : place + 1]
    if share < _WITH_NEIGHBOURS:
        first = max(0, place - chosen.randint(0, 1))
        return text[first : place + 1 + chosen.randint(0, 1)]
    return text


def _without(text: Sequence[str], place: int, chosen: random.Random) -> Sequence[str]:
    """The text without a sentence, or another sentence of it; empty where there is none."""
    rest = [*text[:place], *text[place + 1 :]]
    if not rest or chosen.random() < 0.5:
        return rest
    return [chosen.choice(rest)]


def _of_questions(folder: Path, chosen: random.Random) -> Iterator[Pair]:
    """XQuAD-R's questions in all four directions, with and without the sentence that answers."""
    articles = {language: _articles(folder, language) for language in _LANGUAGES}
    for number in range(_ARTICLES):
        for theirs in _LANGUAGES:
            texts = [_sentences(one) for one in articles[theirs][number]["paragraphs"]]
            for ours in _LANGUAGES:
                for place, text in enumerate(texts):
                    asked = articles[ours][number]["paragraphs"][place]["qas"]
                    answers = articles[theirs][number]["paragraphs"][place]["qas"]
                    for question, row in zip(asked, answers, strict=True):
                        at = _holding(text, nfc(row["answers"][0]["text"]))
                        if at is None:
                            continue
                        asking = nfc(question["question"])
                        yield _pair(ANSWERS, asking, _around(text, at, chosen), True, "xquad")
                        yield _pair(ANSWERS, asking, _without(text, at, chosen), False, "xquad")
                        other = texts[(place + 1) % len(texts)]
                        if chosen.random() < 0.4:
                            far = _around(other, chosen.randrange(len(other)), chosen)
                            yield _pair(ANSWERS, asking, far, False, "xquad")


def _sentences(paragraph: dict[str, Any]) -> list[str]:
    return [nfc(one.strip()) for one in paragraph["sentences"] if one.strip()]


def _holding(text: Sequence[str], answer: str) -> int | None:
    """The one sentence that holds `answer`; None where several do, or none."""
    found = [place for place, sentence in enumerate(text) if answer in sentence]
    return found[0] if len(found) == 1 else None


def _of_claims(folder: Path, seed: int, chosen: random.Random) -> Iterator[Pair]:
    """The claims that the checker's head is fitted on, those of the first articles."""
    titles = _titles(folder / "eval")
    for one in questions(folder / "eval", seed):
        if one.evidence.title in titles:
            yield _of_example(one)
    for one in sentences(folder / "eval", seed):
        if one.evidence.title in titles and chosen.random() < _OF_SENTENCES:
            yield _of_example(one)
    for one in [*begin(folder / "faithfulness"), *wice(folder / "faithfulness")]:
        if one.side == "train":
            yield _of_example(one)


def _titles(folder: Path) -> set[str]:
    """The titles of the articles that are trained on, as the claims' evidence has them."""
    return {
        article["title"].replace("_", " ")
        for language in _LANGUAGES
        for article in _articles(folder, language)[:_ARTICLES]
    }


def _articles(folder: Path, language: InterfaceLanguage) -> list[Any]:
    stored: list[Any] = json.loads((folder / f"xquad-r.{language}.json").read_text("utf-8"))["data"]
    return stored


def _of_example(one: Example) -> Pair:
    return Pair(SUPPORTS, one.claim, one.evidence.sentences, one.supported, one.set)


def _of_parallel(folder: Path, chosen: random.Random, count: int) -> Iterator[Pair]:
    """Sentences of parallel text as claims about runs of it, mostly in the other language.

    False ones are the next sentence of the corpus, or an alteration (see
    `rag.checking.training.alterations`).
    """
    corpora: dict[str, list[tuple[str, str]]] = {name: [] for name in _CORPORA}
    for file in ("train_open", "train_public"):
        with gzip.open(folder / f"{file}.tsv.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                vietnamese, english, corpus = line.rstrip("\n").split("\t")
                if corpus in corpora:
                    corpora[corpus].append((nfc(vietnamese), nfc(english)))
    known = {name: rows for name, rows in corpora.items() if len(rows) > 2 * _LONGEST_RUN}
    weights = [_CORPORA[name] for name in known]
    names = _names_of_news(known.get("news_bilingual_crawl", []), chosen)
    made = 0
    while made < count:
        rows = known[chosen.choices(list(known), weights)[0]]
        pair = _of_run(rows, names, chosen)
        if pair is not None:
            made += 1
            yield pair


def _names_of_news(
    rows: Sequence[tuple[str, str]], chosen: random.Random
) -> dict[InterfaceLanguage, list[str]]:
    """Names to put in the place of others."""
    some = chosen.sample(rows, min(len(rows), 1_500))
    return {
        language: sorted({name for row in some for name in names_of(row[side], language)})
        for side, language in enumerate(_LANGUAGES)
    }


def _of_run(
    rows: Sequence[tuple[str, str]],
    names: dict[InterfaceLanguage, list[str]],
    chosen: random.Random,
) -> Pair | None:
    """One pair of a run of lines; None where its draw makes none."""
    length = chosen.randint(1, _LONGEST_RUN)
    start = chosen.randrange(len(rows) - 2 * _LONGEST_RUN)
    run = rows[start : start + length]
    side = chosen.randrange(2)
    other = 1 - side if chosen.random() < _ACROSS else side
    claim, piece = chosen.choice(run)[side], tuple(row[other] for row in run)
    language, share = _LANGUAGES[side], chosen.random()
    if _TRUE <= share < _TRUE + _OTHER:
        claim = rows[start + length + chosen.randrange(_LONGEST_RUN)][side]
    if len(claim.split()) not in _CLAIM_WORDS:
        return None
    if share < _TRUE + _OTHER:
        return Pair(SUPPORTS, claim, piece, share < _TRUE, "parallel")
    alter = ALTERATIONS[chosen.choice(list(ALTERATIONS))]
    text = Text(tuple(row[side] for row in run), language)
    altered = alter(claim, text, language, names[language], chosen)
    if altered is None or altered == claim:
        return None
    return Pair(SUPPORTS, altered, piece, False, "parallel")


def _unmarked(pair: Pair, chosen: random.Random) -> Pair:
    """Some questions and claims are typed without marks."""
    if chosen.random() >= _UNMARKED:
        return pair
    return Pair(pair.task, fold(pair.asking), pair.piece, pair.holds, pair.source)
