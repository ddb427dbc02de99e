from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import made, scaling
from vectorstore import Library


def test_a_library_is_built_in_pieces_changed_and_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scaling, "_PASSAGES_A_PUBLISH", 4 * made.PASSAGES_OF_A_DOCUMENT)
    monkeypatch.setattr(scaling, "_QUESTIONS", 12)
    folder, size = tmp_path / "library", 6 * made.PASSAGES_OF_A_DOCUMENT
    assert scaling.held(folder) == 0
    scaling.build(folder, size, tokens=True)
    assert scaling.held(folder) == 160
    found = scaling.build(folder, size, tokens=True)  # as after an interruption
    assert scaling.held(folder) == size
    assert found["80 added to 160: publish, s"] >= found["80 added to 160: until dense-built, s"]
    with Library.open(folder) as library, library.snapshot() as snapshot:
        assert {one.language for one in snapshot.documents()} == {"en", "vi"}
    found |= scaling.change(folder, tokens=True) | scaling.ask(folder, size) | scaling.sizes(folder)
    assert scaling.held(folder) == size
    assert found["recall@10 against exact search"] >= 0.99
    assert found["memory after the questions, MB"] >= found["memory after opening, MB"] > 0
    assert found["catalogue, MB"] > found["lexical index, MB"] > 0
    assert found["retrieval, all of it: 95th percentile, ms"] > 0
