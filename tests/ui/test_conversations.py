import asyncio
import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from rag.errors import LLMUnreachableError
from rag.settings import Settings
from tests.ui.fakes import BRITAIN, DOCUMENTS, NOT_SIGNED, ScriptedAssistant, ScriptedShelves
from tests.ui.people import signed_in, town
from ui.cli import main
from ui.conversations import TITLE_CHARS, Conversations
from ui.errors import ConversationMissingError, StateError
from ui.feedback import REASONS, Feedback
from ui.page import Asked, Handlers
from ui.records import turn_from_dict, turn_to_dict
from ui.render import turn_html
from ui.service import Service
from ui.state import DATABASE, State
from ui.texts import escaped, turn_text
from ui.turns import Narrowed, Turn
from ui.users import Person

AN, BINH = Person("an", "reader"), Person("binh", "reader")


def finished(question: str) -> Turn:
    turn = Turn(question)
    for event in ScriptedAssistant().stream(question):
        turn = turn.after(event)
    return turn


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = State(tmp_path / "state")
    yield state
    state.close()


@pytest.fixture
def kept(state: State) -> Conversations:
    return Conversations(state)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    settings = Settings(library=tmp_path / "library")
    return Service.over(ScriptedAssistant(), ScriptedShelves(), settings, limited=True)


def asked(service: Service, person: Person, what: Asked) -> tuple[str, Turn]:
    """Ask as the page does; the conversation and the last turn."""

    async def work() -> tuple[str, Turn]:
        last = [
            (conversation, turn)
            async for _, conversation, turn in Handlers(service).follow(what, person, None)
        ]
        return last[-1]

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


# ---- what is kept -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "turn",
    [
        finished("Nước nào không ký?"),
        finished("Có gì đáng nghi ngờ?"),
        replace(finished("How far is the moon?"), suggestions=("What?",)),
        Turn("dừng").stopped(),
        replace(Turn("hẹp").stopped(), documents=(Narrowed("id", "Tên"),)),
    ],
)
def test_a_turn_looks_the_same_after_a_restart(turn: Turn) -> None:
    again = turn_from_dict(json.loads(json.dumps(turn_to_dict(turn))))
    assert turn_to_dict(again) == turn_to_dict(turn)
    assert turn_html(again, 1, "vi") == turn_html(turn, 1, "vi")


def test_an_error_is_kept_in_both_languages() -> None:
    turn = Turn("hỏng").failed(LLMUnreachableError(endpoint="http://x", detail="refused"))
    again = turn_from_dict(json.loads(json.dumps(turn_to_dict(turn))))
    assert turn.error is not None and again.error is not None
    for language in ("vi", "en"):
        assert again.error.message(language) == turn.error.message(language)


def test_an_answer_that_was_cut_off_by_a_crash_is_kept_as_stopped() -> None:
    reading = turn_to_dict(replace(finished("Nước nào?"), stage="reading", answer=None))
    assert turn_from_dict(reading).stage == "stopped"


def test_conversations_survive_the_process_and_are_each_persons_own(
    kept: Conversations, state: State
) -> None:
    first = kept.begin("an", "Nước nào\n không ký?")
    kept.add("an", first, finished("Nước nào không ký?"))
    second = kept.begin("an", "x" * 500)
    kept.begin("binh", "Ai?")
    state.close()
    again = Conversations(State(state.path.parent))
    assert [each.id for each in again.of("an")] == [second, first]
    assert [len(each.title) for each in again.of("an")] == [TITLE_CHARS, 18]
    assert again.turns("an", first)[0].claims[0].text == NOT_SIGNED
    for act in (again.turns, again.get, again.delete):
        with pytest.raises(ConversationMissingError):
            act("binh", first)
    with pytest.raises(ConversationMissingError):
        again.add("binh", first, finished("Ai?"))
    with pytest.raises(ConversationMissingError):
        again.update("binh", first, again.turns("an", first)[0])
    with pytest.raises(ConversationMissingError):
        again.rename("binh", first, "x")


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "chat.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StateError, match=r"chat\.sqlite"):
        Conversations(State(tmp_path)).of("an")


# ---- asking in a conversation -------------------------------------------------------------------


