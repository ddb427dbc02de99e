"""Question sets on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from evals.questions import QuestionSet
from evals.set_files import load
from tests.evals.scripted import LINES

WriteSet = Callable[[Sequence[dict[str, Any]]], Path]


@pytest.fixture
def write_set(tmp_path: Path) -> WriteSet:
    def write(lines: Sequence[dict[str, Any]]) -> Path:
        path = tmp_path / "small.jsonl"
        content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        path.write_text(content, encoding="utf-8")
        return path

    return write


@pytest.fixture
def small_set(write_set: WriteSet) -> QuestionSet:
    return load(write_set(LINES))
