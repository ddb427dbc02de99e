"""The server is told to end while it answers; what it writes down meanwhile."""

import json
import logging
import time
from collections.abc import Iterator
from html import escape
from pathlib import Path

import httpx
import pytest

from tests.ui.fakes import LED
from tests.ui.people import signed_in, town
from tests.ui.serving import Serving, asks
from ui import logs

SECRET = "Nước nào không ký tuyên bố bí mật?"


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    made = Serving(tmp_path, 0.05)
    made.thread.start()
    yield made
    made.end()
    made.thread.join(30)
    made.listener.close()


def test_an_answer_in_flight_is_finished_before_the_server_ends(serving: Serving) -> None:
    with httpx.Client(base_url=serving.address, timeout=60) as client:
        event = {"question": "Nước nào không ký?", "language": "vi"}
        body = {"data": [], "fn_index": asks(client), "session_hash": "s", "event_data": event}
        client.post("/gradio_api/queue/join", json=body).raise_for_status()
        shown = ""
        with client.stream("GET", "/gradio_api/queue/data?session_hash=s") as stream:
            for line in stream.iter_lines():
                shown += line
                if "growing" in shown and not serving.server.should_exit:
                    assert escape(LED) not in shown
                    serving.end()
                if "process_completed" in line:
                    break
        assert escape(LED) in shown
    serving.thread.join(10)
    assert not serving.thread.is_alive()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{serving.address}/health", timeout=2)


def test_a_page_that_is_only_open_does_not_keep_the_server_from_ending(serving: Serving) -> None:
    with (
        httpx.Client(base_url=serving.address, timeout=60) as client,
        client.stream("GET", "/gradio_api/heartbeat/page") as stream,
    ):
        assert stream.status_code == 200
        began = time.monotonic()
        serving.end()
        serving.thread.join(15)
        assert not serving.thread.is_alive()
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("with_questions", [False, True])
def test_lines_say_what_happened_and_hold_a_questions_text_only_where_that_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], with_questions: bool
) -> None:
    before = logging.getLogger().handlers[:]
    app, settings = town(tmp_path, log_level="info", log_questions=with_questions)
    logs.set_up(settings)
    try:
        an = signed_in(app, "an")
        assert an.post("/api/ask", json={"question": SECRET}).status_code == 200
        refused = signed_in(app, None)
        refused.post("/login", data={"name": "an", "password": "not the one"})
    finally:
        logging.getLogger().handlers[:] = before
        logging.getLogger("trichdan").setLevel(logging.NOTSET)
    err = capsys.readouterr().err
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    events = {line["event"]: line for line in lines}
    assert {"signed-in", "asked", "sign-in-refused"} <= set(events)
    assert events["asked"]["person"] == "an" and events["asked"]["at"]
    assert events["sign-in-refused"]["code"] == "sign-in-wrong"
    assert ("bí mật" in err) is with_questions
    assert "not the one" not in err and LED not in err
