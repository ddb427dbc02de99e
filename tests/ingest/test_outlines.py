from __future__ import annotations

import pytest

from ingest import markdown, plain
from ingest.outline import Outline


def body(outline: Outline, text: str) -> list[tuple[str | None, str]]:
    return [(block.section, text[block.start : block.end].strip()) for block in outline.blocks]


MARKDOWN = """\
---
layout: post
---
Before.

# The *title*

Intro.

## Part [one](http://x) ##

First.
![picture](a.png)
Second.

### Deep
- item one
- item two

Underlined
----------

After.

***

<!-- a comment
## not a heading
-->
[ref]: http://example.org

```sh
# no heading
run it
```

| a | b |
|---|---|
| 1 | Two |

> quoted text
> goes on
<br>
# Last
End.
"""


def test_markdown_headings_make_section_paths_and_the_title_is_in_none() -> None:
    outline = markdown.outline(MARKDOWN)
    assert outline.title == "The title"
    assert body(outline, MARKDOWN) == [
        (None, "Before."),
        (None, "Intro."),
        ("Part one", "First."),
        ("Part one", "Second."),
        ("Part one › Deep", "- item one\n- item two"),
        ("Underlined", "After."),
        ("Underlined", "# no heading\nrun it"),
        ("Underlined", "a | b"),
        ("Underlined", "1 | Two"),
        ("Underlined", "quoted text\n> goes on"),
        ("Last", "End."),
    ]


@pytest.mark.parametrize(
    "heading, section", [("# Thành phần", "Thành phần"), ("# *Biên bản* tháng 9", None)]
)
def test_markdown_has_the_title_that_its_settings_give(heading: str, section: str | None) -> None:
    text = f'---\ndate: 2024\ntitle: "Biên bản tháng 9"\n---\n\n{heading}\n\nChủ trì: bà Mai.\n'
    outline = markdown.outline(text)
    assert outline.title == "Biên bản tháng 9"
    assert body(outline, text) == [(section, "Chủ trì: bà Mai.")]


def test_markdown_without_a_first_level_heading_has_no_title() -> None:
    assert markdown.outline("## Part\n\nText.").title is None


def test_a_rule_is_not_an_underlined_heading() -> None:
    text = "One line.\nAnother line.\n---\nMore."
    assert body(markdown.outline(text), text) == [
        (None, "One line.\nAnother line."),
        (None, "More."),
    ]


BOLD = """\
## Chương III. Mượn

**Điều 5. Số lượng**

1. Năm cuốn.

**Điều 6. Gia hạn**
Hai lần.

**Hồ sơ**

- Đơn.

**Không gia hạn sách đã đặt.**

**Hotline: 0299 3822 114**

Trong câu có
**chữ đậm**
giữa dòng.

**Họ tên**
Giám đốc

**Lời đầu** và **lời cuối**

**Điều 7.**

Hết.

**Nơi nhận**

## Chương IV

**KT. GIÁM ĐỐC**

**Lê Văn An**
"""


def test_a_line_of_markdown_that_is_only_bold_is_a_heading_of_what_follows() -> None:
    above = "Chương III. Mượn"
    assert body(markdown.outline(BOLD), BOLD) == [
        (f"{above} › Điều 5. Số lượng", "1. Năm cuốn."),
        (f"{above} › Điều 6. Gia hạn", "Hai lần."),
        (
            f"{above} › Điều 6. Gia hạn › Hồ sơ",
            "- Đơn.\n\n**Không gia hạn sách đã đặt.**\n\n**Hotline: 0299 3822 114**\n\n"
            "Trong câu có\n**chữ đậm**\ngiữa dòng.\n\n**Họ tên**\nGiám đốc\n\n"
            "**Lời đầu** và **lời cuối**",
        ),
        (f"{above} › Điều 7.", "Hết.\n\n**Nơi nhận**"),
        ("Chương IV", "**KT. GIÁM ĐỐC**\n\n**Lê Văn An**"),
    ]


def test_parts_in_bold_stand_in_their_order_and_no_heading_is_lost() -> None:
    text = (
        "**CHƯƠNG I**\n\n**QUY ĐỊNH CHUNG**\n\n**Dieu 1. Pham vi**\n\nMột.\n\n**CHƯƠNG II**\n\nHai."
    )
    assert body(markdown.outline(text), text) == [
        ("CHƯƠNG I", "**QUY ĐỊNH CHUNG**"),
        ("CHƯƠNG I › Dieu 1. Pham vi", "Một."),
        ("CHƯƠNG II", "Hai."),
    ]


