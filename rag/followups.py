"""Questions that lean on the one before, made to stand alone by rule.

Only what shows by its words that it leans is touched: a pronoun or "this summit" with nothing in
the question itself that it could mean, "what about …", "who else", or a bare question word. What
the words are stands in `followups.toml`. Every other question is left exactly as it is, so a new
topic drops the old one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from bilingual.language import QuestionLanguage, identify
from bilingual.names import Name, names_in
from bilingual.orthography import fold
from bilingual.places import place_in_sentence
from bilingual.sentences import split
from bilingual.texts import InterfaceLanguage
from rag.types import Question

Kind = Literal["person", "place", "thing"]
# The content words of a question, in order, as typed.
Words = Callable[[Question], Sequence[str]]

_END = re.compile(r"[\s?!.…]+$")
_WORD = re.compile(r"[^\W_]+(?:[-’'.][^\W_]+)*")
# After these, a clause of its own begins; what a pronoun means may stand before them.
_CLAUSE = re.compile(
    r",|;|\b(?:and|but|when|while|that|because|if|after|before|và|nhưng|khi|rằng|vì|nếu|mà|sau"
    r"|trước)\b"
)
_EXPLETIVE_THERE = re.compile(
    r"\b(?:is|are|was|were|be|been) there\b|\bthere (?:is|are|was|were)\b"
)
_EXPLETIVE_IT = re.compile(r"(?:(?:is|was|be) )?[a-z]+ (?:for .+ )?(?:to|that)\b")
_SAYS_LITTLE = 2  # content words
_SAYS_ENOUGH = 4
_ABOUT_X_WORDS = 4  # a longer X is a question of its own
_CARRIED_WORDS = 4
_CARRIED_NAMES = 3
_ACRONYM = 3  # "AI" is what everything is about


@dataclass(frozen=True, slots=True)
class Past:
    """What a question may lean on.

    Attributes:
        question: The last question that stood alone, or was made to.
        said: What was answered; "" in a refusal.
    """

    question: Question
    said: str = ""


@dataclass(frozen=True, slots=True)
class _Named:
    text: str
    kind: Kind
    keys: tuple[str, ...]
    language: InterfaceLanguage


def standing_alone(asked: Question, past: Past, words_of: Words) -> str | None:
    """`asked` with what it leans on put in; None where it leans on nothing.

    Args:
        asked: The question as it was checked.
        past: The turn before.
        words_of: Finds the content words of a question.
    """
    lean = _Lean(asked, past, words_of)
    return lean.more() or lean.about() or lean.bare() or lean.pronouns()


def may_lean(asked: Question, words_of: Words) -> bool:
    """Whether a model should be asked: the question points at something, or hardly says a thing."""
    return _Lean(asked, Past(asked), words_of).may()


class _Lean:
    """One question over the one before it."""

    def __init__(self, asked: Question, past: Past, words_of: Words) -> None:
        self.asked, self.past = asked, past
        self.text = _END.sub("", asked.marked)
        self.lowered = _lowered(self.text, asked)
        # Typed without marks, "còn" may have stayed "con": whole forms are told by their frame.
        self.plain = fold(self.lowered) if asked.language == "vi-nomarks" else self.lowered
        self.own = list(words_of(asked))
        self.before = list(words_of(past.question))
        self.names = _named(past.question.marked, past.question.answer_language)
        self.answered = list(_said(past))

    # ---- the forms ------------------------------------------------------------------------------

    def more(self) -> str | None:
        """The last question again, where more of the same is wanted: "who else?"."""
        if not any(one.fullmatch(self.plain) for one in _rules("else", self.asked)):
            return None
        known = {fold(word.lower()) for word in self.before} | _GENERIC
        if any(fold(part) not in known for word in self.own for part in word.lower().split()):
            return None  # it says itself what more is wanted
        return self.past.question.marked

    def about(self) -> str | None:
        """The last question of something else, as in "what about X?"."""
        for rule in _rules("about", self.asked):
            found = rule.fullmatch(self.plain)
            if not found:
                continue
            other = self.text[found.start("x") : found.end("x")].strip(" ,")
            if self._is_clause(other):
                return None
            named = _named(other, self.asked.answer_language, opener=False)
            if named and (swapped := self._swapped(named, other)):
                return swapped
            if topic := self._topic_swapped(other):
                return topic
            return self._with_carried(other)
        return None

    def bare(self) -> str | None:
        """The last question's words with another question word, as in "why?"."""
        if not self.before or any(
            fold(part) not in _GENERIC for word in self.own for part in word.lower().split()
        ):
            return None
        if _interrogative(self.lowered, self.asked) is None:
            return None
        if any(_pattern(kind, self.asked).search(self.lowered) for kind in ("person", "many")):
            return None
        return self._with_carried(self.text, everything=True)

    def pronouns(self) -> str | None:
        """The first pronoun replaced by what it stands for: "why did they refuse?"."""
        for kind in _KINDS:
            found = self._pronoun(kind)
            if found is None:
                continue
            start, end = found.span()
            means = self._meant(kind, found)
            if means is None:
                noun = found["noun"] if kind == "pointing" else ""
                kept = self.text[: start + len(noun)] if noun and self._is_vi else self.text
                rest = self.text[end:] if noun and self._is_vi else ""
                return self._with_carried(kept + rest)
            return self._put(start, end, means, kind)
        return None

    def may(self) -> bool:
        """Whether it has the look of a question that leans on another."""
        if any(rule.fullmatch(self.plain) for rule in _rules("else", self.asked)):
            return True
        if any(rule.fullmatch(self.plain) for rule in _rules("about", self.asked)):
            return True
        if any(self._pronoun(kind) for kind in _KINDS):
            return True
        return not self.names and len(self.own) <= _SAYS_LITTLE

    # ---- what they stand for --------------------------------------------------------------------

    def _pronoun(self, kind: str) -> re.Match[str] | None:
        """The first pronoun of that kind with nothing before it that it could mean."""
        for found in _pattern(kind, self.asked).finditer(self.lowered):
            if kind == "there" and _EXPLETIVE_THERE.search(self.lowered):
                continue
            if kind in ("person", "thing") and self._qualified(found, kind):
                continue
            if kind == "pointing" and not self._points_back(found):
                continue
            if not self._has_own_antecedent(found.start(), kind):
                return found
        return None

    def _qualified(self, found: re.Match[str], kind: str) -> bool:
        """Whether a word is no pronoun here: "ông Macron", "that the summit", "this year"."""
        after = self.text[found.end() :].lstrip()
        if kind == "person":
            return self._is_vi and after[:1].isupper()
        if found[0] in ("that", "this"):
            return bool(after)
        # "It was useful to …" and "why was it useful to …": what it means comes after.
        return found[0] == "it" and _EXPLETIVE_IT.match(after) is not None

    def _points_back(self, found: re.Match[str]) -> bool:
        """Whether "this X" means something said before, and the question does not say it itself."""
        if fold(found["noun"].split()[-1]) in _NOT_POINTED:
            return False
        if found[0].startswith("that "):
            before = self.lowered[: found.start()].split()
            if before and before[-1] not in _BEFORE_THAT:
                return False
        named = _named(self.text, self.asked.answer_language)
        return not named and len(self.own) < _SAYS_ENOUGH

    def _has_own_antecedent(self, place: int, kind: str) -> bool:
        """Whether the question itself names, earlier, what a pronoun at `place` can mean."""
        before = self.text[:place]
        named = _named(before, self.asked.answer_language)
        if kind in ("person", "many", "country", "thing") and named:
            return True
        clauses = list(_CLAUSE.finditer(self.lowered[:place]))
        if not clauses or kind == "country":
            return False
        earlier = self.lowered[: clauses[-1].start()]
        return sum(fold(word.lower()) in fold(earlier) for word in self.own) >= 1

    def _meant(self, kind: str, found: re.Match[str]) -> list[str] | None:
        """The names that a pronoun stands for, or None where only the topic can be carried."""
        if kind == "pointing":
            noun = fold(found["noun"])
            pool = [*self.names, *self.answered]
            named = next((one for one in pool if noun in fold(one.text.lower())), None)
            return [self._called(named)] if named else self._phrase(found["noun"])
        if kind == "there":
            events = [one for one in self.names[::-1] if _is_event(one)]
            return self._first(("thing", "place"), [*events, *self._places(self.names[::-1])])
        if kind == "thing":
            return self._first(
                ("thing",), [one for one in self.names[::-1] if len(one.text) > _ACRONYM]
            )
        if kind == "country":
            return self._first(("place",), self._newest())
        if kind == "person":
            return self._first(("person",), self._newest())
        several = [one for one in self.names if one.kind != "thing"]
        if self._asked_for_names() or not several:
            several = [one for one in self._news() if one.kind != "thing"] or several
        wanted = "place" if any(one.kind == "place" for one in several) else "person"
        texts = {one.keys: self._called(one) for one in several if one.kind == wanted}
        return list(texts.values())[:_CARRIED_NAMES] or None

    def _phrase(self, noun: str) -> list[str] | None:
        """The words that stand with `noun` in the last question: "hội nghị thượng đỉnh"."""
        text = self.past.question.marked
        start = fold(text.lower()).find(fold(noun))
        if start < 0:
            return None
        end = start + len(noun)
        vietnamese = self.past.question.answer_language == "vi"
        for word in self.before if vietnamese else self.before[::-1]:
            if vietnamese and text[end:].startswith(f" {word}"):
                end += len(word) + 1
            elif not vietnamese and text[:start].endswith(f"{word} "):
                start -= len(word) + 1
        return [text[start:end]]

    def _places(self, names: Sequence[_Named]) -> list[_Named]:
        return [one for one in names if one.kind == "place"]

    def _first(self, kinds: Sequence[Kind], pool: Sequence[_Named]) -> list[str] | None:
        return next(([self._called(one)] for one in pool if one.kind in kinds), None)

    def _called(self, named: _Named) -> str:
        """A name as the new question's language has it: Mỹ is the United States there."""
        if named.language == self.asked.answer_language or len(named.keys) != 1:
            return named.text
        return place_in_sentence(named.keys[0], self.asked.answer_language) or named.text

    def _newest(self) -> list[_Named]:
        """Names, likeliest first: what was answered to "who", else what was asked about.

        A later name of the question goes before an earlier one.
        """
        if self._asked_for_names() and not self._asked_who_somebody_is():
            return [*self._news(), *self.names[::-1]]
        return [*self.names[::-1], *self._news()]

    def _asked_who_somebody_is(self) -> bool:
        """Whether the last question was "who is X?" and no more."""
        named = {part for one in self.names for part in fold(one.text).lower().split()}
        asked = {part for word in self.before for part in fold(word).lower().split()}
        return bool(asked) and asked <= named

    def _news(self) -> list[_Named]:
        """Names that the answer has brought."""
        known = {one.keys for one in self.names}
        return [one for one in self.answered if one.keys not in known]

    def _asked_for_names(self) -> bool:
        return _interrogative(
            _lowered(self.past.question.marked, self.past.question), self.past.question
        ) in ("who", "which")

    # ---- the new question -----------------------------------------------------------------------

    @property
    def _is_vi(self) -> bool:
        return self.asked.answer_language == "vi"

    def _put(self, start: int, end: int, means: Sequence[str], kind: str) -> str:
        joined = (" và " if self._is_vi else " and ").join(means)
        word = self.lowered[start:end]
        if kind == "there":
            joined = f"ở {joined}" if self._is_vi else f"at {joined}"
        elif word in ("his", "her", "their", "its") and not self._is_object(word, end):
            joined += "'s"
        return f"{self.text[:start]}{joined}{self.text[end:]}?"

    def _is_object(self, word: str, end: int) -> bool:
        return word == "her" and not self.text[end:].strip()

    def _is_clause(self, other: str) -> bool:
        """Whether "what about X" brings a whole question along."""
        lowered = _lowered(other, self.asked)
        if _interrogative(lowered, self.asked) is not None:
            return True
        return len(_WORD.findall(other)) > _ABOUT_X_WORDS + 2 * self._is_vi

    def _swapped(self, named: Sequence[_Named], other: str) -> str | None:
        """The last question with its last name of the same kind exchanged."""
        question = self.past.question.marked
        for one in self.names[::-1]:
            if one.kind == named[-1].kind:
                start = question.rfind(one.text)
                return question[:start] + other + question[start + len(one.text) :]
        return None

    def _topic_swapped(self, other: str) -> str | None:
        """The last question's "about …" with another topic."""
        question = _END.sub("", self.past.question.marked)
        pattern = (
            r"\b(về|đối với)\s" if self.past.question.answer_language == "vi" else r"\b(about|on)\s"
        )
        last = max((found.end() for found in re.finditer(pattern, question)), default=None)
        return None if last is None else f"{question[:last]}{other}?"

    def _with_carried(self, kept: str, *, everything: bool = False) -> str:
        """`kept` with the last question's names, or its content words where it has none."""
        own = fold(kept.lower())
        names = [self._called(one) for one in self.names]
        carried = [*names, *self.before] if everything or not names else names
        fresh: list[str] = []
        for word in carried:
            if fold(word.lower()) not in own and not any(word in other for other in fresh):
                fresh.append(word)
        most = len(fresh) if everything else _CARRIED_WORDS
        # A comma between them: side by side two names would be one.
        return f"{_END.sub('', kept)} {', '.join(fresh[:most])}".strip() + "?"


