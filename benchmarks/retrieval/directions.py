"""XQuAD-R in every direction: questions in one form, passages in another or in both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.retrieval.rankings import Encoders, Ranks, by_library, by_scores, score
from evals.benchmark.metrics import Summary, average_precision
from evals.benchmark.remembering import OnProgress
from evals.benchmark.shelves import shelf
from evals.benchmark.xquad import HALVES, Asked, Form, Half, Unit, Xquad

# Question → passages. Passages without marks are met by all three kinds of questions.
DIRECTIONS: Sequence[tuple[Form, Form]] = (
    ("en", "en"),
    ("vi", "vi"),
    ("vi", "en"),
    ("en", "vi"),
    ("nm", "vi"),
    ("nm", "en"),
    ("vi", "nm"),
    ("en", "nm"),
    ("nm", "nm"),
)
FORMS: Sequence[Form] = ("en", "vi", "nm")


@dataclass(frozen=True, slots=True)
class Measured:
    """One direction's figures, by system.

    Attributes:
        articles: Which half's articles were searched.
        pool: How many passages that were.
    """

    unit: Unit
    question: Form
    passages: Form
    articles: Half
    pool: int
    systems: Mapping[str, Summary]


@dataclass(frozen=True, slots=True)
class Pooled:
    """Mean average precision over English and Vietnamese sentences together, by system."""

    question: Form
    pool: int
    systems: Mapping[str, float]
    n: int


def measure(
    data: Xquad,
    unit: Unit,
    questions: Sequence[Asked],
    pools: Sequence[Half],
    encoders: Encoders,
    on_progress: OnProgress,
) -> Iterator[Measured]:
    """Every direction in every pool."""
    for passages in FORMS:
        texts = data.texts[unit, passages]
        asking = [asked for asked, answered in DIRECTIONS if answered == passages]
        tables = {
            form: score([one.text[form] for one in questions], [t.text for t in texts], encoders)
            for form in asking
        }
        for half in pools:
            pool = [at for at, text in enumerate(texts) if text.article in HALVES[half]]
            inside = {place: at for at, place in enumerate(pool)}
            gold = [[inside[one.gold[unit, passages]]] for one in questions]
            with shelf([texts[at] for at in pool], encoders.taught) as library:
                for form in asking:
                    on_progress(f"{unit}, {len(pool)} of them, {form} to {passages}")
                    asked = [(one.text[form], g) for one, g in zip(questions, gold, strict=True)]
                    ranks = by_library(library, encoders.taught, asked)
                    ranks |= by_scores(tables[form], pool, gold)
                    yield Measured(unit, form, passages, half, len(pool), _summaries(ranks))


def measure_pooled(
    data: Xquad,
    questions: Sequence[Asked],
    pools: Sequence[Half],
    encoders: Encoders,
    on_progress: OnProgress,
) -> Iterator[Pooled]:
    """XQuAD-R's own task: the answering sentence in both languages is relevant."""
    english, vietnamese = data.texts["sentences", "en"], data.texts["sentences", "vi"]
    texts = [*english, *vietnamese]
    places = [
        (one.gold["sentences", "en"], len(english) + one.gold["sentences", "vi"])
        for one in questions
    ]
    tables = {
        form: score([one.text[form] for one in questions], [t.text for t in texts], encoders)
        for form in FORMS
    }
    for half in pools:
        pool = [at for at, text in enumerate(texts) if text.article in HALVES[half]]
        inside = {place: at for at, place in enumerate(pool)}
        gold = [[inside[place] for place in both] for both in places]
        with shelf([texts[at] for at in pool], encoders.taught) as library:
            for form in FORMS:
                on_progress(f"{len(pool)} sentences of both languages, {form}")
                asked = [(one.text[form], both) for one, both in zip(questions, gold, strict=True)]
                ranks = by_library(library, encoders.taught, asked)
                ranks |= by_scores(tables[form], pool, gold)
                yield Pooled(form, len(pool), _mean_precision(ranks), len(questions))


def _summaries(ranks: Ranks) -> dict[str, Summary]:
    return {
        system: Summary.of([rank for [rank] in of_questions])
        for system, of_questions in ranks.items()
    }


def _mean_precision(ranks: Ranks) -> dict[str, float]:
    return {
        system: sum(map(average_precision, of_questions)) / len(of_questions)
        for system, of_questions in ranks.items()
    }
