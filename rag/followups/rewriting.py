"""The question that one meant which leans on another, by the form in which it leans."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bilingual.orthography import fold
from bilingual.places import place_in_sentence
from bilingual.stems import stems
from rag.checking.negation import negated
from rag.followups.antecedents import KINDS, Leaning, Past, Words
from rag.followups.bare import with_its_question_word
from rag.followups.forms import (
    END,
    WORD,
    asked_by,
    asking,
    lowered,
    pattern,
    rules,
    without_technology,
)
from rag.followups.named import Named, named_in
from rag.followups.swapping import answer_put, figure_swapped, phrase_swapped
from rag.types import Question

_SAYS_LITTLE = 2  # content words
_ABOUT_X_WORDS = 4  # a longer X is a question of its own
_CARRIED_WORDS = 4
_ADJACENT = 2  # content words after the first one: where its subject ends cannot be told

_CARRIED = re.compile(r"(.*\?) \(([^()]*)\)", re.DOTALL)  # as `_with_carried` writes it
_ANYBODY = re.compile(r"\b(?:who|(?:any|some)(?:one|body)|ai)\b")
_ORGANISATIONS = re.compile(
    r"which .*(?:compan|corporat|organi)|(?:(?:những|các) )?(?:công ty|tập đoàn|tổ chức|cơ quan)"
)
# What may stand before the first thing that a question is about.
_ENGLISH_SUBJECT = re.compile(
    r"\b(?:do|does|did|is|are|was|were|can|could|may|must|should|will|would|has|have)\s+"
    r"(?P<subject>(?:(?:the|an?|all|each|every|our|my|your|their)\s+)?)",
    re.IGNORECASE,
)
_VIETNAMESE_SUBJECT = re.compile(r"(?P<subject>(?:(?:các|những|mỗi|một|mọi)\s+)?)", re.IGNORECASE)


def standing_alone(asked: Question, past: Past, words_of: Words) -> str | None:
    """`asked` with what it leans on put in; None where it leans on nothing.

    Args:
        asked: The question as it was checked.
        past: The turn before.
        words_of: Finds the content words of a question.
    """
    leaning = Leaning(asked, past, words_of)
    if leaning.has_form("else"):
        return _others(leaning)
    return _about(leaning) or _bare(leaning) or _with_antecedent(leaning)


def asks_for_others(asked: Question) -> bool:
    """Whether a question wants others than those that were told: "who else?"."""
    return Leaning(asked, Past(asked), lambda _: ()).has_form("else")


def may_lean(asked: Question, words_of: Words) -> bool:
    """Whether a model should be asked: the question points at something, or hardly says a thing."""
    leaning = Leaning(asked, Past(asked), words_of)
    if leaning.has_form("else") or leaning.has_form("about"):
        return True
    if any(leaning.pronoun(kind) for kind in KINDS):
        return True
    return not leaning.names and len(leaning.own) <= _SAYS_LITTLE


# ---- others ----------------------------------------------------------------------------------


def _others(leaning: Leaning) -> str | None:
    """The last question again, of others than were told: "who else?"."""
    if not leaning.says_nothing_new(leaning.before):
        return None  # it says itself what more is wanted
    if leaning.pronoun("there"):
        return _with_antecedent(leaning)
    if not _fits(leaning):
        return None
    text = END.sub("", leaning.past.question.marked)
    found = asked_by(leaning.past.question)
    if found is None:
        return None
    vietnamese = leaning.past.question.answer_language == "vi"
    if _wants_anybody(leaning) and _ORGANISATIONS.match(found[1][0]):
        # Whoever else it was, and not only the firms that were asked about.
        start, end = found[1].span()
        text = f"{text[:start]}{'ai' if vietnamese else 'Who'}{text[end:]}"
        found = asking(text, leaning.past.question.answer_language) or found
    if vietnamese:
        if text.lower().startswith("còn "):
            return f"{text}?"
        return f"Còn {_uncapitalised(text, leaning)} nữa?"
    if re.search(r"\b(?:else|other)\b", text):
        return f"{text}?"
    kind, word = found
    end = word.start() + len(word[0].split()[0])
    return f"{text[:end]} {'other' if kind == 'which' else 'else'}{text[end:]}?"


def _fits(leaning: Leaning) -> bool:
    """Whether what more is wanted is of the kind that the last question asked for."""
    asked, plain = leaning.asked_for(), fold(leaning.plain)
    if _wants_anybody(leaning):
        return asked in ("who", "which")
    if re.search(r"\b(?:where|anywhere|dau)\b", plain):
        return asked in ("where", "which")
    if re.search(r"\b(?:what|(?:any|some)thing|gi)\b", plain):
        return asked in ("what", "which")
    return asked in ("who", "which", "what", "where")


def _wants_anybody(leaning: Leaning) -> bool:
    """Whether it is people that more is wanted of; "AI" is nobody."""
    return bool(_ANYBODY.search(fold(lowered(without_technology(leaning.text)))))


# ---- the same of another ---------------------------------------------------------------------


def _about(leaning: Leaning) -> str | None:
    """The last question of something else, as in "what about X?"."""
    for rule in rules("about", leaning.asked):
        found = rule.fullmatch(leaning.plain)
        if not found:
            continue
        other = leaning.text[found.start("x") : found.end("x")].strip(" ,")
        if _is_clause(leaning, other):
            return None
        named = named_in(other, leaning.asked.answer_language, opener=False)
        return (
            figure_swapped(leaning, other)
            or phrase_swapped(leaning, other)
            or (answer_put(leaning, named[-1], other) if named else None)
            or (_name_swapped(leaning, named[-1], other) if named else None)
            or _topic_swapped(leaning, other)
            or _subject_swapped(leaning, other)
            or _with_carried(leaning, other)
        )
    return None


def _is_clause(leaning: Leaning, other: str) -> bool:
    """Whether "what about X" brings a whole question along."""
    if asking(other, leaning.asked.answer_language) is not None:
        return True
    return len(WORD.findall(other)) > _ABOUT_X_WORDS + 2 * leaning.is_vi


def _name_swapped(leaning: Leaning, named: Named, other: str) -> str | None:
    """The last question with its last name of the same kind exchanged, or its only one."""
    question = leaning.past.question.marked
    pool = leaning.names[::-1]
    # A name of which the kind cannot be told may be a person's, or a thing's.
    alike = {"person": "name", "thing": "name", "place": "place", "name": "person"}
    chosen = next((one for one in pool if one.kind == named.kind), None)
    chosen = chosen or next((one for one in pool if one.kind == alike[named.kind]), None)
    chosen = chosen or (pool[0] if len(pool) == 1 else None)
    if chosen is None:
        return None
    start = question.rfind(chosen.text)
    before = question[:start]
    known = place_in_sentence(chosen.keys[0], "en") if len(chosen.keys) == 1 else None
    if known is not None and known.startswith("the ") and before.lower().endswith("the "):
        # "Did the Philippines buy rice?" becomes "did Ghana", and the other way round.
        before = before[: -len("the ")]
    if named.called("en") == f"the {other}":
        other = f"the {other}"
    return before + other + question[start + len(chosen.text) :]


def _topic_swapped(leaning: Leaning, other: str) -> str | None:
    """The last question's "about …" with another topic."""
    question = END.sub("", leaning.past.question.marked)
    vietnamese = leaning.past.question.answer_language == "vi"
    about = r"\b(về|đối với)\s" if vietnamese else r"\b(about|on)\s"
    last = max((found.end() for found in re.finditer(about, question)), default=None)
    return None if last is None else f"{question[:last]}{other}?"