def _is_event(named: _Named) -> bool:
    words = {fold(word.lower()) for word in _WORD.findall(named.text)}
    return bool(words & _words("events"))


_KINDS = ("country", "many", "person", "there", "pointing", "thing")
# "That summit" stands at the beginning or after one of these; "companies that came" does not.
_BEFORE_THAT = frozenset(
    "of at in to for by on about from with did does do is was were are after before during".split()
)
# Words of "who else" and "which other country" that say nothing of their own.
_GENERIC = frozenset(
    "nuoc quoc gia country countries company companies cong ty nguoi person people else other "
    "others khac nua them more lanh dao leader leaders topic topics chu de place places".split()
)
# "This year" and "this question" point at nothing that was said.
_NOT_POINTED = frozenset(
    "nam thang tuan ngay lan hom cau luc khi sau truoc trong do o tu year month week time question "
    "day case way is are was were the a an did does do has have".split()
)


def _named(text: str, language: InterfaceLanguage, *, opener: bool = True) -> list[_Named]:
    """The names of `text` with what kind of thing they name; titles are left off persons."""
    # `names_in` takes a lone opener for a capital that means nothing.
    shift = "" if opener else "x "
    return [_kind(name, language) for name in names_in(shift + text, language)]


def _said(past: Past) -> Iterator[_Named]:
    """The names of what was answered, each in the language of its sentence."""
    for start, end in split(past.said):
        sentence = past.said[start:end]
        yield from _named(sentence, "en" if identify(sentence) == "en" else "vi")


