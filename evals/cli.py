"""`trichdan eval`: run a question set, check one, compare runs, fill the figures of the README.

Exit codes: 0 pass, 1 a must-pass question failed or a comparison regressed, 2 below a floor (or,
as with every command, wrong usage or set-up: then nothing was asked), 3 not comparable, 4 the run
itself failed (a question without any answer, a judge without any figure) or the set is malformed,
130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage, text
from evals.errors import NotComparableError
from evals.replay_stages import STAGES
from rag.settings import Settings

DEFAULT_SET = Path(__file__).parent / "sets" / "paris.jsonl"
DEFAULT_FLOORS = Path(__file__).with_name("floors.toml")
DEFAULT_BASELINES = Path(__file__).with_name("baselines")
README = Path(__file__).with_name("README.md")
PASS, REGRESSED, BELOW_FLOOR, NOT_COMPARABLE, RUN_FAILED, INTERRUPTED = 0, 1, 2, 3, 4, 130
JUDGE_TIMES = 3
# What `--allow` takes → the part of a run's header in which two runs may differ then.
ALLOWABLE: Mapping[str, str] = {
    "settings": "settings",
    "library": "library_fingerprint",
    "judge": "judge",
    "questions": "questions",
}


def add_arguments(parser: argparse.ArgumentParser, language: InterfaceLanguage = "en") -> None:
    """Add the arguments of `trichdan eval` to its parser; without a command it runs the set."""

    def command(name: str) -> argparse.ArgumentParser:
        summary = text(f"evals.argument-{name}", language)
        return commands.add_parser(name, help=summary, description=summary)

    parser.set_defaults(set=DEFAULT_SET)
    _add_run_arguments(parser, language)
    commands = parser.add_subparsers(dest="eval_command", metavar="COMMAND")
    for name in ("run", "check", "readme", "gate"):
        asks = command(name)
        _add_library(asks, language)
        if name != "readme":
            described = text("evals.argument-set", language)
            asks.add_argument("set", nargs="?", type=Path, default=DEFAULT_SET, help=described)
        if name in ("run", "gate"):
            _add_run_arguments(asks, language, keep_earlier=True)
        if name == "readme":
            _add_readme_arguments(asks, language)
        if name == "gate":
            described = text("evals.argument-gate-run", language)
            asks.add_argument("--run", type=Path, metavar="DIR", help=described)
            described = text("evals.argument-gate-report", language)
            asks.add_argument("--report", action="store_true", help=described)
            _add_baselines(asks, language)
    _add_compare_arguments(command("compare"), language)
    _add_report_arguments(command("report"), language)
    _add_replay_arguments(command("replay"), language)
    _add_draft_arguments(command("draft"), language)
    _add_feedback_arguments(command("import-feedback"), language)
    _add_benchmark_arguments(command("benchmark"), language)
    blesses = command("bless")
    blesses.add_argument("run", type=Path, help=text("evals.argument-run-folder", language))
    _add_baselines(blesses, language)


def _add_draft_arguments(parser: argparse.ArgumentParser, language: InterfaceLanguage) -> None:
    _add_library(parser, language)
    out, count, templates = (
        text(f"evals.argument-draft-{name}", language) for name in ("out", "count", "templates")
    )
    parser.add_argument("out", type=Path, metavar="SET", help=out)
    parser.add_argument("--count", type=positive, default=20, metavar="N", help=count)
    parser.add_argument("--templates", action="store_true", help=templates)


def _add_feedback_arguments(parser: argparse.ArgumentParser, language: InterfaceLanguage) -> None:
    file, out, up = (
        text(f"evals.argument-feedback-{name}", language) for name in ("file", "out", "up")
    )
    parser.add_argument("feedback", type=Path, metavar="FILE", help=file)
    parser.add_argument("out", type=Path, metavar="SET", help=out)
    parser.add_argument("--up", action="store_true", help=up)


def _add_benchmark_arguments(parser: argparse.ArgumentParser, language: InterfaceLanguage) -> None:
    def described(name: str) -> str:
        return text(f"evals.argument-benchmark-{name}", language)

    parser.add_argument("kind", choices=("xquad-r", "squad", "beir"), help=described("kind"))
    parser.add_argument("path", type=Path, help=described("path"))
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help=described("only")
    )
    parser.add_argument("--limit", type=positive, metavar="N", help=described("limit"))
    parser.add_argument("--split", default="test", help=described("split"))
    as_json = text("evals.argument-json", language)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=as_json)


def _add_replay_arguments(parser: argparse.ArgumentParser, language: InterfaceLanguage) -> None:
    _add_library(parser, language)
    parser.add_argument("run", type=Path, help=text("evals.argument-run-folder", language))
    parser.add_argument("id", help=text("evals.argument-replay-id", language))
    described = text("evals.argument-replay-from", language)
    parser.add_argument("--from", dest="stage", choices=STAGES, default="question", help=described)
    as_json = text("evals.argument-json", language)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=as_json)


def _add_library(parser: argparse.ArgumentParser, language: InterfaceLanguage) -> None:
    described = text("evals.argument-library", language)
    parser.add_argument(
        "--library", type=Path, metavar="DIR", default=argparse.SUPPRESS, help=described
    )


def _add_baselines(parser: argparse.ArgumentParser, language: InterfaceLanguage) -> None:
    described = text("evals.argument-baselines", language)
    parser.add_argument(
        "--baselines", type=Path, metavar="DIR", default=DEFAULT_BASELINES, help=described
    )


def _add_readme_arguments(parser: argparse.ArgumentParser, language: InterfaceLanguage) -> None:
    also, file = (text(f"evals.argument-{name}", language) for name in ("also", "file"))
    parser.add_argument(
        "--also", action="append", default=[], type=named_folder, metavar="NAME=DIR", help=also
    )
    parser.add_argument("--file", type=Path, default=README, help=file)


def _add_report_arguments(parser: argparse.ArgumentParser, language: InterfaceLanguage) -> None:
    folder, base, file = (
        text(f"evals.argument-{name}", language) for name in ("run-folder", "base", "page")
    )
    parser.add_argument("run", type=Path, help=folder)
    parser.add_argument("--base", type=Path, metavar="DIR", help=base)
    parser.add_argument("--file", type=Path, help=file)
    formats = ("html", "markdown", "json", "junit", "all")
    described = text("evals.argument-format", language)
    parser.add_argument("--format", choices=formats, default="html", help=described)
    described = text("evals.argument-language", language)
    parser.add_argument("--language", choices=("vi", "en"), help=described)


def _add_compare_arguments(parser: argparse.ArgumentParser, language: InterfaceLanguage) -> None:
    for name in ("base", "candidate"):
        parser.add_argument(name, type=Path, help=text(f"evals.argument-{name}", language))
    allow, as_json = (text(f"evals.argument-{name}", language) for name in ("allow", "json"))
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        choices=tuple(ALLOWABLE),
        help=allow,
    )
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=as_json)


def _add_run_arguments(
    parser: argparse.ArgumentParser, language: InterfaceLanguage, *, keep_earlier: bool = False
) -> None:
    """Add what a run takes; `keep_earlier` lets options before the word `run` stand."""

    def add(name: str, default: Any, **kind: Any) -> None:
        described = text(f"evals.argument-{name}", language)
        chosen = argparse.SUPPRESS if keep_earlier else default
        parser.add_argument(f"--{name}", default=chosen, help=described, **kind)

    add("split", None, choices=("dev", "test"))
    add("slice", [], action="append", metavar="NAME")
    add("failed-in", None, type=Path, metavar="DIR")
    add("limit", None, type=positive, metavar="N")
    add("out", None, type=Path, metavar="DIR")
    add("floors", None, type=Path, metavar="FILE")
    add("workers", None, type=positive, metavar="N")
    add("judge", [], action="append", metavar="NAME")
    add("judge-settings", None, type=Path, metavar="FILE")
    add("judge-times", JUDGE_TIMES, type=positive, metavar="N")
    add("json", False, action="store_true")


def run(args: argparse.Namespace, settings: Settings, language: InterfaceLanguage = "en") -> int:
    """Do what `args` ask; errors of ours become a message on stderr and an exit code."""
    # Imported here: the arguments are added for every command of `trichdan`, numpy is not needed
    # for most.
    from evals import commands, judging

    perform = {
        "check": commands.check_set,
        "readme": commands.fill_readme,
        "compare": judging.compare_runs,
        "bless": judging.bless_run,
        "report": judging.write_report,
        "gate": judging.gate,
        "replay": commands.replay_question,
        "benchmark": commands.run_benchmark,
        "draft": commands.draft_set,
        "import-feedback": commands.import_feedback,
    }
    try:
        return perform.get(args.eval_command, commands.run_and_report)(args, settings, language)
    except TrichdanError as exc:
        sys.stderr.write(f"trichdan: {exc.message(language)}\n")
        return NOT_COMPARABLE if isinstance(exc, NotComparableError) else RUN_FAILED


def positive(value: str) -> int:
    """A whole number above zero, read from the command line."""
    number = int(value)
    if number < 1:
        raise ValueError(value)
    return number


def named_folder(value: str) -> tuple[str, Path]:
    """A name and a folder, read from `NAME=DIR`."""
    name, equals, folder = value.partition("=")
    if not (name and equals and folder):
        raise ValueError(value)
    return name, Path(folder)
