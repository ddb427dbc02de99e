"""Which sentences bear on a question, when they are quoted, and when it is refused."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bilingual.lexicon import default_lexicon
from bilingual.sentences import split
from rag.evidence import Evidence, gather
from rag.extractive import answer_verbatim
from rag.question import check_question
from rag.rarity import Rarity
from rag.refusal import confidence, is_certain, missing_from, refusal
from rag.terms import Term, terms_of
from rag.types import ClaimClosed, Generated, Hit
from vectorstore.types import Document, Passage, Sentence

TEXT = (
    "The summit met in Paris on 10 and 11 February 2025. It was chaired by Emmanuel Macron and "
    "Narendra Modi. 60 countries adopted the joint statement. The US and the UK refused to sign "
    "it. The main priorities are:\n- open models;\n- safe systems.\nThen everybody went home."
)


def hit(text: str = TEXT, number: int = 1, score: float = 1.0) -> Hit:
    sentences = tuple(Sentence(start, end) for start, end in split(text))
    passage = Passage(number, f"doc-{number}", text, 0, len(text), sentences=sentences)
    return Hit(passage, Document(f"doc-{number}", "A title", "en", "/a.md", "1"), score)


def evidence(question: str, hits: Sequence[Hit], unknown: Sequence[str] = ()) -> Evidence:
    asked = check_question(question, 2000)

    def weigh(term: Term) -> Rarity:
        # As in a library about one summit, that word is common.
        return Rarity(0.5 if term.stem == "summit" else 2.0, known=term.text not in unknown)

    return gather(asked, terms_of(asked, default_lexicon()), hits, weigh)


def quoted(found: Evidence, passages: Sequence[Passage] | None = None) -> list[str]:
    """What is quoted, from a document of `passages`, by default those that were found."""
    own = passages or [one.hit.passage for one in found.candidates[:1]]
    made: Generated | None = None
    steps = answer_verbatim(found, lambda document: (TEXT, own))
    closed = []
    while made is None:
        try:
            event = next(steps)
        except StopIteration as ended:
            made = ended.value
        else:
            closed += [event.claim] if isinstance(event, ClaimClosed) else []
    assert list(made.claims) == closed
    for claim in made.claims:
        for citation in claim.citations:
            assert citation.quote == TEXT[citation.start : citation.end] == claim.text
    return [claim.text for claim in made.claims]


def test_the_sentence_that_answers_comes_first() -> None:
    for question, start in (
        ("Who chaired the summit?", "It was chaired"),
        ("How many countries adopted the statement?", "60 countries"),
        ("When did the summit meet?", "The summit met"),
    ):
        assert evidence(question, [hit()]).candidates[0].text.startswith(start)


def test_a_question_that_denies_finds_the_sentence_that_denies() -> None:
    found = evidence("Which countries did not sign the statement?", [hit()])
    assert found.candidates[0].text.startswith("The US and the UK refused")


def test_a_sentence_that_announces_a_list_brings_its_items() -> None:
    assert quoted(evidence("What are the main priorities?", [hit()]))[:3] == [
        "The main priorities are:",
        "open models;",
        "safe systems.",
    ]


def test_a_question_in_a_document_is_no_answer_and_tells_what_the_next_sentences_are_about() -> (
    None
):
    text = "Where do I park? Behind the hall. Who handles complaints? Ask for Farida Quill."
    found = evidence("Who handles complaints?", [hit(text)])
    assert [one.text for one in found.candidates if "?" in one.text] == []
    assert found.candidates[0].text == "Ask for Farida Quill."
    alone = evidence("Who handles complaints?", [hit("Who handles complaints?")])
    assert len(alone.candidates) == 1


def test_a_passage_into_which_a_list_goes_on_is_told_beside_those_found() -> None:
    cut = TEXT.index("safe systems")
    parts = [(1, 0, cut - 3), (2, cut, len(TEXT))]
    own = [
        Passage(
            number,
            "doc-1",
            TEXT[start:end],
            start,
            end,
            sentences=tuple(Sentence(a, b) for a, b in split(TEXT) if start <= a < end),
        )
        for number, start, end in parts
    ]
    document = Document("doc-1", "A title", "en", "/a.md", "1")
    found = evidence("What are the main priorities?", [Hit(own[0], document, 1.0)])
    made = None
    steps = answer_verbatim(found, lambda _: (TEXT, own))
    try:
        while True:
            next(steps)
    except StopIteration as ended:
        made = ended.value
    assert "safe systems." in [claim.text for claim in made.claims]
    assert [hit.passage.id for hit in made.beyond] == [2]


DUTIES = (
    "# The tenant\n\nThe tenant shall:\n\n1. pay the rent of the house;\n2. insure the house;\n"
    "3. let nobody else live in the house."
)


def in_order_of(question: str, *first: str) -> list[str]:
    """What is quoted of `DUTIES` where these sentences were found best, in this order."""
    found = evidence(question, [hit(DUTIES)])
    known = {one.text: one for one in found.candidates}
    chosen = [replace(known[text], score=1.0, parts={**known[text].parts}) for text in first]
    made = answer_verbatim(
        replace(found, candidates=chosen), lambda _: (DUTIES, [hit(DUTIES).passage])
    )
    return [event.claim.text for event in made if isinstance(event, ClaimClosed)]


def test_what_announces_a_list_stands_before_its_items() -> None:
    assert in_order_of(
        "What shall the tenant insure?", "insure the house;", "The tenant shall:"
    ) == [
        "The tenant shall:",
        "pay the rent of the house;",
        "insure the house;",
        "let nobody else live in the house.",
    ]


def test_a_list_is_quoted_whole_where_it_is_asked_for() -> None:
    two = ("let nobody else live in the house.", "pay the rent of the house;")
    assert in_order_of("What are the duties of the tenant of the house?", *two) == [
        "pay the rent of the house;",
        "insure the house;",
        "let nobody else live in the house.",
    ]
    assert in_order_of("Who lives in the house and pays the rent?", *two) == [*two]
    assert in_order_of("What are the duties of the tenant?", two[0]) == [two[0]]


def test_a_sentence_in_two_passages_is_quoted_once() -> None:
    twice = quoted(evidence("Who chaired the summit?", [hit(), hit()]))
    assert len(twice) == len(set(twice))


def test_a_name_that_the_library_does_not_know_is_named_in_the_refusal() -> None:
    found = evidence("Did Russia sign the joint statement?", [hit()], unknown=["Russia"])
    missing = missing_from(found)
    assert missing is not None and [term.text for term in missing] == ["Russia"]
    assert is_certain(found)
    assert "do not mention “Russia”" in refusal(missing, "en", empty=False)
    assert "không thấy nhắc đến “Russia”" in refusal(missing, "vi", empty=False)


def test_of_a_word_that_may_stand_there_in_other_words_less_is_said() -> None:
    budget = Term("budget", "budget", "budget", "word")
    assert "nothing in them matches “budget”" in refusal([budget], "en", empty=False)
    assert "không có đoạn nào khớp với “budget”" in refusal([budget], "vi", empty=False)


def test_several_missing_terms_are_listed_as_people_write() -> None:
    a, b, c = (Term(text, text, text, "name") for text in "abc")
    assert "“a”, “b” and “c”" in refusal([a, b, c], "en", empty=False)
    assert "“a” và “b”" in refusal([a, b], "vi", empty=False)


def test_without_passages_there_is_no_confidence_and_the_library_is_called_empty() -> None:
    found = evidence("Who chaired the summit?", [])
    assert confidence(found) < 0.5
    assert missing_from(found) is not None
    assert refusal([], "vi", empty=True) != refusal([], "vi", empty=False)


def test_a_question_about_something_else_is_refused() -> None:
    found = evidence("How do you boil pasta without salt?", [hit()], unknown=["boil", "pasta"])
    assert missing_from(found) is not None


def test_a_number_is_wanted_where_one_is_asked_for() -> None:
    text = "Many delegates adopted the joint statement in Paris at the summit."
    found = evidence("How many delegates adopted it?", [hit(text)])
    assert missing_from(found) is not None
    assert is_certain(found)


def test_words_that_are_missing_are_no_certain_refusal() -> None:
    assert not is_certain(evidence("How do you boil pasta?", [hit()], unknown=["boil", "pasta"]))


@pytest.mark.parametrize("question", ["asdf qwerx", "xxxxxx là gì?"])
def test_what_neither_documents_nor_dictionary_know_is_certainly_refused(question: str) -> None:
    missing = re.findall(r"\b(?:asdf|qwerx|xxxxxx)", question)
    found = evidence(question, [hit()], unknown=missing)
    assert is_certain(found)
    assert [term.text for term in missing_from(found) or ()] == missing


def test_what_the_question_is_about_weighs_more_than_who_speaks_of_it() -> None:
    text = (
        "The joint statement by the ministers was adopted on Monday. Energy use of large models "
        "was discussed for the first time, said the statement."
    )
    found = evidence("What does the joint statement say about energy?", [hit(text)])
    assert found.candidates[0].text.startswith("Energy use")


def test_what_is_counted_is_no_name() -> None:
    found = evidence("How much did the summit get from Norway?", [hit()])
    assert found.counted is None


def test_a_number_away_from_what_is_counted_is_worth_no_less_than_one_without_it() -> None:
    text = "Countries that met in the city in the spring were 60. There were 12."
    parts = {
        one.text: one.parts["type"]
        for one in evidence("How many countries?", [hit(text)]).candidates
    }
    assert set(parts.values()) == {0.5}


def test_who_somebody_is_may_be_told_without_another_name() -> None:
    text = "Narendra Modi is prime minister. The weather was fine."
    for question, fits in (("Who is Narendra Modi?", 1.0), ("Who met Narendra Modi?", 0.0)):
        assert evidence(question, [hit(text)]).candidates[0].parts["type"] == fits


def test_what_announces_a_list_counts_for_its_items() -> None:
    items = "".join(f"- thing {number};\n" for number in range(6))
    text = f"Countries sent these gifts:\n{items}- Laos, rice."
    alone = "Laos, rice."
    listed = evidence("Which gifts did countries send?", [hit(text)])
    plain = evidence("Which gifts did countries send?", [hit(alone)])
    own = {one.text: one.parts["coverage"] for one in listed.candidates}
    assert own[alone] > plain.candidates[0].parts["coverage"]
