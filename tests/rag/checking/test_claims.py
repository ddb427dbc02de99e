from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from bilingual.texts import InterfaceLanguage
from bilingual.tokens import QuestionTokens, TokenVectors
from rag.checking.case import Case
from rag.checking.claims import ClaimChecker, check, decided
from rag.checking.head import Head, Heads, default_heads
from rag.late_interaction import Interaction
from rag.reader import Piece
from rag.reader.model import SUPPORTS, Task
from rag.reader.row import ASKING
from rag.types import Hit, Verdict
from tests.rag.passages import hit, hits

VI_TEXT = (
    "Hội nghị thượng đỉnh Hành động AI diễn ra tại Paris (Pháp) từ ngày 10 - 11 tháng 2 năm 2025 "
    "với hơn 1.000 đại biểu. Tổng thống Pháp Emmanuel Macron và Thủ tướng Ấn Độ Narendra Modi "
    "đồng chủ trì. Thứ trưởng Bùi Hoàng Phương dẫn đầu đoàn Việt Nam. Mỹ và Anh không ký tuyên bố "
    "chung. Hội nghị có năm chủ đề chính. Quỹ ban đầu là 1,5 triệu euro."
)
EN_TEXT = (
    "The AI Action Summit was held in Paris on 10 and 11 February 2025 with over 1,000 delegates. "
    "French President Emmanuel Macron and Indian Prime Minister Narendra Modi co-chaired it. "
    "Deputy Minister Bui Hoang Phuong led the Vietnamese delegation. The United States and the UK "
    "did not sign the joint statement. The summit had five key themes. The fund starts with "
    "1.5 million euros."
)


@pytest.fixture
def vi() -> list[Hit]:
    return [hit(VI_TEXT, "vi")]


@pytest.fixture
def en() -> list[Hit]:
    return [hit(EN_TEXT, "en")]


def test_a_sentence_without_citations_is_unsupported() -> None:
    assert check("The summit was in Paris.", [], "en").verdict == "unsupported"
    assert check("Hội nghị ở Paris.", [], "vi").reason == "câu này không dẫn nguồn nào"


@pytest.mark.parametrize(
    "claim",
    [
        "Mỹ và Anh không ký tuyên bố chung.",
        "Hội nghị diễn ra tại Paris ngày 10 và 11/2/2025.",
        "Hội nghị có hơn 1,000 đại biểu.",
        "Hội nghị có hơn một nghìn đại biểu.",
        "Ông Bui Hoang Phuong dẫn đầu đoàn Việt Nam.",
        "Hội nghị có 5 chủ đề chính.",
        "Quỹ ban đầu là 1.5 triệu euro.",
        "Emmanuel Macron và Narendra Modi đồng chủ trì hội nghị.",
    ],
)
def test_what_a_vietnamese_passage_says_is_supported(claim: str, vi: list[Hit]) -> None:
    assert check(claim, vi, "vi").verdict == "supported", check(claim, vi, "vi")


