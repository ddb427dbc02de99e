from __future__ import annotations

import logging
import pickle
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import pytest

from rag.errors import (
    LLMBusyError,
    LLMCutError,
    LLMError,
    LLMMissingError,
    LLMRedirectError,
    LLMRefusedKeyError,
    LLMRequestError,
    LLMServerError,
    LLMSilentError,
    LLMTimeoutError,
    LLMUnreachableError,
    LLMUnreadableError,
    LLMWindowError,
    SettingsError,
)
from rag.llm.endpoint import KEY_VARIABLE, endpoint_of
from rag.llm.generative import GenerativeAnswerer
from rag.llm.models import ENGINES, load_llm
from rag.llm.probing import probe
from rag.llm.stop import LLMStoppedError, Stop
from rag.settings import Settings
from rag.types import ClaimClosed, Generated, Text
from tests.openai_server import OpenAIServer, Reply
from tests.rag.passages import EN, hits

SECRET = "sk-test-0123456789abcdef"
SAID = ("The summit ", "was in ", "Paris [1]. ", "It was ", "in February [1].")
GOOD = Reply(deltas=SAID)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, SECRET)
    monkeypatch.setenv("OPENAI_API_KEY", "another-service")
    monkeypatch.setattr("rag.llm.wire._PAUSE_S", 0.05)


@pytest.fixture(autouse=True, scope="module")
def _warm() -> None:
    """The SDK imports much at its first call, which would count against short deadlines."""
    with OpenAIServer(GOOD) as server:
        ask(settings_for(server))


def settings_for(server: OpenAIServer, **changes: Any) -> Settings:
    chosen: dict[str, Any] = {
        "llm": "openai", "llm_base_url": server.base_url, "llm_model": "scripted",
        "llm_deadline_s": 20.0, "llm_read_timeout_s": 10.0, "llm_connect_timeout_s": 5.0,
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


def test_an_answer_is_streamed_with_the_key_and_without_tools() -> None:
    with OpenAIServer(GOOD) as server:
        made = ask(settings_for(server))
        asked = server.requests[0]
    assert [claim.text for claim in made.claims] == [
        "The summit was in Paris.",
        "It was in February.",
    ]
    assert made.trace["finish"] == "stop"
    assert asked.headers["Authorization"] == f"Bearer {SECRET}"
    assert asked.json["stream"] is True
    assert asked.json["max_tokens"] == 700
    assert "tools" not in asked.json


def test_without_a_key_no_other_services_key_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE)
    with OpenAIServer(GOOD) as server:
        ask(settings_for(server))
    assert "Authorization" not in server.requests[0].headers


@pytest.mark.parametrize(
    ("reply", "error", "requests"),
    [
        (Reply(status=401), LLMRefusedKeyError, 1),
        (Reply(status=403), LLMRefusedKeyError, 1),
        (Reply(status=404, body='{"error": {"message": "no such model"}}'), LLMRequestError, 1),
        (Reply(status=400, body="<html>nonsense"), LLMRequestError, 1),
        (Reply(status=307, headers={"Location": "http://127.0.0.1:9/"}), LLMRedirectError, 1),
        (Reply(status=429), LLMBusyError, 3),
        (Reply(status=500), LLMServerError, 3),
        (Reply(status=503, body=""), LLMServerError, 3),
        (Reply(drop=True), LLMUnreachableError, 3),
    ],
    ids=lambda value: getattr(value, "__name__", None) or str(getattr(value, "status", value)),
)
def test_a_failing_endpoint_is_tried_a_bounded_number_of_times_and_named(
    reply: Reply, error: type[LLMError], requests: int
) -> None:
    with OpenAIServer(reply) as server:
        with pytest.raises(error) as caught:
            ask(settings_for(server))
        assert len(server.requests) == requests
    assert server.base_url in str(caught.value)
    assert server.base_url in caught.value.message("vi")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_refused_requests_reason_is_passed_on() -> None:
    reply = Reply(status=400, body='{"error": {"message": "context too long"}}')
    with OpenAIServer(reply) as server, pytest.raises(LLMRequestError, match="context too long"):
        ask(settings_for(server))


def test_two_failures_then_an_answer_is_an_answer() -> None:
    with OpenAIServer(Reply(status=500), Reply(drop=True), GOOD) as server:
        assert len(ask(settings_for(server)).claims) == 2
        assert len(server.requests) == 3


