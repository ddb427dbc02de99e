"""A question in, a checked and cited answer out: what `Assistant` promises."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from bilingual.encoder import Encoder
from ingest import ingest
from rag import Answer, Assistant, Settings
from rag.errors import LLMServerError, QuestionError
from rag.llm.prompt import REFUSAL
from rag.llm.stop import LLMStoppedError, Stop
from rag.types import ClaimClosed, Done, Event, Found, Hit, Question, Text
from tests.fakes import HashEncoder
from tests.fakes_llm import ScriptedLLM
from tests.openai_server import OpenAIServer, Reply
from vectorstore import Library, Writer
from vectorstore.errors import DocumentMissingError, EncoderMismatchError, LibraryMissingError

ENGLISH = "vietnam-paris-ai-summit-2025"
VIETNAMESE = "tuyen-bo-chung-paris-2025"
LED = "Who led the Vietnamese delegation?"
CHAIRED = "Ai đồng chủ trì hội nghị?"
MOON = "How far is the moon from Jupiter?"
LEADS = "Who leads the office in Hanoi?"
OFFICE = "Anna Berg leads the office in Hanoi."
OTHERS = [
    "The lease ends in May. The monthly rent is 900 euros.",
    "Tenants may keep one cat. Dogs are not allowed in the garden.",
]
ANSWER = "Deputy Minister Bui Hoang Phuong headed the delegation [1]. He came with 900 people [1]."


@pytest.fixture
def asks(paris: Assistant) -> Iterator[tuple[Assistant, ScriptedLLM]]:
    """An assistant with a language model that answers `ANSWER`, over the shipped documents."""
    llm = ScriptedLLM(ANSWER)
    yield with_llm(paris, llm), llm


def with_llm(paris: Assistant, llm: ScriptedLLM) -> Assistant:
    return Assistant(paris.library, paris.encoder, settings=paris.settings, llm=llm)


def exact(assistant: Assistant, answer: Answer) -> bool:
    """Whether every citation and every hit stands where it says."""
    texts = {
        document.id: assistant.document_text(document.id) for document in assistant.documents()
    }
    citations = [citation for claim in answer.claims for citation in claim.citations]
    assert all(citation.start < citation.end for citation in citations)
    return all(texts[c.document][c.start : c.end] == c.quote for c in citations) and all(
        texts[hit.document.id][hit.passage.start : hit.passage.end] == hit.passage.text
        for hit in answer.hits
    )


# ---- quoting ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "language"), [(LED, "en"), (CHAIRED, "vi"), ("ai dong chu tri hoi nghi", "vi")]
)
def test_an_answer_quotes_the_documents_in_the_questions_language(
    paris: Assistant, question: str, language: str
) -> None:
    answer = paris.ask(question)
    assert (answer.question, answer.language, answer.refused) == (question, language, False)
    assert all(claim.verdict == "supported" and claim.citations for claim in answer.claims)
    assert exact(paris, answer)
    assert answer.text == " ".join(claim.text for claim in answer.claims)
    assert answer.timings.total >= answer.timings.retrieve > 0


def test_what_is_asked_is_cleaned_and_answered_the_same(paris: Assistant) -> None:
    plain, spaced = paris.ask(LED), paris.ask(f"  {LED.replace(' ', chr(9), 1)}\n")
    assert spaced.question == LED
    assert spaced.claims == plain.claims and spaced.hits == plain.hits


def test_the_events_come_in_order_and_tell_the_same_as_the_answer(paris: Assistant) -> None:
    events = list(paris.stream(LED))
    assert isinstance(events[0], Found) and isinstance(events[-1], Done)
    answer = events[-1].answer
    assert events[0].hits == answer.hits
    assert {type(event) for event in events[1:-1]} == {Text, ClaimClosed}
    closed = [event.claim for event in events if isinstance(event, ClaimClosed)]
    assert closed == list(answer.claims)
    assert paris.ask(LED).claims == answer.claims


def test_a_refusal_names_what_is_missing_and_cites_nothing(paris: Assistant) -> None:
    events = list(paris.stream(MOON))
    assert [type(event) for event in events] == [Found, Done]
    answer = paris.ask(MOON)
    assert answer.refused and answer.claims == () and answer.hits
    assert "Jupiter" in answer.missing and "Jupiter" in (answer.refusal or "")
    assert answer.text == answer.refusal


def test_only_the_named_documents_are_asked(paris: Assistant) -> None:
    for chosen, other in ((ENGLISH, VIETNAMESE), (VIETNAMESE, ENGLISH)):
        answer = paris.ask(LED, documents=[chosen])
        assert {hit.document.id for hit in answer.hits} == {chosen}
        assert other not in {c.document for claim in answer.claims for c in claim.citations}
    nothing = paris.ask(LED, documents=[])
    assert nothing.refused and nothing.hits == []
    assert "holds no documents" not in nothing.text
    both = paris.ask(LED, documents=[ENGLISH, VIETNAMESE])
    assert both.claims == paris.ask(LED).claims


def test_what_both_languages_say_is_also_quoted_in_the_questions(paris: Assistant) -> None:
    first, second, *_ = paris.ask("Why do signatories want to stop market monopolies?").claims
    assert (first.citations[0].document, second.citations[0].document) == (ENGLISH, VIETNAMESE)
    both = paris.ask("Which countries did not sign the joint statement, and why?").claims[:2]
    assert {claim.citations[0].document for claim in both} == {ENGLISH, VIETNAMESE}


def test_a_retriever_of_ones_own_takes_the_place_of_ours(paris: Assistant) -> None:
    class Only(Assistant):
        def retrieve(
            self, question: Question, documents: Collection[str] | None = None
        ) -> list[Hit]:
            return [hit for hit in super().retrieve(question) if hit.document.id == VIETNAMESE]

    only = Only(paris.library, paris.encoder, settings=paris.settings)
    answer = only.ask(LED)
    assert {hit.document.id for hit in answer.hits} == {VIETNAMESE}
    assert exact(only, answer)


def test_a_document_that_is_not_there_is_an_error_and_no_empty_library(paris: Assistant) -> None:
    for asked in (paris.ask, paris.search):
        with pytest.raises(DocumentMissingError, match="nope"):
            asked(LED, documents=[ENGLISH, "nope"])
        with pytest.raises(TypeError, match="collection"):
            asked(LED, documents=ENGLISH)


def test_the_answer_has_one_shape_for_all_faces(paris: Assistant) -> None:
    shape = paris.ask(LED).to_dict()
    assert list(shape) == [
        "question",
        "standalone",
        "language",
        "refused",
        "missing",
        "refusal",
        "disagreement",
        "claims",
        "hits",
        "timings_ms",
    ]
    assert set(shape["claims"][0]["citations"][0]) == {
        *("document", "title", "source", "start", "end", "quote", "page", "section")
    }
    assert set(shape["timings_ms"]) == {"retrieve", "answer", "total"}


@pytest.mark.parametrize("question", ["", " \n", "🙂", "a\x00b", "a\ud800", "x" * 2001])
def test_a_bad_question_is_refused_before_any_model_is_called(
    paris: Assistant, question: str
) -> None:
    encoder, llm = HashEncoder(), ScriptedLLM()
    assistant = Assistant(paris.library, encoder, llm=llm)
    with pytest.raises(QuestionError):
        assistant.ask(question)
    assert encoder.encoded == [] and llm.prompts == []


def test_the_length_of_a_question_is_a_setting(paris: Assistant) -> None:
    short = Assistant(paris.library, paris.encoder, settings=replace(Settings(), question_chars=9))
    with pytest.raises(QuestionError, match="at most 9"):
        short.ask(LED)


def test_the_number_of_passages_is_a_setting(paris: Assistant) -> None:
    few = Assistant(paris.library, paris.encoder, settings=replace(Settings(), passages=2))
    assert len(few.ask(LED).hits) == 2


def test_several_threads_get_the_answers_they_would_get_alone(paris: Assistant) -> None:
    questions = [LED, CHAIRED, MOON, "Nước nào không ký tuyên bố chung?"] * 4
    alone = {question: paris.ask(question) for question in set(questions)}
    together = threading.Barrier(8)

    def ask(question: str) -> Answer:
        together.wait(20)
        return paris.ask(question)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, questions))
    for question, answer in zip(questions, answers, strict=True):
        assert answer.question == question
        assert answer.claims == alone[question].claims
        assert answer.refusal == alone[question].refusal
        assert [hit.passage for hit in answer.hits] == [hit.passage for hit in alone[question].hits]


# ---- a language model ---------------------------------------------------------------------------


def test_a_model_answers_in_sentences_that_are_cited_and_checked(
    asks: tuple[Assistant, ScriptedLLM],
) -> None:
    assistant, llm = asks
    events = list(assistant.stream(LED))
    assert isinstance(events[0], Found) and isinstance(events[-1], Done)
    answer = events[-1].answer
    assert [claim.text for claim in answer.claims] == [
        "Deputy Minister Bui Hoang Phuong headed the delegation.",
        "He came with 900 people.",
    ]
    assert [claim.verdict for claim in answer.claims] == ["supported", "unsupported"]
    assert "900" in (answer.claims[1].reason or "")
    assert exact(assistant, answer)
    assert [e.claim for e in events if isinstance(e, ClaimClosed)] == list(answer.claims)
    assert "[1]" in "".join(event.text for event in events if isinstance(event, Text))
    assert len(llm.prompts) == 1 and LED in llm.prompts[0]
    assert answer.trace["model"] == "scripted"


def test_without_evidence_the_model_is_never_called(paris: Assistant) -> None:
    llm = ScriptedLLM()
    answer = with_llm(paris, llm).ask(MOON)
    assert answer.refused and llm.prompts == []


def test_the_models_own_refusal_is_a_refusal_without_citations(paris: Assistant) -> None:
    answer = with_llm(paris, ScriptedLLM(REFUSAL)).ask(LED)
    assert answer.refused and answer.claims == () and list(answer.missing) == []
    assert answer.refusal and REFUSAL not in answer.refusal


def test_an_error_of_the_model_is_no_answer(paris: Assistant) -> None:
    failed = LLMServerError(endpoint="http://127.0.0.1:1", status=500)
    events: list[Event] = []
    with pytest.raises(LLMServerError):
        events.extend(with_llm(paris, ScriptedLLM(failed)).stream(LED))
    assert not any(isinstance(event, Done) for event in events)


def test_closing_the_stream_ends_the_call_of_the_model(
    asks: tuple[Assistant, ScriptedLLM],
) -> None:
    assistant, llm = asks
    stream = assistant.stream(LED)
    assert isinstance(next(stream), Found)
    assert llm.prompts == []  # retrieval does not wait for the model, nor the model for it
    assert isinstance(next(stream), Text)
    stream.close()
    assert llm.closed_early
    assert list(stream) == []


def test_pressing_stop_ends_the_answer_with_an_error(
    asks: tuple[Assistant, ScriptedLLM],
) -> None:
    assistant, _ = asks
    stop = Stop()
    stream = assistant.stream(LED, stop=stop)
    assert isinstance(next(stream), Found) and isinstance(next(stream), Text)
    stop.press()
    with pytest.raises(LLMStoppedError):
        list(stream)


def test_a_model_that_is_not_wanted_any_more_is_not_called(paris_library: Path) -> None:
    stop = Stop()
    stop.press()
    with OpenAIServer(Reply(deltas=("Yes [1].",))) as server:
        settings = Settings(
            library=paris_library, llm="openai", llm_base_url=server.base_url, llm_model="scripted"
        )
        with Assistant.open(settings) as assistant:
            with pytest.raises(LLMStoppedError):
                assistant.ask(LED, stop=stop)
            assert server.requests == []
            assert assistant.ask(LED).claims[0].text == "Yes."


# ---- libraries ----------------------------------------------------------------------------------


def small(folder: Path, *, texts: Collection[str], encoder: Encoder) -> Path:
    """A library of `texts`, each a document."""
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    ingest([folder], folder / ".library", encoder)
    return folder / ".library"


def test_an_empty_library_says_so_in_the_questions_language(tmp_path: Path) -> None:
    encoder = HashEncoder()
    library = small(tmp_path, texts=(), encoder=encoder)
    with Library.open(library, encoder.name, encoder.dim) as opened:
        assistant = Assistant(opened, encoder, llm=ScriptedLLM())
        english, vietnamese = assistant.ask(LED), assistant.ask(CHAIRED)
    assert english.refused and "no documents" in (english.refusal or "")
    assert vietnamese.refused and "chưa có tài liệu" in (vietnamese.refusal or "")
    assert english.hits == vietnamese.hits == []


def test_what_is_ingested_or_removed_meanwhile_is_seen_by_the_next_question(
    tmp_path: Path, default_encoder: Encoder
) -> None:
    encoder = default_encoder
    path = small(tmp_path, texts=[OFFICE, *OTHERS], encoder=encoder)
    with Library.open(path, encoder.name, encoder.dim) as library:
        assistant = Assistant(library, encoder)
        assert "Anna Berg" in assistant.ask(LEADS).text
        (tmp_path / "0.txt").write_text(OFFICE.replace("Anna Berg", "Carl Dahl"), encoding="utf-8")
        ingest([tmp_path], path, encoder)
        changed = assistant.ask(LEADS)
        assert "Carl Dahl" in changed.text and "Anna" not in changed.text
        assert exact(assistant, changed)
        with Writer(path, encoder.name, encoder.dim) as writer:
            writer.publish(removed=["0"])
        assert "Carl Dahl" not in assistant.ask(LEADS).text
        with pytest.raises(DocumentMissingError):
            assistant.document_text("0")


def test_an_encoder_without_token_vectors_is_enough_to_answer(tmp_path: Path) -> None:
    encoder = HashEncoder()
    path = small(tmp_path, texts=[OFFICE, *OTHERS], encoder=encoder)
    with Library.open(path, encoder.name, encoder.dim) as library:
        answer = Assistant(library, encoder).ask(LEADS)
    assert "Anna Berg" in answer.text


def test_opening_without_a_library_is_an_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissingError, match="ingest"):
        Assistant.open(Settings(library=tmp_path / "nowhere"))


def test_opening_with_another_encoder_than_the_librarys_names_both(tmp_path: Path) -> None:
    library = small(tmp_path, texts=["A text."], encoder=HashEncoder(dim=384))
    with pytest.raises(EncoderMismatchError) as caught:
        Assistant.open(Settings(library=library))
    for language in ("vi", "en"):
        message = caught.value.message(language)  # type: ignore[arg-type]
        assert "hash-encoder" in message and "trichdan/minilm-vi-en" in message


def test_a_model_of_ones_own_goes_before_the_settings(paris_library: Path) -> None:
    llm = ScriptedLLM()
    settings = Settings(library=paris_library, llm="openai")  # no address: it would be refused
    with Assistant.open(settings, llm=llm) as assistant:
        assert assistant.llm is llm


def test_the_documents_are_listed_by_title_with_their_texts(paris: Assistant) -> None:
    documents = paris.documents()
    assert {document.id for document in documents} == {ENGLISH, VIETNAMESE}
    assert [d.title for d in documents] == sorted(d.title for d in documents)
    assert "Paris" in paris.document_text(ENGLISH)
    assert paris.document(ENGLISH) in documents
