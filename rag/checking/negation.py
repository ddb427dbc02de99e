"""What a sentence denies, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bilingual.function_words import ENGLISH, VIETNAMESE
from bilingual.orthography import has_marks, normalise
from bilingual.stems import stems

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)*|[,.;:!?…]")
_NEGATORS = frozenset(
    "not never cannot neither nor without no none nobody không chưa chẳng chả chớ đừng suýt".split()
)
_REFUSALS = frozenset("refused declined denied refuse decline deny cấm".split())
# Denials of two words: từ chối, phủ nhận, bác bỏ, "failed to".
_SECOND = {"từ": "chối", "phủ": "nhận", "bác": "bỏ"} | dict.fromkeys(
    "fail fails failed failing".split(), "to"
)
# Verbs whose aim may be allowed or admitted in another place.
_NOT_FLAT = frozenset("cấm phủ bác".split())
_DENYING = _NEGATORS | _REFUSALS | _SECOND.keys()
# A thing can decline too. Somebody does to do something, "to 40%" and "to a low" aside, or what
# was offered.
_DECLINED = frozenset({"declined", "decline"})
_ARTICLES = frozenset("a an the his her its their our my your any all this that".split())
_AMOUNTS = _ARTICLES | frozenset(
    "about around roughly approximately almost nearly just only under below over above less more "
    "fewer between zero nil one two three four five six seven eight nine ten eleven twelve some "
    "record levels near".split()
)
_OFFERED = frozenset(
    "offer offers invitation invitations invite request requests proposal proposals bid comment "
    "interview interviews nomination award prize honour honor job role post position application "
    "applications appeal option opportunity chance terms treatment".split()
)
# "không" and "no" in other senses: not only, space, air, aviation, no matter, no doubt.
_NOT_A_DENIAL = frozenset(
    [("không", after) for after in "chỉ những gian khí quân phận trung kích nhất ngừng".split()]
    + [("not", "only"), ("not", "just"), ("not", "least"), ("no", "matter"), ("no", "doubt"),
       ("no", "later"), ("no", "fewer"), ("no", "less")]
)  # fmt: skip
_NOT_AFTER = frozenset(
    [("hàng", "không"), ("hay", "không"), ("whether", "not"), ("or", "not")]
    # A ban may be lifted, and what is forbidden found.
    + [(before, "cấm") for before in "lệnh dỡ gỡ bỏ vùng khu biển hàng chất điều đường giờ".split()]
)
# Between the negation and what it denies.
_SKIPPED = ENGLISH | VIETNAMESE | frozenset("hề từng bao giờ muốn hoàn toàn longer".split())
_REACH_WORDS = 6
_MORE_OR_LESS = (
    "(?:more|less|fewer|greater|higher|lower|longer|shorter|later|earlier|older|younger|larger"
    "|smaller) than|exceed(?:s|ed|ing)?"
    "|(?:ít|nhiều|cao|thấp|lớn|nhỏ|kém|muộn|sớm|chậm|dài|lâu) hơn"
    "|vượt quá|vượt|quá|hơn|dưới|kém|đầy"
)
# Of a place or an aim as well, unless the number is in figures.
_BEYOND = "over|above|under|below|beyond|trên|đến|tới|đạt"
_NUMBER = (
    r"[^\w.;:!?]+(?:\w+[^\w.;:!?]+)?(?:\d|(?:an?|one|two|three|four|five|six|seven|eight|nine|ten"
    "|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|half"
    "|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|trăm|nghìn|ngàn|triệu|tỷ|tỉ|nửa|vài)(?!\\w))"
)
# Without marks too; "hang khong" is aviation, "khong khi" air.
_UNMARKED_NOT = re.compile(
    r"(?<!\w)(?<!hang )(?<!hay )khong(?!\w)"
    r"(?! (?:chi|nhung|gian|khi|quan|phan|trung|kich|nhat|ngung)(?!\w))"
)
# "no more than 20", "không quá 30 ngày": how many, and nothing denied.
_BOUND = re.compile(
    r"(?<!\w)(?:no|not|cannot|không|chẳng|chưa)(?:\s+(?:be|được|phải))*\s+"
    rf"(?:(?:{_MORE_OR_LESS})(?={_NUMBER})|(?:{_BEYOND})(?=[^\w.;:!?]+\d))"
)
# "not rise by more than 10%" denies no rise.
_BOUNDED = re.compile(rf"(?<!\w)(?:more than|less than|over|exceeding|quá|hơn|dưới)(?={_NUMBER})")
# "not all", "không phải mọi": what holds of some.
_PARTLY = re.compile(
    r"(?:(?:phải|là|necessarily|always|quite|yet|hẳn|luôn)\s)*"
    r"(?:all|every|everyone|everybody|everything|always|necessarily|tất cả|mọi|toàn bộ|luôn)(?!\w)"
)
_CONDITION = re.compile(
    r"(?<!\w)(?:if|unless|until|till|without|except|before|provided|nếu|trừ|miễn là|cho đến"
    r"|đến khi|trước khi|khi chưa|khi không|mà không|mà chưa)(?!\w)"
)
_OPENING = re.compile(
    r"\W*(?:only )?(?:if|unless|provided|assuming|nếu|trừ khi|trừ phi|miễn là|với điều kiện"
    r"|chỉ khi)(?!\w)"
)
_BEFORE_CONDITIONED = frozenset("if unless whether nếu trừ".split())
# "chỉ huy" commands, "chỉ số" is an index.
_ONLY = re.compile(
    r"(?<!\w)(?:only|chỉ(?! (?:huy|đạo|định|ra|số|thị|dẫn|tiêu|trích|rõ|báo|tay)(?!\w)))(?!\w)"
)
# Stems of what "free of charge" denies.
_PAYING = frozenset(stems("trả tiền phí mất tốn thu tính".split()))
# "No one but the captain", "ngoài thuyền trưởng, không ai": of these the contrary holds.
_OTHERS = re.compile(
    r"(?<!\w)(?:(?:one|nobody|none|nothing|nowhere|anyone|anybody|anything|anywhere|else) "
    r"(?:but|except|besides|save|outside)|other than|apart from|outside"
    r"|(?:ai|nơi|chỗ|đâu|nào|gì|khác) (?:khác )?ngoài"
    r"|ngoài [^.;!?]{1,60} ?, (?:không|chẳng|chưa)(?: có)? (?:ai|nơi|chỗ|một|cái))(?!\w)"
)
# What stands around a clause and takes it back: before it "doctors doubt that", behind it "is
# false", "except those selling alcohol".
_CLAUSE_BREAK = re.compile(r"[,;:–—]|(?<!\w)(?:and|but|while|whereas|và|nhưng|còn)(?!\w)")
_DOUBTING = re.compile(
    r"(?<!\w)(?:doubt(?:s|ed|ing)?|disput(?:es?|ed|ing)|claim(?:s|ed|ing)?|alleg(?:es?|ed|edly)"
    r"|accus(?:es?|ed|ing)|suspect(?:s|ed)?|rumou?r(?:s|ed)?|pretend(?:s|ed)?|wrongly|falsely"
    r"|other than|except|nghi ngờ|nghi|đồn|tin đồn|cáo buộc|tố|vu|giả vờ|ngoài|trừ)(?!\w)"
)
_REPORTING = re.compile(r"(?<!\w)(?:that|whether|rằng|liệu|việc|là)\s*\Z")
_TAKEN_BACK = re.compile(
    r"\W*(?:(?:is|are|was|were|là|đã|has been|have been)\W+(?:\w+ly )?"
    r"(?:false|untrue|wrong|a lie|lies|denied|disproved|refuted|sai|bịa|giả|không đúng|bị bác)"
    r"|(?:is|was|are|were)(?: not|n['’]t) (?:true|so|the case)"
    r"|except|unless|save for|apart from|other than|if|ngoại trừ|trừ|nếu|ngoài)(?!\w)"
)
_CLAUSE_WORDS = 14
_SENTENCE_ENDS = frozenset(".;:!?…")
# Verbs and the like that say "not" of what follows, in English by their stems. Bare "ban" is also
# Vietnamese for a committee.
_EXCLUDING_STEMS = frozenset(
    "fail failur lack absent absenc prohibit forbid forbidden forbad exempt avoid refus deni "
    "reject prevent exclud escap unabl".split()
)
_EXCLUDING = frozenset(
    "bans banned banning rarely seldom hardly barely scarcely cấm miễn tránh thiếu trừ".split()
)


def negated(text: str, *, flatly: bool = False) -> dict[str, str]:
    """What `text` denies: the stem of the first content word after each negation → the words.

    Args:
        text: One sentence or more.
        flatly: Leave out what is denied only of some, up to a bound, or on a condition.
    """
    tokens = _tokens(text)
    found: dict[str, str] = {}
    for index in _negations(tokens):
        last = _denied(tokens, index)
        if last is not None and not (flatly and _is_qualified(tokens, index, last)):
            found.setdefault(stems([tokens[last]])[0], " ".join(tokens[index : last + 1]))
    return found


def not_negated(text: str) -> frozenset[str]:
    """Stems of the content words that stand in `text` without a negation just before."""
    tokens = _tokens(text)
    denied: set[int] = set()
    for index in _negations(tokens):
        denied.add(index)
        first = index + 1 + (tokens[index] in _SECOND)
        for last in range(first, min(first + _REACH_WORDS, len(tokens))):
            denied.add(last)
            if not _is_skipped(tokens, last) or not tokens[last][0].isalnum():
                break
    kept = [word for at, word in enumerate(tokens) if at not in denied and word[0].isalnum()]
    return frozenset(stems(kept))


def says_not(text: str) -> bool:
    """Whether `text` denies anything."""
    return any(True for _ in _negations(_tokens(text)))


def denies(text: str, besides: str | None = None) -> bool:
    """Whether `text` says "not" in any way, be it by a verb: "fails to", "forbids", "miễn".

    Args:
        text: One sentence or more.
        besides: The stem of a verb that does not count. Where it is not about paying, neither does
            "miễn phí", free of charge.
    """
    tokens = _tokens(text)
    undone: set[int] = set()  # "not forbidden" denies nothing
    for index in _negations(tokens):
        last = _denied(tokens, index)
        if last is None or not _excludes(tokens, last):
            return True
        undone.add(last)
    return any(
        _excludes(tokens, at)
        and stems([word])[0] != besides
        and not (_is_free(tokens, at) and besides is not None and besides not in _PAYING)
        for at, word in enumerate(tokens)
        if at not in undone
    )


def restricts(text: str) -> bool:
    """Whether `text` holds on a condition or of these only, which may be a denial reworded."""
    return singles_out(text) or _CONDITION.search(normalise(text)) is not None


def singles_out(text: str) -> bool:
    """Whether `text` says something of these only."""
    return _ONLY.search(normalise(text)) is not None


def leaves_out(text: str) -> bool:
    """Whether `text` denies something of all others than those it names: "no one but"."""
    return _OTHERS.search(normalise(text)) is not None and says_not(text)


def opens_condition(text: str) -> bool:
    """Whether `text` begins with a condition that the rest is bound to: "if", "nếu"."""
    return _OPENING.match(normalise(text)) is not None


def taken_back(before: str, after: str) -> bool:
    """Whether a clause does not hold by itself for what stands around it in its sentence."""
    led = _CLAUSE_BREAK.split(normalise(before))[-1]
    return (
        denies(led)
        or _DOUBTING.search(led) is not None
        or (_REPORTING.search(led) is not None and denies(before))
        or opens_condition(before)
        or _TAKEN_BACK.match(normalise(after)) is not None
    )


def reported(before: str) -> bool:
    """Whether what stands before a clause tells it as what somebody says: "announced that"."""
    return _REPORTING.search(normalise(before)) is not None


@lru_cache(maxsize=2048)  # the same few passages are asked again for each sentence of an answer
def _tokens(text: str) -> tuple[str, ...]:
    plain = normalise(text)
    if not has_marks(plain):
        plain = _UNMARKED_NOT.sub("không", plain)
    return tuple(_WORD.findall(_BOUND.sub("", plain)))


def _denied(tokens: Sequence[str], negation: int) -> int | None:
    """Where the first content word after a negation stands; None for a figure, or none near."""
    first = negation + 1 + (tokens[negation] in _SECOND)
    for at in range(first, min(first + _REACH_WORDS, len(tokens))):
        word = tokens[at]
        if not word[0].isalpha():
            return None
        if not _is_skipped(tokens, at):
            return at
    return None


def _is_skipped(tokens: Sequence[str], at: int) -> bool:
    """Whether the word there stands between a negation and what it denies.

    In "without their signature", "không có chữ ký", it is the signing.
    """
    signature = tuple(tokens[at : at + 2]) == ("chữ", "ký")
    return tokens[at] in _SKIPPED or signature


def _is_qualified(tokens: Sequence[str], negation: int, denied: int) -> bool:
    """Whether a negation leaves room for the contrary: of some, beyond a bound, on a condition."""
    start = end = negation
    while start and tokens[start - 1][0].isalnum():
        start -= 1
    while end < min(negation + _CLAUSE_WORDS, len(tokens)) and tokens[end] not in _SENTENCE_ENDS:
        end += 1
    after = " ".join(tokens[negation + 1 : end])
    before = tokens[start:negation]
    undoes = tokens[negation] == "without" or before[-1:] in (("mà",), ("khi",))
    return (
        tokens[negation] in _NOT_FLAT
        or not _BEFORE_CONDITIONED.isdisjoint(before)
        or (undoes and not _NEGATORS.isdisjoint(before))
        or _PARTLY.match(after) is not None
        or _CONDITION.search(after) is not None
        or _BOUNDED.search(after) is not None
        or _OTHERS.search(_sentence_at(tokens, negation)) is not None
        or any(
            _excludes(tokens, at) and not _is_free(tokens, at)
            for at in range(denied + 1, min(denied + 4, end))
        )
    )


def _sentence_at(tokens: Sequence[str], at: int) -> str:
    """The sentence around a word."""
    start = end = at
    while start and tokens[start - 1] not in _SENTENCE_ENDS:
        start -= 1
    while end < len(tokens) and tokens[end] not in _SENTENCE_ENDS:
        end += 1
    return " ".join(tokens[start:end])


def _excludes(tokens: Sequence[str], at: int) -> bool:
    """Whether the word there denies without a "not"."""
    word = tokens[at]
    if word == "ban":
        return tuple(tokens[at + 1 : at + 2]) == ("on",)
    return word in _EXCLUDING or (word.isascii() and stems([word])[0] in _EXCLUDING_STEMS)


def _is_free(tokens: Sequence[str], at: int) -> bool:
    """Whether "miễn phí" stands there, free of charge."""
    return tuple(tokens[at : at + 2]) == ("miễn", "phí")


def _is_refusal(tokens: Sequence[str], at: int) -> bool:
    """Whether "declined" there is what somebody said to something asked or offered."""
    after = [word for word in tokens[at + 1 : at + 5] if word[0].isalnum()]
    if after[:1] == ["to"]:
        return len(after) > 1 and after[1][0].isalpha() and after[1] not in _AMOUNTS
    while after and after[0] in _ARTICLES:
        del after[0]
    return not _OFFERED.isdisjoint(after[:2])


def _undone(tokens: Sequence[str], at: int) -> bool:
    """Whether what denies there is itself denied: "did not fail to", "không bác bỏ"."""
    return any(
        word in _NEGATORS or word.endswith(("n't", "n’t")) for word in tokens[max(0, at - 2) : at]
    )


def _negations(tokens: Sequence[str]) -> Iterator[int]:
    """Where a negation stands."""
    for index, word in enumerate(tokens):
        if not (word in _DENYING or word.endswith(("n't", "n’t"))):
            continue
        before = tokens[index - 1] if index else ""
        after = tokens[index + 1] if index + 1 < len(tokens) else ""
        if word in _SECOND and (after != _SECOND[word] or _undone(tokens, index)):
            continue
        if word in _DECLINED and not _is_refusal(tokens, index):
            continue
        if (word, after) not in _NOT_A_DENIAL and (before, word) not in _NOT_AFTER:
            yield index
