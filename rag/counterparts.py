"""Which of the passages found say the same in two languages.

What answers a question in one language answers it as well in the other, yet the question meets the
words of its own language more easily. A passage that says the same as a better one is therefore
as good an answer as that one is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bilingual.tokens import SCALE
from rag.late_interaction import Interaction

# The least cosine of two passages that are looked at word by word: of sentences and their
# translations in the dev half of XQuAD-R 98 in 100 lie above it.
_ALIKE = 0.6

# Mutual coverage from which two passages have something in common to say, and from which they say
# the same; chosen there, see docs/decisions/0003.
_SOME, _SAME = 0.68, 0.78

# What a passage gets at most of what its counterpart has more: it comes right behind it.
_SHARE = 0.99


def counterparts(
    vectors: NDArray[np.float32],
    languages: Sequence[str],
    interactions: Sequence[Interaction],
    scores: Sequence[float],
    limit: int,
) -> Iterator[tuple[int, float]]:
    """The passages that say what a better one in another language says.

    Only what the better half of the `limit` best could lift is looked for: the rest is seldom read.

    Args:
        vectors: float32 `[passages, dim]`, of length 1.
        languages: One for each passage, as `interactions` and `scores` are.

    Yields:
        A passage's place, and what lifts its score towards its counterpart's.
    """
    names = np.asarray(languages)
    cosines = np.where(names[:, None] != names[None], vectors @ vectors.T, -np.inf)
    nearest = cosines.argmax(axis=1)
    for better in np.argsort(-np.asarray(scores), kind="stable")[: (limit + 1) // 2]:
        other = nearest[better]
        gain = scores[better] - scores[other]
        if gain <= 0 or nearest[other] != better or cosines[better, other] < _ALIKE:
            continue
        coverage = mutual_coverage(interactions[better].vectors, interactions[other].vectors)
        if coverage > _SOME:
            yield int(other), _SHARE * gain * min(1.0, (coverage - _SOME) / (_SAME - _SOME))


def mutual_coverage(one: NDArray[np.int8], other: NDArray[np.int8]) -> float:
    """How well two texts' tokens find each other: the lesser of both means, as a cosine.

    Args:
        one: int8 `[tokens, token_dim]`, as stored.
        other: The same of the other.
    """
    if not len(one) or not len(other):
        return 0.0
    cosines = one.astype(np.float32) @ other.T.astype(np.float32)
    return float(min(cosines.max(axis=1).mean(), cosines.max(axis=0).mean())) / SCALE**2
