"""Whether the passages that a sentence cites support it, and if not, why.

First the rules, each of which can say why: the first that is sure decides, and one that doubts
keeps a sentence from counting as supported. Then a fitted head weighs what sentence and passages
have in common (`rag.checking.features`). It is a screen: a wrong sentence made of the right words,
roles exchanged or causes invented, can pass it. How often it is right says
`rag.checking.head.measured`. Anything that is a `Checker` can take its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from bilingual.encoder import Encoder
from bilingual.function_words import ENGLISH, VIETNAMESE
from bilingual.language import identify
from bilingual.lexicon import default_lexicon, singular
from bilingual.names import Name, evidence_keys, is_found
from bilingual.orthography import has_marks, is_syllable, nfc, words
from bilingual.sentences import split
from bilingual.stems import stems
from bilingual.texts import InterfaceLanguage, text
from bilingual.tokens import QuestionTokens, TokenEncoder
from rag.checking.citations import content_keys, locate, sentences_of
from rag.checking.dates import Weekday, belied, weekdays
from rag.checking.features import Support, support
from rag.checking.figures import Figure, figures, held
from rag.checking.head import Heads, default_heads, kind_of
from rag.checking.measures import unit_of, with_unit
from rag.checking.negation import (
    denies,
    negated,
    not_negated,
    opens_condition,
    restricts,
    says_not,
)
from rag.checking.number_words import ENGLISH_ORDINALS
from rag.checking.places import nearest, replaced
from rag.checking.quantifiers import around, bound, quantified
from rag.checking.reading import names_in
from rag.terms import terms_of, view_of
from rag.types import Hit, Question, Verdict

# A sentence shorter than this can be found in a passage by accident.
_VERBATIM_WORDS = 4
# Share of the words of one that the other has, where a "not" in only one of them counts.
_MUCH_THE_SAME = 0.6
# Share of a sentence's words that its place has, where what only one of them denies belies it.
_ALIKE = 0.7
# Words of a sentence, against one of the other language, where it tells all of that.
_WHOLE = 0.5
# From here on a word counts as held by its translation.
_HELD = 0.3
# Missing words that a reason names.
_NAMED_MISSING = 3
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+[\w/]")
_QUOTED_CHARS = 60
# Within these the word that a figure counts stands behind it.
_COUNTED_CHARS = 40
# Before "năm" as five, which is also "year".
_BEFORE_FIVE = frozenset("có gồm thành khoảng chỉ đủ thứ".split())
# "One day" and "the one of" count nothing.
_NOT_COUNTED = ENGLISH | VIETNAMESE | frozenset(stems("day year time week month person".split()))


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
    def written(self) -> InterfaceLanguage:
        """The language of the sentence itself, which may quote a passage in another than its own.

        It is that of the answer unless the sentence is plainly in the other one.
        """
        found = identify(self.claim)
        if self.language == "vi":
            return "en" if found == "en" and not has_marks(self.claim) else "vi"
        return "vi" if found == "vi" else "en"

    @cached_property
    def across(self) -> bool:
        """No cited passage is in the language of the sentence."""
        return all(hit.passage.language != self.written for hit in self.cited)

    @cached_property
    def figures(self) -> list[Figure]:
        """The numbers of the sentence that can belie it."""
        return [figure for figure in figures(self.claim) if figure.kind != "doubtful"]

    @cached_property
    def figures_there(self) -> Sequence[Figure]:
        """All numbers of the cited passages and their headings."""
        return figures(self.evidence)

    @cached_property
    def names_there(self) -> frozenset[str]:
        """What a name may be found among, in the cited passages and their headings.

        Sentence by sentence, as others look at them too: each is read once.
        """
        parts = [
            part
            for hit in self.cited
            for part in (hit.document.title, hit.passage.section or "", *sentences_of(hit))
        ]
        return frozenset().union(*map(evidence_keys, parts))

    @cached_property
    def denies(self) -> bool:
        """Whether the sentence or anything that it cites says "not"."""
        return says_not(self.claim) or any(says_not(hit.passage.text) for hit in self.cited)

    @cached_property
    def quote(self) -> str:
        """The places in the cited passages that the sentence most likely rests on."""
        return "\n".join(locate(self.claim, hit, self.written).quote for hit in self.cited)

    def says(self, verdict: Verdict, reason: str, **params: object) -> Check:
        """A verdict with its reason in the sentence's language."""
        return Check(verdict, text(f"verdicts.{reason}", self.language, **params))


