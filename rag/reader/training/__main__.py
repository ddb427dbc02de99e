"""`python -m rag.reader.training`: from passages and questions to `rag/reader/data`."""

from __future__ import annotations

import argparse
import pickle
import random
from collections import Counter
from pathlib import Path

from bilingual.taught import TaughtMiniLM
from bilingual.training.progress import report
from rag.reader.model import DATA
from rag.reader.training.loop import Recipe, train
from rag.reader.training.pairs import pairs
from rag.reader.training.tokens import Texts, encode, retrieved
from rag.reader.training.written import written


def main() -> int:
    """Make the pairs, encode, train, write."""
    usual = Recipe()
    parser = argparse.ArgumentParser(prog="python -m rag.reader.training", description=__doc__)
    parser.add_argument("--xquad", type=Path, required=True, help="holds xquad-r.*.json")
    parser.add_argument("--work", type=Path, required=True, help="keeps what was encoded")
    parser.add_argument("--out", type=Path, default=DATA, help="where the file goes")
    parser.add_argument("--epochs", type=int, default=usual.epochs, help="readings of the pairs")
    parser.add_argument("--threads", type=int, default=usual.threads)
    parser.add_argument("--seed", type=int, default=usual.seed)
    arguments = parser.parse_args()
    recipe = Recipe(
        epochs=arguments.epochs,
        threads=arguments.threads,
        seed=arguments.seed,
    )
    arguments.work.mkdir(parents=True, exist_ok=True)
    encoder = TaughtMiniLM()
    made = pairs(arguments.xquad, recipe.seed)
    passages = list(written())
    path = arguments.work / "texts.pickle"
    texts: Texts = pickle.loads(path.read_bytes()) if path.exists() else Texts({}, {})
    own = {sentence for passage in passages for sentence in passage.sentences}
    read = {sentence for pair in made for sentence in pair.piece}
    asked = {pair.asking for pair in made}
    asked |= {question for passage in passages for question in passage.questions}
    encode(asked, own | read, encoder, texts)
    path.write_bytes(pickle.dumps(texts, protocol=5))
    found = list(retrieved(passages, texts, random.Random(recipe.seed)))
    counts = Counter((pair.source, pair.task, pair.holds) for pair in [*made, *found])
    for (source, task, holds), count in sorted(counts.items()):
        report(f"{source}, {task}, {holds}: {count:,}")
    train([*made, *found], texts, encoder.name, recipe, arguments.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
