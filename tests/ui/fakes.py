"""A scripted assistant over two short documents: what it answers depends on words of the question.

| in the question      | it                                                        |
| -------------------- | --------------------------------------------------------- |
| moon, mặt trăng      | refuses                                                   |
| broken, hỏng         | fails after one sentence: the model's endpoint is down    |
| slow, chậm           | answers word by word, for ever, until it is stopped       |
| doubt, nghi ngờ      | gives an unsupported and an unsure sentence               |
| moved, dời           | cites words that do not stand at their place              |
| attack               | answers with markup from the document                     |
| crash                | raises something that nobody planned for                  |
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from ingest import OnProgress, Progress, Report
from ingest.errors import FileEmptyError
from rag.errors import (
    LLMUnreachableError,
    QuestionEmptyError,
    QuestionTooLongError,
    QuestionUnreadableError,
)
from rag.llm.stop import Stop
from rag.types import Answer, Citation, Claim, ClaimClosed, Done, Event, Found, Hit, Text, Timings
from vectorstore.errors import DocumentMissingError
from vectorstore.types import Document, Holding, Passage

VIETNAMESE = """\
# Tuyên bố chung ở Paris

## Hội nghị

Hội nghị Thượng đỉnh Hành động AI họp tại Paris trong hai ngày 10 và 11 tháng 2 năm 2025. \
Tổng thống Pháp Emmanuel Macron và Thủ tướng Ấn Độ Narendra Modi cùng chủ trì. \
Năm chủ đề được bàn là lợi ích công cộng, việc làm, đầu tư, đạo đức và quy định.

## Ai ký, ai không

Sáu mươi nước cùng Vatican, Liên minh châu Âu và Uỷ ban Liên minh châu Phi đã thông qua tuyên bố. \
Mỹ và Anh không ký văn bản cuối cùng vì lợi ích quốc gia và lo ngại về quy định. \
Phía Anh nói văn bản chưa đề cập đủ tới quản trị toàn cầu và an ninh quốc gia.

## Các ưu tiên

- Mở rộng khả năng tiếp cận AI để thu hẹp khoảng cách số;
- Giữ cho AI cởi mở, hoà nhập, minh bạch, có đạo đức, an toàn và đáng tin cậy;
- Tránh để thị trường tập trung vào một số ít công ty;
- Dùng AI để cải thiện việc làm và thị trường lao động.

## Năng lượng

Lần đầu tiên một hội nghị nhiều bên bàn về AI và năng lượng. Một cơ quan quan sát tác động năng \
lượng của AI được lập cùng Cơ quan Năng lượng Quốc tế (IEA). Các nước cũng lập mạng lưới theo dõi \
ảnh hưởng của AI tới nơi làm việc, đào tạo và giáo dục.

## Chặng tiếp theo

Các mốc sắp tới gồm hội nghị ở Kigali, Diễn đàn Toàn cầu lần thứ 3 về Đạo đức AI do Thái Lan và \
UNESCO tổ chức, cùng Hội nghị AI Thế giới 2025. Những sự kiện ấy giúp theo dõi các cam kết.
"""

ENGLISH = """\
# Vietnam at the Paris summit

## The delegation

Deputy Minister Bui Hoang Phuong led Vietnam's delegation to Paris from 10 to 13 February 2025. \
Taking part confirms the country's active role among those who shape AI.

## The host's words

President Macron asked for rules and for a framework that people can trust. \
He called nuclear power a sustainable source of energy for AI.

