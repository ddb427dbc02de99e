"""The `trichdan` command. Answers go to standard output, everything else to standard error.

Exit codes: 0 done, 1 ran and found a failure, 2 wrong usage or set-up, 130 interrupted; `eval`
has its own, see docs/evaluating.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage, text
from evals.cli import add_arguments
from rag.settings import Settings

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    language = terminal_language()
    options = _parser(language).parse_args(arguments)
    try:
        settings = Settings.load()
        if options.library is not None:
            settings = replace(settings, library=options.library)
        return _run(options, settings, language)
    except TrichdanError as error:
        _say(f"trichdan: {error.message(language)}")
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`trichdan … | head`): nothing more to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _run(options: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Hand over to the module of the command, loaded only now: `--help` stays quick."""
    if options.command == "ingest":
        from ui import ingest_command

        return ingest_command.run(options, settings, language)
    if options.command == "ask":
        from ui import ask_command

        return ask_command.run(options, settings, language)
    if options.command == "documents":
        from ui import documents_command

        return documents_command.run(options, settings, language)
    if options.command == "doctor":
        from ui import doctor_command

        return doctor_command.run(options, settings, language)
    if options.command == "serve":
        from ui.server import serve

        return serve(settings, host=options.host, port=options.port, open_browser=options.open)
    from evals.cli import run as run_eval

    return run_eval(options, settings, language)


def terminal_language() -> InterfaceLanguage:
    """Vietnamese where the environment says so (TRICHDAN_LANGUAGE, LC_ALL, LANG), else English."""
    for name in ("TRICHDAN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "vi" if value.lower().startswith("vi") else "en"
    return "en"


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")


def _parser(language: InterfaceLanguage) -> argparse.ArgumentParser:
    """The command line; `--library` is understood before and after the command."""
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument(
        "--library",
        type=Path,
        metavar="DIR",
        default=argparse.SUPPRESS,
        help=text("cli.library", language),
    )
    parser = argparse.ArgumentParser(prog="trichdan", description=text("cli.description", language))
    parser.add_argument(
        "--library", type=Path, metavar="DIR", default=None, help=text("cli.library", language)
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str) -> argparse.ArgumentParser:
        summary = text(f"cli.{name}", language)
        return commands.add_parser(name, parents=[everywhere], help=summary, description=summary)

    ingest = add("ingest")
    ingest.add_argument("paths", nargs="*", type=Path, metavar="PATH", default=[Path("documents")])
    ingest.add_argument("--json", action="store_true", help=text("cli.json", language))
    ask = add("ask")
    ask.add_argument("question", metavar="QUESTION", help=text("cli.question", language))
    ask.add_argument("--json", action="store_true", help=text("cli.json", language))
    documents = add("documents")
    documents.add_argument("--json", action="store_true", help=text("cli.json", language))
    actions = documents.add_subparsers(dest="action", metavar="ACTION")
    show = actions.add_parser("show", parents=[everywhere], help=text("cli.show", language))
    show.add_argument("document", metavar="ID")
    show.add_argument("--text", action="store_true", help=text("cli.show-text", language))
    show.add_argument("--json", action="store_true", help=text("cli.json", language))
    remove = actions.add_parser("remove", parents=[everywhere], help=text("cli.remove", language))
    remove.add_argument("document", metavar="ID", nargs="+")
    serve = add("serve")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=7860)
    serve.add_argument("--open", action="store_true", help=text("cli.open", language))
    add("doctor").add_argument("--json", action="store_true", help=text("cli.json", language))
    evaluation = add("eval")
    add_arguments(evaluation, language)
    return parser


if __name__ == "__main__":
    sys.exit(main())
