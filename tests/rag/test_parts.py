"""Questions about a part of a document by its heading: "Điều 6 quy định gì?"."""

from collections.abc import Iterator

import pytest

from bilingual.encoder import Encoder
from bilingual.lexicon import default_lexicon
from ingest import ingest
from rag import Assistant, Settings
from rag.parts import asks_for_part
from rag.question import check_question
from rag.terms import terms_of

RULES = """QUY CHẾ LÀM VIỆC CỦA TRUNG TÂM HỖ TRỢ KHỞI NGHIỆP

Điều 5. Nghỉ phép
Nhân viên được nghỉ 14 ngày phép mỗi năm. Đơn xin nghỉ gửi trước 3 ngày.

Điều 6. Trang phục
Nhân viên mặc đồng phục vào thứ Hai. Các ngày khác mặc lịch sự.

Điều 7. Ký quỹ

1. Doanh nghiệp ký quỹ 50 triệu đồng. Tiền gửi ở ngân hàng.

2. Không ký quỹ theo khoản 1 Điều 7 thì bị:

a) phạt 5 triệu đồng;

đ) thu hồi giấy phép.

3. Tiền được trả lại sau 30 ngày.

Điều 50. Hiệu lực
Quy chế có hiệu lực từ ngày ký.
"""
HANDBOOK = """# Orchid Clinic handbook

## 4. Sick leave

Staff who are ill call before 7:00. A doctor's note is needed from the third day.

## Article 6. Badges

A lost badge costs 20 euros.
"""


@pytest.fixture(scope="module")
def assistant(
    tmp_path_factory: pytest.TempPathFactory, default_encoder: Encoder
) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("parts")
    (folder / "documents").mkdir()
    (folder / "documents" / "quy-che.txt").write_text(RULES, encoding="utf-8")
    (folder / "documents" / "handbook.md").write_text(HANDBOOK, encoding="utf-8")
    ingest([folder / "documents"], folder / "library", default_encoder)
    with Assistant.open(Settings(library=folder / "library")) as assistant:
        yield assistant


def part(text: str) -> tuple[str, list[str]] | None:
    asked = check_question(text, 2000)
    found = asks_for_part(asked, terms_of(asked, default_lexicon()))
    return None if found is None else (found.name, [term.text for term in found.naming])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Điều 6 quy định gì?", ("article 6", [])),
        ("dieu 6 quy dinh gi", ("article 6", [])),
        ("Nội dung Chương II là gì?", ("chapter II", [])),
        ("chuong ii noi ve gi", ("chapter II", [])),
        ("Chương ii quy định gì?", ("chapter II", [])),
        ("Chapter iv", ("chapter IV", [])),
        ("Điều 6A quy định gì?", ("article 6A", [])),
        ("Điều 6a quy định gì?", ("article 6A", [])),
        ("What does section 4.2 say?", ("section 4.2", [])),
        ("Phụ lục A gồm những gì?", ("annex A", [])),
        ("What is in chapter 2 of the Orchid handbook?", ("chapter 2", ["Orchid", "handbook"])),
        ("Điều 5 quy định mức phạt bao nhiêu?", ("article 5", ["mức phạt"])),
        ("Điều vi phạm nào bị phạt?", None),
        ("Điều 1 và Điều 2 nói gì?", None),
        ("How many articles are there?", None),
        ("Tài liệu nói gì về “4. Nghỉ phép”?", ("nghỉ phép", [])),
        ("quy che noi gi ve nghi phep", ("nghỉ phép", ["quy chế"])),
        ("What do the documents say about “Badges”?", ("badges", [])),
        ("What does the Orchid handbook say about badges?", ("badges", ["Orchid", "handbook"])),
        ("Nghỉ phép bao nhiêu ngày?", None),
    ],
)
def test_what_asks_for_a_part(text: str, found: tuple[str, list[str]] | None) -> None:
    assert part(text) == found


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("Điều 5 quy định gì?",
         ["Nhân viên được nghỉ 14 ngày phép mỗi năm.", "Đơn xin nghỉ gửi trước 3 ngày."]),
        ("dieu 5 noi gi", ["Nhân viên được nghỉ 14 ngày phép mỗi năm.",
                           "Đơn xin nghỉ gửi trước 3 ngày."]),
        ("What does section 4 of the clinic handbook say?",
         ["Staff who are ill call before 7:00.",
          "A doctor's note is needed from the third day."]),
        ("Khoản 1 Điều 7 quy định gì?",
         ["Doanh nghiệp ký quỹ 50 triệu đồng.", "Tiền gửi ở ngân hàng."]),
        ("khoan 3 dieu 7 noi gi", ["Tiền được trả lại sau 30 ngày."]),
        ("Điểm đ khoản 2 Điều 7 là gì?", ["thu hồi giấy phép."]),
        ("What does point (a) of paragraph 2 of article 7 say?", ["phạt 5 triệu đồng;"]),
        ("Khoản 2 Điều 7 nói gì?",
         ["Không ký quỹ theo khoản 1 Điều 7 thì bị:", "phạt 5 triệu đồng;", "thu hồi giấy phép."]),
        ("Tài liệu nói gì về “Nghỉ phép”?",
         ["Nhân viên được nghỉ 14 ngày phép mỗi năm.", "Đơn xin nghỉ gửi trước 3 ngày."]),
        ("What do the documents say about “Article 6. Badges”?",
         ["A lost badge costs 20 euros."]),
        ("What does the clinic handbook say about sick leave?",
         ["Staff who are ill call before 7:00.",
          "A doctor's note is needed from the third day."]),
        ("Điều 50 của quy chế nói gì?", ["Quy chế có hiệu lực từ ngày ký."]),
    ],
)  # fmt: skip
def test_what_stands_under_its_heading_is_quoted(
    assistant: Assistant, question: str, quoted: list[str]
) -> None:
    answer = assistant.ask(question)
    assert [claim.text for claim in answer.claims] == quoted
    for claim in answer.claims:
        [citation] = claim.citations
        text = assistant.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote == claim.text


def test_parts_of_the_same_number_are_told_of_every_document(assistant: Assistant) -> None:
    answer = assistant.ask("Điều 6 quy định gì?")
    assert len({claim.citations[0].document for claim in answer.claims}) == 2
    [rules] = [one for one in assistant.documents() if one.language == "vi"]
    answer = assistant.ask("Điều 6 quy định gì?", documents=[rules.id])
    assert {claim.citations[0].document for claim in answer.claims} == {rules.id}


def test_a_part_that_no_document_has_is_refused(assistant: Assistant) -> None:
    answer = assistant.ask("Điều 77 quy định gì?")
    assert answer.refused and not answer.claims
