"""The accuracy of the offline judge, as it was measured, in words to stand beside its figures."""

from __future__ import annotations

from bilingual.texts import InterfaceLanguage


def measured(language: InterfaceLanguage) -> str | None:
    """What it is of the checks that judge; None where they come without a measurement."""
    try:
        from rag.checking.measured import accuracy

        return accuracy(language)
    except (ImportError, FileNotFoundError):
        return None
