"""Whether the passages that a sentence cites support it, and if not, why.

These are the checks that can say why, one after the other; the first that has something to say
decides. What they cannot see (roles exchanged, causes invented, a wrong sentence made of the
right words) is left to whatever is put behind them: anything that is a `Checker`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from bilingual.names import evidence_keys, is_found, names_in
from bilingual.orthography import words
from bilingual.texts import InterfaceLanguage, text
from rag.checking.citations import content_keys, locate
from rag.checking.figures import Figure, figures
from rag.checking.measures import unit_of, with_unit
from rag.checking.negation import negated, not_negated, says_not
from rag.checking.quantifiers import around, bound, quantified
from rag.types import Hit, Verdict

# A sentence shorter than this can be found in a passage by accident.
_VERBATIM_WORDS = 4
# Share of a sentence's content words that its passages must hold, in the same language.
_LEAST_OVERLAP = 0.5
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+[\w/]")
_QUOTED_CHARS = 60


@dataclass(frozen=True, slots=True)
class Check:
    """What the check of a sentence said; a reason in every case but "supported"."""

    verdict: Verdict
    reason: str | None = None


Checker = Callable[[str, Sequence[Hit], InterfaceLanguage], Check]


@dataclass(frozen=True)
class Case:
    """A sentence, the passages it cites, and what is looked at more than once."""

    claim: str
    cited: Sequence[Hit]
    language: InterfaceLanguage

    @cached_property
    def evidence(self) -> str:
        """The cited passages with their headings, which say what they are about."""
        return "\n".join(
            "\n".join(filter(None, (hit.document.title, hit.passage.section, hit.passage.text)))
            for hit in self.cited
        )

    @cached_property
    def across(self) -> bool:
        """No cited passage is in the language of the sentence."""
        return all(hit.passage.language != self.language for hit in self.cited)

    @cached_property
    def figures(self) -> list[Figure]:
        """The numbers of the sentence that can belie it."""
        return [figure for figure in figures(self.claim) if figure.kind != "doubtful"]

    @cached_property
    def quote(self) -> str:
        """The places in the cited passages that the sentence most likely rests on."""
        return "\n".join(locate(self.claim, hit, self.language).quote for hit in self.cited)

    def says(self, verdict: Verdict, reason: str, **params: object) -> Check:
        """A verdict with its reason in the sentence's language."""
        return Check(verdict, text(f"verdicts.{reason}", self.language, **params))


def check(claim: str, cited: Sequence[Hit], language: InterfaceLanguage) -> Check:
    """Check a sentence against the passages it cites.

    Args:
        claim: The sentence, without citation marks.
        cited: The passages; none where the sentence cites nothing that exists.
        language: The language that the sentence is written in.
    """
    case = Case(claim, cited, language)
    for layer in LAYERS:
        if (result := layer(case)) is not None:
            return result
    return Check("supported")


def uncited(case: Case) -> Check | None:
    """A sentence that cites nothing is not supported, true or not."""
    return None if case.cited else case.says("unsupported", "uncited")


def verbatim(case: Case) -> Check | None:
    """Words of a passage, in its order, are supported, unless a negation was left off."""
    claim = words(case.claim)
    if len(claim) < _VERBATIM_WORDS:
        return None
    for hit in case.cited:
        before, found, _ = f" {' '.join(words(hit.passage.text))} ".partition(
            f" {' '.join(claim)} "
        )
        if found and not says_not(" ".join(before.split()[-2:])):
            return Check("supported")
    return None


def wrong_figure(case: Case) -> Check | None:
    """Every number and date must be in the passages, in whatever notation."""
    known = figures(case.evidence)
    values = {figure.value for figure in known}
    doubt: Check | None = None
    for figure in case.figures:
        if figure.value in values:
            continue
        if figure.kind == "digits" or _counts_the_same(figure, case.claim, known, case.evidence):
            return case.says("unsupported", "figure", figure=figure.text)
        # "two countries" may be counted from a list, so a word alone belies nothing.
        doubt = doubt or case.says("unsure", "figure-unsure", figure=figure.text)
    return doubt


