"""A question in the library's words: misspelt ones put right, a capital for its government.

Both only where the documents do not have what was typed, so that nothing that they tell of is
changed: "Thialand" becomes Thailand, and "London declined" the United Kingdom where the passages
speak of it and not of London.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from string import ascii_lowercase

from bilingual.function_words import ENGLISH, VIETNAMESE
from bilingual.lexicon import default_lexicon
from bilingual.marks import Counts
from bilingual.names import evidence_keys, names_place
from bilingual.orthography import ADDRESS, is_syllable, words
from bilingual.places import capitals, place_in_sentence
from bilingual.stems import stems
from bilingual.texts import InterfaceLanguage

_LETTERS = range(5, 21)  # shorter words have too many neighbours, longer ones are none
_LONG_LETTERS = 7  # from here on one letter less or more is a slip
_LOOKED_AT = 8  # unknown words of a question
_WORD = re.compile(r"(?<![\w.@/'’-])[A-Za-z]+(?![\w@/-]|\.\w)")
_QUOTED = re.compile(r"[“\"«][^”\"»]*[”\"»]")
_VOWELS = frozenset("aeiouy")
_LITTLE = ENGLISH | VIETNAMESE
_PREFIX = re.compile(r"^(?:un|re|non|over|under|mis)(?=\w{4})")
_PLURAL = re.compile("(?<!ed|fe|.f)(?<!ing)s$")  # no "drilleds", no "midwifes"

# What stands before a capital that acts; it is a place in "in London" and "the London summit".
_BEFORE = {
    "en": frozenset("did does has have had will would by why how whether that unlike".split()),
    "vi": frozenset("sao bên phía quyền phủ bởi do liệu rằng".split()),
}
_NEEDS_MORE = frozenset({"by", "that"})  # "by London bus"
# What stands behind one that opens a question or clause, or behind the name joined to it.
_JOINED = r"(?:\s+(?:and|or|và|hay|hoặc)\s+\S+(?:\s+\S+)?)?"
_BEHIND = {
    "en": re.compile(
        _JOINED + r"(?:['’]s (?:reason|position|stance|refus|decision|view|signature|answer|state)|"
        r"\s+(?:has|had|will|would|did|does|want|refus|declin|sign|agree|reject|back|"
        r"support|oppos|endors|said|says|join|stay|vote))"
    ),
    "vi": re.compile(
        _JOINED + r"\s+(?:có|không|chưa|đã|sẽ|muốn|nói|phản đối|ủng hộ|đồng ý|đồng thuận|hứa|ký|"
        r"cam kết|kêu gọi|tuyên bố|từ chối|đề nghị|tham gia)\b"
    ),
}
_ENDS = re.compile(r"\s*(?:[?.,!;]|$)|\s+(?:and|or)\b")
_TOGETHER = frozenset("and or và hay hoặc".split())
# What is asked of a city, and not of a government.
_OF_A_CITY = re.compile(
    r"\b(?:population|inhabitants|mayor|airport|hosts?|hosted|how many|hotels?|dc|d\.c|"
    r"dân số|diện tích|thị trưởng|sân bay|bao nhiêu|mấy|khách sạn)\b",
    re.IGNORECASE,
)
_CLAUSE = 3  # words that make a clause before a comma, and not a list


def respelt(text: str, counts: Counts, of_stems: Counts) -> str:
    """`text` with its misspelt words put right.

    Misspelt is what neither the library nor the lexicon knows. Meant is a word of the library with
    two letters exchanged, one less, one more or, if it is long, another (Damerau, 1964); where
    the library has none, the only one of the lexicon, or for a name the only place, by the first
    three of these. The first letter is right, quotations and addresses stay, and so do names of
    several words.

    Args:
        text: A question.
        counts: In how many passages of the library words stand.
        of_stems: In how many passages words of a stem stand.
    """
    hidden = [one.span() for one in (*ADDRESS.finditer(text), *_QUOTED.finditer(text))]
    found: list[tuple[int, int, str]] = []
    tried: dict[str, str | None] = {}
    for match in _WORD.finditer(text):
        typed, word = match[0], match[0].lower()
        if len(word) not in _LETTERS or _within(match, hidden):
            continue
        if word not in tried:
            if len(tried) >= _LOOKED_AT or _is_known(word, counts, of_stems):
                continue
            tried[word] = _meant(word, counts, _kinds(text, match))
        meant = tried[word]
        if meant is not None:
            like = str.upper if typed.isupper() else str.capitalize
            found.append((*match.span(), meant if typed.islower() else like(meant)))
    for start, end, meant in reversed(found):
        text = f"{text[:start]}{meant}{text[end:]}"
    return text


def _kinds(text: str, match: re.Match[str]) -> Sequence[bool]:
    """As what a word may be meant: as a word (False), as a name (True); part of a name as none."""
    if match[0].islower():
        return (False,)
    before = text[: match.start()].split()
    if _goes_on(text[match.end() :]) or (len(before) > 1 and before[-1][0].isupper()):
        return ()
    return (True,) if before and not match[0].isupper() else (False, True)


def _meant(word: str, counts: Counts, kinds: Sequence[bool]) -> str | None:
    """The known word that an unknown one was to be, if one can be told."""
    if not kinds:
        return None
    near = list(dict.fromkeys(one for one in _slips(word) if one != word))
    if False not in kinds:  # Romana and Marco are not Romania and Maroc
        longer = len(word) + (word[-1] not in _VOWELS)
        near = [one for one in near if one[-1] == word[-1] and len(one) <= longer]
    for group in (near, list(_changed(word)) if False in kinds else []):
        found = zip(counts(group), group, strict=True)
        count, best = max(found, default=(0, ""), key=lambda one: one[0])
        if count:
            return best
    for name in kinds:
        is_known = _names_place if name else _has
        known = [one for one in near if is_known(one)]
        if len(known) == 1:
            return known[0]
    return None


def _slips(word: str) -> Iterator[str]:
    """`word` with a letter doubled or not, two exchanged, one less or one more."""
    inner = range(1, len(word))
    yield from (word[:at] + word[at] + word[at:] for at in inner)
    yield from (word[:at] + word[at + 1 :] for at in inner if word[at] == word[at - 1])
    yield from (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in inner[:-1])
    if len(word) > _LONG_LETTERS:
        yield from (word[:at] + word[at + 1 :] for at in inner)
    if len(word) + 1 >= _LONG_LETTERS:
        yield from (word[:at] + letter + word[at:] for at in inner for letter in ascii_lowercase)


def _changed(word: str) -> Iterator[str]:
    """A long `word` with another letter."""
    if len(word) >= _LONG_LETTERS:
        for at in range(1, len(word)):
            yield from (word[:at] + letter + word[at + 1 :] for letter in ascii_lowercase)


def _is_known(word: str, counts: Counts, of_stems: Counts) -> bool:
    """Whether the library or the lexicon has it, or it could be Vietnamese without marks."""
    forms = {word, _PREFIX.sub("", word)}
    stem = stems(list(forms))
    forms |= {one.removesuffix("es") for one in forms} | {*stem}
    forms |= {re.sub("ies?$", "y", one) for one in forms}
    return (
        is_syllable(word)
        or any(map(_has, forms))
        or any(counts(list(forms)))
        or any(of_stems(stem))
    )


def _has(word: str) -> bool:
    """Whether the lexicon has it, or what it may be the plural of."""
    lexicon = default_lexicon()
    return any(
        one in lexicon.vietnamese or one in lexicon.english for one in (word, _PLURAL.sub("", word))
    )


def _names_place(word: str) -> bool:
    return names_place(word.capitalize())


def with_governments(
    text: str, language: InterfaceLanguage, passages: Sequence[str], counts: Counts
) -> str:
    """A question with countries in place of capitals that act for them.

    Args:
        text: The question.
        language: What it is written in.
        passages: What was found for it, which must speak of the country and not of the capital.
        counts: In how many passages of the library words stand.
    """
    if _OF_A_CITY.search(text):
        return text
    hidden = [one.span() for one in _QUOTED.finditer(text)]
    acting = [
        one
        for one in _capitals().finditer(text)
        if _acts(text, one, language) and not _within(one, hidden)
    ]
    if not acting:
        return text
    told = "\n".join(passages)
    known = evidence_keys(told)
    for match in reversed(acting):
        key, forms = _of_capital()[match[0].lower()]
        country = place_in_sentence(key, language)
        if key not in known or not country or any(_stands(one, told, counts) for one in forms):
            continue
        text = f"{text[: match.start()]}{country}{text[match.end() :]}"
    return text


def _acts(text: str, match: re.Match[str], language: InterfaceLanguage) -> bool:
    """Whether a capital does something in a question, and is not where something is."""
    before, after = text[: match.start()].split(), text[match.end() :]
    if after.startswith("-") or _goes_on(after.removeprefix(",")):
        return False
    if before and before[-1] in _TOGETHER:  # "Why did Washington and London"
        before.pop()
        while before and before[-1][0].isupper() and before[-1].lower() not in _LITTLE:
            before.pop()
        if before and before[-1].lower() == "the":
            before.pop()
    last = before[-1].lower() if before else ""
    if not last or (last[-1] in ",;:.?!" and len(before) >= _CLAUSE):
        return _BEHIND[language].match(after) is not None
    if last in _NEEDS_MORE and not (_ENDS.match(after) or _BEHIND[language].match(after)):
        return False
    return last in _BEFORE[language]


def _goes_on(after: str) -> bool:
    """Whether a name goes on in what follows a word."""
    found = re.match(r"\s+([^\W\d_])", after)
    return found is not None and found[1].isupper()


def _stands(name: str, told: str, counts: Counts) -> bool:
    """Whether the library has a name: one of several words, in what was found."""
    parts = words(name)
    return bool(counts(parts)[0]) if len(parts) == 1 else " ".join(parts) in " ".join(words(told))


@cache
def _of_capital() -> dict[str, tuple[str, Sequence[str]]]:
    """Each capital in lower case → its country's key, and how the capital is written."""
    return {form.lower(): (key, forms) for key, forms in capitals().items() for form in forms}


@cache
def _capitals() -> re.Pattern[str]:
    """Any of them."""
    longest_first = sorted(map(re.escape, _of_capital()), key=lambda form: (-len(form), form))
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b", re.IGNORECASE)


def _within(match: re.Match[str], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < match.end() <= end for start, end in spans)
