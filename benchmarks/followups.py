"""Questions that lean on earlier ones: is their evidence cited, as when they stand alone?

    python -m benchmarks.followups [--set FILE] [--split dev|test] [--each]

Every question is asked twice over the shipped documents, without a language model: at the end of
its conversation, and in the words that somebody would use who asks it alone. It counts as answered
where a citation overlaps a gold sentence. The set was written for this; its `dev` half was used to
write the rules, its `test` half was not.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.intervals import wilson
from ingest import ingest
from rag import Assistant, Settings
from rag.conversation import Conversation
from rag.types import Answer

ROOT = Path(__file__).parents[1]
SET = ROOT / "tests" / "rag" / "followups.jsonl"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question and what came of it.

    Attributes:
        leaning: Its evidence was cited at the end of the conversation.
        alone: It was cited for the question in words that stand alone.
        understood: What the question was taken to be.
    """

    item: Mapping[str, Any]
    leaning: bool
    alone: bool
    understood: str


def outcomes(assistant: Assistant, items: Sequence[Mapping[str, Any]]) -> Iterator[Outcome]:
    """Ask every question, in its conversation and alone."""
    places = {document.source.rpartition("/")[2]: document.id for document in assistant.documents()}
    for item in items:
        conversation = Conversation(assistant)
        for turn in item["turns"]:
            conversation.ask(turn)
        leaning = conversation.ask(item["question"])
        alone = assistant.ask(item["standalone"])
        gold = [
            (places[one["document"]], *_span(assistant, places[one["document"]], one["quote"]))
            for one in item["evidence"]
        ]
        yield Outcome(
            item, _cites(leaning, gold), _cites(alone, gold), leaning.standalone or leaning.question
        )


def _span(assistant: Assistant, document: str, quote: str) -> tuple[int, int]:
    start = assistant.document_text(document).index(quote)
    return start, start + len(quote)


def _cites(answer: Answer, gold: Sequence[tuple[str, int, int]]) -> bool:
    return any(
        citation.document == document and citation.start < end and start < citation.end
        for claim in answer.claims
        for citation in claim.citations
        for document, start, end in gold
    )


def load(path: Path = SET, split: str | None = None) -> list[dict[str, Any]]:
    """The questions of the set, of one half or of both."""
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [item for item in items if split in (None, item["split"])]


def main() -> None:
    """Print the shares, with 95 % Wilson intervals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, default=SET)
    parser.add_argument("--split", choices=["dev", "test"])
    parser.add_argument("--each", action="store_true", help="print every question as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(library=Path(folder) / "library")
        from bilingual.encoders import load_encoder

        ingest([ROOT / "documents"], settings.library, load_encoder("default"))
        with Assistant.open(settings) as assistant:
            for split in [options.split] if options.split else ["dev", "test"]:
                found = list(outcomes(assistant, load(options.set, split)))
                if options.each:
                    for one in found:
                        marks = "".join("+" if hit else "-" for hit in (one.leaning, one.alone))
                        asked, understood = one.item["question"], one.understood
                        print(f"{marks} {one.item['id']} {asked} -> {understood}")
                for name in ("leaning", "alone"):
                    hits = sum(getattr(one, name) for one in found)
                    low, high = wilson(hits, len(found))
                    print(f"{split} {name}: {hits}/{len(found)} ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main()
