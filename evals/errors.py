"""What can go wrong between a question set and its report.

QuestionSetError             a question set is malformed
├── SetMissingError          there is no such file
├── SetEncodingError         it is not UTF-8
├── SetEmptyError            it holds no question
├── SetFormatError           its file's ending is neither .jsonl nor .csv
├── SetJSONError             a line is not a JSON object
│   └── SetObjectError       it is JSON of another kind
├── SetCSVError              a line is not CSV
├── SetColumnError           a CSV file lacks a column, or has one that does not exist
├── SetRowError              a row has more or fewer cells than there are columns
├── SetWriteError            a set cannot be written
├── FeedbackError            a line of feedback cannot be read
├── SetFieldMissingError     a question lacks a field
├── SetFieldUnknownError     a question has a field that does not exist
├── SetFieldValueError       a field holds what it must not
└── SetDuplicateError        two questions have one id
RunError                     a run cannot be made, read or continued
├── RunMissingError          the folder holds no run
├── RunExistsError           the folder already holds a whole run
├── RunBusyError             another run is being written into the folder
├── RunDamagedError          a file of the run cannot be read
├── RunTooNewError           a newer version made the run
├── RunWriteError            the run's folder cannot be written
├── ReportWriteError         a report cannot be written
├── RunHeadlessError         a folder holds results, and nothing says of what
├── RunUnfinishedError       questions of the run have no result yet, or no answer
├── RunUnjudgedError         a judge of the run gave no figure at all
├── BaselineMissingError     no run of a set was blessed
├── SelectionEmptyError      no question of the set was selected
├── SliceUnknownError        no question is in a slice of that name
├── FrozenMissingError       a frozen passage is no longer in the library
├── ReplayError              a question of a run cannot be asked again from that stage
│   └── ReplayUnknownError   the run has no such question
├── JudgeUnknownError        there is no judge of that name
└── JudgeWithoutModelError   a judge needs a language model and none is set up
FloorsError                  the floors file is malformed, or guards nothing
BenchmarkError               a benchmark's files cannot be read
ReadmeMarkersError           the file to fill has no markers
NotComparableError           two runs cannot be compared
├── RunOtherError            a folder to go on in holds a run of something else
└── NothingInCommonError     two runs have no question in common
"""

from __future__ import annotations

from collections.abc import Sequence

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage, text


class QuestionSetError(TrichdanError):
    """A question set is malformed."""

    code = "set-json"


class SetMissingError(QuestionSetError):
    """There is no such question set (params: path)."""

    code = "set-missing"


class SetEncodingError(QuestionSetError):
    """The question set is not UTF-8 (params: path, line)."""

    code = "set-encoding"


class SetEmptyError(QuestionSetError):
    """The question set holds no question (params: path)."""

    code = "set-empty"


class SetJSONError(QuestionSetError):
    """A line is not a JSON object (params: path, line, detail)."""

    code = "set-json"


class SetObjectError(SetJSONError):
    """A line is JSON, but no object (params: path, line)."""

    code = "set-object"


class SetCSVError(QuestionSetError):
    """A line is not CSV (params: path, line, detail)."""

    code = "set-csv"


class SetFormatError(QuestionSetError):
    """The file's ending says nothing of its format (params: path, known)."""

    code = "set-format"


class SetColumnError(QuestionSetError):
    """A column is wrong (params: path, column, found, known; problem: missing, unknown, twice)."""

    code = "set-column-unknown"

    def message(self, language: InterfaceLanguage) -> str:
        """What is wrong with which column."""
        return text(f"errors.set-column-{self.params['problem']}", language, **self.params)


class SetRowError(QuestionSetError):
    """A row has more or fewer cells than there are columns (params: path, line, cells, columns)."""

    code = "set-row"


class SetWriteError(QuestionSetError):
    """A set cannot be written (params: path, detail)."""

    code = "set-write"


class FeedbackError(QuestionSetError):
    """A line is no record of feedback (params: path, line, detail)."""

    code = "feedback-line"


class SetFieldMissingError(QuestionSetError):
    """A question lacks a field (params: path, line, field)."""

    code = "set-field-missing"


class SetFieldUnknownError(QuestionSetError):
    """A question has a field that does not exist (params: path, line, field, known)."""

    code = "set-field-unknown"


class SetFieldValueError(QuestionSetError):
    """A field holds what it must not (params: path, line, field, value, expected)."""

    code = "set-field-value"


class SetDuplicateError(QuestionSetError):
    """Two questions have the same id (params: path, line, id, first)."""

    code = "set-duplicate"


