"""What a model writes around its answer is neither shown as a claim nor held against it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.llm.asides import claims_nothing, says_no_answer
from tests.fakes_llm import ScriptedLLM
from tests.rag.llm.test_generative import BUDGET, SUMMIT, answer
from tests.rag.passages import VI, hits

TRUE = "Emmanuel Macron chaired it in Paris [1]."
ASIDES = [
    "# Answer", "## Who chaired it", "**Answer:**", "Sure!", "Of course.", "Sources:",
    "References: [1]", "The answer is as follows:", "Here is the answer to your question:",
    "Based on the provided passages:", "I hope this helps!", "Let me know if you need more.",
    "# Trả lời", "Câu trả lời như sau:", "Đây là câu trả lời:",
    "Theo các đoạn trích:", "Nguồn tham khảo:", "Hy vọng câu trả lời này giúp ích cho bạn!",
    "Nếu bạn còn câu hỏi nào khác, cứ hỏi nhé.",
]  # fmt: skip
CLAIMS = [
    "Yes.", "# Macron resigned [1]", "The answer is 109 billion euros.", "Sources disagree [1].",
    "Here is the answer: Macron resigned.", "Here is the answer, Macron resigned [1].",
    "Below is a summary of the 60 countries that signed [1].",
    "Đây là câu trả lời, Macron từ chức [1].", "According to the documents, India will host it.",
    "Certainly Macron chaired it.", "Có.", "Theo tài liệu, Ấn Độ sẽ đăng cai.", "Kết luận là sai.",
    "Trả lời là 109 tỷ euro.", "| Macron | chaired it [1] |",
]  # fmt: skip
NO_ANSWERS = [
    "The passages do not answer the question.", "The provided passages don’t say who chaired it.",
    "Unfortunately, the passages do not contain this information.", "I don't know.",
    "I cannot answer this question.", "There is no information about the moon in the passages.",
    "Các đoạn trích không trả lời được câu hỏi.", "Đoạn trích không cho biết ai là chủ tọa.",
    "Rất tiếc, các đoạn trích không có thông tin này.", "Tôi không biết.",
    "Không có thông tin về mặt trăng trong các đoạn trích.",
    "None of the passages answers the question.", "It is not stated in the passages.",
    "This information is not provided in the given passages.", "NOT IN PASSAGES.",
    "I'm sorry, but I can't help with that.", "The documents don't mention that.",
    "As an AI language model, I don't have access to that.",
    "Thông tin này không có trong các đoạn trích.", "Tài liệu không đề cập đến vấn đề này.",
    "Không có thông tin về vấn đề này trong tài liệu.", "Không đoạn nào đề cập đến giá vé.",
    "Tôi không tìm thấy thông tin này trong các đoạn trích.",
    "Không có đoạn trích nào trả lời câu hỏi này.",
    "Câu hỏi này không được trả lời trong các đoạn trích.",
]  # fmt: skip
ANSWERS = [
    "The US did not sign the declaration.", "The declaration does not mention China.",
    "The passages do not mention China but say that India signed.",
    "There is no information about casualties.", "Không có thông tin về thương vong.",
    "Đoạn trích không nêu Trung Quốc nhưng nêu Ấn Độ.", "Pháp không trả lời.",
    "It is not available in Vietnam.", "This was not found in the house.",
    "Thông tin này không được cung cấp cho báo chí.", "Không có tài liệu nào bị mất.",
]  # fmt: skip


@pytest.mark.parametrize("said", ASIDES)
def test_what_claims_nothing_is_no_claim_and_withholds_no_answer(said: str) -> None:
    assert claims_nothing(said)
    for whole in (f"{said}\n\n{TRUE}", f"{TRUE}\n\n{said}"):
        made = answer(ScriptedLLM([whole]), unsupported="refuse")[2]
        assert not made.refused
        assert [claim.text for claim in made.claims] == ["Emmanuel Macron chaired it in Paris."]


@pytest.mark.parametrize("said", CLAIMS)
def test_what_claims_something_is_checked(said: str) -> None:
    assert not claims_nothing(said)


def test_a_list_of_sources_is_no_claim() -> None:
    said = [f"{TRUE}\n\nSources:\n[1] Doc\n[2] Doc\n"]
    made = answer(ScriptedLLM(said), hits(SUMMIT, BUDGET))[2]
    assert [claim.text for claim in made.claims] == ["Emmanuel Macron chaired it in Paris."]


@pytest.mark.parametrize(
    "listed",
    [
        "[1] Doc",
        "[^1]: Doc",
        "Source: [2] Doc › Budget",
        "References:\n1. Doc, Budget",
        "Nguồn: Doc",
    ],
)
def test_a_line_of_a_list_of_sources_cites_nothing_for_the_sentence_before(listed: str) -> None:
    first, second = hits(SUMMIT, BUDGET)
    second = replace(second, passage=replace(second.passage, section="Budget"))
    said = ScriptedLLM([f"Emmanuel Macron chaired it in Paris.\n\n{listed}"])
    (claim,) = answer(said, [first, second])[2].claims
    assert (claim.text, claim.citations) == ("Emmanuel Macron chaired it in Paris.", ())


@pytest.mark.parametrize("policy", ["mark", "drop", "refuse"])
@pytest.mark.parametrize("said", NO_ANSWERS)
def test_that_there_is_no_answer_is_a_refusal_in_whatever_words(said: str, policy: str) -> None:
    assert says_no_answer(said)
    for whole in (said, f"{said[:-1]} [1].", f"{said} The moon is far away."):
        made = answer(ScriptedLLM(whole), unsupported=policy)[2]
        assert (made.refused, made.refusal, made.claims) == (True, None, ())


@pytest.mark.parametrize("said", ANSWERS)
def test_what_is_denied_of_the_world_is_no_refusal(said: str) -> None:
    assert not says_no_answer(said)
    assert not answer(ScriptedLLM(said), question=VI)[2].refused


def test_beside_cited_sentences_it_stays_a_sentence() -> None:
    made = answer(ScriptedLLM(f"{TRUE} The passages do not say for how long."))[2]
    assert not made.refused and len(made.claims) == 2
