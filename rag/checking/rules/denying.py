"""What is denied in only one of a sentence and its place."""

from __future__ import annotations

import re

from bilingual.orthography import words
from bilingual.sentences import split
from bilingual.stems import stems
from rag.checking.case import QUOTED_CHARS, Case, Check
from rag.checking.citations import content_keys
from rag.checking.negation import (
    denies,
    leaves_out,
    negated,
    not_negated,
    restricts,
    says_not,
    singles_out,
)
from rag.types import Verdict

# Share of the words of one that the other has, where a "not" in only one of them counts.
_MUCH_THE_SAME = 0.6
# Share of a sentence's words that its place has, where what only one of them denies belies it.
_ALIKE = 0.7
_CLAUSES = re.compile(
    r"[.;!?](?:\s|\Z)|(?<!\w)(?:but|while|whereas|although|nhưng|song|trong khi)(?!\w)|,\s+còn\s",
    re.IGNORECASE,
)


def wrong_negation(case: Case) -> Check | None:
    """What the passage denies must not be affirmed, nor the other way round.

    Where both deny, the same may be denied of another word. It is sure only of a sentence that
    says much the same as the place otherwise, and sets no condition.
    """
    if case.across or not case.denies:
        return None
    claimed, written = negated(case.claim), negated(case.quote)
    affirmed_in_passage, affirmed_in_claim = not_negated(case.quote), not_negated(case.claim)
    for key, said in negated(case.quote, flatly=True).items():
        if denies(case.claim) and key not in claimed:
            break
        if key in affirmed_in_claim - affirmed_in_passage and key not in claimed:
            return case.says(_verdict(case), "negation-in-passage", words=said[:QUOTED_CHARS])
    for key, said in negated(case.claim, flatly=True).items():
        if key in affirmed_in_passage and key not in written and not _denied_with(key, case):
            return case.says(_verdict(case, key), "negation-in-claim", words=said[:QUOTED_CHARS])
    return None


def _verdict(case: Case, denied: str | None = None) -> Verdict:
    return "unsupported" if contradicts(case, denied) else "unsure"


def contradicts(case: Case, denied: str | None = None) -> bool:
    """Whether a denial in only one of sentence and place leaves them at odds.

    What the sentence has `denied`, if given, must stand in a clause of the place that says much the
    same by itself: "closed its Hull plant but kept Wakefield" did not close Wakefield.
    """
    claimed = content_keys(case.claim, case.written)
    places = [case.quote] if denied is None else _CLAUSES.split(case.quote)
    alike = any(
        len(claimed & written) >= _ALIKE * len(claimed)
        for written in (content_keys(one, case.written) for one in places)
        if denied is None or denied in written
    )
    return alike and not restricts(case.claim) and not _of_the_others(case)


def _of_the_others(case: Case) -> bool:
    """Whether the claim may deny of all others what the place says of these only.

    "Only members over 21 may vote" denies it of "members under 21": it takes another word.
    """
    said = not_negated(case.claim)
    others = singles_out(case.quote) or leaves_out(case.quote)
    return others and not said <= frozenset(stems(words(case.quote)))


def _denied_with(key: str, case: Case) -> bool:
    """Whether the place denies, in a sentence that has the word `key`, what the claim may mean.

    That is something that the claim speaks of, or what a verb denies: "failed to".
    """
    claimed = set(stems(words(case.claim)))
    for start, end in split(case.quote):
        sentence = case.quote[start:end]
        # Of "no one but the captain" the captain is the one of whom nothing is denied.
        if key in stems(words(sentence)) and denies(sentence, key) and not leaves_out(sentence):
            denied = negated(sentence)
            if not denied or claimed & denied.keys():
                return True
    return False


def doubtful_negation(case: Case) -> Check | None:
    """A "not" before a word without content is no certain contradiction, but one to doubt.

    It counts where sentence and place say much the same otherwise.
    """
    if case.across or not case.denies:
        return None
    claim_denies = says_not(case.claim)
    claimed_of_others, said_of_others = leaves_out(case.claim), leaves_out(case.quote)
    if claimed_of_others == said_of_others:
        if claim_denies == says_not(case.quote) or (denies(case.claim) and denies(case.quote)):
            return None
    elif singles_out(case.quote if claimed_of_others else case.claim):
        return None  # "only members may" is "no one but members may"
    claimed, written = (content_keys(one, case.written) for one in (case.claim, case.quote))
    said = claimed if claim_denies else written
    if len(claimed & written) < _MUCH_THE_SAME * len(said):
        return None
    return case.says("unsure", "negation-differs")
