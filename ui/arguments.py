"""`argparse` in the language of the terminal, with a guess at what a mistyped word was to be."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NoReturn

from bilingual.texts import InterfaceLanguage, catalogue, text

_PLACE = re.compile(r"\\\{(\w+)\\\}")


class Parser(argparse.ArgumentParser):
    """An argument parser that helps and complains in Vietnamese or English.

    Placeholders (`metavar`) are written in English; `usage.word-…` holds their Vietnamese.
    """

    def __init__(
        self, *, language: InterfaceLanguage, add_help: bool = True, **options: Any
    ) -> None:
        """As `argparse.ArgumentParser`, in `language`; so are the parsers of its commands."""
        self.language = language
        formatter = partial(_HelpFormatter, language=language)
        super().__init__(add_help=False, formatter_class=formatter, **options)
        if add_help:
            shown = text("cli.help", language)
            self.add_argument("-h", "--help", action="help", default=argparse.SUPPRESS, help=shown)

    def add_argument(self, *names: str, **options: Any) -> argparse.Action:
        """Add an argument, its placeholder in the parser's language."""
        return super().add_argument(*names, **self._worded(options))

    def add_subparsers(self, **options: Any) -> Any:
        """Add commands, whose parsers speak this one's language."""
        options.setdefault("parser_class", partial(Parser, language=self.language))
        return super().add_subparsers(**self._worded(options))

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, beneath the usage, and exit with 2."""
        said = translated(message, self.language)
        if guess := _guess(message) or _guess_option(message, self._options()):
            said = text("usage.did-you-mean", self.language, message=said, word=guess)
        self.print_usage(sys.stderr)
        self.exit(2, text("usage.failure", self.language, program=self.prog, message=said) + "\n")

    def _options(self) -> list[str]:
        """All options, those of the commands too."""
        found: list[str] = []
        for action in self._actions:
            found += action.option_strings
            if isinstance(action, argparse._SubParsersAction):
                for parser in action.choices.values():
                    found += parser._options()
        return found

    def _worded(self, options: dict[str, Any]) -> dict[str, Any]:
        if metavar := options.get("metavar"):
            return {**options, "metavar": _word(metavar, self.language)}
        return options


class _HelpFormatter(argparse.HelpFormatter):
    """Help whose headings are in `language`."""

    def __init__(self, *places: Any, language: InterfaceLanguage, **options: Any) -> None:
        super().__init__(*places, **options)
        self._language = language

    def start_section(self, heading: str | None) -> None:
        super().start_section(heading and translated(heading, self._language))

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        if prefix is None:
            prefix = text("usage.usage", self._language)
        super().add_usage(usage, actions, groups, prefix)


def translated(message: str, language: InterfaceLanguage) -> str:
    """A message of `argparse` in `language`; one that is not known stays as it is."""
    if language == "en":
        return message
    for wording in catalogue("usage").values():
        pattern = _PLACE.sub(r"(?P<\1>.+?)", re.escape(wording["en"]))
        if found := re.fullmatch(pattern, message, re.DOTALL):
            values = found.groupdict()
            if "message" in values:
                values["message"] = translated(values["message"], language)
            if "kind" in values:
                values["kind"] = _word(values["kind"], language)
            return wording[language].format(**values)
    return message


def _word(word: str, language: InterfaceLanguage) -> str:
    """A placeholder in `language`; one that is not known stays as it is."""
    wording = catalogue("usage").get(f"word-{word}")
    return wording[language] if wording else word


def _guess(message: str) -> str | None:
    """The choice that a mistyped word is most like, if any is."""
    pattern = r"(?:.*: )?invalid choice: '(.*)' \(choose from (.*)\)"
    found = re.fullmatch(pattern, message, re.DOTALL)
    if found is None:
        return None
    choices = re.findall(r"[\w-]+", found[2])
    return next(iter(difflib.get_close_matches(found[1], choices, n=1)), None)


def _guess_option(message: str, options: Sequence[str]) -> str | None:
    """The option that a mistyped one is most like, if any is."""
    found = re.fullmatch(r"unrecognized arguments: (?:.* )?(--[\w-]+).*", message, re.DOTALL)
    return next(iter(difflib.get_close_matches(found[1], options, n=1)), None) if found else None
