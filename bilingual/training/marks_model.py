"""Counts for `bilingual.marks`: a trigram model of syllables, and words that tell the languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bilingual.lexicon import ENGLISH_WORD, singular
from bilingual.marks import FIGURE, ID_BITS, OTHER, SIGN, SPECIAL, START
from bilingual.orthography import fold, is_syllable, normalise

# Absolute discount, and the n-grams too rare to keep.
_DISCOUNT = 0.7
_MIN_BIGRAM, _MIN_TRIGRAM = 1, 2

# Words kept for telling unmarked Vietnamese from English, and the largest ratio believed (nats).
_CONTRAST_WORDS = 12_000
_MAX_RATIO = 8.0


def write_marks(vietnamese: Sequence[Sequence[str]], english: Iterable[str], path: Path) -> None:
    """Write what `Marks.load` reads.

    Args:
        vietnamese: Normalised words and signs of each Vietnamese text.
        english: English texts.
        path: Where to.
    """
    counts = Counter(word for text in vietnamese for word in text)
    syllables = sorted(w for w, n in counts.items() if n >= 2 and is_syllable(w))
    ids = {syllable: SPECIAL + number for number, syllable in enumerate(syllables)}
    if len(ids) + SPECIAL > 1 << ID_BITS:
        raise ValueError(f"{len(ids)} syllables do not fit in {ID_BITS} bits")
    coded = [[START] + [_id(word, ids) for word in text] + [SIGN] for text in vietnamese]
    single = np.bincount(np.concatenate([np.array(t) for t in coded]), minlength=len(ids) + SPECIAL)
    pairs, pair_count = _ngrams(coded, 2)
    triples, triple_count = _ngrams(coded, 3)
    mask = np.uint64((1 << ID_BITS) - 1)
    shift = np.uint64(ID_BITS)

    # Unigrams: half by frequency, half by the number of words they follow (Kneser-Ney).
    follows = np.bincount((pairs & mask).astype(np.int64), minlength=len(single))
    unigram = 0.5 * (single + 0.1) / single.sum() + 0.5 * (follows + 0.1) / follows.sum()

    context = (pairs >> shift).astype(np.int64)
    kept = pair_count >= _MIN_BIGRAM
    total = np.bincount(context, weights=pair_count, minlength=len(single))
    share, backoff = _discounted(context[kept], pair_count[kept], total)
    bigrams, last = pairs[kept], (pairs[kept] & mask).astype(np.int64)
    bigram = share + backoff[context[kept]] * unigram[last]

    place = np.searchsorted(bigrams, triples >> shift)
    place = np.minimum(place, len(bigrams) - 1)
    kept = (triple_count >= _MIN_TRIGRAM) & (bigrams[place] == triples >> shift)
    triples, place, triple_count = triples[kept], place[kept], triple_count[kept]
    share, pair_backoff = _discounted(place, triple_count, pair_count[pair_count >= _MIN_BIGRAM])
    tail = triples & (np.uint64(1) << np.uint64(2 * ID_BITS)) - np.uint64(1)
    shorter_at = np.minimum(np.searchsorted(bigrams, tail), len(bigrams) - 1)
    end = (triples & mask).astype(np.int64)
    middle = (tail >> shift).astype(np.int64)
    shorter = np.where(
        bigrams[shorter_at] == tail, bigram[shorter_at], backoff[middle] * unigram[end]
    )
    trigram = share + pair_backoff[place] * shorter
    words, ratios = _contrast(vietnamese, english)
    half = np.float16
    np.savez_compressed(
        path,
        syllables=np.frombuffer("\n".join(syllables).encode(), np.uint8),
        unigram=np.log(unigram).astype(half),
        backoff=np.log(backoff).astype(half),
        bigrams=np.diff(bigrams, prepend=np.uint64(0)).astype(np.uint32),
        bigram=np.log(bigram).astype(half),
        bigram_backoff=np.log(pair_backoff).astype(half),
        trigrams=np.diff(triples, prepend=np.uint64(0)),
        trigram=np.log(trigram).astype(half),
        contrast_words=np.frombuffer("\n".join(words).encode(), np.uint8),
        contrast=np.array(ratios, half),
    )


def _id(word: str, ids: dict[str, int]) -> int:
    if word[0].isdecimal():
        return FIGURE
    return ids.get(word, OTHER if word[0].isalnum() else SIGN)


def _ngrams(coded: Sequence[Sequence[int]], n: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The different n-grams as sorted keys, and their counts."""
    keys = []
    for text in coded:
        ids = np.array(text, np.uint64)
        key = ids[: len(ids) - n + 1]
        for offset in range(1, n):
            key = key << np.uint64(ID_BITS) | ids[offset : len(ids) - n + 1 + offset]
        keys.append(key)
    return np.unique(np.concatenate(keys), return_counts=True)


def _discounted(
    context: NDArray[np.int64], count: NDArray[np.int64], total: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Discounted probability of each n-gram, and the mass left to back off from each context."""
    share = (count - _DISCOUNT) / np.maximum(total[context], 1)
    left = 1 - np.bincount(context, weights=share, minlength=len(total))
    return share, np.clip(left, 1e-3, 1.0)


def _contrast(
    vietnamese: Iterable[Sequence[str]], english: Iterable[str]
) -> tuple[list[str], list[float]]:
    """Frequent words, and log(p in unmarked Vietnamese / p in English) of each."""
    unmarked = Counter(fold(w) for text in vietnamese for w in text if w[0].isalpha())
    words = (word for text in english for word in ENGLISH_WORD.findall(fold(normalise(text))))
    # In both forms: a question is looked up as it is written.
    plain = Counter(form for word in words if word[0].isalpha() for form in {word, singular(word)})
    sums = unmarked.total(), plain.total()
    frequent = (unmarked + plain).most_common(_CONTRAST_WORDS)
    ratios = []
    for word, _ in frequent:
        ratio = np.log((unmarked[word] + 0.5) / sums[0]) - np.log((plain[word] + 0.5) / sums[1])
        ratios.append(float(np.clip(ratio, -_MAX_RATIO, _MAX_RATIO)))
    return [word for word, _ in frequent], ratios
