"""Writes small DOCX, PPTX, XLSX and EPUB files."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="{id_}"><w:name w:val="{name}"/></w:style>'
    for id_, name in (("T", "Title"), ("H1", "heading 1"), ("H2", "heading 2"))
)


def archive(members: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def docx(body: str, prolog: str = "", notes: Sequence[str] = ()) -> bytes:
    """A Word document of `body` (see `paragraph` and `table`) with `notes`, numbered from 1."""
    document = f"{prolog}<w:document {_WORD}><w:body>{body}</w:body></w:document>"
    relations = _RELATIONS.replace("word/document.xml", "styles.xml").replace(
        "relationships/officeDocument", "relationships/styles"
    )
    footnotes = "".join(
        f'<w:footnote w:id="{number}">{paragraph(note)}</w:footnote>'
        for number, note in enumerate(notes, 1)
    )
    related = re.search("<Relationship .*?/>", relations)
    assert related is not None
    another = related[0].replace("styles", "footnotes").replace("rId1", "rId2")
    relations = relations.replace("</Relationships>", f"{another}</Relationships>")
    return archive(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELATIONS,
            "word/_rels/document.xml.rels": relations,
            "word/footnotes.xml": f"<w:footnotes {_WORD}>{footnotes}</w:footnotes>",
            "word/styles.xml": f"<w:styles {_WORD}>{_STYLES}</w:styles>",
            "word/document.xml": document,
        }
    )


def paragraph(text: str, style: str = "", *, bold: bool = False) -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    heavy = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:p>{named}<w:r>{heavy}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def noted(text: str, *notes: int) -> str:
    """A paragraph that calls notes at its end."""
    calls = "".join(f'<w:r><w:footnoteReference w:id="{note}"/></w:r>' for note in notes)
    return paragraph(text).replace("</w:p>", f"{calls}</w:p>")


def inserted(text: str, deleted: str) -> str:
    """A paragraph with tracked changes."""
    return (
        f'<w:p><w:ins w:id="1"><w:r><w:t>{text}</w:t></w:r></w:ins>'
        f'<w:del w:id="2"><w:r><w:delText>{deleted}</w:delText></w:r></w:del></w:p>'
    )


def table(rows: Sequence[Sequence[str]], spans: Mapping[tuple[int, int], int] | None = None) -> str:
    """A table, each line of a cell a paragraph.

    `spans` gives how many columns the cell (row, place in row) covers.
    """
    wide = spans or {}
    return "<w:tbl>{}</w:tbl>".format(
        "".join(
            "<w:tr>{}</w:tr>".format(
                "".join(
                    f'<w:tc><w:tcPr><w:gridSpan w:val="{wide.get((number, place), 1)}"/></w:tcPr>'
                    f"{''.join(map(paragraph, cell.splitlines() or ['']))}</w:tc>"
                    for place, cell in enumerate(row)
                )
            )
            for number, row in enumerate(rows)
        )
    )


def xlsx() -> bytes:
    """A report as offices write it: a merged title, a blank row, names, figures, a total."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Doanh thu"
    sheet.merge_cells("A1:D1")
    sheet["A1"] = "BÁO CÁO DOANH THU"
    for row in (
        [],
        ["Chi nhánh", "Ngày chốt", "Doanh thu", "Tỷ lệ"],
        ["Hà Nội", date(2024, 12, 31), 1234567.5, 0.153],
        ["Đà Nẵng", date(2024, 12, 30), 987654, 0.2],
        ["Tổng cộng", None, "=C4+C5", None],
    ):
        sheet.append(row)
    for number in (4, 5):
        sheet.cell(number, 3).number_format = "#,##0"
        sheet.cell(number, 4).number_format = "0.0%"
    hidden = book.create_sheet("Nháp")
    hidden.append(["không ai thấy"])
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def price_list() -> bytes:
    """A head of two rows with merged cells, a kind for two rows, a hidden row and column."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in (
        ["BẢNG GIÁ"],
        ["Loại", "Mã", "Đơn giá", None, "Vốn", "Từ"],
        [None, None, "Lẻ", "Sỉ", None, None],
        ["Quạt", "Q-1", 1890000, 1650000, 1, date(2024, 6, 1)],
        [None, "Q-2", 790000, 790000, 2, date(2025, 6, 1)],
        ["Nồi", "N-1", 3, 4, 5, date(2024, 6, 1)],
        [],
        ["Ghi chú: chưa gồm thuế. Giao miễn phí."],
    ):
        sheet.append(row)
    for merged in ("A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3", "A4:A5", "A8:F9"):
        sheet.merge_cells(merged)
    for row in (4, 5):
        for column in (3, 4):
            sheet.cell(row, column).number_format = '#,##0 "đ"'
    sheet["F4"].number_format, sheet["F5"].number_format = "mm/yyyy", '"năm" yyyy'
    sheet.row_dimensions[6].hidden = True
    sheet.column_dimensions["E"].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pptx() -> bytes:
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "Kế hoạch 2025"
    first.placeholders[1].text = "Mở hai chi nhánh.\nTuyển 50 người."
    first.notes_slide.notes_text_frame.text = "Nhấn mạnh chi nhánh Huế."
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.title.text = "Ngân sách"
    grid = second.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for place, cell in enumerate(["Hạng mục", "Số tiền", "Nhân sự", "500"]):
        grid.cell(place // 2, place % 2).text = cell
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def epub(chapters: Sequence[str], title: str = "Sách", encryption: str = "") -> bytes:
    """A book of XHTML bodies."""
    items = "".join(
        f'<item id="c{n}" href="text/chapter%20{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    members: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:'
        'container"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc='
        f'"http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></metadata>'
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
    }
    if encryption:
        members["META-INF/encryption.xml"] = (
            f'<encryption><EncryptedData><EncryptionMethod Algorithm="{encryption}"/>'
            "</EncryptedData></encryption>"
        )
    for number, chapter in enumerate(chapters):
        members[f"OEBPS/text/chapter {number}.xhtml"] = (
            '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'
            f"<head><title/></head><body>{chapter}</body></html>"
        )
    return archive(members)
