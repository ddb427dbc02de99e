"""Which words of two answers differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

_COMMON_WORDS = 2
_TOKEN = re.compile(r"\s+|[^\W_]+|[\W_]")

# A piece of text, and whether the other side does not have it.
Piece = tuple[str, bool]


def differing(
    before: Sequence[str], after: Sequence[str]
) -> tuple[list[list[Piece]], list[list[Piece]]]:
    """The sentences of two answers, cut into pieces that both have and pieces that one has."""
    old, new = [_TOKEN.findall(text) for text in before], [_TOKEN.findall(text) for text in after]
    tokens, others = _joined(old), _joined(new)
    matcher = SequenceMatcher(None, tokens, others, autojunk=False)
    kept_old: set[int] = set()
    kept_new: set[int] = set()
    for at, other, length in matcher.get_matching_blocks():
        # A lone word that both happen to use is no common ground, unless it begins or ends both.
        words = sum(token.isalnum() for token in tokens[at : at + length])
        outer = at == other == 0 or (at + length, other + length) == (len(tokens), len(others))
        if words < _COMMON_WORDS and not outer:
            continue
        kept_old.update(range(at, at + length))
        kept_new.update(range(other, other + length))
    return _pieces(old, kept_old), _pieces(new, kept_new)


def _joined(sentences: Sequence[Sequence[str]]) -> list[str]:
    return [token for sentence in sentences for token in sentence]


def _pieces(sentences: Sequence[Sequence[str]], kept: set[int]) -> list[list[Piece]]:
    """Neighbouring tokens of one kind put together; white space goes with what is before it."""
    found: list[list[Piece]] = []
    at = 0
    for sentence in sentences:
        pieces: list[Piece] = []
        for token in sentence:
            mine = at not in kept
            if pieces and (pieces[-1][1] == mine or token.isspace()):
                pieces[-1] = (pieces[-1][0] + token, pieces[-1][1])
            else:
                pieces.append((token, mine))
            at += 1
        found.append(pieces)
    return found
