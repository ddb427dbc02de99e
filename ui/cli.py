"""The `trichdan` command. Answers go to standard output, everything else to standard error.

Exit codes: 0 done, 1 ran and found a failure, 2 wrong usage or set-up, 130 interrupted; `eval`
has more, see `evals/cli.py`.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage, text
from evals.cli import add_arguments
from rag.settings import Settings
from ui.arguments import Parser
from ui.printing import Terminal, printable
from ui.users import ROLES

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
LARGEST_PORT = 65_535


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _open_streams()
    language = terminal_language()
    try:
        code = _command(arguments, language)
        sys.stdout.flush()
    except TrichdanError as error:
        _say(f"trichdan: {error.message(language)}")
        return USAGE
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            _say("")  # what comes next does not start within a line of progress
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()  # its reader went away (`trichdan … | head`): there is nobody to tell
        return OK
    except OSError as error:
        _drop_output()
        _say(f"trichdan: {text('cli.system', language, detail=error)}")
        return FAILED
    return code


def _command(arguments: Sequence[str] | None, language: InterfaceLanguage) -> int:
    try:
        options = _parser(language).parse_args(arguments)
    except SystemExit as left:  # how argparse ends after --help, and after a wrong argument
        return left.code if isinstance(left.code, int) else USAGE
    settings = Settings.load()
    if options.library is not None:
        settings = replace(settings, library=options.library)
    return _run(options, settings, language)


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
        _say(text("cli.serving", language))
        from ui.doors import LOOPBACK
        from ui.server import Certificate, serve

        certificate = options.certificate and Certificate(options.certificate, options.key)
        if options.host not in LOOPBACK and certificate is None:
            _say(text("cli.plain-http", language))
        return serve(
            settings,
            options.host,
            options.port,
            open_browser=options.open,
            certificate=certificate,
        )
    if options.command == "users":
        from ui import users_command

        return users_command.run(options, settings, language)
    if options.command == "feedback":
        from ui import feedback_command

        return feedback_command.run(options, settings, language)
    from evals.cli import run as run_eval

    return run_eval(options, settings, language)


def terminal_language() -> InterfaceLanguage:
    """Vietnamese where the environment says so (TRICHDAN_LANGUAGE, LC_ALL, LANG), else English."""
    for name in ("TRICHDAN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "vi" if value.lower().startswith("vi") else "en"
    return "en"


def _open_streams() -> None:
    """Speak UTF-8 whatever the locale says, and do without streams that the caller closed."""
    # Kept open for the life of the process, as the streams that they stand for are.
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A path need not be text; it is shown as well as it can be.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.isatty():
        sys.stdout = Terminal(
            sys.stdout.detach(), encoding="utf-8", errors="backslashreplace", line_buffering=True
        )


def _drop_output() -> None:
    """Let go of what could not be written, or the interpreter tries again as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(message: str) -> None:
    sys.stderr.write(printable(message) + "\n")


def _parser(language: InterfaceLanguage) -> Parser:
    """The command line; `--library` is understood before and after the command."""
    parser = Parser(
        language=language, prog="trichdan", description=text("cli.description", language)
    )
    _add_library(parser, default=None)
    version = text("cli.version", language)
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help=version)
    parser.set_defaults(json=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_ingest(_command_parser(commands, "ingest", language))
    _add_ask(_command_parser(commands, "ask", language))
    _add_documents(_command_parser(commands, "documents", language))
    _add_serve(_command_parser(commands, "serve", language, json=False))
    _add_users(_command_parser(commands, "users", language))
    _command_parser(commands, "feedback", language, json=False)
    _command_parser(commands, "doctor", language)
    add_arguments(_command_parser(commands, "eval", language, json=False), language)
    return parser


def _command_parser(
    commands: Any, name: str, language: InterfaceLanguage, *, json: bool = True
) -> Parser:
    """The parser of a command, or of an action of one, with what every command takes."""
    summary = text(f"cli.{name}", language)
    made: Parser = commands.add_parser(name, help=summary, description=summary)
    _add_library(made, default=argparse.SUPPRESS)
    if json:
        shown = text("cli.json", language)
        made.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=shown)
    return made


