"""Documents put in and taken out over HTTP, and answering at once."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bilingual.encoder import Encoder
from ingest import OnProgress, Report
from ingest.web import WebReader
from rag.assistant import Assistant
from rag.settings import Settings
from tests.ui.fakes import ScriptedAssistant, ScriptedShelves
from tests.ui.people import ORIGIN, signed_in, town
from ui.errors import FileNameError, UploadsFullError
from ui.server import create_app
from ui.shelves import Shelves
from ui.uploads import MOST_WAITING, NAME_BYTES, Upload, Uploads, file_name
from vectorstore import Document, Holding, Writer
from vectorstore.errors import LibraryBusyError

LEASE = b"# The lease\n\n## Rent\n\nThe yearly rent of the office in Hue is 4,200 euros.\n"


def ended(client: TestClient) -> dict[str, dict[str, object]]:
    """Every upload by its name, once none is on its way."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        uploads = client.get("/api/uploads").json()
        if not any(upload["open"] for upload in uploads):
            return {upload["name"]: upload for upload in uploads}
        time.sleep(0.05)
    raise AssertionError(uploads)


def put(client: TestClient, name: str, content: bytes) -> int:
    return client.post("/api/uploads", params={"name": name}, content=content).status_code


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(ScriptedShelves(), tmp_path / "uploads")


def received(uploads: Uploads, name: str, content: bytes = b"x") -> Upload:
    cleaned, part = uploads.receiving(name)
    part.write_bytes(content)
    return uploads.received(cleaned, part, "lan")


