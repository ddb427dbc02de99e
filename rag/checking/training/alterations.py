"""Sentences of a passage as claims, true and altered: numbers, dates, names, negations, roles."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

from bilingual.names import names_in
from bilingual.orthography import fold, is_syllable
from bilingual.texts import InterfaceLanguage
from rag.checking.figures import figures
from rag.checking.negation import says_not
from rag.checking.training.examples import Example, Text, side_of
from rag.checking.training.statements import articles

_LANGUAGES: tuple[InterfaceLanguage, ...] = ("vi", "en")
_FEWEST_WORDS = 6

_NUMBER = re.compile(
    r"(?<![\w.,/-])(?:\d{1,3}(?:[.,]\d{3})+(?!\w)|\d+(?:[.,]\d+)?(?![\w.,/-]\d|\w))"
)
_YEAR = re.compile(r"(?<![\d.,])(?:1[0-9]|20)\d\d(?![\d.,]\d|\d)")
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b|(?<=tháng )\d{{1,2}}\b")
_PARENTHESES = re.compile(r" ?\([^()]*\)")
_ENGLISH_NOT = re.compile(
    r"\b(is|are|was|were|has|have|had|can|could|will|would|should|may|might|must|did|does|do)\b"
    r"(?! not|n't)"
)
_ENGLISH_DENIAL = re.compile(r"(?: not\b|n't\b| never\b)")
_VIETNAMESE_NOT = re.compile(r"(?<![\w])(đã|sẽ|đang|có thể|là|được|bị)(?![\w])(?! không)")
_VIETNAMESE_DENIAL = re.compile(
    r"(?<!\w)(?:không(?: phải)?|chưa)(?!\w)(?! (?:gian|khí|quân|chỉ|còn))"
)

_OPENINGS: dict[InterfaceLanguage, list[str]] = {
    "en": ["According to the passage, ", "The text says that ", "It is stated that "],
    "vi": ["Theo đoạn văn, ", "Văn bản cho biết ", "Tài liệu nêu rằng "],
}

Alter = Callable[[str, Text, InterfaceLanguage, Sequence[str], random.Random], str | None]


def sentences(folder: Path, seed: int) -> Iterator[Example]:
    """XQuAD-R's sentences as claims about their passages, in all four directions.

    Each true one comes once, and once for each alteration that it can bear. Within a language a
    true claim is the sentence without what stands in parentheses, after a few words that say
    where it is from: the very sentence would be no test. Across languages it is the translation.
    """
    chosen = random.Random(seed)
    texts = {language: articles(folder, language) for language in _LANGUAGES}
    names = {
        language: sorted(
            {
                name
                for article in texts[language]
                for text in article
                for sentence in text.sentences
                for name in names_of(sentence, language)
            }
        )
        for language in _LANGUAGES
    }
    for number, at in _places(texts["en"]):
        side = side_of(number)
        both = {language: texts[language][number][at] for language in _LANGUAGES}
        aligned = len({len(text.sentences) for text in both.values()}) == 1
        for ours, theirs in product(_LANGUAGES, _LANGUAGES):
            if ours != theirs and not aligned:
                continue
            for place, sentence in enumerate(both[ours].sentences):
                if len(sentence.split()) < _FEWEST_WORDS:
                    continue
                opening, claim = "", sentence
                if ours == theirs:
                    opening, claim = chosen.choice(_OPENINGS[ours]), _PARENTHESES.sub("", sentence)
                true = Example(
                    opening + claim, ours, both[theirs], True, "sentences", "true", side, place
                )
                yield true
                for kind, alter in ALTERATIONS.items():
                    altered = alter(claim, both[ours], ours, names[ours], chosen)
                    if altered is not None and altered != claim:
                        yield replace(true, claim=opening + altered, supported=False, kind=kind)


def _places(texts: Sequence[Sequence[Text]]) -> Iterator[tuple[int, int]]:
    for number, article in enumerate(texts):
        for at in range(len(article)):
            yield number, at


def number(
    claim: str, text: Text, language: InterfaceLanguage, names: Sequence[str], chosen: random.Random
) -> str | None:
    """A number that is no year becomes one that the passage does not have."""
    found = [one for one in _NUMBER.finditer(claim) if not _YEAR.fullmatch(one[0])]
    if not found:
        return None
    one = chosen.choice(found)
    known = {figure.value for figure in figures(" ".join(text.sentences))}
    for _ in range(20):
        digits = [chosen.choice("123456789") if char.isdigit() else char for char in one[0]]
        other = "".join(digits)
        if not known & {figure.value for figure in figures(other)}:
            return claim[: one.start()] + other + claim[one.end() :]
    return None


def number_near(
    claim: str, text: Text, language: InterfaceLanguage, names: Sequence[str], chosen: random.Random
) -> str | None:
    """A number becomes another one of the same passage."""
    found = [one for one in _NUMBER.finditer(claim) if not _YEAR.fullmatch(one[0])]
    others = [
        one[0]
        for sentence in text.sentences
        for one in _NUMBER.finditer(sentence)
        if one[0] not in claim and not _YEAR.fullmatch(one[0])
    ]
    if not found or not others:
        return None
    one = chosen.choice(found)
    return claim[: one.start()] + chosen.choice(others) + claim[one.end() :]


def date(
    claim: str, text: Text, language: InterfaceLanguage, names: Sequence[str], chosen: random.Random
) -> str | None:
    """A year or month becomes one that the passage does not have."""
    found = [*_YEAR.finditer(claim), *_MONTH.finditer(claim)]
    if not found:
        return None
    one = chosen.choice(found)
    passage = " ".join(text.sentences)
    known = {figure.value for figure in figures(passage)}
    for _ in range(20):
        if one[0] in _MONTHS:
            other = chosen.choice(_MONTHS)
        elif len(one[0]) == 4:
            other = str(int(one[0]) + chosen.choice([-30, -12, -7, -3, -2, -1, 1, 2, 3, 7, 12, 30]))
        else:
            other = str(chosen.randint(1, 12))
        written = f"{other} 2000" if other in _MONTHS else other
        if other not in passage and not (known - {2000}) & {f.value for f in figures(written)}:
            return claim[: one.start()] + other + claim[one.end() :]
    return None


def name(
    claim: str, text: Text, language: InterfaceLanguage, names: Sequence[str], chosen: random.Random
) -> str | None:
    """A name becomes one of another article, which the passage does not have."""
    found = names_of(claim, language)
    if not found:
        return None
    passage = fold(" ".join(text.sentences)).lower()
    for _ in range(20):
        other = chosen.choice(names)
        if not any(fold(word).lower() in passage for word in other.split()):
            return _instead(claim, chosen.choice(found), other)
    return None


def name_near(
    claim: str, text: Text, language: InterfaceLanguage, names: Sequence[str], chosen: random.Random
) -> str | None:
    """A name becomes another one of the same passage."""
    found = names_of(claim, language)
    others = [
        other
        for sentence in text.sentences
        for other in names_of(sentence, language)
        if other not in claim
    ]
    if not found or not others:
        return None
    return _instead(claim, chosen.choice(found), chosen.choice(others))


def names_of(sentence: str, language: InterfaceLanguage) -> list[str]:
    """The names of a sentence; a lone Vietnamese syllable is too often a part of something."""
    return [
        one.text
        for one in names_in(sentence, language)
        if not is_syllable(fold(one.text).lower()) or one.keys[0].startswith("=")
    ]


def _instead(claim: str, one: str, other: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", lambda _: other, claim)


def negation(
    claim: str, text: Text, language: InterfaceLanguage, names: Sequence[str], chosen: random.Random
) -> str | None:
    """A "not" comes in, or goes."""
    denial = _ENGLISH_DENIAL if language == "en" else _VIETNAMESE_DENIAL
    if says_not(claim):
        altered = " ".join(denial.sub("", claim, count=1).split())
        return altered if not says_not(altered) else None
    if language == "en":
        return _ENGLISH_NOT.sub(r"\1 not", claim, count=1)
    if found := _VIETNAMESE_NOT.search(claim):
        word = found[0]
        denied = {"là": "không phải là", "có thể": "không thể"}.get(word, f"không {word}")
        denied = f"{word} không" if word in ("đã", "sẽ", "đang") else denied
        return claim[: found.start()] + denied + claim[found.end() :]
    return None


def role(
    claim: str, text: Text, language: InterfaceLanguage, names: Sequence[str], chosen: random.Random
) -> str | None:
    """Two names of the sentence exchange their places."""
    found = list(dict.fromkeys(names_of(claim, language)))
    if len(found) < 2:
        return None
    one, other = chosen.sample(found, 2)
    if one in other or other in one:
        return None
    return _instead(_instead(_instead(claim, one, "\0"), other, one), "\0", other)


ALTERATIONS: dict[str, Alter] = {
    "number": number,
    "number-near": number_near,
    "date": date,
    "name": name,
    "name-near": name_near,
    "negation": negation,
    "role": role,
}
