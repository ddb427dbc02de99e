"""Every fault of a remote model, in each protocol that is spoken."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from rag.errors import (
    LLMBusyError,
    LLMCutError,
    LLMError,
    LLMRefusedKeyError,
    LLMRequestError,
    LLMServerError,
    LLMTimeoutError,
    LLMUnreachableError,
    LLMUnreadableError,
    SettingsError,
)
from rag.llm.endpoint import KEY_VARIABLE, endpoint_of
from rag.llm.generative import GenerativeAnswerer
from rag.llm.models import load_llm
from rag.llm.probing import probe
from rag.llm.stop import LLMStoppedError, Stop
from rag.settings import Settings
from rag.types import ClaimClosed, Generated, Text
from tests.openai_server import OpenAIServer, Reply
from tests.rag.passages import EN, hits

SECRET = "key-0123456789abcdef"
SAID = ("The summit ", "was in ", "Paris [1]. ", "It was ", "in February [1].")
GOOD = Reply(deltas=SAID)
KINDS = ("openai", "ollama", "anthropic")
# OpenAI's own rows stand in test_models.py in more detail; here it is the measure of the others.
BAD = {
    "openai": ["data: {not json", 'data: {"choices": "none"}', "<html>a login page</html>"],
    "ollama": ["{not json", '["a list"]', "<html>a login page</html>"],
    "anthropic": ["event: message_start\ndata: {not json", "<html>a login page</html>"],
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, SECRET)
    for name in ("OPENAI_API_KEY", "OLLAMA_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.setenv(name, "of-another-service")
    monkeypatch.setattr("rag.llm.wire._PAUSE_S", 0.05)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True, scope="module")
def _warm() -> None:
    """The SDKs import much at their first call, which would count against short deadlines."""
    for each in KINDS:
        with OpenAIServer(GOOD) as server:
            ask(settings_for(each, server))


def settings_for(kind: str, server: OpenAIServer, **changes: Any) -> Settings:
    chosen: dict[str, Any] = {
        "llm": kind, "llm_base_url": server.base_url if kind == "openai" else server.root_url,
        "llm_model": "scripted", "llm_deadline_s": 20.0, "llm_read_timeout_s": 10.0,
    } | changes  # fmt: skip
    return Settings(**chosen)


def stream(settings: Settings, stop: Stop | None = None) -> Iterator[Text | ClaimClosed]:
    llm = load_llm(settings)
    assert llm is not None
    found = hits("The summit was held in Paris in February 2025.")
    return GenerativeAnswerer(llm, settings).answer(EN, found, stop=stop)


def ask(settings: Settings) -> Generated:
    events = stream(settings)
    while True:
        try:
            next(events)
        except StopIteration as ended:
            made: Generated = ended.value
            return made


def test_an_answer_is_streamed_with_our_key_and_no_other(kind: str) -> None:
    with OpenAIServer(GOOD) as server:
        made = ask(settings_for(kind, server))
        asked = server.requests[0]
        prompt = server.last_prompt
    texts = [claim.text for claim in made.claims]
    assert texts == ["The summit was in Paris.", "It was in February."]
    assert made.trace["finish"] == "stop"
    sent = {name.lower(): value for name, value in asked.headers.items()}
    expected = (
        {"x-api-key": SECRET} if kind == "anthropic" else {"authorization": f"Bearer {SECRET}"}
    )
    assert {name: sent[name] for name in sent if name in ("x-api-key", "authorization")} == expected
    assert "of-another-service" not in str(sent)
    assert asked.json["stream"] is True and not asked.json.get("tools")
    assert "<<<PASSAGE 1 " in prompt and "When was the summit?" in prompt


def test_without_a_key_none_is_sent(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE)
    with OpenAIServer(GOOD) as server:
        ask(settings_for(kind, server))
        sent = {name.lower() for name in server.requests[0].headers}
    assert not sent & {"x-api-key", "authorization"}


def test_the_longest_answer_and_the_window_are_told_to_the_model(kind: str) -> None:
    with OpenAIServer(GOOD) as server:
        ask(settings_for(kind, server, llm_answer_tokens=123, llm_context_tokens=5000))
        asked = server.requests[0].json
    if kind == "ollama":
        assert (asked["options"]["num_predict"], asked["options"]["num_ctx"]) == (123, 5000)
    else:
        assert asked["max_tokens"] == 123


def test_refused(kind: str) -> None:
    with OpenAIServer() as server:
        settings = settings_for(kind, server)
    with pytest.raises(LLMUnreachableError) as caught:
        ask(settings)
    assert endpoint_of(settings) in str(caught.value)


@pytest.mark.parametrize(
    ("status", "error", "requests"),
    [
        (401, LLMRefusedKeyError, 1),
        (403, LLMRefusedKeyError, 1),
        (404, LLMRequestError, 1),
        (429, LLMBusyError, 3),
        (500, LLMServerError, 3),
        (529, LLMServerError, 3),
    ],
)
def test_a_status_is_tried_again_where_that_helps_and_named(
    kind: str, status: int, error: type[LLMError], requests: int
) -> None:
    with OpenAIServer(Reply(status=status)) as server:
        with pytest.raises(error) as caught:
            ask(settings_for(kind, server))
        assert len(server.requests) == requests
    assert server.root_url in caught.value.message("vi")


def test_an_answer_after_two_failures(kind: str) -> None:
    busy = Reply(status=429, headers={"Retry-After": "0.5"})
    with OpenAIServer(busy, Reply(drop=True), GOOD) as server:
        assert len(ask(settings_for(kind, server)).claims) == 2
        first, second, _ = server.requests
    assert second.at - first.at >= 0.45


@pytest.mark.parametrize(
    "reply", [Reply(hang_before_s=30), Reply(deltas=SAID, hang_after=3)], ids=["mute", "midway"]
)
def test_a_model_that_hangs_is_hung_up_on(kind: str, reply: Reply) -> None:
    with OpenAIServer(reply) as server:
        started = time.monotonic()
        with pytest.raises(LLMTimeoutError):
            ask(settings_for(kind, server, llm_deadline_s=0.6, llm_read_timeout_s=30.0))
        assert time.monotonic() - started < 2
        assert server.left.wait(2)


@pytest.mark.parametrize("cut_after", [1, 3, 5])
def test_a_cut_stream_is_no_answer(kind: str, cut_after: int) -> None:
    with OpenAIServer(Reply(deltas=SAID, cut_after=cut_after)) as server:
        with pytest.raises(LLMCutError):
            ask(settings_for(kind, server))
        assert len(server.requests) == 1


@pytest.mark.parametrize("finish", ["eos_token", "STOP", "end_turn", "MAX_TOKENS"])
def test_an_end_is_known_by_the_names_that_others_give_it(kind: str, finish: str) -> None:
    with OpenAIServer(Reply(deltas=SAID, finish=finish)) as server:
        made = ask(settings_for(kind, server))
    assert made.trace["finish"] == ("length" if finish == "MAX_TOKENS" else "stop")
    assert len(made.claims) == 2


def test_an_end_without_a_reason_is_a_cut(kind: str) -> None:
    with OpenAIServer(Reply(deltas=SAID, finish=None)) as server, pytest.raises(LLMCutError):
        ask(settings_for(kind, server))


@pytest.mark.parametrize(("kind", "raw"), [(kind, raw) for kind in KINDS for raw in BAD[kind]])
def test_what_is_not_the_protocol_is_unreadable(kind: str, raw: str) -> None:
    with OpenAIServer(Reply(raw=[raw])) as server, pytest.raises(LLMUnreadableError):
        ask(settings_for(kind, server))


def test_an_error_in_the_middle_is_an_error_without_the_key(kind: str) -> None:
    said = f"overloaded, key {SECRET}"
    raw = {
        "openai": f'data: {{"error": {{"message": "{said}"}}}}',
        "ollama": f'{{"error": "{said}"}}',
        "anthropic": 'event: error\ndata: {"type": "error", "error": '
        f'{{"type": "overloaded_error", "message": "{said}"}}}}',
    }[kind]
    with OpenAIServer(Reply(raw=[raw])) as server, pytest.raises(LLMError) as caught:
        ask(settings_for(kind, server))
    assert "overloaded" in str(caught.value) and SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_answer_that_is_too_long_loses_its_half_sentence(kind: str) -> None:
    half = Reply(deltas=("The summit was in Paris [1]. It was in Feb",), finish="length")
    with OpenAIServer(half) as server:
        made = ask(settings_for(kind, server))
    assert [claim.text for claim in made.claims] == ["The summit was in Paris."]
    assert made.trace["finish"] == "length"


@pytest.mark.parametrize(
    "reply", [Reply(hang_before_s=30), Reply(deltas=SAID, hang_after=2)], ids=["mute", "midway"]
)
def test_stop_ends_the_call_within_two_seconds(kind: str, reply: Reply) -> None:
    with OpenAIServer(reply) as server:
        stop, pressed_at = Stop(), 0.0

        def press_when_asked() -> None:
            nonlocal pressed_at
            while not server.requests:
                time.sleep(0.01)
            time.sleep(0.1)
            pressed_at = time.monotonic()
            stop.press()

        threading.Thread(target=press_when_asked, daemon=True).start()
        with pytest.raises(LLMStoppedError):
            for _ in stream(settings_for(kind, server, llm_deadline_s=60.0), stop):
                pass
        assert time.monotonic() - pressed_at < 2
        assert server.left.wait(2)


def test_closing_the_stream_ends_the_call(kind: str) -> None:
    with OpenAIServer(Reply(deltas=SAID, hang_after=4)) as server:
        events = stream(settings_for(kind, server))
        next(events)
        events.close()  # type: ignore[attr-defined]
        assert server.left.wait(2)


def test_the_key_is_in_no_log_error_or_representation(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = Reply(status=400, body=f'{{"error": {{"message": "bad key {SECRET}"}}}}')
    with OpenAIServer(echo) as server:
        llm = load_llm(settings_for(kind, server))
        with pytest.raises(LLMRequestError) as caught:
            ask(settings_for(kind, server))
    links: list[BaseException | None] = [caught.value]
    while links[-1] is not None:
        links.append(links[-1].__cause__ or links[-1].__context__)
    told = " ".join(f"{link!r} {link} {getattr(link, 'body', '')}" for link in links)
    assert SECRET not in told + caplog.text + repr(llm)
    assert "[key]" in str(caught.value)


def test_the_probe_finds_the_model_its_window_and_its_speed(kind: str) -> None:
    steady = Reply(deltas=["one "] * 10, pause_s=0.01, usage=20 if kind == "anthropic" else 10)
    with OpenAIServer(steady) as server:
        found = probe(settings_for(kind, server))
        missing = probe(settings_for(kind, server, llm_model="other"))
    assert found is not None and missing is not None
    assert (found.reachable, found.model_present, found.error) == (True, True, None)
    assert found.context_tokens == 4096
    assert found.tokens_per_s is not None and 10 < found.tokens_per_s < 2000
    assert (missing.reachable, missing.model_present) == (True, False)


def test_the_probe_tells_why_a_model_that_is_listed_does_not_write(kind: str) -> None:
    # The first reply is the listing's, where the protocol asks with GET.
    replies = [Reply(status=500)] if kind == "ollama" else [GOOD, Reply(status=500)]
    with OpenAIServer(*replies) as server:
        found = probe(settings_for(kind, server, llm_retries=0))
    assert found is not None and isinstance(found.error, LLMServerError)


def test_a_proxy_is_used() -> None:
    with OpenAIServer(GOOD) as proxy:
        settings = Settings(
            llm="openai",
            llm_base_url="http://model.example/v1",
            llm_model="scripted",
            llm_proxy=proxy.root_url,
        )
        with pytest.raises(LLMError):
            ask(settings)  # it answers at a path of its own only
        assert proxy.requests[0].path.startswith("http://model.example/v1/")


def test_a_proxy_or_certificates_that_cannot_be_used_are_named(tmp_path: Any) -> None:
    settings = {"llm": "openai", "llm_base_url": "https://m.example/v1", "llm_model": "m"}
    with pytest.raises(SettingsError, match="llm_proxy"):
        load_llm(Settings(**settings, llm_proxy="socks9://x:secret@y"))  # type: ignore[arg-type]
    empty = tmp_path / "none.pem"
    empty.write_text("nothing")
    for path in (empty, tmp_path / "absent.pem"):
        with pytest.raises(SettingsError, match="llm_ca_file"):
            load_llm(Settings(**settings, llm_ca_file=str(path)))  # type: ignore[arg-type]


def test_nothing_listens_where_a_port_is_only_reserved(kind: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        found = probe(Settings(llm=kind, llm_base_url=address, llm_model="m", llm_retries=0))
    assert found is not None and not found.reachable
    assert isinstance(found.error, LLMUnreachableError)
