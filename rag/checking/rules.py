"""What can be told of a sentence for certain, or doubted, by rules that can say why."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from bilingual.function_words import ENGLISH, VIETNAMESE
from bilingual.lexicon import default_lexicon, singular
from bilingual.name_matching import is_found, part_found, spelt_otherwise
from bilingual.names import Name
from bilingual.orthography import has_marks, is_syllable, nfc, normalise, words
from bilingual.sentences import split
from bilingual.stems import stems
from rag.checking.case import Case, Check
from rag.checking.citations import content_keys, sentence_spans, sentences_of
from rag.checking.codes import other_code
from rag.checking.dates import belied, weekday_runs, weekdays, years_reckoned
from rag.checking.figures import Figure, bounded, figures, held, values
from rag.checking.measures import (
    comparable,
    frosty,
    in_degrees,
    only_share,
    rate_of,
    rates,
    signed,
    told_otherwise,
    unit_of,
    with_rate,
    with_unit,
)
from rag.checking.negation import (
    denies,
    leaves_out,
    negated,
    not_negated,
    reported,
    restricts,
    says_not,
    singles_out,
    taken_back,
)
from rag.checking.number_words import ENGLISH_ORDINALS
from rag.checking.ordinals import other_ordinal
from rag.checking.periods import other_half_of_day, other_part, other_quarter
from rag.checking.places import nearest, replaced
from rag.checking.quantifiers import (
    around,
    bound,
    everyone,
    only_some,
    opening,
    other_amount,
    quantified,
)
from rag.checking.reading import names_in
from rag.types import Verdict

# A sentence shorter than this can be found in a passage by accident.
_VERBATIM_WORDS = 4
# Share of the words of one that the other has, where a "not" in only one of them counts.
_MUCH_THE_SAME = 0.6
# Share of a sentence's words that its place has, where what only one of them denies belies it.
_ALIKE = 0.7
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+[\w/]")
_QUOTED_CHARS = 60
# Within these the word that a figure counts stands behind it.
_COUNTED_CHARS = 40
_YEAR_DIGITS = 4
# Before "năm" as five, which is also "year".
_BEFORE_FIVE = frozenset("có gồm thành khoảng chỉ đủ thứ".split())
# "One day" and "the one of" count nothing.
_NOT_COUNTED = ENGLISH | VIETNAMESE | frozenset(stems("day year time week month person".split()))


def uncited(case: Case) -> Check | None:
    """A sentence that cites nothing is not supported, true or not."""
    return None if case.cited else case.says("unsupported", "uncited")


def verbatim(case: Case) -> Check | None:
    """Words of a passage, in its order, are supported, unless what turns them was left off."""
    for before, after in _around(case):
        if (
            not reported(before)
            and not taken_back(before, after)
            and any(signed(case.claim) in signed(hit.passage.text) for hit in case.cited)
            and wrong_quantifier(case) is None  # "nearly" all
        ):
            return Check("supported")
    return None


def cut_out(case: Case) -> Check | None:
    """Words of a passage that stand there in a sentence that denies or doubts them."""
    around = _around(case)
    if not around or not all(taken_back(*sides) for sides in around):
        return None
    before, after = around[0]
    said = f"{before}…" if before.strip() else f"…{after}"
    return case.says("unsure", "cut-out", words=" ".join(said.split())[:_QUOTED_CHARS])


def _around(case: Case) -> list[tuple[str, str]]:
    """What stands before and behind the claim's very words, in the sentences that have them."""
    claim = words(case.claim)
    if len(claim) < _VERBATIM_WORDS:
        return []
    whole = re.compile(r"(?<!\w)" + r"[\W_]+".join(map(re.escape, claim)) + r"(?!\w)")
    found = []
    for hit in case.cited:
        text, spans = hit.passage.text, sentence_spans(hit)
        for match in whole.finditer(normalise(text)):
            first = max((start for start, _ in spans if start <= match.start()), default=0)
            last = min((end for _, end in spans if end >= match.end()), default=len(text))
            found.append((text[first : match.start()], text[match.end() : last]))
    return found


def wrong_figure(case: Case) -> Check | None:
    """Every number and date must be in the passages, in whatever notation."""
    claim, known = nfc(case.claim), case.figures_there
    doubt: Check | None = None
    for figure in case.figures:
        if held(figure, claim, known) or told_otherwise(figure, claim, case.evidence):
            continue
        if _is_reckoned(figure, case.evidence) or _bounds_another(
            figure, claim, known, case.evidence
        ):
            doubt = doubt or case.says("unsure", "figure-unsure", figure=figure.text)
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


