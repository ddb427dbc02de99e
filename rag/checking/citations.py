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

# [1] [1, 2] [1-3] [1 to 3] 【1】 ［1］ [^1] [1†source] 【1:0†file】 [Passage 1] [đoạn 1, 2], and as
# the model is given it: [PASSAGE 1 0123456789ab]. At most two digits: [2024] is text. Parentheses
# are text too, unless they say what the number is of: (source 1), (đoạn 2).
_NUMBERS = r"\^?\d{1,2}(?:(?::\d{1,3})?†[^\]】］]{0,40}|\s+[0-9a-f]{12})?"
_SAID = r"(?:\s*(?:số|no\.?|:))?\s*"
_PASSAGES = rf"(?:passages?|sources?|đoạn(?: trích)?|nguồn){_SAID}"
_OF = rf"(?:(?:docs?|documents?|trích dẫn|tài liệu){_SAID}|{_PASSAGES})"
_JOIN = r"\s*(?:[,;&–-]|and|to|và|đến|tới)\s*"
MARK = re.compile(
    rf"(?:[\[【［]\s*{_OF}?{_NUMBERS}(?:{_JOIN}{_OF}?{_NUMBERS})*\s*[\]】］]"
    rf"|[(（]\s*{_PASSAGES}\d{{1,2}}(?:{_JOIN}(?:{_PASSAGES})?\d{{1,2}})*\s*[)）])",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d{1,2})\s*(?:[–-]|to|đến|tới)\s*\^?(\d{1,2})|(\d{1,2})", re.IGNORECASE)
_SOURCE_NOTE = re.compile(r"(?::\d+)?†[^\]】］,;]*|\s[0-9a-f]{12}\b", re.IGNORECASE)
# Marks in a row go with what joins and encloses them: "[1], [2]", "[1] và [2]", "(Nguồn: [1])".
_RUN = rf"{MARK.pattern}(?:(?:\s*[,;&]\s*|\s+(?:and|và)\s+|\s*){MARK.pattern})*"
_MARKS = re.compile(
    rf"[(（]\s*(?:(?:see|xem|cited? in)\s+|{_OF})?{_RUN}\s*[)）]|{_RUN}", re.IGNORECASE
)
# "According to [1], …", "Theo đoạn 2, …": who says it is no part of what is said.
_LED = re.compile(
    r"^\W*(?:according to|as (?:stated|noted|mentioned|reported|described) in|based on|theo"
    rf"|dựa (?:vào|trên)|căn cứ(?: vào)?)\s+(?P<named>(?:(?:the|các|những)\s+)?(?:{_OF}?{_RUN}"
    rf"|{_PASSAGES}\d{{1,2}}(?:{_JOIN}(?:{_PASSAGES})?\d{{1,2}})*))\s*[,:]\s*(?P<said>\w)",
    re.IGNORECASE,
)
# "Answer: the summit was in Paris": the word is nobody's claim.
_LABEL = re.compile(
    r"^\W*(?:(?:final |short )?answer|assistant|(?:câu )?trả lời|đáp án)\W*:\W*(?=\w)",
    re.IGNORECASE,
)
_SPACE_BEFORE = re.compile(r"\s+(?=[.,;:!?…])")
_MARKUP = re.compile(r"\*\*|__|`|^\s*(?:#+|[-*•–>])\s+", re.MULTILINE)

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
    led = _LED.match(sentence)
    # Marks stand in brackets there as well, and are read with the others.
    named = [led["named"]] if led and not MARK.search(led["named"]) else []
    for mark in (*named, *MARK.findall(sentence)):
        for found in _RANGE.finditer(_SOURCE_NOTE.sub("", mark)):
            first, last = (int(number) for number in (found[1] or found[3], found[2] or found[3]))
            there = [number for number in range(first, last + 1) if 1 <= number <= passages]
            invalid += len(there) < last - first + 1
            numbers.update(dict.fromkeys(there))
    text = sentence if led is None else led["said"].upper() + sentence[led.end() :]
    text = _LABEL.sub("", _MARKUP.sub("", _MARKS.sub("", text)))
    return Cited(
        _SPACE_BEFORE.sub("", _joined_cells(" ".join(text.split()))), tuple(numbers), invalid
    )


def _joined_cells(text: str) -> str:
    """`text`, or the cells of a row of a Markdown table as people write them."""
    if not text.startswith("|"):
        return text
    return "; ".join(cell for cell in map(str.strip, text.split("|")) if cell)


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
