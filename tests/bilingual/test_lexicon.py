from pathlib import Path

import numpy as np
import pytest

from bilingual.lexicon import Lexicon, default_lexicon, singular
from bilingual.training.alignment import WordTable
from bilingual.training.lexicon_table import write_lexicon
from bilingual.units import Units


def _terms(question: str, to: str) -> dict[str, float]:
    assert to in ("vi", "en")
    translations = default_lexicon().translate_question(question, "vi" if to == "vi" else "en")
    return {found.term: found.weight for found in translations}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("countries", "country"), ("churches", "church"), ("kings", "king"), ("boxes", "box"),
        ("class", "class"), ("status", "status"), ("gas", "gas"), ("heroes", "heroe"),
    ],
)  # fmt: skip
def test_plurals_lose_their_ending(word: str, expected: str) -> None:
    assert singular(word) == expected


def test_a_compound_is_translated_as_one_word() -> None:
    found = _terms("năng lượng", "en")
    assert max(found, key=found.__getitem__) == "energy"


def test_translation_goes_both_ways() -> None:
    found = _terms("the governments", "vi")
    assert found["chính phủ"] > 0.5


def test_names_and_figures_are_copied() -> None:
    found = _terms("Emmanuel Macron năm 2031", "en")
    assert found["macron"] == 1.0
    assert found["2031"] == 1.0


def test_index_terms_meet_the_translations_of_foreign_plurals() -> None:
    lexicon = default_lexicon()
    assert "seahawk" in lexicon.index_terms("Đội Seahawks thắng", "vi")
    assert "seahawk" in _terms("Who beat the Seahawks?", "vi")


def test_a_table_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    table = WordTable(
        ["mèo", "chó", "hiếm"], ["cat", "dog", "kitty"],
        np.array([0, 0, 1, 2], np.int32), np.array([0, 2, 1, 1], np.int32),
        np.array([8.0, 2.0, 5.0, 0.2], np.float32),
    )  # fmt: skip
    write_lexicon(table, tmp_path / "lexicon.npz")
    lexicon = Lexicon.load(tmp_path / "lexicon.npz", Units({"mèo": 0, "chó": 1}, {}))
    assert [word for word, _ in lexicon.english["mèo"]] == ["cat", "kitty"]
    assert lexicon.english["mèo"][0][1] == pytest.approx(0.8, abs=0.005)
    assert [word for word, _ in lexicon.vietnamese["dog"]] == ["chó"]
    assert "hiếm" not in lexicon.english
