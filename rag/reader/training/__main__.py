"""Train the reader: `python -m rag.reader.training --data DIR --found FILE`.

First on passages and questions, from the encoder's body on; then on what is found for questions
over whole folders of documents (`python -m benchmarks.collections --readings FILE`) and on claims,
with some of the first again. From these to `rag/reader/data`. With more folders it goes on from the
weights kept after that (`--first WEIGHTS --found NEW OLD --second-epochs 1`), and of several
trainings the mean can be taken (`--mean`).
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from bilingual.taught import TaughtMiniLM, blended_weights
from bilingual.training.progress import report
from rag.reader.model import DATA
from rag.reader.training.claims import claims
from rag.reader.training.loop import Recipe, export, fit
from rag.reader.training.network import Network
from rag.reader.training.readings import Reading, readings, readings_found
from rag.reader.training.tokens import Cutting, Read

# The share of the encoder's Vietnamese updates that the body begins with: at a half, English
# vectors keep a cosine of .995 to their own and Vietnamese ones .986.
_VIETNAMESE = 0.5
_OWN = 0.6  # share of the weights just trained in the mean with others
_AGAIN = 24_000  # readings of the first stage that are read again in the second
_FOUND_AGAIN = 20_000  # readings of each file of `--found` but the first


def main() -> int:
    """Make the readings, cut them into tokens, train twice, write."""
    parser = argparse.ArgumentParser(prog="python -m rag.reader.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds faithfulness/ and eval/")
    parser.add_argument(
        "--found", type=Path, nargs="+", required=True, help="readings of the second stage"
    )
    parser.add_argument("--out", type=Path, default=DATA, help="where the file goes")
    parser.add_argument("--first", type=Path, help="weights after the first stage: kept or taken")
    parser.add_argument("--second", type=Path, help="weights after the second, or the mean: kept")
    parser.add_argument("--mean", type=Path, help="other weights kept so, to take the mean with")
    parser.add_argument("--second-epochs", type=float, default=1.8, help="of the second stage")
    parser.add_argument("--epochs", type=float, default=Recipe().epochs, help="of the first stage")
    parser.add_argument("--threads", type=int, default=Recipe().threads)
    parser.add_argument("--seed", type=int, default=Recipe().seed)
    arguments = parser.parse_args()
    recipe = Recipe(epochs=arguments.epochs, threads=arguments.threads, seed=arguments.seed)
    second = Recipe(arguments.second_epochs, 6e-5, threads=arguments.threads, seed=arguments.seed)
    encoder = TaughtMiniLM()
    cutting = Cutting(encoder.tokenizer)
    made = readings(arguments.data / "eval", recipe.seed)
    torch.manual_seed(recipe.seed)
    network = Network(blended_weights(_VIETNAMESE))
    if arguments.first and arguments.first.exists():
        network.load_state_dict(torch.load(arguments.first, weights_only=True))
    else:
        fit(network, _cut(made, cutting), encoder.embeddings, recipe)
        if arguments.first:
            torch.save(network.state_dict(), arguments.first)
    chosen = random.Random(second.seed)
    found = list(readings_found(arguments.found[0], chosen))
    for file in arguments.found[1:]:
        others = list(readings_found(file, chosen))
        found += chosen.sample(others, min(_FOUND_AGAIN, len(others)))
    found += claims(arguments.data, second.seed)
    again = chosen.sample(made, min(_AGAIN, len(made)))
    fit(network, _cut([*found, *again], cutting), encoder.embeddings, second)
    if arguments.mean:
        _average(network, torch.load(arguments.mean))
    if arguments.second:
        torch.save(network.state_dict(), arguments.second)
    export(network, encoder.name, arguments.out)
    return 0


def _average(network: Network, other: Mapping[str, torch.Tensor]) -> None:
    """The mean of trainings from one beginning (a "model soup", Wortsman et al., 2022)."""
    own = network.state_dict()
    network.load_state_dict({name: _OWN * own[name] + (1 - _OWN) * other[name] for name in own})


def _cut(made: Sequence[Reading], cutting: Cutting) -> list[Read]:
    """In tokens; says what there is."""
    counts = Counter((one.source, any(one.holds)) for one in made)
    for (source, holds), count in sorted(counts.items()):
        report(f"{source}, {'answered' if holds else 'not answered'}: {count:,}")
    rows = [row for one in made if (row := cutting.read(one)) is not None]
    report(f"{len(rows):,} readings, {np.sum([row.length for row in rows]):,} tokens")
    return rows


if __name__ == "__main__":
    raise SystemExit(main())
