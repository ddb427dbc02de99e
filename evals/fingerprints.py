"""What a run was made with, by content: two equal fingerprints give equal results."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import bilingual
import rag.checking
import rag.reader
from evals.evidence import Library, file_name
from rag.settings import Settings

_SHOWN_DIGITS = 16
_MODEL_ENDINGS = frozenset({".npz", ".npy", ".onnx", ".safetensors", ".json", ".tsv", ".bin"})


def library_fingerprint(library: Library) -> str:
    """SHA-256 of the names and texts of the library's documents, wherever it lies."""
    named = sorted((file_name(d.source), library.document_text(d.id)) for d in library.documents())
    return hashlib.sha256(json.dumps(named, ensure_ascii=False).encode()).hexdigest()


def encoder_fingerprint(settings: Settings) -> str:
    """The name of the encoder, and for the default one what it was taught."""
    if settings.encoder != "default":
        return settings.encoder
    return f"default {_of_data(Path(bilingual.__path__[0]) / 'data')}"


def checker_fingerprint() -> str:
    """The code and the data that decide whether a sentence is supported by what it cites."""
    return _digest(_of_code(Path(one.__path__[0])) for one in (rag.checking, rag.reader))


def judge_fingerprint() -> str:
    """The offline judge: checker and encoder, and how the verdicts are put together."""
    parts = [checker_fingerprint(), _of_code(Path(__file__).with_name("judge.py"))]
    return _digest([*parts, _of_data(Path(bilingual.__path__[0]) / "data")])


@cache
def _of_data(folder: Path) -> str:
    files = sorted(path for path in folder.iterdir() if path.suffix in _MODEL_ENDINGS)
    return _digest(_of_file(path) for path in files)


def _of_file(path: Path) -> str:
    with path.open("rb") as stream:
        return f"{path.name} {hashlib.file_digest(stream, 'sha256').hexdigest()}"


@cache
def _of_code(place: Path) -> str:
    """The Python files below `place` as the interpreter sees them, and its other files as such.

    Comments, docstrings and layout change no verdict, so they do not count.
    """
    files = [place] if place.is_file() else sorted(place.rglob("*.*"))
    parts = []
    for path in files:
        if "training" in path.relative_to(place).parts:
            continue  # how the data came about; the data itself counts
        if path.suffix == ".py":
            parts.append(f"{path.name} {_without_docstrings(path.read_text(encoding='utf-8'))}")
        elif path.suffix in _MODEL_ENDINGS | {".toml"}:
            parts.append(_of_file(path))
    return _digest(parts)


def _without_docstrings(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            said = body[0].value
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                del body[0]
    return ast.dump(tree)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_SHOWN_DIGITS]
