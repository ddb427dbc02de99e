"""What has to be done so that the library holds the files as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bilingual.language import document_language
from ingest.errors import FileEmptyError, ReadError
from ingest.passages import CountTokens, passages_of, sentences_of
from ingest.reading import File, load, parse
from ingest.report import OnProgress, Progress
from vectorstore import Document, NewDocument


@dataclass(slots=True)
class Plan:
    """Collected file by file.

    Attributes:
        renamed: Id of a document → its new path; `old_paths` has the path it had.
    """

    added: list[NewDocument] = field(default_factory=list)
    changed: list[NewDocument] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    old_paths: dict[str, str] = field(default_factory=dict)
    skipped: list[ReadError] = field(default_factory=list)

    @property
    def documents(self) -> list[NewDocument]:
        """What has to be published."""
        return self.added + self.changed


def make_plan(
    files: Sequence[Path | ReadError],
    known: Iterable[Document],
    count_tokens: CountTokens,
    largest_file_bytes: int,
    on_progress: OnProgress,
) -> Plan:
    """Read the files and compare them with the documents that the library has.

    A file that cannot be read never keeps others from being read; an old version of it in the
    library stays.
    """
    plan = Plan()
    by_source = {document.source: document for document in known}
    movable = _movable(by_source.values())
    for number, path in enumerate(files):
        if isinstance(path, ReadError):
            plan.skipped.append(path)
            continue
        on_progress(Progress("reading", number, len(files), str(path)))
        try:
            file = load(path, largest_file_bytes)
            old = by_source.get(str(path))
            if old is not None and old.version == file.version:
                plan.unchanged.append(str(path))
            elif old is None and (moved := movable.get(file.version)):
                document = moved.pop()
                plan.renamed[document.id] = str(path)
                plan.old_paths[document.id] = document.source
            else:
                new = new_document(file, count_tokens)
                (plan.added if old is None else plan.changed).append(new)
        except ReadError as exc:
            plan.skipped.append(exc)
    on_progress(Progress("reading", len(files), len(files)))
    return plan


def new_document(file: File, count_tokens: CountTokens) -> NewDocument:
    """Turn a file into a document ready to be published.

    Raises:
        ReadError: It is not text, or holds none.
    """
    parsed = parse(file)
    blocks = [(block, sentences_of(parsed.text, block)) for block in parsed.blocks]
    language = document_language(parsed.text)
    passages = passages_of(parsed.text, blocks, language, count_tokens)
    if not passages:
        raise FileEmptyError(path=file.path)
    return NewDocument(
        title=parsed.title,
        language=language,
        source=str(file.path),
        version=file.version,
        text=parsed.text,
        sentences=[sentence for _, sentences in blocks for sentence in sentences],
        passages=passages,
    )


def _movable(documents: Iterable[Document]) -> dict[str, list[Document]]:
    """Documents whose file is no longer where it was, by their version."""
    found: dict[str, list[Document]] = {}
    for document in documents:
        if "://" not in document.source and not Path(document.source).exists():
            found.setdefault(document.version, []).append(document)
    return found
