"""Vietnamese from before Unicode: TCVN3 (the ABC fonts), VNI and VISCII, told by their syllables.

The first two put Vietnamese letters in the places of Western European ones, so that their text
shows as `ViÖt Nam` (TCVN3) or `Vieät Nam` (VNI) wherever the font is gone. The tables follow
TCVN 5712:1993 (VN3) and VNI's table for Windows; both work on text read as windows-1252.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bilingual.orthography import is_syllable, nfc

_WORD = re.compile(r"[^\W\d_]+")

# ---- TCVN3: one byte a letter; capitals with a tone are lower case in a font of capitals ---------

_TCVN3_BYTES = (
    "a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae "
    "b5 b6 b7 b8 b9 bb bc bd be c6 c7 c8 c9 ca cb cc ce cf d0 d1 d2 d3 d4 d5 d6 "
    "d7 d8 dc dd de df e1 e2 e3 e4 e5 e6 e7 e8 e9 ea eb ec ed ee ef f1 f2 f3 f4 "
    "f5 f6 f7 f8 f9 fa fb fc fd fe"
)
_TCVN3_LETTERS = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
_TCVN3 = dict(zip(bytes.fromhex(_TCVN3_BYTES), _TCVN3_LETTERS, strict=True))

# ---- VNI: a vowel, then a byte for its marks; some letters have a byte of their own --------------

_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT = "\u0300\u0301\u0309\u0303\u0323"
_CIRCUMFLEX, _BREVE = "\u0302\u0306"
_VNI_MARKS = {
    "ø": _GRAVE, "ù": _ACUTE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _CIRCUMFLEX, "à": _CIRCUMFLEX + _GRAVE, "á": _CIRCUMFLEX + _ACUTE,
    "å": _CIRCUMFLEX + _HOOK, "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE, "è": _BREVE + _GRAVE, "é": _BREVE + _ACUTE,
    "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE, "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị"}
_VNI_LETTERS |= {"î": "ỵ"}
_VNI_LETTERS |= {old.upper(): new.upper() for old, new in _VNI_LETTERS.items()}
_VNI_MARKED = re.compile(
    rf"([aeouyôö])([{''.join(_VNI_MARKS)}])|[{''.join(_VNI_LETTERS)}]", re.IGNORECASE
)

# ---- VISCII (RFC 1456): one byte a letter, six capitals among the controls -----------------------

_VISCII_LETTERS = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VISCII = dict(enumerate([*map(chr, range(128)), *_VISCII_LETTERS]))
_VISCII |= {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}

# ---- Windows-1252, and what its five unused bytes are read as -----------------------------------

_WINDOWS_1252 = bytes(range(256)).decode("cp1252", "replace")
_WESTERN = {
    code: (char if char != "\ufffd" else chr(code)) for code, char in enumerate(_WINDOWS_1252)
}
_CODE = {char: code for code, char in _WESTERN.items()}

# Pairs and triples of bytes as UTF-8 has them are rare in the old encodings.
_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_MOST_UTF_8 = 0.3

# ---- What Vietnamese looks like ------------------------------------------------------------------

_TONES = {_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT}
_NUCLEI = frozenset(
    "a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iê iu iêu yê yêu oa oă oe oi ôi ơi oo oai "
    "oay oao oeo ua uâ uê ui uô uơ uy uôi uây uya uyê uyu uyên ưa ưi ươ ưu ươi ươu uă uai uao uay "
    "uân ue ueo".split()
)
_VOWELS = re.compile(r"[aăâeêioôơuưy]+")

# Of the words with marks, how many have to be Vietnamese syllables, and how many of all words have
# marks: about two in three in Vietnamese, hardly any in English with a French name.
_LEAST_SYLLABLES = 0.7
_LEAST_MARKED = 0.12

# Syllables of a line that make it sure that the line is in disguise.
_LEAST_SURE = 4

# Western European languages have marks on one letter in twenty (French) or less; Vietnamese, read
# in the wrong encoding, on one in five.
_MOST_WESTERN = 0.08


def decode_legacy(data: bytes) -> str | None:
    """The text of bytes in windows-1258, TCVN3, VNI, VISCII or windows-1252; None if in none."""
    beyond = sum(byte > 0x7F for byte in data)
    if sum(map(len, _UTF_8.findall(data))) > _MOST_UTF_8 * beyond:
        return None  # broken UTF-8, which a guess would break further
    western = "".join(_WESTERN[byte] for byte in data)
    best, most = None, 0.0
    for candidate in (_windows_1258(data), tcvn3(western), vni(western), viscii(data)):
        marked, syllables, words = _count(candidate)
        share = syllables / max(marked, 1)
        if share >= _LEAST_SYLLABLES and marked >= _LEAST_MARKED * words and share > most:
            best, most = candidate, share
    return best if best is not None else _as_western(western)


def tcvn3(western: str) -> str:
    """TCVN3 text that was read as windows-1252, in Unicode (NFC).

    Words and lines whose plain letters are all capitals become capitals: TCVN3 has none with a
    tone and leaves them to the font.
    """
    text = "".join(_TCVN3.get(_CODE.get(char, -1), char) for char in western)
    return "\n".join(_capitals(line) for line in text.split("\n"))


def vni(western: str) -> str:
    """VNI text that was read as windows-1252, in Unicode (NFC)."""
    return nfc(_VNI_MARKED.sub(_vni_letter, western))


def viscii(data: bytes) -> str:
    """The text of bytes in VISCII, in Unicode."""
    return "".join(map(_VISCII.__getitem__, data))


def repaired(text: str) -> str:
    """`text` with those of its lines in Unicode that are TCVN3 or VNI in disguise.

    A document that was set in an old font gives such lines when it is converted. Only lines whose
    marked words are no Vietnamese as they are, and Vietnamese afterwards, are changed; shorter
    ones only beside such a line of the same encoding.
    """
    if text.isascii():
        return text
    for convert in (tcvn3, vni):
        lines = text.split("\n")
        changed = {place: convert(line) for place, line in enumerate(lines) if _is_odd(line)}
        if any(_surely_legacy(lines[place], after) for place, after in changed.items()):
            for place, after in changed.items():
                if _surely_legacy(lines[place], after) or _likely_legacy(lines[place], after):
                    lines[place] = after
            text = "\n".join(lines)
    return text


def _is_odd(line: str) -> bool:
    """Whether a word with marks is no Vietnamese syllable; else nothing of it is in disguise."""
    if line.isascii():
        return False
    marked, syllables, _ = _count(line)
    return syllables < marked


def _surely_legacy(before: str, after: str) -> bool:
    marked, syllables, _ = _count(before)
    marked_after, syllables_after, words = _count(after)
    return (
        syllables_after >= max(_LEAST_SURE, _LEAST_SYLLABLES * marked_after)
        and marked_after >= _LEAST_MARKED * words
        and syllables <= 0.5 * marked
        and syllables_after >= 2 * syllables
    )


def _likely_legacy(before: str, after: str) -> bool:
    """As a line beside one that surely is: it gains, and nothing of it is left unexplained."""
    marked, syllables, _ = _count(before)
    marked_after, syllables_after, _ = _count(after)
    return syllables < marked and syllables < syllables_after == marked_after


def _windows_1258(data: bytes) -> str:
    """Undefined bytes become U+FFFD, which no syllable has."""
    return nfc(data.decode("cp1258", "replace"))


def _as_western(western: str) -> str | None:
    """Mostly plain text with a few marked letters, as English in windows-1252 is."""
    letters = [char for char in western if char.isalpha()]
    marked = sum(1 for char in letters if char > "\x7f")
    odd = sum(1 for char in western if "\x80" <= char < "\xa0")
    return western if letters and marked <= _MOST_WESTERN * len(letters) and not odd else None


def _count(text: str) -> tuple[int, int, int]:
    """Words with letters beyond ASCII, how many of them are Vietnamese syllables, all words."""
    marked = syllables = total = 0
    for word in _WORD.findall(text[:200_000].replace("\ufffd", "ÿ")):
        total += 1
        if not word.isascii():
            marked += 1
            syllables += _is_vietnamese(word)
    return marked, syllables, total


@lru_cache(maxsize=1 << 14)
def _is_vietnamese(word: str) -> bool:
    """Whether a word is spelt like a Vietnamese syllable: one tone, and a vowel that exists."""
    lower = word.lower()
    if not (word == lower or word.isupper() or word[1:] == lower[1:]) or not is_syllable(lower):
        return False
    parts = unicodedata.normalize("NFD", lower)
    if sum(part in _TONES for part in parts) > 1:
        return False
    bare = nfc("".join(part for part in parts if part not in _TONES))
    bare = re.sub(r"^(?:gi(?=[aăâeêioôơuưy])|qu)", "", bare)
    return all(vowels in _NUCLEI for vowels in _VOWELS.findall(bare))


def _capitals(line: str) -> str:
    """Put into capitals what has capitals for plain letters: words, or a line as a whole."""
    plain = [char for char in line if char.isascii() and char.isalpha()]
    if len(plain) > 3 and sum(char.isupper() for char in plain) >= 0.9 * len(plain):
        return line.upper()
    return _WORD.sub(lambda found: _capital_word(found[0]), line)


def _capital_word(word: str) -> str:
    plain = "".join(char for char in word if char.isascii())
    return word.upper() if len(plain) > 1 and plain.isupper() else word


def _vni_letter(found: re.Match[str]) -> str:
    if found[1] is None:
        return _VNI_LETTERS.get(found[0], found[0])
    vowel = _VNI_LETTERS.get(found[1], found[1])
    marked = nfc(vowel + _VNI_MARKS[found[2].lower()])
    # A pair that makes no letter ("eê") was none of VNI's.
    return marked if len(marked) == 1 else found[0]
