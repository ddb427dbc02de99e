"""Vietnamese typed without marks: recognised, and given its marks back.

`nuoc nao khong ky tuyen bo` → `nước nào không ký tuyên bố`. Each syllable has a handful of marked
forms; a trigram model of syllables with back-off chooses among them by Viterbi search over a beam.
The model's counts come from the Vietnamese sides of the training pairs; discounting is absolute
(Ney, Essen and Kneser, 1994).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bilingual.orthography import fold, nfc, normalise
from bilingual.units import DATA

# Ids of the model's vocabulary are below 2**13; an n-gram is their concatenation.
ID_BITS = 13
START, FIGURE, SIGN, OTHER = 0, 1, 2, 3
SPECIAL = 4

# Hypotheses kept at each word.
_BEAM = 30

# What the counts of the texts at hand weigh beside the model, and what stands for none.
_COUNTED, _UNSEEN = np.float32(0.5), np.float32(0.5)

# What two words that follow one another in the texts at hand gain.
_FOLLOWED = np.float32(4.0)
WordPair = tuple[str, str]

# Normalised words → how often each occurs.
Counts = Callable[[Sequence[str]], Sequence[int]]

_Key = TypeVar("_Key", np.uint32, np.uint64)

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)*|[^\w\s]")
_LETTERS = re.compile(r"[^\W\d_]+")

# "co duoc … khong": what stands after the "có" of such a question, where it stands folded, the
# words for "not" that end it, and the particles that may come after those.
_HAVE = "có"
_AFTER_HAVE = frozenset("duoc bi can the phai nen".split())
_NOT = frozenset({"khong", "ko"})
_PARTICLES = frozenset("a vay the nhi ha nhe nha".split())


@dataclass(frozen=True)
class Marks:
    """The marks restorer.

    Attributes:
        syllables: Marked and unmarked syllables; number n has the id `SPECIAL + n`.
        unigram: Log probability of each id, float32 `[ids]`.
        backoff: Log weight of the unigram after each id, float32 `[ids]`.
        bigrams: Sorted keys, uint32 `[n]`.
        bigram: Log probability of each, float32 `[n]`.
        bigram_backoff: Log weight of the lower order after each, float32 `[n]`.
        trigrams: Sorted keys, uint64 `[m]`.
        trigram: Log probability of each, float32 `[m]`.
        contrast: Unmarked or English word → log(p in unmarked Vietnamese / p in English).
    """

    syllables: list[str]
    unigram: NDArray[np.float32]
    backoff: NDArray[np.float32]
    bigrams: NDArray[np.uint32]
    bigram: NDArray[np.float32]
    bigram_backoff: NDArray[np.float32]
    trigrams: NDArray[np.uint64]
    trigram: NDArray[np.float32]
    contrast: dict[str, float]

    @classmethod
    def load(cls, path: Path = DATA / "marks.npz") -> Marks:
        """Read the model that `bilingual.training` wrote to `path`."""
        with np.load(path) as stored:
            words = bytes(stored["contrast_words"]).decode().split("\n")
            return cls(
                bytes(stored["syllables"]).decode().split("\n"),
                stored["unigram"].astype(np.float32),
                stored["backoff"].astype(np.float32),
                np.cumsum(stored["bigrams"], dtype=np.uint32),
                stored["bigram"].astype(np.float32),
                stored["bigram_backoff"].astype(np.float32),
                np.cumsum(stored["trigrams"], dtype=np.uint64),
                stored["trigram"].astype(np.float32),
                dict(zip(words, stored["contrast"].astype(float).tolist(), strict=True)),
            )

    def restore(
        self, text: str, counts: Counts | None = None, pairs: Collection[WordPair] = ()
    ) -> str:
        """`text` with marks on its unmarked words; words that have marks stay as they are.

        The case of each word is kept. The result is NFC and as long as `nfc(text)`, so that
        offsets in one are offsets in the other.

        Args:
            counts: How often marked words stand in the texts that `text` is about, which then
                weigh with the model (whole questions right on the dev half of XQuAD-R: .611 with
                the counts of its passages, .592 without).
            pairs: Normalised words that follow one another in passages about the same; a
                frozenset, where there are many (.763 with those of the answering passage and
                seven more, .642 without the answering one).
        """
        text = nfc(text)
        matches = list(_TOKEN.finditer(text))
        written = [match[0] for match in matches]
        parts: list[str] = []
        done = 0
        for match, key in zip(matches, self.restore_words(written, counts, pairs), strict=True):
            changed = key != normalise(match[0])
            word = _cased(key, like=match[0]) if changed else match[0]
            parts += [text[done : match.start()], word]
            done = match.end()
        return "".join([*parts, text[done:]])

    def restore_words(
        self,
        written: list[str],
        counts: Counts | None = None,
        pairs: Collection[WordPair] = (),
    ) -> list[str]:
        """The normalised words for `written`, each with its most likely marks."""
        keys = [normalise(word) for word in written]
        choices = [self._choices(key) for key in keys]
        for position in _asking_have(keys):
            choices[position] = [self._ids[_HAVE]], False
        options = [choice for choice, _ in choices]
        ids = self._best(keys, options, self._priors(options, counts), pairs)
        return [
            key if fixed else self.syllables[number - SPECIAL]
            for key, (_, fixed), number in zip(keys, choices, ids, strict=True)
        ]

    def unmarked_score(self, text: str) -> float:
        """How much `text` looks like Vietnamese without marks rather than like English.

        Returns:
            Mean log-likelihood ratio a word, in nats, from about -8 to 8; above 0 the text is
            likelier Vietnamese. 0.0 for a text without words. Words inside the text that begin
            with a capital, being names in either language, count a quarter.
        """
        total = weights = 0.0
        capitals = text.isupper() or text.istitle()
        for position, word in enumerate(_LETTERS.findall(nfc(text))):
            weight = 0.25 if position and word[0].isupper() and not capitals else 1.0
            total += weight * self.contrast.get(fold(normalise(word)), 0.0)
            weights += weight
        return total / weights if weights else 0.0

    @cached_property
    def _forms(self) -> dict[str, list[int]]:
        """Unmarked syllable → ids of its forms, likeliest first."""
        forms: dict[str, list[int]] = {}
        for number, syllable in enumerate(self.syllables):
            forms.setdefault(fold(syllable), []).append(SPECIAL + number)
        return {
            bare: sorted(ids, key=lambda id_: -self.unigram[id_])[:14]
            for bare, ids in forms.items()
        }

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {syllable: SPECIAL + number for number, syllable in enumerate(self.syllables)}

    def _choices(self, key: str) -> tuple[list[int], bool]:
        """Ids that a word can stand for, and whether the word itself stays as it is."""
        if forms := self._forms.get(key):
            return forms, False
        if key[0].isdecimal():
            return [FIGURE], True
        return [self._ids.get(key, OTHER if key[0].isalnum() else SIGN)], True

    def _priors(
        self, choices: list[list[int]], counts: Counts | None
    ) -> list[NDArray[np.float32] | None]:
        """What `counts` adds to the score of each of `choices`, where there is a choice."""
        if counts is None:
            return [None] * len(choices)
        forms = [[self.syllables[id_ - SPECIAL] for id_ in c] if c[1:] else [] for c in choices]
        known = iter(counts([form for of_word in forms for form in of_word]))
        found: list[NDArray[np.float32] | None] = []
        for of_word in forms:
            seen = np.array([next(known) for _ in of_word], np.float32) + _UNSEEN
            found.append(_COUNTED * np.log(seen / seen.sum()) if of_word else None)
        return found

    def _best(
        self,
        keys: list[str],
        choices: list[list[int]],
        priors: list[NDArray[np.float32] | None],
        pairs: Collection[WordPair],
    ) -> list[int]:
        """The likeliest sequence that takes one id of each of `choices`, those of `keys`."""
        before = np.array([START], np.uint64)
        last = np.array([START], np.uint64)
        scores = np.zeros(1, np.float32)
        trail: list[tuple[NDArray[np.uint64], NDArray[np.int64]]] = []
        key_before = ""
        for key, ids, prior in zip(keys, choices, priors, strict=True):
            options = np.array(ids, np.uint64)
            grid = scores[:, None] + self._log_probability(before, last, options)
            if prior is not None:
                grid = grid + prior
            if pairs:
                grid = grid + _together(
                    self._forms_of(last, key_before), self._forms_of(options, key), pairs
                )
            flat = np.argsort(-grid, axis=None)
            came, took = np.unravel_index(flat, grid.shape)
            # The best of each (last, taken) pair: later words see no further back.
            _, first = np.unique(
                last[came] << np.uint64(ID_BITS) | options[took], return_index=True
            )
            kept = np.sort(first)[:_BEAM]
            came, took = came[kept], took[kept]
            scores = grid[came, took]
            before, last, key_before = last[came], options[took], key
            trail.append((last, came))
        path: list[int] = []
        state = 0
        for taken, came in reversed(trail):
            path.append(int(taken[state]))
            state = int(came[state])
        return path[::-1]

    def _forms_of(self, ids: NDArray[np.uint64], key: str) -> list[str]:
        """The words that `ids` stand for; `key` itself where the vocabulary has no such word."""
        return [self.syllables[int(id_) - SPECIAL] if id_ >= SPECIAL else key for id_ in ids]

    def _log_probability(
        self, before: NDArray[np.uint64], last: NDArray[np.uint64], options: NDArray[np.uint64]
    ) -> NDArray[np.float32]:
        """Log p(option | before, last), float32 `[len(last), len(options)]`."""
        shift = np.uint64(ID_BITS)
        context = before << shift | last
        pair = np.asarray(last[:, None] << shift | options[None], np.uint32)
        at, seen = _find(self.bigrams, pair)
        shorter = self.backoff[last][:, None] + self.unigram[options][None]
        shorter = np.where(seen, self.bigram[at], shorter)
        at, seen = _find(self.bigrams, np.asarray(context, np.uint32))
        weight = np.where(seen, self.bigram_backoff[at], np.float32(0))
        at, seen = _find(
            self.trigrams, np.asarray(context[:, None] << shift | options[None], np.uint64)
        )
        chosen: NDArray[np.float32] = np.where(seen, self.trigram[at], weight[:, None] + shorter)
        return chosen


def _together(
    earlier: list[str], later: list[str], pairs: Collection[WordPair]
) -> NDArray[np.float32]:
    """What `pairs` adds, float32 `[len(earlier), len(later)]`."""
    met = [[(one, two) in pairs for two in later] for one in earlier]
    return _FOLLOWED * np.array(met, np.float32)


def _asking_have(keys: list[str]) -> list[int]:
    """Where "co" must be "có", as the end of its clause tells: too far off for three words.

    "co the" may be the body, "cơ thể", where another "co" comes later.
    """
    found: list[int] = []
    clause: list[int] = []
    for position, key in enumerate([*keys, "."]):
        if key[0].isalnum():
            clause.append(position)
            continue
        while clause and fold(keys[clause[-1]]) in _PARTICLES:
            clause.pop()
        if clause and fold(keys[clause[-1]]) in _NOT:
            found += _before_modal([keys[at] for at in clause], clause[0])
        clause = []
    return found


def _before_modal(clause: list[str], start: int) -> list[int]:
    """Where in a clause, which begins at `start`, an unmarked "co" has one of these after it."""
    return [
        start + at
        for at, (one, two) in enumerate(pairwise(clause))
        if one == "co"
        and fold(two) in _AFTER_HAVE
        and not (fold(two) == "the" and {"co", _HAVE} & set(clause[at + 2 :]))
    ]


def _find(
    keys: NDArray[_Key], wanted: NDArray[_Key]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each of `wanted` stands in sorted `keys`, and whether it does."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return at, keys[at] == wanted


def _cased(key: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return key.upper()
    return key[0].upper() + key[1:] if like[0].isupper() else key


@cache
def default_marks() -> Marks:
    """The model that ships with the program, read once."""
    return Marks.load()


def unmarked_score(text: str) -> float:
    """`Marks.unmarked_score` of the model that ships with the program."""
    return default_marks().unmarked_score(text)
