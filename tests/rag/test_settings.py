"""Settings: defaults, then one file, then the environment."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rag.errors import SettingsError
from rag.settings import Settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_file_and_an_environment_everything_is_as_it_was_shipped(folder: Path) -> None:
    assert Settings.load({}) == Settings()
    assert (Settings().encoder, Settings().llm, Settings().question_chars) == (
        "default",
        "none",
        2000,
    )


def test_the_environment_goes_before_the_file_and_the_file_before_the_defaults(
    folder: Path,
) -> None:
    (folder / "trichdan.toml").write_text('library = "mine"\npassages = 5\n', encoding="utf-8")
    settings = Settings.load({"TRICHDAN_PASSAGES": "3", "TRICHDAN_LLM_DEADLINE_S": "2.5"})
    assert (settings.library, settings.passages) == (Path("mine"), 3)
    assert (settings.llm_deadline_s, settings.question_chars) == (2.5, 2000)


def test_a_folder_may_be_given_as_text() -> None:
    settings = Settings(library="shelf/own", state="kept")  # type: ignore[arg-type]
    assert settings.library == Path("shelf/own") and settings.state_folder == Path("kept")


def test_another_file_can_be_named(folder: Path) -> None:
    (folder / "other.toml").write_text('encoder = "minilm"\n', encoding="utf-8")
    assert Settings.load({"TRICHDAN_CONFIG": "other.toml"}).encoder == "minilm"
    assert Settings.load({}).encoder == "default"


def test_an_empty_variable_counts_as_not_set(folder: Path) -> None:
    assert Settings.load({"TRICHDAN_LIBRARY": "", "TRICHDAN_PASSAGES": ""}) == Settings()


EMPTY = ("web_hosts", "chroma_url", "proxy_user_header", "llm_proxy", "state")


@pytest.mark.parametrize("name", EMPTY)
def test_what_is_empty_by_default_can_be_made_empty(folder: Path, name: str) -> None:
    config = folder / "trichdan.toml"
    config.write_text(f'{name} = ""', encoding="utf-8")
    assert Settings.load({}) == Settings()
    config.write_text(f'{name} = "x.example"', encoding="utf-8")
    assert getattr(Settings.load({}), name) != getattr(Settings(), name)
    assert Settings.load({f"TRICHDAN_{name.upper()}": ""}) == Settings()


@pytest.mark.parametrize("name", ["library", "encoder", "llm", "judge", "chroma_tenant"])
def test_what_has_to_be_something_cannot_be_made_empty(folder: Path, name: str) -> None:
    (folder / "trichdan.toml").write_text(f'{name} = ""', encoding="utf-8")
    with pytest.raises(SettingsError, match=name):
        Settings.load({})


@pytest.mark.parametrize(
    "wrong",
    [
        {"questions_a_minute": 0},
        {"passages": -1},
        {"judge": "nobody"},
        {"shutdown_s": float("inf")},
        {"llm_deadline_s": 10**400},
    ],
)
def test_a_wrong_value_in_python_is_named(wrong: dict[str, Any]) -> None:
    for make in (Settings, partial(replace, Settings())):
        with pytest.raises(SettingsError, match=next(iter(wrong))):
            make(**wrong)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSAGES", "many"),
        ("PASSAGES", "0"),
        ("PASSAGES", "-3"),
        ("PASSAGES", "2.5"),
        ("QUESTION_CHARS", "0"),
        ("LLM_DEADLINE_S", "nan"),
        ("LLM_DEADLINE_S", "inf"),
        ("LLM_DEADLINE_S", "-1"),
        ("LLM_RETRIES", "-1"),
    ],
)
def test_a_wrong_value_in_the_environment_is_named(folder: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({f"TRICHDAN_{name}": value})
    for language in ("vi", "en"):
        message = caught.value.message(language)  # type: ignore[arg-type]
        assert name.lower() in message and repr(value) in message


@pytest.mark.parametrize(
    "line",
    [
        "passages = 2.5",
        "passages = true",
        'passages = "2.5"',
        "library = 3",
        "encoder = 3",
        "passages = [3]",
        "encoder = {}",
    ],
)
def test_a_value_of_another_kind_in_the_file_is_refused(folder: Path, line: str) -> None:
    (folder / "trichdan.toml").write_text(line, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        Settings.load({})
    assert line.split()[0] in str(caught.value)


def test_no_retries_can_be_asked_for(folder: Path) -> None:
    assert Settings.load({"TRICHDAN_LLM_RETRIES": "0"}).llm_retries == 0


def test_a_whole_number_will_do_where_a_fraction_may_stand(folder: Path) -> None:
    (folder / "trichdan.toml").write_text("llm_deadline_s = 30", encoding="utf-8")
    assert Settings.load({}).llm_deadline_s == 30.0


def test_a_mistyped_name_in_the_file_is_refused_with_the_known_ones(folder: Path) -> None:
    (folder / "trichdan.toml").write_text('libary = "x"', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        Settings.load({})
    assert "libary" in str(caught.value) and "library" in str(caught.value)


@pytest.mark.parametrize("content", [b"library = ", b"\xff\xfe", b"not toml at all"])
def test_a_file_that_is_not_toml_is_named(folder: Path, content: bytes) -> None:
    (folder / "trichdan.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"trichdan\.toml"):
        Settings.load({})


def test_a_named_file_that_is_not_there_is_refused(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        Settings.load({"TRICHDAN_CONFIG": "nowhere.toml"})


def test_a_key_is_no_setting_and_is_never_read_from_the_file(folder: Path) -> None:
    (folder / "trichdan.toml").write_text('llm_api_key = "secret"', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        Settings.load({})
    assert "secret" not in str(caught.value)
