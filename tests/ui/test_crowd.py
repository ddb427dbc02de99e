"""More people than the server has room for."""

import json
import time
from pathlib import Path

import httpx
import pytest

from bilingual.texts import text
from tests.ui.serving import Serving, asks
from ui.asking import AT_ONCE, WAITING, Gate


def test_who_finds_no_room_is_told_so_while_the_others_still_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = 0
    enter = Gate.__aenter__

    async def counted(gate: Gate) -> None:
        nonlocal came
        came += 1
        await enter(gate)

    monkeypatch.setattr(Gate, "__aenter__", counted)
    serving = Serving(tmp_path, pause_s=0.05, shutdown_s=1)
    serving.thread.start()
    try:
        with httpx.Client(base_url=serving.address, timeout=60) as client:
            event = asks(client)
            for number in range(AT_ONCE + WAITING):
                _ask(client, event, f"s{number}")
            while came < AT_ONCE + WAITING:  # they do not reach the gate in order
                time.sleep(0.01)
            _ask(client, event, "one too many")
            assert text("page.busy", "vi") in _end(client, "one too many")
    finally:
        serving.end()
        serving.thread.join(30)
        serving.listener.close()


def _ask(client: httpx.Client, event: int, session: str) -> None:
    detail = {"question": "slow", "language": "vi"}  # answered for ever
    body = {"data": [], "fn_index": event, "session_hash": session, "event_data": detail}
    client.post("/gradio_api/queue/join", json=body).raise_for_status()


def _end(client: httpx.Client, session: str) -> str:
    """What a person is shown in the course of a question that comes to an end."""
    shown = ""
    where = {"session_hash": session}
    with client.stream("GET", "/gradio_api/queue/data", params=where) as stream:
        for line in stream.iter_lines():
            if line.startswith("data:"):
                shown += json.dumps(json.loads(line[5:]), ensure_ascii=False)
            if "process_completed" in line:
                return shown
    raise AssertionError
