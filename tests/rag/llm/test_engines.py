"""Engines that compute: models in this process, and llama.cpp's own server beside it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag.errors import LLMError, LLMModelMissingError, LLMTimeoutError, SettingsError
from rag.llm.exchange import Exchange
from rag.llm.generative import GenerativeAnswerer
from rag.llm.models import load_llm
from rag.llm.probing import probe
from rag.llm.prompt import build_prompt, token_counter
from rag.llm.reply import stream_reply
from rag.llm.stop import LLMStoppedError, Stop
from rag.settings import Settings
from tests.rag.passages import EN, hits
from tests.tiny_models import NO_SYSTEM, TEMPLATE, WINDOW, write_gguf, write_transformers

IN_PROCESS = ("llama.cpp", "transformers")
WRITERS: dict[str, Callable[..., Path]] = {
    "llama.cpp": write_gguf,
    "transformers": write_transformers,
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A model of each kind, by the setting that chooses it."""
    folder = tmp_path_factory.mktemp("models")
    return {kind: write(folder / kind.replace(".", "-")) for kind, write in WRITERS.items()}


@pytest.fixture(scope="module")
def server(files: dict[str, Path]) -> Iterator[str]:
    """The address of llama.cpp's OpenAI-compatible server over the same file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "llama_cpp.server", "--model", str(files["llama.cpp"])),
        *("--port", str(port), "--n_ctx", str(WINDOW), "--model_alias", "tiny"),
        # Else a second question cuts the first one off.
        *("--interrupt_requests", "false"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + 90
        while True:
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None and time.monotonic() < ends, "the server did not start"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(params=[*IN_PROCESS, "server"])
def settings(request: pytest.FixtureRequest, files: dict[str, Path]) -> Settings:
    """Settings for each engine."""
    limits: dict[str, Any] = {"llm_context_tokens": WINDOW, "llm_deadline_s": 60.0}
    if request.param == "server":
        address = request.getfixturevalue("server")
        return Settings(llm="openai", llm_base_url=address, llm_model="tiny", **limits)
    return Settings(llm=request.param, llm_model=str(files[request.param]), **limits)


@pytest.fixture
def local(settings: Settings) -> Settings:
    """Settings for the engines in this process only."""
    if settings.llm == "openai":
        pytest.skip("the tokenizer is on the other side")
    return settings


def said(settings: Settings, llm: Any = None, stop: Stop | None = None) -> tuple[list[str], str]:
    """What the model says, in pieces, and why it ended."""
    exchange = Exchange(settings.llm_deadline_s, stop)
    reply = stream_reply(llm or load_llm(settings), "Be brief.", "Say a word.", exchange, "tiny")
    pieces: list[str] = []
    while True:
        try:
            pieces.append(next(reply))
        except StopIteration as ended:
            return pieces, ended.value


def test_a_real_model_is_loaded_streamed_and_limited(settings: Settings) -> None:
    pieces, finish = said(replace(settings, llm_answer_tokens=40))
    assert finish == "length"
    assert len(pieces) > 1  # transformers gives whole words
    text = "".join(pieces)
    assert 30 <= len(text) <= 41 and text.replace(".", "").replace(" ", "").isalpha()


def test_an_answer_without_an_end_is_named_with_the_limit_that_cut_it(settings: Settings) -> None:
    short = replace(settings, llm_answer_tokens=30)
    llm = load_llm(short)
    assert llm is not None
    with pytest.raises(LLMError, match="llm_answer_tokens = 30"):
        list(GenerativeAnswerer(llm, short).answer(EN, hits("The summit was in Paris.")))


def test_closing_the_stream_frees_the_model_within_two_seconds(settings: Settings) -> None:
    llm = load_llm(replace(settings, llm_answer_tokens=1500))
    exchange = Exchange(60)
    assert llm is not None
    reply = stream_reply(llm, "Be brief.", "Say a word.", exchange, "tiny")
    next(reply)
    started = time.monotonic()
    reply.close()
    # Each of them answers one question at a time: a second one shows that the first has ended.
    said(settings, load_llm(replace(settings, llm_answer_tokens=3)) if exchange.over else None)
    assert time.monotonic() - started < 2 + _loading(settings)


def _loading(settings: Settings) -> float:
    """How long the second model took to load, which is not what is measured."""
    if settings.llm == "openai":
        return 0.5
    started = time.monotonic()
    load_llm(settings)
    return (time.monotonic() - started) * 2 + 1


def test_stop_ends_the_answer_within_two_seconds(settings: Settings) -> None:
    llm = load_llm(replace(settings, llm_answer_tokens=1900))
    stop, pressed_at = Stop(), 0.0

    def press() -> None:
        nonlocal pressed_at
        time.sleep(0.3)
        pressed_at = time.monotonic()
        stop.press()

    threading.Thread(target=press, daemon=True).start()
    with pytest.raises(LLMStoppedError):
        while True:  # tiny models are quick: until it is in the middle of an answer
            said(settings, llm, stop)
    assert time.monotonic() - pressed_at < 2
    _answers_again(settings, llm)


def _answers_again(settings: Settings, llm: Any) -> None:
    """The model was left as it was found, and soon."""
    started = time.monotonic()
    exchange = Exchange(30)
    reply = stream_reply(llm, "Be brief.", "Say a word.", exchange, "tiny")
    assert next(reply)
    reply.close()
    assert time.monotonic() - started < 2


def test_stop_ends_even_the_reading_of_the_prompt(local: Settings) -> None:
    llm: Any = load_llm(local)
    stop = Stop()
    looked: list[float] = []
    exchange = Exchange(60, stop)

    # Pressed by the model's own computing, at its first step: before any word was written.
    def over() -> bool:
        if not looked:
            looked.append(time.monotonic())
            stop.press()
        return exchange.over

    from llama_index.core.llms import ChatMessage

    exchange.__enter__()
    try:
        if local.llm == "llama.cpp":
            reply = llm._say([ChatMessage(content="word " * 300)], over)
        else:
            reply = llm._say(llm._encoded([ChatMessage(content="word " * 300)]), over)
        assert not [piece.delta for piece in reply if piece.delta]
    finally:
        exchange.__exit__(None, None, None)
    assert looked
    _answers_again(local, llm)


def test_the_deadline_holds_for_a_model_in_this_process(local: Settings) -> None:
    llm = load_llm(replace(local, llm_answer_tokens=1900))
    said(replace(local, llm_deadline_s=60.0), load_llm(replace(local, llm_answer_tokens=2)))
    started = time.monotonic()
    with pytest.raises(LLMTimeoutError):
        said(replace(local, llm_deadline_s=0.2), llm)
    assert time.monotonic() - started < 2


def test_two_people_at_once_get_whole_answers_one_after_the_other(settings: Settings) -> None:
    llm = load_llm(replace(settings, llm_answer_tokens=20))
    answers: list[tuple[list[str], str]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(said(settings, llm))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [finish for _, finish in answers] == ["length"] * 3
    assert all(15 <= len("".join(pieces)) <= 21 for pieces, _ in answers)


def test_who_gives_up_while_waiting_does_not_disturb_the_other(local: Settings) -> None:
    llm: Any = load_llm(replace(local, llm_answer_tokens=10))
    stop = Stop()
    with llm._lock:
        threading.Timer(0.2, stop.press).start()
        with pytest.raises(LLMStoppedError):
            said(local, llm, stop)
    assert said(local, llm)[1] == "length"


def test_passages_are_packed_by_the_models_own_tokenizer(local: Settings) -> None:
    llm: Any = load_llm(local)
    count = token_counter(llm)
    assert count("xin chào") == len("xin chào".encode()) + (local.llm == "llama.cpp")
    passages = hits(*(f"Passage {number} says little. " * 8 for number in range(9)))
    prompt = build_prompt(EN, passages, window=3300, answer_tokens=700, count=count)
    assert prompt.packed and prompt.left_out
    assert [*prompt.packed, *prompt.left_out] == passages
    assert prompt.tokens <= 2600 < prompt.tokens + count(passages[0].passage.text) + 200


def test_the_models_own_window_bounds_the_setting(local: Settings) -> None:
    llm = load_llm(replace(local, llm_context_tokens=100_000))
    assert llm is not None and llm.metadata.context_window == WINDOW


@pytest.mark.parametrize("kind", IN_PROCESS)
@pytest.mark.parametrize("template", [NO_SYSTEM + TEMPLATE, None], ids=["no-system", "none"])
def test_a_template_without_instructions_or_none_at_all_still_answers(
    kind: str, template: str | None, tmp_path: Path
) -> None:
    path = WRITERS[kind](tmp_path / "model", template=template)
    settings = Settings(
        llm=kind, llm_model=str(path), llm_answer_tokens=8, llm_context_tokens=WINDOW
    )
    assert said(settings)[1] == "length"


@pytest.mark.parametrize("kind", IN_PROCESS)
def test_a_model_that_is_not_there_is_named_and_not_downloaded(kind: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"GGUF and no more")
    for name in ("someone/some-model", str(broken)):
        with pytest.raises(LLMModelMissingError, match=name):
            load_llm(Settings(llm=kind, llm_model=name))
    with pytest.raises(SettingsError, match="llm_model"):
        load_llm(Settings(llm=kind))
    found = probe(Settings(llm=kind, llm_model="someone/some-model"))
    assert found is not None and found.model_present is False
    assert isinstance(found.error, LLMModelMissingError)


def test_the_probe_measures_a_real_model(settings: Settings) -> None:
    found = probe(settings)
    assert found is not None
    assert (found.reachable, found.model_present, found.error) == (True, True, None)
    assert found.tokens_per_s is not None and found.tokens_per_s > 1
    if settings.llm != "openai":
        assert found.context_tokens == WINDOW
