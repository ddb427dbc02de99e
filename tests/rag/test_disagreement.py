"""Where documents give different dates or numbers, the answer gives both and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from bilingual.encoder import Encoder
from bilingual.lexicon import default_lexicon
from ingest import ingest
from rag import Assistant, Settings
from rag.answer_type import date_spans
from rag.disagreement import differing, disagree, told_of_another_place
from rag.evidence import Evidence, gather
from rag.extractive import answer_verbatim
from rag.question import check_question
from rag.rarity import Rarity
from rag.terms import terms_of
from rag.types import ClaimClosed
from tests.rag.passages import hit, hits


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


def _found(question: str, *texts: str) -> Evidence:
    asked = check_question(question, 2000)
    terms = terms_of(asked, default_lexicon())
    return gather(asked, terms, hits(*texts), lambda term: Rarity(2.0, known=True))


@pytest.mark.parametrize(
    ("question", "one", "other", "differ"),
    [
        # A date, or how long something takes, counts nothing else.
        (
            "How many overdue files are there?",
            "There are 1,205 overdue files.",
            "By 30 September overdue files are closed.",
            False,
        ),
        (
            "How many overdue files are there?",
            "There are 1,205 overdue files.",
            "Overdue files are examined within 20 days.",
            False,
        ),
        (
            "How many overdue files are there?",
            "There are 1,205 overdue files.",
            "The overdue files are 980.",
            True,
        ),
        (
            "How many days does the check take?",
            "The check takes 20 days.",
            "The check takes 15 days.",
            True,
        ),
        # Another column of a table.
        (
            "How much is the plan?",
            "Board: North; Plan: 640 million dong; Paid: 563 million dong",
            "The plan is 640 million dong.",
            False,
        ),
        (
            "How much is the plan?",
            "Board: North; Plan: 640 million dong; Paid: 563 million dong",
            "The plan is 563 million dong.",
            True,
        ),
        (
            "How much will Korea contribute to the fund?",
            "Korea will contribute 39 million dollars over 30 years to the fund.",
            "Korea will contribute 150 engineers within three years to the fund.",
            False,
        ),
        # No day says at what hour.
        (
            "What time does the meeting begin?",
            "The meeting begins on 9 September 2025.",
            "The meeting begins on 14 October 2025.",
            False,
        ),
    ],
)
def test_only_figures_of_what_is_asked_are_held_against_each_other(
    question: str, one: str, other: str, differ: bool
) -> None:
    found = _found(question, one, other)
    assert disagree(found, found.candidates) is differ
    assert bool(differing(found, found.candidates[:1])) is differ


def test_of_two_countries_only_the_one_that_is_asked_about_is_quoted() -> None:
    found = _found(
        "How much will Korea contribute to the fund?",
        "The Bank of Korea provides 39 million dollars.\n\n"
        "Viet Nam will contribute 18 million dollars to the fund.",
    )
    every = sorted(found.candidates, key=lambda one: one.sentence.start)
    assert [told_of_another_place(found, one) for one in every] == [False, True]
    closed = [
        event.claim
        for event in answer_verbatim(found, lambda _: ("", ()))
        if isinstance(event, ClaimClosed)
    ]
    assert [claim.text for claim in closed] == ["The Bank of Korea provides 39 million dollars."]


def test_a_city_in_the_question_asks_for_no_country() -> None:
    found = _found(
        "Counting Paris, how many summits on tides were held?",
        "It was the third summit on tides to be held, after the United Kingdom and South Korea.",
        "Nothing else is known.",
    )
    assert not any(told_of_another_place(found, one) for one in found.candidates)
