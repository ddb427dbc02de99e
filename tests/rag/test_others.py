"""Where others are asked for: what names nobody new, and what was told, is not told again."""

from __future__ import annotations

import pytest

from bilingual.lexicon import default_lexicon
from rag.evidence import gather
from rag.followups.forms import asked_by
from rag.others import without_told
from rag.question import check_question
from rag.rarity import Rarity
from rag.terms import terms_of
from tests.rag.passages import hits


@pytest.mark.parametrize(
    ("question", "told", "others", "kept"),
    [
        ("Which other leaders spoke?", "President Emmanuel Macron spoke.",
         ["Prime Minister Narendra Modi spoke.", "The Eurasia Group spoke."],
         ["Prime Minister Narendra Modi spoke."]),
        ("Which other international companies spoke?", "OpenAI Labs spoke.",
         ["Eurasia Group spoke.", "France spoke."], ["Eurasia Group spoke."]),
        ("Which other countries spoke?", "France spoke.",
         ["Eurasia Group spoke.", "Vietnam spoke."], ["Vietnam spoke."]),
        ("Which other cities spoke?", "The city of Lyon spoke.",
         ["The city of Rouen spoke.", "The Eurasia Group spoke."], ["The city of Rouen spoke."]),
        ("Công ty nước ngoài nào khác phát biểu?", "Công ty Bình Minh phát biểu.",
         ["Công ty Hoàng Hôn phát biểu.", "Nước Pháp phát biểu."],
         ["Công ty Hoàng Hôn phát biểu."]),
        ("Why else?", "France spoke.", ["France spoke again."], ["France spoke again."]),
    ],
)  # fmt: skip
def test_others_are_of_the_kind_that_is_asked_for(
    question: str, told: str, others: list[str], kept: list[str]
) -> None:
    asked = check_question(question, 2000)
    found = gather(
        asked,
        terms_of(asked, default_lexicon()),
        hits(told, *others),
        lambda term: Rarity(1.0, known=True),
    )
    left = without_told(found, [told], None)
    assert [one.text for one in left.candidates] == kept


@pytest.mark.parametrize(
    ("question", "by"),
    [
        ("Which international organisations took part?", "which international organisations"),
        ("Which nations signed?", "which nations"),
        ("Thành phố nào đăng cai?", "thành phố nào"),
    ],
)
def test_by_which_words_it_is_asked_which(question: str, by: str) -> None:
    asked = asked_by(check_question(question, 2000))
    assert asked is not None and (asked[0], asked[1][0]) == ("which", by)


@pytest.mark.parametrize("question", ["Which citizens voted?", "What nationality is Macron?"])
def test_what_only_looks_like_countries_or_cities_is_none(question: str) -> None:
    asked = asked_by(check_question(question, 2000))
    assert asked is not None and asked[0] == "other"
