"""Files in, a published library out."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from bilingual.encoder import Encoder
from bilingual.tokens import TokenEncoder
from ingest.errors import FolderEmptyNotice, ReadError, WebOffError
from ingest.files import absolute, find
from ingest.limits import Limits
from ingest.plan import Fetch, Known, Plan, Planner, gone
from ingest.reading import File
from ingest.report import OnProgress, Progress, Report
from ingest.sandbox import Sandbox
from ingest.spool import Spool
from vectorstore import ChromaServer, Library, NewDocument, Writer, embedding_key
from vectorstore.errors import LibraryFullError, LibraryMissingError

# Passages encoded at once, then kept: what an interruption can cost.
_BATCH_PASSAGES = 64

# So many passages are sorted by length before they are encoded: texts of about the same length make
# the fullest batches. They are all that is held in memory.
_WINDOW_PASSAGES = 4096


def ingest(
    paths: Iterable[Path | str],
    library_folder: Path,
    encoder: Encoder,
    *,
    prune: bool = False,
    limits: Limits = Limits(),  # noqa: B008 - immutable
    fetch: Fetch | None = None,
    server: ChromaServer | None = None,
    on_progress: OnProgress = lambda progress: None,
) -> Report:
    """Bring the files at `paths`, and in the folders among them, into a library.

    A file that is in the library as it is costs nothing, a changed one only its new passages, a
    moved one only its new name. All of it is published at once. Documents whose files are gone
    stay unless `prune` is set.

    Args:
        paths: Files and folders; addresses of web pages as strings.
        library_folder: Where the library is, or is to be.
        encoder: Its encoder.
        prune: Take out the documents that came from the folders among `paths` and whose files
            are there no more.
        limits: What one file may cost.
        fetch: Reads a web page; None refuses them.
        server: The Chroma server that keeps the vectors' index; None where files do.
        on_progress: Called with each file and each batch of passages.

    Returns:
        What was done, with the reason for each file that was skipped.

    Raises:
        StoreError: The library cannot be written; it stays as it was.
        EncoderError: The encoder failed; the library stays as it was, and vectors that were
            made are kept for the next run.
    """
    started = time.monotonic()
    given = list(paths)
    sources = _sources(given, library_folder)
    with (
        Writer(library_folder, encoder.name, encoder.dim, server=server) as writer,
        Spool() as spool,
    ):
        known = Known(writer.documents(), writer.readings(), writer.known_vectors)
        plan = _plan(sources, known, encoder, limits, fetch, spool, on_progress, library_folder)
        if prune:
            _prune(plan, known, given)
        embedded = _embed(plan, writer, encoder, on_progress)
        generation = None
        if plan.documents or plan.renamed or plan.removed:
            on_progress(Progress("publishing", 0, 1))
            generation = writer.publish(
                added=plan.documents, renamed=plan.renamed, removed=list(plan.removed)
            )
            on_progress(Progress("publishing", 1, 1))
        return _report(plan, embedded, generation, time.monotonic() - started)


def plan_ingest(
    paths: Iterable[Path | str],
    library_folder: Path,
    encoder: Encoder,
    *,
    prune: bool = False,
    limits: Limits = Limits(),  # noqa: B008 - immutable
    fetch: Fetch | None = None,
    server: ChromaServer | None = None,
    on_progress: OnProgress = lambda progress: None,
) -> Report:
    """What `ingest` with the same arguments would do; nothing is embedded, written or locked.

    Raises:
        StoreError: The library cannot be read.
    """
    started = time.monotonic()
    given = list(paths)
    sources = _sources(given, library_folder)
    with Spool() as spool:
        with ExitStack() as stack:
            try:
                library = stack.enter_context(
                    Library.open(library_folder, encoder.name, encoder.dim, server=server)
                )
            except LibraryMissingError:
                known = Known((), {}, lambda keys: set())
            else:
                snapshot = stack.enter_context(library.snapshot())
                known = Known(snapshot.documents(), snapshot.readings(), snapshot.known_vectors)
            plan = _plan(sources, known, encoder, limits, fetch, spool, on_progress, library_folder)
        if prune:
            _prune(plan, known, given)
        return _report(plan, plan.to_embed, None, time.monotonic() - started, dry_run=True)


def _plan(
    sources: list[Path | str | ReadError],
    known: Known,
    encoder: Encoder,
    limits: Limits,
    fetch: Fetch | None,
    spool: Spool,
    on_progress: OnProgress,
    folder: Path,
) -> Plan:
    with Sandbox(limits) as sandbox:
        planner = Planner(known, encoder.count_tokens, sandbox, limits, on_progress)
        try:
            return planner.plan(sources, fetch or _refuse, spool)
        except OSError as exc:  # what waits to be published has no room
            if exc.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise LibraryFullError(path=folder, detail=str(exc)) from exc
            raise


def _refuse(url: str) -> File:
    raise WebOffError(path=url)


def _is_url(path: Path | str) -> bool:
    return isinstance(path, str) and path.lower().startswith(("http://", "https://"))


def _sources(given: Iterable[Path | str], library: Path) -> list[Path | str | ReadError]:
    """Addresses as they are, and the files at and under the paths, the library's own left out."""
    found: list[Path | str | ReadError] = []
    for path in given:
        found += [str(path)] if _is_url(path) else find([Path(path)])
    own = absolute(library)
    kept: dict[str, Path | str | ReadError] = {}
    for item in found:
        place = str(item.params["path"] if isinstance(item, ReadError) else item)
        if _is_url(place) or not Path(place).is_relative_to(own):
            kept.setdefault(place, item)
    return list(kept.values())