def test_retry_after_is_waited_for() -> None:
    busy = Reply(status=429, headers={"Retry-After": "1"})
    with OpenAIServer(busy, GOOD) as server:
        assert len(ask(settings_for(server)).claims) == 2
        first, second = server.requests
    assert second.at - first.at >= 0.9


def test_retry_after_may_be_a_date() -> None:
    date = int(time.time()) + 2
    busy = Reply(status=429, headers={"Retry-After": formatdate(date, usegmt=True)})
    with OpenAIServer(busy, GOOD) as server:
        assert len(ask(settings_for(server)).claims) == 2
        asked_again = time.time() - (time.monotonic() - server.requests[1].at)
    assert asked_again >= date - 0.1


def test_a_retry_after_beyond_the_deadline_is_not_waited_for() -> None:
    with OpenAIServer(Reply(status=429, headers={"Retry-After": "3600"})) as server:
        started = time.monotonic()
        with pytest.raises(LLMBusyError) as caught:
            ask(settings_for(server))
        assert "retries" not in str(caught.value)  # there were none
        assert time.monotonic() - started < 2
        assert len(server.requests) == 1


def test_connection_refused_names_the_endpoint() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        settings = Settings(llm="openai", llm_base_url=address, llm_model="m")
        with pytest.raises(LLMUnreachableError, match=re.escape(address)):
            ask(settings)


def test_silence_before_the_first_byte_ends_at_the_deadline() -> None:
    with OpenAIServer(Reply(hang_before_s=30)) as server:
        started = time.monotonic()
        with pytest.raises(LLMTimeoutError, match="llm_deadline_s"):
            ask(settings_for(server, llm_deadline_s=0.6, llm_read_timeout_s=30.0))
        assert time.monotonic() - started < 2
        assert server.left.wait(2)


def test_silence_in_the_middle_ends_at_the_read_timeout() -> None:
    with OpenAIServer(Reply(deltas=SAID, hang_after=3)) as server:
        started = time.monotonic()
        with pytest.raises(LLMSilentError, match=r"0\.4 s") as caught:
            ask(settings_for(server, llm_read_timeout_s=0.4))
        assert time.monotonic() - started < 2
        assert server.left.wait(2)
    for language in ("vi", "en"):
        said = caught.value.message(language)
        assert "llm_read_timeout_s" in said and "llm_deadline_s" not in said


def test_silence_before_the_first_byte_longer_than_allowed_is_not_called_the_deadline() -> None:
    with OpenAIServer(Reply(hang_before_s=30)) as server:
        with pytest.raises(LLMSilentError, match=r"0\.3 s"):
            ask(settings_for(server, llm_read_timeout_s=0.3))
        assert server.left.wait(2)


def test_a_slow_but_steady_answer_ends_at_the_deadline() -> None:
    with OpenAIServer(Reply(deltas=["word "] * 500, pause_s=0.1)) as server:
        started = time.monotonic()
        with pytest.raises(LLMTimeoutError, match=r"0\.8 s"):
            ask(settings_for(server, llm_deadline_s=0.8))
        assert time.monotonic() - started < 2
        assert server.left.wait(2)


@pytest.mark.parametrize("cut_after", [1, 3, 5])
def test_a_cut_stream_is_no_answer(cut_after: int) -> None:
    with OpenAIServer(Reply(deltas=SAID, cut_after=cut_after)) as server:
        with pytest.raises(LLMCutError):
            ask(settings_for(server))
        assert len(server.requests) == 1


def test_a_window_in_which_no_question_fits_is_found_when_the_model_is_tried() -> None:
    with OpenAIServer(GOOD) as server:
        small = probe(settings_for(server, llm_context_tokens=100))
        assert small is not None and isinstance(small.error, LLMWindowError)
        assert "window of 100 tokens" in str(small.error)
        fits = probe(settings_for(server))
    assert fits is not None and fits.error is None


def test_halves_of_a_character_are_joined_and_invisible_ones_left_out() -> None:
    said = (
        "The summit \ud83d",
        "\ude00 was in ",
        "\x1b]0;x\x07Paris\u202e\x00\ude00",
        " [1].",
        "\ud83d",
    )
    with OpenAIServer(Reply(deltas=said)) as server:
        made = ask(settings_for(server))
    assert made.trace["reply"] == "The summit \U0001f600 was in ]0;xParis\ufffd [1].\ufffd"
    reply = Reply(status=400, body='{"error": {"message": "bad \\ud83d\\u001b[31m"}}')
    with OpenAIServer(reply) as server, pytest.raises(LLMRequestError) as caught:
        ask(settings_for(server))
    assert "bad \ufffd[31m" in caught.value.message("vi")