def test_a_question_in_bold_is_the_heading_of_its_answer() -> None:
    text = (
        "## Fees\n\n**Is there a test?**\nYes, it takes 45 minutes.\n\n**Ai nhận đơn?**\n\n"
        "Chị Mai nhận.\n\n**Bring a pen.** Really?\n"
    )
    assert body(markdown.outline(text), text) == [
        ("Fees › Is there a test?", "Yes, it takes 45 minutes."),
        ("Fees › Ai nhận đơn?", "Chị Mai nhận.\n\n**Bring a pen.** Really?"),
    ]


LONG = "This is a paragraph on one long line, as news sites give them. " * 3


def test_short_lines_before_long_ones_are_headings_in_plain_text() -> None:
    text = f"{LONG}\nChanging our approach\n{LONG}\nSource: https://example.org\nComment (0)"
    outline = plain.outline(text)
    assert outline.title == "Changing our approach"
    assert body(outline, text) == [
        (None, LONG.strip()),
        ("Changing our approach", f"{LONG}\nSource: https://example.org\nComment (0)"),
    ]


def test_the_first_short_line_is_the_title_and_no_section() -> None:
    text = f"A headline\n\n{LONG}"
    outline = plain.outline(text)
    assert outline.title == "A headline"
    assert body(outline, text) == [(None, LONG.strip())]


def test_a_sentence_is_never_taken_for_a_heading() -> None:
    text = "The lease ends in May."
    outline = plain.outline(text)
    assert outline.title == text
    assert body(outline, text) == [(None, text)]


def test_hard_wrapped_text_has_no_headings_but_those_set_apart() -> None:
    text = (
        "THE REPORT\n\nIn the middle of the night they went to the house of the\n"
        "Minister and asked for the paper that he had signed in the\n"
        "morning.\n\nThe Second Part\n\nNothing came of it, as far as anybody knows to\n"
        "this day."
    )
    outline = plain.outline(text)
    assert outline.title == "THE REPORT"
    assert [section for section, _ in body(outline, text)] == [None, "The Second Part"]


def test_lines_that_lead_in_and_list_items_are_no_headings() -> None:
    text = f"{LONG}\nTo carry this out:\n- {LONG}\n(1) Numbered\n{LONG}"
    assert len(plain.outline(text).blocks) == 1


NUMBERED = """\
SO Y TE TINH AN PHUOC
HUONG DAN CHAM SOC NGUOI BENH TAI NHA

II. QUY DINH CHUNG

Dieu 5. Gia han

1. Ban doc duoc gia han hai lan.

2. Khong gia han sach quy.

III. CHAM SOC

1. Benh la gi

Benh do muoi truyen.

2. Dau hieu

- sot;

1.1. Pham vi ap dung cho moi nguoi benh

Nguyen Van A

3. Ho so

1) Don

2) The

3) Anh 3x4

Nop ho so truoc ngay mot thang tu.

4. Duong day nong: 0299 3899 115

Truc suot ngay dem, ke ca ngay le.

5. Loi cuoi
"""


def test_a_numbered_line_alone_is_a_heading_of_plain_text_and_an_item_of_a_list_is_none() -> None:
    outline = plain.outline(NUMBERED)
    assert outline.title == "HUONG DAN CHAM SOC NGUOI BENH TAI NHA"
    assert body(outline, NUMBERED) == [
        (None, "SO Y TE TINH AN PHUOC"),
        (
            "II. QUY DINH CHUNG › Dieu 5. Gia han",
            "1. Ban doc duoc gia han hai lan.\n\n2. Khong gia han sach quy.",
        ),
        ("III. CHAM SOC › 1. Benh la gi", "Benh do muoi truyen."),
        (
            "III. CHAM SOC › 2. Dau hieu",
            "- sot;\n\n1.1. Pham vi ap dung cho moi nguoi benh\n\nNguyen Van A",
        ),
        (
            "III. CHAM SOC › 3. Ho so",
            "1) Don\n\n2) The\n\n3) Anh 3x4\n\nNop ho so truoc ngay mot thang tu.\n\n"
            "4. Duong day nong: 0299 3899 115\n\nTruc suot ngay dem, ke ca ngay le.\n\n"
            "5. Loi cuoi",
        ),
    ]


LABELLED = """Quy chế làm việc

Chương I. Quy định chung
Điều 1. Phạm vi
Quy chế này áp dụng cho mọi nhân viên.
Điều 2. Thời giờ
Làm từ 8 giờ.

Điều 3 của Luật quy định rằng
ai cũng được nghỉ.
"""


