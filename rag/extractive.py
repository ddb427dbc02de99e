"""The answer without a language model: the few sentences that answer, verbatim, each cited."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answer_type import asks_for_list, asks_for_steps
from rag.asked_headings import below_its_heading
from rag.candidates import Candidate
from rag.counterparts import mutual_coverage
from rag.disagreement import differing, disagree, told_of_another_place
from rag.evidence import Evidence
from rag.surroundings import Place, Read, announced, before, rest_of_quotation, steps
from rag.types import Citation, Claim, ClaimClosed, Event, Generated, Hit, Question, Text
from vectorstore.types import Sentence

# Chosen on the dev half of XQuAD-R and on passages of our own, see docs/decisions/0008.
_LONGEST = 4  # sentences in an answer, besides what they lean on and the items of a list
_LESS = 0.25  # a further sentence is worth less than the best by at most this share of its score
_LESS_UNREAD = 0.15  # the same where no reader was asked

# Sentences that cover each other so well say the same in two languages; on the dev half of the
# shipped set all that did were of one content, and from .64 down none.
_SAME = 0.65
_LOOKED_AT = 8  # sentences among which one in the question's language is looked for
_ABOUT_AS_GOOD = 0.5  # worth no more than so much less it comes first


def answer_verbatim(evidence: Evidence, read: Read) -> Generator[Event, None, Generated]:
    """Quote the sentences that answer, best first, each after the one that it leans on.

    A quoted sentence supports itself, so every claim is supported; whether the sentences answer
    the question was decided when the evidence was found to be enough.

    Args:
        evidence: What was found.
        read: Gives a document's text and passages, where a sentence leans on what is not found.
    """
    claims: list[Claim] = []
    found = {candidate.hit.passage.id for candidate in evidence.candidates}
    beyond: dict[int, Hit] = {}
    chosen = _of_the_place(evidence, _chosen(evidence.candidates))
    chosen = _with_own_language(evidence, chosen)
    chosen += differing(evidence, chosen)
    places = below_its_heading(evidence, chosen, read)
    if places is None:
        places = _led_in([Place(one.hit, one.sentence) for one in chosen], read)
    else:
        quoted = _where(places)
        chosen = [one for one in chosen if _where([Place(one.hit, one.sentence)]) <= quoted]
    for place in places:
        whole = [] if claims else _whole_list(evidence.question, place, places, read)
        for one in whole or _with_surroundings(place, read):
            citation = cite(one.hit, one.sentence)
            claim = Claim(text=citation.quote, citations=(citation,))
            if all(claim.text != other.text for other in claims):
                claims.append(claim)
                if one.hit.passage.id not in found:
                    beyond[one.hit.passage.id] = one.hit
                yield Text(f"{claim.text} [{len(claims)}] ")
                yield ClaimClosed(claim)
    differ = disagree(evidence, chosen)
    return Generated(claims=claims, disagreement=differ, beyond=list(beyond.values()))


def _of_the_place(evidence: Evidence, chosen: Sequence[Candidate]) -> list[Candidate]:
    """The same; of one country's dates and figures only, where others are told beside it."""
    if evidence.kind not in ("when", "how_many"):
        return [*chosen]
    return [one for one in chosen if not told_of_another_place(evidence, one)] or [*chosen]


def _with_own_language(evidence: Evidence, chosen: Sequence[Candidate]) -> list[Candidate]:
    """The same, with what says in the question's language what the best says in the other."""
    if not chosen:
        return []
    best, *others = chosen
    own = evidence.question.answer_language
    told = _sentence_vectors(best)
    if best.hit.passage.language == own or told is None:
        return [*chosen]
    for one in evidence.candidates[:_LOOKED_AT]:
        vectors = _sentence_vectors(one) if one.hit.passage.language == own else None
        if vectors is not None and mutual_coverage(told, vectors) >= _SAME:
            others = [other for other in others if other is not one]
            first = best.worth - one.worth <= _ABOUT_AS_GOOD
            return [one, best, *others] if first else [best, one, *others]
    return [*chosen]


def _sentence_vectors(one: Candidate) -> NDArray[np.int8] | None:
    """The stored token vectors of a candidate, where there are any."""
    interaction = one.hit.interaction
    return None if interaction is None else interaction.vectors_of(one.sentence)


def _led_in(places: Sequence[Place], read: Read) -> list[Place]:
    """The same, what announces a list before the items of it that were chosen, too."""
    ordered = list(places)
    for place in places:
        items = _where(announced(place, read))
        first = next((at for at, one in enumerate(ordered) if _where([one]) <= items), len(ordered))
        if first < ordered.index(place):
            ordered.remove(place)
            ordered.insert(first, place)
    return ordered


def _whole_list(
    question: Question, place: Place, chosen: Sequence[Place], read: Read
) -> list[Place]:
    """The list that `place` stands in, where the list is what is asked for.

    So it is where the question asks how something is done, or what all there is and another item
    was chosen, too.
    """
    if asks_for_steps(question):
        return steps(place, read)
    if not asks_for_list(question):
        return []
    items = steps(place, read)
    there = _where(items)
    return items if sum(_where([one]) <= there for one in chosen) > 1 else []


def _where(places: Iterable[Place]) -> frozenset[tuple[str, Sentence]]:
    """In which documents sentences stand, and where there; their passages may overlap."""
    return frozenset((one.hit.document.id, one.sentence) for one in places)


def _with_surroundings(place: Place, read: Read) -> list[Place]:
    """A sentence after the one that it leans on, and before what it announces or leaves open."""
    leant_on = before(place, read)
    after = announced(place, read) or rest_of_quotation(place, read)
    return [*([leant_on] if leant_on else []), place, *after]


def quote_each(places: Iterable[tuple[Hit, Sentence]]) -> Generator[Event, None, Generated]:
    """Quote sentences as they are, one after the other."""
    claims: list[Claim] = []
    for hit, sentence in places:
        citation = cite(hit, sentence)
        claims.append(Claim(text=citation.quote, citations=(citation,)))
        yield Text(f"{citation.quote} [{len(claims)}] ")
        yield ClaimClosed(claims[-1])
    return Generated(claims=claims)


def cite(hit: Hit, sentence: Sentence) -> Citation:
    """The citation of a sentence of a retrieved passage."""
    return Citation(
        document=hit.document.id,
        title=hit.document.title,
        source=hit.document.source,
        start=sentence.start,
        end=sentence.end,
        quote=hit.passage.said(sentence),
        page=hit.passage.page,
        section=hit.passage.section,
    )


def _chosen(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best sentence and those about as good, the reader's word counted."""
    if not candidates:
        return []
    best = candidates[0]
    read = "answers" in best.parts
    least = best.worth - (_LESS if read else _LESS_UNREAD) * best.score
    others = [one for one in candidates[1:] if not read or "answers" in one.parts]
    return [best, *(one for one in others if one.worth >= least)][:_LONGEST]
