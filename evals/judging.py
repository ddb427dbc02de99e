"""What the commands of `trichdan eval` that judge a run against another do."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from bilingual.texts import InterfaceLanguage, text
from evals.baseline import bless, read_baseline
from evals.cli import ALLOWABLE, BELOW_FLOOR, INTERRUPTED, PASS, REGRESSED, RUN_FAILED
from evals.commands import (
    applying,
    make_run,
    say,
    say_floors,
    set_floors,
    show,
    show_json,
)
from evals.compare import Comparison, blocking_parts, compare
from evals.comparison_tables import comparison_markdown
from evals.errors import NotComparableError, ReportWriteError, RunError
from evals.floors import Breach, breaches
from evals.folder import Run, read_run
from evals.history import history, keep_figures
from evals.junit import junit
from evals.page import page
from evals.questions import QuestionSet
from evals.report import Report, report
from evals.set_files import load
from evals.tables import markdown
from rag.settings import Settings

# What chooses the questions of a run that is made; one that is taken has its own.
_OF_ASKING = ("split", "slice", "failed_in", "limit", "judge", "out")


def compare_runs(args: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Hold one run against another and print what changed."""
    allowed = [ALLOWABLE[name] for name in args.allow]
    made = compare(read_run(args.base), read_run(args.candidate), allowed=allowed)
    if args.json:
        show_json(made.to_dict())
    else:
        show(comparison_markdown(made, language))
    return _exit_code(made, ())


def bless_run(args: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Make a run the baseline of its question set."""
    run = read_run(args.run)
    replaced = _readable(args.baselines, run.header.set_name)
    folder = bless(run, args.baselines)
    say(text("evals.blessed", language, path=folder))
    if replaced and (parts := blocking_parts(replaced.header, run.header)):
        names = ", ".join(text(f"evals.part-{name}", language) for name in parts)
        old, new = len(replaced.header.questions), len(run.header.questions)
        say(text("evals.blessed-other", language, parts=names, old=old, new=new))
    return PASS


def _readable(baselines: Path, set_name: str) -> Run | None:
    """The baseline of a set; None where there is none that can be read."""
    try:
        return read_baseline(baselines, set_name)
    except RunError:
        return None


def write_report(args: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Write the report of a run, held against another where one is given."""
    candidate = read_run(args.run)
    everything = tuple(ALLOWABLE.values())
    made = compare(read_run(args.base), candidate, allowed=everything) if args.base else None
    written = report(candidate)
    language = args.language or language
    for name in FORMATS if args.format == "all" else (args.format,):
        file: Path = args.file or args.run / f"report.{FORMATS[name]}"
        if args.format == "all":
            file = file.with_suffix(f".{FORMATS[name]}")
        _write(file, _content(name, written, language, made, ()))
        say(text("evals.page-written", language, path=file))
    return PASS


FORMATS = {"html": "html", "markdown": "md", "json": "json", "junit": "xml"}


def _content(
    name: str,
    written: Report,
    language: InterfaceLanguage,
    made: Comparison | None,
    fallen: Sequence[Breach],
) -> str:
    """The report in one of `FORMATS`."""
    if name == "html":
        return page(written, language, made, history(written))
    if name == "junit":
        return junit(written, language, made, fallen)
    if name == "json":
        values = written.to_dict() | {"below_floor": [breach.to_dict() for breach in fallen]}
        values |= {"comparison": made.to_dict()} if made else {}
        return json.dumps(values, ensure_ascii=False, indent=2) + "\n"
    parts = [comparison_markdown(made, language)] if made else []
    return "\n\n".join([*parts, markdown(written, language)]) + "\n"


def _write(file: Path, content: str) -> None:
    try:
        file.write_text(content, encoding="utf-8")
    except OSError as exc:
        raise ReportWriteError(path=file, detail=exc.strerror) from exc


def gate(args: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Run a set, or take a run, and judge it by its baseline, its must-passes and the floors."""
    base = read_baseline(args.baselines, args.set.stem)
    questions = load(args.set)
    floors = set_floors(args.floors, questions, language)
    if args.run:
        candidate: Run | None = _run_of(questions, args.run)
        if idle := [name for name in _OF_ASKING if getattr(args, name, None)]:
            options = ", ".join(f"--{name.replace('_', '-')}" for name in idle)
            say(text("evals.gate-asks-nothing", language, options=options))
    else:
        candidate = make_run(args, settings, language, questions, base)
    if candidate is None:
        return INTERRUPTED
    written = report(candidate)
    if not args.run:
        keep_figures(written)
    made = compare(base, candidate)
    floors = applying(floors, candidate, questions, language)
    fallen = breaches(floors, written)
    if args.report:
        for name, ending in FORMATS.items():
            content = _content(name, written, language, made, fallen)
            _write(candidate.path / f"report.{ending}", content)
        say(text("evals.page-written", language, path=candidate.path / "report.html"))
    if args.json:
        show_json(made.to_dict() | {"below_floor": [breach.to_dict() for breach in fallen]})
    else:
        show(comparison_markdown(made, language))
    say_floors(floors, written, fallen, language)
    return _exit_code(made, fallen)


def _run_of(questions: QuestionSet, folder: Path) -> Run:
    """The run in `folder`, which must be of these questions as they are now.

    Raises:
        NotComparableError: It is of another set, or the set has changed since.
        RunError: It cannot be read.
    """
    found = read_run(folder)
    if found.header.set_fingerprint != questions.fingerprint:
        raise NotComparableError(
            base=questions.path, candidate=folder, differing=("set_fingerprint",)
        )
    return found


def _exit_code(made: Comparison, fallen: Sequence[Breach]) -> int:
    if made.failures or any(judge.mute for judge in made.judges):
        return RUN_FAILED
    if made.having("regressed") or made.must_pass_failed:
        return REGRESSED
    return BELOW_FLOOR if fallen else PASS
