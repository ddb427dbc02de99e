"""What the lexical index sees of a text, and what a question must be turned into to meet it.

Both sides use the same function, so that a term typed in a question is the term that was indexed.
"""

from __future__ import annotations

import re

from bilingual.lexicon import default_lexicon
from bilingual.orthography import words
from bilingual.stems import stems
from vectorstore.types import DocumentLanguage

# Raised with every change of what the functions below make of a text, or of the units that ship: a
# lexical index that was made by other rules is made again.
RULES = 2

# Longer "words" are encoded data or broken extraction; tantivy silently drops terms over 64 KiB.
MAX_TERM_CHARACTERS = 64

_SEPARATORS = re.compile(r"[.,]")


def index_terms(text: str) -> list[str]:
    """The terms of `text`, in order: its normalised words, and figures a second time bare.

    A figure with separators is followed by its form without them, so that the Vietnamese
    `1.000` meets the English `1,000` in `1000`.
    """
    terms: list[str] = []
    for word in words(text):
        terms.append(word[:MAX_TERM_CHARACTERS])
        if word[0].isdigit() and (bare := _SEPARATORS.sub("", word)) != word:
            terms.append(bare[:MAX_TERM_CHARACTERS])
    return terms


def stem_terms(text: str) -> list[str]:
    """`index_terms(text)` without marks and English endings, as the field `stems` holds them."""
    return stems(index_terms(text))


def unit_terms(text: str, language: DocumentLanguage) -> list[str]:
    """The terms that translations meet, as the field `units` holds them.

    English words by their stems (see `unit`); Vietnamese units, compounds joined by `_`.
    """
    return [unit(term) for term in default_lexicon().index_terms(text, language)]


def unit(term: str) -> str:
    """A term of the lexicon as one term of the index.

    A word without marks goes by its English stem, "country" and "countries" alike. If it is
    Vietnamese after all, the same is done to it in texts and in questions.
    """
    known = stems([term])[0] if term.isascii() and " " not in term else term
    return known.replace(" ", "_")[:MAX_TERM_CHARACTERS]
