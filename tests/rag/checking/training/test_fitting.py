from __future__ import annotations

import random
from dataclasses import replace

import pytest

from rag.checking.training.examples import Example, Text
from rag.checking.training.fitting import Row, fitted
from rag.checking.training.measuring import Judged, measures


def example(number: int, *, supported: bool) -> Example:
    evidence = Text((f"Passage {number}.",), "en")
    kind = "true" if supported else "passage"
    return Example("x", "en", evidence, supported, "questions", kind, "train")


def rows(count: int) -> list[Row]:
    """Claims of which `good` tells, `noise` does not, and `bad` tells the wrong way round."""
    chosen = random.Random(0)
    found = []
    for number in range(count):
        supported = number % 2 == 0
        good = min(1.0, max(0.0, chosen.gauss(0.8 if supported else 0.4, 0.15)))
        features = {"good": good, "noise": chosen.random(), "bad": 1 - good}
        found.append(Row(example(number, supported=supported), features, doubted=False))
    return found


def test_the_head_weighs_what_tells_and_nothing_against_its_direction() -> None:
    found = rows(400)
    head = fitted(found, [one.example for one in found])
    assert head.weights["good"] > 1
    assert "bad" not in head.weights
    assert head.weights.get("noise", 0.0) < 0.2 * head.weights["good"]
    low, high = ({"good": value, "noise": 0.5, "bad": 0.5} for value in (0.2, 0.95))
    assert head.probability(low) < 0.3 < 0.7 < head.probability(high)
    assert 0 < head.unsupported_below < head.supported_from < 1


def test_the_threshold_is_of_rules_and_head_together() -> None:
    found = rows(400)
    decided = [example(number, supported=False) for number in range(600)]
    alone = fitted(found, [one.example for one in found])
    beside = fitted(found, [*(one.example for one in found), *decided])
    # Where the rules find most of what is wrong, the head has more to lose than to win.
    assert beside.supported_from < alone.supported_from
    doubted = [replace(one, doubted=not one.example.supported) for one in found]
    assert fitted(doubted, [one.example for one in found]).supported_from < alone.supported_from


def test_measures_say_balanced_accuracy_with_an_interval() -> None:
    judged = [
        Judged(example(number, supported=number % 2 == 0), verdict)
        for number, verdict in enumerate(
            ["supported", "unsupported", "supported", "unsure", "unsure", "supported"] * 20
        )
    ]
    found = measures(judged, seed=1)["sets"]["questions en→en"]
    accuracy, low, high = found["balanced_accuracy"]
    assert found["claims"] == 120
    assert accuracy == pytest.approx(2 / 3, abs=0.001)
    assert low < accuracy < high
    assert found["true"] == {"supported": 0.667, "unsure": 0.333, "unsupported": 0.0}
    kinds = measures(judged, seed=1)["kinds"]["questions passage en→en"]
    assert kinds["flagged"][0] == pytest.approx(2 / 3, abs=0.001)
