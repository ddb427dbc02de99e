"""Libraries to search in, made as the product makes them, each text one passage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from bilingual.language import document_language
from bilingual.sentences import split
from bilingual.tokens import TokenEncoder
from evals.benchmark.xquad import Text
from vectorstore import Library, NewDocument, NewPassage, Sentence, Writer, embedding_key

_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A library with the place of each passage among the texts that it was made of."""

    library: Library
    places: Mapping[int, int]


@contextmanager
def shelf(texts: Sequence[Text], encoder: TokenEncoder) -> Iterator[Shelf]:
    """A temporary library of `texts`; neighbouring texts of one article are one document."""
    rows, tokens = encoder.encode_passages_with_tokens([one.text for one in texts])
    keys = [embedding_key(one.text) for one in texts]
    stored = {key: of.to_bytes() for key, of in zip(keys, tokens, strict=True)}
    with TemporaryDirectory(prefix="retrieval-") as name:
        with Writer(Path(name), encoder.name, encoder.dim) as writer:
            writer.keep_vectors(dict(zip(keys, rows, strict=True)), stored)
            writer.publish(documents(texts))
        with Library.open(Path(name), encoder.name, encoder.dim) as library:
            yield Shelf(library, _places(library, texts))


def documents(texts: Sequence[Text]) -> list[NewDocument]:
    """A document for each run of texts of one article, ready to be published."""
    runs = groupby(texts, key=lambda one: one.article)
    return [
        _document(f"{number:05d}", [one.text for one in run])
        for number, (_, run) in enumerate(runs)
    ]


def _document(name: str, texts: Sequence[str]) -> NewDocument:
    passages: list[NewPassage] = []
    sentences: list[Sentence] = []
    start = 0
    for text in texts:
        language, end = document_language(text), start + len(text)
        passages.append(NewPassage(start, end, None, None, language, embedded_text=text))
        sentences += [Sentence(start + begin, start + stop) for begin, stop in split(text)]
        start = end + len(_GAP)
    whole = _GAP.join(texts)
    version = hashlib.sha256(whole.encode()).hexdigest()
    return NewDocument(
        name, document_language(whole), f"/{name}.txt", version, whole, sentences, passages
    )


def _places(library: Library, texts: Sequence[Text]) -> dict[int, int]:
    """Passage id → place; the documents' ids are in the order of the texts."""
    with library.snapshot() as snapshot:
        ids = [
            passage.id
            for document in snapshot.documents()
            for passage in snapshot.passages_of(document.id)
        ]
    if len(ids) != len(texts):
        raise ValueError(f"{len(texts)} texts became {len(ids)} passages")
    return {id_: place for place, id_ in enumerate(ids)}