@pytest.mark.parametrize(
    "claim",
    [
        "The summit was held on 10 - 11/2/2025 in Paris.",
        "More than 1.000 delegates attended the summit in February 2025.",
        "Bùi Hoàng Phương led the delegation from Vietnam.",
        "The US and the United Kingdom did not sign the statement.",
        "France and India co-chaired the AI summit.",
        "The summit had 5 themes.",
        "The fund starts with 1,500,000 euros.",
        "Macron's co-chair was Modi.",
    ],
)
def test_what_an_english_passage_says_is_supported(claim: str, en: list[Hit]) -> None:
    assert check(claim, en, "en").verdict == "supported", check(claim, en, "en")


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The summit was held in Paris in 1954.", "1954 is not in the cited passage"),
        ("The summit had seven key themes.", "seven is not in the cited passage"),
        ("Over 10,000 delegates came to the summit.", "10,000 is not in the cited passage"),
        ("The fund starts with 1.5 billion euros.", "1.5 billion is not in the cited passage"),
        ("It was held in Paris on 10 March 2025.", "March is not in the cited passage"),
        ("The summit was held in Berlin in February 2025.", "“Berlin” is not in the cited passage"),
        (
            "The delegation was led by Nguyen Hoang Phuong.",
            "“Nguyen Hoang Phuong” is not in the cited passage",
        ),
        (
            "President Emmanuel Macron and Chinese leaders co-chaired it.",
            "“Chinese” is not in the cited passage",
        ),
        ("The UK did sign the joint statement.", "the passage says “not sign”"),
        ("Macron and Modi did not co-chair the summit.", "the passage does not say “not co”"),
    ],
)
def test_a_false_english_sentence_is_unsupported_and_says_why(
    claim: str, reason: str, en: list[Hit]
) -> None:
    result = check(claim, en, "en")
    assert (result.verdict, result.reason) == ("unsupported", reason)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("Hội nghị diễn ra tại Paris năm 1954.", "đoạn được dẫn không có 1954"),
        ("Hội nghị có bảy chủ đề chính.", "đoạn được dẫn không có bảy"),
        ("Hội nghị có hơn 2.000 đại biểu.", "đoạn được dẫn không có 2.000"),
        ("Hội nghị diễn ra tại thành phố Berlin.", "đoạn được dẫn không có “Berlin”"),
        ("Thủ tướng Nhật Bản đồng chủ trì hội nghị.", "đoạn được dẫn không có “Nhật Bản”"),
        ("Mỹ và Anh đã ký tuyên bố chung.", "đoạn được dẫn viết “không ký”"),
        ("Bùi Hoàng Phương không dẫn đầu đoàn Việt Nam.", "đoạn được dẫn không viết “không dẫn”"),
    ],
)
def test_a_false_vietnamese_sentence_is_unsupported_and_says_why(
    claim: str, reason: str, vi: list[Hit]
) -> None:
    result = check(claim, vi, "vi")
    assert (result.verdict, result.reason) == ("unsupported", reason)


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("Hội nghị diễn ra tại Paris ngày 10 và 11 tháng 2 năm 2025.", "vi"),
        ("Thứ trưởng Bùi Hoàng Phương dẫn đầu đoàn Việt Nam.", "vi"),
        ("Ông Emmanuel Macron của Pháp và ông Narendra Modi của Ấn Độ đồng chủ trì.", "vi"),
        ("Mỹ và Anh không ký tuyên bố.", "vi"),
        ("Hội nghị có 5 chủ đề.", "vi"),
    ],
)
def test_across_languages_figures_and_names_support(
    claim: str, language: str, en: list[Hit]
) -> None:
    assert check(claim, en, "vi").verdict == "supported", check(claim, en, "vi")


def test_english_sentences_over_a_vietnamese_passage(vi: list[Hit]) -> None:
    for claim in (
        "The summit was held in Paris on 10 and 11 February 2025.",
        "French President Emmanuel Macron and Narendra Modi of India co-chaired it.",
        "The United States and the UK did not sign the statement.",
        "It had five themes.",
    ):
        assert check(claim, vi, "en").verdict == "supported", (claim, check(claim, vi, "en"))


def test_across_languages_what_is_not_found_is_not_supported_and_figures_must_be_there(
    en: list[Hit],
) -> None:
    assert check("Hội nghị diễn ra năm 1954.", en, "vi").verdict == "unsupported"
    assert check("Hội nghị diễn ra tại Hà Nội.", en, "vi").verdict != "supported"
    assert check("Mỹ và Anh đã ký tuyên bố.", en, "vi").verdict != "supported"
    assert check("Mọi người đều vui vẻ.", en, "vi").verdict != "supported"


def test_a_sentence_of_other_words_is_not_supported_and_says_which(en: list[Hit]) -> None:
    result = check("Cats sleep most of every afternoon indoors.", en, "en")
    assert result.verdict == "unsupported"
    assert result.reason is not None
    assert result.reason.startswith("the cited passage says nothing of “")
    assert "“afternoon”" in result.reason


