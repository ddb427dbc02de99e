"""What a question asks about: its names, figures and key words, and where a text holds them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from bilingual.function_words import CLOSING, CONTENT, ENGLISH, UNMARKED, VIETNAMESE
from bilingual.language import QuestionLanguage
from bilingual.lexicon import Lexicon, singular
from bilingual.name_matching import capital_found, evidence_keys, is_found
from bilingual.names import Name, names_in, untitled
from bilingual.orthography import ADDRESS, fold, has_marks, normalise, words
from bilingual.stems import stems
from bilingual.units import raw_words
from rag.answer_type import asks_for_steps
from rag.types import Question

TermKind = Literal["name", "figure", "word"]

# A translation of an abbreviation that is no accident of the alignment.
_LIKELY = 0.2

# So many translations of a word are taken, the likeliest; the tail is noise.
_TRANSLATIONS = 6

# How surely a text holds a person of whom it has the given name only: too little to go by.
_GIVEN_NAME = 0.25


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question that carries content.

    Attributes:
        text: As typed.
        key: Normalised; a Vietnamese compound has spaces in it.
        stem: The key folded and its words stemmed; for figures without separators.
        translations: Words of the other language → probability.
        name: Where it is a name, its parts in the form that both languages share.
        by_word: Each word of a name → its translations.
        start: Where it stands in the question's `marked` text.
        end: Where it ends there.
        exact: It was typed with Vietnamese marks: a word that differs in them is another word.
        proper: A person's or place's Vietnamese name, which is never translated.
    """

    text: str
    key: str
    stem: str
    kind: TermKind
    translations: Mapping[str, float] = field(default_factory=dict)
    name: Name | None = None
    by_word: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    start: int = 0
    end: int = 0
    exact: bool = False
    proper: bool = False


_STEPS = frozenset("bước|các bước|những bước|từng bước|step|steps".split("|"))


def terms_of(question: Question, lexicon: Lexicon) -> list[Term]:
    """The content terms of `question`, in order, each once; its names before its other words."""
    names = _name_terms(question, lexicon)
    within = {part for term in names for part in term.key.split()}
    found: dict[str, Term] = {}
    for term in [*names, *_word_terms(question, lexicon, within)]:
        found.setdefault(term.stem, term)
    return list(found.values())


def _name_terms(question: Question, lexicon: Lexicon) -> list[Term]:
    """The names of a question."""
    text, own = question.marked, question.answer_language
    found: list[Term] = []
    end = 0
    for name in names_in(text, own):
        start = max(end, text.find(name.text, end))  # "US" is not found in "AUSTRIA" before it
        end = start + len(name.text)
        if _is_word(name, lexicon, own):
            continue
        parts = words(untitled(name).text)
        term = Term(
            name.text,
            normalise(name.text),
            _stem(name.text),
            "name",
            _translations(name.text, lexicon, own) | {fold(part): 1.0 for part in parts},
            name,
            {part: _translations(part, lexicon, own) for part in parts},
            start,
            end,
            proper=_is_proper(name, lexicon),
        )
        found.append(term)
    return found


def _word_terms(question: Question, lexicon: Lexicon, within: Set[str]) -> Iterator[Term]:
    """The figures and words of a question that carry content.

    Args:
        question: As checked.
        lexicon: Translates them, and tells Vietnamese words of several syllables.
        within: Words of its names, which are no terms beside these.
    """
    text, own = question.marked, question.answer_language
    stop = _function_words(question.language)
    if asks_for_steps(question):
        stop = {*stop, *_STEPS}  # the list that answers does not call itself so
    for span in raw_words(text) if own == "en" else lexicon.units.words(text):
        key, end = span.key, span.end
        parts = key.split()
        # "nước nào": a compound of the lexicon's, but here the country and "which".
        while len(parts) > 1 and parts[-1] in CLOSING:
            end -= len(parts.pop()) + 1
        key = " ".join(parts)
        framing = key in stop or (key not in CONTENT and all(part in stop for part in parts))
        if framing or not key[0].isalnum() or within >= set(parts):
            continue
        yield Term(
            text[span.start : end],
            key,
            _stem(key),
            "figure" if key[0].isdecimal() else "word",
            _translations(key, lexicon, own),
            start=span.start,
            end=end,
            exact=question.language == "vi" and has_marks(key),
        )


