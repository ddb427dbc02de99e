"""Files and web pages on their way into the library: received, waiting, read, or skipped and why.

What was uploaded is kept in a folder of the server's own; a document's source is its file there. A
file of the same name takes the place of the one before, unless it cannot be read. Wherever the
process ends, the folder says how to go on (`Uploads.recover`):

| file | what it is |
| --- | --- |
| `.….part` | what has come of a file so far |
| `.ID.NAME.waiting` | a file that was received |
| `.ID.page` | the address of a web page that was received |
| `NAME` | a document, or what is being read to become one |
| `.NAME.before` | a document, while `NAME` is read to take its place |
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import unicodedata
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from bilingual.errors import TrichdanError
from bilingual.orthography import nfc
from ingest import Progress, Report
from ingest.errors import FormatUnknownError
from ingest.files import absolute
from ingest.reading import KNOWN_SUFFIXES
from ingest.web import source_of
from ui.errors import FileNameError, UploadsFullError
from ui.logs import note
from ui.shelves import Shelving
from vectorstore.errors import StoreError

log = logging.getLogger(__name__)

Stage = Literal[
    "waiting", "reading", "embedding", "publishing",
    "added", "changed", "unchanged", "renamed", "skipped",
]  # fmt: skip
_OPEN = ("waiting", "reading", "embedding", "publishing")

MOST_WAITING = 200
SHOWN = 400  # the last ones, ended ones included
LEAVE_S = 10.0  # a batch of passages takes a few seconds on slow cores
AT_ONCE = 20  # one publish for so many files; a longer row of them shows its progress in parts
NAME_BYTES = 200  # file systems take 255, and a few are added while a file is on its way


@dataclass(frozen=True, slots=True)
class Upload:
    """One file or web page on its way.

    Attributes:
        source: The file's path, or the page's address, as an ingest reports them.
        done: Of `total`, how far the stage is; both 0 where that is not known.
        replaced: The title of the document whose place it took; "" where there was none.
        reason: Why it was skipped.
    """

    id: str
    name: str
    person: str
    source: str
    stage: Stage = "waiting"
    done: int = 0
    total: int = 0
    replaced: str = ""
    reason: TrichdanError | None = None

    @property
    def open(self) -> bool:
        """Whether it is still on its way."""
        return self.stage in _OPEN

    @property
    def is_page(self) -> bool:
        """Whether it is a web page."""
        return "://" in self.source


class _LeavingError(Exception):
    """The process is about to end."""


class Uploads:
    """What is on its way into a library, one batch after the other. Safe to share."""

    def __init__(self, shelves: Shelving, folder: Path) -> None:
        self._shelves, self.folder = shelves, absolute(folder)
        self._lock = threading.Condition()
        self._uploads: dict[str, Upload] = {}
        self._waiting: deque[str] = deque()
        self._worker: threading.Thread | None = None
        self._closed = False

    def receiving(self, name: str) -> tuple[str, Path]:
        """A cleaned name for a file that is to come, and where to write it.

        Raises:
            FileNameError: Nothing of the name can be used.
            FormatUnknownError: There is no reader for files of that name.
            UploadsFullError: Too much is waiting already.
        """
        cleaned = file_name(name)
        suffix = PurePosixPath(cleaned).suffix.lower()
        if suffix not in KNOWN_SUFFIXES:
            known = ", ".join(KNOWN_SUFFIXES)
            raise FormatUnknownError(path=cleaned, suffix=suffix or cleaned, known=known)
        self._check_room()
        return cleaned, self._part()

    def received(self, name: str, part: Path, person: str) -> Upload:
        """Let a file that was written wait for its turn."""
        return self._enqueue(name, str(self.folder / name), person, part)

    def address(self, url: str, person: str) -> Upload:
        """Let a web page wait for its turn.

        Raises:
            WebAddressRefusedError: It is not the address of a web page.
            UploadsFullError: Too much is waiting already.
        """
        source = source_of(url)
        self._check_room()
        part = self._part()
        part.write_text(url, encoding="utf-8")
        return self._enqueue(url, source, person, part)

    def all(self) -> list[Upload]:
        """Every upload that is remembered, oldest first."""
        with self._lock:
            return list(self._uploads.values())

    def removed(self, source: str) -> None:
        """Delete the file behind a document that was taken out, if it was uploaded."""
        path = Path(source)
        if "://" not in source and path.parent == self.folder:
            path.unlink(missing_ok=True)

    def recover(self) -> None:
        """Take up again what an earlier process had received but not finished."""
        if not self.folder.is_dir():
            return
        for part in self.folder.glob(".*.part"):
            part.unlink()
        for before in self.folder.glob(".*.before"):
            path = self.folder / before.name[1:].removesuffix(".before")
            if not path.exists():
                before.rename(path)
        known = {holding.document.source for holding in self._shelves.holdings()}
        placed = [
            path
            for path in sorted(self.folder.glob("[!.]*"))
            if self._before(path.name).exists() or str(path) not in known
        ]
        arrived = [*self.folder.glob(".*.waiting"), *self.folder.glob(".*.page")]
        arrived.sort(key=lambda path: path.stat().st_mtime_ns)  # in the order in which they came
        # A file that was being read came before one of its name that waits.
        for path in placed:
            self._enqueue(path.name, str(path), "", None)
        for path in arrived:
            if path.suffix == ".page":
                url = path.read_text(encoding="utf-8")
                self._enqueue(url, source_of(url), "", path)
            else:
                name = path.name[1:].partition(".")[2].removesuffix(".waiting")
                self._enqueue(name, str(self.folder / name), "", path)

    def close(self) -> None:
        """Stop after the step that is under way; what is not in the library yet keeps waiting."""
        with self._lock:
            self._closed = True
            self._lock.notify()
            worker = self._worker
        if worker is not None:
            worker.join(LEAVE_S)

    # ---- the worker --------------------------------------------------------------------------

    def _check_room(self) -> None:
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                raise UploadsFullError(most=MOST_WAITING)

    def _enqueue(self, name: str, source: str, person: str, part: Path | None) -> Upload:
        """Let something wait for its turn: `part` holds it, or it is in its place already."""
        made = Upload(secrets.token_urlsafe(8), name, person, source)
        if part is not None:
            with part.open("rb") as file:
                os.fsync(file.fileno())  # what is said to be received is whole, come what may
        with self._lock:
            if part is not None:
                part.rename(self._arrived(made))
            self._uploads[made.id] = made
            self._waiting.append(made.id)
            ended = [each.id for each in self._uploads.values() if not each.open]
            for old in ended[: max(0, len(self._uploads) - SHOWN)]:
                del self._uploads[old]
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, daemon=True, name="uploads")
                self._worker.start()
            self._lock.notify()
        return made

    def _part(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f".{secrets.token_hex(8)}.part"

    def _arrived(self, upload: Upload) -> Path:
        rest = "page" if upload.is_page else f"{upload.name}.waiting"
        return self.folder / f".{upload.id}.{rest}"

    def _before(self, name: str) -> Path:
        return self.folder / f".{name}.before"

    def _work(self) -> None:
        while True:
            with self._lock:
                while not self._waiting and not self._closed:
                    self._lock.wait()
                if self._closed:
                    return
                batch = self._next_batch()
            try:
                self._take_in(batch)
            except _LeavingError:
                return
            except TrichdanError as error:
                self._end(batch, error)
            except Exception:
                log.exception("an upload failed unexpectedly")
                self._end(batch, TrichdanError())

    def _next_batch(self) -> list[Upload]:
        """The next few, none of them twice: of two files of one name the later one waits."""
        batch: dict[str, Upload] = {}
        while self._waiting and len(batch) < AT_ONCE:
            upload = self._uploads[self._waiting[0]]
            if upload.source in batch:
                break
            batch[upload.source] = upload
            self._waiting.popleft()
        return list(batch.values())

    def _take_in(self, batch: Sequence[Upload]) -> None:
        """Put the files in place, bring them in, and put back what could not be read."""
        try:
            for upload in batch:
                self._put_in_place(upload)
            before = self._titles_before(batch)
            report = self._shelves.add(
                [each.source for each in batch], lambda progress: self._show(batch, progress)
            )
        except BaseException as exc:
            if self._closed:  # Python itself may be ending: that says nothing of the files
                raise _LeavingError from exc
            for upload in batch:
                self._put_back(upload)
            raise
        stages = _stages(report)
        reasons = {str(error.params.get("path")): error for error in report.skipped}
        for upload in batch:
            reason: TrichdanError | None = None
            if (skipped := reasons.get(upload.source)) is not None:
                reason = _named(skipped, upload.name)
            elif upload.source not in stages:
                log.error("an ingest did not say what became of %s", upload.source)
                reason = TrichdanError()
            if reason is not None:
                self._put_back(upload)
            elif upload.is_page:
                self._arrived(upload).unlink()
            else:
                self._before(upload.name).unlink(missing_ok=True)
            stage: Stage = "skipped" if reason else stages[upload.source]
            replaced = before.get(upload.source, "") if stage == "changed" else ""
            self._change(upload.id, stage=stage, reason=reason, replaced=replaced)
            note(
                "uploaded", person=upload.person, file=upload.name, stage=stage,
                code=reason.code if reason else None,
            )  # fmt: skip

    def _put_in_place(self, upload: Upload) -> None:
        """Let a file that waits take the place of the one before, which is kept beside it."""
        path, arrived = Path(upload.source), self._arrived(upload)
        if upload.is_page or not arrived.exists():
            return
        if path.exists():
            path.rename(self._before(upload.name))
        arrived.rename(path)

    def _titles_before(self, batch: Sequence[Upload]) -> dict[str, str]:
        """The titles of the documents whose places are about to be taken, by their sources."""
        sources = {each.source for each in batch if self._before(each.name).exists()}
        if not sources:
            return {}
        try:
            held = [holding.document for holding in self._shelves.holdings()]
        except StoreError:  # whether files can be taken in is for the ingest to say
            return {}
        return {each.source: each.title for each in held if each.source in sources}

    def _put_back(self, upload: Upload) -> None:
        """Undo a file's coming, however far it came: the one before it is there again, or none."""
        path, arrived = Path(upload.source), self._arrived(upload)
        if not upload.is_page:
            before = self._before(upload.name)
            if before.exists():
                before.rename(path)
            elif not arrived.exists():
                path.unlink(missing_ok=True)
        arrived.unlink(missing_ok=True)

    def _show(self, batch: Sequence[Upload], progress: Progress) -> None:
        if self._closed:
            raise _LeavingError
        for upload in batch:
            if progress.stage != "reading":
                self._change(
                    upload.id, stage=progress.stage, done=progress.done, total=progress.total
                )
            elif progress.path == upload.source:
                self._change(upload.id, stage="reading")

    def _end(self, batch: Sequence[Upload], error: TrichdanError) -> None:
        for upload in batch:
            self._change(upload.id, stage="skipped", reason=error)
            note(
                "uploaded", person=upload.person, file=upload.name, stage="failed", code=error.code
            )

    def _change(self, upload: str, **changes: object) -> None:
        with self._lock:
            if upload in self._uploads:
                self._uploads[upload] = replace(self._uploads[upload], **changes)  # type: ignore[arg-type]


