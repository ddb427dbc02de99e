"""The rules by which files are cut have a name, and the name changes when they do."""

from __future__ import annotations

import hashlib
import json

from ingest.limits import Limits
from ingest.passages import RULES
from ingest.plan import new_document
from ingest.reading import file_of, parse
from ingest.sandbox import Sandbox
from tests.fakes import HashEncoder
from tests.ingest.office_files import docx, paragraph, table
from tests.ingest.pdf_files import BOLD, Page, pdf
from tests.ingest.test_formats import LEFT, PAGE, RIGHT

# Where this test fails, documents come out otherwise than before: give `RULES` a new name, so that
# libraries are brought up to date, and write down what it says here.
KNOWN = {"6": "6b86f3cbc074a179"}

MARKDOWN = (
    "# Quy chế\n\nMở đầu. Câu hai.\n\n## Điều 1\n\n- Một;\n- hai.\n\n**Điều 2. Ba**\n\nBước 1. Gọi "
    "(ext. 5).\n\n" + "Câu dài hơn. " * 90
)
PLAIN = (
    "Tiêu đề\n\n"
    + "Đây là một câu trong bài báo dài. " * 40
    + "\n\nMục\n\n"
    + "Hết. " * 9
    + "\n\nLiên hệ: bà Mai, 555 0163\n\n1. Phạm vi\n\nHết cả rồi rồi rồi rồi."
)


def test_the_rules_have_a_new_name_when_documents_come_out_otherwise(sandbox: Sandbox) -> None:
    page = Page()
    page.write("Quy chế nghỉ phép", 72, 790, 18, BOLD)
    for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        page.write(left, 60, 740 - number * 14)
        page.write(right, 320, 740 - number * 14)
    files = {
        ".md": MARKDOWN.encode(),
        ".txt": PLAIN.encode(),
        ".html": PAGE.encode(),
        ".csv": b"a,b\n1,2\n3,4\n",
        ".docx": docx(paragraph("A", "H1") + table([["x", "y", "z"], ["1", "2", "3"]])),
        ".pdf": pdf([page]),
    }
    made = []
    for suffix, data in files.items():
        file = file_of(f"/file{suffix}", suffix, data)
        document = new_document(file, parse(file, sandbox, Limits()), HashEncoder().count_tokens)
        passages = [(p.start, p.end, p.section, p.page, p.language) for p in document.passages]
        sentences = [(s.start, s.end) for s in document.sentences]
        made.append([document.title, document.text, passages, sentences])
    digest = hashlib.sha256(json.dumps(made).encode()).hexdigest()[:16]
    assert KNOWN.get(RULES) == digest
