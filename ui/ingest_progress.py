"""How far an ingest has come, on one line of the terminal."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from bilingual.texts import InterfaceLanguage, text
from ingest import OnProgress, Progress
from ui.printing import one_line

_EVERY_S = 0.1
# Before this, a rate says nothing.
_LEAST_S = 1.0


def progress_line(language: InterfaceLanguage) -> OnProgress:
    """A callback that keeps one line of a terminal up to date, and says nothing elsewhere."""
    return _Line(language).show if sys.stderr.isatty() else lambda progress: None


class _Line:
    def __init__(self, language: InterfaceLanguage) -> None:
        self._language = language
        self._stage = ""
        self._began = self._shown = 0.0

    def show(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage != self._stage:
            self._stage, self._began = progress.stage, now
        elif now - self._shown < _EVERY_S and progress.done < progress.total:
            return
        self._shown = now
        line = progress_text(progress, now - self._began, self._language)
        wide = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r\x1b[K{one_line(line)[:wide]}")
        if progress.stage == "publishing" and progress.done == progress.total:
            sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def progress_text(progress: Progress, elapsed_s: float, language: InterfaceLanguage) -> str:
    """Files or passages done, how fast, and how long it will take from here."""
    said = text(
        f"cli.progress-{progress.stage}",
        language,
        done=progress.done,
        total=progress.total,
        passages=progress.passages,
        name=Path(progress.path).name if progress.path else "",
    )
    if progress.page:
        said += text("cli.progress-page", language, page=progress.page)
    if progress.done and elapsed_s >= _LEAST_S and progress.stage != "publishing":
        rate = progress.done / elapsed_s
        minutes, seconds = divmod(round((progress.total - progress.done) / rate), 60)
        left = f"{minutes}:{seconds:02d}"
        said += text("cli.progress-pace", language, rate=rate, left=left)
    return said