def _stages(report: Report) -> dict[str, Stage]:
    """What became of each source that was taken."""
    stages: dict[str, Stage] = {}
    stages.update(dict.fromkeys(report.added, "added"))
    stages.update(dict.fromkeys(report.changed, "changed"))
    stages.update(dict.fromkeys((*report.unchanged, *report.recut), "unchanged"))
    stages.update({new: "renamed" for _, new in report.renamed})
    return stages


def _named(error: TrichdanError, name: str) -> TrichdanError:
    """The error with the file's name in the place of its path on the server."""
    return type(error)(**{**error.params, "path": name})


def file_name(name: str) -> str:
    """A name that a browser sent, as one that can be a file's: no folders, nothing unseen.

    Raises:
        FileNameError: Nothing of it is left.
    """
    last = nfc(name.encode("utf-8", "replace").decode()).replace("\\", "/").rpartition("/")[2]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    cleaned = " ".join(seen.split()).lstrip(". ")
    stem, suffix = PurePosixPath(cleaned).stem, PurePosixPath(cleaned).suffix
    room = NAME_BYTES - len(suffix.encode())
    stem = stem.encode()[: max(room, 0)].decode("utf-8", "ignore")
    if not stem.strip() or room <= 0:
        raise FileNameError(name=name[:80])
    return stem + suffix
