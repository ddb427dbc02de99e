"""What only a process of its own shows: signals, pipes, closed streams, other encodings."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "ui.cli"]
ROOT = Path(__file__).parents[2]
VIETNAMESE = "tuyen-bo-chung-paris-2025"


def trichdan(script: str, library: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A shell script in which `trichdan` is the command."""
    function = f'trichdan() {{ "{sys.executable}" -m ui.cli "$@"; }}\n'
    return subprocess.run(
        ["bash", "-c", function + script],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "TRICHDAN_LIBRARY": str(library),
            **environment,
        },
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


@pytest.mark.parametrize(
    "script",
    [
        f"trichdan documents show {VIETNAMESE} --text | head -n 1 >/dev/null; echo $PIPESTATUS",
        "trichdan documents | true; echo $PIPESTATUS",
        "trichdan --help | true; echo $PIPESTATUS",
        f"trichdan documents show {VIETNAMESE} --text >&-; echo $?",
        "trichdan ask - <&-; echo $?",
    ],
)
def test_a_stream_that_nobody_reads_or_writes_is_no_fault(script: str, paris_library: Path) -> None:
    done = trichdan(script, paris_library)
    assert (done.stdout, done.stderr) == ("0\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_output_that_cannot_be_written_is_a_failure_and_not_a_traceback(
    paris_library: Path,
) -> None:
    done = trichdan("trichdan documents >/dev/full", paris_library)
    assert done.returncode == 1
    assert "No space left" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_output_is_utf_8_whatever_the_locale(encoding: str, paris_library: Path) -> None:
    done = trichdan("trichdan documents", paris_library, PYTHONIOENCODING=encoding)
    assert done.returncode == 0 and "Tuyên bố chung" in done.stdout


def test_a_path_that_is_no_text_is_shown_as_well_as_it_can_be(paris_library: Path) -> None:
    done = trichdan("trichdan documents --library $'/nowhere/\\xff'", paris_library)
    assert done.returncode == 2 and "/nowhere/\\udcff" in done.stderr


def test_ctrl_c_while_asking_ends_at_once_with_130(paris_library: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "--library", str(paris_library), "ask", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write("Nước nào không ký?\n".encode())
        process.stdin.flush()
        assert process.stdout.readline().startswith("» ".encode())  # it waits for the next line
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, b"")


def test_serve_prints_its_address_alone_answers_there_and_leaves_with_130(
    paris_library: Path,
) -> None:
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--library", str(paris_library)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}/health", timeout=60) as reply:
            assert reply.status == 200
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        out, err = process.communicate(timeout=20)
    assert time.monotonic() - began < 10
    assert (process.returncode, out) == (130, "")
    assert err.startswith("Opening the chat") and "Traceback" not in err
