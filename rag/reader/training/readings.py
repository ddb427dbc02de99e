"""What is read in training: a question or claim with sentences, and which of these answer it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from bilingual.orthography import fold
from bilingual.texts import InterfaceLanguage
from rag.checking.training.examples import side_of
from rag.checking.training.statements import asked_articles, holding, statement
from rag.reader.model import ANSWERS, SUPPORTS, Task
from rag.reader.training.written import Answered, NearMiss, Written, written

# Every tenth of our own passages is held back.
HELD_BACK = 10

# How much is read with a question: the whole passage, some of it, the sentence alone.
_WHOLE, _SOME = 0.5, 0.85
_MOST_XQUAD = 6  # sentences read of a paragraph that does not answer
_WITHOUT = 0.6  # share of the answered questions read without the sentence that answers
_SHORTENED = 0.35  # … where not all of the rest is read
_PART_OF_MISS = 0.4  # share of the near misses read with a part of the passage
_CLAIMS, _CLAIMS_MISSED = 0.5, 0.3  # shares of the claims that are read
_LEFT = 0.4  # share of the phrases that are not cut out
_CUT_ALONE = 0.5  # … where the sentence is read alone
_PLAIN = 0.5  # share of the questions read with a claim as the text
_ELSEWHERE = 0.5  # share of the questions read with other passages
_NEAREST = 8  # sentences of other passages from which one is chosen
_NO_CONTEXT, _TITLE_ALONE = 0.25, 0.15  # shares of what is read without, and with less, context
_UNMARKED = 0.08  # share of the asking sides whose marks are taken off
_AT_ONCE = 512  # questions whose nearest sentences are looked for together
_LANGUAGES: tuple[InterfaceLanguage, InterfaceLanguage] = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read together.

    Attributes:
        sentences: One after the other.
        holds: Which of them answers (or supports) `asking`.
        context: What tells what the text is about.
    """

    task: Task
    asking: str
    sentences: tuple[str, ...]
    holds: tuple[bool, ...]
    source: str
    context: tuple[str, ...] = ()


def readings(xquad: Path, seed: int) -> list[Reading]:
    """What the first stage is trained on."""
    passages = list(written())
    found: list[Reading] = []
    for number, passage in enumerate(passages):
        if not held_back(number):
            found += of_written(passage, random.Random(f"{seed} {number}"))
    found += _of_questions(xquad, random.Random(seed))
    found += elsewhere(passages, random.Random(seed))
    unmarked = random.Random(seed)
    return [_unmarked(one, unmarked) for one in found]


def readings_found(path: Path, chosen: random.Random) -> Iterator[Reading]:
    """What was found for questions over documents, one reading a line of JSON.

    Some without what tells what the text is about, or with the title alone. A stretch that answers
    is read without the sentences that do, too, and the sentence by itself.
    """
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            one = Reading(**{name: _tuple(value) for name, value in told.items()})
            versions = [one]
            answering = [at for at, holds in enumerate(one.holds) if holds]
            others = [at for at, holds in enumerate(one.holds) if not holds]
            if answering and others:
                versions += [_only(one, answering[:1]), _only(one, others)]
            for version in versions:
                yield _with_less_context(version, chosen)


def _only(one: Reading, kept: Sequence[int]) -> Reading:
    """A reading of some of its sentences."""
    return replace(
        one,
        sentences=tuple(one.sentences[at] for at in kept),
        holds=tuple(one.holds[at] for at in kept),
    )


def _with_less_context(one: Reading, chosen: random.Random) -> Reading:
    if chosen.random() < _NO_CONTEXT:
        return replace(one, context=())
    return replace(one, context=one.context[:1]) if chosen.random() < _TITLE_ALONE else one


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def held_back(number: int) -> bool:
    """Whether our passage of that number is not trained on."""
    return number % HELD_BACK == HELD_BACK - 1


