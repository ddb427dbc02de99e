"""Judges that can be asked beside the offline one; each is named in the report.

`llm` is any language model that Trichdan can use; `llamaindex-NAME` is one of LlamaIndex's
evaluators. In Python anything with a `name` and a `judge` will do.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage, text
from evals.errors import JudgeUnknownError, JudgeWithoutModelError
from evals.questions import GoldQuestion
from evals.results import Opinion, RecordedAnswer
from rag.settings import PREFIX, Settings

if TYPE_CHECKING:
    from llama_index.core.evaluation import BaseEvaluator
    from llama_index.core.llms import LLM

# LlamaIndex's evaluators by the name that the command line gives them.
EVALUATORS: Mapping[str, str] = {
    "faithfulness": "FaithfulnessEvaluator",
    "relevancy": "RelevancyEvaluator",
    "answer-relevancy": "AnswerRelevancyEvaluator",
    "context-relevancy": "ContextRelevancyEvaluator",
    "correctness": "CorrectnessEvaluator",
}
_LLAMAINDEX = "llamaindex-"
_SHOWN_CHARS = 80


class Judge(Protocol):
    """Whoever has an opinion on an answer."""

    @property
    def name(self) -> str:
        """How the report names it, with its model and how often it is asked."""
        ...

    def judge(self, question: GoldQuestion, answer: RecordedAnswer) -> Opinion:
        """The opinion on `answer`; what goes wrong is in it, and never raised."""
        ...


@dataclass(frozen=True, slots=True)
class LLMJudge:
    """A language model that is asked several times about each answer, in the question's language.

    Gives `faithfulness`, the share of sentences that the passages support, and
    `answer-correctness`, the F1 of its sentences against the expected facts (RAGAS, RAGChecker).

    Attributes:
        settings: Deadline and address of the model.
        times: How often it is asked; the report shows how far its replies spread.
    """

    llm: LLM
    settings: Settings
    times: int = 3

    @property
    def name(self) -> str:
        """`llm MODEL ×3`."""
        return f"llm {self.llm.metadata.model_name} ×{self.times}"

    def judge(self, question: GoldQuestion, answer: RecordedAnswer) -> Opinion:
        """Ask about `answer`; an answer without sentences has nothing to judge."""
        if not answer.claims:
            return Opinion("llm", {})
        return _repeated("llm", self.times, lambda: self._once(question, answer))

    def _once(self, question: GoldQuestion, answer: RecordedAnswer) -> Mapping[str, float]:
        from rag.llm.endpoint import endpoint_or_name
        from rag.llm.exchange import Exchange
        from rag.llm.reply import stream_reply

        system, user = prompt(question, answer)
        endpoint = endpoint_or_name(self.llm, self.settings)
        exchange = Exchange(self.settings.llm_deadline_s)
        reply = "".join(stream_reply(self.llm, system, user, exchange, endpoint))
        return read_reply(reply, len(answer.claims), len(question.answers))


@dataclass(frozen=True, slots=True)
class LlamaIndexJudge:
    """One of LlamaIndex's evaluators; its score where that is a share, else whether it passes.

    Correctness is scored from 1 to 5, so that its 1, the worst, would read as a whole share.
    """

    metric: str
    evaluator: BaseEvaluator
    model: str
    times: int = 1

    @property
    def name(self) -> str:
        """`llamaindex-relevancy MODEL ×3`."""
        return f"{_LLAMAINDEX}{self.metric} {self.model} ×{self.times}"

    def judge(self, question: GoldQuestion, answer: RecordedAnswer) -> Opinion:
        """Ask about `answer`; a refusal has nothing to judge, and without facts none is correct."""
        by_facts = self.metric == "correctness"
        if not answer.claims or (by_facts and not question.answers):
            return Opinion("llamaindex", {})
        return _repeated("llamaindex", self.times, lambda: self._once(question, answer))

    def _once(self, question: GoldQuestion, answer: RecordedAnswer) -> Mapping[str, float]:
        reference = "; ".join(forms[0] for forms in question.answers)
        given = {"reference": reference} if self.metric == "correctness" else {}
        asked = self.evaluator.aevaluate(
            query=question.question,
            response=answer.text,
            contexts=[hit.text for hit in answer.hits],
            **given,
        )
        # Not `evaluate`, which leaves an event loop open; a notebook's thread has one running.
        with ThreadPoolExecutor(1) as beside:
            found = beside.submit(asyncio.run, asked).result()
        if found.invalid_result:
            raise ValueError(found.invalid_reason or "invalid result")
        is_share = self.metric != "correctness"
        if is_share and found.score is not None and 0 <= found.score <= 1:
            return {self.metric: float(found.score)}
        if found.passing is None:
            raise ValueError(f"no score: {(found.feedback or '')[:_SHOWN_CHARS]}")
        return {self.metric: float(found.passing)}


def load_judges(
    names: Iterable[str], times: int, chosen: Path | None, settings: Settings
) -> list[Judge]:
    """The judges of these names.

    Args:
        times: How often each is asked about an answer.
        chosen: A settings file that names the judges' model; None takes that of `settings`.

    Raises:
        JudgeUnknownError: There is none of a name.
        JudgeWithoutModelError: No language model is set up.
        SettingsError, LLMError: The model cannot be used.
    """
    wanted = list(dict.fromkeys(names))
    known = ["llm", *(_LLAMAINDEX + name for name in EVALUATORS)]
    for name in wanted:
        if name not in known:
            raise JudgeUnknownError(name=name, known=", ".join(known))
    if not wanted:
        return []
    from rag.llm.models import load_llm

    if chosen is not None:
        settings = Settings.load({f"{PREFIX}CONFIG": str(chosen)})
    llm = load_llm(settings)
    if llm is None:
        raise JudgeWithoutModelError(name=wanted[0])
    return [_judge(name, llm, times, settings) for name in wanted]


def _judge(name: str, llm: LLM, times: int, settings: Settings) -> Judge:
    if name == "llm":
        return LLMJudge(llm, settings, times)
    from llama_index.core import evaluation

    metric = name.removeprefix(_LLAMAINDEX)
    # Without an LLM given, LlamaIndex would take OpenAI's.
    evaluator = getattr(evaluation, EVALUATORS[metric])(llm=llm)
    return LlamaIndexJudge(metric, evaluator, llm.metadata.model_name, times)


def prompt(question: GoldQuestion, answer: RecordedAnswer) -> tuple[str, str]:
    """What the model is told and asked, in the question's language."""
    from rag.llm.prompt import defang

    language: InterfaceLanguage = "en" if question.language == "en" else "vi"

    def numbered(lines: Iterable[str]) -> str:
        return "\n".join(f"{n}. {defang(line)}" for n, line in enumerate(lines, start=1))

    user = text(
        "judge.user",
        language,
        passages=numbered(hit.text for hit in answer.hits),
        question=defang(question.question),
        sentences=numbered(claim.text for claim in answer.claims),
        facts=numbered(" / ".join(forms) for forms in question.answers) or "–",
    )
    return text("judge.system", language).strip(), user.strip()


