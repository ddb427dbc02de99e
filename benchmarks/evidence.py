"""Does the best sentence hold the answer, and is a refusal right? On XQuAD, by language pair.

    python -m benchmarks.evidence --xquad DIR [--half dev|fitting|test] [--step N]
                                  [--written] [--collections] [--unread] [--fit]

DIR holds `xquad-r.en.json` and `xquad-r.vi.json`. Each question is asked in English, Vietnamese and
Vietnamese without marks over a small library: its own article and two others, in both languages.
Its paragraph is left in one language (so the question is answerable) or in none (then every
answer is wrong, and the rest of the article is as near a miss as can be). With `--written` also the
passages that were held back from the reader's training, in one library, with what they answer and
with near misses, and some of these questions asked of XQuAD's paragraphs, which know nothing of
them. With `--collections` also the test folders of `benchmarks/collections.py`.

The weights in `rag/evidence.py` were chosen on the dev half with these figures. `--fit` fits the
refusal's anew, as those in `rag/refusal.py` were (`--half fitting --step 3 --written
--collections`), with a threshold below which, cross-validated, lie 7 % of the folders' answerable
questions (but those refused for an unknown name), and says what would be refused then. `--unread`
is without the reader.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.collections import UNFITTED, asked, folders
from benchmarks.looking import auroc, document_ids, look
from benchmarks.machine import describe
from bilingual.encoder import Encoder
from bilingual.encoders import load_encoder
from bilingual.orthography import fold
from bilingual.sentences import split
from bilingual.tokens import TokenEncoder
from ingest import ingest
from rag.evidence import Evidence
from rag.reader import Reader, reader_for
from rag.reader.training.readings import held_back
from rag.reader.training.written import Written, written
from rag.refusal import (
    ENOUGH,
    WEIGHTS,
    WEIGHTS_UNREAD,
    confidence,
    is_certain,
    missing_from,
    signals,
)
from vectorstore import Library, NewDocument, NewPassage, Sentence, Writer, embedding_key

Side = Literal["en", "vi"]
SIDES: tuple[Side, Side] = ("en", "vi")
XQUAD, WRITTEN, FOREIGN = "XQuAD-R", "written", "written, of the other library"
COLLECTIONS, OTHERS = "folders", "folders, not fitted on"
# What a set weighs in the fit.
_WEIGHT = {COLLECTIONS: 4.0, XQUAD: 1.0, WRITTEN: 1.0, FOREIGN: 1.0, OTHERS: 0.0}
_FOLDS = 6
_REFUSED_WRONGLY = 0.07  # share of the folders' answerable questions that are not so for certain
_SHRINKING = 1e-4
# The reader was trained on articles 1 to 12; what weighs its word is fitted on the next.
HALVES = {"dev": slice(0, 24), "fitting": slice(12, 24), "test": slice(24, 48)}


@dataclass(frozen=True, slots=True)
class Case:
    """One question asked of one small library.

    Attributes:
        form: "en", "vi", or "nm" for Vietnamese without marks.
        side: The language its paragraph is left in; None where it is taken out.
        right: Whether each of the best sentences holds the answer, best first.
        certain: Whether it is refused whatever the confidence.
        group: What it is about; cases of one group are fitted on together or not at all.
    """

    form: str
    side: str | None
    right: tuple[bool, ...]
    confidence: float
    refused: bool
    certain: bool
    signals: dict[str, float]
    set: str
    group: str


def source(side: Side, article: int, paragraph: int) -> str:
    """The name that a paragraph is stored under."""
    return f"/xquad/{side}-{article}-{paragraph}.txt"


def build(folder: Path, articles: dict[Side, list[Any]], encoder: TokenEncoder) -> None:
    """A library in which each paragraph is a document of one passage."""
    documents = [
        NewDocument(
            title="",
            language=side,
            source=source(side, number, place),
            version="1",
            text=(text := paragraph["context"]),
            sentences=[Sentence(start, end) for start, end in split(text)],
            passages=[NewPassage(0, len(text), None, None, side, text)],
        )
        for side in SIDES
        for number, article in enumerate(articles[side])
        for place, paragraph in enumerate(article["paragraphs"])
    ]
    texts = [document.text for document in documents]
    rows, tokens = encoder.encode_passages_with_tokens(texts)
    keys = [embedding_key(text) for text in texts]
    with Writer(folder, encoder.name, encoder.dim) as writer:
        writer.keep_vectors(
            dict(zip(keys, rows, strict=True)),
            {key: of.to_bytes() for key, of in zip(keys, tokens, strict=True)},
        )
        writer.publish(added=documents)


def cases(
    library: Library,
    encoder: TokenEncoder,
    articles: dict[Side, list[Any]],
    step: int,
    reader: Reader | None,
) -> Iterator[Case]:
    """Ask every `step`-th question of each paragraph in all its forms."""
    with library.snapshot() as snapshot:
        ids = {document.source: document.id for document in snapshot.documents()}
    chance = random.Random(0)
    numbers = range(len(articles["en"]))
    for number in numbers:
        near = [number, *chance.sample([other for other in numbers if other != number], 2)]
        shelf = {
            ids[source(side, other, place)]
            for side in SIDES
            for other in near
            for place in range(len(articles[side][other]["paragraphs"]))
        }
        for place, english in enumerate(articles["en"][number]["paragraphs"]):
            vietnamese = articles["vi"][number]["paragraphs"][place]
            own = {side: ids[source(side, number, place)] for side in SIDES}
            pairs = list(zip(english["qas"], vietnamese["qas"], strict=True))[::step]
            for pair in pairs:
                by_side: dict[Side, Any] = dict(zip(SIDES, pair, strict=True))
                forms = {"en": by_side["en"]["question"], "vi": by_side["vi"]["question"]}
                forms["nm"] = fold(forms["vi"])
                for form, text in forms.items():
                    for left in (*SIDES, None):
                        kept = shelf - {own[side] for side in SIDES if side != left}
                        found = look(library, encoder, text, kept, reader)
                        answer = by_side[left]["answers"][0] if left else None
                        gold = own[left] if left else ""
                        yield judge(form, left, found, answer, gold, f"article {number}")


def build_written(folder: Path, passages: Sequence[Written], encoder: Encoder) -> Path:
    """A library of passages, each a document of its own."""
    texts, library = folder / "written", folder / "written-library"
    texts.mkdir()
    for number, passage in enumerate(passages):
        (texts / f"{number}.txt").write_text(" ".join(passage.sentences), encoding="utf-8")
    ingest([texts], library, encoder)
    return library


def cases_written(
    library: Library,
    encoder: TokenEncoder,
    passages: Sequence[Written],
    reader: Reader | None,
) -> Iterator[Case]:
    """Ask each passage's questions of the library of all."""
    everything = document_ids(library)
    for number, passage in enumerate(passages):
        side, form = passage.languages.split("-")
        group = f"passage {number}"
        for one in passage.answered:
            found = look(library, encoder, one.question, everything, reader)
            right = tuple(
                candidate.text in passage.sentences[one.place]
                or passage.sentences[one.place] in candidate.text
                for candidate in found.candidates[:3]
            )
            yield Case(form, side, right, *refusing(found), WRITTEN, group)
        for miss in passage.near_misses:
            found = look(library, encoder, miss.question, everything, reader)
            yield Case(form, None, (), *refusing(found), WRITTEN, group)


