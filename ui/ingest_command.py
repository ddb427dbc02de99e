"""`trichdan ingest`: files and folders into the library."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bilingual.encoders import load_encoder
from bilingual.texts import InterfaceLanguage, text
from ingest import OnProgress, Progress, Report, ingest
from rag.settings import Settings

OK, FAILED = 0, 1


def run(options: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Ingest, and return 1 if a file was skipped."""
    encoder = load_encoder(settings.encoder)
    report = ingest(options.paths, settings.library, encoder, on_progress=_progress_line(language))
    for reason in report.skipped:
        sys.stderr.write(text("cli.skipped", language, reason=reason.message(language)) + "\n")
    if options.json:
        sys.stdout.write(json.dumps(_as_dict(report, language), ensure_ascii=False) + "\n")
    sys.stderr.write(_summary(report, language) + "\n")
    return FAILED if report.skipped else OK


def _progress_line(language: InterfaceLanguage) -> OnProgress:
    """A callback that keeps one line of a terminal up to date, and says nothing elsewhere."""

    def show(progress: Progress) -> None:
        name = Path(progress.path).name if progress.path else ""
        line = text(
            f"cli.progress-{progress.stage}",
            language,
            done=progress.done,
            total=progress.total,
            name=name,
        )
        sys.stderr.write(f"\r\x1b[K{line[:100]}")
        if progress.stage == "publishing" and progress.done == progress.total:
            sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()

    return show if sys.stderr.isatty() else lambda progress: None


def _summary(report: Report, language: InterfaceLanguage) -> str:
    return text(
        "cli.ingested",
        language,
        added=len(report.added),
        changed=len(report.changed),
        renamed=len(report.renamed),
        unchanged=len(report.unchanged),
        skipped=len(report.skipped),
        passages=report.passages_embedded,
        seconds=report.seconds,
    )


def _as_dict(report: Report, language: InterfaceLanguage) -> dict[str, Any]:
    return {
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "renamed": report.renamed,
        "skipped": [
            {
                "code": reason.code,
                "path": str(reason.params.get("path", "")),
                "reason": reason.message(language),
            }
            for reason in report.skipped
        ],
        "passages": report.passages,
        "passages_embedded": report.passages_embedded,
        "seconds": round(report.seconds, 3),
    }