def test_an_end_without_a_reason_is_a_cut() -> None:
    with OpenAIServer(Reply(deltas=SAID, finish=None)) as server, pytest.raises(LLMCutError):
        ask(settings_for(server))


@pytest.mark.parametrize(
    "raw",
    [
        ["data: {not json"],
        ['data: {"choices": "none"}'],
        ['data: {"choices": [{"delta": 5, "finish_reason": null}]}'],
        ['data: "text"'],
        ["<html>a login page</html>"],
        ["data: [DONE]"],
        [],
    ],
)
def test_a_reply_that_is_not_the_protocol_is_unreadable(raw: list[str]) -> None:
    with OpenAIServer(Reply(raw=raw)) as server, pytest.raises(LLMUnreadableError):
        ask(settings_for(server))


def test_an_error_in_the_middle_of_the_stream_is_an_error_without_the_key() -> None:
    raw = [f'data: {{"error": {{"message": "overloaded, key {SECRET}"}}}}']
    with (
        OpenAIServer(Reply(raw=raw)) as server,
        pytest.raises(LLMError, match="overloaded") as caught,
    ):
        ask(settings_for(server))
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_answer_that_is_too_long_loses_its_half_sentence() -> None:
    half = Reply(deltas=("The summit was in Paris [1]. It was in Feb",), finish="length")
    with OpenAIServer(half) as server:
        made = ask(settings_for(server))
    assert [claim.text for claim in made.claims] == ["The summit was in Paris."]
    assert made.trace["finish"] == "length"
    assert made.trace["dropped_sentence"] == "It was in Feb"


def test_an_answer_too_long_for_one_sentence_is_an_error() -> None:
    half = Reply(deltas=("The summit was in",), finish="length")
    with OpenAIServer(half) as server, pytest.raises(LLMError, match="llm_answer_tokens = 700"):
        ask(settings_for(server))


def test_a_filtered_answer_is_an_error() -> None:
    filtered = Reply(deltas=("The summit was in Paris [1].",), finish="content_filter")
    with OpenAIServer(filtered) as server, pytest.raises(LLMError, match="content_filter"):
        ask(settings_for(server))


def test_closing_the_stream_ends_the_call_at_the_endpoint() -> None:
    with OpenAIServer(Reply(deltas=SAID, hang_after=4)) as server:
        events = stream(settings_for(server))
        next(events)
        events.close()  # type: ignore[attr-defined]
        assert server.left.wait(2)


@pytest.mark.parametrize("reply", [Reply(hang_before_s=30), Reply(deltas=SAID, hang_after=2)])
def test_stop_ends_the_call_from_another_thread_while_the_model_is_silent(reply: Reply) -> None:
    with OpenAIServer(reply) as server:
        stop, pressed_at = Stop(), 0.0

        def press_when_asked() -> None:
            nonlocal pressed_at
            while not server.requests:
                time.sleep(0.01)
            time.sleep(0.2)
            pressed_at = time.monotonic()
            stop.press()

        threading.Thread(target=press_when_asked, daemon=True).start()
        with pytest.raises(LLMStoppedError):
            for _ in stream(
                settings_for(server, llm_deadline_s=60.0, llm_read_timeout_s=50.0), stop
            ):
                pass
        assert time.monotonic() - pressed_at < 2
        assert server.left.wait(2)


def test_stop_pressed_before_the_question_sends_nothing_more_than_once() -> None:
    with OpenAIServer(Reply(status=500)) as server:
        stop = Stop()
        stop.press()
        with pytest.raises(LLMStoppedError):
            list(stream(settings_for(server), stop))
        assert len(server.requests) <= 1


