"""`trichdan ingest`: files, folders and web pages into the library."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bilingual.encoder import Encoder
from bilingual.encoders import load_encoder
from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage, text
from ingest import Report, ingest, plan_ingest
from ingest.errors import ReadError
from ingest.watching import watch
from ingest.web import WebReader
from rag.settings import Settings
from ui.ingest_progress import progress_line
from ui.printing import one_line

OK, FAILED = 0, 1

# So many paths of a kind are listed before the rest is counted.
_LISTED = 20


def run(options: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Ingest, once or as the folders change; return 1 if a file was skipped."""
    encoder = load_encoder(settings.encoder)
    if options.watch:
        _watch(options, settings, encoder, language)
        return OK
    return _once(options, settings, encoder, language)


def _once(
    options: argparse.Namespace,
    settings: Settings,
    encoder: Encoder,
    language: InterfaceLanguage,
    *,
    quiet: bool = False,
) -> int:
    bring = plan_ingest if options.dry_run else ingest
    report = bring(
        options.paths,
        settings.library,
        encoder,
        prune=options.prune,
        fetch=WebReader(settings.web_hosts.split(",")).fetch,
        server=settings.chroma,
        on_progress=progress_line(language),
    )
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    for reason in report.skipped:
        _say(text("cli.skipped", language, reason=reason.message(language)))
    for notice in report.notices:
        _say(text("cli.notice", language, notice=notice.message(language)))
    if options.json:
        sys.stdout.write(json.dumps(_as_dict(report, language), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    elif report.dry_run:
        _print_plan(report, language)
    if not report.skipped and not report.unchanged and not _did_something(report):
        where = ", ".join(str(path) for path in options.paths)
        _say(text("cli.nothing-found", language, paths=where))
    elif not quiet or _did_something(report):
        _say(_summary(report, language))
    return FAILED if report.skipped else OK


def _watch(
    options: argparse.Namespace, settings: Settings, encoder: Encoder, language: InterfaceLanguage
) -> None:
    """Ingest now and whenever something changes, until Ctrl-C."""
    folders = [path for path in options.paths if isinstance(path, Path)]
    _say(text("cli.watching", language, paths=", ".join(map(str, folders))))
    first = True

    def act() -> bool:
        nonlocal first
        try:
            _once(options, settings, encoder, language, quiet=not first)
        except ReadError:
            raise
        except TrichdanError as error:  # the library may be busy, the disk full: it can pass
            _say(f"trichdan: {error.message(language)}")
            return False
        first = False
        return True

    watch(folders, act, ignored=settings.library)


def _say(line: str) -> None:
    sys.stderr.write(one_line(line) + "\n")


def _did_something(report: Report) -> bool:
    return bool(report.added or report.changed or report.recut or report.renamed or report.removed)


def _print_plan(report: Report, language: InterfaceLanguage) -> None:
    """What would be done, file by file; skipped ones were named already."""
    for kind, paths in (
        ("added", report.added),
        ("changed", report.changed),
        ("recut", report.recut),
        ("renamed", [f"{old} → {new}" for old, new in report.renamed]),
        ("removed", report.removed),
    ):
        for path in paths[:_LISTED]:
            sys.stdout.write(one_line(text(f"cli.plan-{kind}", language, path=path)) + "\n")
        if len(paths) > _LISTED:
            more = text("cli.plan-more", language, number=len(paths) - _LISTED)
            sys.stdout.write(text(f"cli.plan-{kind}", language, path=more) + "\n")


def _summary(report: Report, language: InterfaceLanguage) -> str:
    return text(
        "cli.planned" if report.dry_run else "cli.ingested",
        language,
        added=len(report.added),
        changed=len(report.changed) + len(report.recut),
        renamed=len(report.renamed),
        removed=len(report.removed),
        unchanged=len(report.unchanged),
        skipped=len(report.skipped),
        passages=report.passages_embedded,
        seconds=report.seconds,
    )


def _as_dict(report: Report, language: InterfaceLanguage) -> dict[str, Any]:
    return {
        "added": report.added,
        "changed": report.changed,
        "recut": report.recut,
        "unchanged": report.unchanged,
        "renamed": report.renamed,
        "removed": report.removed,
        "skipped": [_reason(reason, language) for reason in report.skipped],
        "notices": [_reason(notice, language) for notice in report.notices],
        "passages": report.passages,
        "passages_embedded": report.passages_embedded,
        "dry_run": report.dry_run,
        "seconds": round(report.seconds, 3),
    }


def _reason(reason: ReadError, language: InterfaceLanguage) -> dict[str, str]:
    return {
        "code": reason.code,
        "path": str(reason.params.get("path", "")),
        "reason": reason.message(language),
    }
