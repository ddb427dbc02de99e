"""Vietnamese spelling made comparable: NFC, one tone placement, and folding without marks.

Tone placement: both `hòa` and `hoà` are written; `normalise` chooses the older convention
(`hòa`, `thúy`).
"""

from __future__ import annotations

import re
import unicodedata

_TONE_LAST = "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split()
_TONE_FIRST = "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split()
_TONE_MOVED = dict(zip(_TONE_LAST, _TONE_FIRST, strict=True))
_MOVABLE_TONE = re.compile(rf"(?<![q])(?:{'|'.join(_TONE_LAST)})(?!\w)")

# A word: letters and digits with inner apostrophes, hyphens not included; numbers keep their
# inner separators ("1.000", "10,5"), so that a figure stays one term.
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)*")

# Web addresses are places, not words.
ADDRESS = re.compile(r"(?:https?://|www\.)\S+")

_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx]"
_VOWELS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"
_SYLLABLE = re.compile(rf"(?:{_ONSET})?[{_VOWELS}]{{1,3}}(?:ng|nh|ch|[cmnpt])?")


def _bare_letters() -> dict[int, str]:
    """Each Latin letter with marks → the letter without; combining marks → nothing."""
    letters = [*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00)]
    bare = {code: unicodedata.normalize("NFD", chr(code))[0] for code in letters}
    marks = dict.fromkeys(range(0x0300, 0x0370), "")
    return {code: base for code, base in bare.items() if chr(code) != base} | marks | _D


_D = {ord("đ"): "d", ord("Đ"): "D"}
_BARE = _bare_letters()


def nfc(text: str) -> str:
    """`text` in Unicode normalisation form C."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def normalise(text: str) -> str:
    """`text` for comparison: NFC, lower case, one tone-placement convention.

    The result may differ in length from `text`; never use its offsets in `text`.
    """
    return _MOVABLE_TONE.sub(lambda found: _TONE_MOVED[found[0]], nfc(text).lower())


def fold(text: str) -> str:
    """`text` without Vietnamese marks: `Đại hội đồng` → `Dai hoi dong`; case is kept."""
    return text if text.isascii() else nfc(text).translate(_BARE)


def words(text: str) -> list[str]:
    """The normalised words and numbers of `text`, in order, punctuation left out."""
    return _WORD.findall(normalise(text))


def is_syllable(word: str) -> bool:
    """Whether `word` (normalised, or folded) is spelt like a Vietnamese syllable."""
    return _SYLLABLE.fullmatch(word) is not None


def has_marks(text: str) -> bool:
    """Whether any letter of `text` carries a Vietnamese mark, `đ` included."""
    return not text.isascii() and fold(text) != nfc(text)
