"""One key for the forms of a word: `signed`, `signing` → `sign`; `nước`, `nuoc` → `nuoc`.

English suffixes go by the Snowball rules (Porter, 2001), as tantivy carries them. Vietnamese does
not inflect; its syllables pass through, whatever the rules do to them they do on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from bilingual.orthography import fold

if TYPE_CHECKING:
    import tantivy


@cache
def _analyser() -> tantivy.TextAnalyzer:
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return builder.filter(tantivy.Filter.stemmer("english")).build()


def stems(words: Sequence[str]) -> list[str]:
    """The folded stem of each normalised word, in order."""
    return [_stem(word) for word in words]


@lru_cache(maxsize=1 << 16)  # the words of a library, and of what is asked of it
def _stem(word: str) -> str:
    folded = fold(word)
    stemmed = _analyser().analyze(folded)
    # The analyser drops what it holds for too long; such a "word" is its own stem.
    return stemmed[0] if len(stemmed) == 1 else folded