def settled(uploads: Uploads) -> list[Upload]:
    deadline = time.monotonic() + 20
    while any(upload.open for upload in uploads.all()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return uploads.all()


# ---- the whole way ------------------------------------------------------------------------------


def test_a_document_answers_as_soon_as_it_is_read_and_no_longer_once_removed(
    tmp_path: Path, default_encoder: Encoder
) -> None:
    settings = Settings(library=tmp_path / "library")
    with Writer(settings.library, default_encoder.name, default_encoder.dim):
        pass  # an empty library
    with Assistant.open(settings) as assistant:
        app = create_app(assistant, settings, shelves=Shelves(assistant))
        client = TestClient(app, base_url=ORIGIN)
        question = {"question": "What is the yearly rent of the office in Hue?"}
        assert "first-run" in client.get("/page/starters").text
        assert client.post("/api/ask", json=question).json()["refused"]

        assert put(client, "lease.md", LEASE) == 202
        assert put(client, "empty.md", b"  \n") == 202
        after = ended(client)
        assert after["lease.md"]["stage"] == "added"
        assert after["empty.md"]["stage"] == "skipped"
        reason = after["empty.md"]["reason"]
        assert (
            isinstance(reason, dict) and "empty.md" in reason["vi"] and "empty.md" in reason["en"]
        )
        assert str(tmp_path) not in reason["en"]
        answer = client.post("/api/ask", json=question).json()
        assert "4,200 euros" in answer["claims"][0]["citations"][0]["quote"]

        # A version that cannot be read takes nobody's place; a readable one does.
        assert put(client, "lease.md", b"") == 202
        ended(client)
        assert not client.post("/api/ask", json=question).json()["refused"]
        assert put(client, "lease.md", LEASE.replace(b"4,200", b"5,300")) == 202
        assert [each["stage"] for each in client.get("/api/uploads").json()].count("added") == 1
        replaced = ended(client)["lease.md"]["replaced"]
        assert isinstance(replaced, dict) and "“The lease”" in replaced["vi"]
        assert "5,300" in client.post("/api/ask", json=question).text

        (document,) = client.get("/api/documents").json()
        shelf = client.get("/page/shelf").text
        assert "The lease" in shelf and 'data-number="1"' in shelf
        assert client.delete(f"/api/documents/{document['id']}").status_code == 204
        assert client.post("/api/ask", json=question).json()["refused"]
        assert list((settings.state_folder / "uploads").iterdir()) == []


# ---- web pages ----------------------------------------------------------------------------------


class QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing to standard error."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of a site with one page, /lease.html, that nobody looks for in a name server."""
    (tmp_path / "site").mkdir()
    page = b"<html><title>The lease</title><p>The yearly rent of the office in Hue is 4,200 euros."
    (tmp_path / "site" / "lease.html").write_bytes(page)
    handler = partial(QuietFiles, directory=str(tmp_path / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"docs.example.org:{server.server_port}"
        server.shutdown()


@pytest.fixture
def empty(tmp_path: Path, default_encoder: Encoder) -> Iterator[Assistant]:
    """An assistant over an empty library, which allows no web pages."""
    settings = Settings(library=tmp_path / "library")
    with Writer(settings.library, default_encoder.name, default_encoder.dim):
        pass
    with Assistant.open(settings) as assistant:
        yield assistant


def test_a_web_page_answers_as_soon_as_it_is_read(empty: Assistant, site: str) -> None:
    reader = WebReader([site], resolve=lambda *_: ["127.0.0.1"], is_allowed=lambda _: True)
    shelves = Shelves(empty, reader.fetch)
    client = TestClient(create_app(empty, empty.settings, shelves=shelves), base_url=ORIGIN)

    def address(url: str) -> dict[str, object]:
        assert client.post("/api/addresses", json={"url": url}).status_code == 202
        return ended(client)[url]

    assert address(f"HTTP://{site.replace('docs', 'Docs')}/lease.html#rent")["stage"] == "added"
    question = {"question": "What is the yearly rent of the office in Hue?"}
    answer = client.post("/api/ask", json=question).json()
    assert "4,200 euros" in answer["claims"][0]["citations"][0]["quote"]
    assert answer["claims"][0]["citations"][0]["source"] == f"http://{site}/lease.html"
    assert address(f"http://{site}/lease.html")["stage"] == "unchanged"
    gone = address(f"http://{site}/gone.html#top")
    assert gone["stage"] == "skipped" and "404" in str(gone["reason"])


@pytest.mark.parametrize(("hosts", "code"), [("", "web-off"), ("example.org", "web-host-refused")])
def test_web_pages_come_from_the_hosts_that_the_settings_allow(
    empty: Assistant, tmp_path: Path, hosts: str, code: str
) -> None:
    empty.settings = replace(empty.settings, web_hosts=hosts)
    uploads = Uploads(Shelves(empty), tmp_path / "uploads")
    uploads.address("https://elsewhere.example.net/page", "quan")
    (upload,) = settled(uploads)
    assert upload.reason is not None and upload.reason.code == code


def test_a_path_on_the_server_is_no_address(tmp_path: Path) -> None:
    app, _ = town(tmp_path)
    quan = signed_in(app, "quan")
    file = tmp_path / "secret"
    file.write_bytes(b"x")
    none = (str(file), f"file://{file}", "http:/x", "http://", "x", "http://a\x00", "")
    for url in (*none, "https://xn--a/", "https://quan:secret@example.org/"):
        reply = quan.post("/api/addresses", json={"url": url})
        assert reply.status_code == 400, url
        assert reply.json()["error"]["code"] == "web-address-refused"
    assert quan.get("/api/uploads").json() == []
    assert file.exists()


def test_a_document_that_came_a_moment_ago_is_removed_with_its_file(tmp_path: Path) -> None:
    class Late(ScriptedShelves):
        def holdings(self) -> list[Holding]:
            return []  # as it was when somebody looked

    settings = Settings(library=tmp_path / "library")
    shelves = Late()
    client = TestClient(create_app(ScriptedAssistant(), settings, shelves=shelves), base_url=ORIGIN)
    assert put(client, "lease.md", LEASE) == 202
    assert ended(client)["lease.md"]["stage"] == "added"
    document = shelves.held[-1].document
    assert Path(document.source).exists()
    assert client.delete(f"/api/documents/{document.id}").status_code == 204
    assert not Path(document.source).exists()
    assert client.delete(f"/api/documents/{document.id}").status_code == 404


# ---- limits -------------------------------------------------------------------------------------


def test_only_librarians_put_in_and_take_out_whatever_the_page_shows(tmp_path: Path) -> None:
    app, _ = town(tmp_path)
    an, lan = signed_in(app, "an"), signed_in(app, "lan")
    assert put(an, "x.md", LEASE) == 403
    assert an.delete("/api/documents/vietnam-paris").status_code == 403
    assert put(lan, "x.md", LEASE) == 202
    assert lan.post("/api/addresses", json={"url": "https://example.org"}).status_code == 403
    assert lan.delete("/api/documents/vietnam-paris").status_code == 204
    assert lan.delete("/api/documents/none").status_code == 404


def test_size_and_kind_are_checked_on_the_server(tmp_path: Path) -> None:
    app, settings = town(tmp_path, upload_mb=1)
    lan = signed_in(app, "lan")
    assert put(lan, "program.exe", b"MZ") == 415
    assert put(lan, "no-suffix", b"x") == 415
    assert put(lan, "...", b"x") == 400
    large = b"x" * (1024 * 1024 + 1)
    refused = lan.post("/api/uploads", params={"name": "large.md"}, content=large)
    assert refused.status_code == 413 and "1 MB" in refused.json()["error"]["message"]

    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 64 * 1024

    reply = lan.post("/api/uploads", params={"name": "long.md"}, content=pieces())
    assert reply.status_code == 413
    folder = settings.state_folder / "uploads"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_too_many_files_at_once_are_turned_away(tmp_path: Path) -> None:
    class Slow(ScriptedShelves):
        def add(self, *_: object) -> Report:  # type: ignore[override]
            time.sleep(30)
            raise AssertionError

    uploads = Uploads(Slow(), tmp_path / "uploads")
    with pytest.raises(UploadsFullError, match=str(MOST_WAITING)):
        for number in range(MOST_WAITING + 50):
            received(uploads, f"{number}.md")


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd.md", "passwd.md"),
        ("C:\\Users\\lan\\Báo cáo.pdf", "Báo cáo.pdf"),
        (".hidden.md", "hidden.md"),
        ("a\x00b\u202e\n.md", "ab.md"),
        ("Ba\u0301o.md", "Báo.md"),
        ("x" * 500 + ".md", "x" * (NAME_BYTES - 3) + ".md"),
        ("đ" * 300 + ".md", "đ" * ((NAME_BYTES - 3) // 2) + ".md"),
        ('<img src=x onerror="a">.md', '<img src=x onerror="a">.md'),
    ],
)
def test_a_name_leads_nowhere_but_into_the_folder(name: str, cleaned: str) -> None:
    assert file_name(name) == cleaned


@pytest.mark.parametrize("name", ["", "/", "..", "...", "\x00", "a/", "x" + "." + "y" * 300])
def test_a_name_of_which_nothing_is_left_is_refused(name: str) -> None:
    with pytest.raises(FileNameError):
        file_name(name)


# ---- several files, and what goes wrong ---------------------------------------------------------


def test_each_of_several_files_has_its_own_end(uploads: Uploads) -> None:
    for name in ("one.md", "bad.md", "two.md"):
        received(uploads, name)
    stages = {upload.name: upload.stage for upload in settled(uploads)}
    assert stages == {"one.md": "added", "bad.md": "skipped", "two.md": "added"}
    assert sorted(path.name for path in uploads.folder.iterdir()) == ["one.md", "two.md"]


def test_what_an_ingest_says_nothing_of_is_no_success(tmp_path: Path) -> None:
    class Silent(ScriptedShelves):
        def add(self, paths: Sequence[Path | str], on_progress: OnProgress) -> Report:
            return super().add(paths[1:], on_progress)

    uploads = Uploads(Silent(), tmp_path / "uploads")
    received(uploads, "lost.md")
    (upload,) = settled(uploads)
    assert upload.stage == "skipped" and upload.reason is not None
    assert list(uploads.folder.iterdir()) == []


def test_a_document_that_is_only_cut_anew_is_unchanged(tmp_path: Path) -> None:
    class Recutting(ScriptedShelves):
        def add(self, paths: Sequence[Path | str], on_progress: OnProgress) -> Report:
            report = super().add(paths, on_progress)
            return replace(report, added=(), recut=report.added)

    uploads = Uploads(Recutting(), tmp_path / "uploads")
    received(uploads, "lease.md")
    assert [upload.stage for upload in settled(uploads)] == ["unchanged"]


def test_a_state_folder_may_be_named_from_where_the_server_runs(
    empty: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    uploads = Uploads(Shelves(empty), Path("state", "uploads"))
    received(uploads, "lease.md", LEASE)
    received(uploads, "empty.md", b"")
    stages = {upload.name: upload.stage for upload in settled(uploads)}
    assert stages == {"lease.md": "added", "empty.md": "skipped"}


class Killed(ScriptedShelves):
    """Begins to read and comes no further, as where the process is killed meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = threading.Event()

    def add(self, paths: Sequence[Path | str], on_progress: OnProgress) -> Report:
        self.reading.set()
        threading.Event().wait()
        raise AssertionError


def killed_while_reading(folder: Path, *names: str) -> Uploads:
    """An earlier process over `folder`, killed while it read the first of these files."""
    shelves = Killed()
    uploads = Uploads(shelves, folder)
    for name in names:
        received(uploads, name, b"new")
        assert shelves.reading.wait(20)
    return uploads


def with_version_one(folder: Path, name: str) -> ScriptedShelves:
    """A library that holds an uploaded file."""
    shelves = ScriptedShelves()
    folder.mkdir()
    (folder / name).write_bytes(b"one")
    shelves.held.append(Holding(Document("one", "One", "en", str(folder / name), "0"), 1, ""))
    return shelves


def test_what_was_received_before_the_process_ended_is_taken_up_again(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    earlier = killed_while_reading(folder, "being-read.md", "v1.2.md", "waiting.md")
    earlier.address("https://example.org/page#top", "quan")
    (folder / ".half.part").write_bytes(b"half")
    uploads = Uploads(ScriptedShelves(), folder)
    uploads.recover()
    assert [(upload.name, upload.stage) for upload in settled(uploads)] == [
        ("being-read.md", "added"),
        ("v1.2.md", "added"),
        ("waiting.md", "added"),
        ("https://example.org/page#top", "added"),
    ]
    names = ["being-read.md", "v1.2.md", "waiting.md"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert uploads._shelves.holdings()[-1].document.source == "https://example.org/page"
    again = Uploads(uploads._shelves, folder)
    again.recover()
    assert again.all() == []


@pytest.mark.parametrize(
    ("name", "kept", "stage"), [("lease.md", b"new", "added"), ("bad.md", b"one", "skipped")]
)
def test_a_new_version_that_was_being_read_is_read_again(
    tmp_path: Path, name: str, kept: bytes, stage: str
) -> None:
    folder = tmp_path / "uploads"
    shelves = with_version_one(folder, name)
    killed_while_reading(folder, name)
    assert (folder / name).read_bytes() == b"new"
    uploads = Uploads(shelves, folder)
    uploads.recover()
    assert [upload.stage for upload in settled(uploads)] == [stage]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {name: kept}


def test_a_version_set_aside_comes_back_before_the_new_one_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    shelves = with_version_one(folder, "bad.md")
    killed_while_reading(folder, "first.md", "bad.md")
    (folder / "bad.md").rename(folder / ".bad.md.before")  # and here the process was killed
    uploads = Uploads(shelves, folder)
    uploads.recover()
    stages = {upload.name: upload.stage for upload in settled(uploads)}
    assert stages == {"first.md": "added", "bad.md": "skipped"}
    assert (folder / "bad.md").read_bytes() == b"one"


def test_of_two_versions_that_waited_the_later_one_stays(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    earlier = killed_while_reading(folder, "first.md")
    for age_s in range(5):
        cleaned, part = earlier.receiving("lease.md")
        part.write_bytes(b"%d" % age_s)
        os.utime(part, (0, 1000 - age_s))
        earlier.received(cleaned, part, "lan")
    uploads = Uploads(ScriptedShelves(), folder)
    uploads.recover()
    settled(uploads)
    assert (folder / "lease.md").read_bytes() == b"0"


def test_a_server_that_ends_leaves_what_it_has_not_read_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(ScriptedShelves):
        def __init__(self) -> None:
            super().__init__()
            self.reading, self.ending = threading.Event(), threading.Event()

        def add(self, paths: Sequence[Path | str], on_progress: OnProgress) -> Report:
            self.reading.set()
            self.ending.wait(20)
            return super().add(paths, on_progress)

    folder = tmp_path / "uploads"
    shelves = Slow()
    uploads = Uploads(shelves, folder)
    received(uploads, "one.md")
    assert shelves.reading.wait(20)
    received(uploads, "two.md")
    monkeypatch.setattr("ui.uploads.LEAVE_S", 0)
    uploads.close()
    shelves.ending.set()
    assert uploads._worker is not None
    uploads._worker.join(20)
    after = Uploads(ScriptedShelves(), folder)
    after.recover()
    assert [upload.name for upload in settled(after)] == ["one.md", "two.md"]
    assert sorted(path.name for path in folder.iterdir()) == ["one.md", "two.md"]


def test_files_are_put_back_also_where_the_library_cannot_be_read(tmp_path: Path) -> None:
    class Broken(ScriptedShelves):
        def holdings(self) -> list[Holding]:
            raise LibraryBusyError(path="/l", holder="2")

        def add(self, *_: object) -> Report:  # type: ignore[override]
            raise LibraryBusyError(path="/l", holder="1")

    folder = tmp_path / "uploads"
    folder.mkdir()
    (folder / "known.md").write_bytes(b"the one before")
    uploads = Uploads(Broken(), folder)
    received(uploads, "new.md")
    received(uploads, "known.md")
    reasons = [upload.reason for upload in settled(uploads)]
    assert [reason and reason.params["holder"] for reason in reasons] == ["1", "1"]
    assert [path.read_bytes() for path in folder.iterdir()] == [b"the one before"]


def test_a_library_that_cannot_be_written_is_said_and_the_file_before_stays(tmp_path: Path) -> None:
    class Busy(ScriptedShelves):
        def add(self, *_: object) -> Report:  # type: ignore[override]
            raise LibraryBusyError(path="/l", holder="1")

    folder = tmp_path / "uploads"
    folder.mkdir()
    shelves = Busy()
    (folder / "lease.md").write_bytes(b"the one before")
    uploads = Uploads(shelves, folder)
    received(uploads, "lease.md", b"the new one")
    (upload,) = settled(uploads)
    assert upload.reason is not None and upload.reason.code == "library-busy"
    assert (folder / "lease.md").read_bytes() == b"the one before"
