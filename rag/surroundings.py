"""What stands around a sentence in its document: what "they" are, and the rest of a list.

A passage is cut where its length bids; what a sentence leans on may stand beyond the cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.types import Hit
from vectorstore.types import Passage, Sentence

# Words that stand for something said before, at the start of a sentence …
_OPENING = re.compile(
    r"(?:he|she|they|it|this|that|these|those|his|her|their|its|such|but|however|therefore|thus"
    r"|also|then|hence|instead|moreover|furthermore|here|there)\b"
    r"|(?:ông|bà|anh|cô|chị) (?=[a-zà-ỹđ])|họ |nó |đó |đây |điều (?:này|đó)\b|việc (?:này|đó)\b"
    r"|theo (?:ông|bà|họ)\b(?! [A-ZĐÀ-Ỹ])|(?:nhờ|vì|do|bởi|tuy) (?:đó|vậy|thế|nhiên)\b"
    r"|(?:qua|từ|ở|sau|khi|lúc|trong) đó\b|trong (?:số|khi) (?:này|đó)\b|nhưng\b|ngoài ra\b"
)
# … and anywhere in it: "these two events", "hai sự kiện này".
_POINTING = re.compile(
    r"\b(?:this|these|those|such) \w|\b(?:này|ấy|vừa nêu|nói trên|kể trên)\b"
    r"|(?<!trong )(?<!do )(?<!sau )(?<!khi )(?<!nhờ )(?<!qua )(?<!từ )\bđó\b",
    re.IGNORECASE,
)
# Between two items of a list: the end of the line, and a marker.
_MARKER = re.compile(
    r"\s*\n[\s>]*(?:[-*+•‣◦▪–—]|\(?(?:\d{1,3}|[a-zđ]|[ivx]{1,5})[.)])\s+(?:\[[ x]\]\s+)?[*_“\"(]*",
    re.IGNORECASE,
)
# The end of what stands before the first item of a numbered list, and of one with other marks
# that stands right below a heading.
_FIRST = re.compile(r"\n[\s>]*\(?1[.)]\s+[*_]*\Z")
_FIRST_BELOW_HEADING = re.compile(r"\n\S[^\n]*\n+[\s>]*[-*+•‣◦▪–—]\s+(?:\[[ x]\]\s+)?[*_]*\Z")
_QUOTATION = 3  # sentences quoted after one that leaves a quotation open
_LONGEST_LIST = 12  # items quoted after a sentence that announces a list

# A document by its id: its text, and its passages in order; nothing where it is gone.
Read = Callable[[str], tuple[str, Sequence[Passage]]]


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence, with the hit whose passage holds it."""

    hit: Hit
    sentence: Sentence

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.hit.passage.said(self.sentence)


def leans(sentence: str) -> bool:
    """Whether a sentence speaks of something that was named before it."""
    opening = sentence[:1].lower() + sentence[1:]
    return bool(_OPENING.match(opening) or _POINTING.search(sentence))


def before(place: Place, read: Read) -> Place | None:
    """The sentence that `place` leans on: the one before it in its paragraph."""
    if not leans(place.text):
        return None
    text, places = _around(place, read)
    last: Place | None = None
    for one in places:
        if one.sentence.start >= place.sentence.start:
            break
        last = one
    if last is None or "\n" in text[last.sentence.end : place.sentence.start]:
        return None
    return last


def announced(place: Place, read: Read) -> list[Place]:
    """The list items that follow, where the sentence ends in a colon and announces them.

    Of an item of several sentences the first is taken.
    """
    if not place.text.endswith(":"):
        return []
    text, places = _around(place, read)
    items: list[Place] = []
    following = (one for one in places if one.sentence.start >= place.sentence.start)
    for last, one in pairwise(following):
        between = text[last.sentence.end : one.sentence.start]
        if items and "\n" not in between:
            continue  # goes on with its item
        if not _MARKER.fullmatch(between):
            break  # no marker stands before this sentence: the list is over, or there is none
        items.append(one)
    return items[:_LONGEST_LIST]


def steps(place: Place, read: Read) -> list[Place]:
    """The whole list that `place` stands in, in order; none where it stands in no such.

    It is numbered, or stands right below a heading.
    """
    text, places = _around(place, read)
    every = list(places)
    at = next((n for n, one in enumerate(every) if one.sentence == place.sentence), 0)
    if not every:
        return []
    between = ["\n" + text[: every[0].sentence.start]]
    between += [text[last.sentence.end : one.sentence.start] for last, one in pairwise(every)]
    first = at
    while not (_FIRST.search(between[first]) or _FIRST_BELOW_HEADING.search(between[first])):
        if not first or ("\n" in between[first] and not _MARKER.fullmatch(between[first])):
            return []
        first -= 1
    last = at + 1
    while last < len(every) and ("\n" not in between[last] or _MARKER.fullmatch(between[last])):
        last += 1
    return every[first:last][:_LONGEST_LIST]


def opening_below(place: Place, read: Read) -> Place | None:
    """The first sentence below the heading that `place` stands under."""
    _, places = _around(place, read)
    section = place.hit.passage.section
    first: Place | None = None
    for one in places:
        if one.hit.passage.section != section:
            first = None
        elif first is None:
            first = one
        if one.sentence.start >= place.sentence.start:
            break
    return first


def announced_within(passage: Passage, at: int) -> int:
    """How many sentences behind number `at` of a passage are of the list that it announces."""
    sentences = passage.sentences
    if not sentences or not passage.said(sentences[at]).endswith(":"):
        return 0
    count = 0
    for last, one in pairwise(sentences[at:]):
        between = passage.text[last.end - passage.start : one.start - passage.start]
        if not (_MARKER.fullmatch(between) or (count and "\n" not in between)):
            break
        count += 1
    return count


def rest_of_quotation(place: Place, read: Read) -> list[Place]:
    """The sentences that follow up to the closing mark, where `place` leaves a quotation open."""
    if not _left_open(place.text):
        return []
    text, places = _around(place, read)
    rest: list[Place] = []
    last = place
    for one in (one for one in places if one.sentence.start > place.sentence.start):
        if "\n" in text[last.sentence.end : one.sentence.start] or len(rest) == _QUOTATION:
            return []  # never closed
        rest.append(one)
        last = one
        if not _left_open(text[place.sentence.start : one.sentence.end]):
            return rest
    return []


def _left_open(text: str) -> bool:
    """Whether a quotation begins in `text` and does not end there."""
    return text.count("“") > text.count("”") or text.count('"') % 2 == 1


def _around(place: Place, read: Read) -> tuple[str, Iterator[Place]]:
    """The document's text, and its sentences; none where it has changed since it was found."""
    text, passages = read(place.hit.document.id)
    if all(passage.id != place.hit.passage.id for passage in passages):
        return "", iter(())
    return text, _places(place.hit, passages)


def _places(hit: Hit, passages: Sequence[Passage]) -> Iterator[Place]:
    """Every sentence of the document once, in order; of `hit`, where it holds the sentence."""
    end = -1
    for passage in passages:
        own = passage.id == hit.passage.id
        of = hit if own else replace(hit, passage=passage, interaction=None)
        for sentence in passage.sentences:
            if sentence.start >= end:
                yield Place(of, sentence)
                end = sentence.end