def of_written(passage: Written, chosen: random.Random) -> Iterator[Reading]:
    """What is read of one of our passages.

    A near miss is also read with the sentence that would answer it, and an answered question
    without its own, so that nothing in the question itself tells which it is.
    """
    for one in passage.answered:
        yield from _of_answered(passage.sentences, one, chosen)
    for miss in passage.near_misses:
        yield from _of_near_miss(passage.sentences, miss, chosen)
    yield from _plain(passage, chosen)


def _of_answered(text: Sequence[str], one: Answered, chosen: random.Random) -> Iterator[Reading]:
    read, at = _around(text, one.place, chosen)
    yield _reading(ANSWERS, one.question, read, at, "answered")
    rest = _without(text, one.place, chosen)
    if rest and chosen.random() < _WITHOUT:
        yield _reading(ANSWERS, one.question, rest, None, "without")
    read, at = _around(text, one.place, chosen)
    if chosen.random() < _CLAIMS:
        yield _reading(SUPPORTS, one.claim, read, at, "claim")
        yield _reading(SUPPORTS, one.false, read, None, "false claim")
    yield from _cut(one.question, text, one.place, one.phrase, chosen)


def _of_near_miss(text: Sequence[str], miss: NearMiss, chosen: random.Random) -> Iterator[Reading]:
    read = text
    if chosen.random() < _PART_OF_MISS:
        read, _ = _around(text, chosen.randrange(len(text)), chosen)
    yield _reading(ANSWERS, miss.question, read, None, "near miss")
    place = chosen.randint(0, len(text))
    whole = [*text[:place], miss.sentence, *text[place:]]
    read, at = _around(whole, place, chosen)
    yield _reading(ANSWERS, miss.question, read, at, "near miss, answered")
    if chosen.random() < _CLAIMS_MISSED:
        yield _reading(SUPPORTS, miss.claim, text, None, "false claim")
        read, at = _around(whole, place, chosen)
        yield _reading(SUPPORTS, miss.claim, read, at, "claim")
    yield from _cut(miss.question, whole, place, miss.phrase, chosen)


def _plain(passage: Written, chosen: random.Random) -> Iterator[Reading]:
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
        if chosen.random() < _PLAIN:
            yield _reading(ANSWERS, question, [chosen.choice(claims)], 0, "plain")
        elif phrase and asked == told:
            made = statement(question, phrase, "vi" if told == "vi" else "en")
            yield _reading(ANSWERS, question, [made], 0, "plain")
        others = said[:at] + said[at + 1 :]
        for _, _, claims_of_other in chosen.sample(others, min(1, len(others))):
            yield _reading(ANSWERS, question, [chosen.choice(claims_of_other)], None, "plain")


def _cut(
    question: str, text: Sequence[str], place: int, phrase: str, chosen: random.Random
) -> Iterator[Reading]:
    """The sentence without the phrase that answers, and, as clumsy, without as many other words."""
    if not phrase or chosen.random() < _LEFT:
        return

    def put(sentence: str, *, holds: bool) -> Reading:
        read, at = [sentence], 0
        if chosen.random() >= _CUT_ALONE:
            changed = [*text[:place], sentence, *text[place + 1 :]]
            read, at = _around(changed, place, chosen)
        return _reading(ANSWERS, question, read, at if holds else None, "cut")

    before, _, after = text[place].partition(phrase)
    yield put(_joined(before, after), holds=False)
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
        yield put(kept, holds=True)


def _joined(before: str, after: str) -> str:
    """Two ends of a sentence, with one space between them where none of its signs stands."""
    return re.sub(r"\s+([,.;:!?])", r"\1", " ".join(f"{before} {after}".split()))


def _reading(
    task: Task, asking: str, text: Sequence[str], place: int | None, source: str
) -> Reading:
    """`text` read with `asking`, which its sentence number `place` answers, or none of them."""
    holds = tuple(at == place for at in range(len(text)))
    return Reading(task, asking, tuple(text), holds, source)


