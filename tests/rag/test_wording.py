"""A question in the library's words."""

from collections.abc import Sequence

import pytest

from bilingual.stems import stems
from rag import Assistant
from rag.question import check_question, reread
from rag.wording import respelt, with_governments

LIBRARY = (
    "orlapress kenya kowalski trawlers boccioni washington settle stele irrigation lama".split()
)


def counts(words: Sequence[str]) -> list[int]:
    return [int(word in LIBRARY) for word in words]


def of_stems(words: Sequence[str]) -> list[int]:
    return [int(word in stems(LIBRARY)) for word in words]


def no_counts(words: Sequence[str]) -> list[int]:
    return [0] * len(words)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Did Thialand sign?", "Did Thailand sign?"),
        ("Did Vietnm and Irland sign?", "Did Vietnam and Ireland sign?"),
        ("Who quoted Orlaprss?", "Who quoted Orlapress?"),
        ("ngư dân orlapres nói gì", "ngư dân orlapress nói gì"),
        ("Bocicioni ủng hộ điều gì?", "Boccioni ủng hộ điều gì?"),
        ("How many experst sit there?", "How many experts sit there?"),
        ("Where are the headquaters?", "Where are the headquarters?"),
        ("Becuase of what?", "Because of what?"),
        ("HEADQUATERS?", "HEADQUARTERS?"),
        ("Who came to setle here?", "Who came to settle here?"),
        (
            "Sumarize it, not “sumarize” or sumarize@x.vn or sumarize.pdf",
            "Summarize it, not “sumarize” or sumarize@x.vn or sumarize.pdf",
        ),
    ],
)
def test_a_misspelt_word_is_the_known_one_beside_it(typed: str, meant: str) -> None:
    assert respelt(typed, counts, of_stems) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "Which cities does the trawler irrigate, and who refounded them?",  # known forms
        "What did Kowalska say?",  # another ending of a name
        "Did Indira sign, or Osman, Jahan and Hwang?",  # not India, Oman, Japan
        "Who is Marten Thialand?",  # part of a name
        "Did Marco and Romana sign?",  # not Maroc, not Romania
        "Did Zwiklo come?",  # nobody knows anything like it
        "thuong truc cua truong nghien cuu",  # Vietnamese without marks
        "Where is AS-2O6 or x@orlaprss.com or https://orlaprss.com?",
        "Has Xenia met Zenia?",
        "Ai đã tới Algeria và Nigeria?",  # places that the library need not know
        "What is the outlay, and who may waive it?",  # not outlaw, not wave
    ],
)
def test_what_may_be_right_stays(typed: str) -> None:
    assert respelt(typed, counts, of_stems) == typed


@pytest.mark.parametrize(
    "typed",
    ["x" * 1999, "Q" * 1999, " ".join(f"qx{'zjkv' * 2}{at:c}" for at in range(97, 123))],
)
def test_of_two_thousand_letters_few_words_are_looked_up(typed: str) -> None:
    looked_up: list[str] = []

    def counted(words: Sequence[str]) -> list[int]:
        looked_up.extend(words)
        return counts(words)

    assert respelt(typed, counted, of_stems) == typed
    # Eight unknown words, each with what differs from it in one letter.
    assert len(looked_up) < 8 * 2 * 27 * 12


def test_marks_are_restored_in_the_corrected_question() -> None:
    question = check_question("Orlaprss noi gi", 2000, counts, of_stems)
    assert question.typed == "Orlaprss noi gi"
    assert question.text == "Orlapress noi gi"
    assert question.marked == "Orlapress nói gì"


