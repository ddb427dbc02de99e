"""A run's folder: `run.json` says what was run, `results.jsonl` and `timings.jsonl` what came.

`made.jsonl` says when that was, a line for each time that the run was begun or gone on with.

Results are appended as they come and hold no timing, so two runs of the same thing give the same
bytes; a run that was cut short keeps what it has and goes on from there.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals.errors import (
    QuestionSetError,
    RunBusyError,
    RunDamagedError,
    RunHeadlessError,
    RunMissingError,
    RunTooNewError,
    RunWriteError,
)
from evals.results import Result, result_from_dict
from evals.shown_settings import shown_settings
from rag.settings import Settings

FORMAT = 2
_SHOWN_DOCUMENTS = 5


@dataclass(frozen=True, slots=True)
class RunDocument:
    """A document of the library that was asked."""

    id: str
    name: str
    language: str
    version: str


@dataclass(frozen=True, slots=True)
class RunHeader:
    """What was run.

    Attributes:
        set_fingerprint: SHA-256 of the question set's content.
        library_fingerprint: SHA-256 of the documents' names and texts.
        questions: The ids of the selected questions, in order.
        settings: The settings in force, without secrets.
        versions: Of Python and the packages that shape an answer.
        encoder: Name and fingerprint of what the encoder was taught.
        checker: Fingerprint of what checks the sentences of an answer.
        judge: Fingerprint of the offline judge, and the names of those beside it.
    """

    set_name: str
    set_fingerprint: str
    split: str | None
    questions: Sequence[str]
    library_fingerprint: str
    documents: Sequence[RunDocument]
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    encoder: str
    checker: str
    judge: str
    format: int = FORMAT

    def differing(self, other: RunHeader) -> list[str]:
        """The names of the parts in which continuing this run as `other` would mix two runs."""
        names = (
            "set_fingerprint", "questions", "library_fingerprint", "settings", "versions",
            "encoder", "checker", "judge",
        )  # fmt: skip
        mine, its = asdict(self), asdict(other)
        # A setting that came later was, until then, what it is by default.
        since = shown_settings(Settings())
        mine["settings"] = {**since, **mine["settings"]}
        its["settings"] = {**since, **its["settings"]}
        return [name for name in names if _plain(mine[name]) != _plain(its[name])]

    def details(self, other: RunHeader) -> dict[str, str]:
        """Which settings and which documents differ in `other`, by the name of the part."""
        since = shown_settings(Settings())
        mine, its = ({**since, **header.settings} for header in (self, other))
        chosen = [
            f"{name}: {mine.get(name)} → {its.get(name)}"
            for name in sorted(mine.keys() | its.keys())
            if _plain(mine.get(name)) != _plain(its.get(name))
        ]
        kept, new = ({(d.name, d.version) for d in header.documents} for header in (self, other))
        names = sorted({name for name, _ in kept ^ new})
        shown = names[:_SHOWN_DOCUMENTS] + ["…"] * (len(names) > _SHOWN_DOCUMENTS)
        found = {"settings": ", ".join(chosen), "library_fingerprint": ", ".join(shown)}
        return {name: said for name, said in found.items() if said}


@dataclass(frozen=True, slots=True)
class Run:
    """A run as read back from its folder.

    Attributes:
        results: In the order of the header's questions; fewer where the run was cut short.
        began: When it was last begun or gone on with, ISO 8601; "" where that was not noted.
        workers: How many questions were asked at once.
    """

    path: Path
    header: RunHeader
    results: Sequence[Result] = field(repr=False)
    began: str = ""
    workers: int = 1

    @property
    def complete(self) -> bool:
        """Whether every selected question has a result."""
        return len(self.results) == len(self.header.questions)


class RunFolder:
    """Writes one run; use `start`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def _results(self) -> Path:
        return self.path / "results.jsonl"

    @property
    def _timings(self) -> Path:
        return self.path / "timings.jsonl"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Make the folder and keep every other writer out, in this process and in others.

        Raises:
            RunBusyError: Another run is being written there.
            RunWriteError: The folder cannot be made.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            # The folder itself is locked: the lock ends with the process and leaves no file.
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as exc:
            raise RunWriteError(path=self.path, detail=exc.strerror) from exc
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                raise RunBusyError(path=self.path) from exc
            yield
        finally:
            os.close(descriptor)

    def start(self, header: RunHeader) -> None:
        """Make the folder and write what is going to be run.

        Raises:
            RunHeadlessError: It holds results of nobody knows what.
            RunWriteError: The folder cannot be written.
        """
        if self._results.is_file() and self._results.stat().st_size:
            raise RunHeadlessError(path=self.path)
        content = json.dumps(asdict(header), ensure_ascii=False, indent=2, sort_keys=True)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            unfinished = self.path / "run.json.part"
            unfinished.write_text(content + "\n", encoding="utf-8")
            unfinished.replace(self.path / "run.json")
            self._results.touch()
        except OSError as exc:
            raise RunWriteError(path=self.path, detail=exc.strerror) from exc

    def add(self, result: Result) -> None:
        """Append one result; once this returns, a crash of the process does not lose it.

        Raises:
            RunWriteError: The folder cannot be written; the results before are whole.
        """
        identity = result.question.id
        timings = {"id": identity, "timings_ms": dict(result.timings_ms)}
        # Timings first: a question counts as done when its result is there.
        self._append(self._timings, timings)
        self._append(self._results, result.to_dict())

    def finish(self, *, began: float, asked: int, workers: int) -> None:
        """Note when and how questions were asked; the times are seconds since 1970.

        Raises:
            RunWriteError: The folder cannot be written; the results are whole.
        """
        at = datetime.fromtimestamp(began, UTC).isoformat(timespec="seconds")
        seconds = round(time.time() - began, 1)
        made = {"began": at, "seconds": seconds, "asked": asked, "workers": workers}
        self._append(self.path / "made.jsonl", made)

    def _append(self, path: Path, values: Mapping[str, Any]) -> None:
        line = (json.dumps(values, ensure_ascii=False, sort_keys=True) + "\n").encode()
        try:
            with path.open("ab") as stream:
                before = stream.tell()
                try:
                    stream.write(line)
                    stream.flush()
                except OSError:
                    # Half a line on a full disk would look like damage to the next reader.
                    os.ftruncate(stream.fileno(), before)
                    raise
        except OSError as exc:
            raise RunWriteError(path=path, detail=exc.strerror) from exc

    def mend(self) -> None:
        """Drop a last line that a crash left without its end.

        Raises:
            RunWriteError: The folder cannot be written.
        """
        for path in (self._results, self._timings, self.path / "made.jsonl"):
            if path.is_file():
                try:
                    content = path.read_bytes()
                    if content and not content.endswith(b"\n"):
                        os.truncate(path, content.rfind(b"\n") + 1)
                except OSError as exc:
                    raise RunWriteError(path=path, detail=exc.strerror) from exc


