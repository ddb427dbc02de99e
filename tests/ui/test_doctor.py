"""`trichdan doctor` and the configured language model."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.openai_server import OpenAIServer, Reply
from ui.cli import main

WRITES = Reply(deltas=["one "] * 10, pause_s=0.01)


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, paris_library: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRICHDAN_LIBRARY", str(paris_library))


def doctor(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **settings: object
) -> tuple[int, str]:
    """Its exit code and the line about the language model."""
    for name, value in settings.items():
        monkeypatch.setenv(f"TRICHDAN_{name.upper()}", str(value))
    code = main(["doctor"])
    return code, capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize("kind", ["openai", "ollama", "anthropic"])
def test_a_model_that_writes_is_found_with_its_window_and_speed(
    kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with OpenAIServer(WRITES) as server:
        address = server.base_url if kind == "openai" else server.root_url
        chosen = {"llm": kind, "llm_base_url": address, "llm_model": "scripted"}
        small = doctor(monkeypatch, capsys, **chosen)
        fits = doctor(monkeypatch, capsys, llm_context_tokens=4096)
    assert fits[0] == 0 and fits[1].startswith("✓") and address in fits[1]
    assert "window of 4096 tokens" in fits[1] and "tokens a second" in fits[1]
    # The setting promises the model more than it has.
    assert small[0] == 1 and "llm_context_tokens = 8192: set it to 4096" in small[1]


def test_a_model_that_is_not_there_or_does_not_write_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRICHDAN_LANGUAGE", "vi")
    with OpenAIServer(WRITES, models=["other"]) as server:
        code, line = doctor(
            monkeypatch, capsys, llm="openai", llm_base_url=server.base_url, llm_model="scripted"
        )
        assert code == 1 and line.startswith("✗") and "không có mô hình scripted" in line
    with OpenAIServer(WRITES, Reply(status=401)) as server:
        code, line = doctor(monkeypatch, capsys, llm_base_url=server.base_url)
        assert code == 1 and "TRICHDAN_LLM_API_KEY" in line


def test_a_file_that_is_no_model_is_a_failure_and_a_tiny_model_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from tests.tiny_models import WINDOW, write_gguf

    code, line = doctor(monkeypatch, capsys, llm="llama.cpp", llm_model="absent.gguf")
    assert code == 1 and "absent.gguf" in line
    code, line = doctor(monkeypatch, capsys, llm_model=write_gguf(tmp_path / "tiny.gguf"))
    assert code == 0 and f"window of {WINDOW} tokens" in line and "tokens a second" in line


def test_a_variable_that_is_almost_a_setting_is_named_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("CONFIGURED_BY", "CHROMIUM", "LLM_API_KEY"):
        monkeypatch.setenv(f"TRICHDAN_{name}", "x")
    assert main(["doctor"]) == 0
    capsys.readouterr()
    monkeypatch.setenv("TRICHDAN_LLM_BASEURL", "http://127.0.0.1:1/v1")
    assert main(["doctor"]) == 1
    [found] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("✗")]
    assert "TRICHDAN_LLM_BASEURL" in found and "TRICHDAN_LLM_BASE_URL" in found
