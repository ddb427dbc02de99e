"""Faults planted in the product itself, over the shipped set: what the gate makes of each."""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

import rag.assistant
from evals import cli
from evals.baseline import bless
from evals.run import run_set, select
from evals.set_files import load
from rag.assistant import Assistant
from rag.retriever import HybridRetriever
from rag.settings import Settings
from rag.types import Answer, Claim, Event, Generated, Hit, Question

QUESTIONS = load(cli.DEFAULT_SET)
RETRIEVAL = {"hit@1", "hit@3", "hit@8", "mrr", "ndcg@8"}

Find = Callable[[Question, list[Hit]], list[Hit]]


def finding(change: Find) -> AbstractContextManager[object]:
    """What retrieval finds, changed."""
    right = HybridRetriever.find

    def find(self: HybridRetriever, question: Question) -> list[Hit]:
        return change(question, right(self, question))

    return patch.object(HybridRetriever, "find", find)


def answering(change: Callable[[Claim], Claim]) -> AbstractContextManager[object]:
    """Every sentence of an answer, changed."""
    right = rag.assistant.answer_verbatim

    def answer(*given: Any) -> Generator[Event, None, Generated]:
        made = yield from right(*given)
        return replace(made, claims=[change(claim) for claim in made.claims])

    return patch.object(rag.assistant, "answer_verbatim", answer)


def closing(change: Callable[[Answer], Answer]) -> AbstractContextManager[object]:
    """The whole answer, changed."""
    right = rag.assistant._closed
    return patch.object(rag.assistant, "_closed", lambda *given: change(right(*given)))


def vietnamese_lost(question: Question, hits: list[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.passage.language != "vi"]


def other_language_lost(question: Question, hits: list[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.passage.language == question.answer_language]


def tail_turned(question: Question, hits: list[Hit]) -> list[Hit]:
    return hits[:4] + hits[:3:-1]


def scores_shaken(question: Question, hits: list[Hit]) -> list[Hit]:
    """Scores that move by a thousandth change places only where they are as good as equal."""
    chance = random.Random(question.text)
    return sorted(hits, key=lambda hit: -hit.score * (1 + chance.gauss(0, 0.001)))


def without_citation(claim: Claim) -> Claim:
    return replace(claim, citations=())


def a_boundary_off(claim: Claim) -> Claim:
    """Every cited place begins and ends a character late."""
    places = [replace(one, start=one.start + 1, end=one.end + 1) for one in claim.citations]
    return replace(claim, citations=places)


def in_the_other_language(answer: Answer) -> Answer:
    return replace(answer, language="en" if answer.language == "vi" else "vi")


@pytest.fixture(scope="module")
def baselines(paris_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    settings = Settings(library=paris_library)
    chosen = select(QUESTIONS, "dev")
    with Assistant.open(settings) as assistant:
        made = run_set(
            assistant, QUESTIONS, settings, folder / "base", selected=chosen, split="dev", workers=2
        )
    bless(made, folder / "baselines")
    return folder / "baselines"


@pytest.mark.parametrize(
    ("fault", "code", "seen", "cleared"),
    [
        (nullcontext(), 0, set(), None),
        (finding(scores_shaken), 0, set(), None),
        (finding(tail_turned), 0, set(), None),
        (
            finding(vietnamese_lost),
            1,
            {("hit@1", "all"), ("hit@8", "vi→vi"), ("contains-gold", "vi→vi")},
            lambda metric, name: name == "en→en",
        ),
        (
            finding(other_language_lost),
            1,
            {("hit@8", "cross-language"), ("right-citation", "cross-language")},
            lambda metric, name: name in ("same-language", "vi→vi", "en→en"),
        ),
        (
            answering(without_citation),
            1,
            {("citation-recall", "all"), ("uncited", "all"), ("right-citation", "all")},
            lambda metric, name: (
                metric in RETRIEVAL | {"contains-gold", "false-refusal", "language-match"}
            ),
        ),
        (
            answering(a_boundary_off),
            1,
            {("citation-exact", "all"), ("right-citation", "all")},
            lambda metric, name: metric in RETRIEVAL | {"contains-gold", "uncited"},
        ),
        (
            patch.object(rag.assistant, "missing_from", lambda *given: None),
            1,
            {("abstention-recall", "all"), ("abstention-recall", "tag:near_miss")},
            lambda metric, name: metric in RETRIEVAL | {"contains-gold", "right-citation"},
        ),
        (
            closing(in_the_other_language),
            1,
            {("language-match", "all"), ("language-match", "en→en")},
            lambda metric, name: metric != "language-match",
        ),
    ],
    ids=[
        "nothing", "noise", "reordered", "retrieval of one language", "across languages",
        "citations", "boundary", "unanswerable", "language",
    ],
)  # fmt: skip
def test_the_gate_tells_what_a_fault_breaks_and_what_it_does_not(
    fault: AbstractContextManager[object],
    code: int,
    seen: set[tuple[str, str]],
    cleared: Callable[[str, str], bool] | None,
    baselines: Path,
    paris_library: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words: Sequence[str | Path] = (
        "gate", cli.DEFAULT_SET, "--split", "dev", "--workers", "2", "--out", tmp_path / "run",
        "--baselines", baselines, "--floors", tmp_path / "floors.toml", "--json",
    )  # fmt: skip
    (tmp_path / "floors.toml").touch()
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    with fault:
        given = cli.run(parser.parse_args([*map(str, words)]), Settings(library=paris_library))
    verdicts = json.loads(capsys.readouterr().out)["verdicts"]
    regressed = {(v["metric"], v["slice"]) for v in verdicts if v["outcome"] == "regressed"}
    assert given == code, sorted(regressed)
    if not seen:
        assert not regressed
        return
    assert seen <= regressed, sorted(regressed)
    assert cleared is not None
    assert not [one for one in regressed if cleared(*one)]