def test_questions_follow_one_another_and_the_last_can_be_asked_again(service: Service) -> None:
    conversation, _ = asked(service, AN, Asked("Nước nào?", "vi"))
    asked(service, AN, Asked("Ai nữa?", "vi", conversation))
    asked(service, AN, Asked("Ai nữa vậy?", "vi", conversation, again=True))
    turns = service.conversations.turns("an", conversation)
    assert [turn.question for turn in turns] == ["Nước nào?", "Ai nữa vậy?"]
    assert {turn.stage for turn in turns} == {"done"}
    histories = service.assistant.histories  # type: ignore[attr-defined]
    assert histories == [[], ["Nước nào?"], ["Nước nào?"]]


def test_two_windows_on_one_conversation_lose_nothing_of_each_other(kept: Conversations) -> None:
    conversation = kept.begin("an", "Nước nào?")
    one, two = Turn("Từ cửa sổ một?"), Turn("Từ cửa sổ hai?")
    kept.add("an", conversation, one)
    kept.add("an", conversation, two)
    kept.update("an", conversation, one.stopped())
    kept.add("an", conversation, Turn("Hỏi lại?"), again=True)
    kept.update("an", conversation, two.stopped())
    turns = kept.turns("an", conversation)
    assert [turn.question for turn in turns] == ["Từ cửa sổ một?", "Hỏi lại?"]


def test_somebody_who_asks_too_often_keeps_the_conversation_in_view(tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "library", questions_a_minute=1)
    service = Service.over(ScriptedAssistant(), ScriptedShelves(), settings, limited=True)
    conversation, _ = asked(service, AN, Asked("Nước nào?", "vi"))
    again, turn = asked(service, AN, Asked("Ai nữa?", "vi", conversation))
    assert turn.error is not None and turn.error.code == "too-often"
    assert again == conversation


def test_somebody_elses_conversation_cannot_be_asked_in(service: Service) -> None:
    conversation, _ = asked(service, AN, Asked("Nước nào?", "vi"))
    _, turn = asked(service, BINH, Asked("Ai?", "vi", conversation))
    assert turn.error is not None and turn.error.code == "conversation-missing"
    assert len(service.conversations.turns("an", conversation)) == 1
    assert service.conversations.of("binh") == []


def test_a_question_is_narrowed_to_documents_that_are_there(service: Service) -> None:
    wanted = (DOCUMENTS[0].id, "gone")
    _, turn = asked(service, AN, Asked("Nước nào?", "vi", documents=wanted))
    assert [each.id for each in turn.documents] == [DOCUMENTS[0].id]
    assert service.assistant.narrowed[-1] == [DOCUMENTS[0].id]  # type: ignore[attr-defined]
    assert DOCUMENTS[0].title in turn_html(turn, 1, "vi").partition("claims")[0]


def test_a_question_narrowed_to_removed_documents_is_asked_of_none(service: Service) -> None:
    conversation, _ = asked(service, AN, Asked("Nước nào?", "vi"))
    again, turn = asked(service, AN, Asked("Ai nữa?", "vi", conversation, documents=("gone",)))
    assert turn.error is not None and turn.error.code == "document-missing"
    assert "gone" in turn_html(turn, 2, "vi")
    assert again == conversation
    assert service.assistant.asked == ["Nước nào?"]  # type: ignore[attr-defined]


def test_going_away_keeps_what_was_answered_so_far(service: Service) -> None:
    async def work() -> None:
        following = Handlers(service).follow(Asked("slow", "vi"), AN, "s")
        async for _, _, turn in following:
            if turn.claims:
                break
        await following.aclose()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()
    (conversation,) = service.conversations.of("an")
    (turn,) = service.conversations.turns("an", conversation.id)
    assert (turn.stage, turn.claims[0].text) == ("stopped", NOT_SIGNED)


def test_a_turn_is_under_way_for_its_own_person_until_it_has_ended(service: Service) -> None:
    handlers = Handlers(service)

    def kept(conversation: str) -> Turn:
        return service.conversations.turns("an", conversation)[-1]

    async def work() -> str:
        following = handlers.follow(Asked("slow", "vi"), AN, "s")
        conversation = ""
        async for _, conversation, turn in following:  # noqa: B007 - read after the loop
            if turn.claims:
                break
        assert kept(conversation).stage == "stopped"
        assert handlers.underway(kept(conversation), AN).stage == "waiting"
        assert handlers.underway(kept(conversation), BINH).stage == "stopped"
        await following.aclose()
        return conversation

    with ThreadPoolExecutor(1) as pool:
        conversation = pool.submit(lambda: asyncio.run(work())).result()
    assert handlers.underway(kept(conversation), AN).stage == "stopped"


