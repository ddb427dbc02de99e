"""Our own passages, each with questions that it answers, near misses, and claims.

A file is made of blocks; nothing in it spans lines:

    # P-Q                               languages of the passage, and of questions and claims
    S a sentence of the passage         three or more, in their order
    A n | question | [phrase |] claim | false   sentence n, counted from 1, answers; the answer as
                                                it stands there; as a statement; a statement that
                                                is wrong in a detail
    N question | sentence | [phrase |] claim    the passage does not answer; a sentence that would;
                                                the answer as it stands there; as a statement

Phrases are left out in some files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bilingual.orthography import nfc

FOLDER = Path(__file__).parent / "passages"


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that sentence `place` answers, by its `phrase` where that is known."""

    place: int
    question: str
    phrase: str
    claim: str
    false: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A question that the passage does not answer, and a sentence that would."""

    question: str
    sentence: str
    phrase: str
    claim: str


@dataclass(frozen=True, slots=True)
class Written:
    """A passage with what is asked and said of it."""

    languages: str
    sentences: list[str] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    near_misses: list[NearMiss] = field(default_factory=list)

    @property
    def questions(self) -> list[str]:
        """What is asked of it, in vain or not."""
        return [
            *(one.question for one in self.answered),
            *(one.question for one in self.near_misses),
        ]


def written(folder: Path = FOLDER) -> Iterator[Written]:
    """The passages of all files of `folder`.

    Raises:
        ValueError: A line is malformed.
    """
    for path in sorted(folder.glob("*.txt")):
        yield from _blocks(path)


def _blocks(path: Path) -> Iterator[Written]:
    block: Written | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        kind, _, rest = nfc(line.strip()).partition(" ")
        if kind == "#":
            if block is not None:
                yield block
            block = Written(rest)
        elif kind and (block is None or not _took(block, kind, rest)):
            raise ValueError(f"{path}, line {number}: {line[:60]!r}")
    if block is not None:
        yield block


def _took(block: Written, kind: str, rest: str) -> bool:
    """Put a line into its block, if it has the form of one."""
    parts = [part.strip() for part in rest.split("|")]
    if not all(parts):
        return False
    if kind == "S" and len(parts) == 1:
        block.sentences.append(parts[0])
    elif kind == "A" and len(parts) in (4, 5) and parts[0] in _numbers(block):
        place = int(parts[0]) - 1
        question, *phrase, claim, false = parts[1:]
        if any(one not in block.sentences[place] for one in phrase):
            return False
        block.answered.append(Answered(place, question, "".join(phrase), claim, false))
    elif kind == "N" and len(parts) in (3, 4):
        question, sentence, *phrase, claim = parts
        if any(one not in sentence for one in phrase):
            return False
        block.near_misses.append(NearMiss(question, sentence, "".join(phrase), claim))
    else:
        return False
    return True


def _numbers(block: Written) -> list[str]:
    """How its sentences are called."""
    return [str(at) for at in range(1, len(block.sentences) + 1)]
