"""What can be told of a sentence for certain, or doubted, by rules that can say why."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.checking.case import Case, Check
from rag.checking.rules.counting import wrong_figure
from rag.checking.rules.dating import wrong_date, wrong_order, wrong_period
from rag.checking.rules.denying import doubtful_negation, wrong_negation
from rag.checking.rules.measuring import wrong_direction, wrong_measure, wrong_quantifier
from rag.checking.rules.naming import wrong_name, wrong_place, wrong_rank
from rag.checking.rules.quoting import cut_out, uncited, verbatim, wrong_link

# In the order in which they speak: the first that is certain is heard, and of the doubts, which
# stand in the order of how much their reasons tell, the first.
_LAYERS: Sequence[Callable[[Case], Check | None]] = (
    uncited,
    verbatim,
    wrong_link,
    wrong_negation,
    wrong_figure,
    wrong_date,
    wrong_period,
    wrong_order,
    wrong_measure,
    wrong_direction,
    wrong_quantifier,
    wrong_name,
    wrong_rank,
    wrong_place,
    doubtful_negation,
    cut_out,
)


def by_rules(case: Case) -> tuple[Check | None, Check | None]:
    """What the rules are sure of, and their first doubt; None where they have nothing to say."""
    doubt: Check | None = None
    for layer in _LAYERS:
        result = layer(case)
        if result is not None and result.verdict != "unsure":
            return result, None
        doubt = doubt or result
    return None, doubt
