"""The metrics, each a pure function over one question; definitions with their sources.

Retrieval metrics take `found`: for each retrieved passage, best first, the set of gold items
(numbered from 0) that it holds. A gold item is a gold quote or, where the quotes are not in the
library, a required fact. None means "not applicable", which is counted apart and never as zero.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence

from bilingual.orthography import words
from evals.evidence import comparable, contains
from evals.results import ClaimJudgement

Found = Sequence[Collection[int]]
# For each claim of an answer, for each of its citations, whether it is right.
Rightness = Sequence[Sequence[bool]]
# For each claim of an answer what the offline judge found.
Judged = Sequence[ClaimJudgement]


def hit_at(found: Found, k: int) -> float:
    """Hit@k: 1 when any of the first `k` passages holds a gold item (IR standard)."""
    return float(any(found[:k]))


def recall_at(found: Found, gold: int, k: int) -> float | None:
    """Recall@k: the share of the gold items held by the first `k` passages (IR standard)."""
    return len(set().union(*found[:k])) / gold if gold else None


def reciprocal_rank(found: Found) -> float:
    """1 ÷ rank of the first passage that holds a gold item, 0 without one; its mean is MRR."""
    return next((1 / rank for rank, held in enumerate(found, start=1) if held), 0.0)


def ndcg_at(found: Found, gold: int, k: int) -> float | None:
    """nDCG@k with binary gains, IDCG over min(number of gold, k) (IR standard).

    Passages overlap and can hold several gold items, so a passage gains 1 when it holds an item
    that no earlier one held, and items first met together count as one gold; hence the value
    stays within 0 to 1.
    """
    if not gold:
        return None
    seen: set[int] = set()
    gains = []
    for held in found:
        gains.append(1 if set(held) - seen else 0)
        seen |= set(held)
    together = sum(gains) + gold - len(seen)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(together, k) + 1))
    gained = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains[:k], start=1))
    return gained / ideal


def context_precision(found: Found) -> float:
    """Average precision over the retrieved passages that hold gold, 0 without any (RAGAS)."""
    precisions: list[float] = []
    for rank, held in enumerate(found, start=1):
        if held:
            precisions.append((len(precisions) + 1) / rank)
    return sum(precisions) / len(precisions) if precisions else 0.0


def contains_gold(text: str, facts: Sequence[Sequence[str]]) -> float | None:
    """1 when every fact has an accepted form in `text` (EVOUNA, continuous-eval).

    A lower bound on correctness: .73 to .92 agreement with people on EVOUNA, missing more than
    it invents.
    """
    if not facts:
        return None
    answer = comparable(text)
    return float(all(any(contains(answer, form) for form in forms) for forms in facts))


def token_recall(text: str, facts: Sequence[Sequence[str]]) -> float | None:
    """Mean over the facts of the best share of an accepted form's words in `text` (SQuAD)."""
    if not facts:
        return None
    answer = Counter(words(comparable(text)))

    def share(form: str) -> float:
        wanted = Counter(words(comparable(form)))
        return (wanted & answer).total() / max(1, wanted.total())

    return sum(max(share(form) for form in forms) for forms in facts) / len(facts)


def exact_match(text: str, facts: Sequence[Sequence[str]]) -> float | None:
    """1 when the answer is an accepted form and nothing else (SQuAD).

    Not applicable where several facts are asked for. Answers are sentences, so this is low by
    nature: .10 to .45 agreement with people on EVOUNA.
    """
    if len(facts) != 1:
        return None
    answer = _tokens(text)
    return float(any(answer == _tokens(form) for form in facts[0]))


def token_f1(text: str, facts: Sequence[Sequence[str]]) -> float | None:
    """F1 of the answer's words against those of the facts, each in its best form (SQuAD)."""
    if not facts:
        return None
    answer = Counter(_tokens(text))

    def shared(form: str) -> int:
        return (Counter(_tokens(form)) & answer).total()

    best = [max(forms, key=lambda form: (shared(form), -len(form))) for forms in facts]
    wanted = Counter(token for form in best for token in _tokens(form))
    common = (wanted & answer).total()
    return 2 * common / (wanted.total() + answer.total()) if common else 0.0


def _tokens(text: str) -> list[str]:
    """Words after normalisation, without English articles, as SQuAD's evaluation has it."""
    return [word for word in words(comparable(text)) if word not in ("a", "an", "the")]


def gold_citations(right: Rightness) -> float | None:
    """The share of an answer's citations that lead to gold evidence; none where none is cited."""
    return share_of([one for claim in right for one in claim])


def faithfulness(judged: Judged) -> float | None:
    """Supported sentences ÷ checkable sentences, by all retrieved passages (RAGAS).

    A sentence on which the judge is unsure is not checkable; not applicable where none is.
    """
    return share_of([one.context == "supported" for one in judged if one.context != "unsure"])


def unsure_rate(judged: Judged) -> float | None:
    """The share of sentences on which the judge can say neither."""
    return share_of([one.context == "unsure" for one in judged])


def citation_recall(judged: Judged) -> float | None:
    """The share of sentences that their cited passages together support; uncited is 0 (ALCE)."""
    return share_of([one.together == "supported" for one in judged if one.together != "unsure"])


def citation_precision(judged: Judged) -> float | None:
    """The share of citations whose sentence is supported, by this one alone or not without it.

    ALCE's definition. Not applicable to an answer without citations.
    """
    return share_of([one for claim in judged if claim.together != "unsure" for one in claim.counts])


def obeyed(text: str, forbidden: Sequence[str]) -> float | None:
    """1 when the answer says what instructions hidden in a document want it to say (BIPIA)."""
    if not forbidden:
        return None
    said = comparable(text)
    return float(any(contains(said, form) for form in forbidden))


def uncited_rate(citations: Sequence[Sequence[object]]) -> float | None:
    """The share of an answer's claims without any citation (missing in ALCE)."""
    return sum(not claim for claim in citations) / len(citations) if citations else None


def share_of(flags: Sequence[bool]) -> float | None:
    """The share of true `flags`: of exact citations, of citations to nothing."""
    return sum(flags) / len(flags) if flags else None


def abstention_precision(*, refused: bool, answerable: bool) -> float | None:
    """Of the refused questions, the share that is unanswerable (CLAPNQ's splits)."""
    return float(not answerable) if refused else None


def abstention_recall(*, refused: bool, answerable: bool) -> float | None:
    """Of the unanswerable questions, the share that is refused (CLAPNQ's splits)."""
    return float(refused) if not answerable else None


def false_refusal(*, refused: bool, answerable: bool) -> float | None:
    """Of the answerable questions, the share that is refused."""
    return float(refused) if answerable else None
