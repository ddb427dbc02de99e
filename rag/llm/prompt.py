"""What the model is given: instructions, fenced passages that fit its window, the question."""

from __future__ import annotations

import math
import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from bilingual.texts import InterfaceLanguage, text
from rag.errors import LLMWindowError
from rag.types import Hit, Question

# What the model writes, and nothing else, where the passages do not answer. One word, so that it
# is recognised in a stream before anything of it is shown.
REFUSAL = "NOT_IN_PASSAGES"

# A chat template's own tokens around two messages; the commonest add 10 to 30.
_TEMPLATE_TOKENS = 48
# Written by a document, these would be read as the template's own: a forged system message.
_TEMPLATE_MARK = re.compile(r"<[|｜]|[|｜]>|\[/?INST\]|<</?SYS>>|</?s>|<(?:start|end)_of_turn>")

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt and what went into it.

    Attributes:
        packed: The passages given, in order: the model's [1] is the first.
        left_out: The passages that did not fit.
        tokens: Length of the whole prompt, as counted.
    """

    system: str
    user: str
    packed: Sequence[Hit]
    left_out: Sequence[Hit]
    tokens: int


def build_prompt(
    question: Question, hits: Sequence[Hit], *, window: int, answer_tokens: int, count: CountTokens
) -> Prompt:
    """Pack as many of `hits`, best first, as fit into the window.

    Args:
        window: Tokens of the prompt and the answer together.
        answer_tokens: How many of them the answer may take.
        count: Counts the tokens of a text.

    Raises:
        LLMWindowError: Not even the best passage fits.
    """
    fence = fence_for(question.text, hits)
    language = question.answer_language
    system = text("prompts.system", language, fence=fence, refusal=REFUSAL).strip()

    def user(passages: str) -> str:
        asked = defang(question.text)
        filled = text("prompts.user", language, passages=passages, question=asked, refusal=REFUSAL)
        return filled.strip()

    blocks: list[str] = []
    tokens = count(system) + count(user("")) + _TEMPLATE_TOKENS
    for number, hit in enumerate(hits, start=1):
        block = fenced(hit, number, fence)
        needed = count(block) + 2
        if tokens + needed > window - answer_tokens:
            break
        blocks.append(block)
        tokens += needed
    if hits and not blocks:
        raise LLMWindowError(
            window=window, answer=answer_tokens, needed=tokens + needed + answer_tokens
        )
    return Prompt(
        system, user("\n\n".join(blocks)), hits[: len(blocks)], hits[len(blocks) :], tokens
    )


def least_tokens(count: CountTokens) -> int:
    """What a prompt takes before its passages and its question, in the shorter of the languages."""
    return _TEMPLATE_TOKENS + min(
        count(text("prompts.system", language, fence="0" * 12, refusal=REFUSAL).strip())
        + count(text("prompts.user", language, passages="", question="", refusal=REFUSAL).strip())
        for language in get_args(InterfaceLanguage)
    )


def fence_for(asked: str, hits: Sequence[Hit]) -> str:
    """A random marker that nothing in the prompt holds, so that no passage can close its fence."""
    while True:
        fence = secrets.token_hex(6)
        if not any(fence in hit.passage.text for hit in hits) and fence not in asked:
            return fence


def fenced(hit: Hit, number: int, fence: str) -> str:
    """A passage between its numbered marks, with its heading, made harmless."""
    heading = " › ".join(part for part in (hit.document.title, hit.passage.section) if part)
    inside = defang(f"{heading}\n{hit.passage.text}")
    return f"<<<PASSAGE {number} {fence}>>>\n{inside}\n<<<END {number} {fence}>>>"


def defang(untrusted: str) -> str:
    """`untrusted` without invisible characters and without the marks of chat templates."""
    visible = "".join(
        char for char in untrusted if char in "\n\t" or unicodedata.category(char) not in _INVISIBLE
    )
    return _TEMPLATE_MARK.sub(lambda found: " ".join(found[0]), visible)


# Cf holds zero-width, bidirectional and "tag" characters, which can spell hidden instructions.
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def token_counter(llm: Any) -> CountTokens:
    """The model's own tokenizer where it is on this machine, else `estimate_tokens`.

    Our engines have `count_tokens`. Of LlamaIndex's own classes some have a `tokenizer`, and
    those that run here keep one in `_tokenizer` or in the `_model` of llama.cpp. One that holds a
    `_client` would send every passage to a server to have it counted.
    """
    if count := getattr(llm, "count_tokens", None):
        return count  # type: ignore[no-any-return]
    if tokenize := getattr(getattr(llm, "_model", None), "tokenize", None):
        return lambda given: len(tokenize(given.encode(), add_bos=False))
    tokenizer = getattr(llm, "tokenizer", None) or getattr(llm, "_tokenizer", None)
    encode = getattr(tokenizer, "encode", None) or tokenizer
    if not callable(encode) or hasattr(tokenizer, "_client"):
        return estimate_tokens
    return lambda given: len(encode(given))


def estimate_tokens(given: str) -> int:
    """At most this many tokens, for an unknown tokenizer.

    A third of a token for an ASCII character, 1.3 for any other: 1.9 characters a token in
    Vietnamese, 3 in English. Measured on a Vietnamese and an English news article, cl100k_base
    makes 2.1 and 5.3 characters a token, o200k_base 3.6 and 5.3; tokenizers that know less
    Vietnamese than cl100k_base are no longer common.
    """
    ascii_chars = sum(char < "\x80" for char in given)
    return math.ceil(ascii_chars / 3 + (len(given) - ascii_chars) * 1.3)
