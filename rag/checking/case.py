"""A sentence that is checked, the passages it cites, and what the check says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from bilingual.language import identify
from bilingual.name_matching import evidence_keys
from bilingual.orthography import has_marks
from bilingual.texts import InterfaceLanguage, text
from rag.checking.citations import locate, sentences_of
from rag.checking.contrary import Contrary
from rag.checking.figures import Figure, figures
from rag.checking.negation import says_not
from rag.types import Hit, Verdict

QUOTED_CHARS = 60  # of what a reason quotes


@dataclass(frozen=True, slots=True)
class Check:
    """What the check of a sentence said; a reason in every case but "supported"."""

    verdict: Verdict
    reason: str | None = None


Checker = Callable[[str, Sequence[Hit], InterfaceLanguage], Check]


@dataclass(frozen=True)
class Case:
    """A sentence, the passages it cites, and what is looked at more than once."""

    claim: str
    cited: Sequence[Hit]
    language: InterfaceLanguage

    @cached_property
    def evidence(self) -> str:
        """The cited passages with their headings, which say what they are about.

        A blank line stands between, so that nothing is read from one over into the other.
        """
        return "\n\n".join(
            "\n\n".join(filter(None, (hit.document.title, hit.passage.section, hit.passage.text)))
            for hit in self.cited
        )

    @cached_property
    def parts(self) -> Sequence[tuple[str, InterfaceLanguage]]:
        """Titles, headings and texts of the cited passages, with the passage's language."""
        return [
            (part, hit.passage.language)
            for hit in self.cited
            for part in (hit.document.title, hit.passage.section or "", hit.passage.text)
        ]

    @cached_property
    def written(self) -> InterfaceLanguage:
        """The language of the sentence itself, which may quote a passage in another than its own.

        It is that of the answer unless the sentence is plainly in the other one.
        """
        found = identify(self.claim)
        if self.language == "vi":
            return "en" if found == "en" and not has_marks(self.claim) else "vi"
        return "vi" if found == "vi" else "en"

    @cached_property
    def across(self) -> bool:
        """No cited passage is in the language of the sentence."""
        return all(hit.passage.language != self.written for hit in self.cited)

    @cached_property
    def figures(self) -> list[Figure]:
        """The numbers of the sentence that can belie it."""
        return [figure for figure in figures(self.claim) if figure.kind != "doubtful"]

    @cached_property
    def figures_there(self) -> Sequence[Figure]:
        """All numbers of the cited passages and their headings."""
        return figures(self.evidence)

    @cached_property
    def names_there(self) -> frozenset[str]:
        """What a name may be found among, in the cited passages and their headings.

        Sentence by sentence, as others look at them too: each is read once.
        """
        parts = [
            part
            for hit in self.cited
            for part in (hit.document.title, hit.passage.section or "", *sentences_of(hit))
        ]
        return frozenset().union(*map(evidence_keys, parts))

    @cached_property
    def denies(self) -> bool:
        """Whether the sentence or anything that it cites says "not"."""
        return says_not(self.claim) or any(says_not(hit.passage.text) for hit in self.cited)

    @cached_property
    def quote(self) -> str:
        """The places in the cited passages that the sentence most likely rests on."""
        return "\n".join(locate(self.claim, hit, self.written).quote for hit in self.cited)

    def contradicted(self, found: Contrary) -> Check:
        """Unsupported, since a passage says something else."""
        return self.says("unsupported", "in-place", said=found.said, written=found.written)

    def says(self, verdict: Verdict, reason: str, **params: object) -> Check:
        """A verdict with its reason in the sentence's language."""
        return Check(verdict, text(f"verdicts.{reason}", self.language, **params))