def _around(text: Sequence[str], place: int, chosen: random.Random) -> tuple[list[str], int]:
    """The whole text, a sentence with some around it, or it alone; and where it stands there."""
    share = chosen.random()
    if share < _WHOLE:
        return list(text), place
    if share < _SOME:
        first = max(0, place - chosen.randint(0, 2))
        return list(text[first : place + 1 + chosen.randint(0, 2)]), place - first
    return [text[place]], 0


def _without(text: Sequence[str], place: int, chosen: random.Random) -> list[str]:
    """The text without a sentence, or some sentences of it; empty where there is none."""
    rest = [*text[:place], *text[place + 1 :]]
    if len(rest) > 1 and chosen.random() < _SHORTENED:
        count = chosen.randint(1, len(rest) - 1)
        first = chosen.randint(0, len(rest) - count)
        rest = rest[first : first + count]
    return rest


def _of_questions(folder: Path, chosen: random.Random) -> Iterator[Reading]:
    """XQuAD-R's questions in all four directions, with and without the sentence that answers."""
    every = {language: asked_articles(folder, language) for language in _LANGUAGES}
    numbers = [number for number in range(len(every["en"])) if side_of(number) == "read"]
    for number, theirs, ours in product(numbers, _LANGUAGES, _LANGUAGES):
        paragraphs = every[theirs][number]
        for (text, told), (_, asked) in zip(paragraphs, every[ours][number], strict=True):
            for question, known in zip(asked, told, strict=True):
                at = holding(text.sentences, known.answer)
                if at is None:
                    continue
                first = max(0, at - chosen.randint(0, 2))
                read = text.sentences[first : at + 1 + chosen.randint(0, 2)]
                yield _reading(ANSWERS, question.question, read, at - first, "XQuAD-R")
                rest = _without(text.sentences, at, chosen)[:_MOST_XQUAD]
                if rest:
                    yield _reading(ANSWERS, question.question, rest, None, "XQuAD-R")


def elsewhere(passages: Sequence[Written], chosen: random.Random) -> Iterator[Reading]:
    """Questions with sentences of other passages that resemble the one that answers them.

    Resemblance is that of their words (tf-idf), within the language of the passages.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    for language in _LANGUAGES:
        own = [
            (number, passage)
            for number, passage in enumerate(passages)
            if not held_back(number) and passage.languages.startswith(language)
        ]
        places = [
            (number, passage.sentences, at)
            for number, passage in own
            for at in range(len(passage.sentences))
        ]
        answers = [
            (number, one.question, passage.sentences[one.place])
            for number, passage in own
            for one in passage.answered
        ]
        answers += [
            (number, miss.question, miss.sentence)
            for number, passage in own
            for miss in passage.near_misses
        ]
        answers = [one for one in answers if chosen.random() < _ELSEWHERE]
        if not answers:
            continue
        owners = np.array([number for number, _, _ in places])
        words = TfidfVectorizer(sublinear_tf=True, token_pattern=r"\w+")
        rows = words.fit_transform(text[at] for _, text, at in places)
        wanted = words.transform(sentence for _, _, sentence in answers)
        for start in range(0, len(answers), _AT_ONCE):
            part = answers[start : start + _AT_ONCE]
            alike = (wanted[start : start + _AT_ONCE] @ rows.T).toarray()
            for (number, question, _), row in zip(part, alike, strict=True):
                row[owners == number] = -1.0
                count = min(_NEAREST, len(row) - 1)
                nearest = sorted(np.argpartition(-row, count)[:count].tolist())
                _, text, at = places[chosen.choice(nearest)]
                read, _ = _around(text, at, chosen)
                yield _reading(ANSWERS, question, read, None, "elsewhere")


def _unmarked(one: Reading, chosen: random.Random) -> Reading:
    """Some questions and claims are typed without marks."""
    if chosen.random() >= _UNMARKED:
        return one
    return replace(one, asking=fold(one.asking))