DECLINED = ["The declaration was not signed by the US and the UK.", "China and India signed it."]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Did London sign?", "Did the United Kingdom sign?"),
        (
            "Why did Washington and London decline?",
            "Why did Washington and the United Kingdom decline?",
        ),
        ("Was it signed by New Delhi?", "Was it signed by India?"),
        ("Beijing's reasons", "China's reasons"),
        ("Beijing's population?", "Beijing's population?"),
        ("When did London host the summit?", "When did London host the summit?"),
        ("Was it driven by London bus?", "Was it driven by London bus?"),
        (
            "London and Washington declined, why?",
            "the United Kingdom and Washington declined, why?",
        ),
        (
            "Why did the United States and London decline?",
            "Why did the United States and the United Kingdom decline?",
        ),
        ("Did Washington and London attend?", "Did Washington and the United Kingdom attend?"),
        (
            "Is it true that in Washington and London people met?",
            "Is it true that in Washington and London people met?",
        ),
        (
            "In that long year, London declined. Why?",
            "In that long year, the United Kingdom declined. Why?",
        ),
        ("Beijing declined, why?", "China declined, why?"),
        ("Who chaired the London summit?", "Who chaired the London summit?"),
        ("Did London School of Economics sign?", "Did London School of Economics sign?"),
        ("Who met in London?", "Who met in London?"),
        ("Was it held in Washington and London?", "Was it held in Washington and London?"),
        ("In Washington and London, what was said?", "In Washington and London, what was said?"),
        ("Washington and London refused", "Washington and the United Kingdom refused"),
        ("London summit outcomes", "London summit outcomes"),
        ("London is in which country?", "London is in which country?"),
        ("London, Ontario", "London, Ontario"),
        ("What was signed by “London”?", "What was signed by “London”?"),
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
        ("Luân Đôn đã ủng hộ điều gì?", "Vương quốc Anh đã ủng hộ điều gì?"),
        ("Vì sao Mỹ và Luân Đôn không ký?", "Vì sao Mỹ và Vương quốc Anh không ký?"),
        (
            "Theo bài tiếng Anh, Luân Đôn có ký không?",
            "Theo bài tiếng Anh, Vương quốc Anh có ký không?",
        ),
        ("Nha Trang không có tàu điện à?", "Nha Trang không có tàu điện à?"),
        ("Người phát ngôn bên London nói gì?", "Người phát ngôn bên Vương quốc Anh nói gì?"),
        ("Ai gặp nhau ở Bắc Kinh?", "Ai gặp nhau ở Bắc Kinh?"),
        ("Bắc Kinh có bao nhiêu quận?", "Bắc Kinh có bao nhiêu quận?"),
        ("Các thành phố như Bắc Kinh", "Các thành phố như Bắc Kinh"),
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


def test_the_government_is_read_in_the_question_without_marks_too() -> None:
    question = check_question("luan don khong ky tuyen bo", 2000, counts, of_stems)
    again = reread(question, counts, ["Anh và Mỹ không ký tuyên bố."])
    assert again.marked == "Vương quốc Anh không ký tuyên bố"
    assert again.typed == "luan don khong ky tuyen bo" != again.text


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("Nước nào ko ký tuyên bố?", "Nước nào không ký tuyên bố?"),
        ("Nước nào khong ký tuyên bố?", "Nước nào không ký tuyên bố?"),
        ("Nước nào k ký tuyên bố?", "Nước nào không ký tuyên bố?"),
        ("Nước nào hok ký tuyên bố?", "Nước nào không ký tuyên bố?"),
        ("Nước nào hông ký tuyên bố?", "Nước nào không ký tuyên bố?"),
        ("Ko ký thì sao?", "Không ký thì sao?"),
        ("NƯỚC NÀO KO KÝ?", "NƯỚC NÀO KHÔNG KÝ?"),
        ("nuoc nao ko ky tuyen bo", "nuoc nao khong ky tuyen bo"),
        ("nhan vien dc nghi bao nhieu ngay", "nhan vien duoc nghi bao nhieu ngay"),
        ("JD Vance nói j?", "JD Vance nói gì?"),
        ("Which countries didnt sign?", "Which countries didn't sign?"),
        ("Why dont they sign?", "Why don't they sign?"),
        ("Why can`t they sign?", "Why can't they sign?"),
    ],
)
def test_shorthand_is_written_out(typed: str, understood: str) -> None:
    question = check_question(typed, 2000, no_counts, no_counts)
    assert (question.typed, question.text) == (typed, understood)


@pytest.mark.parametrize(
    "typed",
    [
        "Vitamin k là gì?",
        "Giá 500 k là sao?",
        "Công ty K là gì?",
        "Nước nào “ko” ký?",
        "Lỗ hổng là gì?",
        "Who won by KO?",
        "song hong chay qua dau",
        "hong kong ở đâu?",
        "Hong kong ở đâu?",
        "Why can the want of it matter?",
    ],
)
def test_what_only_looks_like_shorthand_stays(typed: str) -> None:
    assert check_question(typed, 2000, no_counts, no_counts).text == typed


def test_a_word_of_the_librarys_is_no_shorthand() -> None:
    def has_sour(words: Sequence[str]) -> list[int]:
        return [int(word == "chua") for word in words]

    assert check_question("Vị nào chua?", 2000, has_sour, no_counts).text == "Vị nào chua?"
    assert check_question("Ai chua ký?", 2000, no_counts, no_counts).text == "Ai chưa ký?"


@pytest.mark.parametrize(
    "typed",
    ["Nước nào ko ký tuyên bố chung?", "nuoc nao k ky tuyen bo chung?",
     "Nước nào khong ký tuyên bố chung?"],
)  # fmt: skip
def test_a_hurried_not_asks_for_those_that_did_not(typed: str, paris: Assistant) -> None:
    answer = paris.ask(typed)
    assert any("Mỹ" in claim.text and "không" in claim.text for claim in answer.claims), answer.text
    assert "không" in answer.standalone or "khong" in answer.standalone
