"""What has to be done so that the library holds the files as they are now."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bilingual.language import document_language
from ingest.errors import FileEmptyError, HiddenNotice, PagesUnreadNotice, ReadError
from ingest.files import is_gone
from ingest.limits import Limits
from ingest.outline import Parsed
from ingest.passages import RULES, CountTokens, passages_of, sentences_of
from ingest.reading import File, load, parse
from ingest.report import OnProgress, Progress
from ingest.sandbox import Sandbox
from ingest.spool import Spool
from vectorstore import Document, NewDocument, embedding_key

# A web page is read by this; None where there are none among the sources.
Fetch = Callable[[str], File]


@dataclass(frozen=True, slots=True)
class Known:
    """What the library holds already.

    Attributes:
        documents: Its documents.
        rules: Id of a document → the rules that cut it (see `ingest.passages.RULES`).
        vectors: Gives those of some keys (see `embedding_key`) whose vectors it has.
    """

    documents: Sequence[Document]
    rules: Mapping[str, str]
    vectors: Callable[[Collection[str]], set[str]]


@dataclass(slots=True)
class Plan:
    """Collected file by file; files are named by their paths.

    Attributes:
        documents: The new documents, and the new versions of changed ones.
        changed: Those whose content changed.
        recut: Those that are as they were, but are cut by other rules now.
        renamed: Id of a document → its new path; `old_paths` has the path it had.
        removed: Id of a document → the path that is gone.
        notices: What is to be said of files that were taken.
        passages: Passages of `documents`.
        to_embed: Those of them whose vectors are not known, the same text counted once.
    """

    documents: Spool
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    recut: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    old_paths: dict[str, str] = field(default_factory=dict)
    removed: dict[str, str] = field(default_factory=dict)
    skipped: list[ReadError] = field(default_factory=list)
    notices: list[ReadError] = field(default_factory=list)
    passages: int = 0
    to_embed: int = 0


class Planner:
    """Reads files and compares them with the documents that the library has."""

    def __init__(
        self,
        known: Known,
        count_tokens: CountTokens,
        sandbox: Sandbox,
        limits: Limits,
        on_progress: OnProgress,
    ) -> None:
        self._known = known
        self._count_tokens = count_tokens
        self._sandbox = sandbox
        self._limits = limits
        self._on_progress = on_progress
        self._by_source = {document.source: document for document in known.documents}
        self._movable = _movable(known.documents)
        self._seen: set[bytes] = set()

    def plan(self, sources: Sequence[Path | str | ReadError], fetch: Fetch, spool: Spool) -> Plan:
        """Read `sources`: paths, URLs, and what was found to be neither.

        A file that cannot be read never keeps others from being read; an old version of it in the
        library stays.
        """
        plan = Plan(spool)
        for number, source in enumerate(sources):
            if isinstance(source, ReadError):
                said = plan.notices if isinstance(source, HiddenNotice) else plan.skipped
                said.append(source)
                continue
            self._on_progress(
                Progress("reading", number, len(sources), str(source), passages=plan.passages)
            )
            try:
                file = fetch(source) if isinstance(source, str) else load(source, self._limits)
                self._compare(file, plan, number, len(sources))
            except ReadError as exc:
                plan.skipped.append(exc)
        self._on_progress(Progress("reading", len(sources), len(sources), passages=plan.passages))
        return plan

    def _compare(self, file: File, plan: Plan, number: int, total: int) -> None:
        old = self._by_source.get(file.source)
        if old is not None and old.version == file.version:
            if self._known.rules.get(old.id) == RULES:
                plan.unchanged.append(file.source)
                return
            self._add(file, plan, plan.recut, number, total)
        elif old is not None:
            self._add(file, plan, plan.changed, number, total)
        elif moved := self._movable.get(file.version):
            document = moved.pop()
            plan.renamed[document.id] = file.source
            plan.old_paths[document.id] = document.source
        else:
            self._add(file, plan, plan.added, number, total)

    def _add(self, file: File, plan: Plan, to: list[str], number: int, total: int) -> None:
        def on_page(page: int) -> None:
            self._on_progress(Progress("reading", number, total, file.source, page, plan.passages))

        parsed = parse(file, self._sandbox, self._limits, on_page)
        document = new_document(file, parsed, self._count_tokens)
        plan.documents.append(document)
        to.append(file.source)
        plan.passages += len(document.passages)
        plan.to_embed += self._unknown(document)
        if parsed.unread_pages:
            pages = _ranges(parsed.unread_pages)
            plan.notices.append(PagesUnreadNotice(path=file.source, pages=pages))

    def _unknown(self, document: NewDocument) -> int:
        """How many passages have to be embedded that no document before had."""
        keys = {embedding_key(passage.embedded_text) for passage in document.passages}
        new = {bytes.fromhex(key) for key in keys - self._known.vectors(keys)} - self._seen
        self._seen |= new
        return len(new)


def gone(
    documents: Iterable[Document], folders: Collection[Path], moved: Collection[str]
) -> dict[str, str]:
    """Id → path of the documents that came from `folders` and whose file is there no more.

    Args:
        documents: Those of the library.
        folders: Absolute; one that is itself not there, or cannot be looked into, says nothing of
            its files.
        moved: Ids of documents whose file was found elsewhere.
    """
    present = [folder for folder in folders if os.access(folder, os.R_OK | os.X_OK)]
    return {
        document.id: document.source
        for document in documents
        if document.id not in moved
        and "://" not in document.source
        and any(Path(document.source).is_relative_to(folder) for folder in present)
        and is_gone(document.source)
    }


def new_document(file: File, parsed: Parsed, count_tokens: CountTokens) -> NewDocument:
    """Turn a file's text into a document ready to be published.

    Raises:
        FileEmptyError: It holds no sentence.
    """
    blocks = [(block, sentences_of(parsed.text, block)) for block in parsed.blocks]
    language = document_language(parsed.text)
    passages = passages_of(parsed.text, blocks, language, count_tokens, parsed.page)
    if not passages:
        raise FileEmptyError(path=file.source)
    return NewDocument(
        title=parsed.title or file.source,
        language=language,
        source=file.source,
        version=file.version,
        text=parsed.text,
        sentences=[sentence for _, sentences in blocks for sentence in sentences],
        passages=passages,
        pages=parsed.pages,
        rules=RULES,
    )


def _movable(documents: Iterable[Document]) -> dict[str, list[Document]]:
    """Documents whose file is no longer where it was, by their version."""
    found: dict[str, list[Document]] = {}
    for document in documents:
        if "://" not in document.source and is_gone(document.source, follow_links=True):
            found.setdefault(document.version, []).append(document)
    return found


def _ranges(pages: Sequence[int]) -> str:
    """Page numbers for people: "3–5, 9"."""
    parts: list[list[int]] = []
    for page in pages:
        if parts and page == parts[-1][-1] + 1:
            parts[-1].append(page)
        else:
            parts.append([page])
    return ", ".join(f"{p[0]}–{p[-1]}" if len(p) > 1 else str(p[0]) for p in parts)
