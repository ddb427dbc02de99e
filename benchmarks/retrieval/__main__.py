"""Retrieval across Vietnamese and English: quality on XQuAD-R, pair matching, and speed.

    python -m benchmarks.retrieval --xquad DIR [--pairs FILE.tsv] [--half dev|test|all]
                                   [--limit N] [--speed-passages N] [--json FILE]
                                   [--parts PART …]

DIR holds `xquad-r.en.json` and `xquad-r.vi.json`. What is measured is the whole retriever of the
product over libraries made by its own writer, each text one passage; simpler systems stand beside.
"nm" are Vietnamese texts stripped of their marks. A half is searched twice: among its own 24
articles, which is how the project's targets are set, and among all 48. Tables go to standard
output, progress to standard error.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from benchmarks.machine import describe
from benchmarks.retrieval import directions, languages, pairs, speed, tables
from benchmarks.retrieval.rankings import Encoders
from bilingual.minilm import MiniLM
from bilingual.taught import TaughtMiniLM
from bilingual.units import DATA
from evals.benchmark import xquad
from evals.benchmark.remembering import Remembering, RememberingVectors
from evals.benchmark.shelves import shelf
from evals.benchmark.xquad import Half, Xquad

# Questions whose time is taken: a median's 95 % interval is then within some 5 % of it.
_SPEED_QUESTIONS = 200

_PARTS = ("languages", "paragraphs", "sentences", "pooled", "pairs", "speed")


def main() -> None:
    """Measure and print."""
    options = _options()
    data = xquad.read(options.xquad)
    taught = TaughtMiniLM()
    encoders = Encoders(Remembering(taught, _progress), RememberingVectors(MiniLM(), _progress))
    half: Half = options.half
    pools: Sequence[Half] = (half,) if half == "all" else (half, "all")
    questions = data.of(half, options.limit)
    report: dict[str, Any] = {"machine": describe(), "half": half, "files": _hashes()}
    print(f"{describe()}\n\nXQuAD-R, half: {half}, questions: {len(questions)}\n")
    for name, digest in _hashes().items():
        print(f"- {name}: SHA-256 {digest}")

    if "languages" in options.parts:
        identified = list(languages.measure(data, half))
        report["languages"] = [asdict(one) for one in identified]
        _show("Language identification", tables.languages_table(identified))
    for unit in [unit for unit in xquad.UNITS if unit in options.parts]:
        measured = list(directions.measure(data, unit, questions, pools, encoders, _progress))
        report[unit] = [asdict(one) for one in measured]
        for articles in pools:
            alike = [one for one in measured if one.articles == articles]
            title = f"{unit} of {len(xquad.HALVES[articles])} articles"
            _show(f"Whole retriever, {title}", tables.product_table(alike))
            _show(f"All systems, {title}", tables.systems_table(alike))
    if "pooled" in options.parts:
        pooled = list(directions.measure_pooled(data, questions, pools, encoders, _progress))
        report["pooled"] = [asdict(one) for one in pooled]
        _show("English and Vietnamese sentences together", tables.pooled_table(pooled))
    if "pairs" in options.parts and options.pairs:
        _progress("matching pairs")
        matched = pairs.match(pairs.read_pairs(options.pairs, options.limit), encoders)
        report["pairs"] = asdict(matched)
        _show(f"Pair matching, {options.pairs.name}", tables.pairs_table(matched))
    if "speed" in options.parts:
        timed = _speeds(data, taught, encoders.taught, options.speed_passages)
        report["speed"] = [asdict(one) for one in timed]
        _show("Milliseconds a question, medians [95 %]", tables.speed_table(timed))
    _show("Published figures", tables.anchors_table())
    if options.json:
        options.json.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.retrieval",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--xquad", type=Path, required=True, metavar="DIR")
    parser.add_argument("--pairs", type=Path, metavar="FILE.tsv", help="Vietnamese<TAB>English")
    parser.add_argument("--half", choices=get_args(Half), default="dev")
    parser.add_argument("--limit", type=int, metavar="N", help="questions, and pairs, at most")
    parser.add_argument(
        "--speed-passages", type=int, metavar="N", help="time a made library of that many, too"
    )
    parser.add_argument(
        "--parts", nargs="+", choices=_PARTS, default=_PARTS, help="measure only these"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    return parser.parse_args()


def _speeds(
    data: Xquad, taught: TaughtMiniLM, remembering: Remembering, made: int | None
) -> list[speed.Speed]:
    """Speed over XQuAD's own paragraphs, and over a made library of another size."""
    questions = [
        one.text[form] for one in data.of("all", _SPEED_QUESTIONS // 3) for form in directions.FORMS
    ]
    both = [*data.texts["paragraphs", "en"], *data.texts["paragraphs", "vi"]]
    _progress(f"timing, {len(both)} passages")
    with shelf(both, remembering) as own:
        found = [speed.measure(own.library, taught, questions)]
    if made:
        _progress(f"making a library of {made} passages")
        with speed.made_library(both, remembering, made) as library:
            _progress("timing")
            found.append(speed.measure(library, taught, questions))
    return found


def _hashes() -> dict[str, str]:
    """What the figures belong to: the taught files, by the first 16 digits of their SHA-256."""
    paths = sorted(path for path in DATA.iterdir() if path.suffix != ".md")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in paths}


def _show(title: str, shown: str) -> None:
    print(f"\n### {title}\n\n{shown}", flush=True)


def _progress(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
