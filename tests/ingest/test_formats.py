"""What comes out of each format: title, sections, pages, readable rows, exact places."""

from __future__ import annotations

import re

import pytest

from ingest.errors import FileEncryptedError, FileScannedError, ReadError
from ingest.formats import number_format
from ingest.outline import Parsed
from ingest.sandbox import Sandbox
from tests.ingest.office_files import (
    docx,
    epub,
    inserted,
    noted,
    paragraph,
    pptx,
    price_list,
    table,
    xlsx,
)
from tests.ingest.pdf_files import BOLD, Page, encrypted, pdf, scanned, width


def body(parsed: Parsed) -> list[tuple[str | None, str]]:
    return [(block.section, parsed.text[block.start : block.end]) for block in parsed.blocks]


# ---- HTML ---------------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html><html lang="vi"><head><title>Quy chế nghỉ phép - Ánh Dương</title>
<style>p {color: red}</style></head><body>
<header><nav><a href="/">Trang chủ</a> <a href="/tin">Tin tức</a></nav></header>
<div id="cookie-banner">Trang này dùng cookie. <button>Đồng ý</button></div>
<div class="main-content"><h1>Quy chế nghỉ phép</h1>
<p>Nhân viên chính thức được nghỉ <b>15 ngày</b> mỗi
năm.<br>Xin nghỉ trước ba ngày.<sup><a href="#n1">[1]</a></sup></p>
<h2>Điều 1. Số ngày</h2>
<table><tr><th>Thâm niên</th><th>Số ngày</th></tr><tr><td>Dưới 5 năm</td><td>15</td></tr>
<tr><td>Trên 5 năm. Có xét</td><td>18</td></tr></table>
<h3>Ngoại lệ</h3><ul><li>Ốm đau<ul><li>có giấy</li></ul></li><li>Thai sản</li></ul>
<h2>Hỏi đáp</h2><dl><dt>Ai duyệt?</dt><dd>Trưởng phòng.</dd></dl><pre>nghi --ngay 3
nghi --om</pre><p hidden>không ai thấy</p><p style="display: none">cũng không</p>
<script>alert(1)</script></div>
<footer>© Ánh Dương. Bảo lưu mọi quyền.</footer></body></html>"""


def test_a_page_gives_what_is_to_be_read_on_it(sandbox: Sandbox) -> None:
    parsed = sandbox.parse(PAGE.encode(), ".html")
    assert parsed.title == "Quy chế nghỉ phép"
    assert body(parsed) == [
        (None, "Nhân viên chính thức được nghỉ 15 ngày mỗi năm."),
        (None, "Xin nghỉ trước ba ngày."),
        ("Điều 1. Số ngày", "Thâm niên: Dưới 5 năm; Số ngày: 15"),
        ("Điều 1. Số ngày", "Thâm niên: Trên 5 năm. Có xét; Số ngày: 18"),
        ("Điều 1. Số ngày › Ngoại lệ", "- Ốm đau"),
        ("Điều 1. Số ngày › Ngoại lệ", "- có giấy"),
        ("Điều 1. Số ngày › Ngoại lệ", "- Thai sản"),
        ("Hỏi đáp", "Ai duyệt?"),
        ("Hỏi đáp", "- Trưởng phòng."),
        ("Hỏi đáp", "nghi --ngay 3"),
        ("Hỏi đáp", "nghi --om"),
    ]
    assert [block.whole for block in parsed.blocks].count(True) == 2
    assert parsed.text.startswith("Quy chế nghỉ phép\n\nNhân viên")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "utf-8"), ("utf-16", "utf-16"), ("cp1258", "windows-1258"), ("cp1258", "")],
)
def test_a_page_is_read_in_its_encoding(sandbox: Sandbox, encoding: str, declared: str) -> None:
    meta = f'<meta charset="{declared}">' if declared else ""
    text = "Nhân viên đã nghỉ phép và trở lại làm việc."
    written = text if encoding.startswith("utf") else _with_loose_tones(text)
    page = f"<html><head>{meta}<title>T</title></head><body><p>{written}</p></body></html>"
    assert body(sandbox.parse(page.encode(encoding), ".htm"))[0][1] == text


def _with_loose_tones(text: str) -> str:
    """As windows-1258 writes it: the tone after its letter."""
    import unicodedata

    tones = "\u0300\u0301\u0303\u0309\u0323"
    parts = (unicodedata.normalize("NFD", char) for char in text)
    return "".join(
        unicodedata.normalize("NFC", "".join(c for c in part if c not in tones))
        + "".join(c for c in part if c in tones)
        for part in parts
    )


def test_merged_cells_are_repeated_where_they_reach(sandbox: Sandbox) -> None:
    page = (
        "<h1>Bảng</h1><table><tr><th rowspan=2>Phòng</th><th colspan=2>Doanh thu</th></tr>"
        "<tr><th>Quý I</th><th>Quý II</th></tr>"
        "<tr><td rowspan=2>Kỹ thuật</td><td>50</td><td>70</td></tr><tr><td>5</td><td>7</td></tr>"
        "</table>"
    )
    rows = [text for _, text in body(sandbox.parse(page.encode(), ".html"))]
    assert rows == [
        "Phòng: Kỹ thuật; Doanh thu – Quý I: 50; Doanh thu – Quý II: 70",
        "Phòng: Kỹ thuật; Doanh thu – Quý I: 5; Doanh thu – Quý II: 7",
    ]


def read_page(sandbox: Sandbox, page: str) -> list[tuple[str | None, str]]:
    text = "<p>Đoạn văn này đủ dài để trang được coi là một bài viết thật sự có nhiều câu.</p>" * 3
    page = f"<html><body><article><h1>Bài</h1>{text}{page}</article></body></html>"
    found = body(sandbox.parse(page.encode(), ".html"))
    return [part for part in found if not part[1].startswith("Đoạn văn")]


def test_a_term_stands_with_what_is_said_of_it(sandbox: Sandbox) -> None:
    page = (
        "<dl><dt>Giờ khám</dt><dd>7:00 – 19:30</dd><dt>Hà Nội:</dt><dt>Huế</dt><dd>Đóng</dd>"
        "<dt>Ai duyệt?</dt><dd>Trưởng phòng.</dd><dt>Ghi chú</dt></dl><p>Hết rồi.</p>"
    )
    assert [text for _, text in read_page(sandbox, page)] == [
        "- Giờ khám: 7:00 – 19:30",
        "- Hà Nội, Huế: Đóng",
        "Ai duyệt?",
        "- Trưởng phòng.",
        "Ghi chú",
        "Hết rồi.",
    ]


def test_what_opens_on_a_click_has_its_question_and_a_picture_its_caption(
    sandbox: Sandbox,
) -> None:
    page = (
        "<h2>Phí</h2><details><summary>Gửi xe mấy tiền?</summary><p>Năm nghìn đồng.</p></details>"
        "<details><summary>Ai thu?</summary><p>Bảo vệ.</p></details><h2>Khác</h2>"
        "<details><summary>Xem thêm</summary><p>Mở cửa lúc tám giờ.</p></details><p>Hết rồi.</p>"
        "<figure><img src=a.jpg><figcaption>Cầu Rồng phun lửa.</figcaption></figure>"
    )
    assert read_page(sandbox, page) == [
        ("Phí › Gửi xe mấy tiền?", "Năm nghìn đồng."),
        ("Phí › Ai thu?", "Bảo vệ."),
        ("Khác", "Xem thêm"),
        ("Khác", "Mở cửa lúc tám giờ."),
        ("Khác", "Hết rồi."),
        ("Khác", "Cầu Rồng phun lửa."),
    ]


def test_raised_figures_are_no_part_of_a_number_and_deleted_text_is_none(
    sandbox: Sandbox,
) -> None:
    page = (
        "<p>Có 10<sup>6</sup> giọt trên 5 km<sup>2</sup> năm 2021.<sup>1</sup> Giá "
        "<del>100</del> <ins>200</ins> đồng.<a href='#f' role='doc-noteref'><sup>2</sup></a> "
        "Hết.<a href='#g' epub:type='noteref'>3</a> H<sub>2</sub>O<sup>a) b</sup></p>"
        "<table><tr><td>Diện tích</td><td>5 km<sup>2</sup></td></tr><tr><td>Dài</td><td>1 km</td>"
        "</tr></table>"
    )
    assert [text for _, text in read_page(sandbox, page)] == [
        "Có 10⁶ giọt trên 5 km² năm 2021. Giá 200 đồng. Hết. H2Oa) b",
        "Diện tích: 5 km²",
        "Dài: 1 km",
    ]


def test_a_page_that_is_one_table_or_a_list_of_links_is_not_lost(sandbox: Sandbox) -> None:
    page = "<body><ul>" + "".join(f"<li><a href=x>Mục {n}</a></li>" for n in range(5)) + "</ul>"
    assert [text for _, text in body(sandbox.parse(page.encode(), ".html"))] == [
        f"- Mục {n}" for n in range(5)
    ]


# ---- Word ---------------------------------------------------------------------------------------


def test_a_word_document_keeps_headings_tables_and_accepted_changes(sandbox: Sandbox) -> None:
    parsed = sandbox.parse(
        docx(
            paragraph("Quy chế nội bộ", "T")
            + paragraph("Chương I. Chung", "H1")
            + paragraph("Điều 1. Phạm vi", bold=True)
            + inserted("Áp dụng cho mọi người.", "Chỉ cho nhân viên.")
            + table([["Cấp bậc", "Số ngày"], ["Nhân viên", "12"], ["Trưởng phòng", "15"]])
            + paragraph("Lương", "H2")
            + table([["Họ và tên:", "Nguyễn Văn An"], ["Chức vụ", "Kế toán trưởng"]])
            + table([["Phòng", "Doanh thu"], ["", "Quý I", "Quý II"], ["A", "1", "2"]], {(0, 1): 2})
        ),
        ".docx",
    )
    assert parsed.title == "Quy chế nội bộ"
    first, second = "Chương I. Chung › Điều 1. Phạm vi", "Chương I. Chung › Lương"
    assert body(parsed) == [
        (first, "Áp dụng cho mọi người."),
        (first, "Cấp bậc: Nhân viên; Số ngày: 12"),
        (first, "Cấp bậc: Trưởng phòng; Số ngày: 15"),
        (second, "Họ và tên: Nguyễn Văn An"),
        (second, "Chức vụ: Kế toán trưởng"),
        (second, "Phòng: A; Doanh thu – Quý I: 1; Doanh thu – Quý II: 2"),
    ]


def test_a_table_that_arranges_a_letter_is_read_cell_by_cell(sandbox: Sandbox) -> None:
    state = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    parsed = sandbox.parse(
        docx(
            table([["BỘ Y TẾ\n-------\nSố: 4/TB", f"{state}\nĐộc lập"]])
            + paragraph("THÔNG BÁO", bold=True)
            + paragraph("Về học phí", bold=True)
            + paragraph("Bên A: Ông Trần Bảo", bold=True)
            + paragraph("Bài 2: Học phí", bold=True)
            + paragraph("Học phí là 2 triệu đồng.")
            + table([["Nơi nhận:\n- PHHS;\n- Lưu VT.", "KT. GIÁM ĐỐC\n(Đã ký)\nTS. Lê Thị Lụa"]])
            + table([["BỘ Y TẾ", state], ["Số: 5/TB", "Huế, ngày 4 tháng 8"]])
            + table([["Ngày", "Việc"], ["5/8", "Sơ cứu\nBăng bó"], ["6/8", "Nghỉ"]])
        ),
        ".docx",
    )
    assert parsed.title == "THÔNG BÁO Về học phí"
    fee = "Bài 2: Học phí"
    assert body(parsed) == [
        (None, "BỘ Y TẾ"),
        (None, "-------"),
        (None, "Số: 4/TB"),
        (None, state),
        (None, "Độc lập"),
        (None, "Bên A: Ông Trần Bảo"),
        (fee, "Học phí là 2 triệu đồng."),
        (fee, "Nơi nhận:"),
        (fee, "- PHHS;"),
        (fee, "- Lưu VT."),
        (fee, "KT. GIÁM ĐỐC (Đã ký): TS. Lê Thị Lụa"),
        (fee, "BỘ Y TẾ"),
        (fee, state),
        (fee, "Số: 5/TB"),
        (fee, "Huế, ngày 4 tháng 8"),
        (fee, "Ngày: Việc"),
        (fee, "5/8: Sơ cứu Băng bó"),
        (fee, "6/8: Nghỉ"),
    ]


def test_text_set_in_an_old_font_is_read_in_unicode(sandbox: Sandbox) -> None:
    old = "Uû ban nh©n d©n tØnh ®· quyÕt ®Þnh nghØ lµm viÖc mét ngµy."
    vni = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam ñoäc laäp töï do."
    modern = "Điều này đã được viết bằng Unicode từ đầu."
    parsed = sandbox.parse(docx(paragraph(old) + paragraph(modern) + paragraph(vni)), ".docx")
    assert [text for _, text in body(parsed)] == [
        "Uỷ ban nhân dân tỉnh đã quyết định nghỉ làm việc một ngày.",
        modern,
        "Cộng hòa xã hội chủ nghĩa Việt Nam độc lập tự do.",
    ]


# ---- spreadsheets and slides --------------------------------------------------------------------


def test_each_row_of_a_sheet_names_its_columns_and_shows_what_the_sheet_shows(
    sandbox: Sandbox,
) -> None:
    parsed = sandbox.parse(xlsx(), ".xlsx")
    assert body(parsed) == [
        ("Doanh thu", "BÁO CÁO DOANH THU"),
        (
            "Doanh thu",
            "Chi nhánh: Hà Nội; Ngày chốt: 31/12/2024; Doanh thu: 1,234,568; Tỷ lệ: 15.3%",
        ),
        (
            "Doanh thu",
            "Chi nhánh: Đà Nẵng; Ngày chốt: 30/12/2024; Doanh thu: 987,654; Tỷ lệ: 20.0%",
        ),
        ("Doanh thu", "Tổng cộng"),
    ]


def test_merged_heads_name_their_columns_and_what_a_sheet_hides_is_left_out(
    sandbox: Sandbox,
) -> None:
    parsed = sandbox.parse(price_list(), ".xlsx")
    assert [text for _, text in body(parsed)] == [
        "BẢNG GIÁ",
        "Loại: Quạt; Mã: Q-1; Đơn giá – Lẻ: 1,890,000 đ; Đơn giá – Sỉ: 1,650,000 đ; Từ: 06/2024",
        "Loại: Quạt; Mã: Q-2; Đơn giá – Lẻ: 790,000 đ; Đơn giá – Sỉ: 790,000 đ; Từ: 2025",
        "Ghi chú: chưa gồm thuế. Giao miễn phí.",
    ]


@pytest.mark.parametrize(
    ("value", "shape", "shown"),
    [
        (45, "00000", "00045"),
        (7, '"NV-"000', "NV-007"),
        (901234567, '0000"."000"."000', "0901.234.567"),
        (1890000, '#,##0 "đ"', "1,890,000 đ"),
        (2000000, "#,##0 [$₫-42A]", "2,000,000 ₫"),
        (-640.5, "[$$-409]#,##0.00", "-$640.50"),
        (-12.3, "€ #,##0.0;(€ #,##0.0)", "(€ 12.3)"),
        (0, '0;-0;"không; có"', "không; có"),
        (1890000, '#,##0,"k"', "1,890k"),
        (1234567, '0.0,,"M"', "1.2M"),
        (1234, '_-* #,##0.00\\ "₫"_-;\\-* #,##0.00\\ "₫"_-', "1,234.00 ₫"),
        (0.285, "0%", "29%"),
        (2.5, "0", "3"),
        (-0.2, "0", "0"),
        (12, "[Red]0.##", "12"),
        (12345, "0.00E+00", "1.23E+04"),
        (1.25, "# ?/?", "1.25"),
        (1.5e-7, "General", "1.5e-07"),
        (1e20, "0", "1e+20"),
        (5, "", "5"),
        (5, ";;;", ""),
        (-5, "General;[Red]-General", "-5"),
        (-0.5, "# ?/?;(# ?/?)", "-0.5"),
        (-1e16, "0;-0", "-1e+16"),
        (-1234.5, "0.00E+00;[Red]-0.00E+00", "-1.23E+03"),
        (12.5, ".00", "12.50"),
        (0.5, ".00", ".50"),
    ],
)
def test_a_number_is_written_as_its_sheet_shows_it(value: float, shape: str, shown: str) -> None:
    assert number_format.number(value, shape) == shown


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_comma_separated_values(sandbox: Sandbox, separator: str, encoding: str) -> None:
    rows = [["Tên", "Tuổi", "Ghi chú"], ["An", "30", f'"Giỏi{separator} chăm"'], ["Bình", "28", ""]]
    data = "\r\n".join(separator.join(row) for row in rows).encode(encoding)
    assert [text for _, text in body(sandbox.parse(data, ".csv"))] == [
        f"Tên: An; Tuổi: 30; Ghi chú: Giỏi{separator.strip() or ''} chăm",
        "Tên: Bình; Tuổi: 28",
    ]


def test_a_slide_is_a_page_and_its_title_the_section(sandbox: Sandbox) -> None:
    parsed = sandbox.parse(pptx(), ".pptx")
    assert (parsed.title, parsed.pages) == ("Kế hoạch 2025", 2)
    assert body(parsed) == [
        ("Kế hoạch 2025", "Mở hai chi nhánh."),
        ("Kế hoạch 2025", "Tuyển 50 người."),
        ("Kế hoạch 2025", "Nhấn mạnh chi nhánh Huế."),
        ("Ngân sách", "Hạng mục: Nhân sự; Số tiền: 500"),
    ]
    assert [parsed.page(block.start) for block in parsed.blocks] == [1, 1, 1, 2]


# ---- EPUB ---------------------------------------------------------------------------------------


def test_a_book_is_read_chapter_by_chapter(sandbox: Sandbox) -> None:
    parsed = sandbox.parse(
        epub(
            [
                "<h1>Một</h1><p>Ngày&nbsp;xưa có người.</p><a id='x'/><p>Họ đi xa.</p>",
                "<h1>Hai</h1><h2>Đầu</h2><p>Broken & still read.</p>",
                "",
            ]
        ),
        ".epub",
    )
    assert parsed.title == "Sách"
    assert body(parsed) == [
        ("Một", "Ngày xưa có người."),
        ("Một", "Họ đi xa."),
        ("Hai › Đầu", "Broken & still read."),
    ]


def test_a_book_with_copy_protection_is_refused_but_not_for_its_fonts(sandbox: Sandbox) -> None:
    fonts = epub(["<p>Đọc được.</p>"], encryption="http://www.idpf.org/2008/embedding")
    assert sandbox.parse(fonts, ".epub").text == "Đọc được."
    with pytest.raises(FileEncryptedError):
        sandbox.parse(epub(["<p>x</p>"], encryption="http://www.w3.org/2001/04/x"), ".epub")


# ---- PDF ----------------------------------------------------------------------------------------

LEFT = [
    "Nhân viên chính thức được nghỉ mười",
    "lăm ngày phép mỗi năm, và phải báo",
    "trước cho trưởng phòng ba ngày làm",
    "việc. Người mới vào được một ngày",
    "cho mỗi tháng đã làm việc ở đây.",
]
RIGHT = [
    "The right column is another story that",
    "is told beside the first one, with full",
    "lines of prose until the page ends and",
    "nothing of it belongs to what stands on",
    "the left side of the same page.",
]


def test_columns_are_read_one_after_another(sandbox: Sandbox) -> None:
    page = Page()
    page.write("Quy chế nghỉ phép", 72, 790, 18, BOLD)
    for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        page.write(left, 60, 740 - number * 14)
        page.write(right, 320, 740 - number * 14)
    parsed = sandbox.parse(pdf([page]), ".pdf")
    assert parsed.title == "Quy chế nghỉ phép"
    assert body(parsed) == [(None, " ".join(LEFT)), (None, " ".join(RIGHT))]


def test_lines_become_paragraphs_also_across_hyphens_and_pages(sandbox: Sandbox) -> None:
    first, second = Page(), Page()
    first.write("1. Introduction", 72, 790, 16, BOLD)
    first.lines(
        [
            "This paragraph is broken into lines by the one who wrote it, and a docu-",
            "ment that is read well has it in one piece. Here it ends.",
        ],
        top=760,
    )
    first.lines(
        ["The last paragraph of the page goes on where the next page begins, because"], top=720
    )
    second.lines(["it was not finished yet."])
    parsed = sandbox.parse(pdf([first, second], title="Báo cáo"), ".pdf")
    assert (parsed.title, parsed.pages) == ("Báo cáo", 2)
    assert body(parsed) == [
        (
            "1. Introduction",
            "This paragraph is broken into lines by the one who wrote it, and a document that is "
            "read well has it in one piece. Here it ends.",
        ),
        (
            "1. Introduction",
            "The last paragraph of the page goes on where the next page begins, because it was "
            "not finished yet.",
        ),
    ]


def test_a_table_in_a_pdf_becomes_rows_that_name_their_columns(sandbox: Sandbox) -> None:
    page = Page()
    page.write("Danh sách nhân viên được nghỉ phép trong năm nay như sau đây:", 72, 780)
    for number, row in enumerate(
        [
            ("Họ tên", "Phòng", "Số ngày"),
            ("Nguyễn An", "Kế toán", "15"),
            ("Lê Bình", "Kỹ thuật", "12"),
        ]
    ):
        for cell, x in zip(row, (72, 220, 400), strict=True):
            page.write(cell, x, 740 - 16 * number)
    assert [text for _, text in body(sandbox.parse(pdf([page]), ".pdf"))][1:] == [
        "Họ tên: Nguyễn An; Phòng: Kế toán; Số ngày: 15",
        "Họ tên: Lê Bình; Phòng: Kỹ thuật; Số ngày: 12",
    ]


def test_page_numbers_and_running_heads_are_left_out_once_known(sandbox: Sandbox) -> None:
    pages = []
    for number in range(1, 5):
        page = Page()
        page.write("Công ty Ánh Dương – Quy chế", 72, 815)
        page.lines([f"Sentence {number}-{line} of the text stands here." for line in range(8)])
        page.write(f"Trang {number}/4", 280, 30)
        pages.append(page)
    text = sandbox.parse(pdf(pages), ".pdf").text
    assert text.count("Công ty Ánh Dương") == 1
    assert "Trang" not in text
    assert text.count("of the text stands here.") == 32


def test_rows_of_a_table_that_goes_on_over_pages_are_no_running_heads(sandbox: Sandbox) -> None:
    pages = []
    for number in range(4):
        page = Page()
        for row in range(40):
            room = 100 + 40 * number + row
            for cell, x in zip((f"P{room}", f"{room * 17} đồng"), (72, 300), strict=True):
                page.write(cell, x, 780 - 18 * row)
        page.write(str(number + 1), 290, 40)
        pages.append(page)
    text = sandbox.parse(pdf(pages), ".pdf").text
    assert [row for row in range(100, 260) if f"P{row} | {row * 17} đồng" not in text] == []
    assert not re.search(r"^[1-4]$", text, re.MULTILINE)


@pytest.mark.parametrize("said", ["(anonymous)", "untitled", "Unspecified", "a.html"])
def test_what_a_program_writes_for_want_of_a_title_is_none(sandbox: Sandbox, said: str) -> None:
    page = Page()
    page.lines(["The ferry leaves at seven.", "It returns at nine."])
    assert sandbox.parse(pdf([page], title=said), ".pdf").title is None


def test_a_sentence_that_ends_at_the_foot_of_a_page_keeps_its_year(sandbox: Sandbox) -> None:
    page = Page()
    page.lines([*(f"Line {n} of a long paragraph that goes on and on and" for n in range(6))])
    page.write("1998.", 72, 770 - 6 * 11 * 1.3)
    assert sandbox.parse(pdf([page]), ".pdf").text.endswith("on and 1998.")


def test_a_letter_above_its_small_print_is_no_heading(sandbox: Sandbox) -> None:
    letter = [
        "Dear customer, your card comes with a credit limit of 3,400 pounds, and the",
        "fee is 28.",
    ]
    terms = [
        f"{n}. The holder keeps the card safe and reports its loss at once." for n in range(1, 9)
    ]
    page = Page()
    page.lines(letter, size=11)
    page.lines(terms, top=700, size=8)
    found = body(sandbox.parse(pdf([page]), ".pdf"))
    assert found[0] == (None, " ".join(letter))
    assert {section for section, _ in found} == {None}


def test_letters_that_measure_a_little_differently_are_one_paragraph(sandbox: Sandbox) -> None:
    page = Page()
    page.write("Hội nghị đề ra mục tiêu tiêm chủng cho 95% trẻ em dưới năm", 72, 770, 11)
    page.write("tuổi trong cả nước.", 72, 756, 11.5)
    assert [text for _, text in body(sandbox.parse(pdf([page]), ".pdf"))] == [
        "Hội nghị đề ra mục tiêu tiêm chủng cho 95% trẻ em dưới năm tuổi trong cả nước."
    ]


def test_notes_of_a_word_document_stand_in_the_section_that_calls_them(sandbox: Sandbox) -> None:
    document = docx(
        paragraph("Giá", "H1")
        + noted("Giá là 118 đồng.", 1, 2)
        + paragraph("Phạt", "H1")
        + noted("Chậm giao thì bị phạt.", 3),
        notes=["Chưa gồm thuế.", "Theo sàn London.", "Trừ ngày lễ."],
    )
    assert body(sandbox.parse(document, ".docx")) == [
        ("Giá", "Giá là 118 đồng."),
        ("Giá", "Chưa gồm thuế."),
        ("Giá", "Theo sàn London."),
        ("Phạt", "Chậm giao thì bị phạt."),
        ("Phạt", "Trừ ngày lễ."),
    ]


def test_lines_with_ligatures_go_on_as_others_do(sandbox: Sandbox) -> None:
    page = Page()
    page.lines(
        [
            "The board met six times; the policy took",
            "eﬀect at the oﬃces of the staﬀ on 1",
            "March 2024, and two reports were received",
            "in the ﬁrst year.",
        ]
    )
    assert [text for _, text in body(sandbox.parse(pdf([page]), ".pdf"))] == [
        "The board met six times; the policy took effect at the offices of the staff on 1 "
        "March 2024, and two reports were received in the first year."
    ]


def test_a_range_goes_on_in_the_next_line_without_a_blank(sandbox: Sandbox) -> None:
    page = Page()
    page.lines(
        ["Mẫu đất được lấy trong niên vụ 2022–", "2023 và gửi về phòng thí nghiệm –", "ở đó."]
    )
    assert [text for _, text in body(sandbox.parse(pdf([page]), ".pdf"))] == [
        "Mẫu đất được lấy trong niên vụ 2022–2023 và gửi về phòng thí nghiệm – ở đó."
    ]


def test_a_table_of_contents_and_the_marks_of_notes_are_left_out(sandbox: Sandbox) -> None:
    page = Page()
    page.write("2.1. Thủy lợi ....................... 14", 72, 780)
    text = "Năm 2023 tỉnh có nước sạch."
    page.write(text, 72, 740)
    page.write("3", 72 + width(text), 744, 6)
    page.write("Tổng công suất là 45 m3.", 90 + width(text), 740)
    assert [text for _, text in body(sandbox.parse(pdf([page]), ".pdf"))] == [
        "Năm 2023 tỉnh có nước sạch. Tổng công suất là 45 m3."
    ]


def test_small_figures_that_call_no_note_stay(sandbox: Sandbox) -> None:
    page = Page()
    texts = [
        ("Diện tích là 340 km", "2", 4),
        ("Lượng khí thải CO", "2", -2),
        ("Xem bảng km", "5", 4),
    ]
    for line, (text, figure, above) in enumerate(texts):
        page.write(text, 72, 740 - 40 * line)
        page.write(figure, 72 + width(text), 740 - 40 * line + above, 6)
        page.write(" được nêu.", 75 + width(text), 740 - 40 * line)
    assert [text for _, text in body(sandbox.parse(pdf([page]), ".pdf"))] == [
        "Diện tích là 340 km2 được nêu.",
        "Lượng khí thải CO2 được nêu.",
        "Xem bảng km được nêu.",
    ]


def test_cells_too_near_each_other_get_no_columns_names(sandbox: Sandbox) -> None:
    page = Page()
    for number, row in enumerate(
        [
            [("Hiện tượng", 72), ("Nguyên nhân", 200), ("Cách khắc phục", 330)],
            [("Máy không chạy", 72), ("Mất điện hoặc cầu chì đứt", 200), ("Kiểm tra ổ cắm", 342)],
            [("Nước ra yếu", 72), ("Lõi PP bị nghẹt", 200), ("Thay lõi PP", 330)],
        ]
    ):
        for cell, x in row:
            page.write(cell, x, 740 - 16 * number)
    found = [text for _, text in body(sandbox.parse(pdf([page]), ".pdf"))]
    assert found[1] == "Máy không chạy | Mất điện hoặc cầu chì đứt Kiểm tra ổ cắm"


def test_pages_that_differ_only_in_their_figures_are_all_kept(sandbox: Sandbox) -> None:
    pages = []
    for number in range(1, 6):
        page = Page()
        page.lines([f"Contract number {number} was signed on day {number}."])
        pages.append(page)
    parsed = sandbox.parse(pdf(pages), ".pdf")
    assert [parsed.page(block.start) for block in parsed.blocks] == [1, 2, 3, 4, 5]
    assert [text for _, text in body(parsed)] == [
        f"Contract number {number} was signed on day {number}." for number in range(1, 6)
    ]


def test_lines_drawn_out_of_order_are_read_from_the_top(sandbox: Sandbox) -> None:
    page = Page()
    for number in (2, 0, 3, 1):
        page.write(f"Câu số {number} đứng ở đây.", 72, 700 - 40 * number)
    assert [text for _, text in body(sandbox.parse(pdf([page]), ".pdf"))] == [
        f"Câu số {number} đứng ở đây." for number in range(4)
    ]


def test_scans_are_told_from_empty_and_from_partly_scanned(sandbox: Sandbox) -> None:
    with pytest.raises(FileScannedError) as caught:
        sandbox.parse(scanned(3), ".pdf")
    assert "OCR" in caught.value.message("vi") and caught.value.params["pages"] == 3
    page = Page()
    page.lines(["There is text on this page."])
    parsed = sandbox.parse(pdf([Page(image=True), page, Page(image=True)]), ".pdf")
    assert (parsed.pages, parsed.unread_pages) == (3, (1, 3))
    assert parsed.page(parsed.blocks[0].start) == 2
    with pytest.raises(ReadError, match="no text"):
        sandbox.parse(pdf([Page()]), ".pdf")


def test_a_locked_pdf_is_said_to_be_locked(sandbox: Sandbox) -> None:
    page = Page()
    page.lines(["secret"])
    with pytest.raises(FileEncryptedError):
        sandbox.parse(encrypted(pdf([page])), ".pdf")
