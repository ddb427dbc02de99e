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

The weights in `rag/evidence.py` were chosen on the dev half with these figures. `--fit` prints what
a logistic regression would choose for the refusal; that in `rag/refusal.py` was chosen over the
same sets (`--half fitting --step 3 --written --collections`), of fewer quantities. `--unread` is
for it without the reader.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from benchmarks.collections import asked, folders
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
from rag.refusal import confidence, missing_from, signals
from vectorstore import Library, NewDocument, NewPassage, Sentence, Writer, embedding_key

Side = Literal["en", "vi"]
SIDES: tuple[Side, Side] = ("en", "vi")
XQUAD, WRITTEN, FOREIGN = "XQuAD-R", "written", "written, of the other library"
COLLECTIONS = "folders"
_WEIGHT = {COLLECTIONS: 4.0}  # in the fit, beside 1 for every other set
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
    """

    form: str
    side: str | None
    right: tuple[bool, ...]
    confidence: float
    refused: bool
    signals: dict[str, float]
    set: str


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
                        yield judge(form, left, found, answer, own[left] if left else "")


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
    for passage in passages:
        side, form = passage.languages.split("-")
        for one in passage.answered:
            found = look(library, encoder, one.question, everything, reader)
            right = tuple(
                candidate.text in passage.sentences[one.place]
                or passage.sentences[one.place] in candidate.text
                for candidate in found.candidates[:3]
            )
            yield Case(form, side, right, *refusing(found), WRITTEN)
        for miss in passage.near_misses:
            found = look(library, encoder, miss.question, everything, reader)
            yield Case(form, None, (), *refusing(found), WRITTEN)


def cases_foreign(
    library: Library,
    encoder: TokenEncoder,
    passages: Sequence[Written],
    reader: Reader | None,
) -> Iterator[Case]:
    """Ask one question and one near miss of each passage of a library that knows nothing of it."""
    everything = document_ids(library)
    for passage in passages:
        form = passage.languages.split("-")[1]
        questions = [one.question for one in passage.answered[:1]]
        questions += [miss.question for miss in passage.near_misses[:1]]
        for question in questions:
            found = look(library, encoder, question, everything, reader)
            yield Case(form, None, (), *refusing(found), FOREIGN)


def cases_of_folders(encoder: TokenEncoder, reader: Reader | None) -> Iterator[Case]:
    """Ask every question of the folders that the reader was not trained on."""
    for one in asked(folders("test"), encoder, reader):
        form = "nm" if one.question.language == "vi-nomarks" else one.question.language
        side = one.question.document_language
        yield Case(form, side, (one.first,), one.confidence, one.refused, one.signals, COLLECTIONS)


def judge(form: str, side: Side | None, found: Evidence, answer: Any, gold: str) -> Case:
    """Hold the evidence against the gold answer's place."""
    right = tuple(
        answer is not None
        and candidate.hit.document.id == gold
        and candidate.sentence.start <= answer["answer_start"] < candidate.sentence.end
        for candidate in found.candidates[:3]
    )
    return Case(form, side, right, *refusing(found), XQUAD)


def refusing(found: Evidence) -> tuple[float, bool, dict[str, float]]:
    """The confidence, whether it is refused, and what the confidence is made of."""
    return confidence(found), missing_from(found) is not None, signals(found)


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


def fitted(found: list[Case]) -> str:
    """Weights of a logistic regression, none below 0, and its bias; classes of a set the same."""
    from scipy.optimize import minimize

    names = list(found[0].signals)
    rows = np.array([[case.signals[name] for name in names] for case in found])
    kinds = [(case.set, case.side is None) for case in found]
    counts = Counter(kinds)
    weight = np.array([_WEIGHT.get(kind[0], 1.0) / counts[kind] for kind in kinds])
    weight /= weight.sum()
    sign = np.where([case.side is not None for case in found], 1.0, -1.0)

    def loss(point: np.ndarray[Any, Any]) -> float:
        logits = rows @ point[:-1] + point[-1]
        shrunk = _SHRINKING * float(np.square(point[:-1]).sum())
        return float(np.sum(weight * np.logaddexp(0, -sign * logits))) + shrunk

    bounds = [(0.0, None)] * len(names) + [(None, None)]
    best = minimize(loss, np.zeros(len(names) + 1), method="L-BFGS-B", bounds=bounds).x
    shown = ", ".join(f"{name} {x:.2f}" for name, x in zip(names, best, strict=False))
    return f"logistic regression: {shown}, bias {best[-1]:.2f}"


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
        print(fitted(found))


if __name__ == "__main__":
    main()
