"""More people than the server has room for."""

import asyncio
import json
from pathlib import Path

import httpx

from bilingual.texts import text
from tests.ui.serving import Serving, asks
from ui.asking import AT_ONCE, WAITING


def test_who_finds_no_room_is_told_so_while_the_others_still_wait(tmp_path: Path) -> None:
    serving = Serving(tmp_path, pause_s=0.05, shutdown_s=1)
    serving.thread.start()
    sessions = [f"s{number}" for number in range(AT_ONCE + WAITING + 1)]
    try:
        with httpx.Client(base_url=serving.address, timeout=60) as client:
            event = asks(client)
            for session in sessions:
                detail = {"question": "slow", "language": "vi"}  # answered for ever
                body = {
                    "data": [], "fn_index": event, "session_hash": session, "event_data": detail,
                }  # fmt: skip
                client.post("/gradio_api/queue/join", json=body).raise_for_status()
        [told] = asyncio.run(_ended(serving.address, sessions))
        assert text("page.busy", "vi") in told
    finally:
        serving.end()
        serving.thread.join(30)
        serving.listener.close()


async def _ended(address: str, sessions: list[str]) -> list[str]:
    """What those were shown whose question ends first; they do not reach the gate in order."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        shown = [asyncio.create_task(_end(client, session)) for session in sessions]
        done, waiting = await asyncio.wait(shown, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return [task.result() for task in done]


async def _end(client: httpx.AsyncClient, session: str) -> str:
    """What a person is shown in the course of a question that comes to an end."""
    shown = ""
    async with client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                shown += json.dumps(json.loads(line[5:]), ensure_ascii=False)
            if "process_completed" in line:
                return shown
    raise AssertionError
