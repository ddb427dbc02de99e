"""Which language model answers, if any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from rag.errors import LLMMissingError, SettingsError
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


@dataclass(frozen=True, slots=True)
class Engine:
    """A kind of language model.

    Attributes:
        module: Ours, whose `load` gives the model; imported when it is chosen.
        extra: The extra of this distribution that installs what the module needs.
    """

    module: str
    extra: str


ENGINES: Mapping[str, Engine] = {
    "openai": Engine("rag.llm.openai_like", "openai"),
    "ollama": Engine("rag.llm.ollama", "ollama"),
    "anthropic": Engine("rag.llm.anthropic", "anthropic"),
    "llama.cpp": Engine("rag.llm.llama_cpp", "llama-cpp"),
    "transformers": Engine("rag.llm.huggingface", "transformers"),
}


def load_llm(settings: Settings) -> LLM | None:
    """The language model that `settings.llm` chooses; None where answers quote the documents.

    Nothing is sent, and no package is imported that the choice does not need.

    Raises:
        LLMMissingError: The chosen kind's package is not installed.
        LLMModelMissingError: The model is to run in this process and is not on this machine.
        SettingsError: The kind is not known, or its settings are wrong.
    """
    if settings.llm == "none":
        return None
    engine = ENGINES.get(settings.llm)
    if engine is None:
        raise SettingsError(name="llm", value=settings.llm, expected=", ".join(["none", *ENGINES]))
    try:
        module = import_module(engine.module)
    except ImportError as exc:
        install = f'pip install "trichdan[{engine.extra}]"'
        raise LLMMissingError(kind=settings.llm, install=install) from exc
    llm: LLM = module.load(settings)
    return llm