def read_run(path: Path) -> Run:
    """The run in the folder `path`, whole or cut short.

    Raises:
        RunMissingError: There is no run there.
        RunTooNewError: A newer version made it.
        RunDamagedError: A file of it cannot be read; the message names the line.
    """
    header = _read_header(path)
    timings: dict[str, Mapping[str, float]] = {}
    for number, values in _read_lines(path / "timings.jsonl"):
        try:
            timings[values["id"]] = values["timings_ms"]
        except (KeyError, TypeError) as exc:
            raise _damaged(path / "timings.jsonl", number, exc) from exc
    results: dict[str, Result] = {}
    for number, values in _read_lines(path / "results.jsonl"):
        try:
            measured = timings.get(values["question"]["id"], {})
            result = result_from_dict(values, measured, path / "results.jsonl", number)
        except (KeyError, TypeError, ValueError, AttributeError, QuestionSetError) as exc:
            raise _damaged(path / "results.jsonl", number, exc) from exc
        if result.question.id in results:
            twice = f"{result.question.id}: a second result"
            raise RunDamagedError(path=path / "results.jsonl", line=number, detail=twice)
        results[result.question.id] = result
    ordered = tuple(results[name] for name in header.questions if name in results)
    began, workers = "", 1
    for number, values in _read_lines(path / "made.jsonl"):
        try:
            began, workers = values["began"], values["workers"]
        except (KeyError, TypeError) as exc:
            raise _damaged(path / "made.jsonl", number, exc) from exc
    return Run(path, header, ordered, began, workers)


def _read_header(path: Path) -> RunHeader:
    file = path / "run.json"
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        if (found := values["format"]) > FORMAT:
            raise RunTooNewError(path=path, found=found, known=FORMAT)
        if odd := _odd_fields(values):
            raise RunDamagedError(path=file, line=1, detail=", ".join(odd))
        documents = tuple(RunDocument(**document) for document in values.pop("documents"))
        return RunHeader(**values, documents=documents)
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise RunMissingError(path=path) from exc
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise _damaged(file, 1, exc) from exc


def _odd_fields(values: Mapping[str, Any]) -> list[str]:
    """The fields of a `run.json` that are missing, unknown or not of their kind."""
    if odd := values.keys() ^ {field.name for field in fields(RunHeader)}:
        return sorted(odd)
    name, asked = values["set_name"], values["questions"]
    kinds = {
        "questions": isinstance(asked, list) and all(isinstance(one, str) for one in asked),
        "settings": isinstance(values["settings"], dict),
        "versions": isinstance(values["versions"], dict),
        "split": isinstance(values["split"], str | None),
    }
    for text in ("set_fingerprint", "library_fingerprint", "encoder", "checker", "judge"):
        kinds[text] = isinstance(values[text], str)
    # A folder is called by the set's name.
    kinds["set_name"] = isinstance(name, str) and name not in ("", "..") and name == Path(name).name
    wrong = [field for field, right in kinds.items() if not right]
    if not wrong and not 0 < len(asked) == len(set(asked)):
        return ["questions"]
    return wrong


def _read_lines(path: Path) -> list[tuple[int, Any]]:
    """(line number, object) of each whole line; a last line without its end is left out."""
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    except OSError as exc:
        raise _damaged(path, 1, exc) from exc
    read = []
    for number, line in enumerate(lines, start=1):
        try:
            read.append((number, json.loads(line)))
        except ValueError as exc:
            raise _damaged(path, number, exc) from exc
    return read


def _damaged(path: Path, line: int, exc: Exception) -> RunDamagedError:
    return RunDamagedError(path=path, line=line, detail=f"{type(exc).__name__}: {exc}")


def _plain(value: Any) -> Any:
    """`value` as it reads back from JSON, so that tuples equal lists."""
    return json.loads(json.dumps(value, default=str))
