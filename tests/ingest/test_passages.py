from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilingual.language import document_language, identify
from bilingual.sentences import split
from ingest.outline import Block
from ingest.passages import (
    LARGEST_TOKENS,
    TARGET_TOKENS,
    passages_of,
    sentences_of,
)
from tests.fakes import HashEncoder
from vectorstore import NewPassage, Sentence
from vectorstore.types import embedded_text

COUNT = HashEncoder().count_tokens


def cut(text: str, section: str | None = None) -> tuple[list[NewPassage], list[Sentence]]:
    block = Block(0, len(text), section)
    sentences = sentences_of(text, block)
    return passages_of(text, [(block, sentences)], "en", COUNT), sentences


def sentence(words: int, name: str = "Word") -> str:
    return " ".join([name] * (words - 1)) + "."


def test_a_short_text_is_one_passage() -> None:
    passages, _ = cut("One sentence. And another.")
    assert [(passage.start, passage.end) for passage in passages] == [(0, 26)]


def test_a_cut_paragraph_repeats_one_sentence() -> None:
    text = " ".join(sentence(40, f"Name{number}") for number in range(8))
    passages, sentences = cut(text)
    assert len(passages) > 1
    for before, after in pairwise(passages):
        assert before.start < after.start < before.end < after.end
        assert sum(before.start <= s.start and s.end <= before.end for s in sentences) > 1
        shared = [s for s in sentences if after.start <= s.start and s.end <= before.end]
        assert len(shared) == 1


def test_paragraphs_are_not_repeated() -> None:
    text = "\n\n".join(sentence(90, f"Name{number}") for number in range(5))
    passages, _ = cut(text)
    assert len(passages) > 1
    assert all(a.end <= b.start for a, b in pairwise(passages))


def test_a_passage_ends_with_its_page() -> None:
    text = " ".join(sentence(12, f"Name{number}") for number in range(20))
    block = Block(0, len(text), None)
    border = text.index("Name9") + 5  # within a sentence, which stands on the page where it starts
    sentences = sentences_of(text, block)
    passages = passages_of(
        text, [(block, sentences)], "en", COUNT, page=lambda start: 1 + (start >= border)
    )
    for one in sentences:
        pages = {p.page for p in passages if p.start <= one.start and one.end <= p.end}
        assert pages == {1 + (one.start >= border)}


def test_what_leads_in_goes_on_over_the_page() -> None:
    text = "The duties are:\n\n- one, two, three, four;\n\n- five, six, seven, eight, nine, ten."
    blocks = [
        Block(text.index(part), text.index(part) + len(part), None) for part in text.split("\n\n")
    ]
    cut_up = [(block, sentences_of(text, block)) for block in blocks]
    (passage,) = passages_of(text, cut_up, "en", COUNT, page=lambda start: 1 + (start > 10))
    assert passage.page == 1


def test_one_endless_sentence_is_a_passage_by_itself() -> None:
    text = f"{sentence(20)} {sentence(600, 'Long')} {sentence(20)}"
    passages, _ = cut(text)
    assert sorted(COUNT(text[p.start : p.end]) for p in passages) == [20, 20, 600]


def test_what_leads_in_a_list_goes_with_its_items() -> None:
    items = "\n".join(f"- {sentence(40, f'Item{number}')}" for number in range(6))
    text = f"{sentence(150)}\nThe priorities are these:\n{items}"
    passages, _ = cut(text)
    with_lead_in = [p for p in passages if "priorities" in text[p.start : p.end]]
    assert len(with_lead_in) == 1
    assert "Item0" in text[with_lead_in[0].start : with_lead_in[0].end]


def test_markers_of_items_stand_outside_of_their_sentences() -> None:
    text = "They agree:\n- to open up;\n- to share.\n(2) The summit ended."
    _, sentences = cut(text)
    assert [text[s.start : s.end] for s in sentences] == [
        "They agree:",
        "to open up;",
        "to share.",
        "The summit ended.",
    ]


def test_sections_are_not_mixed_and_are_embedded_with_the_passage() -> None:
    text = "First part.\nSecond part."
    blocks = [Block(0, 11, "One › Two"), Block(12, 24, None)]
    passages = passages_of(text, [(b, sentences_of(text, b)) for b in blocks], "en", COUNT)
    assert [passage.embedded_text for passage in passages] == [
        "One › Two\nFirst part.",
        "Second part.",
    ]
    assert embedded_text(None, "x") == "x"


def test_each_passage_has_its_own_language_and_odds_and_ends_the_documents() -> None:
    vi = "Hội nghị đã thông qua tuyên bố chung về trí tuệ nhân tạo tại Paris."
    text = f"{vi}\nThe summit was held in Paris and the statement was adopted.\nhttps://vi.vn/hoi"
    spans = [0, len(vi), text.rindex("\n"), len(text)]
    blocks = [Block(a, b, str(a)) for a, b in pairwise(spans)]
    passages = passages_of(text, [(b, sentences_of(text, b)) for b in blocks], "en", COUNT)
    assert [passage.language for passage in passages] == ["vi", "en", "en"]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "\n", "\n\n", "\n- ", "\n(3) "]),
            st.integers(2, 120),
            st.sampled_from([".", "?", ":", "!”"]),
        ),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from([None, "A section", sentence(100)]),
)
def test_every_sentence_is_in_a_passage_and_none_is_cut(
    parts: list[tuple[str, int, str]], section: str | None
) -> None:
    text = " ".join(
        f"{before}Start {'word ' * (words - 2)}end{final}" for before, words, final in parts
    )
    passages, sentences = cut(text, section)
    for place in sentences:
        assert any(p.start <= place.start and place.end <= p.end for p in passages)
        assert all(
            place.end <= p.start or p.end <= place.start or p.start <= place.start <= p.end
            for p in passages
        )
    starts, ends = {s.start for s in sentences}, {s.end for s in sentences}
    for passage in passages:
        assert passage.start in starts
        assert passage.end in ends
        inside = sum(passage.start <= s.start < passage.end for s in sentences)
        tokens = COUNT(text[passage.start : passage.end])
        if inside > 1:  # list markers are not counted
            assert tokens <= TARGET_TOKENS + 4 * inside
            assert COUNT(passage.embedded_text) <= LARGEST_TOKENS + 4 * inside
    places = [(passage.start, passage.end) for passage in passages]
    assert places == sorted(set(places))


@pytest.mark.parametrize("words", [2, 179, 180, 181, 256])
def test_sizes_around_the_target_make_no_stub(words: int) -> None:
    passages, _ = cut(sentence(words))
    assert len(passages) == 1


@pytest.mark.parametrize(
    "text",
    ["x" * 300_000, "so yeah. we did. and then " * 8_000, "A." * 60_000, "HỘI NGHỊ " * 12_000],
    ids=["one word", "no capitals", "initials", "all capitals"],
)
def test_a_text_that_is_one_sentence_takes_no_longer_than_others(text: str) -> None:
    began = time.process_time()
    found = split(text)
    assert found == [(0, len(text.rstrip()))]
    block = (Block(0, len(text), None), [Sentence(*found[0])])
    assert (
        len(passages_of(text, [block], document_language(text), lambda said: len(said) // 4)) == 1
    )
    identify(text)
    assert time.process_time() - began < 5.0
