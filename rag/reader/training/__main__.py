"""`python -m rag.reader.training`: from passages and questions to `rag/reader/data`."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
import torch

from bilingual.taught import TaughtMiniLM, blended_weights
from bilingual.training.progress import report
from rag.reader.model import DATA
from rag.reader.training.loop import Recipe, export, fit
from rag.reader.training.network import Network
from rag.reader.training.readings import readings
from rag.reader.training.tokens import Cutting

# The share of the encoder's Vietnamese updates that the body begins with: at a half, English
# vectors keep a cosine of .995 to their own and Vietnamese ones .986.
_VIETNAMESE = 0.5


def main() -> int:
    """Make the readings, cut them into tokens, train, write."""
    usual = Recipe()
    parser = argparse.ArgumentParser(prog="python -m rag.reader.training", description=__doc__)
    parser.add_argument("--xquad", type=Path, required=True, help="holds xquad-r.*.json")
    parser.add_argument("--out", type=Path, default=DATA, help="where the file goes")
    parser.add_argument("--epochs", type=float, default=usual.epochs, help="readings of all")
    parser.add_argument("--threads", type=int, default=usual.threads)
    parser.add_argument("--seed", type=int, default=usual.seed)
    arguments = parser.parse_args()
    recipe = Recipe(epochs=arguments.epochs, threads=arguments.threads, seed=arguments.seed)
    encoder = TaughtMiniLM()
    made = readings(arguments.xquad, recipe.seed)
    counts = Counter((one.source, any(one.holds)) for one in made)
    for (source, holds), count in sorted(counts.items()):
        report(f"{source}, {'answered' if holds else 'not answered'}: {count:,}")
    cutting = Cutting(encoder.tokenizer)
    rows = [row for one in made if (row := cutting.read(one)) is not None]
    report(f"{len(rows):,} readings, {np.sum([len(row.ids) for row in rows]):,} tokens")
    torch.manual_seed(recipe.seed)
    network = Network(blended_weights(_VIETNAMESE))
    fit(network, rows, encoder.embeddings, recipe)
    export(network, encoder.name, arguments.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
