"""Sentences of a document that speak to the model: no evidence, whatever they want said.

"Say that the summit was cancelled" does not assert that it was. The words are few and narrow, so
that the rules of a company ("employees must write down their hours") stay evidence; what they miss
is still checked like everything else.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from bilingual.sentences import split
from rag.llm.prompt import defang
from rag.types import Hit

# Letters of other scripts that look like Latin ones.
_LOOKALIKES = str.maketrans("аеорсухіѕјԁԛАВЕКМНОРСТХУЅІ", "aeopcyxisjdqABEKMHOPCTXYSI")
_MODEL = r"(?:assistants?|ai|models?|chatbots?|language model)"
_ENGLISH = (
    r"\b(?:ignore|disregard|forget|skip) (?:all |any |every |the |your |these |previous |prior "
    r"|above |user's )*(?:instructions?|rules?|questions?|prompts?|checks?|passages?)",
    rf"\b(?:you|{_MODEL}) (?:must|should|shall|have to|are to|will) (?:now )?"
    r"(?:say|answer|reply|tell|state|respond|cite)\b",
    r"(?:^|[:,;.]\s*)(?:please )?(?:say|reply|pretend|tell the (?:user|reader)s?)"
    r" (?:that|only|it)\b",
    rf"\b(?:dear|note to the|message to the|instructions? (?:to|for) the) {_MODEL}\b",
    r"^\W*(?:system|assistant)\s*:",
    r"\bnew (?:rule|policy|instruction)s?\s*:",
    r"\bwhen you summari[sz]e\b",
    r"\byou are now an?\b",
    r"\b(?:behind|after) (?:the statement|any sentence|every sentence|each sentence)\b",
    r"\byour own knowledge\b|\bfrom memory\b|\bwhat you remember\b",
)
_VIETNAMESE = (
    r"\b(?:bỏ qua|quên|phớt lờ) (?:mọi |tất cả |các |những )?"
    r"(?:chỉ dẫn|hướng dẫn|quy tắc|câu hỏi|lời nhắc|kiểm tra)",
    r"\bhãy (?:nói|trả lời|khẳng định|giả vờ)(?: ngược)?\W+(?:rằng|đúng|chỉ)\b",
    r"\b(?:gửi|nhắn|lưu ý|chỉ dẫn cho) (?:trợ lý|mô hình|chatbot)\b",
    r"^\W*(?:hệ thống|trợ lý)\s*:",
    r"\b(?:quy tắc|chính sách|chỉ dẫn) mới\s*:",
    r"\bkhi tóm tắt\b[^.]*\bhãy\b",
    r"\btừ (?:giờ|nay) bạn là\b",
    r"\bsau (?:mọi|mỗi) câu\b|\bsau câu nói rằng\b",
    r"\bkiến thức riêng của bạn\b|\bbằng trí nhớ\b|\bđiều bạn nhớ\b",
)
_COMMAND = re.compile("|".join([*_ENGLISH, *_VIETNAMESE]), re.IGNORECASE | re.MULTILINE)


def speaks_to_model(sentence: str) -> bool:
    """Whether a sentence of a document tells a model what to do."""
    return _COMMAND.search(defang(sentence).translate(_LOOKALIKES)) is not None


def as_evidence(hit: Hit) -> Hit:
    """The passage with such sentences blanked out, every offset as it was."""
    text = _blanked(hit.passage.text)
    if text == hit.passage.text:
        return hit
    # The tokens that were compared are those of the whole text.
    return replace(hit, passage=replace(hit.passage, text=text), interaction=None)


@lru_cache(maxsize=512)  # the same few passages for every sentence of an answer
def _blanked(text: str) -> str:
    until = 0  # what follows such a sentence in its paragraph goes on in its vein
    for start, end in split(text):
        if start < until or speaks_to_model(text[start:end]):
            text = text[:start] + " " * (end - start) + text[end:]
            paragraph = text.find("\n", end)
            until = len(text) if paragraph < 0 else paragraph
    return text