def test_a_labelled_part_is_a_heading_of_what_stands_right_below_it() -> None:
    assert body(plain.outline(LABELLED), LABELLED) == [
        ("Chương I. Quy định chung › Điều 1. Phạm vi", "Quy chế này áp dụng cho mọi nhân viên."),
        (
            "Chương I. Quy định chung › Điều 2. Thời giờ",
            "Làm từ 8 giờ.\n\nĐiều 3 của Luật quy định rằng\nai cũng được nghỉ.",
        ),
    ]


def test_a_table_of_contents_stays_text() -> None:
    text = "Quy chế\n\nĐiều 1. Phạm vi\nĐiều 2. Thời giờ\nĐiều 3. Hiệu lực\n"
    assert "Điều 1. Phạm vi\nĐiều 2" in body(plain.outline(text), text)[0][1]


def test_an_article_that_opens_like_its_heading_hides_no_heading() -> None:
    text = (
        "Lời mở đầu.\n\nĐiều 3 áp dụng cho mọi người.\n\n"
        "Điều 4. Thời hạn 2 năm\n\nThẻ có hạn hai năm."
    )
    assert body(plain.outline(text), text) == [
        (None, "Lời mở đầu.\n\nĐiều 3 áp dụng cho mọi người."),
        ("Điều 4. Thời hạn 2 năm", "Thẻ có hạn hai năm."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "SO Y TE AN PHUOC\nBENH VIEN TINH\n\nText goes on here.",
        "SO Y TE AN PHUOC\nQUYET DINH\n\nText goes on here.",
        "So Y te An Phuoc\nHUONG DAN CHAM SOC BENH\n\nText goes on here.",
        "HUONG DAN CHAM SOC BENH\nQUY DINH CHUNG CHO BENH\n\nText goes on here.",
    ],
)
def test_the_first_line_is_the_title_unless_one_below_clearly_is(text: str) -> None:
    assert plain.outline(text).title == text.split("\n", 1)[0]


def test_a_line_that_says_something_is_no_heading_of_plain_text() -> None:
    for line in (
        "Trưởng trại: cô Sương. Hỏi thêm: 555 0163",
        "Interview: Maeve Lanigan. Ballymorra, 27 March 2025",
        "Hotline: 0299 3822 114",
        "Kính gửi: Quý phụ huynh học sinh",
        "Chủ trì: Bà Lê Thị Mai",
        "The camp is led by Ms Suong. Ask her for more",
    ):
        text = f"A title\n\n{LONG}\n\n{line}\n\n{LONG}"
        assert [section for section, _ in body(plain.outline(text), text)] == [None]
        assert line in body(plain.outline(text), text)[0][1]
    for heading in ("VIỆC THỨ NHẤT: NHÀ NGHỈ Ở BẾN SỐ 4", "Dr. Hoang's plan", "Kế hoạch: mở rộng"):
        text = f"A title\n\n{LONG}\n\n{heading}\n\n{LONG}"
        assert [section for section, _ in body(plain.outline(text), text)][-1] == heading


def test_a_line_right_above_a_list_is_its_heading() -> None:
    text = "Công thức nấu phở\n\nNguyên liệu\n- 2 kg xương\n- quế\n\nCách làm\n1. Rửa.\n2. Hầm."
    assert body(plain.outline(text), text) == [
        ("Nguyên liệu", "- 2 kg xương\n- quế"),
        ("Cách làm", "1. Rửa.\n2. Hầm."),
    ]


def test_images_are_left_out_of_plain_text() -> None:
    text = f"{LONG}\n![58 countries sign]()\n{LONG}"
    assert body(plain.outline(text), text) == [(None, LONG.strip())] * 2


def test_rows_of_a_markdown_table_name_their_columns() -> None:
    text = markdown.with_readable_tables(
        "# Lương\n\n| Cấp bậc | Số ngày |\n|:---|---:|\n| Nhân viên. Mới | 12 |\n"
        "| Có \\| gạch | 15 |\n\n```\na | b\n--|--\n```\nx | y\n"
    )
    outline = markdown.outline(text)
    assert body(outline, text) == [
        (None, "Cấp bậc: Nhân viên. Mới; Số ngày: 12"),
        (None, "Cấp bậc: Có | gạch; Số ngày: 15"),
        (None, "a | b\n--|--"),
        (None, "x | y"),
    ]
    assert [block.whole for block in outline.blocks] == [True, True, False, False]