def cases_foreign(
    library: Library,
    encoder: TokenEncoder,
    passages: Sequence[Written],
    reader: Reader | None,
) -> Iterator[Case]:
    """Ask one question and one near miss of each passage of a library that knows nothing of it."""
    everything = document_ids(library)
    for number, passage in enumerate(passages):
        form = passage.languages.split("-")[1]
        questions = [one.question for one in passage.answered[:1]]
        questions += [miss.question for miss in passage.near_misses[:1]]
        for question in questions:
            found = look(library, encoder, question, everything, reader)
            yield Case(form, None, (), *refusing(found), FOREIGN, f"passage {number}")


def cases_of_folders(encoder: TokenEncoder, reader: Reader | None) -> Iterator[Case]:
    """Ask every question of the folders that the reader was not trained on."""
    for one in asked(folders("test"), encoder, reader):
        form = "nm" if one.question.language == "vi-nomarks" else one.question.language
        side = one.question.document_language
        name = OTHERS if one.collection in UNFITTED else COLLECTIONS
        told = one.confidence, one.refused, one.certain, one.signals
        yield Case(form, side, (one.first,), *told, name, one.collection)


def judge(
    form: str, side: Side | None, found: Evidence, answer: Any, gold: str, group: str
) -> Case:
    """Hold the evidence against the gold answer's place."""
    right = tuple(
        answer is not None
        and candidate.hit.document.id == gold
        and candidate.sentence.start <= answer["answer_start"] < candidate.sentence.end
        for candidate in found.candidates[:3]
    )
    return Case(form, side, right, *refusing(found), XQUAD, group)


def refusing(found: Evidence) -> tuple[float, bool, bool, dict[str, float]]:
    """The confidence, whether it is refused, for certain, and what the confidence is made of."""
    return confidence(found), missing_from(found) is not None, is_certain(found), signals(found)


def report(found: list[Case]) -> Iterator[str]:
    """Markdown tables: the sentence chosen, and the refusal, by question form and language."""
    yield "| question → paragraph | n | answer in best | in best 3 | refused | AUROC |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    slices: dict[tuple[str, str, str | None], list[Case]] = defaultdict(list)
    for case in found:
        slices[case.set, case.form, case.side].append(case)
    for (name, form, side), group in sorted(slices.items(), key=str):
        refused = np.mean([case.refused for case in group])
        if side is None:
            yield f"| {name}, {form} → none | {len(group)} | | | {refused:.3f} | |"
            continue
        best = np.mean([any(case.right[:1]) for case in group])
        three = np.mean([any(case.right) for case in group])
        area = auroc(
            [case.confidence for case in group],
            [case.confidence for case in slices[name, form, None]],
        )
        yield (
            f"| {name}, {form} → {side} | {len(group)} | {best:.3f} | {three:.3f} "
            f"| {refused:.3f} | {area:.3f} |"
        )


