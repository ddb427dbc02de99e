"""The catalogue of texts is whole in both languages."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import bilingual.errors
import bilingual.texts

FOLDER = Path(bilingual.texts.__file__).parent


def entries() -> Iterator[tuple[str, dict[str, str]]]:
    for path in sorted(FOLDER.glob("*.toml")):
        for name, wording in tomllib.loads(path.read_text(encoding="utf-8")).items():
            yield f"{path.stem}.{name}", wording


@pytest.mark.parametrize(("key", "wording"), list(entries()))
def test_every_text_stands_in_both_languages_with_the_same_places(
    key: str, wording: dict[str, str]
) -> None:
    assert set(wording) == {"vi", "en"}, key
    places = [set(re.findall(r"(?<!\{)\{(\w+)", wording[language])) for language in ("vi", "en")]
    assert places[0] == places[1], key


def error_classes(root: type[bilingual.errors.TrichdanError]) -> Iterator[type]:
    yield root
    for child in root.__subclasses__():
        yield from error_classes(child)


def test_every_error_has_its_wording() -> None:
    import evals.errors
    import ingest.errors
    import rag.errors
    import ui.errors
    import vectorstore.errors

    assert all((evals.errors, ingest.errors, rag.errors, ui.errors, vectorstore.errors))
    for kind in error_classes(bilingual.errors.TrichdanError):
        topic = "page" if kind.__module__ == "ui.errors" else "errors"
        assert kind.code in bilingual.texts.catalogue(topic) or kind is ui.errors.FaceError, kind
