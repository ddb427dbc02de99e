"""A first visit without a network: `python -m tests.offline_visit FOLDER DOCUMENTS`.

Ingests, asks in both languages and serves, each in a process of its own, and prints what came of
it as JSON. Started in a network namespace of its own it raises the loopback device first, and
counts what the kernel could not route: native code cannot hide from that.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

QUESTIONS = {"vi": "Nước nào không ký tuyên bố chung?", "en": "Who led the Vietnamese delegation?"}
_SIOCSIFFLAGS, _IFF_UP, _IFF_RUNNING = 0x8914, 0x1, 0x40
_PATIENCE_S = 600


def raise_loopback() -> None:
    """Bring the device `lo` up, as `ip link set lo up` does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", _IFF_UP | _IFF_RUNNING)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


def unroutable() -> int:
    """How many packets of this network namespace had nowhere to go, of both protocols."""
    names, values = [
        line.split()
        for line in Path("/proc/net/snmp").read_text().splitlines()
        if line.startswith("Ip:")
    ]
    found = int(values[names.index("OutNoRoutes")])
    for line in Path("/proc/net/snmp6").read_text().splitlines():
        name, value = line.split()
        if name == "Ip6OutNoRoutes":
            found += int(value)
    return found


def trichdan(folder: Path, *arguments: str) -> list[str]:
    """The command line of `trichdan`, the network refused, over the library in `folder`."""
    log, library = str(folder / "attempts.log"), str(folder / "library")
    return [sys.executable, "-m", "tests.guarded", log, "--library", library, *arguments]


def ran(command: list[str]) -> dict[str, Any]:
    """The outcome of a command that ends."""
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=_PATIENCE_S)
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}


def served(command: list[str]) -> dict[str, Any]:
    """The page, an answer of the API, and how `serve` ended."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        found: dict[str, Any] = {"address": address}
        if address:
            with urllib.request.urlopen(f"{address}/", timeout=_PATIENCE_S) as reply:
                found["page"] = reply.read().decode()
            body = json.dumps({"question": QUESTIONS["vi"]}).encode()
            asked = urllib.request.Request(
                f"{address}/api/ask", body, {"content-type": "application/json"}
            )
            with urllib.request.urlopen(asked, timeout=_PATIENCE_S) as reply:
                found["answer"] = json.loads(reply.read())
        process.send_signal(signal.SIGINT)
        _, found["err"] = process.communicate(timeout=_PATIENCE_S)
    return {**found, "code": process.returncode}


def main() -> None:
    folder, documents = Path(sys.argv[1]), sys.argv[2]
    apart = "--apart" in sys.argv
    if apart:
        raise_loopback()
    before = unroutable() if apart else 0
    outcome: dict[str, Any] = {"ingest": ran(trichdan(folder, "ingest", documents))}
    for language, question in QUESTIONS.items():
        outcome[language] = ran(trichdan(folder, "ask", "--json", question))
    outcome["serve"] = served(trichdan(folder, "serve", "--port", "0"))
    outcome["unroutable"] = unroutable() - before if apart else 0
    outcome["home"] = [str(path) for path in sorted(Path(os.environ["HOME"]).rglob("*"))]
    json.dump(outcome, sys.stdout)


if __name__ == "__main__":
    main()