def fitted(found: list[Case], names: Sequence[str]) -> Iterator[str]:
    """The refusal's weights, fitted anew, and what would be refused with them, cross-validated.

    A logistic regression without negative weights; in a set both classes count the same.
    """
    rows = np.array([[case.signals[name] for name in names] for case in found])
    answerable = np.array([case.side is not None for case in found])
    kinds = [(case.set, case.side is None) for case in found]
    counts = Counter(kinds)
    weight = np.array([_WEIGHT[kind[0]] / counts[kind] for kind in kinds])
    groups = list(dict.fromkeys(case.group for case in found))
    folds = np.array([groups.index(case.group) % _FOLDS for case in found])
    logits = np.zeros(len(found))
    for part in range(_FOLDS):
        point = _solved(rows[folds != part], answerable[folds != part], weight[folds != part])
        logits[folds == part] = rows[folds == part] @ point[:-1] + point[-1]
    point = _solved(rows, answerable, weight)
    logits[weight == 0] = rows[weight == 0] @ point[:-1] + point[-1]
    certain = np.array([case.certain for case in found])
    logits[certain] = -np.inf
    sets = np.array([case.set for case in found])
    known = logits[(sets == COLLECTIONS) & answerable]
    threshold = float(np.quantile(known[np.isfinite(known)], _REFUSED_WRONGLY))
    shown = ", ".join(f"{name} {x:.2f}" for name, x in zip(names, point, strict=False))
    # The confidence is this logit's, moved so that the threshold is ENOUGH.
    bias = point[-1] - threshold + math.log(ENOUGH / (1 - ENOUGH))
    yield f"weights: {shown}; bias {bias:.2f}, of which {bias - point[-1]:.2f} for the threshold"
    yield "| cross-validated | AUROC | refused wrongly | refused |"
    yield "| --- | ---: | ---: | ---: |"
    for name in dict.fromkeys(sets):
        yes, no = (logits[(sets == name) & (answerable == side)] for side in (True, False))
        wrongly, area = "", ""
        if len(yes):
            wrongly, area = f"{np.mean(yes < threshold):.3f}", f"{auroc(list(yes), list(no)):.3f}"
        yield f"| {name} | {area} | {wrongly} | {np.mean(no < threshold):.3f} |"


def _solved(
    rows: NDArray[np.float64], answerable: NDArray[np.bool_], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The weights, none below 0, and the bias behind them."""
    from scipy.optimize import minimize

    sign = np.where(answerable, 1.0, -1.0)
    share = weight / weight.sum()

    def loss(point: NDArray[np.float64]) -> float:
        logits = rows @ point[:-1] + point[-1]
        shrunk = _SHRINKING * float(np.square(point[:-1]).sum())
        return float(np.sum(share * np.logaddexp(0, -sign * logits))) + shrunk

    count = rows.shape[1]
    bounds = [(0.0, None)] * count + [(None, None)]
    found: NDArray[np.float64] = minimize(
        loss, np.zeros(count + 1), method="L-BFGS-B", bounds=bounds
    ).x
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xquad", type=Path, required=True)
    parser.add_argument("--half", choices=HALVES, default="dev")
    parser.add_argument("--step", type=int, default=1, help="take every N-th question")
    parser.add_argument("--written", action="store_true", help="the written passages, too")
    parser.add_argument("--collections", action="store_true", help="whole folders, too")
    parser.add_argument("--unread", action="store_true", help="without the reader")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    if options.fit and not options.collections:
        parser.error("--fit needs --collections")
    articles: dict[Side, list[Any]] = {
        side: json.loads((options.xquad / f"xquad-r.{side}.json").read_text("utf-8"))["data"][
            HALVES[options.half]
        ]
        for side in SIDES
    }
    encoder = load_encoder("default")
    assert isinstance(encoder, TokenEncoder)
    reader = None if options.unread else reader_for(encoder)
    print(f"{describe()}; XQuAD-R, {options.half} half")
    with tempfile.TemporaryDirectory() as folder:
        passages = [one for number, one in enumerate(written()) if held_back(number)]
        build(Path(folder), articles, encoder)
        with Library.open(Path(folder), encoder.name, encoder.dim) as library:
            found = list(cases(library, encoder, articles, options.step, reader))
            if options.written:
                found += cases_foreign(library, encoder, passages, reader)
        if options.written:
            path = build_written(Path(folder), passages, encoder)
            with Library.open(path, encoder.name, encoder.dim) as library:
                found += cases_written(library, encoder, passages, reader)
    if options.collections:
        found += cases_of_folders(encoder, reader)
    print("\n".join(report(found)))
    if options.fit:
        print("\n".join(fitted(found, list(WEIGHTS if reader else WEIGHTS_UNREAD))))


if __name__ == "__main__":
    main()
