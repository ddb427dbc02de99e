"""The training pairs: where they come from, and how many of each are used."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bilingual.orthography import nfc

# Pairs of the files in the training directory, and whether their licence allows reuse.
OPEN_FILE, PUBLIC_FILE = "train_open.tsv.gz", "train_public.tsv.gz"

# Written for this project, and the names that CLDR carries; see DATA_CARD.md.
OWN_TERMS, OWN_SENTENCES, CLDR_TERMS = "own_terms", "own_sentences", "cldr_names"

_GLOSSARY = Path(__file__).parent / "glossary.tsv"
_SENTENCES = Path(__file__).parent / "sentences.tsv"


@dataclass(frozen=True, slots=True)
class Pair:
    """A Vietnamese text and its English translation.

    Attributes:
        corpus: Name of the collection, as the data card lists it.
    """

    vietnamese: str
    english: str
    corpus: str

    @property
    def is_term(self) -> bool:
        """Whether it is a dictionary entry rather than running text."""
        return self.corpus in {OWN_TERMS, CLDR_TERMS}


def read_pairs(directory: Path, *, public: bool = True) -> list[Pair]:
    """All pairs, running text first and in file order, dictionary entries last.

    Args:
        directory: Holds `train_open.tsv.gz` and `train_public.tsv.gz`.
        public: Whether to read the second, whose corpora state no licence.
    """
    names = [OPEN_FILE, PUBLIC_FILE] if public else [OPEN_FILE]
    pairs = [pair for name in names for pair in _rows(directory / name)]
    own = [*_own(_SENTENCES, OWN_SENTENCES), *_own(_GLOSSARY, OWN_TERMS)]
    return pairs + own + list(_cldr_names())


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, for the data card."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _rows(path: Path) -> Iterator[Pair]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            vietnamese, english, corpus = line.rstrip("\n").split("\t")
            yield Pair(nfc(vietnamese), english, corpus)


def _own(path: Path, corpus: str) -> Iterator[Pair]:
    for line in path.read_text(encoding="utf-8").splitlines():
        vietnamese, english = line.split("\t")
        yield Pair(vietnamese, english, corpus)


def _cldr_names() -> Iterator[Pair]:
    """Territories, languages, scripts and currencies in both languages (Unicode CLDR)."""
    from babel import Locale

    vietnamese, english = Locale("vi"), Locale("en")
    seen = set()
    for part in ("territories", "languages", "scripts", "currencies"):
        theirs, ours = getattr(vietnamese, part), getattr(english, part)
        for code, name in ours.items():
            entry = (theirs.get(code, ""), name)
            plain = not any(char in "()" or char.isdigit() for char in "".join(entry))
            if entry[0] and plain and len(entry[0]) < 60 and entry not in seen:
                seen.add(entry)
                yield Pair(*entry, CLDR_TERMS)
