"""The values that a question becomes on its way to an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bilingual.language import QuestionLanguage
from bilingual.texts import InterfaceLanguage
from rag.late_interaction import Interaction
from vectorstore.types import Document, DocumentLanguage, Passage

Verdict = Literal["supported", "unsupported", "unsure"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question that has passed its checks.

    Attributes:
        text: As asked, in NFC, outer white space removed, misspelt words put right.
        language: What it is written in: Vietnamese with or without marks, or English.
        marked: What is searched for; by default the text itself. Its Vietnamese marks are
            restored where it was typed without them, and words that only name a document to look
            in ("theo bài tiếng Anh") are left out, as are greetings and thanks.
        document_language: The language of the documents to look in, where it names one.
        typed: The text before its words were put right; by default the text.
    """

    text: str
    language: QuestionLanguage
    marked: str = ""
    document_language: DocumentLanguage | None = None
    typed: str = ""

    def __post_init__(self) -> None:
        if not self.typed:
            object.__setattr__(self, "typed", self.text)
        if not self.marked:
            object.__setattr__(self, "marked", self.text)

    @property
    def answer_language(self) -> InterfaceLanguage:
        """The language to answer in."""
        return "en" if self.language == "en" else "vi"


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage with what its score is made of.

    Attributes:
        score: Comparable within one retrieval only; higher is better.
        parts: The score's parts by retriever, e.g. `{"dense": 0.71, "lexical": 0.33}`.
        interaction: The similarities of their tokens, where the encoder gives any.
        matches: Which question term met which word of the passage, e.g. `("năng lượng", "energy")`.
    """

    passage: Passage
    document: Document
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)
    matches: Sequence[tuple[str, str]] = ()
    interaction: Interaction | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact place a claim rests on.

    `quote` equals the document's text from `start` to `end`.
    """

    document: str
    title: str
    source: str
    start: int
    end: int
    quote: str
    page: int | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer with its citations and what the check of them said.

    Attributes:
        verdict: Whether the cited passages support the text.
        reason: Why, in the answer's language, where the verdict is not "supported".
        mended_from: What the model had cited, where that did not support the text and `citations`
            were put in its place.
    """

    text: str
    citations: Sequence[Citation]
    verdict: Verdict = "supported"
    reason: str | None = None
    mended_from: Sequence[Citation] = ()


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent in each stage."""

    retrieve: float = 0.0
    answer: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A question's checked and cited answer, or an honest refusal.

    Attributes:
        language: The language it is written in; quotations keep their own.
        claims: Its sentences in order; empty in a refusal.
        refused: Whether the documents do not answer the question.
        missing: In a refusal, what of the question the documents do not have.
        refusal: In a refusal, the sentence that says so, in the answer's language.
        hits: The retrieved passages, best first, then others that are quoted, into which what was
            found goes on; in a refusal, the nearest ones.
        disagreement: Whether its sentences give different dates or numbers, as their documents do.
        trace: Notes of each stage for people who look into an answer.
        standalone: The question as it was looked for: with what it had leaned on in earlier turns
            put in, misspelt words put right and countries in place of capitals that act for them;
            "" where that is what was typed.
    """

    question: str
    language: InterfaceLanguage
    claims: Sequence[Claim]
    refused: bool
    missing: Sequence[str]
    refusal: str | None
    hits: Sequence[Hit]
    timings: Timings
    disagreement: bool = False
    trace: Mapping[str, Any] = field(default_factory=dict)
    standalone: str = ""

    @property
    def text(self) -> str:
        """The answer as plain text, without citation marks."""
        return self.refusal or " ".join(claim.text for claim in self.claims)

    def to_dict(self) -> dict[str, Any]:
        """The answer in the JSON shape that every interface of Trichdan gives."""
        return {
            "question": self.question,
            "standalone": self.standalone or self.question,
            "language": self.language,
            "refused": self.refused,
            "missing": list(self.missing),
            "refusal": self.refusal,
            "disagreement": self.disagreement,
            "claims": [asdict(claim) for claim in self.claims],
            "hits": [
                {
                    "document": hit.document.id,
                    "source": hit.document.source,
                    "start": hit.passage.start,
                    "end": hit.passage.end,
                    "text": hit.passage.text,
                    "score": round(hit.score, 6),
                    "parts": {name: round(part, 6) for name, part in hit.parts.items()},
                    "matches": [list(pair) for pair in hit.matches],
                    "section": hit.passage.section,
                    "page": hit.passage.page,
                }
                for hit in self.hits
            ],
            "timings_ms": {name: round(ms, 2) for name, ms in asdict(self.timings).items()},
        }


@dataclass(frozen=True, slots=True)
class Generated:
    """What an answerer made: claims, or its own finding that the passages do not answer.

    Attributes:
        refusal: Why it refused, in the answer's language; None where the model found no answer.
        beyond: Passages that are quoted, too, and were not retrieved: a list went on in them.
    """

    claims: Sequence[Claim]
    refused: bool = False
    refusal: str | None = None
    disagreement: bool = False
    trace: Mapping[str, Any] = field(default_factory=dict)
    beyond: Sequence[Hit] = ()


# What Assistant.stream yields, in order: Found, then Text and ClaimClosed as the answer grows,
# then Done. Errors are raised, never yielded.


@dataclass(frozen=True, slots=True)
class Found:
    """The passages were retrieved."""

    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer's text, citation marks included, as it comes."""

    text: str


@dataclass(frozen=True, slots=True)
class ClaimClosed:
    """A sentence of the answer is whole and was checked."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Done:
    """The answer is whole."""

    answer: Answer


Event = Found | Text | ClaimClosed | Done
