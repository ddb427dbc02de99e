"""What the commands of `trichdan eval` do."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bilingual.body import cores
from bilingual.texts import InterfaceLanguage, text
from evals import readme
from evals.check import check
from evals.cli import (
    BELOW_FLOOR,
    DEFAULT_BASELINES,
    DEFAULT_FLOORS,
    INTERRUPTED,
    JUDGE_TIMES,
    PASS,
    REGRESSED,
    RUN_FAILED,
)
from evals.compare import blocking_parts
from evals.errors import NotComparableError, QuestionSetError
from evals.evidence import ReadOnce
from evals.feedback import read_feedback
from evals.floors import (
    Breach,
    Floor,
    breaches,
    check_slices,
    load_chosen_floors,
    load_floors,
    unmeasured,
)
from evals.folder import Run, read_run
from evals.history import keep_figures
from evals.judges import load_judges
from evals.questions import QuestionSet
from evals.report import Report, report
from evals.results import Result
from evals.run import describe, run_set, select
from evals.set_files import load, write
from evals.slices import label
from evals.tables import breach_line, markdown, metric_label
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.assistant import Assistant

# What is told of an interrupted command, with what it is where nobody said it.
_REPEATED: Mapping[str, object] = {
    "split": None, "slice": [], "failed_in": None, "limit": None, "workers": None, "judge": [],
    "judge_settings": None, "judge_times": JUDGE_TIMES, "floors": None,
    "baselines": DEFAULT_BASELINES, "report": False, "json": False,
}  # fmt: skip


def run_and_report(
    args: argparse.Namespace, settings: Settings, language: InterfaceLanguage
) -> int:
    """Ask a question set, write the run, print its report, hold it against the floors."""
    questions = load(args.set)
    floors = set_floors(args.floors, questions, language)
    done = make_run(args, settings, language, questions)
    if done is None:
        return INTERRUPTED
    made = report(done)
    keep_figures(made)
    floors = applying(floors, done, questions, language)
    fallen = breaches(floors, made)
    if args.json:
        show_json(made.to_dict() | {"below_floor": [breach.to_dict() for breach in fallen]})
    else:
        show(markdown(made, language))
    say_floors(floors, made, fallen, language)
    if made.failures or any(judge.mute for judge in made.judges):
        return RUN_FAILED
    if made.must_pass_failed:
        return REGRESSED
    return BELOW_FLOOR if fallen else PASS


def set_floors(
    chosen: Path | None, questions: QuestionSet, language: InterfaceLanguage
) -> Sequence[Floor]:
    """The floors of a set: from the `chosen` file, else from the one that ships.

    An empty file that was chosen stands for none, which is said.

    Raises:
        FloorsError: They are malformed or guard nothing: a file that was chosen has them for other
            sets only, or one is on a slice that the set does not have.
    """
    if chosen is None:
        floors = load_floors(DEFAULT_FLOORS, questions.name)
    else:
        floors = load_chosen_floors(chosen, questions.name)
        if not floors:
            say(text("evals.floors-empty", language, path=chosen))
    check_slices(floors, chosen or DEFAULT_FLOORS, questions.questions)
    return floors


def applying(
    floors: Sequence[Floor], run: Run, questions: QuestionSet, language: InterfaceLanguage
) -> Sequence[Floor]:
    """`floors`, or none where `run` asked a part of the set, which is said then."""
    split = run.header.split
    whole = {one.id for one in questions.questions if split in (None, one.split)}
    if not floors or whole == set(run.header.questions):
        return floors
    say(text("evals.floors-left-out", language))
    return []


def say_floors(
    floors: Sequence[Floor], made: Report, fallen: Sequence[Breach], language: InterfaceLanguage
) -> None:
    """Which floors fell, which could not be held against anything, and whether the rest hold."""
    blind = unmeasured(floors, made)
    for breach in fallen:
        say(breach_line(breach, language))
    for floor in blind:
        metric, named = metric_label(floor.metric, language), label(floor.slice, language)
        say(text("evals.floor-unmeasured", language, metric=metric, slice=named))
    if len(floors) > len(blind) and not fallen:
        say(text("evals.floors-held", language, n=len(floors) - len(blind)))


def make_run(
    args: argparse.Namespace,
    settings: Settings,
    language: InterfaceLanguage,
    questions: QuestionSet,
    base: Run | None = None,
) -> Run | None:
    """Ask the selected ones of `questions`; None where the user interrupted it.

    Args:
        base: What the run will be compared with; where it cannot be, nothing is asked.

    Raises:
        NotComparableError: It cannot be.
    """
    failed_in = read_run(args.failed_in) if args.failed_in else None
    selected = select(questions, args.split, args.limit, slices=args.slice, failed_in=failed_in)
    judges = load_judges(args.judge, args.judge_times, args.judge_settings, settings)
    folder = args.out or _fresh_folder(questions.name)
    try:
        with _opened(settings) as assistant, _leaving(language) as stopping:
            if base is not None:
                made = describe(
                    ReadOnce(assistant), questions, selected, settings, args.split, judges
                )
                if parts := blocking_parts(base.header, made):
                    raise NotComparableError(
                        base=base.path,
                        candidate=questions.path,
                        differing=tuple(parts),
                        details=base.header.details(made),
                    )
            done = run_set(
                assistant,
                questions,
                settings,
                folder,
                selected=selected,
                split=args.split,
                progress=_progress(language),
                workers=args.workers or cores(),
                judges=judges,
                stopping=stopping,
            )
    except KeyboardInterrupt:
        if not folder.is_dir():
            raise
        say(text("evals.interrupted", language, path=folder, command=_command(args, folder)))
        return None
    say(text("evals.written", language, path=folder))
    return done


def _fresh_folder(name: str) -> Path:
    """Where a run of the set goes by default; two that begin in one second do not meet there."""
    return Path("runs") / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"


def _command(args: argparse.Namespace, folder: Path) -> str:
    """The command line that goes on with the run in `folder`, as it was typed."""
    words: list[str | Path] = ["trichdan"]
    if (library := getattr(args, "library", None)) is not None:
        words += ["--library", library]
    words += ["eval", args.eval_command or "run", args.set, "--out", folder]
    for name, default in _REPEATED.items():
        given = getattr(args, name, default)
        if given in (default, None, False):
            continue
        option = "--" + name.replace("_", "-")
        for value in given if isinstance(given, list) else [given]:
            words += [option] if value is True else [option, str(value)]
    return shlex.join(map(str, words))


def draft_set(args: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Propose questions from the library's documents."""
    from evals.drafting import draft, draft_with

    with _opened(settings) as assistant:
        if assistant.llm is None or args.templates:
            drafts = draft(assistant, args.count)
        else:
            drafts = draft_with(assistant.llm, assistant, args.count, settings)
    if not drafts:
        say(text("evals.drafted-none", language))
        return RUN_FAILED
    write(args.out, drafts)
    say(text("evals.drafted", language, path=args.out, n=len(drafts)))
    return PASS


