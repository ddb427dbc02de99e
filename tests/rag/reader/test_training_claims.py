"""Claims are read with what bears them out, with what does not, and by their labels."""

import random
from dataclasses import replace

from rag.checking.training.examples import Example, Text
from rag.reader.model import SUPPORTS
from rag.reader.training.claims import of_example, of_questions
from rag.reader.training.readings import Reading
from rag.reader.training.written import Answered, Written

TEXT = Text(("Rain fell.", "Anna won in 1954.", "Ben lost.", "They left."), "en", "A race")
TRUE = Example("Anna won.", "en", TEXT, True, "questions", "true", "read", 1)


def drawn(one: Example) -> list[Reading]:
    return [made for seed in range(40) for made in of_example(one, random.Random(seed))]


def test_a_true_claim_is_read_with_its_sentence_and_with_others_that_say_nothing_of_it() -> None:
    found = drawn(TRUE)
    assert {"Anna won in 1954." in one.sentences for one in found if not any(one.holds)} == {False}
    for one in found:
        told = [said for said, holds in zip(one.sentences, one.holds, strict=True) if holds]
        assert told == ["Anna won in 1954."] * any(one.holds)
        assert one.task == SUPPORTS and one.context == ("A race",)
    assert {len(one.sentences) for one in found if any(one.holds)} == {1, 2}


def test_a_false_claim_is_read_with_the_sentence_that_belies_it() -> None:
    found = drawn(replace(TRUE, claim="Ben won.", supported=False, kind="answer-near"))
    assert len(found) == 40
    assert all("Anna won in 1954." in one.sentences and not any(one.holds) for one in found)


def test_a_true_claim_about_another_passage_is_borne_out_by_nothing() -> None:
    found = drawn(replace(TRUE, supported=False, kind="passage", place=None))
    assert len({one.sentences for one in found}) > 3
    assert not any(any(one.holds) for one in found)


def test_a_reply_is_read_with_all_that_was_known() -> None:
    [one] = of_example(replace(TRUE, set="begin", place=None), random.Random(0))
    assert one.sentences == (" ".join(TEXT.sentences),) and one.holds == (True,)


def test_questions_of_our_passages_become_claims_with_right_and_wrong_answers() -> None:
    passage = Written(
        "en-en",
        ["Anna won in 1954.", "Ben won in 1960."],
        [Answered(0, "When did Anna win?", "1954", "c", "f"),
         Answered(1, "When did Ben win?", "1960", "c", "f")],
    )  # fmt: skip
    found = [
        made for seed in range(40) for made in of_questions(passage, "en", random.Random(seed))
    ]
    assert {(one.asking, *sorted(one.sentences)[:1]) for one in found if any(one.holds)} >= {
        ("Anna win 1954.", "Anna won in 1954.")
    }
    assert "Anna win 1960." in {one.asking for one in found}
    for one in found:
        right = {"Anna won in 1954." if "Anna" in one.asking else "Ben won in 1960."}
        told = {said for said, holds in zip(one.sentences, one.holds, strict=True) if holds}
        assert told <= right
        if ("Anna" in one.asking) != ("1954" in one.asking):
            assert not told
