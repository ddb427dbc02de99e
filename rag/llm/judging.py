"""A language model that judges whether sentences follow from what they cite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bilingual.texts import InterfaceLanguage, text
from rag.checking.case import Case, Check, Checker
from rag.checking.claims import check
from rag.checking.rules import by_rules
from rag.errors import LLMError
from rag.llm.cleaning import clean
from rag.llm.exchange import Exchange
from rag.llm.prompt import defang, fence_for, fenced
from rag.llm.reply import stream_reply
from rag.llm.stop import LLMStoppedError, Stop
from rag.types import Hit, Verdict

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_SAID = re.compile(
    r"\W*(?:verdict\W+)?(SUPPORTED|UNSUPPORTED|NOT[ _]SUPPORTED|UNSURE)\b[\s.:,*_`–—-]*",
    re.IGNORECASE,
)
_VERDICTS: dict[str, Verdict] = {
    "supported": "supported",
    "unsupported": "unsupported",
    "not supported": "unsupported",
    "unsure": "unsure",
}
_REASON_CHARS = 200


@dataclass(slots=True)
class LLMJudge:
    """A `Checker`: the checks that are certain first, then the model's opinion.

    Attributes:
        deadline_s: Longest wait for one verdict.
        fallback: What decides where the model gives no verdict.
        failures: How often it gave none.
    """

    llm: LLM
    endpoint: str
    deadline_s: float
    stop: Stop | None = None
    fallback: Checker = check
    failures: int = field(default=0, init=False)

    def __call__(self, claim: str, cited: Sequence[Hit], language: InterfaceLanguage) -> Check:
        """Judge one sentence.

        Raises:
            LLMStoppedError: Whoever asked has stopped the answer.
        """
        if (certain := by_rules(Case(claim, cited, language))[0]) is not None:
            return certain
        try:
            said = self._ask(claim, cited, language)
        except LLMStoppedError:
            raise
        except LLMError:
            said = ""
        found = _SAID.match(said)
        if found is None:
            self.failures += 1
            return self.fallback(claim, cited, language)
        verdict = _VERDICTS[found[1].lower().replace("_", " ")]
        if verdict == "supported":
            return Check(verdict)
        reason = " ".join(said[found.end() :].split())[:_REASON_CHARS]
        return Check(verdict, reason or text(f"verdicts.judged-{verdict}", language))

    def _ask(self, claim: str, cited: Sequence[Hit], language: InterfaceLanguage) -> str:
        fence = fence_for(claim, cited)
        passages = "\n\n".join(fenced(hit, place, fence) for place, hit in enumerate(cited, 1))
        system = text("prompts.judge-system", language, fence=fence).strip()
        user = text("prompts.judge-user", language, passages=passages, claim=defang(claim)).strip()
        exchange = Exchange(self.deadline_s, self.stop)
        # A thought before the verdict is none of it.
        return clean("".join(stream_reply(self.llm, system, user, exchange, self.endpoint)))
