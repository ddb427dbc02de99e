"""Files that are broken, locked, or made to harm: each costs itself and nothing else."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
import zipfile
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.errors import (
    ArchiveTooLargeError,
    FileDamagedError,
    FileEncryptedError,
    ParserCrashedError,
    ParserMemoryError,
    ParserTimeError,
    ReadError,
    TextTooLongError,
    TooManyPagesError,
)
from ingest.formats import FORMATS
from ingest.limits import Limits
from ingest.sandbox import Sandbox
from tests.ingest.office_files import archive, docx, paragraph, xlsx
from tests.ingest.pdf_files import Page, pdf

# Time enough for a machine that is busy with other things; what has to end by time has less.
SMALL = Limits(memory_bytes=256 << 20, silence_s=60.0, total_s=60.0, text_chars=100_000)


def refusal(data: bytes, suffix: str, limits: Limits = SMALL) -> ReadError:
    """Why a file is not read; a sound one is read after it by the same sandbox."""
    with Sandbox(limits) as sandbox:
        with pytest.raises(ReadError) as caught:
            sandbox.parse(data, suffix)
        assert sandbox.parse(b"a,b\n1,2\n", ".csv").text == "a: 1; b: 2"
    return caught.value


# ---- damaged and locked -------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [s for s in FORMATS if s not in (".csv", ".tsv")])
def test_a_file_that_is_not_what_its_name_says_is_refused_by_format(
    sandbox: Sandbox, suffix: str
) -> None:
    if suffix in (".html", ".htm", ".xhtml"):
        with pytest.raises(ReadError):
            sandbox.parse(b"   ", suffix)
        return
    for data in (b"nothing of the kind", b"PK\x03\x04" + bytes(100), b"%PDF-1.7 and no more"):
        with pytest.raises(FileDamagedError) as caught:
            sandbox.parse(data, suffix)
        assert caught.value.params["format"] == FORMATS[suffix][1]


def test_files_cut_off_anywhere_are_refused_or_read_never_fatal(sandbox: Sandbox) -> None:
    page = Page()
    page.lines([f"Line {number} of the page." for number in range(30)])
    for suffix, data in ((".pdf", pdf([page])), (".docx", docx(paragraph("x"))), (".xlsx", xlsx())):
        for part in range(1, 8):
            try:
                sandbox.parse(data[: len(data) * part // 8], suffix)
            except ReadError as error:
                assert not isinstance(error, ParserCrashedError | ParserTimeError), suffix


def test_word_and_excel_files_with_a_password_are_said_to_have_one(sandbox: Sandbox) -> None:
    locked = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le")
    )
    for suffix in (".docx", ".xlsx", ".pptx"):
        with pytest.raises(FileEncryptedError):
            sandbox.parse(locked, suffix)
    data = bytearray(docx(paragraph("x")))
    for place in range(len(data) - 4):
        if data[place : place + 4] == b"PK\x01\x02":
            data[place + 8] |= 1  # the flag of an encrypted member
    with pytest.raises(FileEncryptedError):
        sandbox.parse(bytes(data), ".docx")


# ---- bombs --------------------------------------------------------------------------------------


def test_an_archive_that_would_unpack_beyond_the_limit_is_not_unpacked() -> None:
    members = {"word/document.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}
    for suffix in (".docx", ".xlsx", ".pptx", ".epub"):
        error = refusal(archive(members), suffix, replace(SMALL, unpacked_bytes=20_000_000))
        assert isinstance(error, ArchiveTooLargeError)


def test_an_archive_that_lies_about_its_size_stays_within_the_memory() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", b"<a>" + b" " * 40_000_000 + b"</a>")
    data = bytearray(out.getvalue())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    assert isinstance(refusal(bytes(data), ".docx"), FileDamagedError | ParserMemoryError)


LAUGHS = "<!DOCTYPE a [" + '<!ENTITY l0 "ha">' + "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 12}">' for n in range(1, 12)
) + "]>"  # fmt: skip


def test_entities_that_multiply_are_not_expanded() -> None:
    assert isinstance(refusal(docx(paragraph("&l11;"), prolog=LAUGHS), ".docx"), ReadError)
    book = archive(
        {
            "META-INF/container.xml": f"{LAUGHS}<a><rootfile full-path='&l11;'/></a>",
        }
    )
    assert isinstance(refusal(book, ".epub"), ReadError)


def test_entities_that_name_a_file_are_not_followed(tmp_path: Path, sandbox: Sandbox) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET")
    prolog = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>'
    for data, suffix in (
        (docx(paragraph("before &x; after"), prolog=prolog), ".docx"),
        (f"{prolog}<html><body><p>before &x; after</p></body></html>".encode(), ".xhtml"),
    ):
        with suppress(ReadError):
            assert "TOPSECRET" not in sandbox.parse(data, suffix).text


def test_a_pdf_that_unpacks_without_end_is_ended() -> None:
    page = Page()
    page.lines(["Small."])
    content = b"BT /F1 11 Tf 72 700 Td <00530053> Tj ET\n" * 4_000_000
    packed = zlib.compress(zlib.compress(content, 1), 1)
    body = (
        f"<</Filter[/FlateDecode/FlateDecode]/Length {len(packed)}>>\nstream\n".encode()
        + packed
        + b"\nendstream"
    )
    data = pdf([page])
    first = data.index(b"/Contents ") + len(b"/Contents ")
    number = data[first : data.index(b" ", first)]
    bomb = data + number + b" 0 obj\n" + body + b"\nendobj\n"
    bomb = bomb.replace(b"%%EOF\n", b"", 1).replace(b"startxref", b"startxxxx", 1)
    error = refusal(bomb, ".pdf", replace(SMALL, total_s=20.0))
    assert isinstance(error, ParserMemoryError | ParserTimeError | ParserCrashedError)


def test_the_limits_of_pages_and_of_text_hold(sandbox: Sandbox) -> None:
    pages = []
    for number in range(30):
        page = Page()
        page.lines([f"Page {number} says this and that, and it says it again."])
        pages.append(page)
    assert isinstance(refusal(pdf(pages), ".pdf", replace(SMALL, pages=29)), TooManyPagesError)
    assert isinstance(refusal(pdf(pages), ".pdf", replace(SMALL, text_chars=900)), TextTooLongError)
    rows = b"name,value\n" + b"some name,12345\n" * 10_000
    assert isinstance(refusal(rows, ".csv"), TextTooLongError)


# Where in a library the memory ends differs: some say so, some end the process, and in some places
# Python turns in a circle.
@pytest.mark.parametrize("mb", [110, 120, 130, 140])
def test_memory_is_bounded_and_a_fresh_process_reads_the_next_file(mb: int) -> None:
    body = "".join(paragraph(f"Word {number}") for number in range(60_000))
    error = refusal(docx(body), ".docx", replace(SMALL, memory_bytes=mb << 20))
    assert isinstance(error, ParserMemoryError | ParserCrashedError)


# ---- the process itself -------------------------------------------------------------------------


def test_a_crash_costs_one_file() -> None:
    with Sandbox(replace(SMALL, silence_s=5.0)) as sandbox:
        assert sandbox.parse(b"a,b\n1,2\n", ".csv").text == "a: 1; b: 2"
        before = worker(sandbox)
        os.kill(before, 19)  # stopped: as good as a library that never returns
        started = time.monotonic()
        with pytest.raises(ParserTimeError) as caught:
            sandbox.parse(b"a,b\n3,4\n", ".csv")
        assert 5 <= time.monotonic() - started < 30
        assert caught.value.params["limit_s"] == 5.0
        assert sandbox.parse(b"a,b\n5,6\n", ".csv").text == "a: 5; b: 6"
        # One that died between two files is noticed and replaced.
        os.kill(worker(sandbox), 11)
        assert sandbox.parse(b"a,b\n7,8\n", ".csv").text == "a: 7; b: 8"
        assert worker(sandbox) != before


def test_a_process_slow_to_start_costs_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(SMALL) as sandbox:
        with monkeypatch.context() as patch:
            patch.setattr("ingest.sandbox._START_S", 0.0)
            with pytest.raises(ParserTimeError):
                sandbox.parse(b"a,b\n1,2\n", ".csv")
        assert sandbox.parse(b"a,b\n3,4\n", ".csv").text == "a: 3; b: 4"


def test_a_segmentation_fault_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import ingest.sandbox

    start = ingest.sandbox.subprocess.Popen
    crashing = (
        "import os, sys; os.write(1, b'\\0\\0\\0\\2{}'); "
        "sys.stdin.buffer.readline(); os.kill(os.getpid(), 11)"
    )
    monkeypatch.setattr(
        ingest.sandbox.subprocess,
        "Popen",
        lambda command, **options: start([sys.executable, "-c", crashing], **options),
    )
    with Sandbox(SMALL) as sandbox, pytest.raises(ParserCrashedError) as caught:
        sandbox.parse(b"a,b\n", ".csv")
    assert caught.value.params["status"] == "SIGSEGV"
    assert "SIGSEGV" in caught.value.message("vi")


def worker(sandbox: Sandbox) -> int:
    """The process's number; there is no other way to harm it."""
    process = sandbox._process
    assert process is not None
    return process.pid


PROBE = """
import json, os, sys
import ingest.worker as worker
worker._lower_guard()
worker._limit(worker.Limits(memory_bytes=200 << 20))
said = {}
def attempt(name, do):
    try:
        do()
        said[name] = "done"
    except BaseException as error:
        said[name] = type(error).__name__
import socket, subprocess
attempt("connect", lambda: socket.create_connection(("127.0.0.1", 9), 1))
attempt("look up", lambda: socket.getaddrinfo("localhost", 80))
attempt("start", lambda: subprocess.run(["true"]))
attempt("allocate", lambda: bytearray(400 << 20))
print(json.dumps(said))
"""


def test_the_process_connects_nowhere_starts_nothing_and_has_bounded_memory() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {
        "connect": "PermissionError",
        "look up": "PermissionError",
        "start": "PermissionError",
        "allocate": "MemoryError",
    }


def test_the_process_is_told_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRICHDAN_LLM_API_KEY", "sk-secret")
    with Sandbox(SMALL) as sandbox:
        sandbox.parse(b"a,b\n1,2\n", ".csv")
        told = Path(f"/proc/{worker(sandbox)}/environ").read_bytes()
    assert b"PYTHONPATH" in told and b"secret" not in told
