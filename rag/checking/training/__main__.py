"""`python -m rag.checking.training`: from labelled claims to the files in `rag/checking/data`."""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bilingual.encoders import load_encoder
from bilingual.tokens import QuestionTokens, TokenEncoder
from rag.checking import head as heads
from rag.checking.case import Case
from rag.checking.claims import borne_out, decided, doubt_across
from rag.checking.features import support
from rag.checking.head import kind_of
from rag.checking.measured import measured
from rag.checking.rules import by_rules
from rag.checking.training.alterations import sentences
from rag.checking.training.encoding import Encoded, encoded
from rag.checking.training.examples import Example, begin, wice
from rag.checking.training.fitting import Row, fitted
from rag.checking.training.measuring import Judged, measures
from rag.checking.training.statements import questions
from rag.reader import Reader, reader_for
from rag.reader.model import reader_fingerprint

# True claims of a set, side and direction, where there are so many; of each false kind half that.
_MOST = {"questions": 275, "sentences": 60, "begin": 250, "wice": 100}


def main() -> int:
    """Read, make, encode, fit, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m rag.checking.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds faithfulness/ and eval/")
    parser.add_argument("--out", type=Path, default=heads.DATA, help="where the files go")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of the claims of each kind")
    parser.add_argument("--encoder", default="default")
    arguments = parser.parse_args()
    encoder = load_encoder(arguments.encoder)
    reader = reader_for(encoder)
    if not isinstance(encoder, TokenEncoder) or reader is None:
        parser.error("the encoder gives no token vectors, or has no reader")
    examples = _chosen(_all(arguments.data, arguments.seed), arguments.seed, arguments.share)
    _report(f"{len(examples)} claims")
    ready = list(_counted(encoded(examples, encoder), len(examples)))
    fitted_on = [one for one in ready if one.example.side != "test"]
    _fit(fitted_on, encoder.name, reader, arguments.out)
    tested = [one for one in ready if one.example.side == "test"]
    _measure(tested, encoder.name, reader, arguments.out, arguments.seed)
    return 0


def _all(folder: Path, seed: int) -> Iterable[Example]:
    yield from questions(folder / "eval", seed)
    yield from sentences(folder / "eval", seed)
    yield from begin(folder / "faithfulness")
    yield from wice(folder / "faithfulness")


def _chosen(examples: Iterable[Example], seed: int, share: float) -> list[Example]:
    """A sample of every kind, each claim once."""
    by_kind: dict[tuple[str, ...], list[Example]] = defaultdict(list)
    for one in examples:
        by_kind[one.set, one.side, one.direction, one.kind].append(one)
    found: list[Example] = []
    for kind, group in sorted(by_kind.items()):
        most = _MOST[kind[0]] / (1 if kind[3] == "true" else 2)
        count = min(len(group), max(1, round(share * most)))
        found += random.Random(f"{seed} {kind}").sample(group, count)
    return list(dict.fromkeys(found))


def _counted(ready: Iterable[Encoded], total: int) -> Iterable[Encoded]:
    for number, one in enumerate(ready, start=1):
        if number % 500 == 0:
            _report(f"encoded {number} of {total}")
        yield one


def _fit(ready: Sequence[Encoded], encoder: str, reader: Reader, folder: Path) -> None:
    """Fit the heads on the claims that the rules let pass, and write them.

    With token vectors on those alone that the reader has not learned from: of the others it knows
    more than it will of new ones.
    """
    rows: dict[str, list[Row]] = defaultdict(list)
    every: dict[str, list[Example]] = defaultdict(list)
    for one in ready:
        example = one.example
        case = Case(example.claim, one.hits, example.language)
        settled, doubt = by_rules(case)
        for vectors in (None, one.tokens) if example.side == "train" else (None,):
            kind = kind_of(across=case.across, tokens=vectors is not None)
            every[kind].append(example)
            if settled is not None:
                continue
            held = support(case.claim, case.cited, case.written, vectors)
            doubted = (doubt or doubt_across(case, held)) is not None
            if vectors is not None:
                held = held.with_reading(borne_out(case, held, vectors, reader))
            rows[kind].append(Row(example, held.features, doubted))
    made = {kind: asdict(fitted(group, every[kind])) for kind, group in sorted(rows.items())}
    told = {"encoder": encoder, "reader": reader_fingerprint(), "heads": made}
    _write(folder / "head.json", told)
    _report(json.dumps(made, indent=1))
    heads.default_heads.cache_clear()


def _measure(
    ready: Sequence[Encoded], encoder: str, reader: Reader, folder: Path, seed: int
) -> None:
    """Measure the whole checker, with token vectors and without, and write the figures."""
    fresh = heads.default_heads(folder)
    with_tokens, by_words, spent = [], [], 0.0
    for one in ready:
        example = one.example
        case = Case(example.claim, one.hits, example.language)
        began = time.perf_counter()
        found = decided(case, _tokens_of(one), reader, fresh)
        spent += time.perf_counter() - began
        with_tokens.append(Judged(example, found.verdict))
        found = decided(case, _tokens_of(one), None, fresh)
        by_words.append(Judged(example, found.verdict))
    _write(
        folder / "measured.json",
        {
            "fingerprint": fresh.fingerprint,
            "encoder": encoder,
            "ms": round(1000 * spent / len(ready), 2),
            **measures(with_tokens, seed),
            "by_words": measures(by_words, seed)["sets"],
        },
    )
    measured.cache_clear()


def _tokens_of(one: Encoded) -> Callable[[str], QuestionTokens]:
    return lambda _: one.tokens


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _report(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    raise SystemExit(main())
