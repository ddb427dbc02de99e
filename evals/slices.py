"""The groups of questions that a report looks at one by one."""

from __future__ import annotations

from bilingual.texts import InterfaceLanguage, text
from evals.questions import GoldQuestion

_NONE = "–"
_FIXED = ("all", "same-language", "cross-language", "no-marks")
_ANSWERABLE = ("answerable", "unanswerable")


def slices_of(question: GoldQuestion) -> list[str]:
    """The names of the slices that `question` is in; stable, the same in every language."""
    asked, document = question.language, question.document_language
    names = ["all", "answerable" if question.answerable else "unanswerable"]
    if question.answerable and asked == "vi-nomarks":
        names.append("no-marks")
    elif question.answerable and document != "both":
        names.append("same-language" if asked == document else "cross-language")
    names.append(f"{asked}→{document if question.answerable else _NONE}")
    names += [f"split:{question.split}", f"kind:{question.kind}"]
    return names + [f"tag:{tag}" for tag in question.tags]


def order(name: str) -> tuple[int, str]:
    """Sorting key of a slice's name: the whole first, then languages, then the finer ones."""
    if name in _FIXED:
        return _FIXED.index(name), name
    groups = ("→", "split:", "kind:", "tag:")
    if name in _ANSWERABLE:
        return len(_FIXED) + 1, name
    group = next(i for i, mark in enumerate(groups) if mark in name)
    return len(_FIXED) + (0 if group == 0 else group + 1), name


def label(name: str, language: InterfaceLanguage) -> str:
    """The slice's name for a reader."""
    group, colon, value = name.partition(":")
    if colon:
        return text(f"evals.slice-{group}", language, value=value)
    return name if "→" in name else text(f"evals.slice-{name}", language)