def _is_reckoned(figure: Figure, evidence: str) -> bool:
    """Whether a year is one that the evidence tells by another one: "two years later"."""
    return len(figure.text) == _YEAR_DIGITS and figure.text in years_reckoned(evidence)


def _bounds_another(figure: Figure, claim: str, known: Sequence[Figure], evidence: str) -> bool:
    """Whether a number of the same is as much more or less than `figure` as the claim says."""
    thing, unit = _counted(figure, claim), unit_of(figure, claim)
    same = [
        one
        for one in known
        if bound(one, evidence) is None
        and (
            (unit is not None and unit_of(one, evidence) == unit)
            or (thing is not None and _counted(one, evidence) == thing)
        )
    ]
    return bounded(figure, claim, same)


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
    return _wrong_weekday(case)


def _wrong_weekday(case: Case) -> Check | None:
    claim = nfc(case.claim)
    named = [day for day in weekdays(claim) if day.sure]
    if not named:
        return None
    there, runs = weekdays(case.evidence), weekday_runs(case.evidence)
    known = frozenset(one.number for one in there).union(*runs)
    for day in named:
        if day.number not in known:
            verdict: Verdict = "unsupported" if any(one.sure for one in there) else "unsure"
            reason = "figure" if verdict == "unsupported" else "figure-unsure"
            return case.says(verdict, reason, figure=claim[day.start : day.end])
    # Monday to Thursday is a part of Monday to Friday, but not what that says.
    if runs and any(run not in runs for run in weekday_runs(claim)):
        said = claim[named[0].start : named[-1].end]
        return case.says("unsure", "figure-unsure", figure=said)
    return None


def wrong_period(case: Case) -> Check | None:
    """Quarters, parts of months, hours of the day, and which of several, must be the same."""
    quarter = other_quarter(case.claim, case.evidence)
    if quarter and quarter.sure:
        return case.says("unsupported", "figure-in-passage", figure=quarter.text)
    if hour := other_half_of_day(case.claim, case.evidence):
        return case.says("unsupported", "figure-in-passage", figure=hour)
    passages = [
        (part, hit.passage.language)
        for hit in case.cited
        for part in (hit.document.title, hit.passage.section or "", hit.passage.text)
    ]
    if part := other_part(case.claim, passages):
        # The passage may speak of another event in the same month.
        sure = not case.across and _contradicts(case)
        verdict: Verdict = "unsupported" if sure else "unsure"
        return case.says(verdict, "figure" if sure else "figure-unsure", figure=part)
    if quarter:
        return case.says("unsure", "figure-in-passage", figure=quarter.text)
    other = other_ordinal(case.claim, case.evidence, across=case.across)
    if other is None:
        return None
    if case.across:
        return case.says("unsure", "figure-unsure", figure=other.text)
    verdict = "unsupported" if other.sure and _contradicts(case) else "unsure"
    return case.says(verdict, "figure-in-passage", figure=other.text)


def wrong_measure(case: Case) -> Check | None:
    """A figure must count the same thing, and be a bound in the same direction, as it does there.

    What is sure of one place in the passages is no contradiction: only if none agrees.
    """
    if not case.figures:
        return None
    if code := other_code(case.claim, case.evidence):
        return case.says("unsupported", "figure-in-passage", figure=code)
    written: dict[Decimal, list[Figure]] = {}
    for figure in case.figures_there:
        if figure.kind != "doubtful" and not _is_ordinal(figure, case.evidence):
            written.setdefault(figure.value, []).append(figure)
    doubt: Check | None = None
    for figure in case.figures:
        there: Sequence[Figure] = written.get(figure.value, [])
        if said := (
            _other_unit(figure, there, case)
            or _other_rate(figure, there, case)
            or _other_sign(figure, there, case)
            or _other_bound(figure, there, case)
        ):
            return case.says("unsupported", "figure-in-passage", figure=said)
        if doubt is None and only_share(figure, case.claim, there, case.evidence):
            said = with_unit(there[0], case.evidence)
            doubt = case.says("unsure", "figure-in-passage", figure=said)
    return doubt


def _other_unit(figure: Figure, there: Sequence[Figure], case: Case) -> str | None:
    """An equal figure of the passages in another unit, as written, if none is in the same."""
    unit = unit_of(figure, case.claim)
    units = [unit_of(one, case.evidence) for one in there]
    if unit is None or not units or None in units or unit in units:
        return None
    if told_otherwise(figure, case.claim, case.evidence):
        return None
    like = next((one for one in there if comparable(unit, one, case.evidence)), there[0])
    return with_unit(like, case.evidence)


