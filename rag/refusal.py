"""Whether the evidence is enough to answer, and what to say when it is not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bilingual.texts import InterfaceLanguage, text
from rag.evidence import Evidence
from rag.terms import Term, in_dictionary

# How surely the passages answer, as a logistic regression over what was found for the question's
# terms: few features, each of which can only raise it. Fitted (`benchmarks/evidence.py`) on
# questions about whole folders of documents (11 to 16 of `evals/collections`), which count four
# times, on articles 13 to 24 of XQuAD-R with and without the paragraph that answers, on passages
# with near misses that were held back from the reader's training, and on these passages' questions
# asked of XQuAD-R's paragraphs. The threshold is where, cross-validated, about 7 % of the first
# and 4 to 10 % of the others' answered questions are refused. See docs/decisions/0004 and
# 0011 to 0014.
WEIGHTS: Mapping[str, float] = {
    "held": 0.40,
    "names": 1.64,
    "kind": 0.51,
    "answers": 3.24,
    "answers_unread": 1.94,
    "answers_any": 4.99,
}
_BIAS = -6.74 + 1.01  # what was fitted, and what the threshold was lowered by
# The same without the reader, and without token vectors, which only the default encoder gives.
WEIGHTS_UNREAD: Mapping[str, float] = {"coverage": 3.5, "own": 1.8, "late": 8.0, "held": 1.2}
_BIAS_UNREAD = -8.0
_WEIGHTS_ALONE: Mapping[str, float] = {"coverage": 3.2, "own": 2.3, "late": 0.0, "held": 1.5}
_BIAS_ALONE = -4.1
ENOUGH = 0.45
_LOOKED_AT = 3  # sentences among which the answer must be
_NAMED = 3  # words that a refusal names, the weightiest


def signals(evidence: Evidence) -> dict[str, float]:
    """What the confidence is made of, each from 0 to 1.

    Parts of the best sentence; `late` is the best score of any, `held` what all passages hold of
    the question, and `kind` whether an answer of the kind that is asked for is there, 1 where no
    kind is. What the reader says is there where it was asked: of the best sentence, of the one that
    was best before it was asked (`answers_unread`), and at best of any (`answers_any`).
    """
    if not evidence.candidates:
        return dict.fromkeys((*WEIGHTS, *WEIGHTS_UNREAD), 0.0)
    best = evidence.candidates[0].parts
    found = {
        "coverage": best["coverage"],
        "own": best["own"],
        "late": max(candidate.parts["late"] for candidate in evidence.candidates),
        "held": 1.0 - evidence.missing_share,
        "names": best["names"],
        "kind": 1.0 if evidence.kind == "other" else best["type"],
    }
    if "answers" in best:
        before = max(evidence.candidates, key=lambda candidate: candidate.score)
        found |= {
            "answers": best["answers"],
            "answers_unread": before.parts.get("answers", 0.0),
            "answers_any": max(one.parts.get("answers", 0.0) for one in evidence.candidates),
        }
    return found


def confidence(evidence: Evidence) -> float:
    """How surely the passages answer the question, from 0 to 1."""
    if not evidence.candidates:
        return 0.0
    found = signals(evidence)
    if "answers" in found:
        weights, bias = WEIGHTS, _BIAS
    elif evidence.candidates[0].hit.interaction is not None:
        weights, bias = WEIGHTS_UNREAD, _BIAS_UNREAD
    else:
        weights, bias = _WEIGHTS_ALONE, _BIAS_ALONE
    logit = bias + sum(weight * found[name] for name, weight in weights.items())
    return 1.0 / (1.0 + math.exp(-logit))


def _has_kind(evidence: Evidence) -> bool:
    """Whether a date or number was found, where one was asked for."""
    if evidence.kind not in ("when", "how_many"):
        return True
    return any(candidate.parts["type"] > 0 for candidate in evidence.candidates[:_LOOKED_AT])


def missing_from(evidence: Evidence) -> list[Term] | None:
    """What the documents do not have of the question, or None where they answer it.

    An empty list means that they know its words, but no sentence brings them together with an
    answer.
    """
    unknown = _unknown(evidence)
    if unknown:
        return unknown
    if confidence(evidence) >= ENOUGH and _has_kind(evidence):
        return None
    return list(evidence.absent[:_NAMED])


def is_certain(evidence: Evidence) -> bool:
    """Whether it is refused however surely the rest is answered."""
    return bool(_unknown(evidence)) or not _has_kind(evidence)


def _unknown(evidence: Evidence) -> list[Term]:
    """Names and figures of the question that the documents do not have.

    Words, too, where the question has no others and the dictionary knows none of them ("asdf"):
    what it knows may be told in other words.
    """
    if len(evidence.absent) == len(evidence.terms) and not any(map(in_dictionary, evidence.absent)):
        return list(evidence.absent[:_NAMED])
    return [term for term in evidence.absent if term.kind != "word"]


def refusal(missing: Sequence[Term], language: InterfaceLanguage, *, empty: bool) -> str:
    """The sentence that says that the documents do not answer, in `language`.

    Of names and figures it says that they are not mentioned, of words only that nothing matches
    them: the documents may speak of the same in others.
    """
    if empty:
        return text("answers.library-empty", language)
    if not missing:
        return text("answers.no-answer", language)
    quoted = [text("answers.quoted", language, term=term.text) for term in missing]
    listed = quoted[0]
    if len(quoted) > 1:
        listed = text("answers.and", language, first=", ".join(quoted[:-1]), last=quoted[-1])
    words_only = all(term.kind == "word" for term in missing)
    told = "answers.not-matched" if words_only else "answers.not-mentioned"
    return text(told, language, terms=listed)
