from __future__ import annotations

from bilingual.texts import INTERFACE_LANGUAGES
from rag.checking.head import default_heads, fingerprint, kind_of
from rag.checking.measured import accuracy, measured
from rag.reader.model import reader_fingerprint


def test_the_figures_are_of_the_checker_that_ships() -> None:
    assert measured()["fingerprint"] == fingerprint()


def test_the_head_is_of_the_default_encoder() -> None:
    from bilingual.taught import NAME

    assert default_heads().encoder == NAME == measured()["encoder"]


def test_the_head_is_of_the_reader_that_ships() -> None:
    assert default_heads().reader == reader_fingerprint()


def test_every_kind_of_claim_has_a_monotone_head_with_three_outcomes() -> None:
    for across in (False, True):
        for tokens in (False, True):
            head = default_heads().by_kind[kind_of(across=across, tokens=tokens)]
            assert all(weight > 0 for weight in head.weights.values())
            assert 0 < head.unsupported_below < head.supported_from < 1
            assert any(name.startswith("late") for name in head.weights) <= tokens
            assert ("read" in head.weights) == tokens


def test_every_figure_has_its_interval_and_size() -> None:
    for group in (measured()["sets"], measured()["by_words"]):
        for name, figures in group.items():
            value, low, high = figures["balanced_accuracy"]
            assert low <= value <= high, name
            assert figures["claims"] > 0, name


def test_the_accuracy_is_said_in_both_languages() -> None:
    value = f"{measured()['sets']['questions vi→vi']['balanced_accuracy'][0]:.2f}"
    for language in INTERFACE_LANGUAGES:
        assert value in accuracy(language)