<script>window.pwned = "document"</script> <img src="https://evil.example/x.png" \
onerror="window.pwned = 'document image'"> ![chart](https://evil.example/chart.png)
"""

DOCUMENTS = (
    Document("tuyen-bo-paris", "Tuyên bố chung ở Paris", "vi", "/docs/tuyen-bo-paris.md", "1" * 64),
    Document("vietnam-paris", "Vietnam at the Paris summit", "en", "/docs/vietnam.md", "2" * 64, 3),
)
TEXTS = {"tuyen-bo-paris": VIETNAMESE, "vietnam-paris": ENGLISH}

NOT_SIGNED = "Mỹ và Anh không ký văn bản cuối cùng vì lợi ích quốc gia và lo ngại về quy định."
BRITAIN = "Phía Anh nói văn bản chưa đề cập đủ tới quản trị toàn cầu và an ninh quốc gia."
LED = (
    "Deputy Minister Bui Hoang Phuong led Vietnam's delegation to Paris "
    "from 10 to 13 February 2025."
)
MARKUP = '<script>window.pwned = "document"</script>'


def cited(quote: str, section: str | None = None, page: int | None = None) -> Citation:
    """The citation of `quote`, at its place in the document that holds it."""
    document = next(each for each in DOCUMENTS if quote in TEXTS[each.id])
    start = TEXTS[document.id].index(quote)
    return Citation(
        document.id,
        document.title,
        document.source,
        start,
        start + len(quote),
        quote,
        page,
        section,
    )


def hit(quote: str, score: float = 1.0) -> Hit:
    """A retrieved passage that is just `quote`."""
    place = cited(quote)
    document = next(each for each in DOCUMENTS if each.id == place.document)
    passage = Passage(1, document.id, quote, place.start, place.end, "Mục", None, document.language)
    return Hit(passage, document, score)


def answer(question: str, *claims: Claim, language: str = "vi") -> Answer:
    """A whole answer of `claims`."""
    return Answer(
        question,
        "en" if language == "en" else "vi",
        claims,
        False,
        (),
        None,
        (hit(NOT_SIGNED),),
        Timings(1.0, 2.0, 3.0),
    )


class ScriptedAssistant:
    """Stands in for `rag.assistant.Assistant`.

    Attributes:
        asked: The questions, in order.
        histories: The earlier questions that came with each.
        narrowed: The documents that each was narrowed to.
        closed: Set when a stream was closed before its end.
        pause_s: How long it takes for each piece of an answer.
    """

    def __init__(self, pause_s: float = 0.0) -> None:
        self.asked: list[str] = []
        self.histories: list[list[str]] = []
        self.narrowed: list[Collection[str] | None] = []
        self.closed = threading.Event()
        self.pause_s = pause_s

    def documents(self) -> list[Document]:
        return list(DOCUMENTS)

    def document(self, document: str) -> Document:
        for each in DOCUMENTS:
            if each.id == document:
                return each
        raise DocumentMissingError(document=document)

    def document_text(self, document_id: str) -> str:
        if document_id not in TEXTS:
            raise DocumentMissingError(document=document_id)
        return TEXTS[document_id]

    def ask(self, question: str, *, documents: Collection[str] | None = None) -> Answer:
        for event in self.stream(question):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("the script has no end")

    def stream(
        self,
        question: str,
        *,
        documents: Collection[str] | None = None,
        history: Sequence[Answer] = (),
        stop: Stop | None = None,
    ) -> Iterator[Event]:
        self.asked.append(question)
        self.histories.append([answer.question for answer in history])
        self.narrowed.append(documents)
        if not question.strip():
            raise QuestionEmptyError
        if "\ud800" in question:
            raise QuestionUnreadableError(character="U+D800")
        if len(question) > 2000:
            raise QuestionTooLongError(length=len(question), limit=2000)
        try:
            for event in self._script(question):
                time.sleep(self.pause_s)
                yield event
        except GeneratorExit:
            self.closed.set()
            raise

    def _script(self, question: str) -> Iterator[Event]:
        yield Found((hit(NOT_SIGNED), hit(LED, 0.5)))
        if any(word in question for word in ("moon", "mặt trăng")):
            yield Done(self._refusal(question))
            return
        if "crash" in question:
            raise ZeroDivisionError
        if any(word in question for word in ("slow", "chậm")):
            yield from self._endless()
        claims = self._claims(question)
        for number, claim in enumerate(claims, 1):
            words = claim.text.split(" ")
            for word in words:
                yield Text(f"{word} ")
            yield Text(f"[{number}] ")
            yield ClaimClosed(claim)
            if any(word in question for word in ("broken", "hỏng")):
                raise LLMUnreachableError(endpoint="http://127.0.0.1:1/v1", detail="refused")
        yield Done(answer(question, *claims, language="en" if question.isascii() else "vi"))

    def _endless(self) -> Iterator[Event]:
        first = Claim(NOT_SIGNED, (cited(NOT_SIGNED),))
        yield Text(NOT_SIGNED)
        yield ClaimClosed(first)
        while True:
            time.sleep(0.02)
            yield Text("lời ")

    def _claims(self, question: str) -> list[Claim]:
        first = cited(NOT_SIGNED, "Tuyên bố chung ở Paris › Ai ký, ai không")
        if any(word in question for word in ("doubt", "nghi ngờ")):
            reason = "Đoạn được trích nói 60 nước, không phải 61."
            return [
                Claim("Có 61 nước ký tuyên bố.", (first,), "unsupported", reason),
                Claim("Mỹ có thể sẽ ký sau.", (cited(BRITAIN),), "unsure"),
                Claim(LED, (cited(LED),), mended_from=(first,)),
            ]
        if any(word in question for word in ("moved", "dời")):
            start = first.start + 5
            moved = Citation(
                first.document, first.title, first.source, start, first.end + 5, first.quote
            )
            return [Claim(NOT_SIGNED, (moved,))]
        if "attack" in question:
            text = f'{MARKUP}<img src=x onerror="window.pwned=1"> **bold** ![x](https://evil.example/y.png)'
            return [Claim(text, (cited(MARKUP, '"><img src=x onerror=window.pwned=2>'),))]
        return [
            Claim(NOT_SIGNED, (first,)),
            Claim(BRITAIN, (cited(BRITAIN, "Tuyên bố chung ở Paris › Ai ký, ai không"), first)),
            Claim(LED, (cited(LED, "The delegation", page=2),)),
        ]

    def _refusal(self, question: str) -> Answer:
        english = question.isascii()
        return Answer(
            question,
            "en" if english else "vi",
            (),
            True,
            ("moon", "distance") if english else ("mặt trăng", "khoảng cách"),
            "The documents do not answer this question."
            if english
            else "Các tài liệu không trả lời được câu hỏi này.",
            (hit(NOT_SIGNED), hit(LED, 0.5)),
            Timings(),
        )


class ScriptedShelves:
    """Stands in for `ui.shelves.Shelves`: takes in every file but those named `bad…`."""

    def __init__(self) -> None:
        self.held = [
            Holding(document, passages, f"2026-11-0{day}T08:30:00+00:00")
            for day, (document, passages) in enumerate(zip(DOCUMENTS, (1234, 3), strict=True), 1)
        ]

    def holdings(self) -> list[Holding]:
        return list(self.held)

    def edition(self) -> int:
        return 1

    def headings(self) -> list[tuple[str, str, str]]:
        return [
            ("tuyen-bo-paris", "Tuyên bố chung ở Paris › Ai ký, ai không", "vi"),
            ("vietnam-paris", "The delegation", "en"),
            ("vietnam-paris", "Nothing about the moon", "en"),
        ]

    def add(self, paths: Sequence[Path | str], on_progress: OnProgress) -> Report:
        added, skipped = [], []
        for number, path in enumerate(map(str, paths)):
            on_progress(Progress("reading", number, len(paths), path))
            name = Path(path).name
            if name.startswith("bad"):
                skipped.append(FileEmptyError(path=path))
                continue
            added.append(path)
            made = Document(f"new-{len(self.held)}", name, "en", path, "3" * 64)
            self.held.append(Holding(made, 1, "2026-11-20T08:30:00+00:00"))
        on_progress(Progress("embedding", 1, 1))
        on_progress(Progress("publishing", 1, 1))
        return Report(
            added=tuple(added), changed=(), unchanged=(), renamed=(), skipped=tuple(skipped),
            passages=len(added), passages_embedded=len(added), generation=2, seconds=0.1,
        )  # fmt: skip

    def remove(self, document: str) -> str:
        for each in self.held:
            if each.document.id == document:
                self.held.remove(each)
                return each.document.source
        raise DocumentMissingError(document=document)
