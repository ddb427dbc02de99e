"""Headings that ask, as in lists of questions and answers, and what stands right below them.

There the answer is written to be read from its first sentence on, which seldom repeats a word of
the question: “Who can apply?”, and below it “Citizens under 38 …. Contract staff cannot apply.”
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bilingual.language import identify
from bilingual.lexicon import default_lexicon
from rag.answer_type import answer_type
from rag.candidates import Candidate
from rag.evidence import ASKING, Evidence
from rag.surroundings import Place, Read, opening_below
from rag.terms import Term, terms_of, view_of
from rag.types import Hit, Question

_NUMBER = re.compile(r"^\W*(?:(?i:câu(?: hỏi)?|question|q)\s*)?\d+(?:\.\d+)*[.):]?\s+")
_HELD = 0.5  # how surely one of two questions holds a term of the other
_LOOKED_AT = 8  # candidates among which one below such a heading is looked for


def below_its_heading(
    evidence: Evidence, chosen: Sequence[Candidate], read: Read
) -> list[Place] | None:
    """What to quote where a heading asks the question itself; None where none does.

    That is the first sentence below it, and those of the chosen ones that stand there, too.
    """
    found: list[Place] = []
    for one in evidence.candidates[:_LOOKED_AT]:
        if not asks_the_same(evidence.question, evidence.terms, one.hit):
            continue
        place = Place(one.hit, one.sentence)
        opening = opening_below(place, read)
        wanted = [opening] if opening else []
        wanted += [place] if one in chosen or not opening else []
        known = {(other.hit.document.id, other.sentence) for other in found}
        found += [other for other in wanted if (other.hit.document.id, other.sentence) not in known]
    return found or None


def asks_the_same(question: Question, terms: Sequence[Term], hit: Hit) -> bool:
    """Whether the heading that a passage stands below asks `question`.

    The document's title may say what it asks about.
    """
    headings = hit.passage.headings
    if not headings or not ASKING.search(headings[-1]):
        return False
    heading = _NUMBER.sub("", headings[-1])
    there = Question(heading, identify(heading), heading)
    wanted = terms_of(there, default_lexicon())
    if not wanted or answer_type(there) != answer_type(question):
        return False
    asked, told = view_of(question.marked), view_of(f"{heading} {hit.document.title}")
    return all(asked.holds(term, there) >= _HELD for term in wanted) and all(
        told.holds(term, question) >= _HELD for term in terms
    )
