from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.checking.citations import locate, parse
from tests.rag.passages import document_text, hit, hits, quotes


@pytest.mark.parametrize(
    ("sentence", "numbers", "invalid"),
    [
        ("Paris [1].", (1,), 0),
        ("Paris [1][2].", (1, 2), 0),
        ("Paris [2] [1].", (2, 1), 0),
        ("Paris [1, 2].", (1, 2), 0),
        ("Paris [1;3].", (1, 3), 0),
        ("Paris [1-3].", (1, 2, 3), 0),
        ("Paris [1–3].", (1, 2, 3), 0),
        ("Paris 【1】.", (1,), 0),
        ("Paris 【1†source】.", (1,), 0),
        ("Paris ［2］.", (2,), 0),
        ("Paris [^1].", (1,), 0),
        ("Paris [Passage 1].", (1,), 0),
        ("Paris [passages 1 and 2].", (1, 2), 0),
        ("Paris [đoạn 1, 3].", (1, 3), 0),
        ("Paris [nguồn 2].", (2,), 0),
        ("Paris [1][1].", (1,), 0),
        ("Paris [1 to 3].", (1, 2, 3), 0),
        ("Paris [1 đến 2].", (1, 2), 0),
        ("Paris 【1:0†report.md】.", (1,), 0),
        ("Paris [PASSAGE 2 0123456789ab].", (2,), 0),
        ("Paris (source 1).", (1,), 0),
        ("Paris (đoạn 1, 2).", (1, 2), 0),
        ("Paris ([1]).", (1,), 0),
        ("Paris (Nguồn: [1], [2]).", (1, 2), 0),
        ("Paris [1], [2].", (1, 2), 0),
        ("Paris [1] và [2].", (1, 2), 0),
        ("Paris [9].", (), 1),
        ("Paris [0].", (), 1),
        ("Paris [1][9].", (1,), 1),
        ("Paris [2-9].", (2, 3), 1),
        ("Paris [3-1].", (), 0),
        ("Paris.", (), 0),
    ],
)
def test_marks_are_read_in_every_common_form(
    sentence: str, numbers: tuple[int, ...], invalid: int
) -> None:
    cited = parse(sentence, passages=3)
    assert (cited.numbers, cited.invalid, cited.text) == (numbers, invalid, "Paris.")


@pytest.mark.parametrize(
    "sentence", ["In (1) and (2).", "Signed [2024] there.", "See [a].", "An array x[i].", "1, 2."]
)
def test_what_is_no_mark_stays_in_the_text(sentence: str) -> None:
    assert parse(sentence, passages=3) == parse(sentence, passages=0)
    assert parse(sentence, passages=3).text == sentence


def test_a_mark_inside_or_after_the_sentence_leaves_clean_text() -> None:
    assert parse("The budget [1] is 109 billion [2].", 2).text == "The budget is 109 billion."
    assert parse("Paris . [1]", 1).text == "Paris."


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("According to [1], it was in Paris.", (1,)),
        ("According to passages 1 and 2, it was in Paris.", (1, 2)),
        ("As stated in source [2], it was in Paris.", (2,)),
        ("Theo đoạn trích 1, it was in Paris.", (1,)),
        ("**Answer:** It was in Paris [1].", (1,)),
        ("Trả lời: It was in Paris [1].", (1,)),
    ],
)
def test_who_says_it_is_no_part_of_what_is_said(sentence: str, numbers: tuple[int, ...]) -> None:
    cited = parse(sentence, passages=3)
    assert (cited.text, cited.numbers) == ("It was in Paris.", numbers)
    for other in ("Theo Nghị định 13, phí là 5 %.", "Source 1 is older.", "Đoạn 1 dài 3 km."):
        assert (parse(other, 3).text, parse(other, 3).numbers) == (other, ())


def test_markdown_is_taken_off() -> None:
    assert parse("| Macron | chair | [1] |", 1).text == "Macron; chair"
    assert parse("> It was in Paris [1].", 1).text == "It was in Paris."
    assert parse("- **Macron** chaired `it` [1].", 1).text == "Macron chaired it."
    assert parse("## Kết quả [1]", 1).text == "Kết quả"


PASSAGE = (
    "The summit took place in Paris. Emmanuel Macron and Narendra Modi chaired it. "
    "France will invest 109 billion euros. The next meeting is in India."
)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Macron and Modi were the chairs.", "Emmanuel Macron and Narendra Modi chaired it."),
        ("France invests 109 billion.", "France will invest 109 billion euros."),
        ("India hosts the next meeting.", "The next meeting is in India."),
    ],
)
def test_the_best_sentence_is_quoted_at_its_offsets(claim: str, quote: str) -> None:
    found = hit(PASSAGE)
    citation = locate(claim, found, "en")
    assert citation.quote == quote
    assert document_text(found)[citation.start : citation.end] == quote


def test_a_claim_over_two_neighbours_quotes_both() -> None:
    claim = "Macron and Modi chaired it, and France invests 109 billion euros."
    assert locate(claim, hit(PASSAGE), "en").quote == (
        "Emmanuel Macron and Narendra Modi chaired it. France will invest 109 billion euros."
    )


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Pháp đầu tư 109 tỷ euro.", "France will invest 109 billion euros."),
        ("Ông Macron và ông Modi chủ trì.", "Emmanuel Macron and Narendra Modi chaired it."),
        ("Cuộc họp sau ở Ấn Độ.", "The next meeting is in India."),
    ],
)
def test_across_languages_figures_and_names_find_the_sentence(claim: str, quote: str) -> None:
    assert locate(claim, hit(PASSAGE), "vi").quote == quote


def test_where_nothing_tells_the_whole_passage_is_quoted() -> None:
    assert locate("Mọi người đều vui vẻ.", hit(PASSAGE), "vi").quote == PASSAGE
    assert locate("Everybody enjoyed themselves greatly.", hit(PASSAGE), "en").quote == PASSAGE


def test_a_passage_without_known_sentences_is_split() -> None:
    found = hits(PASSAGE)[0]
    assert locate("Macron chaired it.", found, "en").quote.startswith("Emmanuel")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_every_quote_stands_at_its_offsets(claim: str, parts: list[str]) -> None:
    found = hit(". ".join(parts) or "x")
    for language in ("vi", "en"):
        quotes([found], [locate(claim, found, language)])  # type: ignore[arg-type]
