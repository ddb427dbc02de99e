"""What is exchanged where the same is asked of another: a figure, a thing of one kind, an answer.

“Còn năm 2024?” after a question about 2025, “Còn Ban Lâm nghiệp?” after one about “Ban Thủy lợi 2”,
and “Còn Trung Quốc?” after “Những nước nào đã ký?”, which asks whether China did.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bilingual.orthography import fold
from bilingual.places import is_country
from rag.followups.antecedents import Leaning
from rag.followups.forms import END, WORD, asked_by
from rag.followups.named import Named

_FIGURE = r"(?:\d[\d./,]*\w?|[IVX]+)"
_LED_FIGURE = re.compile(rf"(?:(?:\w+ )*?(?P<lead>[^\W\d]+) )?(?P<figure>{_FIGURE})")
_YEAR = re.compile(r"(?<![\d./,-])(?:1[89]|20)\d\d(?![\d/-]|[.,]\d)")
_OF_YEARS = frozenset("nam in for since by during of from".split())
# What follows the whole of a Vietnamese name: the next word is none of its own.
_AFTER_PHRASE = frozenset(
    "là có được do đã đang sẽ bị phải thuộc ở gồm cần cho trong của tại vào năm từ đến với".split()
)
_COUNTRIES = re.compile(r"countr|nation|nước|quốc gia")


def figure_swapped(leaning: Leaning, other: str) -> str | None:
    """The last question with another figure behind the same word: another article, or year."""
    found = _LED_FIGURE.fullmatch(other)
    if found is None:
        return None
    text = END.sub("", leaning.past.question.marked)
    lead = fold(found["lead"] or "").lower()
    if _YEAR.fullmatch(found["figure"]) and (not lead or lead in _OF_YEARS):
        places = [one.span() for one in _YEAR.finditer(text)]
    else:
        led = re.compile(rf"\b{re.escape(lead)} (?P<figure>{_FIGURE})(?!\w)", re.IGNORECASE)
        folded = fold(text)
        places = [one.span("figure") for one in led.finditer(folded)] if lead else []
    if len(places) != 1 or len(fold(text)) != len(text):
        return None
    start, end = places[0]
    return f"{text[:start]}{found['figure']}{text[end:]}?"


def phrase_swapped(leaning: Leaning, other: str) -> str | None:
    """The last question with another thing that is called by the same first word.

    In Vietnamese the first word says what it is: an office, a fund, an employee. Where both are
    names of offices their first words may differ.
    """
    if not (leaning.is_vi and leaning.past.question.answer_language == "vi"):
        return None
    text = END.sub("", leaning.past.question.marked)
    words = list(WORD.finditer(text))
    head, *rest = WORD.findall(other)
    same = [one for one in words if fold(one[0]).lower() == fold(head).lower()]
    capitals = [
        one
        for last, one in pairwise(words)
        if one[0][0].isupper() and not last[0][0].isupper() and last[0] not in leaning.own
    ]
    if not rest or len(same) > 1:
        return None
    if not same and (leaning.names or not head[0].isupper() or len(capitals) != 1):
        return None
    (first,) = same or capitals
    run = _run(text, first.start(), leaning.before)
    size = len(run)
    behind = WORD.match(text, run[-1][1] + 1) if run else None
    if behind is not None and behind[0].lower() not in _AFTER_PHRASE:
        size = _as_many(text, run, sum(not word[0].isdigit() for word in leaning.own))
    if size < 2:
        return None
    start, end = run[0][0], run[size - 1][1]
    if not start:
        other = other[0].upper() + other[1:]
    return f"{text[:start]}{other}{text[end:]}?"


def answer_put(leaning: Leaning, named: Named, other: str) -> str | None:
    """The last question with what may be its answer: whether China signed, too.

    So it is meant where that is of the kind that was asked for, and the last question names
    nothing of that kind, for which it could stand.
    """
    asked = asked_by(leaning.past.question)
    if asked is None:
        return None
    kind, word = asked
    if kind == "which" and _COUNTRIES.search(word[0]):
        fits = _is_country(named) and not any(map(_is_country, leaning.names))
    else:
        among = {one.kind for one in leaning.names}
        fits = kind == "who" and named.kind == "person" and among.isdisjoint(("person", "name"))
    if not fits:
        return None
    text = END.sub("", leaning.past.question.marked)
    start, end = word.span()
    return f"{text[:start]}{other}{text[end:]}?"


def _is_country(named: Named) -> bool:
    return len(named.keys) == 1 and is_country(named.keys[0])


def _run(text: str, start: int, terms: Sequence[str]) -> list[tuple[int, int]]:
    """Where the content words stand that follow each other in `text` from `start` on."""
    run: list[tuple[int, int]] = []
    while found := next((one for one in terms if text.startswith(one, start)), None):
        run.append((start, start + len(found)))
        start += len(found) + 1
    return run


def _as_many(text: str, run: Sequence[tuple[int, int]], count: int) -> int:
    """The size of the run's beginning that has so many words, and the figure behind them."""
    size = 0
    for start, _ in run:
        if not text[start].isdigit():
            if not count:
                break
            count -= 1
        size += 1
    return size