def _counts_the_same(figure: Figure, claim: str, known: Sequence[Figure], evidence: str) -> bool:
    """Whether the evidence has another number before the same word: seven and five "themes"."""
    thing = words(claim[figure.end :])[:1]
    return bool(thing) and any(words(evidence[other.end :][:40])[:1] == thing for other in known)


def wrong_measure(case: Case) -> Check | None:
    """A figure must count the same thing, and be a bound in the same direction, as it does there.

    What is sure of one place in the passages is no contradiction: only if none agrees.
    """
    written: dict[Decimal, list[Figure]] = {}
    for figure in figures(case.evidence):
        if figure.kind != "doubtful":
            written.setdefault(figure.value, []).append(figure)
    for figure in case.figures:
        there = written.get(figure.value, [])
        unit = unit_of(figure, case.claim)
        units = [unit_of(one, case.evidence) for one in there]
        if unit is not None and units and None not in units and unit not in units:
            said = with_unit(there[0], case.evidence)
            return case.says("unsupported", "figure-in-passage", figure=said)
        side = bound(figure, case.claim)
        sides = {bound(one, case.evidence) for one in there}
        if side is not None and sides == {"less" if side == "more" else "more"}:
            said = around(there[0], case.evidence)
            return case.says("unsupported", "figure-in-passage", figure=said)
    return None


def wrong_quantifier(case: Case) -> Check | None:
    """All of something must not be made of some of it."""
    if case.across:
        return None
    written = quantified(case.evidence)
    for stem, (amount, _) in quantified(case.claim).items():
        there, said = written.get(stem, (amount, ""))
        if amount == "all" and there == "some":
            return case.says("unsupported", "figure-in-passage", figure=said)
    return None


def wrong_link(case: Case) -> Check | None:
    """A web address must be in the passages as it stands."""
    for address in _ADDRESS.findall(case.claim):
        if address not in case.evidence:
            return case.says("unsupported", "link", link=address)
    return None


def wrong_name(case: Case) -> Check | None:
    """Every name must be in the passages; across languages one may just not be recognised."""
    evidence = evidence_keys(case.evidence)
    for name in names_in(case.claim, case.language):
        if not is_found(name, evidence, across=case.across):
            if case.across:
                return case.says("unsure", "name-unsure", name=name.text)
            return case.says("unsupported", "name", name=name.text)
    return None


def wrong_negation(case: Case) -> Check | None:
    """What the passage denies must not be affirmed, nor the other way round."""
    if case.across:
        differs = says_not(case.claim) != says_not(case.quote)
        return case.says("unsure", "negation-unsure") if differs else None
    claimed, written = negated(case.claim), negated(case.quote)
    affirmed_in_passage, affirmed_in_claim = not_negated(case.quote), not_negated(case.claim)
    for key, said in written.items():
        if key in affirmed_in_claim - affirmed_in_passage and key not in claimed:
            return case.says("unsupported", "negation-in-passage", words=said[:_QUOTED_CHARS])
    for key, said in claimed.items():
        if key in affirmed_in_passage and key not in written:
            return case.says("unsupported", "negation-in-claim", words=said[:_QUOTED_CHARS])
    return None


def little_in_common(case: Case) -> Check | None:
    """In one language most content words recur; across languages something must be comparable."""
    if case.across:
        comparable = case.figures or names_in(case.claim, case.language)
        return None if comparable else case.says("unsure", "languages")
    wanted = content_keys(case.claim, case.language)
    found = wanted & content_keys(case.evidence, case.language)
    if wanted and len(found) < _LEAST_OVERLAP * len(wanted):
        return case.says("unsure", "overlap")
    return None


# In this order: what is certain first, and of the rest what gives the more telling reason.
LAYERS: Sequence[Callable[[Case], Check | None]] = (
    uncited,
    verbatim,
    wrong_link,
    wrong_negation,
    wrong_figure,
    wrong_measure,
    wrong_quantifier,
    wrong_name,
    little_in_common,
)
