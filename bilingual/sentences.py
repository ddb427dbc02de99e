"""Sentence boundaries in Vietnamese and English text, by rules that can be read.

A full stop ends a sentence unless it belongs to an abbreviation, an initial, a number, a web
address or a label in front of its text ("Điều 5. Gia hạn"), or stands in a bracket; closing quotes
and brackets go with the sentence they close. Lines that start a list item, and blank lines, always
end one. Offsets are exact: nothing of a sentence is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bilingual.orthography import fold

# Abbreviations after which a full stop does not end a sentence. Written with a capital: titles and
# administrative units (TP., GS., Q., NĐ.), in Vietnamese and English. "v.v." and "etc." are left
# out: what follows decides (see _opens_sentence).
_CAPITALISED = frozenset(
    "tp ts tskh gs pgs ths bs ks kts ls cn nxb tx tt q p h x nđ qđ tr đt đc đ/c ubnd hđnd "
    "nsnd nsưt ttnd ttưt mr mrs ms dr prof sr jr rev hon gen col lt sgt capt st mt messrs dept "
    "univ assn".split()
)
# Those of them that stand behind a name too, and may so end a sentence: "on Main St. The shop".
_AFTER_NAME = frozenset("sr jr st dept univ assn".split())
_AS_WRITTEN = frozenset(
    "vs cf eg ie approx pp vol ed eds al fig figs eq tr st tp tx gs pgs ts ths bs vd Vd Lm".split()
)
_DOTTED = frozenset("e.g i.e".split())
# Posts and places written with a capital, which end a sentence as well ("… ở BV. Sau đó"): a stop
# after them is theirs only before a name, told by its two capitals: "BV. Chợ Rẫy".
_BEFORE_NAME = frozenset("gđ pgđ hlv btv pv bch đh bv cty kcn clb htx".split())
# For whom one signs, only where a line starts: "KT. GIÁM ĐỐC", "TL. Hiệu trưởng".
_SIGNING = frozenset("TM KT TL TUQ".split())
# Abbreviations only before a figure: "Feb. 10", "max. 5", "Tel. +84"; else ordinary words or
# sentence ends.
_BEFORE_FIGURE = frozenset(
    "art sec ch cl para paras vol p pp fig figs eq tel fax max min approx est "
    "jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
# With a capital these too, of roads and houses and rows: "QL. 1A", "KP. 3".
_CAPITALISED_BEFORE_FIGURE = frozenset("stt ql tl km sn kp tdp".split())
# And these before a code that holds a figure as well: "part no. NV-H13".
_BEFORE_CODE = frozenset("no nos ref ext".split())
# Of two in a row, the first ends nothing: "Co. Ltd.", "Sdn. Bhd.".
_COMPANY = frozenset("co corp inc ltd llc plc pte pty sdn bhd kg".split())
# Labels, without marks, whose number stands before the text that it numbers: "Bước 1. Mở nắp".
_LABEL_WORDS = (
    "article chapter section part step clause appendix annex schedule question example figure "
    "table lesson unit module phase stage principle rule note day week "
    "dieu khoan diem chuong muc phan tiet buoc cau cau_hoi bai hinh bang phu_luc vi_du ghi_chu "
    "giai_doan nguyen_tac yeu_cau muc_tieu ngay tuan"
)
# Words that start a new sentence after an initial or "U.S.", where a name would not.
_STARTERS = frozenset(
    "the this that these those it he she they we you i in on at but and however there a an "
    "đó đây ông bà họ nó sau trong theo tuy khi các những một đồng ngoài tại vì nếu với".split()
)

_END = re.compile(r"""[.!?…。]+["'”’»)\]】]*(?=\s|$|["“«(\[])|[.!?…](?=["“«])""")
_ITEM = re.compile(r"[ \t]*(?:[-*+•–—]|\d{1,3}[.)]|\((?:\d{1,3}|[a-zđ])\)|[a-zđ][.)])[ \t]+")
_WORD_BEFORE = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*$")
_WORD_AT_START = re.compile(r"[^\W\d_]+")
_NUMBER = r"(?:\d{1,4}(?:\.\d{1,3})*[a-z]?|[IVXLC]+|[A-Za-z]|(?i:thu \w+))"
_LABEL = re.compile(
    rf"\W*(?:(?i:{'|'.join(_LABEL_WORDS.split()).replace('_', ' ')})\s+{_NUMBER}\W*)+"
)
_BARE_NUMBER = re.compile(r"\W*(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{2,}|[A-Z])")
_LONGEST_LABEL_CHARS = 40
_FIGURE = re.compile(r"[(+#]*\d")
_CODE = re.compile(r"[^\s\d]*\d")
# Within a bracket nothing ends that closes as soon as this.
_BRACKET_CHARS = 60
# Editors wrap at 72 to 120 columns; a line shorter than the second number may be a heading.
_WRAP_CHARS = 125
_HEADING_CHARS = 40
# Around a stop no more is looked at, so that a sentence of a million letters costs no hours: for
# the word before it, for an open bracket, and for what follows.
_LONGEST_WORD_CHARS = 100
_BRACKETED_CHARS = 2000
_FOLLOWING_CHARS = 200
_SPACE = re.compile(r"\s*")
_OPENER = re.compile(r"""["'“‘«(\[]*""")


def split(text: str) -> list[tuple[int, int]]:
    """The sentences of `text`, in order, as offsets (end exclusive).

    A line break inside a paragraph does not end a sentence when the next line goes on with it
    (starts in lower case); a list marker is left out of the sentence that follows it.
    """
    found: list[tuple[int, int]] = []
    for start, end in _blocks(text):
        found.extend(_in_block(text, start, end))
    return found


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that belong together: paragraphs, list items without their marker."""
    block: tuple[int, int] | None = None
    previous = ""
    for start, line, width in _lines(text):
        end = start + len(line)
        marker = _ITEM.match(line)
        if block is not None and not marker and _goes_on(previous, line, width):
            block = (block[0], end)
        else:
            if block is not None:
                yield block
            offset = marker.end() if marker and marker.end() < len(line) else 0
            block = (start + offset, end) if line.strip() else None
        previous = line.strip()
    if block is not None:
        yield block


def _lines(text: str) -> Iterator[tuple[int, str, int]]:
    """Lines with their offset and the longest line of their paragraph, in characters."""
    lines = text.splitlines(keepends=True)
    position = index = 0
    while index < len(lines):
        last = index + 1
        while last < len(lines) and lines[last].strip():
            last += 1
        width = max(len(line) for line in lines[index:last])
        for line in lines[index:last]:
            yield position, line, width
            position += len(line)
        index = last


def _goes_on(previous: str, line: str, width: int) -> bool:
    """Whether `line` continues the sentence of the line before it.

    It does when it starts in lower case, or when the paragraph is hard-wrapped (no line over
    `_WRAP_CHARS`) and the line before was about full.
    """
    body = line.strip()
    if not body or not previous:
        return False
    if body[0].islower():
        return True
    return width <= _WRAP_CHARS and len(previous) > 0.7 * width and len(previous) > _HEADING_CHARS


def _in_block(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences of one paragraph."""
    begin = start
    for match in _END.finditer(text, start, end):
        if _ends_sentence(text, begin, match, end, first=begin == start):
            yield from _stripped(text, begin, match.end())
            begin = match.end()
    yield from _stripped(text, begin, end)


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without outer white space, if it holds a letter or a digit."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(char.isalnum() for char in text[start:end]):
        yield start, end


def _is_label(said: str, *, first: bool) -> bool:
    """Whether all that a sentence has `said` is the label of what follows, as "Điều 5".

    Args:
        first: It starts a paragraph or a list item: there a number is a label by itself.
    """
    if len(said) > _LONGEST_LABEL_CHARS:
        return False
    plain = fold(said)
    found = _LABEL.fullmatch(plain) or (first and _BARE_NUMBER.fullmatch(plain))
    return bool(found)


def _in_bracket(text: str, begin: int, place: int, end: int) -> bool:
    """Whether `place` is within a bracket opened since `begin` that closes soon after."""
    begin = max(begin, place - _BRACKETED_CHARS)
    for opening, closing in ("()", "[]"):
        if text.rfind(opening, begin, place) <= text.rfind(closing, begin, place):
            continue
        closed = text.find(closing, place, min(end, place + _BRACKET_CHARS))
        if closed >= 0 and text.find(opening, place, closed) < 0:
            return True
    return False


def _ends_sentence(text: str, begin: int, match: re.Match[str], end: int, *, first: bool) -> bool:
    """Whether the punctuation at `match` closes the sentence that started at `begin`.

    Args:
        first: The sentence starts a paragraph or a list item.
    """
    opens = _SPACE.match(text, match.end(), end)
    behind = opens.end() if opens else match.end()
    following = text[behind : min(end, behind + _FOLLOWING_CHARS)]
    if not following:
        return True
    if _in_bracket(text, begin, match.end(), end):
        return False
    mark = match[0]
    if mark[0] != "." or mark.startswith(".."):
        # "!" and "?" inside a quotation go on with the reporting clause: “Why?” she asked.
        return _opens_sentence(following)
    if _is_label(text[begin : match.start()], first=first):
        return False
    nearest = max(begin, match.start() - _LONGEST_WORD_CHARS)
    before = _WORD_BEFORE.search(text, nearest, match.start())
    if before is None:
        return _opens_sentence(following)
    last = before[0].rsplit(".", 1)[-1]
    if len(last) == 1 and last.isupper():
        # An initial (J. Vance, P.A.T, U.S.): names are far commoner after it than new sentences.
        return _first_word(following) in _STARTERS
    if "." in mark[1:]:
        return _opens_sentence(following)
    if last in _SIGNING and first and before.start() == begin:
        return False
    if _is_abbreviation(before[0], last, following):
        return last.lower() in _AFTER_NAME and _first_word(following) in _STARTERS
    return _opens_sentence(following)


def _is_abbreviation(word: str, last: str, following: str) -> bool:
    """Whether the stop after `word` is that of an abbreviation.

    Args:
        word: What stands before the stop, with stops of its own: "e.g", "PGS.TS".
        last: Its last part.
        following: What stands behind the stop.
    """
    name = last.lower()
    if name in _BEFORE_FIGURE and _FIGURE.match(following):
        return True
    if name in _BEFORE_CODE and _CODE.match(following):
        return True
    if last[0].isupper() and name in _COMPANY and _first_word(following) in _COMPANY:
        return True
    if last[0].isupper() and name in _CAPITALISED_BEFORE_FIGURE and _FIGURE.match(following):
        return True
    if last[0].isupper() and name in _BEFORE_NAME and _is_name(following):
        return True
    if last[0].isupper() and name in _CAPITALISED:
        return True
    return last in _AS_WRITTEN or word.lower() in _DOTTED


def _is_name(following: str) -> bool:
    """Whether `following` starts with a name: two words with a capital, the first no "Ông"."""
    first, _, rest = following.partition(" ")
    second = rest[:1] if rest else first.partition("-")[2][:1]
    named = first[:1].isupper() and second.isupper()
    return named and _first_word(following) not in _STARTERS


def _first_word(following: str) -> str:
    """The first word of `following`, in lower case."""
    found = _WORD_AT_START.match(following)
    return found[0].lower() if found else ""


def _opens_sentence(following: str) -> bool:
    """Whether `following` looks like the start of a sentence."""
    opener = _OPENER.match(following)
    rest = following[opener.end() :] if opener else following
    return not rest or not rest[0].islower()
