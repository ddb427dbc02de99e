"""A question in, a checked and cited answer out: the place to start reading.

The way of a question: checked → passages retrieved → evidence weighed → refused, or answered by
quoting or by a language model → each claim checked against its citations → `Answer`.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from bilingual.lexicon import default_lexicon
from bilingual.texts import text
from rag.conversation import Rewrite, rewrite_by_model, rewrite_by_rules
from rag.courtesy import is_courtesy
from rag.errors import LLMError, QuestionError
from rag.evidence import Evidence, gather
from rag.extractive import answer_verbatim
from rag.llm.stop import LLMStoppedError, Stop
from rag.others import without_told
from rag.overview import asks_for_overview, documents_meant, open_verbatim, openings
from rag.parts import Quote, asks_for_part, quoting, under
from rag.question import check_question, reread
from rag.rarity import rarities
from rag.reader import Reader, reader_for
from rag.refusal import missing_from, refusal
from rag.retriever import HybridRetriever
from rag.settings import Settings
from rag.terms import Term, terms_of
from rag.types import Answer, Done, Event, Found, Generated, Hit, Question, Timings
from vectorstore import Document, LexicalField, Library, Passage
from vectorstore.errors import DocumentMissingError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from bilingual.encoder import Encoder

# Passages, the best ones, by which a question is read again.
_READ_AGAIN = 8


class Assistant:
    """Answers questions over one library. Safe to share between threads."""

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        *,
        settings: Settings | None = None,
        llm: LLM | None = None,
    ) -> None:
        """Use `open` unless you bring your own parts.

        Args:
            llm: Any LlamaIndex LLM; None quotes the documents instead.
        """
        self.library = library
        self.encoder = encoder
        self.settings = settings or Settings()
        self.llm = llm
        self.lexicon = default_lexicon()

    @classmethod
    def open(cls, settings: Settings | None = None, *, llm: LLM | None = None) -> Self:
        """Open the library that the settings name, with its encoder and language model.

        Raises:
            SettingsError: A setting is wrong.
            StoreError: There is no library, or it was built with another encoder.
            EncoderError: The encoder is not on this machine.
            LLMError: The language model cannot be loaded.
        """
        from bilingual.encoders import load_encoder

        settings = settings or Settings.load()
        encoder = load_encoder(settings.encoder)
        library = Library.open(settings.library, encoder.name, encoder.dim, server=settings.chroma)
        if llm is None and settings.llm != "none":
            from rag.llm.models import load_llm

            llm = load_llm(settings)
        return cls(library, encoder, settings=settings, llm=llm)

    def ask(
        self,
        question: str,
        *,
        documents: Collection[str] | None = None,
        history: Sequence[Answer] = (),
        stop: Stop | None = None,
    ) -> Answer:
        """Answer `question` from the library, or refuse.

        Args:
            documents: Ids of the documents to answer from; all of them by default.
            history: The same person's earlier answers, oldest first, to which the question may
                refer; `rag.conversation.Conversation` keeps them.
            stop: Press it from another thread to give up on a language model.

        Raises:
            QuestionError: The question is empty, unreadable or too long.
            DocumentMissingError: One of `documents` is not in the library.
            StoreError: The library cannot be read.
            LLMError: The language model gave no whole answer.
        """
        for event in self.stream(question, documents=documents, history=history, stop=stop):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream ends with Done or raises")

    def stream(
        self,
        question: str,
        *,
        documents: Collection[str] | None = None,
        history: Sequence[Answer] = (),
        stop: Stop | None = None,
    ) -> Generator[Event, None, None]:
        """Answer `question` step by step; closing the generator, or `stop`, ends the work.

        Yields:
            `Found`, then `Text` and `ClaimClosed` as the answer grows, then `Done`.

        Raises:
            QuestionError, StoreError, LLMError: As `ask` does, when their turn comes.
        """
        began = time.perf_counter()
        typed = self.read(question)
        self._check(documents)
        if is_courtesy(typed.typed):
            yield from _nothing_asked(typed, "answers.courtesy", began)
            return
        rewrite, opened = None, self._opened(typed, documents)
        if opened is not None:
            asked, (hits, quote) = typed, opened
        else:
            rewrite = self._rewrite(typed, history, stop)
            asked = self.read(rewrite.question) if rewrite else typed
            if not self._words_of(asked):
                yield from _nothing_asked(typed, "answers.unclear", began)
                return
            asked, hits = self._found(asked, documents)
        found = time.perf_counter()
        yield Found(hits)
        reader = reader_for(self.encoder)
        evidence = None if opened else self.evidence(asked, hits, reader)
        told = rewrite.told if rewrite else ()
        if evidence is not None and told:
            evidence = without_told(evidence, told, reader)
        missing = None if evidence is None else missing_from(evidence)
        if missing is not None:
            empty = not hits and self._is_empty()
            more = text("answers.nothing-more", typed.answer_language) if told else None
            why = more or refusal(missing, typed.answer_language, empty=empty)
            made = Generated(claims=(), refused=True, refusal=why)
        elif self.llm is not None:
            # Told in the language of what was typed, which may have changed since the last turn.
            put = replace(asked, language=typed.language) if rewrite else asked
            made = yield from self._generated(put, hits, self.llm, stop)
        elif opened is not None:
            made = yield from quote(hits)
        else:
            assert evidence is not None
            made = yield from answer_verbatim(evidence, self._whole)
        ended = time.perf_counter()
        timings = Timings(
            retrieve=1000 * (found - began),
            answer=1000 * (ended - found),
            total=1000 * (ended - began),
        )
        yield Done(_closed(typed, asked, rewrite, hits, made, missing or [], timings))

    def search(
        self, question: str, documents: Collection[str] | None = None
    ) -> tuple[Question, list[Hit]]:
        """Check a question and find the passages that can answer it, best first.

        It is read again by the passages that it found, and looked for again where that changes a
        word.

        Raises:
            QuestionError: It is empty, unreadable or too long.
            DocumentMissingError: One of `documents` is not in the library.
            StoreError: The library cannot be read.
        """
        self._check(documents)
        return self._found(self.read(question), documents)

    def evidence(self, question: Question, hits: Sequence[Hit], reader: Reader | None) -> Evidence:
        """What the passages found hold of a question.

        Args:
            reader: Reads the best sentences with the question, where there is one.

        Raises:
            StoreError: The library cannot be read.
        """
        terms = terms_of(question, self.lexicon)
        with self.library.snapshot() as snapshot:
            rarity = rarities(terms, snapshot)
        return gather(question, terms, hits, lambda term: rarity[term.stem], reader)

    def _found(
        self, asked: Question, documents: Collection[str] | None
    ) -> tuple[Question, list[Hit]]:
        hits = self.retrieve(asked, documents)
        said = [
            part
            for hit in hits[:_READ_AGAIN]
            for part in (hit.passage.text, hit.passage.section or "", hit.document.title)
        ]
        again = reread(asked, self._counts, said)
        if again.marked == asked.marked:
            return asked, hits
        return again, self.retrieve(again, documents)

    def read(self, question: str) -> Question:
        """Check a question, put misspelt words right, and restore marks that were left out.

        Raises:
            QuestionError: It is empty, unreadable or too long.
            StoreError: The library cannot be read.
        """
        return check_question(
            question, self.settings.question_chars, self._counts, self._counts_of_stems
        )

    def _counts(self, words: Sequence[str], field: LexicalField = "words") -> list[int]:
        """In how many passages each of `words` stands."""
        with self.library.snapshot() as snapshot:
            return [snapshot.document_frequency(word, field) for word in words]

    def _counts_of_stems(self, stems: Sequence[str]) -> list[int]:
        """In how many passages words of each of `stems` stand."""
        return self._counts(stems, "stems")

    def retrieve(self, question: Question, documents: Collection[str] | None = None) -> list[Hit]:
        """The passages that can answer `question`, best first; override it to bring your own.

        Args:
            question: As `read` gives it.
            documents: Ids of the documents to look in; None for all.
        """
        retriever = HybridRetriever(
            self.library, self.encoder, self.lexicon, self.settings.passages, documents
        )
        return retriever.find(question)

    def _opened(
        self, question: Question, documents: Collection[str] | None
    ) -> tuple[list[Hit], Quote] | None:
        """Where a document or a numbered part of one is asked about as a whole, its passages.

        And how they are quoted. None where something else is asked, or nothing stands there.
        """
        terms = terms_of(question, self.lexicon)
        naming, part = asks_for_overview(question, terms), asks_for_part(question, terms)
        if naming is None and part is None:
            return None
        with self.library.snapshot() as snapshot:
            if part is not None and (hits := under(snapshot, question, part, documents)):
                quote = quoting(snapshot, hits, part)
                return (hits, quote) if quote else None
            if naming is None:
                return None
            meant = documents_meant(question, naming, snapshot.documents(), documents)
            hits = openings(snapshot, meant, self.settings.passages)
        return (hits, open_verbatim) if hits else None

    def _rewrite(
        self, asked: Question, history: Sequence[Answer], stop: Stop | None
    ) -> Rewrite | None:
        """The question with what it leans on put in; None where it stands alone."""
        said = [answer for answer in history if not is_courtesy(answer.question)]
        recent = said[-self.settings.history_turns :] if self.settings.history_turns else ()
        if not recent:
            return None
        failure: str | None = None
        if self.llm is not None and not self._is_empty():
            try:
                return self._model_rewrite(asked, recent, stop)
            except LLMStoppedError:
                raise
            except (LLMError, QuestionError) as error:
                failure = str(error)
        found = rewrite_by_rules(asked, recent, self.read, self._words_of)
        if found is None or len(found.question) > self.settings.question_chars:
            return Rewrite(asked.text, "nobody", failure) if failure else None
        return replace(found, failure=failure)

    def _model_rewrite(
        self, asked: Question, recent: Sequence[Answer], stop: Stop | None
    ) -> Rewrite | None:
        from rag.llm.endpoint import endpoint_or_name

        assert self.llm is not None
        found = rewrite_by_model(
            asked,
            recent,
            self.llm,
            endpoint=endpoint_or_name(self.llm, self.settings),
            deadline_s=self.settings.llm_deadline_s,
            words_of=self._words_of,
            stop=stop,
        )
        if found is None:
            return None
        self.read(found)  # what a model writes can be as unreadable as what people type
        return Rewrite(found, "model")

    def _check(self, documents: Collection[str] | None) -> None:
        """See that the library has every one of `documents`.

        Raises:
            DocumentMissingError: It has not.
        """
        if isinstance(documents, str):
            raise TypeError("documents is a collection of ids, not one id")
        if documents:
            with self.library.snapshot() as snapshot:
                for document in documents:
                    snapshot.document(document)

    def _is_empty(self) -> bool:
        with self.library.snapshot() as snapshot:
            return snapshot.passage_count == 0

    def _words_of(self, question: Question) -> list[str]:
        return [term.text for term in terms_of(question, self.lexicon)]

    def _generated(
        self, question: Question, hits: Sequence[Hit], llm: LLM, stop: Stop | None
    ) -> Generator[Event, None, Generated]:
        from rag.checking.claims import ClaimChecker
        from rag.llm.generative import GenerativeAnswerer

        answerer = GenerativeAnswerer(llm, self.settings, ClaimChecker(self.encoder))
        return (yield from answerer.answer(question, hits, stop=stop))

    def _whole(self, document: str) -> tuple[str, Sequence[Passage]]:
        """A document's text and passages; nothing where it was removed meanwhile."""
        with self.library.snapshot() as snapshot:
            try:
                return snapshot.text(document), snapshot.passages_of(document)
            except DocumentMissingError:
                return "", ()

    def documents(self) -> list[Document]:
        """The documents of the library, by title."""
        with self.library.snapshot() as snapshot:
            return sorted(snapshot.documents(), key=lambda document: document.title)

    def document(self, document: str) -> Document:
        """One document of the library.

        Raises:
            DocumentMissingError: There is no such document.
        """
        with self.library.snapshot() as snapshot:
            return snapshot.document(document)

    def document_text(self, document: str) -> str:
        """The normalised text that every offset into `document` points into.

        Raises:
            DocumentMissingError: There is no such document.
        """
        with self.library.snapshot() as snapshot:
            return snapshot.text(document)

    def close(self) -> None:
        """Let the library go."""
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _nothing_asked(typed: Question, said: str, began: float) -> Generator[Event, None, None]:
    """The answer where nothing is asked of the documents: none of them is looked at.

    Args:
        typed: A greeting, or a question without a word to look for.
        said: The key of what is answered.
        began: When the question came, on the performance counter.
    """
    made = Generated(claims=(), refused=True, refusal=text(said, typed.answer_language))
    yield Found(())
    timings = Timings(total=1000 * (time.perf_counter() - began))
    yield Done(_closed(typed, typed, None, (), made, (), timings))


def _closed(
    typed: Question,
    asked: Question,
    rewrite: Rewrite | None,
    hits: Sequence[Hit],
    made: Generated,
    missing: Sequence[Term],
    timings: Timings,
) -> Answer:
    """The whole answer, or refusal."""
    language = typed.answer_language
    found = {hit.passage.id for hit in hits}
    return Answer(
        question=typed.typed,
        language=language,
        claims=() if made.refused else made.claims,
        refused=made.refused,
        missing=[term.text for term in missing] if made.refused else (),
        refusal=(made.refusal or refusal(missing, language, empty=False)) if made.refused else None,
        hits=[*hits, *(hit for hit in made.beyond if hit.passage.id not in found)],
        timings=timings,
        disagreement=made.disagreement,
        trace={**made.trace, "rewrite": rewrite.to_dict()} if rewrite else made.trace,
        standalone=asked.text if asked.text != typed.typed else "",
    )
