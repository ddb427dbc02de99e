"""Small documents, ready to publish: a sentence a line, a passage a sentence."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from tests.fakes import HashEncoder
from vectorstore import Library, NewDocument, NewPassage, Sentence, Writer, embedding_key

ENCODER = HashEncoder()
DIM = ENCODER.dim

OpenWriter = Callable[..., Writer]
OpenLibrary = Callable[[], Library]


def document(source: str, *lines: str, section: str | None = None) -> NewDocument:
    text = "\n".join(lines)
    places: list[Sentence] = []
    start = 0
    for line in lines:
        places.append(Sentence(start, start + len(line)))
        start += len(line) + 1
    return NewDocument(
        title=lines[0],
        language="en",
        source=source,
        version=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        sentences=places,
        passages=[
            NewPassage(at.start, at.end, section, None, "en", text[at.start : at.end])
            for at in places
        ],
    )


def keep(writer: Writer, documents: Sequence[NewDocument]) -> None:
    texts = [passage.embedded_text for document in documents for passage in document.passages]
    vectors = ENCODER.encode_passages(texts)
    writer.keep_vectors(
        {embedding_key(text): row for text, row in zip(texts, vectors, strict=True)}
    )


def publish(writer: Writer, *documents: NewDocument) -> int:
    keep(writer, documents)
    return writer.publish(added=documents)
