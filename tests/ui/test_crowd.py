"""More people than the server has room for."""

import json
from pathlib import Path

import httpx

from bilingual.texts import text
from tests.ui.serving import Serving, asks
from ui.asking import AT_ONCE, WAITING


def test_who_finds_no_room_is_told_so_while_the_others_still_wait(tmp_path: Path) -> None:
    serving = Serving(tmp_path, pause_s=0.05, shutdown_s=1)
    serving.thread.start()
    try:
        with httpx.Client(base_url=serving.address, timeout=60) as client:
            event = asks(client)
            for number in range(AT_ONCE + WAITING + 1):
                detail = {"question": "slow", "language": "vi"}  # answered for ever
                body = {
                    "data": [], "fn_index": event, "session_hash": f"s{number}",
                    "event_data": detail,
                }  # fmt: skip
                client.post("/gradio_api/queue/join", json=body).raise_for_status()
            assert text("page.busy", "vi") in _end(client, f"s{AT_ONCE + WAITING}")
    finally:
        serving.end()
        serving.thread.join(30)
        serving.listener.close()


def _end(client: httpx.Client, session: str) -> str:
    """What a person is shown in the course of a question that comes to an end."""
    shown = ""
    with client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream:
        for line in stream.iter_lines():
            if line.startswith("data:"):
                shown += json.dumps(json.loads(line[5:]), ensure_ascii=False)
            if "process_completed" in line:
                return shown
    raise AssertionError
