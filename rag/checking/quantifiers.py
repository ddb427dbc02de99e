"""How much of something a sentence speaks of: all or some of it, more or less than a number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from bilingual.orthography import normalise, words
from bilingual.stems import stems
from bilingual.units import default_units
from rag.checking.number_words import ENGLISH_TENS, ENGLISH_UNITS, SCALES, VIETNAMESE_UNITS
from rag.checking.numerals import Figure

Bound = Literal["more", "less"]
Amount = Literal["all", "most", "some", "few"]

_NOT = r"(?:no|not|cannot|không|chẳng)\s+(?:(?:be|to|được|phải)\s+)*"
# A "not" just before turns these about; "kém" is a bound only then.
_OVER = (
    "(?:more|greater|higher|larger|bigger|longer|older|heavier|dearer|costlier|wider|deeper|taller"
    "|thicker|hotter|warmer|stronger|farther|further|later) than|more expensive than"
    "|over|above|beyond|exceed(?:s|ed|ing)?"
    "|(?:cao|lớn|to|nhiều|dài|lâu|nặng|đắt|mắc|rộng|sâu|già|dày|nóng|mạnh|xa) hơn"
    r"|vượt quá|vượt|hơn|trên|quá(?=\W+\Z)"
)
_UNDER = (
    "(?:less|fewer|lower|smaller|shorter|younger|lighter|cheaper|narrower|shallower|thinner|colder"
    "|cooler|weaker|nearer|closer|earlier) than|less expensive than|under|below"
    "|(?:thấp|nhỏ|ít|kém|ngắn|nhẹ|rẻ|trẻ|hẹp|nông|cạn|mỏng|lạnh|yếu|gần) hơn|dưới"
)
# Of these it depends on what is counted: faster than 60 km/h is more, than 10 minutes less. And
# "sớm hơn 10 phút" is rather earlier by as much.
_FASTER, _SLOWER = "(?:faster|quicker) than|nhanh hơn", "slower than|chậm hơn"
_BY_SO_MUCH = "(?:sớm|muộn|trễ) hơn"
_SPEED = re.compile(
    r"\s*(?:[^\W\d_]+\s?(?:/|per\b|an?\b|một\b|mỗi\b)|(?:km|dặm)\s?(?:[-–]giờ|\s*giờ)"
    r"|(?:mph|kph|kmh|knots?|hải lý)\b)",
    re.IGNORECASE,
)
_MORE = rf"at least|upwards of|minimum of|ít nhất|tối thiểu|chí ít|{_NOT}kém"
_LESS = (
    "at most|up to|nearly|almost|maximum of|nhiều nhất|tối đa|gần(?! hơn)"
    rf"|(?:chưa|không) (?:đầy|đến|tới|đạt)|chưa quá|{_NOT}quá"
)
# "Over the 5 years" is no bound.
_BETWEEN = r"[^\w.!?;]+(?:(?!(?:the|this|these|those|its|their|all|các|những)\s)\w+\s)?"
_BOUND = re.compile(
    rf"(?<!\w)(?:(?P<less>{_LESS})|(?P<more>{_MORE})|(?P<apart>{_BY_SO_MUCH})"
    rf"|(?P<turned>{_NOT})?(?:(?P<faster>{_FASTER})|(?P<slower>{_SLOWER})"
    rf"|(?P<over>{_OVER})|(?P<under>{_UNDER}))){_BETWEEN}\Z",
    re.IGNORECASE,
)
# "65 and over", "5,000 dollars or less", "từ 60 tuổi trở lên"; not "65 men and over 20 women".
_COMPARED_UP = "more|over|above|older|longer|higher|greater|larger|heavier|later|better"
_COMPARED_DOWN = "less|fewer|under|below|younger|shorter|lower|smaller|lighter|cheaper|earlier"
_NUMBER = rf"\d|[$€£]|(?:an?|{'|'.join((*ENGLISH_UNITS, *ENGLISH_TENS, *SCALES))})\b"
_BEHIND = re.compile(
    r"(?:[\s-]*[%°]|[\s-]+(?!(?:and|or|và|hoặc|hay)\s)[^\W\d]+){0,3}\s+(?:"
    rf"(?P<more>(?:and|or)\s+(?:{_COMPARED_UP}|up|upwards)|trở lên|đổ lên"
    r"|(?:hoặc|hay)\s+(?:cao\s+|lớn\s+|nhiều\s+|dài\s+|lâu\s+)?hơn)"
    rf"|(?P<less>(?:and|or)\s+(?:{_COMPARED_DOWN})|trở xuống|đổ xuống|đổ lại"
    r"|(?:hoặc|hay)\s+(?:ít|thấp|nhỏ|ngắn|kém)\s+hơn|(?:hoặc|hay)\s+dưới))"
    rf"(?!\w)(?!\s+(?:than|the|this|its|their|all|{_NUMBER}))",
    re.IGNORECASE,
)
# "would not rise by more than 10%", "không có hơn 100": a bound, but on which side?
_DENIED = re.compile(
    r"(?<!\w)(?:no|not|never|cannot|\w+n['’]t|không|chẳng|chưa)"
    r"(?:\s+(?!(?:and|or|but|và|hoặc|nhưng|mà)(?!\w))\w+){1,4}\s+\Z"
)
_LOOK_BACK = 48
_LOOK_AHEAD = 60
_ALL = (
    "all of the|all the|all|every one of the|every|each of the|each"
    "|tất cả các|tất cả những|tất cả mọi|tất cả|toàn bộ các|toàn bộ|mọi"
)
_MOST = (
    "most of the|most of its|most of their|most|many of the|many|the majority of the"
    "|many|the majority of|phần lớn các|phần lớn|đa số các|đa số|hầu hết các|hầu hết"
    r"|rất nhiều|nhiều(?! (?:nhất|hơn|lần)\b)"
)
_SOME = (
    "some of the|some|a few of the|a few|several of the|several|half of the"
    "|một số|một vài|vài|một nửa"
)
_FEW = (
    "very few of the|very few|few of the|few of its|few|hardly any of the|hardly any"
    r"|rất ít|(?<!không )(?<!chẳng )ít(?! (?:nhất|hơn|nhiều|ra|khi|lâu|có)\b)"
)
# Before "all" these make most, or some, of it; before "many" few.
_NEARLY = "nearly|almost|virtually|practically|gần như|hầu như"
_NOT_QUITE = r"not|never|\w+n['’]t|không phải là|không phải|chẳng phải|không"
_COUNT = rf"\d+|{'|'.join((*ENGLISH_UNITS, *ENGLISH_TENS, *VIETNAMESE_UNITS, 'mười'))}"
# "Two of the three judges", "hai trong ba thẩm phán" are some of them.
_QUANTIFIED = re.compile(
    rf"(?<!\w)(?:(?:(?P<nearly>{_NEARLY})\s+)?(?:(?P<part>{_NOT_QUITE})\s+)?"
    rf"(?:(?P<all>{_ALL})|(?P<most>{_MOST})|(?P<few>{_FEW})|(?P<some>{_SOME}))"
    rf"|(?P<share>{_COUNT})\s+(?:of\s+(?:the|its|their)|trong(?:\s+số|\s+tổng\s+số)?)(?=\s+(?:{_COUNT})\b))"
    r"\s+(?:(?:of|the|its|their|our|his|her|trong|số|trong số)\s+)*"
    rf"(?:(?P<whole>{_COUNT})\s+)?(?=(?P<rest>\w+(?:\s+\w+){{0,3}}))"
)
_OPENS = re.compile(r"(?:\A|[.;:!?]\s+)\Z")
_EVERYONE = re.compile(
    r"\b(?:everyone|everybody|anyone|anybody|all|every|each|any)\b"
    r"|\b(?:ai cũng|ai ai|mọi|tất cả|toàn bộ|bất kỳ|bất cứ)\b"
)
_ONLY_OPENS = re.compile(
    r"(?:^|[.;:,]\s+)(?P<some>(?:only|chỉ)\s+"
    r"(?!(?:after|when|if|in|on|at|from|khi|sau|từ|trong|nếu|có|là|mới)\b)\w+(?:\s+\w+){0,2})"
)


def bound(figure: Figure, text: str) -> Bound | None:
    """Whether `text` says more or less than `figure`; None for the figure itself."""
    before = _before(figure, text)
    found = _BOUND.search(before)
    if found is None:
        behind = _BEHIND.match(text, figure.end, figure.end + _LOOK_AHEAD)
        return None if behind is None else "less" if behind["less"] else "more"
    if found["apart"] or (not found["turned"] and _DENIED.search(before[: found.start()])):
        return None
    over, under = found["over"], found["less"] or found["under"]
    if found["faster"] or found["slower"]:
        if not _SPEED.match(text, figure.end):
            return None
        over, under = found["faster"], found["slower"]
    less = over if found["turned"] else under
    return "less" if less else "more"


def around(figure: Figure, text: str) -> str:
    """The figure with the words around it that make it a bound."""
    before = _before(figure, text)
    if found := _BOUND.search(before):
        # What is compared has its words in the same places, whether normalised or not.
        start = figure.start - len(before) + found.start()
        return text[start : figure.end]
    behind = _BEHIND.match(text, figure.end, figure.end + _LOOK_AHEAD)
    return text[figure.start : behind.end() if behind else figure.end]


def _before(figure: Figure, text: str) -> str:
    """What stands before a figure, in the same paragraph: a title denies nothing below it."""
    before = normalise(text[max(0, figure.start - _LOOK_BACK) : figure.start])
    return before.rpartition("\n\n")[2]


@lru_cache(maxsize=2048)  # an answer's sentences are held against the same few passages
def quantified(text: str) -> dict[str, dict[Amount, str]]:
    """How much of what `text` speaks of: stems of the word → which amount → as written.

    The word is a compound in Vietnamese: "công chức" is not "công ty". A number between, "most of
    its 41 branches", is a key too, "#41", by which a sentence compares across languages.
    """
    found: dict[str, dict[Amount, str]] = {}
    for match in _QUANTIFIED.finditer(normalise(text)):
        which = _amount(match)
        keys = [" ".join(stems(unit.split())) for unit in _first_unit(match["rest"])]
        written = match[0] + "".join(_first_unit(match["rest"]))
        if match["whole"]:
            keys.append(f"#{_number(match['whole'])}")
        for key in keys:
            found.setdefault(key, {}).setdefault(which, written)
    return found


def other_amount(
    claimed: Mapping[str, Mapping[Amount, str]],
    there: Mapping[str, Mapping[Amount, str]],
    written: Mapping[str, Mapping[Amount, str]],
) -> str | None:
    """What the place has, as written, of which a claim says all, or few for most and so on.

    Args:
        claimed: What the claim has, as `quantified`.
        there: What the place has that it most likely rests on.
        written: What all that it cites has.
    """
    for key, amounts in claimed.items():
        for amount in amounts:
            for other in _AGAINST.get(amount, ()):
                agrees = {amount, *_AS_WELL[amount]}
                if other in there.get(key, {}) and agrees.isdisjoint(written.get(key, {})):
                    return there[key][other]
    return None


def opening(text: str) -> Mapping[str, Mapping[Amount, str]]:
    """What `text` speaks of how much of, whatever it is, where a sentence or clause opens so."""
    text = normalise(text)
    found: dict[Amount, str] = {}
    for match in _QUANTIFIED.finditer(text):
        if _OPENS.search(text, 0, match.start()):
            found.setdefault(_amount(match), match[0] + "".join(_first_unit(match["rest"])))
    return {"": found}


def everyone(text: str) -> bool:
    """Whether `text` speaks of everyone, or of all of something."""
    return _EVERYONE.search(normalise(text)) is not None


def only_some(text: str) -> str | None:
    """How a clause of `text` opens that speaks of some alone: "only members"; None if none does."""
    found = _ONLY_OPENS.search(normalise(text))
    return found["some"] if found else None


_AGAINST: Mapping[Amount, Sequence[Amount]] = {
    "all": ("most", "some", "few"),
    "most": ("few",),
    "few": ("most", "all"),
}
# What is said of all is said of most of it.
_AS_WELL: Mapping[Amount, Sequence[Amount]] = {"all": (), "most": ("all", "some"), "few": ("some",)}


def _amount(match: re.Match[str]) -> Amount:
    if match["share"]:
        return "some"
    if match["part"]:
        return "few" if match["most"] else "some"
    if match["all"]:
        return "most" if match["nearly"] else "all"
    return "most" if match["most"] else "few" if match["few"] else "some"


def _first_unit(rest: str) -> Sequence[str]:
    return default_units().segment(words(rest))[:1]


def _number(word: str) -> int:
    numbers = ENGLISH_UNITS | ENGLISH_TENS | VIETNAMESE_UNITS | {"mười": 10}
    return int(word) if word.isdecimal() else numbers[word]