def _is_word(name: Name, lexicon: Lexicon, language: Literal["vi", "en"]) -> bool:
    """Whether a name is an abbreviation that the lexicon translates: CEO, TV."""
    if not name.text.isupper() or len(name.keys) > 1 or name.keys[0].startswith("="):
        return False
    word = normalise(name.text)
    table = lexicon.vietnamese if language == "en" else lexicon.english
    likeliest = [translation for translation, p in table.get(word, ()) if p >= _LIKELY]
    function_word = word in (ENGLISH if language == "en" else VIETNAMESE)
    return not function_word and any(translation != word for translation in likeliest)


def _is_proper(name: Name, lexicon: Lexicon) -> bool:
    """Whether a name is a Vietnamese person's or place's, not made of words: "Bộ Ngoại Giao"."""
    if not name.is_vietnamese:
        return False
    for word in lexicon.units.segment(name.marked):
        # "hà nội" is Hanoi and "cần thơ" Tho, but "ngoại giao" is diplomacy.
        made = lexicon.english.get(word) if " " in word else None
        plain = fold(word)
        if made and made[0][0] not in (plain.replace(" ", ""), *plain.split()):
            return False
    return True


def _translations(text: str, lexicon: Lexicon, language: Literal["vi", "en"]) -> dict[str, float]:
    """Words of the other language that the words of `text` stand for."""
    to: Literal["vi", "en"] = "vi" if language == "en" else "en"
    found: dict[str, float] = {}
    for word in lexicon.question_terms(text, language):
        for made in lexicon.translate([word], to)[:_TRANSLATIONS]:
            found[made.term] = max(made.weight, found.get(made.term, 0.0))
    return found


def in_dictionary(term: Term) -> bool:
    """Whether a word of a question has translations; what has none stands for itself."""
    return any(word != singular(fold(term.key)) for word in term.translations)


@lru_cache(maxsize=20_000)
def _stem(text: str) -> str:
    return " ".join(stems(words(text)))


def _function_words(language: QuestionLanguage) -> Collection[str]:
    return {"en": ENGLISH, "vi": VIETNAMESE, "vi-nomarks": VIETNAMESE | UNMARKED}[language]


@lru_cache(maxsize=20_000)
def _is_marked(word: str) -> bool:
    return has_marks(word)


@lru_cache(maxsize=4096)
def view_of(text: str) -> View:
    """The view of a text, kept for the next question: people ask about the same passages."""
    return View(text)


@dataclass(frozen=True)
class View:
    """A text as terms are looked up in it."""

    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", ADDRESS.sub(" ", self.text))

    @cached_property
    def _marked(self) -> bool:
        """Whether it is written with Vietnamese marks, so that marks tell words apart."""
        return has_marks(self.text)

    @cached_property
    def _words(self) -> list[str]:
        return words(self.text)

    @cached_property
    def _joined(self) -> str:
        return f" {' '.join(self._words)} "

    @cached_property
    def _stems(self) -> str:
        return f" {' '.join(stems(self._words))} "

    @cached_property
    def _names(self) -> frozenset[str]:
        return evidence_keys(self.text)

    def holds(self, term: Term, question: Question) -> float:
        """How surely this text holds `term`, from 0 to 1."""
        if f" {term.key} " in self._joined:
            return 1.0
        if term.name is not None:
            return self._named(term.name, term)
        if f" {term.stem} " in self._stems:
            return 0.2 if term.exact and self._marked else 0.95
        return self._translated(term)

    def _named(self, name: Name, term: Term) -> float:
        """1 where the name is found; else, for less, the share of its words that are.

        "World AI Conference" is "Hội nghị AI Thế giới": titles are translated word by word.
        """
        if is_found(name, self._names, across=True):
            return 1.0
        parts = words(untitled(name).text)
        if len(parts) == 1:
            return 0.0
        if term.proper:
            # Vietnamese people go by the last part of their names.
            return _GIVEN_NAME if capital_found(name, self._names)[-1] else 0.0
        held = sum(
            any(
                f" {made} " in self._joined or f" {made} " in self._stems
                for made in [*stems([part]), *term.by_word.get(part, ())]
            )
            for part in parts
        )
        return 0.9 * held / len(parts)

    def _translated(self, term: Term) -> float:
        best = 0.0
        for word, probability in term.translations.items():
            if probability > best and (
                f" {word} " in self._joined
                or (not (self._marked and _is_marked(word)) and f" {_stem(word)} " in self._stems)
            ):
                best = probability
        # p = .5 and more is as good as certain: synonyms share the mass.
        return float(min(1.0, (2 * best) ** 0.5))

    def has_stem(self, stem: str) -> bool:
        """Whether a word of that stem stands in the text."""
        return f" {stem} " in self._stems
