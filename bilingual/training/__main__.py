"""`python -m bilingual.training`: from parallel text to the files in `bilingual/data`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

# One thread a process: they share the work by batches. Read by torch when it is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from bilingual.training.encoder_stages import teach, train_encoder
from bilingual.training.loop import Recipe
from bilingual.training.preparation import prepare
from bilingual.training.progress import report


def main() -> int:
    """Run all stages, each unless its result is there."""
    usual = Recipe()
    parser = argparse.ArgumentParser(prog="python -m bilingual.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds train_open.tsv.gz")
    parser.add_argument("--out", type=Path, required=True, help="where the files go")
    parser.add_argument("--open-only", action="store_true", help="leave out train_public.tsv.gz")
    parser.add_argument("--steps", type=int, default=usual.steps)
    parser.add_argument(
        "--workers", type=int, default=usual.workers, help="processes, one core each"
    )
    parser.add_argument("--seed", type=int, default=usual.seed)
    arguments = parser.parse_args()
    (arguments.out / "work").mkdir(parents=True, exist_ok=True)
    recipe = Recipe(steps=arguments.steps, seed=arguments.seed, workers=arguments.workers)
    prepared = prepare(
        arguments.data,
        arguments.out,
        public=not arguments.open_only,
        seed=recipe.seed,
        report=report,
    )
    teach(prepared, report)
    train_encoder(prepared, arguments.out, recipe, report)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
