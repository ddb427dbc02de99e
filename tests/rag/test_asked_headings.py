"""Where a heading asks the question itself, what stands right below it answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bilingual.encoder import Encoder
from ingest import ingest
from rag import Assistant, Settings
from rag.asked_headings import asks_the_same
from rag.question import check_question
from rag.terms import terms_of
from rag.types import Hit
from vectorstore.types import Document, Passage

FAQ = """\
# River Fellowship: questions and answers

## How many fellowships are there?

Twelve a year, of which four are for students. In 2024, 180 people applied.

## Who can apply?

Engineers under 40 with three years of service. Interns cannot apply.

## 3. Do I have to report?

Yes. Fellows write a report each month.
"""
HOI_DAP = """\
# Hỏi đáp về thẻ thư viện

**1. Thẻ thư viện là gì?**
Là thẻ do Sở Văn hóa cấp để mượn sách.

**2. Khi nào thẻ bị khóa?**
Khi người đọc làm mất ba cuốn sách; hoặc khi nhập sai mã số 5 lần. Thẻ bị khóa được mở sau 7 ngày.
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, default_encoder: Encoder) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("faq")
    (folder / "faq.md").write_text(FAQ)
    (folder / "hoi-dap.md").write_text(HOI_DAP)
    ingest([folder], folder / "library", default_encoder)
    return Assistant.open(Settings(library=folder / "library"))


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Who can apply for the River Fellowship?", "Engineers under 40"),
        ("Khi nào thẻ bị khóa?", "Khi người đọc làm mất"),
        ("khi nao the bi khoa", "Khi người đọc làm mất"),
        ("Thẻ thư viện là gì?", "Là thẻ do Sở Văn hóa"),
        ("Do I have to report?", "Yes."),
    ],
)
def test_the_answer_opens_with_what_stands_below(
    answers: Assistant, question: str, first: str
) -> None:
    answer = answers.ask(question)
    assert answer.claims[0].text.startswith(first)
    assert len({claim.citations[0].section for claim in answer.claims}) == 1
    for claim in answer.claims:
        (citation,) = claim.citations
        text = answers.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    ("question", "heading", "same"),
    [
        ("Who can apply?", "Who can apply?", True),
        ("Who can apply for the fellowship?", "2. Who can apply?", True),
        ("Is there a fee?", "Có phí không?", True),
        ("When can I apply?", "Who can apply?", False),
        ("Can interns apply?", "Who can apply?", False),
        ("Who can apply?", "Who can apply for a visa?", False),
        ("Who can apply?", "Who can apply", False),
        ("How many fellowships for students are there?", "How many fellowships are there?", False),
    ],
)
def test_a_heading_asks_the_same(
    answers: Assistant, question: str, heading: str, same: bool
) -> None:
    asked = check_question(question, 2000)
    passage = Passage(1, "d", "Yes.", 0, 4, f"Fellowship › {heading}")
    hit = Hit(passage, Document("d", "Fellowship", "en", "/d.md", "1"), 1.0)
    assert asks_the_same(asked, terms_of(asked, answers.lexicon), hit) is same
