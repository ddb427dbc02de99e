"""What a question leans on: its pronouns, and what of the turn before they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bilingual.orthography import fold
from rag.followups.forms import END, GENERIC, asked_by, lowered, pattern, rules
from rag.followups.named import (
    Kind,
    Named,
    countries_once,
    meeting_in,
    named_in,
    named_in_answer,
)
from rag.types import Question

# The content words of a question, in order, as typed.
Words = Callable[[Question], Sequence[str]]

KINDS = ("country", "many", "person", "there", "pointing", "thing")

# After these, a clause of its own begins; what a pronoun means may stand before them.
_CLAUSE = re.compile(
    r",|;|\b(?:and|but|when|while|that|because|if|after|before|và|nhưng|khi|rằng|vì|nếu|mà|sau"
    r"|trước)\b"
)
_EXPLETIVE_THERE = re.compile(
    r"\b(?:is|are|was|were|be|been) there\b|\bthere (?:is|are|was|were)\b"
)
_WHO_WAS_THERE = re.compile(r"\bwho(?: else)? (?:is|are|was|were) there$")
_EXPLETIVE_IT = re.compile(r"(?:(?:is|was|be) )?[a-z]+ (?:for .+ )?(?:to|that)\b")
_SAYS_ENOUGH = 4  # content words
_SEVERAL_NAMES = 3
_ACRONYM = 3  # "AI" is what everything is about
# "That summit" stands at the beginning or after one of these; "companies that came" does not.
_BEFORE_THAT = frozenset(
    "of at in to for by on about from with did does do is was were are after before during".split()
)
# "This year" and "this question" point at nothing that was said.
_NOT_POINTED = frozenset(
    "nam thang tuan ngay lan hom cau luc khi sau truoc trong do o tu year month week time question "
    "day case way is are was were the a an did does do has have".split()
)


@dataclass(frozen=True, slots=True)
class Past:
    """What a question may lean on.

    Attributes:
        question: The last question that stood alone, or was made to.
        said: What was answered; "" in a refusal.
    """

    question: Question
    said: str = ""


class Leaning:
    """One question over the one before it.

    Attributes:
        text: The question without what ends it.
        lowered: The same in lower case, as the patterns want it.
        plain: The same without marks where the question was typed so: "còn" may have stayed "con".
        own: Its content words.
        before: Those of the question before it.
        names: What that one names.
        answered: What the answer to it names.
    """

    def __init__(self, asked: Question, past: Past, words_of: Words) -> None:
        """Read both questions."""
        self.asked, self.past = asked, past
        self.text = END.sub("", asked.marked)
        self.lowered = lowered(self.text)
        self.plain = fold(self.lowered) if asked.language == "vi-nomarks" else self.lowered
        self.own = list(words_of(asked))
        self.before = list(words_of(past.question))
        self.names = named_in(past.question.marked, past.question.answer_language)
        self.answered = list(named_in_answer(past.said))

    @property
    def is_vi(self) -> bool:
        """Whether the question is Vietnamese."""
        return self.asked.answer_language == "vi"

    def has_form(self, name: str) -> bool:
        """Whether the whole question has one of the forms of `followups.toml`."""
        return any(rule.fullmatch(self.plain) for rule in rules(name, self.asked))

    def says_nothing_new(self, known: Sequence[str] = ()) -> bool:
        """Whether its content words are all generic, or among `known`."""
        parts = {fold(part) for word in known for part in word.lower().split()} | GENERIC
        return all(fold(part) in parts for word in self.own for part in word.lower().split())

    # ---- pronouns -------------------------------------------------------------------------------

    def pronoun(self, kind: str) -> re.Match[str] | None:
        """The first pronoun of that kind with nothing before it that it could mean."""
        for found in pattern(kind, self.asked).finditer(self.lowered):
            if kind == "there" and self._says_there():
                continue
            if kind in ("person", "thing") and self._qualified(found, kind):
                continue
            if kind == "pointing" and not self._points_back(found):
                continue
            if not self._has_own_antecedent(found.start(), kind):
                return found
        return None

    def _says_there(self) -> bool:
        """Whether "was there" says that there is something; "who was there" means a place."""
        return bool(_EXPLETIVE_THERE.search(self.lowered)) and not _WHO_WAS_THERE.search(
            self.lowered
        )

    def _qualified(self, found: re.Match[str], kind: str) -> bool:
        """Whether a word is no pronoun here: "ông Macron", "that the summit", "this year"."""
        after = self.text[found.end() :].lstrip()
        if kind == "person":
            return self.is_vi and after[:1].isupper()
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
        named = named_in(self.text, self.asked.answer_language)
        return not named and len(self.own) < _SAYS_ENOUGH

    def _has_own_antecedent(self, place: int, kind: str) -> bool:
        """Whether the question itself names, earlier, what a pronoun at `place` can mean."""
        named = named_in(self.text[:place], self.asked.answer_language)
        if kind in ("person", "many", "country", "thing") and named:
            return True
        clauses = list(_CLAUSE.finditer(self.lowered[:place]))
        if not clauses or kind == "country":
            return False
        earlier = self.lowered[: clauses[-1].start()]
        return sum(fold(word.lower()) in fold(earlier) for word in self.own) >= 1

    # ---- what they stand for --------------------------------------------------------------------

    def meant(self, kind: str, found: re.Match[str]) -> list[str] | None:
        """The names that a pronoun stands for, or None where only the topic can be carried."""
        match kind:
            case "pointing":
                noun = fold(found["noun"])
                pool = [*self.names, *self.answered]
                named = next((one for one in pool if noun in fold(one.text.lower())), None)
                return [self.called(named)] if named else self._phrase(found["noun"])
            case "there":
                return self._where()
            case "thing":
                asked = [one for one in self.names[::-1] if len(one.text) > _ACRONYM]
                return self._first(("thing", "name"), [asked])
            case "country":
                pools = self._newest(answers="which")
                return self._first(("place",), [countries_once([*pools[0], *pools[1]])])
            case "person":
                return self._first(("person", "name"), self._newest(answers="who"))
        return self.several()

    def several(self) -> list[str] | None:
        """Those who were asked about or answered, of one kind."""
        asked = self._of_one_kind(self.names)
        if self.asked_for() in ("who", "which") or not asked:
            asked = self._of_one_kind(self._news()) or asked
        return [self.called(one) for one in asked[:_SEVERAL_NAMES]] or None

    def _of_one_kind(self, names: Sequence[Named]) -> list[Named]:
        kinds: list[Kind] = ["place", "person", "name"]
        if self.asked_for() == "who":
            kinds[:2] = ["person", "place"]
        for kind in kinds:
            if found := [one for one in names if one.kind == kind]:
                return countries_once(found)
        return []

    def _where(self) -> list[str] | None:
        """A place, or an event, where something can have happened."""
        asked = self.asked_for()
        news = [one for one in self._news() if one.kind == "place" and one.located]
        if asked == "where" and news:
            return [self.called(news[0])]
        asked_about = self.names[::-1]
        if event := self._event(asked_about):
            return [event]
        noun = meeting_in(self.past.question.marked)
        if noun and self.is_vi == (self.past.question.answer_language == "vi"):
            phrase = self._phrase(noun) or [noun]
            return phrase if self.is_vi else [f"the {phrase[0]}"]
        located = [one for one in asked_about if one.kind == "place" and one.located]
        if located:
            return [self.called(located[0])]
        if event := self._event(self._news()):
            return [event]
        return [self.called(news[0])] if news else None

    def _event(self, pool: Sequence[Named]) -> str | None:
        events = (one for one in pool if one.kind == "thing" and meeting_in(one.text))
        found = next(map(self.called, events), None)
        return f"the {found}" if found and not self.is_vi else found

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

    def _first(self, kinds: Sequence[Kind], pools: Sequence[Sequence[Named]]) -> list[str] | None:
        """The first name of the first of `kinds` that the first pool with any of them has."""
        for pool in pools:
            for kind in kinds:
                if found := next((one for one in pool if one.kind == kind), None):
                    return [self.called(found)]
        return None

    def called(self, named: Named) -> str:
        """A name as the new question's language has it."""
        return named.called(self.asked.answer_language)

    def _newest(self, answers: str) -> list[list[Named]]:
        """Names, likeliest first: what was answered to "who", else what was asked about.

        A later name of the question goes before an earlier one.

        Args:
            answers: What else is asked for by what such names answer: "who" or "which".
        """
        if self.asked_for() in ("who", answers) and not self._asked_who_somebody_is():
            return [self._news(), self.names[::-1]]
        return [self.names[::-1], self._news()]

    def _asked_who_somebody_is(self) -> bool:
        """Whether the last question was "who is X?" and no more."""
        named = {part for one in self.names for part in fold(one.text).lower().split()}
        asked = {part for word in self.before for part in fold(word).lower().split()}
        return bool(asked) and asked <= named

    def _news(self) -> list[Named]:
        """Names that the answer has brought."""
        known = {one.keys for one in self.names}
        return [one for one in self.answered if one.keys not in known]

    def asked_for(self) -> str | None:
        """What the last question asked for: "who", "which", "where", "what", "how_many", …."""
        asked = asked_by(self.past.question)
        if asked is None:
            return None
        kind, found = asked
        return _SORTS.get(found[0], kind) if kind == "other" else kind


_SORTS = dict.fromkeys(("where", "ở đâu", "đâu"), "where") | dict.fromkeys(
    ("what", "which", "gì", "nào", "why", "vì sao", "tại sao"), "what"
)