def _kind(name: Name, language: InterfaceLanguage) -> _Named:
    if all(key.startswith("=") for key in name.keys):
        return _Named(name.text, "place", name.keys, language)
    titles, things = _words("titles"), _words("things")
    tokens = _WORD.findall(name.text)
    known = {plain for key, plain in zip(name.keys, name.plain, strict=True) if key[0] == "="}
    while len(tokens) > 1 and (
        fold(tokens[0].lower()) in titles
        or fold(tokens[0].lower()) in known
        or tokens[0] == "Chinese"
    ):
        tokens.pop(0)
    folded = {fold(token.lower()) for token in tokens}
    # One capitalised word may be somebody's surname: after a title it surely is.
    lone = len(tokens) == 1 and (len(name.plain) == 1 or bool(folded & titles))
    if folded & things or lone or len(tokens) > 4:
        return _Named(name.text, "thing", name.keys, language)
    return _Named(" ".join(tokens), "person", name.keys, language)


def _lowered(text: str, question: Question) -> str:
    """As the patterns want it, with as many characters as before."""
    lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return _END.sub("", lowered)


_ASKING = {
    "en": (
        ("how_many", r"\bhow (?:many|much)\b"),
        ("which", r"\b(?:which|what) \w*(?:countr|nation|compan|organi|leader|place|cit)\w*"),
        ("who", r"\bwho(?:m|se)?\b"),
        ("other", r"\b(?:what|when|where|why|how|which)\b"),
        ("yes_no", r"^(?:is|are|was|were|did|does|do|has|have|had|can|could|will|would|should)\b"),
    ),
    "vi": (
        ("how_many", r"\bbao nhiêu\b|\bmấy\b"),
        (
            "which",
            r"\b(?:nước|quốc gia|công ty|tập đoàn|tổ chức|cơ quan|nơi|thành phố)(?: lớn)? nào\b",
        ),
        ("who", r"(?:^|\s)ai(?:\s|$)|\bngười nào\b|\bnhững ai\b"),
        ("other", r"\b(?:gì|nào|khi nào|ở đâu|đâu|vì sao|tại sao|sao|thế nào|bao giờ|bao lâu)\b"),
        ("yes_no", r"\bkhông$|\bchưa$|\bcó phải\b"),
    ),
}