def _other_sign(figure: Figure, there: Sequence[Figure], case: Case) -> str | None:
    """An equal temperature of the passages on the other side of zero, as written."""
    frost = frosty(figure, case.claim)
    degrees = [one for one in there if in_degrees(one, case.evidence)]
    if frost is None or {frosty(one, case.evidence) for one in degrees} != {not frost}:
        return None
    return with_unit(degrees[0], case.evidence)


def _other_bound(figure: Figure, there: Sequence[Figure], case: Case) -> str | None:
    """An equal figure of the passages as a bound to the other side, as written."""
    side = bound(figure, case.claim)
    if side is None:
        return None
    same = _of_the_same(figure, there, case)
    if {bound(one, case.evidence) for one in same} != {"less" if side == "more" else "more"}:
        return None
    return around(same[0], case.evidence)


def _other_rate(figure: Figure, there: Sequence[Figure], case: Case) -> str | None:
    """An equal figure of the passages in another rate, as written: "30 a day", not a week."""
    told = rates(case.claim)
    rate = rate_of(figure, case.claim) or (min(told) if len(told) == 1 else None)
    told_there = {rate_of(one, case.evidence) for one in there}
    if rate is None or not there or not told_there.isdisjoint((rate, None)):
        return None
    return with_rate(there[0], case.evidence)


def _of_the_same(figure: Figure, there: Sequence[Figure], case: Case) -> Sequence[Figure]:
    """Those of equal figures in the passages that count what `figure` does, or all where none."""
    unit, thing = unit_of(figure, case.claim), _counted(figure, case.claim)
    same = [
        one
        for one in there
        if (unit is not None and unit_of(one, case.evidence) == unit)
        or (thing is not None and _counted(one, case.evidence) == thing)
    ]
    return same or there


def wrong_quantifier(case: Case) -> Check | None:
    """All of something must not be made of some of it, nor most of few, unless that is said too."""
    claimed = quantified(case.claim)
    there = quantified(case.quote)
    if claimed and there:
        if said := other_amount(claimed, there, quantified(case.evidence)):
            return case.says("unsupported", "figure-in-passage", figure=said)
        if case.across and (said := _other_at_opening(case)):
            return case.says("unsure", "figure-in-passage", figure=said)
    if not everyone(case.claim) or everyone(case.quote) or restricts(case.claim):
        return None
    some = only_some(case.quote)
    return case.says("unsure", "figure-in-passage", figure=some) if some else None


def _other_at_opening(case: Case) -> str | None:
    """Across languages the words do not compare, only how much claim and place open with."""
    there = opening(case.quote)
    return other_amount(opening(case.claim), there, there)


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
    marked = has_marks(case.claim)
    doubt: Check | None = None
    for name in named:
        found = is_found(name, evidence, across=False)
        if found and not (marked and spelt_otherwise(name, evidence)):
            continue
        if not found and not _descriptive(name, evidence):
            return case.says("unsupported", "name", name=name.text)
        # Of names that differ in marks one may be misspelt.
        doubt = doubt or case.says("unsure", "name", name=name.text)
    return doubt


def _descriptive(name: Name, evidence: frozenset[str]) -> bool:
    """Whether all that is missing of a name are common words: "Six Grammy Awards"."""
    missing = [
        plain
        for at, plain in enumerate(name.plain)
        if plain not in evidence and not part_found(name, at, evidence)
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


def wrong_place(case: Case) -> Check | None:
    """A sentence like one of a passage must have the same names and figures in the same places."""
    if case.across or not (case.figures or names_in(case.claim, case.written)):
        return None
    # What is told of a year that can only be reckoned stands in no place with that year.
    known = values(case.evidence)
    new = [one.text for one in case.figures if one.value not in known]
    if new and not years_reckoned(case.evidence).isdisjoint(new):
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


# In this order: what is certain first, and of the rest what gives the more telling reason.
_LAYERS: Sequence[Callable[[Case], Check | None]] = (
    uncited,
    verbatim,
    wrong_link,
    wrong_negation,
    wrong_figure,
    wrong_date,
    wrong_period,
    wrong_measure,
    wrong_quantifier,
    wrong_name,
    wrong_place,
    doubtful_negation,
    cut_out,
)


def by_rules(case: Case) -> tuple[Check | None, Check | None]:
    """What the rules are sure of, and their first doubt; None where they have nothing to say."""
    doubt: Check | None = None
    for layer in _LAYERS:
        result = layer(case)
        if result is not None and result.verdict != "unsure":
            return result, None
        doubt = doubt or result
    return None, doubt
