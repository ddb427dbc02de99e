"""What becomes of sentences that their passages do not support, and who decides that."""

from __future__ import annotations

import pytest

from rag.errors import LLMError
from rag.llm.stop import LLMStoppedError, Stop
from rag.types import Claim
from tests.fakes_llm import ScriptedLLM
from tests.rag.llm.test_generative import BUDGET, SUMMIT, answer
from tests.rag.passages import VI, hits, quotes

TRUE = "The summit was on 10 and 11 February 2025 [1]."
FALSE = "The budget is 110 billion euros [2]."
MIXED = f"{TRUE} {FALSE} India will host the next meeting [2]."


def test_by_default_an_unsupported_sentence_is_marked() -> None:
    text, closed, made = answer(ScriptedLLM(MIXED))
    assert [claim.verdict for claim in made.claims] == ["supported", "unsupported", "supported"]
    assert "110 billion" in text and list(made.claims) == closed
    assert "removed" not in made.trace


def test_dropped_sentences_are_never_shown_not_even_while_they_are_written() -> None:
    text, closed, made = answer(ScriptedLLM(MIXED), unsupported="drop")
    assert "110" not in text and "110" not in str(closed)
    assert [claim.verdict for claim in made.claims] == ["supported", "supported"]
    assert text.split() == f"{TRUE} India will host the next meeting [2].".split()
    assert made.trace["removed"] == ["The budget is 110 billion euros."]


@pytest.mark.parametrize("policy", ["drop", "refuse"])
def test_an_answer_with_nothing_left_is_a_refusal_that_says_why(policy: str) -> None:
    text, closed, made = answer(ScriptedLLM(FALSE), unsupported=policy)
    assert (text, closed, made.claims, made.refused) == ("", [], (), True)
    assert made.refusal is not None and "do not support it" in made.refusal
    said = ScriptedLLM("Ngân sách là 110 tỷ [2].")
    _, _, made = answer(said, hits("Ngân sách là 109 tỷ.", language="vi"), VI, unsupported=policy)
    assert made.refusal is not None and "không chứng thực" in made.refusal


def test_refusing_holds_the_whole_answer_back_until_its_last_sentence() -> None:
    text, closed, made = answer(ScriptedLLM(MIXED), unsupported="refuse")
    assert (text, closed, made.claims, made.refused) == ("", [], (), True)
    text, closed, made = answer(ScriptedLLM(TRUE), unsupported="refuse")
    assert (text.strip(), len(closed), made.refused) == (TRUE, 1, False)


# ---- mending ------------------------------------------------------------------------------------


def test_a_wrong_citation_is_mended_and_the_claim_says_what_it_was() -> None:
    found = hits(SUMMIT, BUDGET)
    _, closed, made = answer(ScriptedLLM("The budget is 109 billion euros [1]."), found)
    (claim,) = made.claims
    assert claim.verdict == "supported" and claim.reason is None
    assert [citation.document for citation in claim.citations] == ["doc-2"]
    assert [citation.document for citation in claim.mended_from] == ["doc-1"]
    quotes(found, [*claim.citations, *claim.mended_from])
    assert closed == [claim] and made.trace["mended"] == 1


def test_a_second_passage_is_added_where_both_are_needed() -> None:
    said = "Emmanuel Macron chaired the summit and India will host the next meeting [1]."
    _, _, made = answer(ScriptedLLM(said))
    (claim,) = made.claims
    assert claim.verdict == "supported"
    assert {citation.document for citation in claim.citations} == {"doc-1", "doc-2"}


def test_a_denial_takes_no_name_from_a_passage_that_belies_it() -> None:
    found = hits(
        "The final statement was not signed by the US and the UK.",
        "The final statement has China, France and India among those who signed.",
    )
    for country in ("France", "China", "India"):
        _, _, made = answer(ScriptedLLM(f"{country} did not sign the final statement [1]."), found)
        (claim,) = made.claims
        assert claim.verdict != "supported" and claim.mended_from == ()


@pytest.mark.parametrize(
    "said",
    [
        "The budget is 110 billion euros [1].",  # no passage says it
        "The budget is 109 billion euros.",  # nothing cited: flagged, not guessed
        "The budget is 109 billion euros [9].",
    ],
)
def test_what_no_passage_supports_or_what_cites_nothing_is_not_mended(said: str) -> None:
    _, _, made = answer(ScriptedLLM(said))
    (claim,) = made.claims
    assert claim.verdict == "unsupported" and claim.mended_from == ()


