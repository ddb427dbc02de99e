"""Many people at once, each asking every few seconds through the page's own queue.

Starts a server of its own (a process, as `trichdan serve` starts one) over a library of the given
documents, in a temporary folder, with one user a person, signs each in, opens Gradio's queue as the
browser does, and checks of every answer that it belongs to the question that was asked.

    python -m benchmarks.load --people 50 --seconds 180
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bilingual.encoders import load_encoder
from ingest import ingest
from rag.settings import Settings
from ui.users import Users

PASSWORD = "a password for the load"
QUESTIONS = (
    "Nước nào không ký tuyên bố chung?",
    "Who led the Vietnamese delegation to the Paris summit?",
    "Hội nghị tập trung vào năm chủ đề chính nào?",
    "What did President Macron say about nuclear power?",
    "Những nước nào sáng lập Nền tảng AI vì lợi ích công cộng?",
    "Ai đồng chủ trì hội nghị?",
    "How many countries adopted the statement?",
    "Khoảng cách từ Trái Đất tới Mặt Trăng là bao nhiêu?",
)


@dataclass(slots=True)
class Seen:
    """What happened, told apart by its end."""

    first_words_s: list[float] = field(default_factory=list)
    whole_s: list[float] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


def main() -> None:
    """Run, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--every", type=float, default=5.0, help="mean seconds between questions")
    parser.add_argument("--documents", type=Path, default=Path("documents"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(library=Path(folder) / "library")
        ingest([options.documents], settings.library, load_encoder(settings.encoder))
        _add_people(settings, options.people)
        port = _free_port()
        environment = {**os.environ, "TRICHDAN_QUESTIONS_A_MINUTE": "1000000"}
        command = [sys.executable, "-m", "ui.cli", "--library", str(settings.library)]
        server = subprocess.Popen(
            [*command, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL
        )
        try:
            seen = asyncio.run(_everybody(f"http://127.0.0.1:{port}", options))
            memory_mb = _memory_mb(server.pid)
        finally:
            server.terminate()
            code = server.wait(60)
    report = {
        "people": options.people,
        "seconds": options.seconds,
        "every_s": options.every,
        "asked": sum(seen.ends.values()),
        "ends": dict(seen.ends),
        "first_words_s": _quantiles(seen.first_words_s),
        "whole_answer_s": _quantiles(seen.whole_s),
        "server_memory_mb": memory_mb,
        "server_exit": code,
        "load_average": os.getloadavg(),
        "errors": seen.errors[:10],
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))


def _add_people(settings: Settings, people: int) -> None:
    """Users with cheap hashes: signing in is not what is measured."""
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    path = Users(settings.users_file).path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "".join(f"person{number}:reader:{cheap}\n" for number in range(people)), encoding="utf-8"
    )


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def _everybody(url: str, options: argparse.Namespace) -> Seen:
    seen = Seen()
    async with httpx.AsyncClient(base_url=url) as client:
        for _ in range(600):
            try:
                if (await client.get("/ready")).status_code == 200:
                    break
            except httpx.HTTPError:
                await asyncio.sleep(0.2)
    ends_at = time.monotonic() + options.seconds
    async with asyncio.TaskGroup() as group:
        for number in range(options.people):
            group.create_task(_person(url, f"person{number}", ends_at, options.every, seen))
    return seen


async def _person(url: str, name: str, ends_at: float, every_s: float, seen: Seen) -> None:
    chance = random.Random(name)
    async with httpx.AsyncClient(base_url=url, timeout=90, headers={"origin": url}) as client:
        reply = await client.post("/login", data={"name": name, "password": PASSWORD})
        assert reply.status_code == 303, reply.text
        config = (await client.get("/config")).json()
        asks = next(
            each["id"]
            for each in config["dependencies"]
            if any(target[1] == "submit" for target in each["targets"])
        )
        session, conversation = secrets.token_hex(6), None
        await asyncio.sleep(chance.uniform(0, every_s))
        while time.monotonic() < ends_at:
            began = time.monotonic()
            question = f"{chance.choice(QUESTIONS)} ({name}, {seen.ends.total()})"
            try:
                conversation = await _ask(client, session, asks, question, conversation, seen)
            except Exception as error:  # noqa: BLE001 - counted and reported
                seen.ends["error"] += 1
                seen.errors.append(f"{type(error).__name__}: {error}")
            pause_s = chance.expovariate(1 / every_s) - (time.monotonic() - began)
            await asyncio.sleep(max(0.0, pause_s))


async def _ask(
    client: httpx.AsyncClient,
    session: str,
    asks: int,
    question: str,
    conversation: str | None,
    seen: Seen,
) -> str | None:
    """Ask one question through the queue; the conversation it went into."""
    began = time.monotonic()
    detail = {"question": question, "language": "vi", "conversation": conversation, "again": False}
    body = {
        "data": [], "fn_index": asks, "session_hash": session, "trigger_id": None,
        "event_data": detail,
    }  # fmt: skip
    reply = await client.post("/gradio_api/queue/join", json=body)
    if reply.status_code == 503:
        seen.ends["busy"] += 1
        return conversation
    reply.raise_for_status()
    first_s, shown = None, ""
    query = {"session_hash": session}
    async with client.stream("GET", "/gradio_api/queue/data", params=query) as stream:
        stream.raise_for_status()
        async for line in stream.aiter_lines():
            if not line.startswith("data:"):
                continue
            message = json.loads(line[5:])
            if message["msg"] == "close_stream":
                break
            text = json.dumps(message.get("output") or "", ensure_ascii=False)
            shown += text
            if first_s is None and any(
                mark in text for mark in ("claim-text", "growing", "refusal", "failure")
            ):
                first_s = time.monotonic() - began
            if message["msg"] == "process_completed":
                if not message.get("success"):
                    raise RuntimeError(text[:300])
                break
    mine = question.rpartition("(")[2]
    if "errors.busy" in shown or "Hiện có nhiều câu hỏi" in shown:
        seen.ends["busy"] += 1
    elif 'data-stage=\\"failed' in shown:
        raise RuntimeError(shown[-600:])
    elif mine not in shown:
        seen.ends["mixed"] += 1
    elif first_s is None:
        seen.ends["no words"] += 1
    else:
        seen.ends["answered"] += 1
        seen.first_words_s.append(first_s)
        seen.whole_s.append(time.monotonic() - began)
    if others := _others(shown, question):
        seen.ends["mixed"] += 1
        seen.errors.append(f"{question} showed {others}")
    _, found, rest = shown.partition('data-conversation=\\"')
    return rest.partition('\\"')[0] if found else conversation


def _others(shown: str, question: str) -> str:
    """Another person's name in what this one was shown, if there is any."""
    mine = question.rpartition("(")[2].partition(",")[0]
    for piece in shown.split("(person")[1:]:
        if f"person{piece.partition(',')[0]}" != mine:
            return piece[:80]
    return ""


def _quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    if not ordered:
        return {}
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {
        name: round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)
        for name, share in at.items()
    }


def _memory_mb(process: int) -> int:
    """Resident memory, where /proc says so."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


if __name__ == "__main__":
    main()
