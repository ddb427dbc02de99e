"""Where documents give different dates or numbers, the answer gives both and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from bilingual.encoder import Encoder
from bilingual.lexicon import default_lexicon
from ingest import ingest
from rag import Assistant, Settings
from rag.answer_type import date_spans
from rag.disagreement import disagree
from rag.evidence import gather
from rag.question import check_question
from rag.rarity import Rarity
from rag.terms import terms_of
from tests.rag.passages import hit


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


@pytest.mark.parametrize(
    ("text", "differ"),
    [
        ("The school cost 9 billion dong.\n\nThe school cost 14 months of work.", False),
        ("The school cost 9 billion dong.\n\nThe school cost 8 billion dong.", True),
        ("The school cost 9 billion dong. The school cost 8 billion dong.", False),
        ("- The school cost 9 billion dong;\n- The school cost 8 billion dong;", False),
        ("School: cost; Sum: 9 billion dong;\nSchool: cost; Sum: 8 billion dong;", False),
    ],
)
def test_figures_in_one_unit_and_in_two_paragraphs_are_held_against_each_other(
    text: str, differ: bool
) -> None:
    asked = check_question("How much did the school cost?", 2000)
    terms = terms_of(asked, default_lexicon())
    found = gather(asked, terms, [hit(text)], lambda term: Rarity(2.0, known=True))
    assert disagree(found, found.candidates) is differ
