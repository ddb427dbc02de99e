"""Whether the passages that a sentence cites support it, and if not, why.

First the rules, each of which can say why: the first that is sure decides, and one that doubts
keeps a sentence from counting as supported. Then a fitted head weighs what sentence and passages
have in common (`rag.checking.features`), and what the reader says of the two. It is a screen: a
wrong sentence made of the right words, roles exchanged or causes invented, can pass it. How often
it is right says `rag.checking.measured`. Anything that is a `Checker` can take its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bilingual.encoder import Encoder
from bilingual.lexicon import default_lexicon
from bilingual.orthography import words
from bilingual.texts import InterfaceLanguage
from bilingual.tokens import QuestionTokens, TokenEncoder
from rag.checking.case import Case, Check
from rag.checking.features import Support, support
from rag.checking.head import UNDECIDED, Head, Heads, default_heads, kind_of
from rag.checking.negation import denies, negated, says_not
from rag.checking.rules import by_rules
from rag.reader import Piece, reader_for
from rag.reader.model import SUPPORTS, Task, reader_fingerprint, sure
from rag.reader.row import ASKING
from rag.terms import terms_of, view_of
from rag.types import Hit, Question, Verdict

# Up to this a logit of the reader counts the more.
_SUREST = 2.0
# Words of a sentence, against one of the other language, where it tells all of that.
_WHOLE = 0.5
# From here on a word counts as held by its translation.
_HELD = 0.3
# Missing words that a reason names.
_NAMED_MISSING = 3


class ClaimReader(Protocol):
    """What reads a claim with sentences of what it cites: `rag.reader.Reader`."""

    def read(
        self, asking: str, pieces: Sequence[Piece], task: Task
    ) -> Sequence[NDArray[np.float32]]:
        """For each piece float32 `[wanted]`, logits."""


class ClaimChecker:
    """The checker with an encoder, whose token vectors also compare across languages."""

    def __init__(self, encoder: Encoder | None = None, reader: ClaimReader | None = None) -> None:
        """Check with token vectors and a reader, where these are what the head was fitted on.

        Args:
            encoder: Gives the token vectors.
            reader: By default the one that goes with `encoder`; without any, words alone count.
        """
        self._encoder: TokenEncoder | None = None
        self._reader = reader
        if isinstance(encoder, TokenEncoder) and encoder.name == default_heads().encoder:
            if reader is None and default_heads().reader == reader_fingerprint():
                self._reader = reader_for(encoder)
            self._encoder = encoder if self._reader else None
        # A sentence is held against one passage after the other while its citation is mended.
        self._tokens = lru_cache(maxsize=64)(self._encoded)

    def __call__(self, claim: str, cited: Sequence[Hit], language: InterfaceLanguage) -> Check:
        """Check a sentence against the passages it cites; as `check`.

        Raises:
            EncoderError: The sentence could not be encoded.
        """
        return decided(Case(claim, cited, language), self._tokens, self._reader)

    def _encoded(self, claim: str) -> QuestionTokens | None:
        return self._encoder.encode_question_with_tokens(claim)[1] if self._encoder else None


def check(claim: str, cited: Sequence[Hit], language: InterfaceLanguage) -> Check:
    """Check a sentence against the passages it cites, by its words alone.

    Args:
        claim: The sentence, without citation marks.
        cited: The passages; none where the sentence cites nothing that exists.
        language: The language that the sentence is written in.
    """
    return ClaimChecker()(claim, cited, language)


def decided(
    case: Case,
    tokens: Callable[[str], QuestionTokens | None],
    reader: ClaimReader | None,
    heads: Heads | None = None,
) -> Check:
    """The verdict of the rules, or else of the head.

    Args:
        case: What is checked.
        tokens: Encodes the sentence, if need be.
        reader: Reads it with the sentences most like it, if need be; None compares by words.
        heads: By default those that ship.
    """
    result, doubt = by_rules(case)
    if result is not None:
        return result
    comparable = reader is not None and all(hit.interaction is not None for hit in case.cited)
    vectors = tokens(case.claim) if comparable else None
    held = support(case.claim, case.cited, case.written, vectors)
    doubt = doubt or doubt_across(case, held)
    if vectors is not None and reader is not None:
        # To read takes longer than all the rest, so only where "supported" depends on it.
        asked = doubt is None and _head(case, held, heads).turns_on("read", held.features)
        held = held.with_reading(borne_out(case, held, vectors, reader) if asked else UNDECIDED)
    return weighed(case, held, doubt, heads)


def borne_out(case: Case, held: Support, tokens: QuestionTokens, reader: ClaimReader) -> float:
    """How surely the sentence most like it bears the claim out, from 0 to 1.

    Undecided of what takes several passages, or is longer than what is read: a part that is borne
    out says nothing of the rest.
    """
    if len(case.cited) != 1 or len(tokens.spans) > ASKING:
        return UNDECIDED
    [hit], [place] = case.cited, held.places
    piece = Piece(
        [hit.passage.said(unit) for unit in hit.passage.units],
        hit.passage.language,
        [range(place, place + 1)],
        [hit.document.title] if hit.document.title else [],
    )
    [[logit]] = reader.read(case.claim, [piece], SUPPORTS)
    return sure(float(logit), _SUREST)


def weighed(case: Case, held: Support, doubt: Check | None, heads: Heads | None = None) -> Check:
    """The verdict of the head, by default the one that ships, with what tells most as reason.

    Args:
        case: What is checked.
        held: How the passages hold it.
        doubt: What is said of it unless the head finds it unsupported.
        heads: By default those that ship.
    """
    head = _head(case, held, heads)
    probability = head.probability(held.features)
    if probability < head.unsupported_below:
        return _unheld(case, "unsupported", held)
    if doubt is not None:
        return doubt
    if probability < head.supported_from:
        return _unheld(case, "unsure", held)
    return Check("supported")


def _head(case: Case, held: Support, heads: Heads | None) -> Head:
    kind = kind_of(across=case.across, tokens="late" in held.features)
    return (heads or default_heads()).by_kind[kind]


def doubt_across(case: Case, held: Support) -> Check | None:
    """What keeps a sentence in another language than its passages from counting as supported."""
    if not case.across:
        return None
    if _one_denies(case, held.closest):
        return case.says("unsure", "negation-differs")
    if held.missing_names:
        return case.says("unsure", "name-unsure", name=held.missing_names[0])
    return None


def _one_denies(case: Case, closest: Sequence[str]) -> bool:
    """Between languages: whether only the sentence, or only what is closest to it, says "not".

    A sentence that tells a part of a longer one need not repeat what that denies of other things.
    """
    if says_not(case.claim):
        # "Thiếu" and "trừ" are parts of many Vietnamese words, so there only "not" itself counts.
        reworded = denies if case.written == "vi" else says_not
        return not any(reworded(one) for one in closest)
    if denies(case.claim):
        return False
    denying = [one for one in closest if says_not(one)]
    said = len(words(case.claim))
    return any(said >= _WHOLE * len(words(one)) or _denied_is_in(case, one) for one in denying)


def _denied_is_in(case: Case, sentence: str) -> bool:
    """Whether the sentence that is checked speaks of something that a passage's denies."""
    language: InterfaceLanguage = "en" if case.written == "vi" else "vi"
    view = view_of(case.claim)
    for said in negated(sentence).values():
        question = Question(said, language, said)
        terms = terms_of(question, default_lexicon())
        if any(view.holds(term, question) >= _HELD for term in terms):
            return True
    return False


def _unheld(case: Case, verdict: Verdict, held: Support) -> Check:
    """`verdict`, and what of the sentence was not found, or not where the rest was."""
    if held.missing:
        missing = ", ".join(f"“{word}”" for word in held.missing[:_NAMED_MISSING])
        return case.says(verdict, "missing", words=missing)
    if held.apart is not None:
        return case.says(verdict, "apart", words=held.apart)
    return case.says(verdict, "overlap")
