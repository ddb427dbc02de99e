"""Which syllables and compounds become units."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from bilingual.orthography import is_syllable
from bilingual.training.corpora import OWN_TERMS, Pair
from bilingual.units import Units, raw_words

# A syllable or a compound seen less often is not learned.
_SYLLABLE_COUNT = 3
_COMPOUND_COUNT = 6

# Adjacent syllables with a normalised pointwise mutual information (Bouma, 2009) above this are
# a compound.
_NPMI = 0.25

# Score of a compound that the glossary has: that of one with a middling NPMI and count.
_GLOSSARY_SCORE = 1.0


def learn_units(pairs: Sequence[Pair]) -> Units:
    """Count syllables and their neighbours in the Vietnamese sides."""
    texts = [[word.key for word in raw_words(p.vietnamese)] for p in pairs if not p.is_term]
    terms = [(p, [word.key for word in raw_words(p.vietnamese)]) for p in pairs if p.is_term]
    counts = Counter(word for text in texts for word in text)
    syllables = {w for w, n in counts.items() if n >= _SYLLABLE_COUNT and is_syllable(w)}
    syllables |= {word for _, words in terms for word in words if is_syllable(word)}
    neighbours = Counter(
        pair
        for text in texts
        for pair in pairwise(text)
        if pair[0] in syllables and pair[1] in syllables
    )
    total = counts.total()
    compounds: dict[str, float] = {}
    for (a, b), n in neighbours.items():
        if n < _COMPOUND_COUNT:
            continue
        npmi = math.log(n * total / (counts[a] * counts[b])) / -math.log(n / total)
        if npmi > _NPMI:
            compounds[f"{a} {b}"] = npmi * math.log(n)
    for pair, words in terms:
        if pair.corpus == OWN_TERMS and len(words) == 2 and syllables.issuperset(words):
            key = " ".join(words)
            compounds[key] = max(compounds.get(key, 0.0), _GLOSSARY_SCORE)
    ordered = sorted(syllables) + sorted(compounds)
    return Units({unit: number for number, unit in enumerate(ordered)}, compounds)


def write_units(units: Units, path: Path) -> None:
    """Write what `Units.load` reads."""
    rounded = {unit: round(score, 4) for unit, score in sorted(units.compounds.items())}
    stored = {"units": list(units.numbers), "compounds": rounded}
    path.write_text(json.dumps(stored, ensure_ascii=False) + "\n", encoding="utf-8")
