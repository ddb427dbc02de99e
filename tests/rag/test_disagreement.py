"""Where documents give different dates or numbers, the answer gives both and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from bilingual.encoder import Encoder
from ingest import ingest
from rag import Assistant, Settings
from rag.answer_type import date_spans


@pytest.fixture
def library(tmp_path: Path, default_encoder: Encoder) -> Path:
    """Two accounts of one fair, which differ, and one of something else."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "one.md").write_text(
        "# The book fair\n\nThe Hanoi book fair was held on 3 and 4 May 2024. "
        "At the Hanoi book fair 42 publishers showed their books. Entry was free for children.\n"
    )
    (folder / "two.md").write_text(
        "# Hội sách\n\nHội sách Hà Nội diễn ra trong hai ngày 5 - 6 tháng 5 năm 2024. "
        "Có 50 nhà xuất bản tham gia hội sách Hà Nội. Trẻ em được vào cửa miễn phí.\n"
    )
    (folder / "three.md").write_text(
        "# The harbour\n\nThe harbour of Vung Tau was opened in 1998. It employs 300 people.\n"
    )
    report = ingest([folder], tmp_path / "library", default_encoder)
    assert len(report.added) == 3
    return tmp_path / "library"


@pytest.mark.parametrize(
    ("question", "both"),
    [
        ("When was the Hanoi book fair held?", ("3 and 4 May", "5 - 6 tháng 5")),
        ("Hội sách Hà Nội diễn ra khi nào?", ("3 and 4 May", "5 - 6 tháng 5")),
    ],
)
def test_both_figures_are_given(library: Path, question: str, both: tuple[str, str]) -> None:
    with Assistant.open(Settings(library=library)) as assistant:
        answer = assistant.ask(question)
    assert all(part in answer.text for part in both)
    assert answer.disagreement and answer.to_dict()["disagreement"]
    assert len({claim.citations[0].document for claim in answer.claims}) == 2


@pytest.mark.parametrize(
    "question", ["When was the harbour of Vung Tau opened?", "Who could enter the fair for free?"]
)
def test_where_nothing_differs_nothing_is_said(library: Path, question: str) -> None:
    with Assistant.open(Settings(library=library)) as assistant:
        assert not assistant.ask(question).disagreement


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("from February 10-13, 2025.", ["February 10-13, 2025"]),
        ("họp trong hai ngày 10 - 11 tháng 2 năm 2025.", ["ngày 10 - 11 tháng 2 năm 2025"]),
        ("on 10 and 11 February in Paris", ["10 and 11 February"]),
        ("It has 60 members.", []),
    ],
)
def test_dates_are_found_with_their_days(text: str, dates: list[str]) -> None:
    assert [text[start:end] for start, end in date_spans(text)] == dates


def test_sums_and_years_are_no_disagreement(tmp_path: Path, default_encoder: Encoder) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "one.md").write_text(
        "# The school\n\nRebuilding the Trieu Phong school will take 14 months. "
        "The Trieu Phong school was built with 9 billion dong. "
        "Another 2 rooms of the Trieu Phong school were rebuilt for 300 pupils.\n"
    )
    ingest([folder], tmp_path / "library", default_encoder)
    with Assistant.open(Settings(library=tmp_path / "library")) as assistant:
        answer = assistant.ask("Rebuilding the Trieu Phong school cost how much?")
    assert not answer.refused and len(answer.claims) > 1
    assert not answer.disagreement
