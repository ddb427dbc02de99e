"""Follow-ups: leaning on the last turn, standing alone, changing topic and language."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from bilingual.language import identify
from bilingual.lexicon import default_lexicon
from bilingual.orthography import fold
from bilingual.texts import text
from ingest import ingest
from rag import Assistant, Settings
from rag.conversation import Conversation
from rag.errors import LLMError, QuestionError
from rag.followups import Past, carried_apart, may_lean, standing_alone
from rag.followups.named import named_in
from rag.question import check_question
from rag.terms import terms_of
from rag.types import Question
from tests.conftest import ROOT
from tests.fakes_llm import ScriptedLLM

CHAIR = "French President Emmanuel Macron chaired the event together with Narendra Modi in Paris."
UNSIGNED = "Tuyên bố cuối cùng không có chữ ký của Mỹ và Anh; lý do được nêu là lợi ích quốc gia."


def read(text: str) -> Question:
    return check_question(text, 2000)


@cache
def words_of(question: Question) -> list[str]:
    return [term.text for term in terms_of(question, default_lexicon())]


def alone(question: str, before: str, said: str = "") -> str | None:
    return standing_alone(read(question), Past(read(before), said), words_of)


# ---- the rules ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "said", "question", "expected"),
    [
        ("Who chaired the event?", CHAIR, "Where did he speak?",
         "Where did Emmanuel Macron speak?"),
        ("Ai chủ trì hội nghị?", "Tổng thống Pháp Emmanuel Macron chủ trì.", "Ông ấy nói gì?",
         "Emmanuel Macron nói gì?"),
        ("Nước nào không ký?", UNSIGNED, "Vì sao họ không ký?", "Vì sao Mỹ và Anh không ký?"),
        ("nuoc nao khong ky tuyen bo?", UNSIGNED, "vi sao ho khong ky tuyen bo?",
         "vì sao Mỹ và Anh không ký tuyên bố?"),
        ("Why did the US and UK refuse?", "", "What did they say?", "What did US and UK say?"),
        # Names go over into the language of the new question, whichever was quoted.
        ("Which countries did not sign?", UNSIGNED, "Why did they not sign?",
         "Why did the United States and the United Kingdom not sign?"),
        ("Why did the US and UK refuse?", "", "Họ nói gì?",
         "Hoa Kỳ và Vương quốc Anh nói gì?"),
        ("Nước nào không ký?", "The US and UK did not sign it.", "Vì sao họ không ký?",
         "Vì sao Hoa Kỳ và Vương quốc Anh không ký?"),
        ("Vì sao Mỹ không ký?", "", "Nước này nói gì?", "Mỹ nói gì?"),
        ("Hội nghị thượng đỉnh ở đâu?", "", "Ai chủ trì hội nghị này?",
         "Ai chủ trì hội nghị thượng đỉnh?"),
        ("What is Current AI?", "", "Who funds it?", "Who funds Current AI?"),
        ("What did Linda Griffin say?", "", "What about Nick Reiners?",
         "What did Nick Reiners say?"),
        ("Nước Anh nói gì?", "", "Còn Pháp thì sao?", "Nước Pháp nói gì?"),
        ("Nuoc Anh noi gi?", "", "con Phap thi sao?", "Nước Pháp nói gì?"),
        ("What did Macron say about rules?", "", "And about energy?",
         "What did Macron say about energy?"),
        ("Tuyên bố nói gì về năng lượng?", "", "Thế còn việc làm?",
         "Tuyên bố nói gì về việc làm?"),
        ("Who is Tran Ngoc Mai?", "Tran Ngoc Mai leads the office of Ca Mau.",
         "What did she say?", "What did Tran Ngoc Mai say?"),
        ("Who attended the summit?", "", "Who else?", "Who else attended the summit?"),
        ("Ai dự hội nghị?", "", "Còn ai nữa không?", "Còn ai dự hội nghị nữa?"),
        ("Ai du hoi nghi?", "", "con ai nua khong?", "Còn ai dự hội nghị nữa?"),
        ("Which companies took part?", "", "Who else?", "Who else took part?"),
        ("Who attended the conference from the US?", "", "Who else was there?",
         "Who else was at the conference?"),
        ("When was the summit held?", "", "Who was there?", "Who was at the summit?"),
        # Persons, though their names have syllables of "công ty" and "hội nghị"; not places.
        ("Ai thăm Nhà máy Hòa Bình?", "Thủ tướng Phạm Minh Chính thăm Nhà máy Hòa Bình.",
         "Ông ấy yêu cầu gì?", "Phạm Minh Chính yêu cầu gì?"),
        ("ai tham nha may Song Lo?", "Bộ trưởng Lê Công Hội thăm Nhà máy Sông Lô.",
         "ong ay yeu cau gi?", "Lê Công Hội yêu cầu gì?"),
        ("Phạm Minh Chính thăm nhà máy nào?", "Phạm Minh Chính thăm Nhà máy Hòa Bình.",
         "Ông ấy yêu cầu gì?", "Phạm Minh Chính yêu cầu gì?"),
        ("Which plant did Doan Van Hau visit?", "He visited the Hoa Binh Plant.",
         "What did he say?", "What did Doan Van Hau say?"),
        ("What did Macron say about rules?", "", "Where did he speak?",
         "Where did Macron speak?"),
        (
            "Những tập đoàn công nghệ nào dự hội nghị?",
            "",
            "Còn ai nữa?",
            "Còn ai dự hội nghị nữa?",
        ),
        ("Which companies took part?", "", "Which others?", "Which other companies took part?"),
        # One name for another, whatever each is known to be.
        ("JD Vance nói gì?", "", "Thế còn Macron?", "Macron nói gì?"),
        ("Macron nói gì?", "", "còn JD Vance thì sao?", "JD Vance nói gì?"),
        ("What did JD Vance say?", "", "What about Macron?", "What did Macron say?"),
        ("Trần Văn Minh nói gì?", "", "Thế còn Nguyễn Thị Lan?", "Nguyễn Thị Lan nói gì?"),
        ("Macron noi gi?", "", "con JD Vance thi sao?", "JD Vance nói gì?"),
        # And one thing for another.
        ("Trưởng phòng đi nước ngoài được bao nhiêu?", "", "Còn nhân viên?",
         "Nhân viên đi nước ngoài được bao nhiêu?"),
        ("How long must passwords be?", "", "What about usernames?",
         "How long must usernames be?"),
        # Of an article, a year, a quarter another one.
        ("Điều 5 quy định gì?", "", "Còn Điều 6?", "Điều 6 quy định gì?"),
        ("What does Article 5 say?", "", "And Article 6?", "What does Article 6 say?"),
        ("Kinh phí năm 2025 của Cục là bao nhiêu?", "", "Thế còn năm 2024 thì sao?",
         "Kinh phí năm 2024 của Cục là bao nhiêu?"),
        ("How many people applied in 2024?", "", "What about 2023?",
         "How many people applied in 2023?"),
        ("Quý I năm 2025 xuất khẩu bao nhiêu?", "", "Còn quý II?",
         "Quý II năm 2025 xuất khẩu bao nhiêu?"),
        # Of an office another one, the whole of its name.
        ("Tỷ lệ giải ngân của Ban Thủy lợi 2 là bao nhiêu?", "", "Còn Ban Lâm nghiệp thì sao?",
         "Tỷ lệ giải ngân của Ban Lâm nghiệp là bao nhiêu?"),
        ("Ban Thủy lợi 2 giải ngân bao nhiêu?", "", "Còn Ban Lâm nghiệp?",
         "Ban Lâm nghiệp giải ngân bao nhiêu?"),
        ("Phòng Dịch vụ công có bao nhiêu người?", "", "Còn Phòng An toàn thông tin?",
         "Phòng An toàn thông tin có bao nhiêu người?"),
        ("Ai phụ trách Phòng Dịch vụ công?", "", "Còn Trung tâm Dữ liệu?",
         "Ai phụ trách Trung tâm Dữ liệu?"),
        ("Học phí của Trường Đại học Cần Thơ là bao nhiêu?", "", "Còn Trường Đại học Huế?",
         "Học phí của Trường Đại học Huế là bao nhiêu?"),
        # Whether another one did, too; no part of a longer name is exchanged for it.
        ("Những nước nào đã ký Tuyên bố Cần Thơ?", "", "Còn Trung Quốc thì sao?",
         "Trung Quốc đã ký Tuyên bố Cần Thơ?"),
        ("Which countries attended the Paris summit?", "", "And Japan?",
         "Japan attended the Paris summit?"),
        ("Ai ký Nghị định 217?", "", "Còn ông Nguyễn Văn Nam?",
         "ông Nguyễn Văn Nam ký Nghị định 217?"),
        ("Nước nào giáp Lào?", "", "Còn Thái Lan?", "Nước nào giáp Thái Lan?"),
        # With the article that a country's name has.
        ("How much rice did the Philippines buy?", "", "What about Ghana?",
         "How much rice did Ghana buy?"),
        ("What did the US say?", "", "And China?", "What did China say?"),
        ("How much rice did Ghana buy?", "", "What about Philippines?",
         "How much rice did the Philippines buy?"),
        # A capital is not one more country.
        ("Nước nào không ký?", "Mỹ và Anh không ký, theo Washington.", "Vì sao họ không ký?",
         "Vì sao Mỹ và Anh không ký?"),
        ("Which countries refused?", "The United States and the United Kingdom; London was late.",
         "What did they say?", "What did the United States and the United Kingdom say?"),
        # A question word alone asks the last question, what was denied in it included.
        ("Nước nào không ký tuyên bố?", UNSIGNED, "Tại sao?",
         "Tại sao Mỹ và Anh không ký tuyên bố?"),
        ("Nước nào không ký tuyên bố?", "", "Vì sao vậy?", "Vì sao không ký tuyên bố?"),
        ("Hội nghị diễn ra ở đâu?", "", "Khi nào?", "Hội nghị diễn ra khi nào?"),
        ("Where was the summit held?", "", "And when?", "When was the summit held?"),
        ("Which countries did not sign the statement?", "", "How so?",
         "How so? (countries, not sign, statement)"),
        # "AI" is not "ai", who.
        ("AI có lợi gì cho Việt Nam?", "", "Còn gì nữa không?",
         "Còn AI có lợi gì cho Việt Nam nữa?"),
        ("Tuyên bố về AI có nội dung gì?", "Macron và Modi nói về AI.", "Vì sao?",
         "Vì sao? (AI, Tuyên bố, nội dung)"),
        ("AI CHỦ TRÌ HỘI NGHỊ?", "", "Còn ai nữa?", "Còn AI CHỦ TRÌ HỘI NGHỊ nữa?"),
        ("What does Vietnam do with AI?", "", "What else does it do with AI?",
         "What else does Vietnam do with AI?"),
        ("What happened in Paris?", "", "How many people went there?",
         "How many people went at Paris?"),
    ],
)  # fmt: skip
def test_what_a_question_leans_on_is_put_in(
    before: str, said: str, question: str, expected: str
) -> None:
    made = alone(question, before, said)
    assert made is not None and fold(made.lower()) == fold(expected.lower())


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("When does construction end?", "Who else?"),
        ("How long must passwords be?", "Who else?"),
        ("Lũ làm bao nhiêu người chết?", "Còn ai nữa?"),
        ("Mật khẩu phải dài bao nhiêu ký tự?", "còn gì nữa không?"),
        ("AI ảnh hưởng thế nào đến việc làm?", "Còn ai nữa?"),
    ],
)
def test_others_are_asked_for_only_where_the_last_question_asked_for_any(
    before: str, question: str
) -> None:
    assert alone(question, before) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Phạm Minh Chính", "person"), ("Hồ Chí Minh", "person"), ("Đoàn Văn Hậu", "person"),
        ("ông Lê Hội", "person"), ("President Macron", "person"), ("tỉnh Hòa Bình", "place"),
        ("Nhà máy Sông Lô", "place"), ("huyện Đại Lộc", "place"), ("Dai Loc district", "place"),
        ("Công ty Bình Minh", "thing"), ("Project Lotus", "thing"), ("Macron", "name"),
    ],
)  # fmt: skip
def test_what_kind_of_thing_a_name_is_of(text: str, kind: str) -> None:
    language = "en" if identify(text) == "en" else "vi"
    named = named_in(f"x {text}", language)
    assert [one.kind for one in named] == [kind]


@pytest.mark.parametrize(
    ("before", "question", "carried"),
    [
        ("Who chaired the AI Action Summit?", "When?", "Summit"),
        ("Hội nghị thượng đỉnh do ai chủ trì?", "Khi nào?", "thượng đỉnh"),
        ("hoi nghi thuong dinh do ai chu tri?", "khi nao?", "thượng đỉnh"),
        ("Did the US sign the statement?", "Why not?", "statement"),
    ],
)
def test_a_bare_question_word_takes_the_last_questions_words(
    before: str, question: str, carried: str
) -> None:
    made = alone(question, before)
    assert made is not None and carried in made


def test_words_that_were_carried_are_told_from_the_question() -> None:
    made = alone("Why not?", "Did the US sign the statement?")
    assert made == "Why not? (US, sign, statement)"
    assert carried_apart(made) == ("Why not?", "US, sign, statement")
    assert carried_apart("When did he (Macron) speak?") == ("When did he (Macron) speak?", "")


@pytest.mark.parametrize(
    "question",
    [
        "Is there anything about helping developing countries?",
        "Are there any rules?",
        "Companies that came to the summit",
        "What did Macron say about his country?",
        "Tổng thống Macron nói gì và ông kêu gọi điều gì?",
        "Ông Macron nói gì?",
        "Why was it useful for Vietnam to take part?",
        "Did the US and UK say why they did not sign?",
        "Hội nghị diễn ra khi nào trong năm này?",
        "Which other countries refused the treaty of Lisbon?",
        "Còn bao nhiêu nước chưa ký hiệp định?",
        "Bùi Hoàng Phương",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    for before, said in (("Who chaired the event?", CHAIR), ("Nước nào không ký?", UNSIGNED)):
        assert alone(question, before, said) is None


def test_no_question_of_the_shipped_set_is_touched_after_any_other() -> None:
    lines = (ROOT / "evals/sets/paris.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [read(json.loads(line)["question"]) for line in lines]
    others = [json.loads(line)["standalone"] for line in FOLLOWUPS.read_text("utf-8").splitlines()]
    questions += [read(text) for text in others]
    for past in (Past(questions[0], CHAIR), Past(questions[5], UNSIGNED), Past(questions[-1])):
        for question in questions:
            assert standing_alone(question, past, words_of) is None, question.text
    # And a language model is seldom asked about them.
    assert sum(may_lean(question, words_of) for question in questions) < 0.05 * len(questions)


FOLLOWUPS = Path(__file__).with_name("followups.jsonl")


# ---- over the shipped documents -----------------------------------------------------------------


def test_follow_ups_find_their_evidence(paris: Assistant) -> None:
    from benchmarks.followups import load, outcomes

    found = list(outcomes(paris, load(split="dev")))
    assert sum(one.leaning for one in found) >= 0.8 * len(found)


def test_without_its_conversation_a_follow_up_is_another_question(paris: Assistant) -> None:
    conversation = Conversation(paris)
    conversation.ask("Who headed Vietnam's delegation?")
    answer = conversation.ask("When was he in Paris?")
    assert answer.question == "When was he in Paris?"
    assert "Bui Hoang Phuong" in answer.standalone
    assert answer.trace["rewrite"] == {
        "question": answer.standalone, "by": "rules", "failure": None,
    }  # fmt: skip
    assert answer.to_dict()["standalone"] == answer.standalone
    other = paris.ask("When was he in Paris?")
    assert other.standalone == "" and "rewrite" not in other.trace


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("Who led the Vietnamese delegation?", "Who else?"),
        ("Ai đồng chủ trì hội nghị?", "còn ai nữa?"),
        ("Nước nào không ký tuyên bố chung?", "Còn nước nào nữa không?"),
    ],
)
def test_others_are_not_those_who_were_told(before: str, question: str, paris: Assistant) -> None:
    conversation = Conversation(paris)
    first = conversation.ask(before)
    for _ in range(2):  # and asked once more, they are still known
        answer = conversation.ask(question)
        assert not {one.text for one in answer.claims} & {one.text for one in first.claims}
        assert answer.refusal in {
            text("answers.nothing-more", "vi"), text("answers.nothing-more", "en"),
        }  # fmt: skip


def test_others_are_told_where_there_are_any(paris: Assistant) -> None:
    conversation = Conversation(paris)
    conversation.ask("Who attended the conference from the US?")
    answer = conversation.ask("Who else was there?")
    assert "Macron" in answer.text and "Vance" not in answer.text


def test_what_was_told_is_known_after_a_turn_that_asked_nothing(paris: Assistant) -> None:
    conversation = Conversation(paris)
    first = conversation.ask("Who led the Vietnamese delegation?")
    assert conversation.ask("a").refused
    answer = conversation.ask("Who else?")
    assert answer.standalone == "Who else led the Vietnamese delegation?"
    assert not {one.text for one in answer.claims} & {one.text for one in first.claims}


def test_the_answer_follows_the_language_of_the_last_question(paris: Assistant) -> None:
    conversation = Conversation(paris)
    assert conversation.ask("Những nước nào không ký tuyên bố cuối cùng?").language == "vi"
    assert conversation.ask("Why did they not sign?").language == "en"
    assert conversation.ask("Còn Pháp thì sao?").language == "vi"


def test_a_refusal_in_a_mixed_conversation_is_in_the_last_language(paris: Assistant) -> None:
    conversation = Conversation(paris)
    conversation.ask("Nga có ký tuyên bố không?")
    answer = conversation.ask("What about Peru?")
    assert answer.refused and answer.language == "en"
    assert answer.refusal is not None and "The documents" in answer.refusal


def test_a_change_of_topic_drops_the_old_one(paris: Assistant) -> None:
    conversation = Conversation(paris)
    conversation.ask("What did Linda Griffin say?")
    assert conversation.ask("Which countries did not sign the final statement?").standalone == ""
    answer = conversation.ask("Why did they not sign?")
    assert "Griffin" not in answer.standalone
    assert "UK" in answer.standalone or "United Kingdom" in answer.standalone


@pytest.mark.parametrize(
    ("typed", "told"),
    [("xin chào", "Bạn muốn hỏi điều gì?"), ("thanks!", "What would you like to know?"),
     ("ban la ai", "Bạn muốn hỏi điều gì?"), ("Who are you?", "What would you like to know?"),
     ("Why?", "It is not clear"), ("a", "Chưa rõ")],
)  # fmt: skip
def test_where_nothing_is_asked_of_the_documents_none_is_quoted(
    typed: str, told: str, paris: Assistant
) -> None:
    answer = paris.ask(typed)
    assert answer.refused and not answer.hits and not answer.claims
    assert (answer.refusal or "").startswith(told)


def test_courtesy_is_nothing_to_lean_on_and_leans_on_nothing(paris: Assistant) -> None:
    conversation = Conversation(paris)
    conversation.ask("Who headed Vietnam's delegation?")
    for courtesy in ("thanks!", "What can you do?"):
        answer = conversation.ask(courtesy)
        assert answer.standalone == "" and not answer.claims
    assert "Bui Hoang Phuong" in conversation.ask("When was he in Paris?").standalone


def test_history_is_bounded_and_each_conversation_has_its_own(paris_library: Path) -> None:
    with Assistant.open(Settings(library=paris_library, history_turns=2)) as assistant:
        mine, yours = Conversation(assistant), Conversation(assistant)
        for question in ("Who chaired it?", "Who chaired the event?", "When was the summit?"):
            mine.ask(question)
        assert [answer.question for answer in mine.answers] == [
            "Who chaired the event?",
            "When was the summit?",
        ]
        assert yours.answers == () and yours.ask("When was he in Paris?").standalone == ""
        mine.forget()
        assert mine.answers == ()
    with Assistant.open(Settings(library=paris_library, history_turns=0)) as assistant:
        mine = Conversation(assistant)
        mine.ask("Who headed Vietnam's delegation?")
        assert mine.ask("When was he in Paris?").standalone == ""


def test_a_question_that_fails_leaves_the_conversation_as_it_was(paris: Assistant) -> None:
    conversation = Conversation(paris)
    conversation.ask("Who chaired the event?")
    with pytest.raises(QuestionError):
        conversation.ask("???")
    assert len(conversation.answers) == 1


# ---- with a language model ----------------------------------------------------------------------

HEADED = "Bui Hoang Phuong headed Vietnam's delegation [1]."
WHEN = "When was Bui Hoang Phuong in Paris?"


def with_llm(library: Path, *replies: str | Exception) -> tuple[Conversation, ScriptedLLM]:
    llm = ScriptedLLM(*replies)
    return Conversation(Assistant.open(Settings(library=library), llm=llm)), llm


def test_a_model_rewrites_the_question_and_the_trace_shows_it(paris_library: Path) -> None:
    talk, llm = with_llm(paris_library, HEADED, f'Question: "{WHEN}"', "In February 2025 [1].")
    talk.ask("Who headed Vietnam's delegation?")
    answer = talk.ask("When was he in Paris?")
    assert answer.standalone == WHEN
    assert answer.trace["rewrite"] == {"question": WHEN, "by": "model", "failure": None}
    assert (
        "Who headed Vietnam's delegation?" in llm.prompts[1] and "Phuong headed" in llm.prompts[1]
    )
    assert WHEN in llm.prompts[2] and "Who headed" not in llm.prompts[2]


@pytest.mark.parametrize(
    "nonsense",
    [
        LLMError(endpoint="x", detail="down"),
        "",
        "!!!",
        "When was Albert Einstein in Paris?",
        "When was he in Paris in 1889?",
        "I am sorry, but " + "I cannot do that. " * 30,
    ],
    ids=["fails", "empty", "no-word", "name", "figure", "long"],
)
def test_where_the_model_fails_or_talks_nonsense_the_rules_do_it(
    nonsense: str | Exception, paris_library: Path
) -> None:
    talk, _ = with_llm(paris_library, HEADED, nonsense, "In February 2025 [1].")
    talk.ask("Who headed Vietnam's delegation?")
    answer = talk.ask("When was he in Paris?")
    assert answer.standalone == WHEN
    assert answer.trace["rewrite"]["by"] == "rules" and answer.trace["rewrite"]["failure"]


def test_a_question_that_stands_alone_is_not_put_to_the_model_first(paris_library: Path) -> None:
    talk, llm = with_llm(paris_library, HEADED, "Emmanuel Macron chaired the event [1].")
    talk.ask("Who headed Vietnam's delegation?")
    answer = talk.ask("Which president chaired the AI summit together with Narendra Modi?")
    assert answer.standalone == "" and len(llm.prompts) == 2


def test_an_empty_library_never_calls_the_model_not_even_to_rewrite(
    tmp_path: Path, paris: Assistant
) -> None:
    (tmp_path / "docs").mkdir()
    ingest([tmp_path / "docs"], tmp_path / "library", paris.encoder)
    before = paris.ask("Who headed Vietnam's delegation?")
    llm = ScriptedLLM()
    with Assistant.open(Settings(library=tmp_path / "library"), llm=llm) as assistant:
        answer = assistant.ask("When was he in Paris?", history=[before])
    assert answer.refusal is not None and "no documents" in answer.refusal
    assert llm.prompts == []