def test_a_name_out_of_another_sentence_is_not_where_the_rest_is() -> None:
    found = hits("Anna Smith founded the company in 1950. Peter Brown painted the old mill.")
    result = check("Peter Brown founded something somewhere with several strangers.", found, "en")
    assert result.verdict != "supported"


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("Có giải pháp nào được chấp nhận rộng rãi.", "vi"),
        ("Hội đồng có thể đưa ra luật mới.", "vi"),
    ],
)
def test_a_denial_of_a_word_without_content_is_at_least_doubted(
    claim: str, language: InterfaceLanguage
) -> None:
    found = hits(
        "Không có giải pháp nào được chấp nhận rộng rãi. Hội đồng không thể đưa ra luật mới.",
        language="vi",
    )
    assert check(claim, found, language).verdict != "supported"


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("Mỹ và Anh đã ký tuyên bố chung.", "vi"),
        ("Emmanuel Macron không đồng chủ trì hội nghị.", "vi"),
    ],
)
def test_across_languages_a_denial_is_compared_with_the_closest_sentence(
    claim: str, language: InterfaceLanguage, en: list[Hit]
) -> None:
    assert check(claim, en, language).verdict != "supported"
    assert "phủ định" in (check(claim, en, language).reason or "")


def test_between_languages_a_lone_word_of_a_title_is_a_word() -> None:
    found = hits("The theatre was opened in the Saxon Garden in 1870.")
    result = check("Nhà hát mở cửa năm 1870 trong Vườn Saxon.", found, "vi")
    assert "Nhà" not in (result.reason or "")


def test_more_of_what_the_passage_says_never_makes_a_sentence_less_likely() -> None:
    claim = "The board approved the plan after a long debate."
    ranks = {"unsupported": 0, "unsure": 1, "supported": 2}
    passages = (
        "Nothing of the kind is told here, only rain.",
        "The board met in the rain.",
        "The board approved it.",
        "The board approved the plan.",
        "The board approved the plan after a long debate in May.",
    )
    verdicts = [ranks[check(claim, hits(text), "en").verdict] for text in passages]
    assert verdicts == sorted(verdicts)
    assert (verdicts[0], verdicts[-1]) == (0, 2)


def test_the_encoder_is_asked_once_a_sentence_and_only_where_the_rules_cannot_tell() -> None:
    encoder = _CountingEncoder()
    checker = ClaimChecker(encoder, _Says(-9.0))
    passage = _with_tokens("Delegates gathered in the large hall yesterday.")
    assert checker("Delegates gathered in the large hall.", [passage], "en").verdict == "supported"
    assert checker("Delegates gathered in 1954.", [passage], "en").verdict == "unsupported"
    assert encoder.asked == []
    for _ in range(3):
        checker("Envoys met there.", [passage], "en")
    assert encoder.asked == ["Envoys met there."]


def test_passages_without_token_vectors_are_compared_by_their_words(en: list[Hit]) -> None:
    encoder = _CountingEncoder()
    claim = "Emmanuel Macron and Modi chaired the summit."
    reader = _Says(9.0)
    assert ClaimChecker(encoder, reader)(claim, en, "en") == check(claim, en, "en")
    assert encoder.asked == reader.asked == []


def test_an_encoder_the_head_was_not_fitted_on_is_not_asked() -> None:
    encoder = _CountingEncoder(name="another")
    passage = _with_tokens("Delegates gathered.")
    ClaimChecker(encoder, _Says(9.0))("Envoys met there.", [passage], "en")
    assert encoder.asked == []


def test_an_encoder_without_a_reader_is_not_asked() -> None:
    encoder = _CountingEncoder()
    ClaimChecker(encoder)("Envoys met there.", [_with_tokens("Delegates gathered.")], "en")
    assert encoder.asked == []


def by_reading(weight: float) -> Heads:
    """Heads to which words leave something open that the reader's word settles."""
    head = Head({"sentence": 4.0, "read": weight}, -3.0, 0.05, 0.8)
    return Heads("any", "any", "any", dict.fromkeys(("same-tokens", "across-tokens"), head))


HALL = "The delegates gathered in the hall in March."


