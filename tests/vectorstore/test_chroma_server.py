"""What is particular to a Chroma server: it can be away, refuse, forget, and keep too much."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.vectorstore.chroma_run import ChromaRun
from tests.vectorstore.documents import DIM, ENCODER, document, keep, publish
from vectorstore import ChromaServer, Library, Writer
from vectorstore.building import Step
from vectorstore.errors import IndexUnreachableError
from vectorstore.manifest import Manifest

A = document("/in/a.txt", *(f"Sentence number {number}, of many." for number in range(40)))
B = document("/in/b.txt", "One more.")

_processes = multiprocessing.get_context("forkserver")


@pytest.fixture
def own_run(tmp_path: Path) -> Iterator[ChromaRun]:
    """A server that the test may stop."""
    (tmp_path / "chroma").mkdir()
    with ChromaRun(tmp_path / "chroma") as running:
        yield running


def collections(server: ChromaServer, folder: Path) -> set[str]:
    """Names of this library's collections on the server."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.HttpClient(
        host=server.url,
        settings=Settings(anonymized_telemetry=False, chroma_server_ssl_verify=False),
    )
    prefix = current(folder).base.collection.rpartition("-00")[0]
    return {found.name for found in client.list_collections(limit=1000) if prefix in found.name}


def current(folder: Path) -> Manifest:
    return Manifest.read(max((folder / "generations").iterdir()))


def ask(library: Library) -> list[int]:
    with library.snapshot() as snapshot:
        found = snapshot.dense(ENCODER.encode_question("Sentence number 7, of many."), 3)
        return [neighbour.passage for neighbour in found]


def test_a_server_that_is_away_is_named_and_missed_only_until_it_is_back(
    own_run: ChromaRun, folder: Path
) -> None:
    server = own_run.server
    with Writer(folder, ENCODER.name, DIM, server=server, copy_from_passages=1) as writer:
        publish(writer, A)
        with Library.open(folder, ENCODER.name, DIM, server=server) as library:
            expected = ask(library)
            own_run.stop()
            for _ in range(2):
                with pytest.raises(IndexUnreachableError) as caught:
                    ask(library)
                assert server.url in caught.value.message("vi")
                assert "Máy chủ Chroma" in caught.value.message("vi")
            with library.snapshot() as snapshot:  # what needs no server goes on
                assert len(snapshot.lexical({"7": 1.0}, 5)) == 1
                assert snapshot.text("a") == A.text
            publish(writer, B)  # its vectors are in the tail
            with pytest.raises(IndexUnreachableError):
                publish(writer, document("/in/c.txt", *["Too many for the tail."] * 60))
            with library.snapshot() as snapshot:
                assert [found.id for found in snapshot.documents()] == ["a", "b"]
            with (
                Library.open(folder, ENCODER.name, DIM, server=server) as opened_meanwhile,
                pytest.raises(IndexUnreachableError),
            ):
                ask(opened_meanwhile)
            own_run.start()
            assert ask(library) == expected
            assert ask(opened_meanwhile) == expected
            publish(writer, document("/in/c.txt", *["Too many for the tail."] * 60))
    with (
        Library.open(folder, ENCODER.name, DIM, server=server) as library,
        library.snapshot() as snapshot,
    ):
        assert len(snapshot.dense(ENCODER.encode_question("many"), 200)) == 101


def _publish_until(folder: Path, server: ChromaServer, at: Step) -> None:
    def die(step: Step) -> None:
        if step == at:
            os.kill(os.getpid(), signal.SIGKILL)

    with Writer(folder, ENCODER.name, DIM, server=server, on_step=die) as writer:
        keep(writer, [B])
        writer.publish(added=[B])


