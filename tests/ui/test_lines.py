from dataclasses import replace

from rag.types import Answer, Citation, Claim, Timings
from ui.lines import lines
from ui.render import turn_html
from ui.texts import turn_text
from ui.turns import Turn

POLICY = """\
Rules

Ask early. These are the steps:

- Fill in the form;
- Ask the head of the department. Wait for the answer.
- Send a copy.

That is all.

Day: Monday; Rate: 90
Day: Tuesday; Rate: 120; Note: from March.
Day: Sunday; Rate: 150; Note: none.
"""


def quoted(*quotes: str) -> list[Claim]:
    return [
        Claim(quote, (Citation("policy", "Rules", "/rules.md", start, start + len(quote), quote),))
        for quote in quotes
        for start in [POLICY.index(quote)]
    ]


def set_as(*claims: Claim) -> list[str]:
    return [
        ("- " if line.listed else "") + " ".join(claim.text for claim in line.claims)
        for line in lines(claims)
    ]


LIST = quoted(
    "Ask early.", "These are the steps:", "Fill in the form;", "Ask the head of the department.",
    "Wait for the answer.", "Send a copy.", "That is all.",
)  # fmt: skip


def test_items_of_a_list_stand_one_a_line_below_what_announces_them() -> None:
    assert set_as(*LIST) == [
        "Ask early. These are the steps:",
        "- Fill in the form;",
        "- Ask the head of the department. Wait for the answer.",
        "- Send a copy.",
        "That is all.",
    ]


def test_rows_stand_one_a_line_also_where_they_end_as_a_sentence_does() -> None:
    rows = quoted(*POLICY.splitlines()[-3:])
    assert set_as(*rows) == [f"- {claim.text}" for claim in rows]
    assert set_as(rows[0], *quoted("That is all.")) == [rows[0].text, "That is all."]


def test_sentences_run_on() -> None:
    sentences = quoted("That is all.", "Ask early.")
    written = [replace(claim, text=f"It says: {claim.text}") for claim in LIST[3:]]
    assert set_as(*sentences) == ["That is all. Ask early."]
    assert set_as(*written) == [" ".join(claim.text for claim in written)]
    assert set_as() == []


def test_an_answer_is_shown_and_copied_as_it_is_set() -> None:
    claims = tuple(LIST[1:4])
    answer = Answer("?", "en", claims, False, (), None, (), Timings())
    turn = Turn("?", "done", claims=claims, answer=answer)
    markup = turn_html(turn, 1, "en")
    assert markup.count("<li><span class") == 2
    for form in ("text", "markdown"):
        assert turn_text(turn, form, "en").startswith(
            "These are the steps: [1]\n\n"
            "- Fill in the form; [2]\n- Ask the head of the department. [3]\n"
        )
    growing = turn_html(Turn("?", "reading", claims=claims, growing="And"), 1, "en")
    assert '<p><span class="growing">And</span></p>' in growing