@pytest.mark.parametrize(("logit", "verdict"), [(-9.0, "unsure"), (9.0, "supported")])
def test_the_reader_decides_where_words_and_tokens_leave_it_open(
    logit: float, verdict: Verdict
) -> None:
    passage, claim = _with_tokens(f"{HALL} Rain fell."), "The delegates came to that hall in March."
    encoded, reader = _CountingEncoder().encode_question_with_tokens(claim)[1], _Says(logit)
    found = decided(Case(claim, [passage], "en"), lambda _: encoded, reader, by_reading(4.0))
    assert found.verdict == verdict
    assert reader.asked == [(claim, HALL, [passage.document.title])]


def test_what_several_passages_tell_or_is_too_long_to_read_the_reader_is_not_asked() -> None:
    passage, reader = _with_tokens(f"{HALL} Rain fell."), _Says(9.0)
    encoder = _CountingEncoder()
    for claim, cited, tokens in (
        ("The delegates came to that hall in March.", [passage, passage], 1),
        ("The delegates came to that hall in March.", [passage], ASKING + 1),
    ):
        [one] = encoder.encode_question_with_tokens(claim)[1:]
        many = QuestionTokens(
            np.repeat(one.vectors, tokens, axis=0),
            np.full(tokens, 1 / tokens, np.float32),
            np.repeat(one.spans, tokens, axis=0),
        )
        decided(Case(claim, cited, "en"), lambda _, x=many: x, reader, by_reading(4.0))
    assert reader.asked == []


def test_a_reader_that_the_head_was_not_fitted_on_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rag.checking.claims.reader_fingerprint", lambda: "another")
    claim, passage = "The delegates came to that hall in March.", _with_tokens(HALL)
    encoder = _CountingEncoder()
    assert ClaimChecker(encoder)(claim, [passage], "en") == check(claim, [passage], "en")
    assert encoder.asked == []


@pytest.mark.parametrize(
    ("claim", "weight"),
    [
        ("The delegates came to that hall in March.", 0.01),
        ("Nothing else was known about it anywhere.", 0.01),
        ("The delegates gathered in the hall.", 4.0),
        ("The delegates gathered in 1954.", 4.0),
    ],
)
def test_the_reader_is_not_asked_where_it_cannot_change_what_is_said(
    claim: str, weight: float
) -> None:
    passage, reader = _with_tokens(f"{HALL} Rain fell."), _Says(9.0)
    encoded = _CountingEncoder().encode_question_with_tokens(claim)[1]
    decided(Case(claim, [passage], "en"), lambda _: encoded, reader, by_reading(weight))
    assert reader.asked == []


class _Says:
    """Says the same of every claim; remembers which it was asked about, over what."""

    def __init__(self, logit: float) -> None:
        self.logit = logit
        self.asked: list[tuple[str, str, list[str]]] = []

    def read(
        self, asking: str, pieces: Sequence[Piece], task: Task
    ) -> Sequence[NDArray[np.float32]]:
        assert task == SUPPORTS
        for piece in pieces:
            [one] = piece.wanted
            said = " ".join(piece.sentences[at] for at in one)
            self.asked.append((asking, said, list(piece.context)))
        return [np.array([self.logit], np.float32) for _ in pieces]


def _with_tokens(text: str) -> Hit:
    found = hit(text)
    interaction = Interaction(
        QuestionTokens(
            np.empty((0, 2), np.float32), np.empty(0, np.float32), np.empty((0, 2), np.int32)
        ),
        np.empty((0, 1), np.float32),
        np.array([[found.passage.start, found.passage.end]], np.int32),
        np.array([[127, 0]], np.int8),
    )
    return replace(found, interaction=interaction)


class _CountingEncoder:
    """Gives every text one token; remembers what it was asked to encode."""

    dim = 2
    token_dim = 2

    def __init__(self, name: str | None = None) -> None:
        self.name = name or default_heads().encoder
        self.asked: list[str] = []

    def count_tokens(self, text: str) -> int:
        return 1

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise AssertionError("passages are never encoded again")

    def encode_question(self, text: str) -> NDArray[np.float32]:
        raise AssertionError("only the tokens are needed")

    def encode_passages_with_tokens(
        self, texts: list[str]
    ) -> tuple[NDArray[np.float32], list[TokenVectors]]:
        raise AssertionError("passages are never encoded again")

    def encode_question_with_tokens(self, text: str) -> tuple[NDArray[np.float32], QuestionTokens]:
        self.asked.append(text)
        row = np.array([[1, 0]], np.float32)
        tokens = QuestionTokens(row, np.ones(1, np.float32), np.array([[0, len(text)]], np.int32))
        return row[0], tokens