class ClaimChecker:
    """The checker with an encoder, whose token vectors also compare across languages."""

    def __init__(self, encoder: Encoder | None = None) -> None:
        """Check with `encoder`'s token vectors, where it gives any that the head was fitted on."""
        self._encoder: TokenEncoder | None = None
        if isinstance(encoder, TokenEncoder) and encoder.name == default_heads().encoder:
            self._encoder = encoder
        # A sentence is held against one passage after the other while its citation is mended.
        self._tokens = lru_cache(maxsize=64)(self._encoded)

    def __call__(self, claim: str, cited: Sequence[Hit], language: InterfaceLanguage) -> Check:
        """Check a sentence against the passages it cites; as `check`.

        Raises:
            EncoderError: The sentence could not be encoded.
        """
        return decided(Case(claim, cited, language), self._tokens)

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


def decided(case: Case, tokens: Callable[[str], QuestionTokens | None]) -> Check:
    """The verdict of the rules, or else of the head; `tokens` encodes the sentence if need be."""
    result, doubt = by_rules(case)
    if result is not None:
        return result
    comparable = all(hit.interaction is not None for hit in case.cited)
    vectors = tokens(case.claim) if comparable else None
    return weighed(case, support(case.claim, case.cited, case.written, vectors), doubt)


def by_rules(case: Case) -> tuple[Check | None, Check | None]:
    """What the rules are sure of, and their first doubt; None where they have nothing to say."""
    doubt: Check | None = None
    for layer in LAYERS:
        result = layer(case)
        if result is not None and result.verdict != "unsure":
            return result, None
        doubt = doubt or result
    return None, doubt


def weighed(
    case: Case, held: Support, doubt: Check | None = None, heads: Heads | None = None
) -> Check:
    """The verdict of the head, by default the one that ships, with what tells most as reason."""
    kind = kind_of(across=case.across, tokens="late" in held.features)
    head = (heads or default_heads()).by_kind[kind]
    probability = head.probability(held.features)
    if probability < head.unsupported_below:
        return _unheld(case, "unsupported", held)
    if doubt is not None:
        return doubt
    if case.across and _one_denies(case, held.closest):
        return case.says("unsure", "negation-differs")
    if held.missing_names and case.across:
        return case.says("unsure", "name-unsure", name=held.missing_names[0])
    if probability < head.supported_from:
        return _unheld(case, "unsure", held)
    return Check("supported")


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


def uncited(case: Case) -> Check | None:
    """A sentence that cites nothing is not supported, true or not."""
    return None if case.cited else case.says("unsupported", "uncited")


def verbatim(case: Case) -> Check | None:
    """Words of a passage, in its order, are supported, unless what turns them was left off."""
    claim = words(case.claim)
    if len(claim) < _VERBATIM_WORDS:
        return None
    wanted = f" {' '.join(claim)} "
    for hit in case.cited:
        before, found, _ = f" {' '.join(words(hit.passage.text))} ".partition(wanted)
        if (
            found
            and not says_not(" ".join(before.split()[-2:]))
            and not _condition_left_off(wanted, hit)
            and wrong_quantifier(case) is None  # "nearly" all
        ):
            return Check("supported")
    return None


def _condition_left_off(wanted: str, hit: Hit) -> bool:
    """Whether the sentence that has these words opens or ends with an "if" that they leave off."""
    for sentence in sentences_of(hit):
        before, found, after = f" {' '.join(words(sentence))} ".partition(wanted)
        if found:
            return opens_condition(before) or opens_condition(after)
    return False


def wrong_figure(case: Case) -> Check | None:
    """Every number and date must be in the passages, in whatever notation."""
    claim, known = nfc(case.claim), case.figures_there
    doubt: Check | None = None
    for figure in case.figures:
        if held(figure, claim, known):
            continue
        if figure.kind == "digits" or _counts_the_same(figure, claim, known, case.evidence):
            return case.says("unsupported", "figure", figure=figure.text)
        # "two countries" may be counted from a list, so a word alone belies nothing.
        doubt = doubt or case.says("unsure", "figure-unsure", figure=figure.text)
    return doubt or _doubtful_figure(case, claim)


