"""Many people at once, each asking every few seconds through the page's own queue.

Starts a server of its own (`trichdan serve`, with its limits as they are) over a library of the
given documents, in a temporary folder, with one user a person. All of them sign in at once from one
address; then each asks through Gradio's queue as the browser does, in one conversation, and every
answer is looked at for whose it is. The server and the people share the machine.

    python -m benchmarks.load --people 50 --seconds 180

Ends with 1 if anything failed or was shown to the wrong person. Being told "busy" is no failure.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import httpx

from benchmarks import machine
from bilingual.encoders import load_encoder
from bilingual.texts import text as text_of
from ingest import ingest
from rag.settings import Settings
from ui.users import Users, hashed

PASSWORD = "a password for the load"
FINE = {"answered", "busy"}
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
    """What happened, told apart by its end.

    Attributes:
        first_words_s: From the question to the first words of its answer.
        whole_s: From the question to the end of its answer.
        busy_s: From the question to being told "busy".
        sign_in_s: From the first try to being signed in, for each person.
        sign_in_again: Tries at signing in that were told to come again.
        processor_s: Of the server, and of the people, once all were signed in.
    """

    first_words_s: list[float] = field(default_factory=list)
    whole_s: list[float] = field(default_factory=list)
    busy_s: list[float] = field(default_factory=list)
    sign_in_s: list[float] = field(default_factory=list)
    sign_in_again: int = 0
    processor_s: dict[str, float] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


def main() -> int:
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
        command = [sys.executable, "-m", "ui.cli", "--library", str(settings.library)]
        server = subprocess.Popen(
            [*command, "serve", "--port", str(port)], stdout=subprocess.DEVNULL
        )
        try:
            seen = asyncio.run(_everybody(f"http://127.0.0.1:{port}", server.pid, options))
            memory_mb = _memory_mb(server.pid)
        finally:
            server.terminate()
            code = server.wait(60)
    report = {
        "machine": machine.describe(),
        "people": options.people,
        "seconds": options.seconds,
        "every_s": options.every,
        "sign_in_s": _quantiles(seen.sign_in_s),
        "sign_in_told_to_come_again": seen.sign_in_again,
        "asked": seen.ends.total(),
        "ends": dict(seen.ends),
        "first_words_s": _quantiles(seen.first_words_s),
        "whole_answer_s": _quantiles(seen.whole_s),
        "busy_s": _quantiles(seen.busy_s),
        "server_memory_mb": memory_mb,
        "processor_s": seen.processor_s,
        "server_exit": code,
        "load_average": os.getloadavg(),
        "errors": seen.errors[:10],
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))
    ended_well = code in (0, -signal.SIGTERM)  # uvicorn ends by the signal it was sent
    return 0 if ended_well and not seen.errors and not set(seen.ends) - FINE else 1


def _add_people(settings: Settings, people: int) -> None:
    """One user a person, all with one password, whose hash costs what a real one does."""
    users = Users(settings.users_file)
    users.path.parent.mkdir(parents=True, exist_ok=True)
    hash_ = hashed(PASSWORD)
    lines = (f"person{number}:reader:{hash_}\n" for number in range(people))
    users.path.write_text("".join(lines), encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def _everybody(url: str, server: int, options: argparse.Namespace) -> Seen:
    seen = Seen()
    async with httpx.AsyncClient(base_url=url) as client:
        for _ in range(600):
            try:
                if (await client.get("/ready")).status_code == 200:
                    break
            except httpx.HTTPError:
                await asyncio.sleep(0.2)
    everybody_in = asyncio.Barrier(options.people + 1)
    async with asyncio.TaskGroup() as group:
        for number in range(options.people):
            group.create_task(_person(url, number, everybody_in, options, seen))
        await everybody_in.wait()
        before_s = _processor_s(server), time.process_time()
    after_s = _processor_s(server), time.process_time()
    for name, before, after in zip(("server", "people"), before_s, after_s, strict=True):
        seen.processor_s[name] = round(after - before, 1)
    return seen


async def _sign_in(client: httpx.AsyncClient, name: str, seen: Seen) -> None:
    """Sign in, and come again a little later where the server says so."""
    began = time.monotonic()
    while True:
        reply = await client.post("/login", data={"name": name, "password": PASSWORD})
        if reply.status_code == 303:
            seen.sign_in_s.append(time.monotonic() - began)
            return
        assert reply.status_code in (429, 503), reply.text
        seen.sign_in_again += 1
        await asyncio.sleep(2)


async def _person(
    url: str, number: int, everybody_in: asyncio.Barrier, options: argparse.Namespace, seen: Seen
) -> None:
    name, every_s = f"person{number}", options.every
    chance, asked = random.Random(name), 0
    async with httpx.AsyncClient(base_url=url, timeout=90, headers={"origin": url}) as client:
        await _sign_in(client, name, seen)
        config = (await client.get("/config")).json()
        asks = next(
            each["id"]
            for each in config["dependencies"]
            if any(target[1] == "submit" for target in each["targets"])
        )
        session, conversation = secrets.token_hex(6), None
        await everybody_in.wait()
        ends_at = time.monotonic() + options.seconds
        await asyncio.sleep(chance.uniform(0, every_s))
        while time.monotonic() < ends_at:
            began = time.monotonic()
            asked += 1
            question = chance.choice(QUESTIONS) + _marked(number, asked)
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
        seen.busy_s.append(time.monotonic() - began)
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
    if text_of("page.busy", "vi") in shown:
        seen.ends["busy"] += 1
        seen.busy_s.append(time.monotonic() - began)
    elif 'data-stage=\\"failed' in shown:
        raise RuntimeError(shown[-600:])
    elif escape(question) not in shown:
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


def _marked(person: int, number: int) -> str:
    """A mark that tells one question from every other: blanks, so that it asks for nothing else."""
    bits = f"{person:012b}{number:012b}"
    return "".join(" " if bit == "0" else "\u00a0" for bit in bits)


def _others(shown: str, question: str) -> str:
    """The marks of other people in what this one was shown, if there are any."""
    mine = question[-24:-12]
    return " ".join(mark for mark in re.findall(r"[ \u00a0]{24}", shown) if mark[:12] != mine)


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


def _processor_s(process: int) -> float:
    """Processor time of a process so far, where /proc says so."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2]
    except OSError:
        return 0.0
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
