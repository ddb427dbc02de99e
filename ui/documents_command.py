"""`trichdan documents`: what the library holds."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from bilingual.texts import InterfaceLanguage, text
from rag.settings import Settings
from ui.printing import one_line
from vectorstore import Document, Library, Snapshot, Writer


def run(options: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """List, show, export or remove documents."""
    if options.action == "remove":
        return _remove(options.document, settings, language)
    with (
        Library.open(settings.library, server=settings.chroma) as library,
        library.snapshot() as snapshot,
    ):
        if options.action == "show":
            return _show(options, snapshot, language)
        if options.action == "export":
            return _export(options.document, snapshot)
        return _list(options, snapshot, language)


def _list(options: argparse.Namespace, snapshot: Snapshot, language: InterfaceLanguage) -> int:
    rows = [_row(holding.document, holding.passages) for holding in snapshot.holdings()]
    if options.json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    elif not rows:
        sys.stderr.write(text("cli.no-documents", language) + "\n")
    else:
        wide = max(len(row["id"]) for row in rows)
        for row in rows:
            sys.stdout.write(
                f"{row['id']:<{wide}}  {row['language']}  {row['passages']:>5}"
                f"  {one_line(row['title'])}\n"
            )
    return 0


def _row(document: Document, passages: int) -> dict[str, Any]:
    return {**asdict(document), "passages": passages}


def _show(options: argparse.Namespace, snapshot: Snapshot, language: InterfaceLanguage) -> int:
    passages = snapshot.passages_of(options.document)
    row = _row(snapshot.document(options.document), len(passages))
    if options.json:
        if options.text:
            row["text"] = snapshot.text(options.document)
        sys.stdout.write(json.dumps(row, ensure_ascii=False, indent=2) + "\n")
    elif options.text:
        # Exactly the normalised text: not even a line end is added, so offsets can be counted.
        sys.stdout.write(snapshot.text(options.document))
    else:
        sys.stdout.writelines(
            f"{text(f'cli.field-{name}', language)}: {one_line(str(value))}\n"
            for name, value in row.items()
            if value is not None
        )
    return 0


def _export(documents: list[str], snapshot: Snapshot) -> int:
    """Documents with their whole text and their passages, one line of JSON each."""
    chosen = [snapshot.document(one) for one in documents] or snapshot.documents()
    for document in chosen:
        passages = [
            {
                "start": passage.start,
                "end": passage.end,
                "section": passage.section,
                "page": passage.page,
                "language": passage.language,
                "text": passage.text,
            }
            for passage in snapshot.passages_of(document.id)
        ]
        row = {**asdict(document), "text": snapshot.text(document.id), "passages": passages}
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 0


def _remove(documents: list[str], settings: Settings, language: InterfaceLanguage) -> int:
    removed = list(dict.fromkeys(documents))
    with (
        Library.open(settings.library, server=settings.chroma) as library,
        library.snapshot() as snapshot,
    ):
        encoder, dim = snapshot.encoder, snapshot.dim
    with Writer(settings.library, encoder, dim, server=settings.chroma) as writer:
        writer.publish(removed=removed)
    for document in removed:
        sys.stderr.write(text("cli.removed", language, document=document) + "\n")
    return 0