def _counts_the_same(figure: Figure, claim: str, known: Sequence[Figure], evidence: str) -> bool:
    """Whether the evidence has another number before the same word: seven and five "themes"."""
    thing = _counted(figure, claim)
    return thing is not None and any(_counted(other, evidence) == thing for other in known)


def _counted(figure: Figure, text: str) -> str | None:
    """The stem of the word behind a figure."""
    after = words(text[figure.end : figure.end + _COUNTED_CHARS])[:1]
    return stems(after)[0] if after else None


def _doubtful_figure(case: Case, claim: str) -> Check | None:
    """A "one", "second" or "năm" where the passages have only other numbers before the same word.

    It is often no number at all, so this is no more than a doubt.
    """
    days = weekdays(claim)
    for figure in figures(claim):
        thing = _counted(figure, claim)
        if (
            thing is None
            or thing in _NOT_COUNTED
            or not _is_count(figure, claim)
            or any(day.start <= figure.start < day.end for day in days)
        ):
            continue
        same = [one for one in case.figures_there if _counted(one, case.evidence) == thing]
        if not same:
            continue
        # A "năm" elsewhere in the passages is a year, and three branches hold no third one.
        ordinal = _is_ordinal(figure, claim)
        counts = [
            one
            for one in case.figures_there
            if (one.text.lower() != "năm" or _is_count(one, case.evidence))
            and (one.kind == "digits" or _is_ordinal(one, case.evidence) == ordinal)
        ]
        if all(figure.value not in (one.value, *one.also) for one in (*counts, *same)):
            return case.says("unsure", "figure-unsure", figure=figure.text)
    return None


def _is_count(figure: Figure, text: str) -> bool:
    """Whether a word that often means something else is likely a number here."""
    word = figure.text.lower()
    before = words(text[max(0, figure.start - _COUNTED_CHARS) : figure.start])[-1:]
    if word == "năm":
        return not _BEFORE_FIVE.isdisjoint(before)
    return figure.kind == "doubtful" and (
        word in ("one", "first", "second") or (word == "hai" and before != ["cả"])
    )


def _is_ordinal(figure: Figure, text: str) -> bool:
    before = words(text[max(0, figure.start - _COUNTED_CHARS) : figure.start])[-1:]
    return before == ["thứ"] or figure.text.lower() in ENGLISH_ORDINALS


def wrong_date(case: Case) -> Check | None:
    """Day and month must belong together in the passages, and weekdays be the same."""
    passages = [
        (part, hit.passage.language)
        for hit in case.cited
        for part in (hit.document.title, hit.passage.section or "", hit.passage.text)
    ]
    if date := belied(case.claim, case.written, passages):
        return case.says("unsupported", "figure", figure=date)
    claim = nfc(case.claim)
    named = [day for day in weekdays(claim) if day.sure]
    there = weekdays(case.evidence) if named else ()
    for day in named:
        if day.number not in {one.number for one in there}:
            verdict: Verdict = "unsupported" if any(one.sure for one in there) else "unsure"
            reason = "figure" if verdict == "unsupported" else "figure-unsure"
            return case.says(verdict, reason, figure=claim[day.start : day.end])
    return None


def wrong_measure(case: Case) -> Check | None:
    """A figure must count the same thing, and be a bound in the same direction, as it does there.

    What is sure of one place in the passages is no contradiction: only if none agrees.
    """
    if not case.figures:
        return None
    written: dict[Decimal, list[Figure]] = {}
    for figure in case.figures_there:
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
    """All of something must not be made of some of it, unless that too is said of all."""
    if case.across:
        return None
    claimed = [key for key, said in quantified(case.claim).items() if "all" in said]
    if not claimed:
        return None
    written, there = quantified(case.evidence), quantified(case.quote)
    for key in claimed:
        if "some" in there.get(key, {}) and "all" not in written.get(key, {}):
            return case.says("unsupported", "figure-in-passage", figure=there[key]["some"])
    return None


def wrong_link(case: Case) -> Check | None:
    """A web address must be in the passages as it stands."""
    for address in _ADDRESS.findall(case.claim):
        if address not in case.evidence:
            return case.says("unsupported", "link", link=address)
    return None


