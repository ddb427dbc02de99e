"""The blessed run of each question set, kept in the repository and changed only on purpose."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from evals.errors import (
    BaselineMissingError,
    RunMissingError,
    RunUnfinishedError,
    RunUnjudgedError,
    RunWriteError,
)
from evals.folder import Run, RunFolder, read_run
from evals.judge_failures import judge_failures
from evals.results import RecordedHit, Result, prompt_digest
from evals.scoring import is_quoted


def baseline_path(baselines: Path, set_name: str) -> Path:
    """The folder of the baseline of a question set."""
    return baselines / set_name


def read_baseline(baselines: Path, set_name: str) -> Run:
    """The baseline of a question set.

    Raises:
        BaselineMissingError: None was blessed.
        RunError: It cannot be read.
    """
    path = baseline_path(baselines, set_name)
    try:
        return read_run(path)
    except RunMissingError as exc:
        raise BaselineMissingError(path=path, set=set_name, baselines=baselines) from exc


def bless(run: Run, baselines: Path) -> Path:
    """Make `run` the baseline of its question set and return its folder.

    Raises:
        RunUnfinishedError: The run is not whole, or a question of it failed.
        RunUnjudgedError: A judge of it gave no figure.
        RunWriteError: The folder cannot be written; the old baseline stays.
    """
    unsound = [result.question.id for result in run.results if result.failure]
    if unsound or not run.complete:
        done, total = len(run.results), len(run.header.questions)
        raise RunUnfinishedError(path=run.path, done=done, total=total, failed=len(unsound))
    for judge in judge_failures(run.results):
        if judge.mute:
            raise RunUnjudgedError(path=run.path, judge=judge.judge, reason=judge.first)
    folder = baseline_path(baselines, run.header.set_name)
    fresh = folder.with_name(f"{folder.name}.part")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        writer = RunFolder(fresh)
        writer.start(run.header)
        for result in run.results:
            writer.add(trimmed(result))
        read_run(fresh)
        _put_in_place(fresh, folder)
    except OSError as exc:
        raise RunWriteError(path=folder, detail=exc.strerror) from exc
    return folder


def _put_in_place(fresh: Path, folder: Path) -> None:
    """Rename `fresh` to `folder`; what stood there goes only when that is done."""
    old = folder.with_name(f"{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    try:
        fresh.replace(folder)
    except OSError:
        if old.exists():
            old.replace(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def trimmed(result: Result) -> Result:
    """`result` without what neither a metric nor the report of a comparison needs.

    Passage texts are needed only where accepted answers, not gold quotes, judge, and where a
    sentence quotes one without citing it.
    """
    if result.answer is None:
        return result
    judged_by_text = result.question.answerable and result.gold is None
    uncited = [claim for claim in result.answer.claims if not claim.citations]

    def is_needed(text: str) -> bool:
        return judged_by_text or any(is_quoted(claim, [text]) for claim in uncited)

    hits = tuple(
        RecordedHit(hit.span, hit.text if is_needed(hit.text) else "", hit.score)
        for hit in result.answer.hits
    )
    said = {name: part for name, part in result.answer.trace.items() if name in ("prompt", "reply")}
    if "prompt" in said:
        said["prompt"] = prompt_digest(said["prompt"])
    answer = replace(result.answer, hits=hits, trace=said)
    return replace(result, answer=answer, timings_ms={})
