"""What is answered and what is refused over whole folders of documents of our own.

    python -m benchmarks.collections [--split dev|test] [--from NUMBER] [--unread]
        [--readings FILE]

Each folder of `evals/collections` is a library of its own. Its questions are asked in Vietnamese,
in Vietnamese without marks and in English, about half of them across the languages; two in five
have no answer in any of its documents and ask for something near to what these tell. The reader is
trained on the dev folders and the refusal fitted on six of the test folders; see
docs/decisions/0011 and 0012.

`--readings` writes what the reader is trained on (`python -m rag.reader.training --found FILE`):
the sentences that are looked at for each question of the dev folders, as they are read, and claims
made of these questions and their answers.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.looking import auroc, document_ids, look
from benchmarks.machine import describe
from bilingual.encoders import load_encoder
from bilingual.texts import InterfaceLanguage
from bilingual.tokens import TokenEncoder
from evals.intervals import Estimate, mean
from evals.questions import GoldQuestion, Split
from evals.set_files import load
from ingest import ingest
from rag.candidates import Candidate, context_of
from rag.checking.training import statements
from rag.evidence import Evidence
from rag.reader import Reader, reader_for
from rag.reader.model import ANSWERS, SUPPORTS
from rag.reader.training.readings import Reading
from rag.refusal import confidence, is_certain, missing_from, signals
from rag.types import Hit
from vectorstore import Library

COLLECTIONS = Path(__file__).parent.parent / "evals" / "collections"
# Of the folder that has none of its own.
_SHIPPED = COLLECTIONS.parent.parent / "documents"
# Test folders that the refusal was not fitted on.
UNFITTED = (
    "26-public-health",
    "29-exporter-office",
    "30-mekong-fields",
    "32-peace-mission",
    "44-rice-summit",
    "47-shipped-documents",
    "54-hydrogen-congress",
    "55-space-debris-summit",
    "57-labour-summit",
)
_LOOKED_AT = 12  # sentences of which readings are made, besides those that answer
_GOLD = 2  # … and of those at most so many that are not among them


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a question.

    Attributes:
        collection: The folder's name.
        first: Whether the sentence that is taken for the best one is the gold one.
        certain: Whether it is refused whatever the confidence.
        confidence: Of the evidence.
        signals: What the confidence is made of.
    """

    collection: str
    question: GoldQuestion
    first: bool
    refused: bool
    certain: bool
    confidence: float
    signals: dict[str, float]


def folders(split: Split) -> list[Path]:
    """Those of a split."""
    return [
        folder
        for folder in sorted(COLLECTIONS.iterdir())
        if folder.is_dir() and load(folder / "questions.jsonl").questions[0].split == split
    ]


def libraries(
    chosen: Sequence[Path], encoder: TokenEncoder
) -> Iterator[tuple[Path, Library, set[str]]]:
    """Each folder's documents as a library, in turn, and their ids."""
    with tempfile.TemporaryDirectory() as scratch:
        for folder in chosen:
            place = Path(scratch) / folder.name
            own = folder / "docs"
            ingest([own if own.exists() else _SHIPPED], place, encoder)
            with Library.open(place, encoder.name, encoder.dim) as library:
                yield folder, library, document_ids(library)


def asked(chosen: Sequence[Path], encoder: TokenEncoder, reader: Reader | None) -> Iterator[Asked]:
    """Ask every question of its own folder."""
    for folder, library, every in libraries(chosen, encoder):
        for question in load(folder / "questions.jsonl").questions:
            found = look(library, encoder, question.question, every, reader)
            yield Asked(
                folder.name,
                question,
                any(holds(question, one.hit, one.text) for one in found.candidates[:1]),
                missing_from(found) is not None,
                is_certain(found),
                confidence(found),
                signals(found),
            )


def holds(question: GoldQuestion, hit: Hit, sentence: str) -> bool:
    """Whether a sentence of a passage is one of those that answer, or at least half of one."""
    return any(
        Path(hit.document.source).name == one.document
        and (sentence in one.quote or one.quote in sentence)
        and 2 * len(sentence) >= len(one.quote)
        for one in question.evidence
    )


def readings(chosen: Sequence[Path], encoder: TokenEncoder, reader: Reader) -> Iterator[Reading]:
    """What is read for every question: stretches of the passages that are looked at."""
    for folder, library, every in libraries(chosen, encoder):
        questions = load(folder / "questions.jsonl").questions
        draws = random.Random(folder.name)
        for question in questions:
            found = look(library, encoder, question.question, every, None)
            yield from _readings(found, question, reader)
            for claim, right in _claims(question, questions, draws):
                yield from _readings_of_claim(claim, found, question, reader, right=right)