@pytest.mark.parametrize("at", ["dense-built", "switching", "committed"])
def test_a_kill_leaves_no_collection_behind(at: Step, chroma_run: ChromaRun, folder: Path) -> None:
    server = chroma_run.server
    with Writer(folder, ENCODER.name, DIM, server=server) as writer:
        publish(writer, A)
        assert len(collections(server, folder)) == 1
    child = _processes.Process(target=_publish_until, args=(folder, server, at))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    with Library.open(folder, ENCODER.name, DIM, server=server) as library:
        assert ask(library)[0] == 8
        with library.snapshot() as snapshot:
            assert len(snapshot.documents()) == (2 if at == "committed" else 1)
    with Writer(folder, ENCODER.name, DIM, server=server):
        pass
    assert collections(server, folder) == {current(folder).base.collection}


def test_a_collection_that_the_server_lost_is_built_again(
    chroma_run: ChromaRun, folder: Path
) -> None:
    import chromadb
    from chromadb.config import Settings

    server = chroma_run.server
    with Writer(folder, ENCODER.name, DIM, server=server) as writer:
        publish(writer, A)
    with Library.open(folder, ENCODER.name, DIM, server=server) as library:
        expected = ask(library)
        client = chromadb.HttpClient(
            host=server.url,
            settings=Settings(anonymized_telemetry=False, chroma_server_ssl_verify=False),
        )
        client.delete_collection(current(folder).base.collection)
        assert ask(library) == expected
        with library.snapshot() as snapshot:
            assert snapshot.generation == 2


def test_a_library_moves_to_a_server_and_back(chroma_run: ChromaRun, folder: Path) -> None:
    with Writer(folder, ENCODER.name, DIM) as writer:
        publish(writer, A)
    with Library.open(folder, ENCODER.name, DIM) as library:
        expected = ask(library)
    with Library.open(folder, ENCODER.name, DIM, server=chroma_run.server) as library:
        assert ask(library) == expected
        assert current(folder).base.place == chroma_run.server.url
    with Library.open(folder, ENCODER.name, DIM) as library:
        assert ask(library) == expected
        assert current(folder).base.place == "files"


def test_an_extended_collection_still_serves_those_who_have_the_old_generation(
    chroma_run: ChromaRun, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = chroma_run.server
    monkeypatch.setattr("vectorstore.building.LARGEST_TAIL", 2)
    with Writer(folder, ENCODER.name, DIM, server=server, copy_from_passages=1) as writer:
        publish(writer, A)
        with Library.open(folder, ENCODER.name, DIM, server=server) as library:
            with library.snapshot() as old:
                publish(writer, document("/in/b.txt", *["Sentence number 7, of many."] * 5))
                assert current(folder).base.count == 45
                found = old.dense(ENCODER.encode_question("Sentence number 7, of many."), 50)
                assert {neighbour.passage for neighbour in found} == set(range(1, 41))
            with library.snapshot() as new:
                assert len(new.dense(ENCODER.encode_question("many"), 50)) == 45
        assert len(collections(server, folder)) == 1


class _Recording(BaseHTTPRequestHandler):
    headers_seen: list[dict[str, str]]
    status = 401

    def do_GET(self) -> None:
        self.headers_seen.append(dict(self.headers))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


def test_the_token_is_sent_and_a_refusal_is_said_without_it(folder: Path) -> None:
    _Recording.headers_seen = []
    with HTTPServer(("127.0.0.1", 0), _Recording) as refusing:
        threading.Thread(target=refusing.serve_forever, daemon=True).start()
        server = ChromaServer(f"http://127.0.0.1:{refusing.server_port}", token="secret-7")
        assert "secret-7" not in repr(server)
        with Writer(folder, ENCODER.name, DIM, server=server) as writer:
            keep(writer, [A])
            with pytest.raises(IndexUnreachableError, match="401") as caught:
                writer.publish(added=[A])
            assert "secret-7" not in str(caught.value)
            assert writer.documents() == []
        refusing.shutdown()
    assert _Recording.headers_seen[-1]["Authorization"] == "Bearer secret-7"
    assert _Recording.headers_seen[-1]["X-Chroma-Token"] == "secret-7"