def import_feedback(
    args: argparse.Namespace, settings: Settings, language: InterfaceLanguage
) -> int:
    """Turn feedback from the chat into drafts."""
    drafts = read_feedback(args.feedback, also_up=args.up)
    if not drafts:
        say(text("evals.feedback-none", language, path=args.feedback))
        return PASS
    write(args.out, drafts)
    say(text("evals.drafted", language, path=args.out, n=len(drafts)))
    return PASS


def run_benchmark(args: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Measure retrieval on a benchmark of the field."""
    from evals.benchmark.command import measured, tables

    def progress(name: str, done: int, total: int) -> None:
        if done == total or done % 200 == 0:
            line = text("evals.benchmark-progress", language, name=name, done=done, total=total)
            say(line)

    found = measured(args, settings, progress)
    if args.json:
        show_json({"collections": [one.to_dict() for one in found]})
    else:
        show(tables(found, language))
    return PASS


def replay_question(
    args: argparse.Namespace, settings: Settings, language: InterfaceLanguage
) -> int:
    """Ask one question of a run again from a stage, and show stage by stage what differs."""
    from evals.replay import replay

    run = read_run(args.run)
    with _opened(settings) as assistant:
        found = replay(run, args.id, assistant, args.stage)
    if args.json:
        show_json(found.to_dict())
        return PASS
    show(f"{found.question.id}: {found.question.question}")
    for step in found.steps:
        how = "again" if step.again else "recorded"
        state = "differs" if step.differs else "same"
        name = text(f"evals.replay-{step.stage}", language)
        show(
            f"\n{name} ({text(f'evals.replay-{how}', language)}): "
            f"{text(f'evals.replay-{state}', language)}"
        )
        if step.differs:
            show(_indented(text("evals.replay-then", language), step.then))
            show(_indented(text("evals.replay-now", language), step.now))
        else:
            show(_indented("", step.now))
    first = found.first_difference
    if first is None:
        show("\n" + text("evals.replay-nothing", language))
    else:
        stage = text(f"evals.replay-{first}", language)
        show("\n" + text("evals.replay-first", language, stage=stage))
    return PASS


def _indented(name: str, lines: str) -> str:
    shown = [f"  {line}" for line in lines.splitlines() or ["–"]]
    return "\n".join([f"  {name}:", *shown] if name else shown)


def check_set(args: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Validate a question set and look for its evidence in the library."""
    wrong: list[QuestionSetError] = []
    questions = load(args.set, wrong)
    with _opened(settings) as assistant:
        findings = check(questions, assistant, settings)
    for error in wrong:
        show(error.message(language))
    for finding in findings:
        show(finding.message(language))
    if questions.drafts:
        n = len(questions.drafts)
        show(text("evals.check-drafts", language, path=questions.path, n=n))
    if not (wrong or findings):
        n = len(questions.questions)
        show(text("evals.check-clean", language, path=questions.path, n=n))
    return RUN_FAILED if wrong or findings else PASS


def fill_readme(args: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Run the shipped set over one or more libraries and write the tables into the README."""
    questions = load(args.set)
    readme.check_markers(args.file)
    parts = []
    for name, library in [("default", settings.library), *args.also]:
        chosen = replace(settings, library=library)
        with _opened(chosen) as assistant, tempfile.TemporaryDirectory() as folder:
            done = run_set(assistant, questions, chosen, Path(folder), progress=_progress(language))
        heading = text("evals.readme-library", "en", name=name)
        # The README is an English file, whatever the terminal speaks.
        parts.append(f"### {heading}\n\n{markdown(report(done), 'en')}")
    readme.fill(args.file, "\n\n".join(parts))
    say(text("evals.readme-written", language, path=args.file))
    return PASS


@contextmanager
def _opened(settings: Settings) -> Iterator[Assistant]:
    # Imported here: a malformed set is refused before the libraries behind it are loaded.
    from rag.assistant import Assistant

    assistant = Assistant.open(settings)
    try:
        yield assistant
    finally:
        assistant.close()


@contextmanager
def _leaving(language: InterfaceLanguage) -> Iterator[Callable[[], None]]:
    """Gives what to call at the first Ctrl-C: it says what is waited for, a second one ends all.

    A judge with a language model may hold a question for minutes. What is done is on the disk.
    """
    before = signal.getsignal(signal.SIGINT)

    def stopping() -> None:
        say(text("evals.stopping", language))
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    try:
        yield stopping
    finally:
        if signal.getsignal(signal.SIGINT) is not before:
            signal.signal(signal.SIGINT, before)


def _progress(language: InterfaceLanguage) -> Callable[[int, int, Result], None]:
    """Progress on stderr: one line rewritten on a terminal, every tenth of the way elsewhere."""
    terminal = sys.stderr.isatty()

    def shown(done: int, total: int, _: Result) -> None:
        line = text("evals.progress", language, done=done, total=total)
        if terminal:
            sys.stderr.write(f"\r{line}" + ("\n" if done == total else ""))
            sys.stderr.flush()
        elif done == total or done * 10 // total > (done - 1) * 10 // total:
            say(line)

    return shown


def show(answer: str) -> None:
    """Write what was asked for to standard output."""
    sys.stdout.write(f"{answer}\n")


def show_json(values: Mapping[str, Any]) -> None:
    """Write what was asked for to standard output, as JSON."""
    show(json.dumps(values, ensure_ascii=False, indent=2))


def say(line: str) -> None:
    """Write anything else to standard error."""
    sys.stderr.write(f"{line}\n")