def test_a_citation_that_holds_is_left_alone_though_another_would_hold_too() -> None:
    found = hits(SUMMIT, "Emmanuel Macron chaired the summit in Paris, France.")
    _, _, made = answer(ScriptedLLM("Emmanuel Macron chaired it in Paris [1]."), found)
    assert made.claims[0].mended_from == ()


def test_a_mended_claim_is_told_in_the_terminal_and_in_json() -> None:
    from rag.types import Answer, Timings
    from ui.ask_command import as_text

    _, _, made = answer(ScriptedLLM("The budget is 109 billion euros [1]."))
    whole = Answer("?", "en", made.claims, False, (), None, (), Timings())
    assert "citation corrected: the language model had cited Doc" in as_text(whole)
    assert whole.to_dict()["claims"][0]["mended_from"][0]["document"] == "doc-1"


# ---- the model as judge -------------------------------------------------------------------------

OPINION = "The leaders agreed on a common path for the coming years [1]."


def judged(*verdicts: str | Exception, said: str = OPINION) -> tuple[Claim, ScriptedLLM, int]:
    llm = ScriptedLLM(said, *verdicts)
    _, _, made = answer(llm, hits(SUMMIT), judge="llm")
    return made.claims[0], llm, made.trace["judge_failures"]


def test_the_judge_decides_where_the_rules_cannot() -> None:
    claim, llm, failures = judged("SUPPORTED. It says so.")
    assert (claim.verdict, claim.reason, failures) == ("supported", None, 0)
    assert "common path" in llm.prompts[1] and "<<<PASSAGE 1 " in llm.prompts[1]
    claim, _, _ = judged("**Unsupported** – the passage names no agreement.")
    assert claim.verdict == "unsupported"
    assert claim.reason is not None and claim.reason.startswith("the passage names no agreement")
    claim, _, _ = judged("NOT SUPPORTED: no agreement is named.")
    assert claim.verdict == "unsupported" and claim.reason == "no agreement is named."
    claim, _, _ = judged("UNSURE")
    assert claim.verdict == "unsure" and claim.reason and "cannot tell" in claim.reason


@pytest.mark.parametrize(
    "thought", ["<think>Is it SUPPORTED?</think>", "<think>hm</think>\n\n", "Is it?\n</think>\n"]
)
def test_a_judge_that_thinks_first_is_heard(thought: str) -> None:
    claim, _, failures = judged(f"{thought}UNSUPPORTED. It names no agreement.")
    assert (claim.verdict, claim.reason, failures) == ("unsupported", "It names no agreement.", 0)


def test_a_certain_check_needs_no_judge_and_cannot_be_overruled() -> None:
    claim, llm, _ = judged(said="The summit was on 12 February 2025 [1].")
    assert claim.verdict == "unsupported" and len(llm.prompts) == 1
    claim, llm, _ = judged(said="Emmanuel Macron chaired it in Paris [1].")
    assert claim.verdict == "supported" and len(llm.prompts) == 1
    claim, llm, _ = judged(said="The leaders agreed on a path.")
    assert claim.verdict == "unsupported" and len(llm.prompts) == 1


@pytest.mark.parametrize("verdict", ["I would say yes", "", LLMError(endpoint="x", detail="down")])
def test_a_judge_without_a_verdict_leaves_it_to_the_rules(verdict: str | Exception) -> None:
    claim, _, failures = judged(verdict)
    assert (claim.verdict, failures) == ("unsupported", 1)


def test_a_reason_is_cleaned_of_what_a_renderer_would_act_on() -> None:
    claim, _, _ = judged("UNSUPPORTED ![x](http://evil.example/a) <b>no</b>")
    assert claim.reason is not None
    assert "evil" not in claim.reason and "<" not in claim.reason


def test_the_writing_has_ended_before_the_judging_begins() -> None:
    llm = ScriptedLLM(f"{OPINION} {OPINION}", "SUPPORTED", "SUPPORTED")
    text, closed, made = answer(llm, hits(SUMMIT), judge="llm")
    assert len(closed) == len(made.claims) == 2 and "common path" in text
    assert not llm.closed_early


def test_stopping_the_judge_stops_the_answer() -> None:
    stop = Stop()

    class PressingLLM(ScriptedLLM):
        def _say(self, prompt: str):  # type: ignore[no-untyped-def]
            if self._prompts:
                stop.press()
            yield from super()._say(prompt)

    from rag.llm.generative import GenerativeAnswerer
    from rag.settings import Settings
    from tests.rag.passages import EN

    answerer = GenerativeAnswerer(PressingLLM(OPINION, "SUPPORTED"), Settings(judge="llm"))
    with pytest.raises(LLMStoppedError):
        list(answerer.answer(EN, hits(SUMMIT), stop=stop))
