"""The answer without a language model: the few sentences that answer, verbatim, each cited."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from rag.disagreement import differing, disagree
from rag.evidence import Candidate, Evidence
from rag.types import Citation, Claim, ClaimClosed, Event, Generated, Hit, Text
from vectorstore.types import Sentence

# Chosen on the dev half of the question set, see evals/README.md.
_LONGEST = 3  # sentences in an answer, list items not counted
_AS_GOOD = 0.9  # a further sentence scores at least this share of the best one
_LONGEST_LIST = 12  # items quoted after a sentence that announces a list


def answer_verbatim(evidence: Evidence) -> Generator[Event, None, Generated]:
    """Quote the sentences that answer, best first.

    A quoted sentence supports itself, so every claim is supported; whether the sentences answer
    the question was decided when the evidence was found to be enough.
    """
    claims: list[Claim] = []
    chosen = _chosen(evidence.candidates)
    chosen += differing(evidence, chosen)
    for candidate in chosen:
        for sentence in [candidate.sentence, *_announced(candidate)]:
            citation = cite(candidate.hit, sentence)
            claim = Claim(text=citation.quote, citations=(citation,))
            if all(claim.text != other.text for other in claims):
                claims.append(claim)
                yield Text(f"{claim.text} [{len(claims)}] ")
                yield ClaimClosed(claim)
    return Generated(claims=claims, disagreement=disagree(evidence, chosen))


def cite(hit: Hit, sentence: Sentence) -> Citation:
    """The citation of a sentence of a retrieved passage."""
    offset = hit.passage.start
    return Citation(
        document=hit.document.id,
        title=hit.document.title,
        source=hit.document.source,
        start=sentence.start,
        end=sentence.end,
        quote=hit.passage.text[sentence.start - offset : sentence.end - offset],
        page=hit.passage.page,
        section=hit.passage.section,
    )


def _chosen(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best sentence and those about as good that add a document or a term."""
    if not candidates:
        return []
    best = candidates[0]
    near = [c for c in candidates[1:] if c.score >= _AS_GOOD * best.score]
    return [best, *near][:_LONGEST]


def _announced(candidate: Candidate) -> list[Sentence]:
    """The list items that follow, where the sentence ends in a colon and announces them."""
    if not candidate.text.endswith(":"):
        return []
    passage = candidate.hit.passage
    items: list[Sentence] = []
    end = candidate.sentence.end
    for sentence in passage.sentences:
        if sentence.start < end:
            continue
        between = passage.text[end - passage.start : sentence.start - passage.start]
        if "\n" not in between or not between.strip():
            break  # the list is over: no marker stands before this sentence
        items.append(sentence)
        end = sentence.end
    return items[:_LONGEST_LIST]
