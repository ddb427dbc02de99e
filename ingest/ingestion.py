"""Files in, a published library out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from bilingual.encoder import Encoder
from bilingual.tokens import TokenEncoder
from ingest.files import find
from ingest.plan import make_plan
from ingest.reading import LARGEST_FILE_BYTES
from ingest.report import OnProgress, Progress, Report
from vectorstore import NewDocument, Writer, embedding_key

# Passages encoded at once, then kept: what an interruption can cost.
_BATCH_PASSAGES = 64


def ingest(
    paths: Iterable[Path],
    library_folder: Path,
    encoder: Encoder,
    *,
    on_progress: OnProgress = lambda progress: None,
    largest_file_bytes: int = LARGEST_FILE_BYTES,
) -> Report:
    """Bring the files at `paths`, and in the folders among them, into a library.

    A file that is in the library as it is costs nothing, a changed one only its new passages, a
    moved one only its new name. All of it is published at once. Documents whose files are gone
    stay.

    Args:
        paths: Files and folders.
        library_folder: Where the library is, or is to be.
        encoder: Its encoder.
        on_progress: Called with each file and each batch of passages.
        largest_file_bytes: Larger files are skipped.

    Returns:
        What was done, with the reason for each file that was skipped.

    Raises:
        StoreError: The library cannot be written; it stays as it was.
        EncoderError: The encoder failed; the library stays as it was, and vectors that were
            made are kept for the next run.
    """
    started = time.monotonic()
    files = find(paths)
    with Writer(library_folder, encoder.name, encoder.dim) as writer:
        plan = make_plan(
            files, writer.documents(), encoder.count_tokens, largest_file_bytes, on_progress
        )
        embedded = _embed(plan.documents, writer, encoder, on_progress)
        generation = None
        if plan.documents or plan.renamed:
            on_progress(Progress("publishing", 0, 1))
            generation = writer.publish(added=plan.documents, renamed=plan.renamed)
            on_progress(Progress("publishing", 1, 1))
    return Report(
        added=tuple(document.source for document in plan.added),
        changed=tuple(document.source for document in plan.changed),
        unchanged=tuple(plan.unchanged),
        renamed=tuple((plan.old_paths[id_], path) for id_, path in plan.renamed.items()),
        skipped=tuple(plan.skipped),
        passages=sum(len(document.passages) for document in plan.documents),
        passages_embedded=embedded,
        generation=generation,
        seconds=time.monotonic() - started,
    )


def _embed(
    documents: Sequence[NewDocument], writer: Writer, encoder: Encoder, on_progress: OnProgress
) -> int:
    """Encode the passages whose vectors are not known; each batch is kept at once."""
    texts = {
        embedding_key(passage.embedded_text): passage.embedded_text
        for document in documents
        for passage in document.passages
    }
    known = writer.known_vectors(texts)
    # Texts of about the same length make the fullest batches.
    missing = sorted((key for key in texts if key not in known), key=lambda key: len(texts[key]))
    for start in range(0, len(missing), _BATCH_PASSAGES):
        on_progress(Progress("embedding", start, len(missing)))
        keys = missing[start : start + _BATCH_PASSAGES]
        batch = [texts[key] for key in keys]
        if isinstance(encoder, TokenEncoder):
            rows, tokens = encoder.encode_passages_with_tokens(batch)
            stored = {key: of.to_bytes() for key, of in zip(keys, tokens, strict=True)}
        else:
            rows, stored = encoder.encode_passages(batch), {}
        writer.keep_vectors(dict(zip(keys, rows, strict=True)), stored)
    if missing:
        on_progress(Progress("embedding", len(missing), len(missing)))
    return len(missing)
