from __future__ import annotations

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


def test_markdown_without_a_first_level_heading_has_no_title() -> None:
    assert markdown.outline("## Part\n\nText.").title is None


def test_a_rule_is_not_an_underlined_heading() -> None:
    text = "One line.\nAnother line.\n---\nMore."
    assert body(markdown.outline(text), text) == [
        (None, "One line.\nAnother line."),
        (None, "More."),
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
