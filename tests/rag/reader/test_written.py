"""Our own passages are well formed, and what is malformed is named."""

from pathlib import Path

import pytest

from rag.reader.training.written import written

GOOD = """# vi-en
S Cầu Rồng Mới thông xe ngày 3 tháng 5 năm 2021.
S Chi phí xây dựng là 940 tỷ đồng.
S Thành phố trả một phần ba.
A 2 | How much did it cost? | Building it took 940 billion dong. | It cost 490 billion dong.
N Who designed the bridge? | Kiến trúc sư Lê Thu vẽ cầu. | Le Thu designed it.
"""


def test_a_file_of_passages_is_read_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD + "\n" + GOOD.replace("vi-en", "vi-vi"), "utf-8")
    first, second = written(tmp_path)
    assert (first.languages, second.languages) == ("vi-en", "vi-vi")
    assert len(first.sentences) == 3
    [asked], [miss] = first.answered, first.near_misses
    assert first.sentences[asked.place].startswith("Chi phí")
    assert asked.false == "It cost 490 billion dong."
    assert miss.sentence == "Kiến trúc sư Lê Thu vẽ cầu."
    assert asked.phrase == miss.phrase == ""


def test_the_phrase_that_answers_may_be_told(tmp_path: Path) -> None:
    told = GOOD.replace("cost? |", "cost? | 940 tỷ đồng |").replace("cầu. |", "cầu. | Lê Thu |")
    (tmp_path / "a.txt").write_text(told, "utf-8")
    [passage] = written(tmp_path)
    [asked], [miss] = passage.answered, passage.near_misses
    assert (asked.phrase, miss.phrase) == ("940 tỷ đồng", "Lê Thu")
    assert asked.claim == "Building it took 940 billion dong."


@pytest.mark.parametrize(
    "line",
    [
        "A 4 | there is no fourth sentence | one | two",
        "A x | the place is no number | one | two",
        "A 1 | a claim is missing | one",
        "N a question | | an empty sentence",
        "A 2 | the phrase is of another sentence | 3 tháng 5 | one | two",
        "N a question | its sentence | not its words | a claim",
        "X nothing begins so",
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.txt").write_text(f"{GOOD}{line}\n", "utf-8")
    with pytest.raises(ValueError, match="line 7"):
        list(written(tmp_path))


def test_what_stands_before_the_first_passage_is_malformed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("S A sentence of nothing.\n", "utf-8")
    with pytest.raises(ValueError, match="line 1"):
        list(written(tmp_path))


def test_the_passages_that_ship_ask_as_much_that_is_answered_as_that_is_not() -> None:
    found = list(written())
    assert len(found) > 1_900
    for passage in found:
        assert passage.languages in ("vi-vi", "en-en", "vi-en", "en-vi")
        assert len(passage.sentences) >= 3
        assert len(passage.answered) >= 2 and len(passage.near_misses) >= 2
    answered = sum(len(passage.answered) for passage in found)
    missed = sum(len(passage.near_misses) for passage in found)
    assert abs(answered - missed) < 0.01 * answered


def test_nothing_of_the_documents_that_are_asked_about_is_learned_from() -> None:
    """The shipped question set is measured on: its summit and its places must not be known."""
    whole = " ".join(text for passage in written() for text in passage.sentences)
    for name in ("AI Action Summit", "Thượng đỉnh Hành động AI", "Current AI", "Linda Griffin"):
        assert name not in whole
