"""Answers written by a language model from the retrieved passages, each sentence checked."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.checking.citations import locate, parse
from rag.checking.claims import Checker, check
from rag.errors import LLMError, LLMUnreadableError
from rag.llm.draft import Draft
from rag.llm.endpoint import endpoint_of
from rag.llm.exchange import Exchange
from rag.llm.prompt import Prompt, build_prompt, token_counter
from rag.llm.reply import stream_reply
from rag.llm.stop import Stop
from rag.settings import Settings
from rag.types import Claim, ClaimClosed, Generated, Hit, Question, Text

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


@dataclass(frozen=True, slots=True)
class GenerativeAnswerer:
    """Answers from passages with any LlamaIndex model.

    Attributes:
        llm: The model; it is given no tools.
        settings: Window, longest answer, deadline and address of the model.
        checker: What decides whether a sentence is supported by what it cites.
    """

    llm: LLM
    settings: Settings
    checker: Checker = check

    def answer(
        self, question: Question, hits: Sequence[Hit], *, stop: Stop | None = None
    ) -> Generator[Text | ClaimClosed, None, Generated]:
        """Answer `question` from `hits`, best first, in the question's answer language.

        Text comes as it is written, a claim as soon as its sentence is whole. Closing the
        generator ends the call at the endpoint; `stop` does so from another thread.

        Returns:
            The whole answer, as the generator's value.

        Raises:
            LLMError: No whole answer came; what was yielded before is not one.
            SettingsError: Not even one passage fits the model's window.
        """
        endpoint = self._endpoint()
        prompt = build_prompt(
            question, hits, prompt_tokens=self._prompt_tokens(), count=token_counter(self.llm)
        )
        written = _Written(prompt, question, self.checker)
        draft = Draft([hit.passage.text for hit in prompt.packed])
        exchange = Exchange(self.settings.llm_deadline_s, stop)
        reply = stream_reply(self.llm, prompt.system, prompt.user, exchange, endpoint)
        finish: str | None = None
        try:
            while not draft.refused:
                try:
                    piece = next(reply)
                except StopIteration as ended:
                    finish = ended.value
                    break
                yield from written.take(*draft.feed(piece))
        finally:
            reply.close()
        text, sentences, dropped = draft.finish(cut=finish == "length")
        yield from written.take(text, sentences)
        refused = draft.refused or (draft.refusal_seen and not written.cites_anything)
        if not refused and not written.claims:
            raise self._nothing_said(endpoint, finish)
        claims = () if refused else tuple(written.claims)
        return Generated(claims, refused, self._trace(endpoint, prompt, written, finish, dropped))

    def _endpoint(self) -> str:
        """How errors and traces name the model's address."""
        return endpoint_of(self.settings) or str(self.llm.metadata.model_name)

    def _prompt_tokens(self) -> int:
        """What the window leaves for the prompt."""
        window = min(self.settings.llm_context_tokens, self.llm.metadata.context_window)
        return int(window) - self.settings.llm_answer_tokens

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

        `passages` are the ids of those given, in the order of the model's numbers; `left_out` of
        those that did not fit; `dropped_sentence` the half one of an answer that was too long.
        """
        trace: dict[str, Any] = {
            "model": self.llm.metadata.model_name,
            "endpoint": endpoint,
            "prompt_tokens": prompt.tokens,
            "passages": [hit.passage.id for hit in prompt.packed],
            "left_out": [hit.passage.id for hit in prompt.left_out],
            "finish": finish,
            "invalid_citations": written.invalid,
            "uncited_sentences": sum(not claim.citations for claim in written.claims),
        }
        if dropped:
            trace["dropped_sentence"] = dropped
        return trace


class _Written:
    """The claims so far, made of the sentences as they close."""

    def __init__(self, prompt: Prompt, question: Question, checker: Checker) -> None:
        self.claims: list[Claim] = []
        self.invalid = 0
        self._hits = prompt.packed
        self._language = question.answer_language
        self._checker = checker

    @property
    def cites_anything(self) -> bool:
        return any(claim.citations for claim in self.claims)

    def take(self, text: str, sentences: Sequence[str]) -> Generator[Text | ClaimClosed]:
        """Turn text and closed sentences into events."""
        if text:
            yield Text(text)
        for sentence in sentences:
            if claim := self._claim(sentence):
                self.claims.append(claim)
                yield ClaimClosed(claim)

    def _claim(self, sentence: str) -> Claim | None:
        """The checked claim; None where nothing but marks is left of the sentence."""
        cited = parse(sentence, len(self._hits))
        self.invalid += cited.invalid
        if not any(char.isalnum() for char in cited.text):
            return None
        hits = [self._hits[number - 1] for number in cited.numbers]
        places = tuple(locate(cited.text, hit, self._language) for hit in hits)
        result = self._checker(cited.text, hits, self._language)
        return Claim(cited.text, places, result.verdict, result.reason)
