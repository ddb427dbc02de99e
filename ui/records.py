"""Turns as JSON, to be kept and read again.

A turn that was still open when it was written (the server was killed) is read as a stopped one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage
from rag.types import Answer, Citation, Claim, Hit, Timings
from ui.turns import Narrowed, Rating, Stage, Turn
from vectorstore.types import Document, Passage


class KeptError(TrichdanError):
    """An error as it was said when it happened."""

    def __init__(self, code: str, vi: str, en: str) -> None:
        self.code = code  # type: ignore[misc]
        self._said: dict[InterfaceLanguage, str] = {"vi": vi, "en": en}
        Exception.__init__(self, en)
        self.params = {}

    def message(self, language: InterfaceLanguage) -> str:
        """What was said, in `language`."""
        return self._said[language]


def turn_to_dict(turn: Turn) -> dict[str, Any]:
    """A turn as JSON."""
    answer = turn.answer
    return {
        "id": turn.id,
        "asked_at": turn.asked_at,
        "question": turn.question,
        "stage": turn.stage,
        "documents": [asdict(each) for each in turn.documents],
        "language": answer.language if answer else None,
        "standalone": answer.standalone if answer else "",
        "disagreement": answer.disagreement if answer else False,
        "refused": answer.refused if answer else False,
        "refusal": answer.refusal if answer else None,
        "missing": list(answer.missing) if answer else [],
        "claims": [asdict(claim) for claim in turn.claims],
        "suggestions": list(turn.suggestions),
        "error": _error_to_dict(turn.error),
        "hits": [_hit_to_dict(hit) for hit in turn.hits],
        "timings_ms": asdict(answer.timings) if answer else None,
    }


def turn_from_dict(kept: Mapping[str, Any], rating: Rating | None = None) -> Turn:
    """The turn that was kept."""
    hits = tuple(_hit_from_dict(hit) for hit in kept["hits"])
    claims = tuple(_claim(claim) for claim in kept["claims"])
    stage: Stage = "stopped" if kept["stage"] in ("waiting", "reading") else kept["stage"]
    answer = None
    if stage == "done":
        answer = Answer(
            question=kept["question"],
            language=kept["language"],
            claims=claims,
            refused=kept["refused"],
            missing=tuple(kept["missing"]),
            refusal=kept["refusal"],
            hits=hits,
            timings=Timings(**kept["timings_ms"]),
            standalone=kept["standalone"],
            disagreement=kept["disagreement"],
        )
    return Turn(
        question=kept["question"],
        stage=stage,
        hits=hits,
        claims=claims,
        answer=answer,
        error=KeptError(**kept["error"]) if kept["error"] else None,
        id=kept["id"],
        asked_at=kept["asked_at"],
        documents=tuple(Narrowed(**each) for each in kept["documents"]),
        suggestions=tuple(kept["suggestions"]),
        rating=rating,
    )


def _claim(kept: Mapping[str, Any]) -> Claim:
    """A claim; what a later version wrote beside what is known here is left out."""
    return Claim(
        **{
            **_known(Claim, kept),
            "citations": _citations(kept["citations"]),
            "mended_from": _citations(kept["mended_from"]),
        }
    )


def _citations(kept: Sequence[Mapping[str, Any]]) -> tuple[Citation, ...]:
    return tuple(Citation(**_known(Citation, each)) for each in kept)


def _known(kind: type[Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in kept.items() if name in names}


def _error_to_dict(error: TrichdanError | None) -> dict[str, str] | None:
    if error is None:
        return None
    return {"code": error.code, "vi": error.message("vi"), "en": error.message("en")}


def _hit_to_dict(hit: Hit) -> dict[str, Any]:
    """A retrieved passage, frozen: with its document's name and version as they were."""
    document, passage = hit.document, hit.passage
    return {
        "document": asdict(document),
        "passage": {
            "id": passage.id,
            "text": passage.text,
            "start": passage.start,
            "end": passage.end,
            "section": passage.section,
            "page": passage.page,
            "language": passage.language,
        },
        "score": hit.score,
    }


def _hit_from_dict(kept: Mapping[str, Any]) -> Hit:
    document = Document(**_known(Document, kept["document"]))
    passage = Passage(document=document.id, **_known(Passage, kept["passage"]))
    return Hit(passage, document, kept["score"])