def _subject_swapped(leaning: Leaning, other: str) -> str | None:
    """The last question with the thing exchanged that it opens with: "What about usernames?"."""
    question = END.sub("", leaning.past.question.marked)
    vietnamese = leaning.past.question.answer_language == "vi"
    if leaning.is_vi != vietnamese or leaning.names or not leaning.own:
        return None
    if len(leaning.own) < len(WORD.findall(other)) and not vietnamese:
        return None  # "after five years" is no subject
    opening = (_VIETNAMESE_SUBJECT.match if vietnamese else _ENGLISH_SUBJECT.search)(question)
    if opening is None:
        return None
    run = _terms_from(question, opening.end(), leaning.before)
    if not run:
        return None
    size = 1
    shared = question[opening.end() :].lower().startswith(leaning.own[0].lower())
    if shared and len(run) > 1:
        size = 2  # "nhân viên thử việc" and "nhân viên chính thức"
    elif len(run) > _ADJACENT and " " not in run[0]:
        return None
    start, end = opening.start("subject"), opening.end() + len(" ".join(run[:size]))
    if not start:
        other = other[0].upper() + other[1:]
    return f"{question[:start]}{other}{question[end:]}?"


def _terms_from(text: str, start: int, terms: Sequence[str]) -> list[str]:
    """The content words that stand side by side in `text` from `start` on."""
    run: list[str] = []
    while found := next((one for one in terms if text.startswith(one, start)), None):
        run.append(found)
        start += len(found) + 1
    return run


