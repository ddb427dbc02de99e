"""Questions about a part by its heading: "Điều 6 quy định gì?", "tài liệu nói gì về “Nghỉ phép”?".

Such a question names its answer by its place and not by its content, so none of its words need
stand in the text that answers: that is what stands under the heading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass

from bilingual.orthography import fold, nfc, normalise
from rag.extractive import quote_each
from rag.overview import HELD, documents_meant, named
from rag.terms import Term
from rag.types import Event, Generated, Hit, Question
from vectorstore import Document, Sentence, Snapshot
from vectorstore.types import Passage

# On folded text; English names of parts are those of the same parts of Vietnamese texts.
_NAMES = {
    "dieu": "article",
    "chuong": "chapter",
    "muc": "section",
    "phan": "part",
    "phu luc": "annex",
    "article": "article",
    "chapter": "chapter",
    "section": "section",
    "part": "part",
    "annex": "annex",
    "appendix": "annex",
}
# Small Roman figures of chapters only: "điều vi phạm" is no sixth article.
_LABEL = re.compile(
    rf"\b(?P<name>(?i:{'|'.join(_NAMES)})) (?i:so |no\.? ?)?"
    r"(?P<number>\d+(?:\.\d+)*[A-Za-z]?|[IVXLC]+|[A-H]"
    r"|(?:(?<=(?i:chuong) )|(?<=(?i:chapter) ))[ivxlc]+)\b"
)
# What stands below a part, by its number or letter: "khoản 2 Điều 4", "point (b) of Article 5".
_BELOW = re.compile(
    r"\b(?i:khoan|diem|clause|paragraph|point|item|subsection) \(?(?P<number>\d{1,3}|[A-Za-z])\b\)?"
)
_MARKER = re.compile(r"\W*(?P<number>\d{1,3}|[^\W\d_])[.)]\W*")
_NUMBERED = re.compile(r"(?P<number>\d+(?:\.\d+)*|[IVXLC]+)[.)]?\s")
_LABELLED = re.compile(rf"(?:{_LABEL.pattern})[.:)]?\s+")
# What may be a heading in its own words, on folded text.
_TOLD_ABOUT = re.compile(
    r"(?i:\b(?:noi|viet|ghi|neu|quy dinh|de cap)(?: den)?(?: nhung)?(?: dieu)? gi ve"
    r"|\bwhat (?:do|does|did) .*\b(?:say|says|state|tell us) about)"
    r"\s+(?:[“\"«'](?P<quoted>[^”\"»]+)[”\"»']|(?P<bare>.+?))\W*$"
)
# Words of such a question that do not say which document is meant.
_FRAME = frozenset(
    "quy định|nói|nêu|viết|ghi|nội dung|bao gồm|gồm|đề cập|trình bày|yêu cầu|hướng dẫn|cụ thể|rõ"
    "|tóm tắt|đọc|trích|giải thích|quy|định|nội|dung|số|về"
    "|say|says|state|states|provide|provides|cover|covers|contain|contains|content|contents|about"
    "|require|requires|describe|describes|quote|read|summarise|summarize|explain|tell|rule|rules"
    "|include|includes|mean|means|cited|text|tài liệu|tài|liệu|document|documents".split("|")
)
_MOST_SENTENCES = 12
_OPENING = 300  # characters of a document in which it says whose it is


Quote = Callable[[Sequence[Hit]], Generator[Event, None, Generated]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is asked for.

    Attributes:
        name: As "article 6", or its heading, normalised.
        items: Numbers or letters of what is asked for within it, the outer ones first.
        naming: Terms of the question that the title of its document holds, or how that opens.
    """

    name: str
    items: tuple[str, ...]
    naming: tuple[Term, ...]


def asks_for_part(question: Question, terms: Sequence[Term]) -> Part | None:
    """The part that is asked for, or may be; None where none is named, or more than one.

    Args:
        question: As checked.
        terms: Its content terms, see `rag.terms.terms_of`.
    """
    folded = fold(question.marked)
    labels = list(_LABEL.finditer(folded))
    below = list(_BELOW.finditer(folded))
    if not labels and not below and (told := _TOLD_ABOUT.search(folded)):
        start, end = told.span(told.lastgroup or 0)
        return Part(_called(question.marked[start:end]), (), _left(terms, [(start, end)]))
    if len(labels) != 1:
        return None
    items = [question.marked[slice(*one.span("number"))].lower() for one in below]
    left = _left(terms, [one.span() for one in [*labels, *below]])
    return Part(_part(labels[0]), tuple(sorted(items, key=str.isalpha)), left)


