"""Sentences and passages of a document: runs of whole sentences within one section."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bilingual.language import document_language
from bilingual.sentences import split
from ingest.outline import Block
from vectorstore import DocumentLanguage, NewPassage, Sentence
from vectorstore.types import embedded_text

# Name of the rules by which files become sentences and passages, readers included. A document that
# others made is made again at the next ingest and keeps the vectors of what stayed the same;
# `tests/ingest/test_rules.py` tells when a change needs a new name.
RULES = "6"

# all-MiniLM-L6-v2 and its like read 256 tokens and drop the rest. A passage of half that and more
# still holds a paragraph of the news articles and encyclopaedia texts it is meant for.
TARGET_TOKENS = 180

# No passage of several sentences is larger, its section's headings included: 256, less the two
# special tokens and what a count by sentence may miss.
LARGEST_TOKENS = 240

# A sentence is repeated at the start of the next passage if that costs no more than this.
_LARGEST_OVERLAP_TOKENS = 60

# A sentence that has no more than this before it on its line starts it: "(12)", "iv)", "*".
_LONGEST_MARKER = 5

# So far back it is looked for where the line begins: a file may be one line of a million letters.
_LINE_START_CHARS = 200

# Names and addresses say little of a language: a passage with less beside has its document's.
_SHORTEST_IDENTIFIED = 40

_UNSPACED = re.compile(r"\S+")
_LEAD_IN = re.compile(r":[\"'”’»)\]*_]*$")

CountTokens = Callable[[str], int]
PageOf = Callable[[int], int | None]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence with what decides where a passage may be cut.

    Attributes:
        leads_in: It ends in a colon and so belongs to what follows.
        starts: It starts a paragraph or a list item.
        page: On which it starts.
    """

    place: Sentence
    tokens: int
    leads_in: bool
    starts: bool
    page: int | None


def sentences_of(text: str, block: Block) -> list[Sentence]:
    """The sentences of a block, as offsets into `text`."""
    if block.whole:
        return [Sentence(block.start, block.end)]
    return [
        Sentence(block.start + start, block.start + end)
        for start, end in split(text[block.start : block.end])
    ]


def passages_of(
    text: str,
    blocks: Sequence[tuple[Block, Sequence[Sentence]]],
    language: DocumentLanguage,
    count_tokens: CountTokens,
    page: PageOf = lambda start: None,
) -> list[NewPassage]:
    """The passages of a document.

    A passage ends with its page, so that every sentence of it can be cited with that number; only
    what leads in goes on over the border.

    Args:
        text: The document's text.
        blocks: Its blocks with their sentences, in order.
        language: The document's.
        count_tokens: The encoder's own count.
        page: Gives the page on which a place of the text stands.
    """
    found: list[NewPassage] = []
    for section, units in _sections(text, blocks, count_tokens, page):
        room = LARGEST_TOKENS - (count_tokens(section) if section else 0)
        for first, last in _cut(units, min(TARGET_TOKENS, max(room, TARGET_TOKENS // 2))):
            start, end = units[first].place.start, units[last].place.end
            passage = text[start:end]
            written = _without_addresses(passage)
            identified = len(written.strip()) >= _SHORTEST_IDENTIFIED
            found.append(
                NewPassage(
                    start,
                    end,
                    section,
                    page=units[first].page,
                    language=document_language(written) if identified else language,
                    embedded_text=embedded_text(section, passage),
                )
            )
    return found


def _without_addresses(passage: str) -> str:
    # One look at each run of letters: some files are a single one of a million.
    return _UNSPACED.sub(lambda run: "" if "://" in run[0][1:-1] else run[0], passage)


def _sections(
    text: str,
    blocks: Sequence[tuple[Block, Sequence[Sentence]]],
    count_tokens: CountTokens,
    page: PageOf,
) -> Iterator[tuple[str | None, list[_Unit]]]:
    """Neighbouring blocks of one section together."""
    units: list[_Unit] = []
    section: str | None = None
    for block, sentences in blocks:
        if units and block.section != section:
            yield section, units
            units = []
        section = block.section
        units += [_unit(text, sentence, count_tokens, page) for sentence in sentences]
    if units:
        yield section, units


def _unit(text: str, place: Sentence, count_tokens: CountTokens, page: PageOf) -> _Unit:
    sentence = text[place.start : place.end]
    near = text[max(place.start - _LINE_START_CHARS, 0) : place.start]
    marker = near[near.rfind("\n") + 1 :].strip()
    return _Unit(
        place,
        count_tokens(sentence),
        leads_in=bool(_LEAD_IN.search(sentence)),
        starts=len(marker) <= _LONGEST_MARKER,
        page=page(place.start),
    )


def _cut(units: Sequence[_Unit], budget: int) -> Iterator[tuple[int, int]]:
    """Where the passages of a section begin and end, as places in `units`, both included.

    The section is cut into parts of about the same size, so that no stub is left at its end.
    """
    total = sum(unit.tokens for unit in units)
    aim = total / math.ceil(total / budget) if total else 0
    first = 0
    while first < len(units):
        last = _last(units, first, aim, budget)
        yield first, last
        if last + 1 == len(units):
            return
        first = last if _overlaps(units, first, last, budget) else last + 1


def _last(units: Sequence[_Unit], first: int, aim: float, budget: int) -> int:
    """The last sentence of the passage that begins with `first`."""
    last, tokens = first, units[first].tokens
    while last + 1 < len(units):
        following = units[last + 1]
        full = tokens >= aim * (0.75 if following.starts else 1.0)
        full = full or following.page != units[last].page
        # What leads in never ends a passage if what follows fits.
        if tokens + following.tokens > budget or (full and not units[last].leads_in):
            break
        last, tokens = last + 1, tokens + following.tokens
    if units[last].leads_in and first < last < len(units) - 1:
        return last - 1  # it did not fit: it goes with the next passage
    return last


def _overlaps(units: Sequence[_Unit], first: int, last: int, budget: int) -> bool:
    """Whether the sentence `last` is repeated at the start of the next passage.

    Only where a paragraph was cut: items of a list, and paragraphs, stand for themselves.
    """
    return (
        last > first
        and not units[last + 1].starts
        and units[last + 1].page == units[last].page
        and units[last].tokens <= _LARGEST_OVERLAP_TOKENS
        and units[last].tokens + units[last + 1].tokens <= budget
    )