def _readings(found: Evidence, question: GoldQuestion, reader: Reader) -> Iterator[Reading]:
    beyond = [one for one in found.candidates[_LOOKED_AT:] if holds(question, one.hit, one.text)]
    passages: dict[int, list[Candidate]] = {}
    for one in [*found.candidates[:_LOOKED_AT], *beyond[:_GOLD]]:
        passages.setdefault(one.hit.passage.id, []).append(one)
    for candidates in passages.values():
        hit = candidates[0].hit
        said = [hit.passage.said(unit) for unit in hit.passage.units]
        wanted = sorted(hit.passage.units.index(one.sentence) for one in candidates)
        for stretch in reader.stretches(said, hit.passage.language, wanted):
            yield Reading(
                ANSWERS,
                found.question.marked,
                tuple(said[stretch.start : stretch.stop]),
                tuple(holds(question, hit, said[at]) for at in stretch),
                "found",
                tuple(context_of(hit)),
            )


def _claims(
    question: GoldQuestion, others: Sequence[GoldQuestion], chosen: random.Random
) -> Iterator[tuple[str, bool]]:
    """The question with its answer as a statement, and with another answer of the document."""
    if not question.note or question.language == "vi-nomarks":
        return
    language: InterfaceLanguage = "vi" if question.language == "vi" else "en"
    about = {one.document for one in question.evidence}
    pool = [
        one.note
        for one in others
        if one.note
        and one.language == question.language
        and about & {quoted.document for quoted in one.evidence}
    ]
    which = chosen.randrange(4)
    pair = statements.Asked(question.question, question.note)
    wrong = statements.wrong_answer(pair, pool, language, chosen)
    yield statements.claimed(question.question, question.note, language, which), True
    if wrong is not None:
        yield statements.claimed(question.question, wrong, language, which), False


def _readings_of_claim(
    claim: str, found: Evidence, question: GoldQuestion, reader: Reader, *, right: bool
) -> Iterator[Reading]:
    """With the sentence that answers the claim's question, and with the best that does not."""
    known = {
        answers: next(
            (one for one in found.candidates if holds(question, one.hit, one.text) == answers), None
        )
        for answers in (True, False)
    }
    for answers, one in known.items():
        if one is None or not (right or answers):
            continue
        passage = one.hit.passage
        said = [passage.said(unit) for unit in passage.units]
        at = passage.units.index(one.sentence)
        [stretch] = reader.stretches(said, passage.language, [at], SUPPORTS)
        yield Reading(
            SUPPORTS,
            claim,
            tuple(said[stretch.start : stretch.stop]),
            tuple(right and holds(question, one.hit, said[at]) for at in stretch),
            "claim found",
            (one.hit.document.title,),
        )


def report(found: Sequence[Asked]) -> Iterator[str]:
    """A Markdown table by folder, and by what the questions are written in."""
    yield "| asked | n | right first | refused wrongly | no answer | refused | AUROC |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for name in sorted({one.collection for one in found}):
        yield _row(name, [one for one in found if one.collection == name])
    for language in ("vi", "vi-nomarks", "en"):
        yield _row(f"all, {language}", [one for one in found if one.question.language == language])
    unfitted = [one for one in found if one.collection in UNFITTED]
    if unfitted:
        yield _row("those that nothing was fitted on", unfitted)
    yield _row("all", found)


def _row(name: str, found: Sequence[Asked]) -> str:
    yes = [one for one in found if one.question.answerable]
    no = [one for one in found if not one.question.answerable]
    area = auroc([one.confidence for one in yes], [one.confidence for one in no])
    return (
        f"| {name} | {len(yes)} | {_share(yes, [one.first for one in yes])} "
        f"| {_share(yes, [one.refused for one in yes])} "
        f"| {len(no)} | {_share(no, [one.refused for one in no])} | {area:.3f} |"
    )


def _share(of: Sequence[Asked], values: Sequence[bool]) -> str:
    shown: Estimate = mean(list(map(float, values)), [_document(one) for one in of])
    return f"{100 * shown.value:.1f} [{100 * shown.low:.1f}–{100 * shown.high:.1f}]"


def _document(one: Asked) -> str:
    """What it is about; questions about one document succeed and fail together."""
    told = [quoted.document for quoted in one.question.evidence[:1]]
    return f"{one.collection} {told[0] if told else one.question.id}"


def main() -> None:
    """Measure and print, or write the readings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--unread", action="store_true", help="without the reader")
    parser.add_argument("--readings", type=Path, help="write what is trained on, of the dev split")
    parser.add_argument("--from", dest="first", type=int, default=1, help="number of the first")
    options = parser.parse_args()
    encoder = load_encoder("default")
    assert isinstance(encoder, TokenEncoder)
    reader = reader_for(encoder)
    assert reader is not None
    split: Split = "dev" if options.readings else options.split
    chosen = [one for one in folders(split) if int(one.name[:2]) >= options.first]
    if options.readings:
        lines = [
            json.dumps(asdict(one), ensure_ascii=False) for one in readings(chosen, encoder, reader)
        ]
        options.readings.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return
    print(f"{describe()}; {len(chosen)} folders, {split}")
    print("\n".join(report(list(asked(chosen, encoder, None if options.unread else reader)))))


if __name__ == "__main__":
    main()