def test_a_turn_is_kept_without_holding_others_up_while_the_database_is_locked(
    service: Service, tmp_path: Path
) -> None:
    async def work() -> None:
        following = Handlers(service).follow(Asked("Nước nào?", "vi"), AN, "s")
        async for _, _, turn in following:
            if turn.stage == "done":
                break
        other = sqlite3.connect(tmp_path / "library-state" / DATABASE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        async def release() -> None:
            other.close()

        # The second can only run where the first does not hold up the loop.
        await asyncio.gather(following.aclose(), release())

    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()
    (conversation,) = service.conversations.of("an")
    (turn,) = service.conversations.turns("an", conversation.id)
    assert turn.stage == "done"


def test_a_conversation_deleted_while_it_is_answered_stays_deleted(service: Service) -> None:
    async def work() -> None:
        async for _, conversation, _ in Handlers(service).follow(Asked("Nước nào?", "vi"), AN, "s"):
            if service.conversations.of("an"):
                service.conversations.delete("an", conversation)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()
    assert service.conversations.of("an") == []


def test_suggestions_after_a_refusal_are_questions_that_were_answered(service: Service) -> None:
    _, turn = asked(service, AN, Asked("How far is the moon?", "en"))
    assert turn.answer is not None and turn.answer.refused
    assert service.suggestions.first("vi")
    for question in (*turn.suggestions, *service.suggestions.first("vi")):
        assert not service.assistant.ask(question).refused


# ---- over HTTP ----------------------------------------------------------------------------------


@pytest.fixture
def clients(tmp_path: Path) -> tuple[TestClient, TestClient, TestClient, Settings]:
    app, settings = town(tmp_path)
    return signed_in(app, "an"), signed_in(app, "binh"), signed_in(app, "quan"), settings


def begun(settings: Settings) -> str:
    kept = Conversations(State(settings.state_folder))
    conversation = kept.begin("an", "Nước nào?")
    kept.add("an", conversation, finished("Nước nào không ký?"))
    kept.add("an", conversation, finished("Có gì đáng nghi ngờ?"))
    return conversation


def test_a_conversation_is_listed_renamed_exported_and_deleted(
    clients: tuple[TestClient, TestClient, TestClient, Settings],
) -> None:
    an, _, _, settings = clients
    path = f"/api/conversations/{begun(settings)}"
    assert an.patch(path, json={"title": "  Ai ký,\nai không "}).json() == {
        "title": "Ai ký, ai không"
    }
    assert [each["title"] for each in an.get("/api/conversations").json()] == ["Ai ký, ai không"]
    exported = an.get(path)
    assert exported.headers["content-disposition"].startswith("attachment")
    turns = exported.json()["turns"]
    assert turns[0]["claims"][0]["citations"][0]["quote"] == NOT_SIGNED
    markdown = an.get(f"{path}?form=markdown", headers={"accept-language": "vi"}).text
    assert markdown.startswith("# Ai ký, ai không\n\n## Nước nào không ký?\n")
    assert f"[1] Tuyên bố chung ở Paris › Ai ký, ai không (tuyen-bo-paris.md): “{NOT_SIGNED}”" in (
        markdown
    )
    assert an.delete(path).status_code == 204
    assert an.get(path).status_code == 404
    assert an.get("/api/conversations").json() == []


def test_others_can_do_nothing_with_it_whatever_their_role(
    clients: tuple[TestClient, TestClient, TestClient, Settings],
) -> None:
    an, binh, quan, settings = clients
    path = f"/api/conversations/{begun(settings)}"
    for other in (binh, quan):
        replies = [
            other.get(path),
            other.get(f"{path}/turns/1"),
            other.patch(path, json={"title": "x"}),
            other.delete(path),
            other.put(f"{path}/turns/1/feedback", json={"rating": "up"}),
        ]
        assert {reply.status_code for reply in replies} == {404}
        assert other.get("/api/conversations").json() == []
    assert len(an.get(path).json()["turns"]) == 2


def test_an_answer_is_copied_with_its_sources(
    clients: tuple[TestClient, TestClient, TestClient, Settings],
) -> None:
    an, _, _, settings = clients
    path = f"/api/conversations/{begun(settings)}/turns"
    text = an.get(f"{path}/1", headers={"accept-language": "vi"}).text
    assert text.startswith(f"{NOT_SIGNED} [1] {BRITAIN} [2] [1]") or NOT_SIGNED in text
    assert "Nguồn:\n[1] Tuyên bố chung ở Paris" in text
    doubtful = an.get(f"{path}/2?form=markdown", headers={"accept-language": "en"}).text
    assert "(Not supported by the cited passage)" in doubtful
    for wrong in ("0", "3", "-1", "x"):
        assert an.get(f"{path}/{wrong}").status_code in (400, 404)


def test_copied_markdown_cannot_carry_markup_of_a_document() -> None:
    hostile = "<img src=x> [a](http://e.example) ![i](//e) `x` **b** # h | _u_ ~s~ &amp;"
    marked = escaped(hostile)
    assert all(f"\\{letter}" in marked for letter in "<>[]!`*#|_~&")
    assert "](" not in marked.replace("\\](", "")
    turn = finished("attack")
    assert "\\<script\\>" in turn_text(turn, "markdown", "en")


# ---- feedback -----------------------------------------------------------------------------------


def test_feedback_holds_the_question_the_answer_and_the_frozen_passages(
    clients: tuple[TestClient, TestClient, TestClient, Settings],
) -> None:
    an, _, quan, settings = clients
    path = f"/api/conversations/{begun(settings)}/turns/2/feedback"
    given = {"rating": "down", "reason": "wrong", "comment": " Sai số. ", "right_answer": "60 nước"}
    assert an.put(path, json=given).status_code == 204
    lines = quan.get("/api/feedback").text.splitlines()
    (record,) = [json.loads(line) for line in lines]
    assert record["format"] == "trichdan-feedback/1"
    assert (record["rating"], record["reason"], record["comment"], record["right_answer"]) == (
        "down", "wrong", "Sai số.", "60 nước",
    )  # fmt: skip
    assert record["question"] == "Có gì đáng nghi ngờ?"
    assert record["history"][0]["question"] == "Nước nào không ký?"
    assert record["answer"]["claims"][0]["verdict"] == "unsupported"
    (passage,) = record["passages"]
    assert passage["text"] == NOT_SIGNED and passage["version"] == DOCUMENTS[0].version
    assert passage["quotes"][0]["quote"] == NOT_SIGNED
    assert "an" not in (record.get("person"), record.get("user"))
    documented = (Path(__file__).parents[2] / "docs/feedback.md").read_text(encoding="utf-8")
    for key in (*record, *passage):
        assert f"`{key}`" in documented, key
    for reason in REASONS:
        assert f'`"{reason}"`' in documented


def test_a_rating_is_changed_taken_back_and_outlives_its_conversation(
    clients: tuple[TestClient, TestClient, TestClient, Settings],
) -> None:
    an, _, quan, settings = clients
    conversation = begun(settings)
    path = f"/api/conversations/{conversation}/turns/1/feedback"
    an.put(path, json={"rating": "down", "reason": "other"})
    an.put(path, json={"rating": "up", "reason": "other"})
    (record,) = [json.loads(line) for line in quan.get("/api/feedback").text.splitlines()]
    assert (record["rating"], record["reason"]) == ("up", None)
    turns = Conversations(State(settings.state_folder)).turns("an", conversation)
    assert [turn.rating for turn in turns] == ["up", None]
    an.put(path, json={"rating": None})
    assert quan.get("/api/feedback").text == ""
    an.put(path, json={"rating": "down"})
    an.delete(f"/api/conversations/{conversation}")
    assert len(quan.get("/api/feedback").text.splitlines()) == 1


@pytest.mark.parametrize(
    "body",
    [{}, {"rating": "sideways"}, {"rating": "down", "reason": "?"},
     {"rating": "down", "comment": "x" * 4001}, {"rating": "up", "more": 1}],
)  # fmt: skip
def test_feedback_that_is_none_is_refused(
    clients: tuple[TestClient, TestClient, TestClient, Settings], body: dict[str, object]
) -> None:
    an, _, _, settings = clients
    path = f"/api/conversations/{begun(settings)}/turns/1/feedback"
    assert an.put(path, json=body).status_code == 400


def test_the_command_line_exports_it_and_forgets_a_removed_person(
    clients: tuple[TestClient, TestClient, TestClient, Settings],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    an, _, _, settings = clients
    an.put(f"/api/conversations/{begun(settings)}/turns/1/feedback", json={"rating": "up"})
    monkeypatch.setenv("TRICHDAN_LIBRARY", str(settings.library))
    assert main(["feedback"]) == 0
    assert json.loads(capsys.readouterr().out)["rating"] == "up"
    assert main(["users", "remove", "an"]) == 0
    state = State(settings.state_folder)
    assert Conversations(state).of("an") == []
    assert len(list(Feedback(state).lines())) == 1
