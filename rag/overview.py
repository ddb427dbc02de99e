"""Questions about a document as a whole: "tóm tắt bài tiếng Anh", "what is this report about?".

No passage answers these, so none is looked for: the answer is how the document's sections open,
spread over all of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Sequence

from bilingual.orthography import fold, normalise
from rag.extractive import quote_each
from rag.terms import Term, View, view_of
from rag.types import Event, Generated, Hit, Question
from vectorstore import Document, Passage, Snapshot

_VIETNAMESE_NOUN = r"(?:tai lieu|bai bao|bai viet|bai|van ban|bao cao|ban tin|tap tin|thu vien)"
_ENGLISH_NOUN = r"(?:documents?|articles?|files?|texts?|reports?|papers?|librar(?:y|ies)|sources?)"
# On folded text.
_ASKED = re.compile(
    r"\btom (?:tat|luoc)\b|\bkhai quat\b|\btong quan\b|\bnoi dung (?:chinh|chu yeu|tong quat)\b"
    r"|\b(?:y|diem) chinh\b"
    rf"|\b{_VIETNAMESE_NOUN}(?: (?:bang )?tieng (?:viet|anh))?(?: (?:nay|do|tren|kia))?"
    r" (?:noi|viet|ban|de cap|trinh bay)(?: den)?(?: ve)? (?:nhung )?(?:gi|dieu gi|van de gi)\W*$"
    r"|\bsummar(?:y|ise|ize|ies)\b|\boverviews?\b|\bmain (?:points?|ideas?|content)\b|\bgist\b"
    r"|\btl ?;? ?dr\b"
    rf"|\bwhat (?:is|are|does|do) (?:this|the|these)(?: \w+)? {_ENGLISH_NOUN}"
    r" (?:about|says?|cover|contain|tell us)\W*$"
    rf"|\bwhat(?:'s|’s| is) in (?:this|the)(?: \w+)? {_ENGLISH_NOUN}\W*$"
)
# Words of such a question that do not say which document is meant.
_FRAME = frozenset(
    "tóm tắt|tóm lược|khái quát|tổng quan|tổng quát|nội dung|chính|chủ yếu|ý|ý chính|điểm chính"
    "|tài liệu|bài|bài báo|bài viết|báo|văn bản|báo cáo|bản tin|tập tin|thư viện|nói|viết|bàn"
    "|đề cập|trình bày|ngắn gọn|ngắn|gọn|vài|câu|dòng|toàn bộ|tiếng|tiếng anh|tiếng việt|anh|việt"
    "|điểm|đọc|sơ lược|giới thiệu"
    "|summary|summarise|summarize|summaries|overview|overviews|main|point|points|idea|ideas"
    "|content|contents|gist|tl|dr|tldr|document|documents|article|articles|file|files|text|texts"
    "|report|reports|paper|papers|library|libraries|source|sources|english|vietnamese|short|brief"
    "|briefly|quick|whole|sentence|sentences|cover|contain|write|make|key|important|language".split(
        "|"
    )
)
_MOST_DOCUMENTS = 4
HELD = 0.5  # how surely a title holds a word that says which document is meant


def asks_for_overview(question: Question, terms: Sequence[Term]) -> list[Term] | None:
    """The terms that say which document is meant; None where no overview is asked for.

    Args:
        question: As checked.
        terms: Its content terms, see `rag.terms.terms_of`.
    """
    if not _ASKED.search(fold(question.text).lower()):
        return None
    return [term for term in terms if normalise(term.text) not in _FRAME]


def documents_meant(
    question: Question,
    naming: Sequence[Term],
    documents: Sequence[Document],
    allowed: Collection[str] | None,
) -> list[Document]:
    """The documents that an overview is asked of; none where that cannot be told."""
    meant = [
        document
        for document in documents
        if (allowed is None or document.id in allowed)
        and question.document_language in (None, document.language)
    ]
    if naming:
        meant = [
            document
            for document in meant
            if all(named(document).holds(term, question) >= HELD for term in naming)
        ]
    return meant if len(meant) <= _MOST_DOCUMENTS else []


def openings(snapshot: Snapshot, documents: Sequence[Document], limit: int) -> list[Hit]:
    """The passages that open the sections of `documents`, at most `limit`, in order."""
    found: list[Hit] = []
    for at, document in enumerate(documents):
        room = limit // len(documents) + (at < limit % len(documents))
        passages = [one for one in snapshot.passages_of(document.id) if one.sentences]
        opening = [
            one
            for last, one in zip([None, *passages], passages, strict=False)
            if last is None or one.section != last.section
        ]
        chosen = _spread(opening if len(opening) > 1 else passages, room)
        found += [Hit(passage, document, 1.0) for passage in chosen]
    return found


def open_verbatim(hits: Sequence[Hit]) -> Generator[Event, None, Generated]:
    """Quote the first sentence of each passage."""
    return quote_each((hit, hit.passage.sentences[0]) for hit in hits)


def named(document: Document, opening: str = "") -> View:
    """What a document is called by: its title, its file's name, and how it opens."""
    return view_of(f"{document.title} {document.source.rpartition('/')[2]} {opening}")


def _spread(passages: Sequence[Passage], count: int) -> list[Passage]:
    """`count` of `passages`, the first of them and the others evenly apart."""
    if len(passages) <= count:
        return list(passages)
    return [passages[at * len(passages) // count] for at in range(count)]
