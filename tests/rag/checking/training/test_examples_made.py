"""What the claims are made of: statements of questions, and altered sentences."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bilingual.texts import InterfaceLanguage
from rag.checking.negation import says_not
from rag.checking.training.alterations import ALTERATIONS
from rag.checking.training.examples import Text, begin, passages_of, side_of
from rag.checking.training.statements import answer_kind, statement


@pytest.mark.parametrize(
    ("question", "answer", "language", "made"),
    [
        ("Đội thủ đã thua bao nhiêu điểm?", "308", "vi", "Đội thủ đã thua 308 điểm."),
        ("Ai là người chủ trì?", "Ông Macron", "vi", "Ông Macron là người chủ trì."),
        ("Hội nghị diễn ra khi nào?", "năm 2025", "vi", "Hội nghị diễn ra năm 2025."),
        ("Tại sao họ đến?", "họ được mời", "vi", "Họ đến vì họ được mời."),
        ("Who won the match?", "Denver", "en", "Denver won the match."),
        ("How many points did they score?", "308", "en", "They score 308 points."),
        ("When was the treaty signed?", "in 1954", "en", "The treaty was signed in 1954."),
    ],
)
def test_a_question_and_its_answer_become_a_statement(
    question: str, answer: str, language: InterfaceLanguage, made: str
) -> None:
    assert statement(question, answer, language) == made


def test_answers_are_told_apart_by_kind() -> None:
    kinds = [answer_kind(answer, "en") for answer in ("1954", "Emmanuel Macron", "to save money")]
    assert kinds == ["figure", "name", "words"]


PASSAGE = Text(
    (
        "Emmanuel Macron met Narendra Modi in Paris in February 2019.",
        "They spent 109 million euros and were not paid.",
        "In Berlin 73 people waited for Angela Merkel.",
    ),
    "en",
)


@pytest.mark.parametrize(
    ("kind", "claim"),
    [
        ("number", PASSAGE.sentences[1]),
        ("number-near", PASSAGE.sentences[1]),
        ("date", PASSAGE.sentences[0]),
        ("name", PASSAGE.sentences[0]),
        ("name-near", PASSAGE.sentences[0]),
        ("negation", PASSAGE.sentences[1]),
        ("role", PASSAGE.sentences[0]),
    ],
)
def test_an_alteration_changes_what_it_names(kind: str, claim: str) -> None:
    altered = ALTERATIONS[kind](claim, PASSAGE, "en", ["Zanzibar"], random.Random(1))
    assert altered is not None
    assert altered != claim
    whole = " ".join(PASSAGE.sentences)
    new = [word.strip(".,") for word in altered.split() if word.strip(".,") not in claim]
    if kind.endswith("near"):
        assert new and all(word in whole for word in new)
    if kind in ("number", "date", "name"):
        assert new and not any(word in whole for word in new)
    if kind == "negation":
        assert says_not(altered) != says_not(claim)
    if kind == "role":
        assert sorted(altered.split()) == sorted(claim.split())


def test_a_sentence_that_cannot_bear_an_alteration_is_left_out() -> None:
    for kind in ("number", "date", "name", "role"):
        assert ALTERATIONS[kind]("They all went home.", PASSAGE, "en", [], random.Random(1)) is None


def test_evidence_becomes_passages_with_its_sentences() -> None:
    hits = passages_of(Text(tuple(f"Sentence {n} " + "word " * 150 + "." for n in range(5)), "en"))
    assert len(hits) > 1
    for hit in hits:
        for sentence in hit.passage.sentences:
            assert hit.passage.text[sentence.start : sentence.end].startswith("Sentence")


def test_the_articles_are_parted_into_those_to_read_to_fit_on_and_to_measure_on() -> None:
    sides = [side_of(number) for number in range(48)]
    assert sides == ["read"] * 12 + ["train"] * 12 + ["test"] * 24


def test_the_replies_are_parted_so_too(tmp_path: Path) -> None:
    head = "begin_label\tknowledge\tresponse\n"
    rows = [f"Fully attributable\tIt is {number}.\tIt is {number}.\n" for number in range(2000)]
    (tmp_path / "begin_wow_dev.tsv").write_text(head + rows[0], encoding="utf-8")
    (tmp_path / "begin_wow_test.tsv").write_text(head + "".join(rows), encoding="utf-8")
    [dev, *test] = begin(tmp_path)
    assert dev.side == "read"
    assert [one.side for one in test] == ["read"] * 900 + ["train"] * 900 + ["test"] * 200
