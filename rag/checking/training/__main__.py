"""`python -m rag.checking.training`: from labelled claims to the files in `rag/checking/data`."""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bilingual.encoders import load_encoder
from bilingual.tokens import QuestionTokens, TokenEncoder
from rag.checking import head as heads
from rag.checking.claims import Case, by_rules, weighed
from rag.checking.features import Support, support
from rag.checking.head import kind_of
from rag.checking.measured import measured
from rag.checking.training.alterations import sentences
from rag.checking.training.encoding import Encoded, encoded
from rag.checking.training.examples import Example, begin, wice
from rag.checking.training.fitting import Row, fitted
from rag.checking.training.measuring import Judged, measures
from rag.checking.training.statements import questions

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
    if not isinstance(encoder, TokenEncoder):
        parser.error("the encoder gives no token vectors")
    examples = _chosen(_all(arguments.data, arguments.seed), arguments.seed, arguments.share)
    _report(f"{len(examples)} claims")
    ready = list(_counted(encoded(examples, encoder), len(examples)))
    _fit([one for one in ready if one.example.side == "train"], encoder.name, arguments.out)
    tested = [one for one in ready if one.example.side == "test"]
    _measure(tested, encoder.name, arguments.out, arguments.seed)
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


def _fit(ready: Sequence[Encoded], encoder: str, folder: Path) -> None:
    """Fit the heads on the claims that the rules let pass, and write them."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for one in ready:
        example = one.example
        case = Case(example.claim, one.hits, example.language)
        if by_rules(case)[0] is not None:
            continue
        for tokens in (None, one.tokens):
            held = _support(one, tokens)
            kind = kind_of(across=case.across, tokens=tokens is not None)
            rows[kind].append(Row(example, held.features))
    made = {kind: asdict(fitted(group)) for kind, group in sorted(rows.items())}
    _write(folder / "head.json", {"encoder": encoder, "heads": made})
    _report(json.dumps(made, indent=1))
    heads.default_heads.cache_clear()


def _measure(ready: Sequence[Encoded], encoder: str, folder: Path, seed: int) -> None:
    """Measure the whole checker, with token vectors and without, and write the figures."""
    fresh = heads.default_heads(folder)
    with_tokens, by_words, spent = [], [], 0.0
    for one in ready:
        example = one.example
        case = Case(example.claim, one.hits, example.language)
        began = time.thread_time()
        result, doubt = by_rules(case)
        found = result or weighed(case, _support(one, one.tokens), doubt, fresh)
        spent += time.thread_time() - began
        with_tokens.append(Judged(example, found.verdict))
        found = result or weighed(case, _support(one), doubt, fresh)
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


def _support(one: Encoded, tokens: QuestionTokens | None = None) -> Support:
    case = Case(one.example.claim, one.hits, one.example.language)
    return support(case.claim, case.cited, case.written, tokens)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _report(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    raise SystemExit(main())
