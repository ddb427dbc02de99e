"""Pairs to read: a question or a claim, a piece of text, and whether it answers or supports."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from bilingual.orthography import fold
from bilingual.texts import InterfaceLanguage
from rag.checking.training.statements import asked_articles, statement
from rag.reader.training.written import Written, written

# What is asked of a piece of text: does it answer a question, does it bear out a claim? The second
# is asked in training only: it teaches what the first needs as well.
Task = Literal["answers", "supports"]
ANSWERS: Task = "answers"
SUPPORTS: Task = "supports"

# Every tenth of our own passages is held back.
HELD_BACK = 10

# Articles of XQuAD-R that are trained on; on those up to 24 the refusal is fitted.
_ARTICLES = 12

# Shares of what a question or claim is read with: the sentence alone, with neighbours, the whole.
_ALONE, _WITH_NEIGHBOURS = 0.6, 0.9
_SENTENCES = 0.7  # of a passage, read with a question that none answers
_UNMARKED = 0.08  # share of the asking sides whose marks are taken off
_OTHER_PARAGRAPH = 0.4  # of XQuAD-R's questions, how many are read with the next one
_LANGUAGES: tuple[InterfaceLanguage, InterfaceLanguage] = ("vi", "en")


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


def pairs(xquad: Path, seed: int) -> list[Pair]:
    """All pairs that are trained on, but for those that are retrieved.

    Args:
        xquad: Holds `xquad-r.en.json` and `xquad-r.vi.json`.
        seed: Of every choice.
    """
    found = [
        pair
        for number, passage in enumerate(written())
        if not held_back(number)
        for pair in of_written(passage, random.Random(f"{seed} {number}"))
    ]
    found += _of_questions(xquad, random.Random(seed))
    unmarked = random.Random(seed)
    return [_unmarked(pair, unmarked) for pair in found if pair.piece]


def held_back(number: int) -> bool:
    """Whether our passage of that number is not trained on."""
    return number % HELD_BACK == HELD_BACK - 1


def of_written(passage: Written, chosen: random.Random) -> Iterator[Pair]:
    """Pairs of one of our passages.

    A near miss is also read with the sentence that would answer it, so that nothing in the
    question itself tells which it is.
    """
    text = passage.sentences
    for one in passage.answered:
        for _ in range(2):
            yield _pair(ANSWERS, one.question, _around(text, one.place, chosen), True)
        yield _pair(ANSWERS, one.question, _without(text, one.place, chosen), False)
        yield _pair(SUPPORTS, one.claim, _around(text, one.place, chosen), True)
        yield _pair(SUPPORTS, one.false, _around(text, one.place, chosen), False)
        yield from _cut(one.question, text[one.place], one.phrase, chosen)
    for miss in passage.near_misses:
        for place in range(len(text)):
            if chosen.random() < _SENTENCES:
                yield _pair(ANSWERS, miss.question, _around(text, place, chosen), False)
        place = chosen.randrange(len(text))
        yield _pair(SUPPORTS, miss.claim, _around(text, place, chosen), False)
        place = chosen.randint(0, len(text))
        whole = [*text[:place], miss.sentence, *text[place:]]
        for _ in range(2):
            yield _pair(ANSWERS, miss.question, _around(whole, place, chosen), True)
        yield _pair(SUPPORTS, miss.claim, _around(whole, place, chosen), True)
        yield from _cut(miss.question, miss.sentence, miss.phrase, chosen)
    yield from _plain(passage, chosen)


def _plain(passage: Written, chosen: random.Random) -> Iterator[Pair]:
    """Short sentences in the question's language that hold little but the answer.

    Right or wrong, a claim that was made for a question answers it, and those that were made for
    the passage's other questions do not. The same holds for what rules make of question and phrase.
    """
    asked, told = passage.languages.split("-")
    said: list[tuple[str, str, tuple[str, ...]]] = [
        (one.question, one.phrase, (one.claim, one.false)) for one in passage.answered
    ]
    said += [(one.question, one.phrase, (one.claim,)) for one in passage.near_misses]
    for at, (question, phrase, claims) in enumerate(said):
        yield _pair(ANSWERS, question, (chosen.choice(claims),), True)
        if phrase and asked == told:
            made = statement(question, phrase, "vi" if told == "vi" else "en")
            yield _pair(ANSWERS, question, (made,), True)
        others = said[:at] + said[at + 1 :]
        for _, _, claims_of_other in chosen.sample(others, min(2, len(others))):
            yield _pair(ANSWERS, question, (chosen.choice(claims_of_other),), False)


def _cut(question: str, sentence: str, phrase: str, chosen: random.Random) -> Iterator[Pair]:
    """The sentence without the phrase that answers, and, as clumsy, without as many other words."""
    if not phrase:
        return
    before, _, after = sentence.partition(phrase)
    yield _pair(ANSWERS, question, (_joined(before, after),), False)
    count, rest = len(phrase.split()), [before.split(), after.split()]
    starts = [
        (side, start)
        for side, words in enumerate(rest)
        for start in range(1 - side, len(words) - count + 1 - side)
    ]
    if starts:
        side, start = chosen.choice(starts)
        del rest[side][start : start + count]
        kept = _joined(f"{' '.join(rest[0])} {phrase}", " ".join(rest[1]))
        yield _pair(ANSWERS, question, (kept,), True)


def _joined(before: str, after: str) -> str:
    """Two ends of a sentence, with one space between them where none of its signs stands."""
    return re.sub(r"\s+([,.;:!?])", r"\1", " ".join(f"{before} {after}".split()))


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
    every = {language: asked_articles(folder, language) for language in _LANGUAGES}
    for number, theirs, ours in product(range(_ARTICLES), _LANGUAGES, _LANGUAGES):
        paragraphs = every[theirs][number]
        texts = [text.sentences for text, _ in paragraphs]
        for place, (text, (_, asked)) in enumerate(zip(texts, every[ours][number], strict=True)):
            for question, told in zip(asked, paragraphs[place][1], strict=True):
                at = _holding(text, told.answer)
                if at is None:
                    continue
                asking = question.question
                yield _pair(ANSWERS, asking, _around(text, at, chosen), True, "xquad")
                yield _pair(ANSWERS, asking, _without(text, at, chosen), False, "xquad")
                other = texts[(place + 1) % len(texts)]
                if chosen.random() < _OTHER_PARAGRAPH:
                    far = _around(other, chosen.randrange(len(other)), chosen)
                    yield _pair(ANSWERS, asking, far, False, "xquad")


def _holding(text: Sequence[str], answer: str) -> int | None:
    """The one sentence that holds `answer`; None where several do, or none."""
    found = [place for place, sentence in enumerate(text) if answer in sentence]
    return found[0] if len(found) == 1 else None


def _unmarked(pair: Pair, chosen: random.Random) -> Pair:
    """Some questions and claims are typed without marks."""
    if chosen.random() >= _UNMARKED:
        return pair
    return Pair(pair.task, fold(pair.asking), pair.piece, pair.holds, pair.source)
