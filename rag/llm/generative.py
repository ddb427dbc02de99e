"""Answers written by a language model from the retrieved passages, each sentence checked."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bilingual.orthography import words
from bilingual.texts import text as told
from rag.checking.case import Checker
from rag.checking.citations import Cited, locate, parse
from rag.checking.claims import check
from rag.checking.mending import mended
from rag.errors import LLMError, LLMUnreadableError
from rag.llm.asides import claims_nothing, says_no_answer
from rag.llm.commands import as_evidence
from rag.llm.draft import Draft
from rag.llm.endpoint import endpoint_or_name
from rag.llm.exchange import Exchange
from rag.llm.judging import LLMJudge
from rag.llm.prompt import Prompt, build_prompt, token_counter
from rag.llm.reply import stream_reply
from rag.llm.stop import Stop
from rag.settings import Settings
from rag.types import Citation, Claim, ClaimClosed, Generated, Hit, Question, Text

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

# No tokenizer writes as much with one token: a longer answer comes of a server that knows no end.
_TOKEN_CHARS = 16
_SOURCES = re.compile(r"^\W*(?:sources?|references?|nguồn|tài liệu)\W*:", re.IGNORECASE)

_Events = Generator[Text | ClaimClosed, None, None]


@dataclass(frozen=True, slots=True)
class GenerativeAnswerer:
    """Answers from passages with any LlamaIndex model.

    Attributes:
        llm: The model; it is given no tools.
        settings: Window, longest answer, deadline and address of the model, who judges its
            sentences and what becomes of those that are not supported.
        checker: What decides whether a sentence is supported by what it cites, unless the model
            itself is the judge.
    """

    llm: LLM
    settings: Settings
    checker: Checker = check

    def answer(
        self, question: Question, hits: Sequence[Hit], *, stop: Stop | None = None
    ) -> Generator[Text | ClaimClosed, None, Generated]:
        """Answer `question` from `hits`, best first, in the question's answer language.

        Text comes as it is written, a claim as soon as its sentence is whole; where unsupported
        sentences are not to be shown, text comes when it has been checked. Closing the generator
        ends the call at the endpoint; `stop` does so from another thread.

        Where a chat template opens the model's thought, only its end tells that it was one: what
        was yielded until then is no part of the answer.

        Returns:
            The whole answer, as the generator's value.

        Raises:
            LLMError: No whole answer came; what was yielded before is not one. Or not even one
                passage fits the model's window.
        """
        endpoint = endpoint_or_name(self.llm, self.settings)
        prompt = build_prompt(
            question,
            hits,
            window=int(min(self.settings.llm_context_tokens, self.llm.metadata.context_window)),
            answer_tokens=self.settings.llm_answer_tokens,
            count=token_counter(self.llm),
        )
        judge = self._judge(endpoint, stop)
        written = _Written(
            prompt, question, judge or self.checker, self.checker, self.settings.unsupported
        )
        longest = _TOKEN_CHARS * self.settings.llm_answer_tokens
        draft = Draft([hit.passage.text for hit in prompt.packed], longest)
        exchange = Exchange(self.settings.llm_deadline_s, stop)
        reply = stream_reply(self.llm, prompt.system, prompt.user, exchange, endpoint)
        finish: str | None = None
        waiting: list[str] = []
        said: list[str] = []
        try:
            while not (draft.refused or draft.full):
                try:
                    piece = next(reply)
                except StopIteration as ended:
                    finish = ended.value
                    break
                said.append(piece)
                text, sentences = draft.feed(piece)
                if draft.began_anew:
                    waiting.clear()
                    written.forget()
                if judge is not None:
                    # The judge may be the very model that is writing: one call after the other.
                    waiting += sentences
                    sentences = []
                yield from written.take(text, sentences)
        finally:
            reply.close()
        finish = "length" if draft.full else finish
        text, sentences, dropped = draft.finish(cut=finish == "length")
        yield from written.take(text, [*waiting, *sentences])
        refusal_seen = draft.refusal_seen or written.says_no_answer
        said_so = draft.refused or (refusal_seen and not written.cites_anything)
        if not said_so and not written.closed:
            raise self._nothing_said(endpoint, finish)
        trace = self._trace(endpoint, prompt, written, finish, dropped)
        trace["reply"] = "".join(said)
        trace["reply_tokens"] = token_counter(self.llm)(trace["reply"])
        if judge is not None:
            trace["judge_failures"] = judge.failures
        if said_so:
            return Generated((), refused=True, trace=trace)
        if written.withheld:
            refusal = told("answers.unsupported", question.answer_language)
            return Generated((), refused=True, refusal=refusal, trace=trace)
        yield from written.release()
        return Generated(tuple(written.claims), trace=trace)

    def _judge(self, endpoint: str, stop: Stop | None) -> LLMJudge | None:
        if self.settings.judge != "llm":
            return None
        return LLMJudge(
            self.llm, endpoint, self.settings.llm_deadline_s, stop, fallback=self.checker
        )

    def _nothing_said(self, endpoint: str, finish: str | None) -> LLMError:
        if finish == "length":
            limit = self.settings.llm_answer_tokens
            detail = f"finish_reason: length (llm_answer_tokens = {limit})"
            return LLMError(endpoint=endpoint, detail=detail)
        return LLMUnreadableError(endpoint=endpoint, detail="empty reply")

    def _trace(
        self, endpoint: str, prompt: Prompt, written: _Written, finish: str | None, dropped: str
    ) -> dict[str, Any]:
        """How the answer came about.

        `prompt` and `reply` are what the model was given and said, word for word; `removed` are the
        sentences that were not supported and not shown, `mended` the number of those whose citation
        was put right; `passages` are the ids of those given, in the order of the model's numbers,
        `left_out` of those that did not fit; `dropped_sentence` is the half one of an answer that
        was too long.
        """
        trace: dict[str, Any] = {
            "model": self.llm.metadata.model_name,
            "endpoint": endpoint,
            "prompt": {"system": prompt.system, "user": prompt.user},
            "prompt_tokens": prompt.tokens,
            "passages": [hit.passage.id for hit in prompt.packed],
            "left_out": [hit.passage.id for hit in prompt.left_out],
            "finish": finish,
            "invalid_citations": written.invalid,
            "uncited_sentences": sum(not claim.citations for claim in written.closed),
            "mended": sum(bool(claim.mended_from) for claim in written.closed),
        }
        if written.removed:
            trace["removed"] = list(written.removed)
        if dropped:
            trace["dropped_sentence"] = dropped
        return trace


class _Written:
    """The claims so far, made of the sentences as they close.

    Attributes:
        closed: Every claim of the model's.
        claims: Those that are the answer.
        removed: The sentences that are not shown.
        invalid: How many citations were to passages that do not exist.
    """

    def __init__(
        self,
        prompt: Prompt,
        question: Question,
        checker: Checker,
        mender: Checker,
        unsupported: str,
    ) -> None:
        self.closed: list[Claim] = []
        self.claims: list[Claim] = []
        self.removed: list[str] = []
        self.invalid = 0
        self._hits = prompt.packed
        self._evidence = [as_evidence(hit) for hit in prompt.packed]
        self._language = question.answer_language
        self._checker = checker
        # Tries every passage, so it is never the model.
        self._mender = mender
        self._unsupported = unsupported
        self._held: list[Text | ClaimClosed] = []

    @property
    def says_no_answer(self) -> bool:
        return any(says_no_answer(claim.text) for claim in self.closed)

    @property
    def cites_anything(self) -> bool:
        """Whether it cites a passage for more than that the passages hold no answer."""
        return any(claim.citations and not says_no_answer(claim.text) for claim in self.closed)

    @property
    def withheld(self) -> bool:
        """Whether what is left may not stand as an answer."""
        if self._unsupported == "refuse":
            return bool(self.removed)
        return not self.claims

    def take(self, text: str, sentences: Sequence[str]) -> _Events:
        """Turn text and closed sentences into events."""
        marked = self._unsupported == "mark"
        if text and marked:
            yield Text(text)
        for sentence in sentences:
            claim = self._claim(sentence)
            if claim is None:
                continue
            self.closed.append(claim)
            if claim.verdict == "unsupported" and not marked:
                self.removed.append(claim.text)
                continue
            self.claims.append(claim)
            events: list[Text | ClaimClosed] = [ClaimClosed(claim)]
            if not marked:
                events.insert(0, Text(f"{sentence} "))
            if self._unsupported == "refuse":
                self._held += events  # the next sentence may undo them
            else:
                yield from events

    def forget(self) -> None:
        """What was taken so far was a thought."""
        for taken in (self.closed, self.claims, self.removed, self._held):
            taken.clear()
        self.invalid = 0

    def release(self) -> _Events:
        """What was held until all sentences were checked."""
        yield from self._held

    def _claim(self, sentence: str) -> Claim | None:
        """The checked claim; None where the sentence claims nothing."""
        cited = parse(sentence, len(self._hits))
        self.invalid += cited.invalid
        if not any(char.isalnum() for char in cited.text) or claims_nothing(sentence):
            return None
        hits = [self._hits[number - 1] for number in cited.numbers]
        if _names_source(cited.text, hits or self._hits):
            return None
        evidence = [self._evidence[number - 1] for number in cited.numbers]
        result = self._checker(cited.text, evidence, self._language)
        if result.verdict != "supported":
            better = mended(cited.text, evidence, self._evidence, self._language, self._mender)
            if better is not None:
                right, result = (
                    [self._hits[self._evidence.index(hit)] for hit in better[0]],
                    better[1],
                )
                places, before = self._places(cited, right), self._places(cited, hits)
                return Claim(cited.text, places, result.verdict, result.reason, before)
        return Claim(cited.text, self._places(cited, hits), result.verdict, result.reason)

    def _places(self, cited: Cited, hits: Sequence[Hit]) -> tuple[Citation, ...]:
        return tuple(locate(cited.text, hit, self._language) for hit in hits)


def _names_source(text: str, hits: Sequence[Hit]) -> bool:
    """Whether `text` is a line of a list of sources: a title, and perhaps the section."""
    said = words(_SOURCES.sub("", text))
    return any(
        said in (words(hit.document.title), words(f"{hit.document.title} {hit.passage.section}"))
        for hit in hits
    )
