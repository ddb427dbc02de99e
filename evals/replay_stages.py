"""The stages of a question, in order, from each of which it can be asked again.

They stand apart from `evals.replay` because the command line lists them before it loads anything.
"""

from __future__ import annotations

from typing import Literal, get_args

Stage = Literal["question", "retrieve", "answer", "check", "judge"]
STAGES: tuple[Stage, ...] = get_args(Stage)