def read_reply(reply: str, sentences: int, facts: int) -> dict[str, float]:
    """The figures in a model's reply.

    Raises:
        ValueError: It is not the JSON that was asked for.
    """
    start, end = reply.find("{"), reply.rfind("}")
    values: Any = json.loads(reply[start : end + 1]) if 0 <= start < end else None
    if not isinstance(values, dict):
        raise ValueError(f"no JSON object: {reply[:_SHOWN_CHARS]!r}")
    supported = _flags(values, "supported", sentences)
    read = {"faithfulness": sum(supported) / sentences}
    if facts:
        correct = sum(_flags(values, "correct", sentences)) / sentences
        stated = sum(_flags(values, "stated", facts)) / facts
        both = correct + stated
        read["answer-correctness"] = 2 * correct * stated / both if both else 0.0
    return read


def _flags(values: Mapping[str, Any], name: str, length: int) -> Sequence[bool]:
    given = values.get(name)
    if not isinstance(given, list) or not all(isinstance(one, bool) for one in given):
        raise ValueError(f"{name}: no list of true and false")
    if len(given) != length:
        raise ValueError(f"{name}: {len(given)} values, not {length}")
    return given


def _repeated(judge: str, times: int, once: Callable[[], Mapping[str, float]]) -> Opinion:
    """The figures of each repetition; one that fails is noted and counts in none."""
    values: dict[str, list[float]] = defaultdict(list)
    failures: list[str] = []
    for _ in range(times):
        try:
            for name, value in once().items():
                values[name].append(round(value, 6))
        except TrichdanError as exc:
            failures.append(f"{type(exc).__name__}: {exc.message('en')}")
        except Exception as exc:  # noqa: BLE001 - a judge of any make stands behind this
            failures.append(f"{type(exc).__name__}: {exc}")
    read = {name: tuple(given) for name, given in sorted(values.items())}
    return Opinion(judge, read, tuple(failures))