def _prune(plan: Plan, known: Known, given: Iterable[Path | str]) -> None:
    """Plan to take out what is gone from the folders that were given.

    One with nothing in it at all may be the place of a disk that is not there: its documents stay.
    """
    folders = [absolute(Path(path)) for path in given if not _is_url(path)]
    for folder in folders:
        removed = gone(known.documents, [folder], plan.renamed)
        if removed and not any(folder.iterdir()):
            plan.notices.append(FolderEmptyNotice(path=folder, documents=len(removed)))
        else:
            plan.removed |= removed


def _embed(plan: Plan, writer: Writer, encoder: Encoder, on_progress: OnProgress) -> int:
    """Encode the passages whose vectors are not known; each batch is kept at once."""
    done = 0
    for window in _windows(plan.documents):
        known = writer.known_vectors(window)
        missing = sorted((key for key in window if key not in known), key=lambda k: len(window[k]))
        for start in range(0, len(missing), _BATCH_PASSAGES):
            on_progress(Progress("embedding", done, plan.to_embed))
            keys = missing[start : start + _BATCH_PASSAGES]
            _embed_batch({key: window[key] for key in keys}, writer, encoder)
            done += len(keys)
    if done:
        on_progress(Progress("embedding", done, plan.to_embed))
    return done


def _windows(documents: Iterable[NewDocument]) -> Iterator[dict[str, str]]:
    """What the encoder is to see of the passages, by key, some thousands at a time."""
    window: dict[str, str] = {}
    for document in documents:
        for passage in document.passages:
            window[embedding_key(passage.embedded_text)] = passage.embedded_text
            if len(window) >= _WINDOW_PASSAGES:
                yield window
                window = {}
    if window:
        yield window


def _embed_batch(texts: dict[str, str], writer: Writer, encoder: Encoder) -> None:
    keys, batch = list(texts), list(texts.values())
    if isinstance(encoder, TokenEncoder):
        rows, tokens = encoder.encode_passages_with_tokens(batch)
        stored = {key: of.to_bytes() for key, of in zip(keys, tokens, strict=True)}
    else:
        rows, stored = encoder.encode_passages(batch), {}
    writer.keep_vectors(dict(zip(keys, rows, strict=True)), stored)


def _report(
    plan: Plan, embedded: int, generation: int | None, seconds: float, *, dry_run: bool = False
) -> Report:
    return Report(
        added=tuple(plan.added),
        changed=tuple(plan.changed),
        recut=tuple(plan.recut),
        unchanged=tuple(plan.unchanged),
        renamed=tuple((plan.old_paths[id_], path) for id_, path in plan.renamed.items()),
        removed=tuple(plan.removed.values()),
        skipped=tuple(plan.skipped),
        notices=tuple(plan.notices),
        passages=plan.passages,
        passages_embedded=embedded,
        generation=generation,
        seconds=seconds,
        dry_run=dry_run,
    )