class RunError(TrichdanError):
    """A run cannot be made, read or continued."""

    code = "run-damaged"


class RunMissingError(RunError):
    """The folder holds no run (params: path)."""

    code = "run-missing"


class RunExistsError(RunError):
    """The folder already holds a whole run (params: path)."""

    code = "run-exists"


class RunBusyError(RunError):
    """Another run is being written into the folder (params: path)."""

    code = "run-busy"


class RunDamagedError(RunError):
    """A file of the run cannot be read (params: path, line, detail)."""

    code = "run-damaged"


class RunTooNewError(RunError):
    """A newer version made the run (params: path, found, known)."""

    code = "run-too-new"


class RunWriteError(RunError):
    """The run's folder cannot be written (params: path, detail)."""

    code = "run-write"


class ReportWriteError(RunError):
    """A report cannot be written (params: path, detail)."""

    code = "report-write"


class RunHeadlessError(RunError):
    """The folder holds results but no `run.json` that says of what (params: path)."""

    code = "run-headless"


class RunUnfinishedError(RunError):
    """Questions have no result yet, or got no answer (params: path, done, total, failed)."""

    code = "run-unfinished"


class RunUnjudgedError(RunError):
    """A judge gave no figure on any answer (params: path, judge, reason)."""

    code = "run-unjudged"


class BaselineMissingError(RunError):
    """No run of this set was made the baseline (params: path, set, baselines)."""

    code = "baseline-missing"


class SelectionEmptyError(RunError):
    """No question of the set was selected (params: path, drafts: how many wait)."""

    code = "selection-empty"


class SliceUnknownError(RunError):
    """No question is in a slice of that name (params: path, slice, known)."""

    code = "slice-unknown"


class FrozenMissingError(RunError):
    """A frozen passage is no longer in the library (params: document)."""

    code = "frozen-missing"


class ReplayError(RunError):
    """A question of a run cannot be asked again from that stage (params: path, id, detail)."""

    code = "replay"


class ReplayUnknownError(ReplayError):
    """The run has no question of that id (params: path, id, known)."""

    code = "replay-unknown"


class JudgeUnknownError(RunError):
    """There is no judge of that name (params: name, known)."""

    code = "judge-unknown"


class JudgeWithoutModelError(RunError):
    """A judge needs a language model and none is set up (params: name)."""

    code = "judge-without-model"


class FloorsError(TrichdanError):
    """The floors file is malformed, or guards nothing.

    Params: path; problem: unreadable (detail), table (name), field (number, field, value,
    expected), none (set, known), slice (set, slice, known).
    """

    code = "floors-unreadable"

    def message(self, language: InterfaceLanguage) -> str:
        """What is wrong with which floor."""
        return text(f"errors.floors-{self.params['problem']}", language, **self.params)


class BenchmarkError(TrichdanError):
    """A benchmark's files cannot be read (params: path, detail)."""

    code = "benchmark"


class ReadmeMarkersError(TrichdanError):
    """The file to fill lacks the markers between which the tables go (params: path, begin, end)."""

    code = "readme-markers"


def _allowing(parts: Sequence[str]) -> str:
    """The options of `trichdan eval compare` that overlook `parts`."""
    from evals.cli import ALLOWABLE

    named = {part: name for name, part in ALLOWABLE.items()} | {"set_fingerprint": "questions"}
    options = dict.fromkeys(named[part] for part in parts if part in named)
    return " ".join(f"--allow {name}" for name in options)


class NotComparableError(TrichdanError):
    """Two runs cannot be compared.

    Params: base, candidate; differing: names of parts; details: name of a part → what in it.
    """

    code = "not-comparable"

    def message(self, language: InterfaceLanguage) -> str:
        """What differs, in words, and what can be done about it."""
        names = self.params["differing"]
        assert isinstance(names, tuple)
        if "results" in names:
            return text("errors.not-whole", language, **self.params)
        details = self.params.get("details", {})
        assert isinstance(details, dict)
        parts = [
            text(f"evals.part-{name}", language)
            + (f" ({details[name]})" if name in details else "")
            for name in names
        ]
        params = {**self.params, "differing": ", ".join(parts), "allow": _allowing(names)}
        return text(f"errors.{self.code}", language, **params)


class RunOtherError(NotComparableError):
    """The folder to go on in holds a run of something else (params as of its base class)."""

    code = "run-other"


class NothingInCommonError(NotComparableError):
    """Two runs have no question that both asked alike (params as of its base class)."""

    code = "nothing-in-common"