def _left(terms: Sequence[Term], named: Sequence[tuple[int, int]]) -> tuple[Term, ...]:
    """The terms outside of what names the part that may say which document is meant."""
    return tuple(
        term
        for term in terms
        if not any(term.start < end and start < term.end for start, end in named)
        and normalise(term.text) not in _FRAME
    )


def under(
    snapshot: Snapshot, question: Question, part: Part, allowed: Collection[str] | None
) -> list[Hit]:
    """The passages that stand under the heading of a part, in order; none where there is none.

    Args:
        snapshot: The library.
        question: As checked.
        part: Which.
        allowed: Ids of the documents to look in; None for all.
    """
    wanted = [
        passage for passage, headings in snapshot.headings() if _stands_under(headings, part.name)
    ]
    having: dict[str, list[Passage]] = {}
    for found in snapshot.passages(wanted):
        having.setdefault(found.document, []).append(found)
    documents = [
        one
        for one in snapshot.documents()
        if one.id in having and _opens_with(snapshot, one, part.naming, question)
    ]
    meant = documents_meant(question, (), documents, allowed)
    return [Hit(passage, document, 1.0) for document in meant for passage in having[document.id]]


def _opens_with(
    snapshot: Snapshot, document: Document, naming: Sequence[Term], question: Question
) -> bool:
    """Whether a document's title, its name or its first lines hold the terms that name it."""
    if not naming:
        return True
    called = named(document, snapshot.text(document.id)[:_OPENING])
    return all(called.holds(term, question) >= HELD for term in naming)


def quoting(snapshot: Snapshot, hits: Sequence[Hit], part: Part) -> Quote | None:
    """How what stands in the passages of a part is quoted: whole, or the item asked for.

    None where the part has no such item.
    """
    places = list(_sentences(hits))
    for item in part.items:
        places = list(_item(snapshot, places, item))
    if not places:
        return None
    return lambda hits: quote_each(places[:_MOST_SENTENCES])


def _item(
    snapshot: Snapshot, places: Sequence[tuple[Hit, Sentence]], item: str
) -> Iterator[tuple[Hit, Sentence]]:
    """Of some sentences those from the one that a number or letter marks to the next so marked."""
    inside = False
    for hit, sentence in places:
        text = snapshot.text(hit.document.id)
        before = text[text.rfind("\n", 0, sentence.start) + 1 : sentence.start]
        marker = _MARKER.fullmatch(before)
        if marker and marker["number"].isdigit() == item.isdigit():
            inside = marker["number"].lower() == item
        if inside:
            yield hit, sentence


def _sentences(hits: Sequence[Hit]) -> Iterator[tuple[Hit, Sentence]]:
    """The sentences of passages that overlap, each once."""
    end: dict[str, int] = {}
    for hit in hits:
        for sentence in hit.passage.sentences:
            if sentence.start >= end.get(hit.document.id, 0):
                end[hit.document.id] = sentence.end
                yield hit, sentence


def _stands_under(headings: Sequence[str], part: str) -> bool:
    """Whether one of the headings is that of a part; "4. Leave" is section 4, and "leave"."""
    for heading in headings:
        if _called(heading) == part:
            return True
        heading = fold(heading)
        if label := _LABEL.match(heading):
            if _part(label) == part:
                return True
        elif (numbered := _NUMBERED.match(heading)) and part == f"section {numbered['number']}":
            return True
    return False


def _called(heading: str) -> str:
    """A heading by its words: without the label and the number before it, and what ends it."""
    folded = fold(heading := nfc(heading).strip())
    before = _LABELLED.match(folded) or _NUMBERED.match(folded)
    return normalise(heading[before.end() if before else 0 :]).strip(" .:;,?!–-")


def _part(label: re.Match[str]) -> str:
    number = label["number"]
    return f"{_NAMES[label['name'].lower()]} {number if number.isdigit() else number.upper()}"
