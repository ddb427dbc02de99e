"""Training samples: token ids of pairs, and runs of consecutive pairs as long as passages."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bilingual.lexicon import ENGLISH_WORD, singular
from bilingual.orthography import fold, normalise
from bilingual.training.corpora import CLDR_TERMS, OWN_SENTENCES, OWN_TERMS, Pair
from bilingual.units import Units

# Share of a corpus's pairs that is used; software documentation would be half of everything.
_SHARE: Mapping[str, float] = {
    "ms_alchemy_insights": 0.3,
    "ms_project_operations": 0.3,
    "ms_project_operations_lines": 0.3,
    "ms_customer_insights": 0.5,
    "ms_d365_ce": 0.5,
    "mediawiki_i18n": 0.7,
    "firefly_finance": 0.7,
}

# How often a sample is drawn, against 1; runs count twice. News is nearest to what is asked.
_DRAW: Mapping[str, float] = {
    "news_bilingual_crawl": 2.0,
    "mingg_mix_filtered": 1.2,
    "d2l_vn": 1.2,
    "ms_alchemy_insights": 0.7,
    OWN_SENTENCES: 3.0,
    OWN_TERMS: 2.5,
    CLDR_TERMS: 0.5,
    "usdoj_civil_rights": 2.0,
    "vote_gov": 1.5,
}

# How much a pair counts in word alignment, against 1.
ALIGNMENT_WEIGHT: Mapping[str, float] = {
    "ms_alchemy_insights": 0.3,
    "ms_project_operations": 0.4,
    "ms_project_operations_lines": 0.4,
    "ms_customer_insights": 0.5,
    "ms_d365_ce": 0.5,
    OWN_TERMS: 2.0,
    OWN_SENTENCES: 2.0,
    CLDR_TERMS: 2.0,
}

# Tokens: the longest sample, and the lengths that runs of running text and of terms aim at.
MAX_TOKENS = 250
_RUN_TOKENS = (40, 190)
_TERMS_IN_RUN = 8


@dataclass(frozen=True, slots=True)
class Sentence:
    """One side of a pair, in tokens.

    Attributes:
        ids: Token ids, int32 `[n]`.
        word: Index of the word of each token, -1 for signs of the English side, int16 `[n]`.
        words: The words.
    """

    ids: NDArray[np.int32]
    word: NDArray[np.int16]
    words: list[str]


class Tokenizers:
    """Both sides' tokenization."""

    def __init__(self, units: Units, tokenizer_path: str) -> None:
        """Read the English model's tokenizer from its `tokenizer.json`."""
        from tokenizers import Tokenizer

        self.units = units
        self._english = Tokenizer.from_file(tokenizer_path)
        self._english.no_truncation()
        self._english.no_padding()
        self._pieces: dict[str, list[int]] = {}

    def pieces(self, word: str) -> list[int]:
        """WordPiece ids of a word, special tokens left out."""
        if word not in self._pieces:
            self._pieces[word] = self._english.encode(word, add_special_tokens=False).ids
        return self._pieces[word]

    def vietnamese(self, text: str) -> Sentence:
        """Tokens of a Vietnamese text."""
        words = self.units.words(text)
        tokens = self.units.tokens(words, self.pieces)
        return Sentence(
            np.array([token.id for token in tokens], np.int32),
            np.array([token.word for token in tokens], np.int16),
            [word.key for word in words],
        )

    def english(self, text: str) -> Sentence:
        """Tokens of an English text; its words as the lexicon has them."""
        plain = fold(normalise(text))
        encoded = self._english.encode(plain, add_special_tokens=False)
        spans = [match.span() for match in ENGLISH_WORD.finditer(plain)]
        word = np.full(len(encoded.ids), -1, np.int16)
        at = 0
        for number, (start, _) in enumerate(encoded.offsets):
            while at < len(spans) and spans[at][1] <= start:
                at += 1
            if at < len(spans) and spans[at][0] <= start:
                word[number] = at
        return Sentence(
            np.array(encoded.ids, np.int32), word, [singular(plain[a:b]) for a, b in spans]
        )


def make_samples(pairs: Sequence[Pair], lengths: NDArray[np.int64], seed: int) -> list[list[int]]:
    """Lists of pair numbers: every pair alone, then runs of consecutive pairs of a corpus.

    Args:
        pairs: All pairs.
        lengths: Tokens of the Vietnamese and of the English side, `[pairs, 2]`.
        seed: Seed of what is left out and how long runs are.
    """
    random_ = random.Random(seed)
    corpora: dict[str, list[int]] = {}
    alone: list[list[int]] = []
    for number, pair in enumerate(pairs):
        corpora.setdefault(pair.corpus, []).append(number)
        long_enough = pair.is_term or lengths[number, 0] >= 3
        kept = random_.random() < _SHARE.get(pair.corpus, 1.0)
        if kept and long_enough and lengths[number].max() < MAX_TOKENS:
            alone.append([number])
    runs: list[list[int]] = []
    for corpus, members in corpora.items():
        if corpus == OWN_SENTENCES:  # they do not follow one another
            continue
        if corpus in {OWN_TERMS, CLDR_TERMS}:
            for _ in range(2):
                random_.shuffle(members)
                runs += _term_runs(members, random_)
        else:
            share = _SHARE.get(corpus, 1.0)
            runs += [r for r in _runs(members, lengths, random_) if random_.random() < share]
    return alone + [run for run in runs if len(run) > 1]


def draw_weights(pairs: Sequence[Pair], samples: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Probability of drawing each sample, `[samples]`, summing to 1."""
    weights = np.array(
        [
            _DRAW.get(pairs[sample[0]].corpus, 1.0) * (2.0 if len(sample) > 1 else 1.0)
            for sample in samples
        ]
    )
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def _runs(
    members: list[int], lengths: NDArray[np.int64], random_: random.Random
) -> list[list[int]]:
    runs: list[list[int]] = []
    at = 0
    while at < len(members):
        goal = random_.randint(*_RUN_TOKENS)
        run: list[int] = []
        total = np.zeros(2, np.int64)
        while at < len(members):
            longer = total + lengths[members[at]]
            if run and longer.max() > MAX_TOKENS - 5:
                break
            run.append(members[at])
            at += 1
            total = longer
            if total.max() >= goal:
                break
        if total.max() < MAX_TOKENS:
            runs.append(run)
    return runs


def _term_runs(members: list[int], random_: random.Random) -> list[list[int]]:
    runs = []
    at = 0
    while at < len(members):
        size = random_.randint(1, _TERMS_IN_RUN)
        runs.append(members[at : at + size])
        at += size
    return runs