def _add_library(parser: Parser, *, default: str | None) -> None:
    shown = text("cli.library", parser.language)
    parser.add_argument("--library", type=_folder, metavar="DIR", default=default, help=shown)


def _add_ingest(parser: Parser) -> None:
    shown = text("cli.paths", parser.language)
    documents = [Path("documents")]
    parser.add_argument(
        "paths", nargs="*", type=_source, metavar="PATH", default=documents, help=shown
    )
    for name in ("dry-run", "prune", "watch"):
        shown = text(f"cli.{name}", parser.language)
        parser.add_argument(f"--{name}", action="store_true", help=shown)


def _add_ask(parser: Parser) -> None:
    # Several words are one question: quotes are easily forgotten.
    shown = text("cli.question", parser.language)
    parser.add_argument("question", nargs="+", metavar="QUESTION", help=shown)
    parser.usage = text("cli.ask-usage", parser.language)


def _add_documents(parser: Parser) -> None:
    """The actions on documents; without one they are listed."""
    language = parser.language
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    _command_parser(actions, "list", language)
    show = _command_parser(actions, "show", language)
    show.add_argument("document", metavar="ID", help=text("cli.document", language))
    show.add_argument("--text", action="store_true", help=text("cli.show-text", language))
    export = _command_parser(actions, "export", language, json=False)
    export.add_argument("document", metavar="ID", nargs="*", help=text("cli.document", language))
    remove = _command_parser(actions, "remove", language, json=False)
    remove.add_argument("document", metavar="ID", nargs="+", help=text("cli.document", language))


def _add_serve(parser: Parser) -> None:
    host, port, opened = (text(f"cli.{name}", parser.language) for name in ("host", "port", "open"))
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help=host)
    parser.add_argument("--port", type=_port, default=7860, metavar="PORT", help=port)
    parser.add_argument("--open", action="store_true", help=opened)
    for name in ("certificate", "key"):
        shown = text(f"cli.{name}", parser.language)
        parser.add_argument(f"--{name}", type=Path, metavar="FILE", help=shown)


def _add_users(parser: Parser) -> None:
    """The actions on users; without one they are listed."""
    language = parser.language
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    for name in ("list", "add", "remove", "passwd"):
        summary = text(f"cli.users-{name}", language)
        action = actions.add_parser(name, help=summary, description=summary)
        _add_library(action, default=argparse.SUPPRESS)
        if name != "list":
            shown = text("cli.users-name", language)
            action.add_argument("name", metavar="NAME", help=shown)
        else:
            shown = text("cli.json", language)
            action.add_argument(
                "--json", action="store_true", default=argparse.SUPPRESS, help=shown
            )
        if name == "add":
            shown = text("cli.users-role", language)
            action.add_argument("--role", choices=ROLES, default="reader", help=shown)
            shown = text("cli.users-no-password", language)
            action.add_argument("--no-password", action="store_true", help=shown)


class _ShowVersion(argparse.Action):
    """Prints the version; it is looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        sys.stdout.write(f"trichdan {version('trichdan')}\n")
        parser.exit()


def _source(value: str) -> Path | str:
    """A path, or the address of a web page as it is."""
    if not value:  # as below: all that is in the working directory was not meant
        raise argparse.ArgumentTypeError(text("cli.path-empty", terminal_language()))
    return value if value.lower().startswith(("http://", "https://")) else Path(value)


def _folder(value: str) -> Path:
    """A folder, read from the command line."""
    if not value:  # an unset variable of a script: it must not become the working directory
        raise argparse.ArgumentTypeError(text("cli.folder-empty", terminal_language()))
    return Path(value)


def _port(value: str) -> int:
    """A port, read from the command line."""
    if not value.isascii() or not value.isdigit() or int(value) > LARGEST_PORT:
        said = text("cli.port-wrong", terminal_language(), value=value, largest=LARGEST_PORT)
        raise argparse.ArgumentTypeError(said)
    return int(value)


if __name__ == "__main__":
    sys.exit(main())
