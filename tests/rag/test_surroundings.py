"""What a quoted sentence leans on, and lists that go beyond their passage."""

from itertools import pairwise

import pytest

from bilingual.sentences import split
from rag.surroundings import (
    Place,
    announced,
    announced_within,
    before,
    leans,
    rest_of_quotation,
    steps,
)
from rag.types import Hit
from vectorstore.types import Document, Passage, Sentence

TEXT = (
    "Hai hội nghị họp ở Seoul và Kigali. Các cam kết đưa ra ở hai sự kiện này được ghi nhận.\n\n"
    "Họ nêu các ưu tiên sau:\n\n"
    "- mở AI cho mọi người;\n"
    "- dùng ít điện hơn. Việc này cần thời gian.\n"
    "- hợp tác quốc tế.\n\n"
    "Hội nghị bế mạc."
)
CUT = TEXT.index("- dùng ít điện") + 2


def passages(*cuts: int, text: str = TEXT) -> list[Passage]:
    """The text cut before each of `cuts`."""
    bounds = [0, *cuts, len(text)]
    found = []
    for number, (start, end) in enumerate(pairwise(bounds)):
        inside = [Sentence(a, b) for a, b in split(text) if start <= a < end]
        last = inside[-1].end
        found.append(
            Passage(number, "d", text[start:last], start, last, None, None, "vi", tuple(inside))
        )
    return found


def place(opening: str, cut: list[Passage]) -> Place:
    document = Document("d", "A title", "vi", "/a.md", "1")
    for passage in cut:
        for sentence in passage.sentences:
            found = Place(Hit(passage, document, 1.0), sentence)
            if found.text.startswith(opening):
                return found
    raise AssertionError(opening)


@pytest.mark.parametrize("cut", [passages(), passages(CUT)])
def test_a_list_is_quoted_whole_wherever_its_passage_ends(cut: list[Passage]) -> None:
    items = announced(place("Họ nêu", cut), lambda _: (TEXT, cut))
    assert [one.text for one in items] == [
        "mở AI cho mọi người;",
        "dùng ít điện hơn.",
        "hợp tác quốc tế.",
    ]
    for one in items:
        assert one.text == TEXT[one.sentence.start : one.sentence.end]
        assert one.hit.passage.start <= one.sentence.start < one.hit.passage.end


def test_only_a_sentence_that_announces_a_list_brings_one() -> None:
    cut = passages()
    assert announced(place("Hội nghị bế mạc", cut), lambda _: (TEXT, cut)) == []


def test_a_sentence_brings_the_one_that_it_leans_on() -> None:
    cut = passages(TEXT.index("Các cam kết"))
    leant_on = before(place("Các cam kết", cut), lambda _: (TEXT, cut))
    assert leant_on is not None
    assert leant_on.text == "Hai hội nghị họp ở Seoul và Kigali."


def test_a_sentence_does_not_lean_on_another_paragraph() -> None:
    cut = passages()
    assert before(place("Họ nêu", cut), lambda _: (TEXT, cut)) is None


def test_nothing_is_quoted_from_a_document_that_changed_meanwhile() -> None:
    cut = passages()
    found = place("Các cam kết", cut)
    other = [Passage(99, "d", TEXT[:9], 0, 9, sentences=(Sentence(0, 9),))]
    assert before(found, lambda _: (TEXT[:9], other)) is None
    assert before(found, lambda _: ("", ())) is None


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("He said so.", True),
        ("The two agreed on these points.", True),
        ("Ông cho rằng AI cần luật.", True),
        ("Ông Macron cho rằng AI cần luật.", False),
        ("Theo ông, luật là cần.", True),
        ("Theo ông Vance, luật là cần.", False),
        ("Trong đó có Pháp và Đức.", True),
        ("60 nước ký, trong đó có Pháp.", False),
        ("Ba nước đó đã ký.", True),
        ("Italia ký tuyên bố.", False),
        ("The summit met in Paris.", False),
    ],
)
def test_what_leans(sentence: str, expected: bool) -> None:
    assert leans(sentence) is expected


def texts(places: list[Place]) -> list[str]:
    return [one.text for one in places]


def test_a_list_ends_where_the_next_heading_stands() -> None:
    text = "The rules are:\n\n- no smoking;\n- no noise.\n\n## Opening\n\nThe house opens at nine."
    cut = passages(text=text)
    assert texts(announced(place("The rules", cut), lambda _: (text, cut))) == [
        "no smoking;",
        "no noise.",
    ]
    assert announced_within(cut[0], 0) == 2
    assert announced_within(cut[0], 1) == 0


STEPS = (
    "# Setting up\n\nPut it on a table.\n\n## Connecting\n\n1. Install the app. It is free.\n"
    "2. Hold the button.\n3. Wait.\n\nThen all is done."
)


@pytest.mark.parametrize("opening", ["Install", "It is free", "Hold", "Wait"])
def test_of_steps_all_are_quoted_in_order(opening: str) -> None:
    cut = passages(text=STEPS)
    assert texts(steps(place(opening, cut), lambda _: (STEPS, cut))) == [
        "Install the app.",
        "It is free.",
        "Hold the button.",
        "Wait.",
    ]


@pytest.mark.parametrize("opening", ["Put it", "Then all"])
def test_what_stands_outside_of_a_numbered_list_brings_no_steps(opening: str) -> None:
    cut = passages(text=STEPS)
    assert steps(place(opening, cut), lambda _: (STEPS, cut)) == []


def test_a_list_right_below_a_heading_is_quoted_whole() -> None:
    text = "# Rules\n\nBe kind.\n\n## Badges\n- Take it down.\n- Sign here.\n- Leave.\n\nBye."
    said = ["Be kind.", "Take it down.", "Sign here.", "Leave.", "Bye."]
    places = [Sentence(text.index(one), text.index(one) + len(one)) for one in said]
    cut = [Passage(0, "d", text, 0, len(text), None, None, "en", tuple(places))]
    assert steps(place("Be kind", cut), lambda _: (text, cut)) == []
    assert steps(place("Bye", cut), lambda _: (text, cut)) == []
    assert texts(steps(place("Sign", cut), lambda _: (text, cut))) == [
        "Take it down.",
        "Sign here.",
        "Leave.",
    ]


def test_a_quotation_is_quoted_to_its_end() -> None:
    text = 'Bà Lài kể: "Nước lên lúc hai giờ. Tôi cõng mẹ lên gác." Bà ở đó một mình.'
    cut = passages(text=text)
    rest = rest_of_quotation(place("Bà Lài", cut), lambda _: (text, cut))
    assert texts(rest)[:1] == ['Tôi cõng mẹ lên gác."'] and len(rest) == 1


def test_a_quotation_that_is_never_closed_brings_nothing() -> None:
    text = 'He said: "We go. We come. They stayed.\n\nNobody knew."'
    cut = passages(text=text)
    assert rest_of_quotation(place("He said", cut), lambda _: (text, cut)) == []
