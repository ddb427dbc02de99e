"""A sentence that cites the wrong passage, given the citation it should have had."""

from __future__ import annotations

from collections.abc import Sequence

from bilingual.name_matching import evidence_keys
from bilingual.texts import InterfaceLanguage
from rag.checking.case import Check, Checker
from rag.checking.citations import content_keys
from rag.checking.figures import values
from rag.checking.negation import denies
from rag.checking.reading import names_in
from rag.types import Hit


def mended(
    claim: str,
    cited: Sequence[Hit],
    retrieved: Sequence[Hit],
    language: InterfaceLanguage,
    checker: Checker,
) -> tuple[Sequence[Hit], Check] | None:
    """The passages that `claim` should cite, with their verdict; None where it is to stay.

    Only a sentence that cites something, but not what supports it, is mended. One other passage
    takes the place of those cited, or is added to them where both are needed; of several that
    support the sentence, the one that has most in common with it. To a denial none is added: with
    the "not" of one passage and the name of another anybody would not have done anything.

    Args:
        claim: The sentence, without citation marks.
        cited: What it cites; their verdict is not "supported".
        retrieved: All passages the model was given.
        language: The language that the sentence is written in.
        checker: What decides whether passages support it.
    """
    if not cited:
        return None
    here = shared(claim, cited, language)
    others = sorted(
        (hit for hit in retrieved if hit not in cited),
        key=lambda hit: shared(claim, [hit], language),
        reverse=True,
    )
    for hit in others:
        # A passage with less in common is not a better source, whatever was found in it.
        if shared(claim, [hit], language) > here:
            result = checker(claim, [hit], language)
            if result.verdict == "supported":
                return [hit], result
    if denies(claim):
        return None
    for hit in others:
        if shared(claim, [*cited, hit], language) > here:
            result = checker(claim, [*cited, hit], language)
            if result.verdict == "supported":
                return [*cited, hit], result
    return None


def shared(claim: str, hits: Sequence[Hit], language: InterfaceLanguage) -> float:
    """How much of what can be compared in `claim` stands in `hits`, from 0 to 1.

    Names and figures in either language, words in the language of the sentence only.
    """
    text = "\n".join(hit.passage.text for hit in hits)
    wanted = {str(value) for value in values(claim)}
    found = wanted & {str(value) for value in values(text)}
    names, known = names_in(claim, language), evidence_keys(text)
    held: float = len(found) + sum(bool(set(name.keys) & known) for name in names)
    total: float = len(wanted) + len(names)
    if any(hit.passage.language == language for hit in hits):
        keys = content_keys(claim, language)
        total += len(keys)
        held += len(keys & content_keys(text, language))
    return held / total if total else 0.0