def _interrogative(lowered: str, question: Question) -> str | None:
    """What a question asks for, if it holds a question word at all."""
    for kind, pattern in _ASKING[question.answer_language]:
        if re.search(pattern, lowered):
            return kind
    return None


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    with Path(__file__).with_name("followups.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _words(name: str) -> frozenset[str]:
    table: dict[str, str] = _table()[name]  # type: ignore[assignment]
    return frozenset(fold(word) for word in table["words"].split())


@cache
def _compiled(name: str, language: QuestionLanguage) -> tuple[re.Pattern[str], ...]:
    if language == "vi-nomarks":
        return tuple(re.compile(fold(rule)) for rule in _table()[name]["vi"])
    return tuple(re.compile(rule) for rule in _table()[name][language])


def _rules(name: str, question: Question) -> tuple[re.Pattern[str], ...]:
    """Patterns over a whole question."""
    return _compiled(name, question.language)


@cache
def _any_of(name: str, language: InterfaceLanguage) -> re.Pattern[str]:
    rules = sorted(_table()[name][language], key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(rules)})(?![^\W_])")


def _pattern(name: str, question: Question) -> re.Pattern[str]:
    """One pattern for any pronoun of a kind, as whole words, longer ones first."""
    return _any_of(name, question.answer_language)
