"""The stress runs see what they should see: each is run in small, and on a library gone wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import kills, made, serving
from vectorstore import Library, Writer


def test_a_few_kills_lose_nothing(tmp_path: Path) -> None:
    tally, asked, failures = kills.stress(tmp_path / "library", kills=3, seed=7)
    assert (tally.kills, tally.wrong, failures) == (3, [], [])
    assert sum(tally.outcome.values()) == 3
    assert asked > 0


def test_what_is_lost_is_seen(tmp_path: Path) -> None:
    one, other = (made.document(number, passages=3) for number in range(2))
    with Writer(tmp_path, made.MadeEncoder.name, made.DIM) as writer:
        made.keep(writer, [one], tokens=False)
        writer.publish(added=[one])
    with Library.open(tmp_path) as library:
        assert kills.check(library, {one.source: one}) == []
        assert kills.check(library, {one.source: other}) != []


def test_two_readers_beside_a_writer_see_nothing_mixed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--minutes", "0.08", "--documents", "6", "--folder", str(tmp_path)]
    assert serving.main(arguments) == 0
    assert "errors and mixed generations: 0" in capsys.readouterr().out
