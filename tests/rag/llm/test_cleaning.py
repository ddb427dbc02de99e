from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.llm.cleaning import Cleaner, clean

FRAGMENTS = st.sampled_from(
    [*"<>![]()/ \n\"'ab", "img src=x ", "script", "https://evil.example/x", "<think>", "</think>",
     "![a](", "](", "<b", "<!--", "-->", "word ", "www.evil.example", "[1]", "<scr<b>ipt>"]
)  # fmt: skip
MARKUP = re.compile(r"<[A-Za-z/!?]|!\[|\]\(|evil\.example")


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS, max_size=40))
def test_nothing_a_renderer_would_act_on_gets_through_however_it_is_cut(pieces: list[str]) -> None:
    cleaner = Cleaner()
    streamed = "".join([cleaner.feed(piece) for piece in pieces]) + cleaner.finish()
    assert not MARKUP.search(streamed)
    assert not MARKUP.search(clean("".join(pieces)))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="abc [1].\n,", max_size=200))
def test_plain_text_with_marks_comes_through_unchanged(text: str) -> None:
    cleaner = Cleaner()
    assert "".join([cleaner.feed(char) for char in text]) + cleaner.finish() == text


@pytest.mark.parametrize(
    "unit", ["[", "![", "<a", "](", "<think>", "((", "[a](", "https://", "<!--"]
)
def test_hostile_output_is_cleaned_in_little_time(unit: str) -> None:
    started = time.perf_counter()
    cleaner = Cleaner()
    for _ in range(700):
        cleaner.feed(unit)
    cleaner.finish()
    assert time.perf_counter() - started < 2


def test_arithmetic_and_hearts_are_text() -> None:
    assert clean("a < b, 1 <2 and <3 > x") == "a < b, 1 <2 and <3 > x"


def test_the_words_of_a_link_stay() -> None:
    assert clean("See [the declaration](https://evil.example/a_(b)) there.") == (
        "See the declaration there."
    )


@pytest.mark.parametrize("tag", ["think", "thinking", "THINK"])
def test_a_thought_is_no_part_of_what_is_said_whoever_opened_it(tag: str) -> None:
    for thought in (f"<{tag}>Let me see. It is [1].</{tag}>", f"Let me see. It is [1].</{tag}>"):
        assert clean(f"{thought}Paris [1].") == "Paris [1]."


def test_the_end_of_a_thought_that_nothing_opened_is_told_as_it_streams() -> None:
    cleaner = Cleaner()
    said: list[str] = []
    for piece in ["Let me ", "see.\n", "</th", "ink>\nIn ", "Paris ", "[1]."]:
        text = cleaner.feed(piece)
        if cleaner.began_anew:
            said.clear()
        said.append(text)
    assert "".join([*said, cleaner.finish()]) == "\nIn Paris [1]."


@pytest.mark.parametrize(
    ("said", "cleaned"),
    [
        ("[THINK]It is [1].[/THINK]Paris [1].", "Paris [1]."),
        ("<reasoning>Hm.</reasoning>Paris [1].", "Paris [1]."),
        ("◁think▷Hm.◁/think▷Paris [1].", "Paris [1]."),
        (
            "<|channel|>analysis<|message|>We need it.<|end|><|start|>assistant<|channel|>final"
            "<|message|>Paris [1].<|return|>",
            "Paris [1].",
        ),
        ("Paris [1].<|im_end|>", "Paris [1]."),
        ("Paris [1].<|eot_id|>", "Paris [1]."),
        ("Paris [1].<|end|>", "Paris [1]."),
        ("Paris [1].<｜end▁of▁sentence｜>", "Paris [1]."),
        ("Paris <<<PASSAGE 1 0123456789ab>>>.", "Paris [1]."),
        ("<p>Paris [1].</p><p>India [2].</p>", "\nParis [1].\n\nIndia [2].\n"),
    ],
)
def test_what_a_template_or_a_page_writes_around_an_answer_is_taken_out(
    said: str, cleaned: str
) -> None:
    assert clean(said) == cleaned
    for pieces in (said.split(" "), list(said)):
        cleaner = Cleaner()
        joint = " " if pieces != list(said) else ""
        fed = [cleaner.feed(piece + joint) for piece in pieces]
        assert "".join([*fed, cleaner.finish()]).rstrip(" ") == cleaned
