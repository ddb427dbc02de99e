"""A question in the library's words."""

from collections.abc import Sequence

import pytest

from rag.wording import misspelt, put_right, with_governments


def counts(words: Sequence[str]) -> list[int]:
    library = {"orlapress", "kenya", "kowalski", "trawlers", "boccioni", "washington"}
    return [int(word in library) for word in words]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Did Thialand sign?", "Did Thailand sign?"),
        ("Who quoted Orlaprss?", "Who quoted Orlapress?"),
        ("ngư dân kenia được gì", "ngư dân kenya được gì"),
        ("Which agancy pays?", "Which agency pays?"),
        ("How many experst sit there?", "How many experts sit there?"),
        ("Where are the headquaters?", "Where are the headquarters?"),
        ("Whose Tralwers are these?", "Whose Trawlers are these?"),
    ],
)
def test_a_misspelt_word_is_the_known_one_beside_it(typed: str, meant: str) -> None:
    assert put_right(typed, misspelt(typed, counts)) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "Which cities does the trawler visit, and who refounded them?",  # known forms
        "What did Kowalska say?",  # another ending of a name
        "Did Marten Zwiklo come?",  # nobody knows anything like it
        "thuong truc cua truong nghien cuu",  # Vietnamese without marks
        "Where is AS-2O6 or x@orlaprss.com or https://orlaprss.com?",
        "Has Xenia met Zenia?",  # four and five letters, the first of which differs
        "Ai đã tới Algeria và Nigeria?",  # places that the library need not know
    ],
)
def test_what_may_be_right_stays(typed: str) -> None:
    assert misspelt(typed, counts) == {}


DECLINED = ["The declaration was not signed by the US and the UK.", "China and India signed it."]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Did London sign?", "Did United Kingdom sign?"),
        (
            "Why did Washington and London decline?",
            "Why did Washington and United Kingdom decline?",
        ),
        ("Was it signed by New Delhi?", "Was it signed by India?"),
        ("Beijing's reasons", "China's reasons"),
        ("Who chaired the London summit?", "Who chaired the London summit?"),
        ("Who met in London?", "Who met in London?"),
        ("Did Moscow sign?", "Did Moscow sign?"),  # nothing is told of Russia
    ],
)
def test_a_capital_that_acts_is_its_government(asked: str, meant: str) -> None:
    assert with_governments(asked, "en", DECLINED, counts) == meant


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Vì sao Luân Đôn không ký?", "Vì sao Vương quốc Anh không ký?"),
        ("luân đôn có ký không", "Vương quốc Anh có ký không"),
        ("Ai gặp nhau ở Bắc Kinh?", "Ai gặp nhau ở Bắc Kinh?"),
        ("Hội nghị London do ai chủ trì?", "Hội nghị London do ai chủ trì?"),
    ],
)
def test_so_it_is_in_vietnamese(asked: str, meant: str) -> None:
    told = ["Mỹ và Anh không ký tuyên bố.", "Trung Quốc có ký."]
    assert with_governments(asked, "vi", told, counts) == meant


def test_a_capital_that_the_documents_name_stays() -> None:
    told = ["London declined, and so did the UK's partners.", "Hà Nội ủng hộ Việt Nam."]

    def here(words: Sequence[str]) -> list[int]:
        return [int(word == "london") for word in words]

    for asked in ("Did London decline?", "Did Hà Nội agree?", "Did Hanoi agree?"):
        assert with_governments(asked, "en", told, here) == asked