def test_a_quotation_in_the_passages_language_is_supported_in_an_answer_in_the_other() -> None:
    found = hits("The statement calls for global dialogue and greater coordination.")
    assert check("calls for global dialogue and greater", found, "vi").verdict == "supported"
    assert check("calls for local wars and weaker unions", found, "vi").verdict != "supported"


def test_a_quotation_that_leaves_the_negation_off_is_not_verbatim(vi: list[Hit]) -> None:
    assert check("Ký tuyên bố chung. Hội nghị", vi, "vi").verdict != "supported"


def test_a_name_with_other_marks_is_doubted_and_without_any_is_the_same() -> None:
    found = hits("Bà Trần Thị Hòa dạy hát ở trường Lục Hồ.", language="vi")
    for claim in ("Bà Trần Thị Hoa dạy hát ở trường.", "Bà Hoa dạy hát ở trường Lục Hồ."):
        assert check(claim, found, "vi").verdict == "unsure"
    for claim in ("Bà Hoà dạy hát ở trường Lục Hồ.", "Tran Thi Hoa dạy hát ở trường Lục Hồ."):
        assert check(claim, found, "vi").verdict == "supported"


@pytest.mark.parametrize(
    ("claim", "passage", "language"),
    [
        ("Mr Mbeki wrote the dissent.", "Justice R. T. Mbeki wrote the dissent.", "en"),
        ("Author JD Quill won the Lace Prize.", "Author J. D. Quill won the Lace Prize.", "en"),
        ("Jean Luc Morel was fined.", "The ministry fined Jean-Luc Morel.", "en"),
        ("Hội chợ mở cửa vào tháng Chín.", "Hội chợ mở cửa vào tháng 9.", "vi"),
        (
            "Quyết định do ông Nghĩa ký ngày 15/4/2023.",
            "Ông Hoàng Trọng Nghĩa ký Quyết định số 147/QĐ-UBND ngày 15 tháng 4 năm 2023.",
            "vi",
        ),
    ],
)
def test_a_name_in_another_form_belies_nothing(
    claim: str, passage: str, language: InterfaceLanguage
) -> None:
    assert check(claim, hits(passage, language=language), language).verdict == "supported"


def test_initials_do_not_make_two_people_one() -> None:
    found = hits(
        "Justice R. T. Mbeki wrote the dissent. Director K. L. Moran of the Firth resigned."
    )
    assert check("R. T. Moran wrote the dissent.", found, "en").verdict == "unsupported"


def test_every_cited_passage_counts() -> None:
    found = hits("The summit was in Paris.", "It took place in February 2025.")
    assert check("The summit was in Paris in February 2025.", found, "en").verdict == "supported"
    alone = check("The summit was in Paris in February 2025.", found[:1], "en")
    assert alone.verdict == "unsupported"


def test_a_number_in_words_that_may_be_counted_is_only_unsure() -> None:
    found = hits("The chairs were France and India.")
    assert (
        check("The chairs were two countries, France and India.", found, "en").verdict == "unsure"
    )


def test_a_link_must_be_the_passages_own() -> None:
    found = hits("Read the statement at https://example.org/a before the vote.")
    assert check("Read the statement at https://evil.example/a.", found, "en").reason == (
        "the link https://evil.example/a is not in the cited passage"
    )


def test_a_claim_is_checked_in_little_time(en: list[Hit], vi: list[Hit]) -> None:
    check("The summit was held in Paris.", en, "en")
    started = time.thread_time()
    for _ in range(20):
        check("The summit was held in Paris with 60 countries, said Emmanuel Macron.", en, "en")
    assert (time.thread_time() - started) / 20 < 0.05
