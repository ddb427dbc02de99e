"""The fitted head: from what a sentence and its passages have in common to a probability.

A logistic regression with weights that are never negative, one for claims in the language of their
passages and one for claims in the other, each with and without token vectors and what the reader
says. Fitted by
`python -m rag.checking.training`; what it was fitted on stands in `data/DATA_CARD.md`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

UNDECIDED = 0.5  # what the reader's word counts as where it is not asked


@dataclass(frozen=True, slots=True)
class Head:
    """Weights of features, and where the verdicts part.

    Attributes:
        weights: Feature → weight, 0 or more.
        unsupported_below: Probability under which a claim is taken as unsupported.
        supported_from: Probability from which it is taken as supported.
    """

    weights: Mapping[str, float]
    bias: float
    unsupported_below: float
    supported_from: float

    def probability(self, features: Mapping[str, float]) -> float:
        """How likely the passages support the claim, from 0 to 1."""
        logit = self.bias + sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-logit))

    def turns_on(self, name: str, features: Mapping[str, float]) -> bool:
        """Whether a claim is supported with all of the feature `name`, and not with none of it."""
        least, most = (self.probability({**features, name: value}) for value in (0.0, 1.0))
        return least < self.supported_from <= most


@dataclass(frozen=True, slots=True)
class Heads:
    """All heads, by the kind of claim that they are for: see `kind_of`.

    Attributes:
        encoder: Name of the encoder whose token vectors they were fitted on.
        reader: Fingerprint of the reader whose word they were fitted on.
        fingerprint: Changes whenever the checker's rules or weights do.
    """

    encoder: str
    reader: str
    fingerprint: str
    by_kind: Mapping[str, Head]


# Raised with every change of the rules that can change a verdict.
RULES = 6


def kind_of(*, across: bool, tokens: bool) -> str:
    """The kind of a claim: in another language than its passages or not, with token vectors."""
    return f"{'across' if across else 'same'}{'-tokens' if tokens else ''}"


@cache
def default_heads(folder: Path = DATA) -> Heads:
    """The heads that ship with the program, or lie in another folder, read once."""
    content = (folder / "head.json").read_bytes()
    stored: dict[str, Any] = json.loads(content)
    weights = hashlib.sha256(content).hexdigest()[:8]
    heads = {kind: Head(**head) for kind, head in stored["heads"].items()}
    return Heads(stored["encoder"], stored["reader"], f"trichdan-checker-{RULES}+{weights}", heads)


def fingerprint() -> str:
    """Name and version of the checker: verdicts compare only where it is the same."""
    return default_heads().fingerprint
