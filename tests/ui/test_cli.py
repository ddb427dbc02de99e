"""The command line as people meet it: what is printed where, and the exit code."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DOCUMENTS
from ui.cli import main
from vectorstore import Library, Passage, Snapshot

QUESTION = "Who led the Vietnamese delegation?"
LEADER = "Bui Hoang Phuong"
ENGLISH = "vietnam-paris-ai-summit-2025"
VIETNAMESE = "tuyen-bo-chung-paris-2025"
DEAD = "http://127.0.0.1:9/v1"  # the discard port: nothing listens there

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command in an empty folder: its exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="ascii"))
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")


# ---- help and wrong usage -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("ingest",),
        ("ask",),
        ("documents",),
        ("documents", "list"),
        ("documents", "show"),
        ("documents", "remove"),
        ("serve",),
        ("doctor",),
        ("eval",),
        ("eval", "run"),
    ],
)
def test_every_command_explains_itself_in_both_languages(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    code, english, err = run(*command, "--help")
    assert (code, err) == (0, "")
    assert english.startswith("usage: trichdan") and "--library DIR" in english
    monkeypatch.setenv("TRICHDAN_LANGUAGE", "vi")
    code, vietnamese, err = run(*command, "--help")
    assert (code, err) == (0, "")
    assert vietnamese.startswith("cách dùng: trichdan")
    for left_over in ("usage", "options", "arguments", "show this", "DIR"):
        assert left_over not in vietnamese, left_over


def test_the_version_is_printed(run: Run) -> None:
    code, out, err = run("--version")
    assert (code, err) == (0, "") and out.startswith("trichdan 0.")


@pytest.mark.parametrize(
    ("arguments", "english", "vietnamese"),
    [
        ((), "the following arguments are required: COMMAND", "còn thiếu LỆNH"),
        (("ask",), "the following arguments are required: QUESTION", "còn thiếu CÂU_HỎI"),
        (("documents", "show"), "are required: ID", "còn thiếu MÃ"),
        (("aks", "?"), "invalid choice: 'aks'", "không có lựa chọn 'aks'"),
        (("aks", "?"), "did you mean ask?", "có phải ý bạn là ask?"),
        (("documents", "shwo"), "did you mean show?", "có phải ý bạn là show?"),
        (("ask", "?", "--jsn"), "unrecognized arguments: --jsn", "không hiểu --jsn"),
        (("ask", "?", "--jsn"), "did you mean --json?", "có phải ý bạn là --json?"),
        (("ingest", "--dryrun", "a"), "did you mean --dry-run?", "có phải ý bạn là --dry-run?"),
        (("ingest", ""), "the name of a file or folder is needed", "cần tên một tệp hoặc thư mục"),
        (("ask", "?", "--library"), "expected one argument", "cần một giá trị"),
        (("documents", "remove"), "are required: ID", "còn thiếu MÃ"),
        (("--library", "", "documents"), "the name of a folder is needed", "cần tên một thư mục"),
        (("serve", "--port", "70000"), "'70000' is not a port", "'70000' không phải số cổng"),
        (("serve", "--port", "http"), "'http' is not a port", "'http' không phải số cổng"),
        (("eval", "--limit", "0"), "invalid positive value", "cần: số nguyên dương"),
        (("ask", "?", "--json=1"), "ignored explicit argument '1'", "không nhận giá trị '1'"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_is_wrong_in_the_language_of_the_terminal(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    english: str,
    vietnamese: str,
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "") and english in err and err.startswith("usage: ")
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    code, out, err = run(*arguments)
    assert (code, out) == (2, "") and vietnamese in err
    assert "usage" not in err and "error" not in err and "argument" not in err


def test_the_language_is_chosen_for_trichdan_before_the_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    monkeypatch.setenv("TRICHDAN_LANGUAGE", "en")
    assert run("--help")[1].startswith("usage: ")


# ---- settings and libraries that cannot be used -------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ENCODER", "nonsense", "There is no encoder 'nonsense'"),
        ("LLM", "nonsense", "The setting llm is 'nonsense'; expected: none, openai"),
        ("LLM", "openai", "llm_base_url"),
        ("PASSAGES", "many", "The setting passages is 'many'"),
        ("CONFIG", "nowhere.toml", "nowhere.toml"),
    ],
)
def test_a_wrong_setting_is_named(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    paris_library: Path,
    name: str,
    value: str,
    said: str,
) -> None:
    monkeypatch.setenv(f"TRICHDAN_{name}", value)
    code, out, err = run("--library", paris_library, "ask", QUESTION)
    assert (code, out) == (2, "") and said in err and err.count("\n") == 1


# `serve` opens without one, on the page that says how to begin.
@pytest.mark.parametrize(
    "command", [("ask", "Ai ký?"), ("documents",), ("documents", "remove", "x")]
)
def test_a_missing_library_is_named_with_the_command_that_makes_one(
    run: Run, command: tuple[str, ...], tmp_path: Path
) -> None:
    code, out, err = run("--library", "nowhere", *command)
    assert (code, out) == (2, "")
    assert "trichdan --library nowhere ingest FOLDER" in err
    assert not (tmp_path / "nowhere").exists()


def test_another_encoder_than_the_librarys_is_refused_naming_both(
    run: Run, monkeypatch: pytest.MonkeyPatch, paris_library: Path
) -> None:
    monkeypatch.setenv("TRICHDAN_ENCODER", "minilm")
    for command in (("ask", QUESTION), ("ingest", DOCUMENTS)):
        code, out, err = run("--library", paris_library, *command)
        assert (code, out) == (2, "")
        assert "trichdan/minilm-vi-en" in err and "sentence-transformers/all-MiniLM-L6-v2" in err


def test_a_library_that_is_a_file_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, out, err = run("--library", "file", "documents")
    assert (code, out) == (2, "") and "file cannot be used" in err


# ---- ask ----------------------------------------------------------------------------------------


def test_an_answer_is_printed_with_its_sources_in_the_questions_language(
    run: Run, paris_library: Path
) -> None:
    code, out, err = run("--library", paris_library, "ask", QUESTION)
    assert (code, err) == (0, "")
    assert LEADER in out and "\n\nSources:\n[1] " in out and f"({ENGLISH}:" in out


def test_how_a_misspelt_question_was_understood_is_said_beside_the_answer(
    run: Run, paris_library: Path
) -> None:
    code, out, err = run("--library", paris_library, "ask", "Did Thialand sign?")
    assert (code, err) == (0, "Understood as: Did Thailand sign?\n")
    assert "Thialand" not in out


def test_json_is_one_line_in_the_stable_shape(run: Run, paris_library: Path) -> None:
    code, out, err = run("ask", "--json", QUESTION, "--library", paris_library)
    assert (code, err, out.count("\n")) == (0, "", 1)
    answer = json.loads(out)
    assert {"question", "language", "refused", "missing", "claims", "hits", "timings_ms"} <= set(
        answer
    )
    assert (answer["question"], answer["language"], answer["refused"]) == (QUESTION, "en", False)
    claim = answer["claims"][0]
    assert {"text", "verdict", "reason", "citations"} <= set(claim)
    assert set(claim["citations"][0]) >= {
        *("document", "title", "source", "start", "end", "quote", "page", "section")
    }
    assert set(answer["hits"][0]) >= {"document", "source", "start", "end", "text", "score"}
    assert set(answer["timings_ms"]) >= {"retrieve", "answer", "total"}
    code, whole, err = run("documents", "--library", paris_library, "show", ENGLISH, "--text")
    assert (code, err) == (0, "")
    for citation in [c for claim in answer["claims"] for c in claim["citations"]]:
        assert citation["document"] == ENGLISH
        assert whole[citation["start"] : citation["end"]] == citation["quote"]


def test_several_words_are_one_question_and_a_refusal_is_no_failure(
    run: Run, paris_library: Path
) -> None:
    code, out, err = run("--library", paris_library, "ask", "How", "far", "is", "the", "moon")
    assert (code, err) == (0, "")
    assert "“moon”" in out and "Nearest passages:" in out and "[1]" not in out


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("", "Please type a question."),
        (" \t ", "Please type a question."),
        ("🙂🙂", "Please type a question."),
        ("a\x01b", "U+0001"),
        ("a\udcffb", "U+DCFF"),
        ("x" * 2001, "2001 characters; at most 2000"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_before_anything_is_loaded(
    run: Run, question: str, said: str
) -> None:
    code, out, err = run("--library", "nowhere", "ask", question)
    assert (code, out) == (1, "") and said in err
    code, out, err = run("--library", "nowhere", "ask", "--json", question)
    assert code == 1 and said in err
    failed = json.loads(out)
    assert failed["error"]["code"].startswith("question-") and said in failed["error"]["message"]


LINES = (
    b"\xef\xbb\xbf" + QUESTION.encode() + b"\r\n\n   \n"
    b"broken \xff\xfe\n" + "Nước nào không ký tuyên bố?\n".encode() + b"\x01\nHow far is the moon?"
)


def test_each_line_of_standard_input_is_answered_in_turn_whatever_the_lines_beside_it(
    run: Run, paris_library: Path
) -> None:
    code, out, err = run("--library", paris_library, "ask", "-", stdin=LINES)
    assert code == 1  # two of the lines cannot be read
    assert err.count("\n") == 2 and "U+DCFF" in err and "U+0001" in err
    asked = [line for line in out.splitlines() if line.startswith("» ")]
    assert asked == [
        f"» {QUESTION}",
        "» Nước nào không ký tuyên bố?",
        "» How far is the moon?",
    ]
    assert LEADER in out and "Nguồn:" in out


def test_each_line_of_standard_input_gives_one_line_of_json(run: Run, paris_library: Path) -> None:
    code, out, _ = run("--library", paris_library, "ask", "-", "--json", stdin=LINES)
    assert code == 1
    lines: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    assert ["error" in line for line in lines] == [False, True, False, True, False]
    assert lines[1]["question"] == "broken ��"
    assert [line["refused"] for line in lines if "refused" in line] == [False, False, True]


def test_no_lines_are_no_failure(run: Run, paris_library: Path) -> None:
    assert run("--library", paris_library, "ask", "-") == (0, "", "")


# ---- documents ----------------------------------------------------------------------------------


def test_documents_are_listed_shown_and_removed(
    run: Run, paris_library: Path, tmp_path: Path
) -> None:
    shutil.copytree(paris_library, tmp_path / "library")
    for listing in (("documents",), ("documents", "list")):
        code, out, err = run(*listing)
        assert (code, err) == (0, "")
        assert [line.split()[0] for line in out.splitlines()] == [VIETNAMESE, ENGLISH]
    code, out, _ = run("documents", "--json")
    assert code == 0 and [row["language"] for row in json.loads(out)] == ["vi", "en"]
    code, out, _ = run("documents", "show", ENGLISH)
    assert code == 0 and out.startswith(f"id: {ENGLISH}\ntitle: ") and "None" not in out
    code, out, _ = run("documents", "--json", "show", ENGLISH, "--text")
    assert json.loads(out)["text"].startswith("#") and json.loads(out)["passages"] > 1
    code, out, err = run("documents", "remove", ENGLISH, "nowhere")
    assert (code, out) == (2, "") and "'nowhere'" in err
    code, out, err = run("documents", "remove", ENGLISH, ENGLISH)
    assert (code, out, err) == (0, "", f"removed: {ENGLISH}\n")
    assert run("documents", "show", ENGLISH)[0] == 2
    code, out, _ = run("documents")
    assert [line.split()[0] for line in out.splitlines()] == [VIETNAMESE]


def test_documents_are_listed_without_being_read(
    run: Run, paris_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(paris_library) as library, library.snapshot() as snapshot:
        passages = {
            document.id: len(snapshot.passages_of(document.id)) for document in snapshot.documents()
        }

    def read(self: Snapshot, document: str) -> list[Passage]:
        raise AssertionError(document)

    monkeypatch.setattr(Snapshot, "passages_of", read)
    _, out, _ = run("--library", paris_library, "documents", "--json")
    assert {row["id"]: row["passages"] for row in json.loads(out)} == passages
    _, out, _ = run("--library", paris_library, "documents")
    shown = {line.split()[0]: int(line.split()[2]) for line in out.splitlines()}
    assert shown == passages


def test_a_document_is_shown_in_vietnamese(run: Run, paris_library: Path, vietnamese: None) -> None:
    _, out, _ = run("--library", paris_library, "documents", "show", ENGLISH)
    assert out.startswith(f"mã: {ENGLISH}\ntiêu đề: ") and "số đoạn: " in out


def test_the_text_of_a_document_is_printed_exactly(run: Run, paris_library: Path) -> None:
    _, out, err = run("--library", paris_library, "documents", "show", VIETNAMESE, "--text")
    assert (out, err) == ((DOCUMENTS / f"{VIETNAMESE}.md").read_text(encoding="utf-8"), "")


def test_of_two_libraries_the_one_named_last_is_used(run: Run, paris_library: Path) -> None:
    assert run("--library", "nowhere", "documents", "--library", paris_library)[0] == 0
    assert run("--library", paris_library, "documents", "--library", "nowhere")[0] == 2


def test_the_library_can_be_named_in_the_environment(
    run: Run, monkeypatch: pytest.MonkeyPatch, paris_library: Path
) -> None:
    monkeypatch.setenv("TRICHDAN_LIBRARY", str(paris_library))
    assert run("documents")[0] == 0


# ---- ingest -------------------------------------------------------------------------------------


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A folder with one good file among others that cannot be taken."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "good.txt").write_text("The office opens at nine.\n", encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "blank.md").write_bytes(b" \n\n")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (folder / "paper.xyz").write_bytes(b"?")
    (folder / "latin.txt").write_bytes("Bài viết cũ".encode()[:4] + b"\xe0 \xf9")
    return folder


SKIPPED = ("binary.txt", "blank.md", "empty.txt", "latin.txt", "paper.xyz")


def test_what_cannot_be_read_is_skipped_by_name_with_the_reason_and_the_rest_goes_on(
    run: Run, mixed: Path
) -> None:
    code, out, err = run("ingest", mixed, "nowhere.md")
    assert (code, out) == (1, "")
    lines = err.splitlines()
    assert [Path(line.split(": ")[1]).name for line in lines[:-1]] == [*SKIPPED, "nowhere.md"]
    assert all(line.startswith("skipped: ") and line.count(": ") == 2 for line in lines[:-1])
    assert "there is no such file" in lines[-2]
    assert lines[-1].startswith("1 added") and "6 skipped" in lines[-1]
    assert run("documents", "show", "good", "--text")[1] == "The office opens at nine.\n"


def test_ingest_tells_what_it_did_in_json(run: Run, mixed: Path) -> None:
    code, out, _ = run("ingest", "--json", mixed)
    report = json.loads(out)
    assert code == 1 and out.count("\n") == 1
    assert report["added"] == [str(mixed / "good.txt")]
    assert [Path(each["path"]).name for each in report["skipped"]] == list(SKIPPED)
    assert all(each["code"] and each["reason"] for each in report["skipped"])


def test_ingesting_twice_changes_nothing(run: Run, mixed: Path) -> None:
    code, _, err = run("ingest", mixed / "good.txt")
    assert code == 0 and err.startswith("1 added")
    code, _, err = run("ingest", mixed / "good.txt")
    assert code == 0 and err.startswith("0 added") and "1 unchanged" in err


def test_a_library_into_which_nothing_was_put_says_that_it_is_empty(run: Run) -> None:
    code, _, err = run("ingest")
    assert code == 1 and "documents: there is no such file or folder" in err
    code, out, _ = run("ask", "Nước nào không ký?")
    assert code == 0 and "Thư viện chưa có tài liệu" in out
    code, out, err = run("documents")
    assert (code, out, err) == (0, "", "The library holds no documents.\n")


# ---- doctor -------------------------------------------------------------------------------------


def test_doctor_finds_everything_in_order(run: Run, paris_library: Path) -> None:
    code, out, err = run("--library", paris_library, "doctor")
    assert (code, err) == (0, "")
    assert [line[0] for line in out.splitlines()] == ["✓"] * 4
    assert "2 documents" in out and "no language model is set" in out


def test_doctor_says_how_to_mend_what_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRICHDAN_LLM", "openai")
    monkeypatch.setenv("TRICHDAN_LLM_BASE_URL", DEAD)
    monkeypatch.setenv("TRICHDAN_LLM_MODEL", "any")
    monkeypatch.setenv("TRICHDAN_ENCODER", "nonsense")
    code, out, err = run("doctor")
    assert (code, err) == (1, "")
    marks = {line[0]: line for line in out.splitlines()}
    assert [line[0] for line in out.splitlines()] == ["✓", "✗", "✗", "✗"]
    assert 'write "default"' in out and "ingest FOLDER" in out and DEAD in marks["✗"]


def test_doctor_tells_the_same_in_json(run: Run) -> None:
    code, out, _ = run("doctor", "--json")
    found = {each["part"]: each["ok"] for each in json.loads(out)}
    assert code == 1
    assert found == {"python": True, "encoder": True, "library": False, "llm": True}


def test_a_dead_endpoint_is_named_when_asked(
    run: Run, monkeypatch: pytest.MonkeyPatch, paris_library: Path
) -> None:
    monkeypatch.setenv("TRICHDAN_LLM", "openai")
    monkeypatch.setenv("TRICHDAN_LLM_BASE_URL", DEAD)
    monkeypatch.setenv("TRICHDAN_LLM_MODEL", "any")
    code, out, err = run("--library", paris_library, "ask", QUESTION)
    assert (code, out) == (1, "") and DEAD in err and err.count("\n") == 1


# ---- the terminal's language --------------------------------------------------------------------


def test_reasons_and_sums_are_vietnamese_in_a_vietnamese_terminal(
    run: Run, mixed: Path, vietnamese: None
) -> None:
    code, _, err = run("ingest", mixed)
    assert code == 1 and "bỏ qua: " in err and "không có nội dung văn bản" in err
    assert err.splitlines()[-1].startswith("thêm 1, ")
    assert "skipped" not in err and "added" not in err
