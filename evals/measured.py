"""The accuracy of the checker, as it was measured, in words to stand beside what it decides."""

from __future__ import annotations

from bilingual.texts import InterfaceLanguage


def measured(language: InterfaceLanguage) -> str | None:
    """What the checker's accuracy is; None where the checker comes without a measurement."""
    try:
        from rag.checking.measured import accuracy

        return accuracy(language)
    except (ImportError, FileNotFoundError):
        return None
