"""The library: a catalogue of documents, and the indexes made from it.

Reading starts at `Library.open`, writing at `Writer`. Nothing heavy is imported with this package.
"""

from vectorstore.analyser import index_terms, stem_terms, unit, unit_terms
from vectorstore.changes import embedding_key
from vectorstore.lexical import LexicalField
from vectorstore.library import Library
from vectorstore.server import ChromaServer
from vectorstore.snapshot import Snapshot
from vectorstore.types import (
    Document,
    DocumentLanguage,
    Holding,
    Neighbour,
    NewDocument,
    NewPassage,
    Passage,
    Sentence,
    Vectors,
)
from vectorstore.writer import Writer

__all__ = [
    "ChromaServer",
    "Document",
    "DocumentLanguage",
    "Holding",
    "LexicalField",
    "Library",
    "Neighbour",
    "NewDocument",
    "NewPassage",
    "Passage",
    "Sentence",
    "Snapshot",
    "Vectors",
    "Writer",
    "embedding_key",
    "index_terms",
    "stem_terms",
    "unit",
    "unit_terms",
]
