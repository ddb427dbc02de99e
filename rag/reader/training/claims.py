"""Claims with sentences of what they speak of: which of these bear them out?

Of the claims that `rag.checking.training` makes and labels, those that are for the reader; the
heads of the checker are fitted on others, so that they see what it says of claims new to it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from bilingual.texts import InterfaceLanguage
from rag.checking.training.alterations import sentences
from rag.checking.training.examples import Example, Text, begin
from rag.checking.training.statements import Asked, claimed, questions, wrong_answer
from rag.reader.model import SUPPORTS
from rag.reader.training.readings import Reading, held_back
from rag.reader.training.written import Written, written

_ROUNDS = 2  # times that XQuAD-R's questions become claims, with other false answers
_ALONE, _AFTER = 0.4, 0.5  # shares read as one sentence, and, of the others, with the one after it
_ELSEWHERE = 0.5  # share of the true claims that are read with another sentence, too
_WRITTEN = 0.3  # share of our own passages' questions that become claims


def claims(data: Path, seed: int) -> Iterator[Reading]:
    """What is read of XQuAD-R, of BEGIN's replies, and of our own passages' questions as claims.

    Args:
        data: Holds `eval/xquad-r.*.json` and `faithfulness/begin_wow_*.tsv`.
        seed: Of every random choice.
    """
    chosen = random.Random(seed)
    every = [questions(data / "eval", seed + more) for more in range(_ROUNDS)]
    made = chain(*every, sentences(data / "eval", seed), begin(data / "faithfulness"))
    for one in made:
        if one.side == "read":
            yield from of_example(one, chosen)
    for number, passage in enumerate(written()):
        told, asked = passage.languages.split("-")
        if asked == told and not held_back(number):
            yield from of_questions(passage, "vi" if told == "vi" else "en", chosen)


def of_example(one: Example, chosen: random.Random) -> Iterator[Reading]:
    """A claim with the sentence that tells what it speaks of, and, if true, with another."""
    text = one.evidence.sentences
    if one.set == "begin":  # which of them bears it out is not told
        yield _reading(one, [" ".join(text)], one.supported)
        return
    if one.place is None:
        if not one.supported:
            yield _around(one, chosen.randrange(len(text)), chosen)
        return
    yield _around(one, one.place, chosen)
    others = [at for at in range(len(text)) if at != one.place]
    if one.supported and others and chosen.random() < _ELSEWHERE:
        yield _reading(one, [text[chosen.choice(others)]], False)


def of_questions(
    passage: Written, language: InterfaceLanguage, chosen: random.Random
) -> Iterator[Reading]:
    """Some of a passage's questions, with their answers and with those of others, as claims."""
    text = Text(tuple(passage.sentences), language)
    answers = [one.phrase for one in passage.answered if one.phrase]
    for which, one in enumerate(passage.answered):
        if not one.phrase or chosen.random() >= _WRITTEN:
            continue
        wrong = wrong_answer(Asked(one.question, one.phrase), answers, language, chosen)
        for answer in (one.phrase, wrong):
            if answer is not None:
                claim = claimed(one.question, answer, language, which)
                right = answer == one.phrase
                made = Example(claim, language, text, right, "written", "", "read", one.place)
                yield from of_example(made, chosen)


def _around(one: Example, place: int, chosen: random.Random) -> Reading:
    """A sentence by itself or with one neighbour."""
    text, first, last = one.evidence.sentences, place, place + 1
    if chosen.random() >= _ALONE:
        if chosen.random() < _AFTER:
            last = min(len(text), last + 1)
        else:
            first = max(0, first - 1)
    read = text[first:last]
    return _reading(one, list(read), *(one.supported and at == place for at in range(first, last)))


def _reading(one: Example, read: list[str], *holds: bool) -> Reading:
    title = (one.evidence.title,) if one.evidence.title else ()
    return Reading(SUPPORTS, one.claim, tuple(read), holds, f"claim, {one.set}", title)
