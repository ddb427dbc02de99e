"""From the marks a model writes to the exact places its sentences rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bilingual.function_words import ENGLISH, VIETNAMESE
from bilingual.name_matching import evidence_keys
from bilingual.orthography import words
from bilingual.sentences import split
from bilingual.stems import stems
from bilingual.texts import InterfaceLanguage
from rag.checking.figures import values
from rag.checking.reading import names_in
from rag.types import Citation, Hit

# [1] [1, 2] [1-3] 【1】 ［1］ [^1] [1†source] [Passage 1] [đoạn 1, 2]. At most two digits: [2024]
# is text. Parentheses are text too.
_NUMBERS = r"\^?\d{1,2}(?:†[^\]】］]{0,40})?"
_LABEL = r"(?:(?:passages?|sources?|docs?|đoạn(?: trích)?|nguồn|tài liệu)\s*:?\s*)?"
MARK = re.compile(
    rf"[\[【［]\s*{_LABEL}{_NUMBERS}(?:\s*(?:[,;&–-]|and|và)\s*{_LABEL}{_NUMBERS})*\s*[\]】］]",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d{1,2})\s*[–-]\s*\^?(\d{1,2})|(\d{1,2})")
_SOURCE_NOTE = re.compile(r"†[^\]】］,;]*")
_SPACE_BEFORE = re.compile(r"\s+(?=[.,;:!?…])")
_MARKUP = re.compile(r"\*\*|__|`|^\s*(?:#+|[-*•–])\s+", re.MULTILINE)

# A second sentence is cited along with the best one if it holds this much more of the claim.
_NEIGHBOUR_GAIN = 0.25
# Below this share of the claim's words no one sentence is its source; the passage is.
_LEAST_COVERAGE = 0.2


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence and the passages it names.

    Attributes:
        text: Without citation marks and Markdown.
        numbers: Passages that exist, counted from 1, each once, in order of mention.
        invalid: How many citations were to passages that do not exist.
    """

    text: str
    numbers: tuple[int, ...]
    invalid: int


def parse(sentence: str, passages: int) -> Cited:
    """Take the citation marks out of `sentence`, where passages 1 to `passages` exist."""
    numbers: dict[int, None] = {}
    invalid = 0
    for mark in MARK.findall(sentence):
        for found in _RANGE.finditer(_SOURCE_NOTE.sub("", mark)):
            first, last = (int(number) for number in (found[1] or found[3], found[2] or found[3]))
            named = [number for number in range(first, last + 1) if 1 <= number <= passages]
            invalid += len(named) < last - first + 1
            numbers.update(dict.fromkeys(named))
    text = _MARKUP.sub("", MARK.sub("", sentence))
    return Cited(_SPACE_BEFORE.sub("", " ".join(text.split())), tuple(numbers), invalid)


def locate(claim: str, hit: Hit, language: InterfaceLanguage) -> Citation:
    """The sentence, or two neighbours, of `hit` that `claim` most likely rests on.

    Within a language by shared words, weighted; across languages by shared figures and names.
    Where neither tells, the whole passage.

    Returns:
        A citation whose quote is the document's text at its offsets.
    """
    passage = hit.passage
    spans = sentence_spans(hit)
    wanted = _wanted(claim, language, same=passage.language == language)
    start, end = _best_span(wanted, passage.text, spans, same=passage.language == language)
    return Citation(
        document=hit.document.id,
        title=hit.document.title,
        source=hit.document.source,
        start=passage.start + start,
        end=passage.start + end,
        quote=passage.text[start:end],
        page=passage.page,
        section=passage.section,
    )


def sentence_spans(hit: Hit) -> list[tuple[int, int]]:
    """The sentences of a passage, as offsets into the passage's own text."""
    passage = hit.passage
    if passage.sentences:
        return [(one.start - passage.start, one.end - passage.start) for one in passage.sentences]
    return split(passage.text)


def sentences_of(hit: Hit) -> list[str]:
    """The sentences of a passage, verbatim."""
    return [hit.passage.text[start:end] for start, end in sentence_spans(hit)]


def _wanted(claim: str, language: InterfaceLanguage, *, same: bool) -> Mapping[str, float]:
    """What to look for in the passage: key → weight."""
    wanted: dict[str, float] = {f"#{value}": 2.0 for value in values(claim)}
    for name in names_in(claim, language):
        wanted.update({f"@{key}": 1.5 for key in name.keys})
    if same:
        for key in content_keys(claim, language):
            wanted.setdefault(key, 1.0)
    return wanted


def content_keys(text: str, language: InterfaceLanguage) -> frozenset[str]:
    """Folded stems of the words of `text` that carry content."""
    function_words = ENGLISH if language == "en" else VIETNAMESE
    return frozenset(stems([word for word in words(text) if word not in function_words]))


@lru_cache(maxsize=2048)  # an answer's sentences are held against the same few passages
def _keys(text: str, *, same: bool) -> frozenset[str]:
    """What a sentence of the passage holds, in the form of `_wanted`."""
    found = {f"#{value}" for value in values(text)} | {f"@{key}" for key in evidence_keys(text)}
    return frozenset(found | set(stems(words(text)))) if same else frozenset(found)


def _best_span(
    wanted: Mapping[str, float], text: str, spans: Sequence[tuple[int, int]], *, same: bool
) -> tuple[int, int]:
    """The best sentence, with a neighbour where it adds much; else all of `text`."""
    whole = (0, len(text))
    total = sum(wanted.values())
    if not total or not spans:
        return whole
    keys = [_keys(text[start:end], same=same) for start, end in spans]

    def coverage(found: Iterable[str]) -> float:
        return sum(wanted.get(key, 0.0) for key in found) / total

    # Of equals the shorter sentence, which says less besides.
    best = max(range(len(spans)), key=lambda i: (coverage(keys[i]), spans[i][0] - spans[i][1]))
    if coverage(keys[best]) < (_LEAST_COVERAGE if same else 1e-9):
        return whole
    first = last = best
    for other in (best - 1, best + 1):
        if 0 <= other < len(spans):
            gain = coverage(keys[best] | keys[other]) - coverage(keys[best])
            if gain >= _NEIGHBOUR_GAIN and first == last:
                first, last = min(best, other), max(best, other)
    return spans[first][0], spans[last][1]