def test_two_people_at_once_get_their_own_answers() -> None:
    with OpenAIServer(Reply(deltas=SAID, pause_s=0.02)) as server:
        settings = settings_for(server)
        made: list[Generated] = []
        threads = [threading.Thread(target=lambda: made.append(ask(settings))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [len(one.claims) for one in made] == [2] * 6


def test_the_key_is_in_no_log_error_or_representation(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = Reply(status=400, body=f'{{"error": {{"message": "bad key {SECRET}"}}}}')
    with OpenAIServer(echo) as server:
        settings = settings_for(server)
        llm = load_llm(settings)
        with pytest.raises(LLMRequestError) as caught:
            ask(settings)
    links: list[BaseException | None] = [caught.value]
    while links[-1] is not None:
        links.append(links[-1].__cause__ or links[-1].__context__)
    told = " ".join(f"{link!r} {link} {getattr(link, 'body', '')}" for link in links)
    payload = llm.model_dump_json(exclude={"callback_manager"}) if llm is not None else ""
    for text in (told, caplog.text, repr(llm), repr(settings), payload):
        assert SECRET not in text
    assert "[key]" in str(caught.value)


@pytest.mark.parametrize("key", ["line\nbreak", "khoá", "two words"])
def test_a_key_that_cannot_be_sent_is_a_settings_error_that_hides_it(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, key)
    with OpenAIServer(GOOD) as server, pytest.raises(SettingsError) as caught:
        load_llm(settings_for(server))
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"llm": "psychic"}, "none, openai"),
        ({"llm_base_url": ""}, "llm_base_url"),
        ({"llm_base_url": "localhost:8000"}, "llm_base_url"),
        ({"llm_base_url": "http://[::1"}, "llm_base_url"),
        ({"llm_model": ""}, "llm_model"),
    ],
)
def test_wrong_settings_are_named(changes: dict[str, str], named: str) -> None:
    values = {"llm": "openai", "llm_base_url": "http://127.0.0.1:1/v1", "llm_model": "m"} | changes
    with pytest.raises(SettingsError, match=named):
        load_llm(Settings(**values))  # type: ignore[arg-type]


def test_no_llm_by_default() -> None:
    assert load_llm(Settings()) is None
    assert probe(Settings()) is None


@pytest.mark.parametrize(
    ("kind", "package", "extra"),
    [
        ("openai", "llama_index.llms.openai_like", "openai"),
        ("ollama", "llama_index.llms.ollama", "ollama"),
        ("anthropic", "llama_index.llms.anthropic", "anthropic"),
        ("llama.cpp", "llama_cpp", "llama-cpp"),
        ("transformers", "llama_index.llms.huggingface", "transformers"),
    ],
)
def test_a_missing_package_names_what_to_install(
    kind: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, ENGINES[kind].module, raising=False)
    settings = Settings(llm=kind, llm_base_url="http://127.0.0.1:1/v1", llm_model="m")
    with pytest.raises(LLMMissingError) as caught:
        load_llm(settings)
    for language in ("vi", "en"):
        assert f'pip install "trichdan[{extra}]"' in caught.value.message(language)


def test_without_an_llm_nothing_of_it_is_imported() -> None:
    code = (
        "import sys, rag.llm.models, rag.llm.generative; from rag.settings import Settings;"
        "assert rag.llm.models.load_llm(Settings()) is None;"
        "assert not {'llama_index', 'openai', 'httpx'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_endpoint_is_shown_without_its_password() -> None:
    settings = Settings(llm_base_url="https://user:pw@host.example:8443/v1?token=t")
    assert endpoint_of(settings) == "https://host.example:8443/v1"


def test_probe_finds_the_model_and_its_window() -> None:
    with OpenAIServer(GOOD) as server:
        found = probe(settings_for(server))
    assert found is not None
    assert (found.reachable, found.model_present, found.error) == (True, True, None)
    assert found.context_tokens == 4096
    assert found.latency_ms is not None
    assert server.requests[0].path == "/v1/models"
    assert server.requests[0].headers["Authorization"] == f"Bearer {SECRET}"


def test_probe_says_when_the_model_is_not_listed_or_nothing_is() -> None:
    with OpenAIServer(models=["other"]) as server:
        found = probe(settings_for(server))
    assert found is not None and (found.reachable, found.model_present) == (True, False)
    with OpenAIServer(GOOD, models=None) as server:
        found = probe(settings_for(server))
    assert found is not None and (found.reachable, found.model_present) == (True, None)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(status=401), LLMRefusedKeyError),
        (Reply(status=500), LLMServerError),
        (Reply(status=400, body="[]"), LLMRequestError),
    ],
)
def test_probe_gives_the_error_and_does_not_raise_it(reply: Reply, error: type[LLMError]) -> None:
    with OpenAIServer(reply) as server:
        found = probe(settings_for(server, llm_retries=0))
    assert found is not None
    assert found.reachable
    assert isinstance(found.error, error)


def test_probe_of_a_dead_address_is_unreachable() -> None:
    with OpenAIServer() as server:
        settings = settings_for(server)
    found = probe(settings)
    assert found is not None and not found.reachable
    assert isinstance(found.error, LLMUnreachableError)
