"""Chroma as a server: a collection there instead of files in the generation's directory.

A collection takes in passages while readers are asking it, and loses none until no generation
stands on it: a reader leaves out what its catalogue does not know, and ids are never given twice
to passages that were published, so that every reader sees its own generation whole.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bilingual.errors import TrichdanError
from vectorstore.dense import HNSW, DenseIndex
from vectorstore.errors import IndexDamagedError, IndexUnreachableError
from vectorstore.manifest import Base, Manifest

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

# A server on the same network answers within milliseconds; 5,000 vectors take it a few seconds.
_CONNECT_TIMEOUT_S = 5.0
_READ_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """A Chroma server: `chroma run`, a deployment, or Chroma Cloud.

    Attributes:
        url: Its address, e.g. "http://127.0.0.1:8000".
        token: Sent as `Authorization: Bearer` and as `X-Chroma-Token`; "" sends none.
        tenant: Whose databases.
        database: In which the collections are.
    """

    url: str
    token: str = field(default="", repr=False)
    tenant: str = "default_tenant"
    database: str = "default_database"


class RemoteChroma:
    """Keeps the dense indexes of a library's generations on a Chroma server."""

    may_remove = False  # readers of older generations may still need it

    def __init__(self, server: ChromaServer, library: str) -> None:
        """Prepare to use `server` from any number of threads; nothing is sent yet.

        Args:
            server: Where the collections are.
            library: The library's own name, which the names of its collections begin with.
        """
        self._server = server
        self._client: ClientAPI | None = None
        self._connecting = threading.Lock()
        self._prefix = f"trichdan-{library}-"
        self.name = server.url.rstrip("/")

    def create(self, directory: Path) -> DenseIndex:
        """Make an empty collection, to be written.

        Raises:
            IndexUnreachableError: The server does not answer, or refuses.
        """
        with self._errors():
            client = self._connect()
            name = self._prefix + directory.name
            self._delete(client, name)  # a build that failed may have begun it
            return self._index(
                client,
                client.create_collection(
                    name, embedding_function=None, configuration={"hnsw": HNSW}
                ),
            )

    def take_over(self, previous: Path, directory: Path) -> None:
        """The collection is named in the manifest; nothing else has to be done."""

    def extend(self, previous: Path, directory: Path, manifest: Manifest) -> DenseIndex:
        """Open the collection of `previous`, to be added to.

        Raises:
            IndexUnreachableError: The server does not answer, or refuses.
            IndexDamagedError: The collection is gone.
        """
        return self.open(previous, manifest)

    def seal(self, directory: Path, index: DenseIndex) -> None:
        """Let a written collection go; the server has acknowledged all of it."""
        index.close()

    def open(self, directory: Path, manifest: Manifest) -> DenseIndex:
        """Open the collection of a generation.

        Raises:
            IndexUnreachableError: The server does not answer, or refuses.
            IndexDamagedError: The collection is gone.
        """
        with self._errors():
            client = self._connect()
            return self._index(
                client, client.get_collection(manifest.base.collection, embedding_function=None)
            )

    def clear(self, keep: set[str]) -> None:
        """Delete this library's collections that no generation stands on.

        Raises:
            IndexUnreachableError: The server does not answer, or refuses.
        """
        with self._errors():
            client = self._connect()
            offset, names = 0, []
            while page := client.list_collections(limit=100, offset=offset):
                names += [one.name for one in page]
                offset += len(page)
            for name in names:
                if name.startswith(self._prefix) and name not in keep:
                    self._delete(client, name)

    def is_place_of(self, base: Base) -> bool:
        """Whether an index of this base can be opened here."""
        return base.place == self.name and base.collection.startswith(self._prefix)

    def _connect(self) -> ClientAPI:
        """The client, made at the first call; it opens connections as it needs them."""
        with self._connecting:
            if self._client is None:
                self._client = self._new_client()
            return self._client

    def _new_client(self) -> ClientAPI:
        import chromadb
        import httpx
        from chromadb.config import Settings

        logging.getLogger("chromadb").setLevel(logging.CRITICAL)
        logging.getLogger("httpx").setLevel(logging.WARNING)
        timeout = httpx.Timeout(_READ_TIMEOUT_S, connect=_CONNECT_TIMEOUT_S)
        token = self._server.token
        headers = {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else {}
        # Chroma's client waits for ever and has no setting for it: whether somebody answers is
        # asked first, and its session told afterwards.
        address = urlsplit(self.name)
        ssl = address.scheme == "https"  # to load certificates takes longer than to connect
        heartbeat = f"{self.name}/api/v2/heartbeat"
        httpx.get(heartbeat, headers=headers, timeout=timeout, verify=ssl).raise_for_status()
        client = chromadb.HttpClient(
            host=self.name,
            port=address.port or (443 if ssl else 80),
            ssl=ssl,
            headers=headers,
            settings=Settings(
                anonymized_telemetry=False, chroma_server_ssl_verify=None if ssl else False
            ),
            tenant=self._server.tenant,
            database=self._server.database,
        )
        session: Any = getattr(getattr(client, "_server", None), "_session", None)
        if session is not None:
            session.timeout = timeout
        return client

    def _index(self, client: ClientAPI, collection: Any) -> DenseIndex:
        return DenseIndex(
            collection,
            name=collection.name,
            largest_batch=client.get_max_batch_size(),
            errors=self._errors,
            close=lambda: None,
        )

    def _delete(self, client: ClientAPI, name: str) -> None:
        from chromadb.errors import NotFoundError

        with suppress(NotFoundError):
            client.delete_collection(name)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Translate what Chroma's client raises.

        Raises:
            IndexDamagedError: The collection is not there, or not what it should be.
            IndexUnreachableError: Anything else.
        """
        try:
            yield
        except TrichdanError:
            raise
        except Exception as exc:
            from chromadb.errors import (
                InvalidArgumentError,
                InvalidDimensionException,
                NotFoundError,
            )

            detail = f"{type(exc).__name__}: {exc}"
            if isinstance(exc, NotFoundError | InvalidArgumentError | InvalidDimensionException):
                raise IndexDamagedError(path=self.name, detail=detail) from exc
            raise IndexUnreachableError(url=self.name, detail=detail) from exc