# ---- a question word alone -------------------------------------------------------------------


def _bare(leaning: Leaning) -> str | None:
    """The last question with another question word, as in "why?"."""
    if not leaning.before or not leaning.says_nothing_new():
        return None
    if asking(leaning.text, leaning.asked.answer_language) is None:
        return None
    pronouns = (pattern(kind, leaning.asked) for kind in ("person", "many"))
    if any(one.search(leaning.lowered) for one in pronouns) or leaning.pronoun("there"):
        return None
    return with_its_question_word(leaning) or _with_carried(leaning, leaning.text, everything=True)


# ---- pronouns --------------------------------------------------------------------------------


def _with_antecedent(leaning: Leaning) -> str | None:
    """The first pronoun replaced by what it stands for: "why did they refuse?"."""
    for kind in KINDS:
        found = leaning.pronoun(kind)
        if found is None:
            continue
        start, end = found.span()
        means = leaning.meant(kind, found)
        if means is not None:
            return _put(leaning, start, end, means, kind)
        noun = found["noun"] if kind == "pointing" else ""
        told = noun and leaning.is_vi  # "hội nghị này": the noun is kept
        kept = leaning.text[: start + len(noun)] + leaning.text[end:] if told else leaning.text
        return _with_carried(leaning, kept)
    return None


def _put(leaning: Leaning, start: int, end: int, means: Sequence[str], kind: str) -> str:
    conjunction = " và " if leaning.is_vi else " and "
    joined = conjunction.join(filter(None, [", ".join(means[:-1]), means[-1]]))
    word = leaning.lowered[start:end]
    if kind == "there":
        joined = f"ở {joined}" if leaning.is_vi else f"at {joined}"
    elif word in ("his", "her", "their", "its"):
        is_object = word == "her" and not leaning.text[end:].strip()
        joined += "" if is_object else "'s"
    return f"{leaning.text[:start]}{joined}{leaning.text[end:]}?"


# ---- what is carried along ---------------------------------------------------------------------


def _with_carried(leaning: Leaning, kept: str, *, everything: bool = False) -> str:
    """`kept`, and in parentheses the last question's names, or its content words without any.

    In parentheses, as it makes no sentence. What was denied stays so.
    """
    own = fold(kept.lower())
    names = [leaning.called(one) for one in leaning.names]
    words = _with_negations(leaning)
    carried = [*names, *words] if everything or not names else names
    fresh: list[str] = []
    for word in carried:
        if fold(word.lower()) not in own and not any(word in other for other in fresh):
            fresh.append(word)
    most = len(fresh) if everything else _CARRIED_WORDS
    question = f"{END.sub('', kept).strip()}?"
    return f"{question} ({', '.join(fresh[:most])})" if fresh else question


def carried_apart(question: str) -> tuple[str, str]:
    """A question that was made to stand alone, and the words that `_with_carried` put behind it."""
    found = _CARRIED.fullmatch(question)
    return (found[1], found[2]) if found else (question, "")


def _with_negations(leaning: Leaning) -> list[str]:
    """The last question's content words; those that it denies with their "not"."""
    text = leaning.past.question.marked
    denied = negated(text)
    return [
        denied.get(stems([fold(word.lower())])[0], word) if " " not in word else word
        for word in leaning.before
    ]


def _uncapitalised(text: str, leaning: Leaning) -> str:
    """`text` as it stands behind another word."""
    if any(text.startswith(one.text) for one in leaning.names) or text[:2].isupper():
        return text
    return text[:1].lower() + text[1:]