def wrong_name(case: Case) -> Check | None:
    """Within a language every name must be in the passages."""
    named = () if case.across else names_in(case.claim, case.written)
    if not named:
        return None
    evidence = case.names_there
    doubt: Check | None = None
    days = [day for day in weekdays(nfc(case.claim)) if day.sure]
    for name in named:
        # "thứ Sáu" is a weekday, see `wrong_date`.
        if is_found(name, evidence, across=False) or _is_in(name, days, case.claim):
            continue
        if not _descriptive(name, evidence):
            return case.says("unsupported", "name", name=name.text)
        doubt = doubt or case.says("unsure", "name", name=name.text)
    return doubt


def _is_in(name: Name, days: Sequence[Weekday], claim: str) -> bool:
    """Whether a name is no more than a part of a weekday."""
    return any(name.text in nfc(claim)[day.start : day.end] for day in days)


def _descriptive(name: Name, evidence: frozenset[str]) -> bool:
    """Whether all that is missing of a name are common words: "Six Grammy Awards"."""
    missing = [
        plain
        for key, plain in zip(name.keys, name.plain, strict=True)
        if key not in evidence and plain not in evidence
    ]
    common = default_lexicon().trusted
    return len(missing) < len(name.keys) and all(
        singular(word) in common and not is_syllable(word) for word in missing
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
    verdict: Verdict = "unsupported" if _contradicts(case) else "unsure"
    for key, said in negated(case.quote, flatly=True).items():
        if denies(case.claim) and key not in claimed:
            break
        if key in affirmed_in_claim - affirmed_in_passage and key not in claimed:
            return case.says(verdict, "negation-in-passage", words=said[:_QUOTED_CHARS])
    for key, said in negated(case.claim, flatly=True).items():
        if key in affirmed_in_passage and key not in written and not _denied_with(key, case):
            return case.says(verdict, "negation-in-claim", words=said[:_QUOTED_CHARS])
    return None


def _contradicts(case: Case) -> bool:
    """Whether a denial in only one of sentence and place leaves them at odds."""
    claimed, written = (content_keys(one, case.written) for one in (case.claim, case.quote))
    alike = len(claimed & written) >= _ALIKE * len(claimed)
    return alike and not restricts(case.claim)


def _denied_with(key: str, case: Case) -> bool:
    """Whether the place denies, in a sentence that has the word `key`, what the claim may mean.

    That is something that the claim speaks of, or what a verb denies: "failed to".
    """
    claimed = set(stems(words(case.claim)))
    for start, end in split(case.quote):
        sentence = case.quote[start:end]
        if key in stems(words(sentence)) and denies(sentence, key):
            denied = negated(sentence)
            if not denied or claimed & denied.keys():
                return True
    return False


def wrong_place(case: Case) -> Check | None:
    """A sentence like one of a passage must have the same names and figures in the same places."""
    if case.across or not (case.figures or names_in(case.claim, case.written)):
        return None
    sentences = [sentence for hit in case.cited for sentence in sentences_of(hit)]
    found = [
        replaced(case.claim, one, case.written)
        for one in nearest(case.claim, sentences, case.written)
    ]
    if None in found or not found:
        return None
    first = next(filter(None, found))
    return case.says("unsupported", "in-place", said=first.said, written=first.written)


def doubtful_negation(case: Case) -> Check | None:
    """A "not" before a word without content is no certain contradiction, but one to doubt.

    It counts where sentence and place say much the same otherwise.
    """
    if case.across or not case.denies:
        return None
    claim_denies = says_not(case.claim)
    if claim_denies == says_not(case.quote) or (denies(case.claim) and denies(case.quote)):
        return None
    claimed, written = (content_keys(one, case.written) for one in (case.claim, case.quote))
    said = claimed if claim_denies else written
    if len(claimed & written) < _MUCH_THE_SAME * len(said):
        return None
    return case.says("unsure", "negation-differs")


# In this order: what is certain first, and of the rest what gives the more telling reason.
LAYERS: Sequence[Callable[[Case], Check | None]] = (
    uncited,
    verbatim,
    wrong_link,
    wrong_negation,
    wrong_figure,
    wrong_date,
    wrong_measure,
    wrong_quantifier,
    wrong_name,
    wrong_place,
    doubtful_negation,
)
