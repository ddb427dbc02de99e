"""What a sentence denies, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bilingual.function_words import ENGLISH, VIETNAMESE
from bilingual.orthography import normalise
from bilingual.stems import stems

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[,.;:!?…]")
_NEGATORS = frozenset(
    "not never cannot neither nor without no none không chưa chẳng chả chớ đừng".split()
)
_REFUSALS = frozenset("refused declined denied refuse decline deny".split())
_DENYING = _NEGATORS | _REFUSALS | {"từ"}  # "từ chối"
# "không" and "no" in other senses: not only, space, air, aviation, no matter, no doubt.
_NOT_A_DENIAL = frozenset(
    [("không", after) for after in "chỉ những gian khí quân phận trung kích nhất ngừng".split()]
    + [("not", "only"), ("not", "just"), ("not", "least"), ("no", "matter"), ("no", "doubt"),
       ("no", "longer"), ("no", "later"), ("no", "fewer"), ("no", "less")]
)  # fmt: skip
_NOT_AFTER = frozenset([("hàng", "không"), ("hay", "không"), ("whether", "not"), ("or", "not")])
# Between the negation and what it denies.
_SKIPPED = ENGLISH | VIETNAMESE | frozenset("hề từng bao giờ muốn hoàn toàn".split())
_REACH_WORDS = 6


def negated(text: str) -> dict[str, str]:
    """What `text` denies: the stem of the first content word after each negation → the words."""
    tokens = _tokens(text)
    found: dict[str, str] = {}
    for index in _negations(tokens):
        for last in range(index + 1, min(index + 1 + _REACH_WORDS, len(tokens))):
            word = tokens[last]
            if not word[0].isalnum():
                break
            if word not in _SKIPPED:
                found.setdefault(stems([word])[0], " ".join(tokens[index : last + 1]))
                break
    return found


def not_negated(text: str) -> frozenset[str]:
    """Stems of the content words that stand in `text` without a negation just before."""
    tokens = _tokens(text)
    denied: set[int] = set()
    for index in _negations(tokens):
        for last in range(index + 1, min(index + 1 + _REACH_WORDS, len(tokens))):
            denied.add(last)
            if tokens[last] not in _SKIPPED or not tokens[last][0].isalnum():
                break
    kept = [word for at, word in enumerate(tokens) if at not in denied and word[0].isalnum()]
    return frozenset(stems(kept))


def says_not(text: str) -> bool:
    """Whether `text` denies anything."""
    return any(True for _ in _negations(_tokens(text)))


@lru_cache(maxsize=2048)  # the same few passages are asked again for each sentence of an answer
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(normalise(text)))


def _negations(tokens: Sequence[str]) -> Iterator[int]:
    """Where a negation stands."""
    for index, word in enumerate(tokens):
        if not (word in _DENYING or word.endswith(("n't", "n’t"))):
            continue
        before = tokens[index - 1] if index else ""
        after = tokens[index + 1] if index + 1 < len(tokens) else ""
        if word == "từ" and after != "chối":
            continue
        if (word, after) not in _NOT_A_DENIAL and (before, word) not in _NOT_AFTER:
            yield index
