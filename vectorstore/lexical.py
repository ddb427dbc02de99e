"""The lexical index of one generation: passages by their words, stems and units."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bilingual.stems import stems
from vectorstore.analyser import index_terms, unit_terms
from vectorstore.catalogue import IndexRow
from vectorstore.translation import index_errors
from vectorstore.types import Neighbour

if TYPE_CHECKING:
    import tantivy

LexicalField = Literal["words", "stems", "units"]

# tantivy asks for 15 MB at least; more only saves merges of very large batches.
_WRITER_BYTES = 30_000_000


class LexicalIndex:
    """Passages by boosted terms, BM25. Queries may come from several threads."""

    def __init__(self, directory: Path, *, create: bool = False) -> None:
        """Open the index in `directory`, or make an empty one there.

        Raises:
            IndexDamagedError: It cannot be opened.
        """
        self.directory = directory
        with index_errors(directory):
            import tantivy

            self._tantivy = tantivy
            if create:
                directory.mkdir(exist_ok=True)
                self._index = tantivy.Index(_schema(), path=str(directory))
            else:
                self._index = tantivy.Index.open(str(directory))
            # Maps every file into memory: from here on the directory is not needed any more.
            self._searcher: tantivy.Searcher = self._index.searcher()

    def change(self, added: Iterable[IndexRow], removed: Collection[int]) -> None:
        """Remove passages and add others, in one commit.

        The words of the section's headings count as words of the passage: a passage often does
        not repeat what its heading names.

        Args:
            added: Passages to add.
            removed: Passage ids.
        """
        with index_errors(self.directory):
            writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
            if removed:
                writer.delete_documents_by_query(
                    self._tantivy.Query.term_set_query(self._index.schema, "id", list(removed))
                )
            for passage in added:
                writer.add_document(self._row(passage))
            writer.commit()
            writer.garbage_collect_files()
            writer.wait_merging_threads()
            self._index.reload()
            self._searcher = self._index.searcher()

    def _row(self, passage: IndexRow) -> tantivy.Document:
        text = f"{passage.section}\n{passage.text}" if passage.section else passage.text
        terms = index_terms(text)
        row = self._tantivy.Document()
        row.add_unsigned("id", passage.passage)
        row.add_text("document", passage.document)
        row.add_text("words", " ".join(terms))
        row.add_text("stems", " ".join(stems(terms)))
        row.add_text("units", " ".join(unit_terms(text, passage.language)))
        return row

    def count(self) -> int:
        """Number of passages."""
        with index_errors(self.directory):
            return self._searcher.num_docs

    def find(
        self,
        terms: Mapping[str, float],
        limit: int,
        field: LexicalField,
        documents: Collection[str] | None = None,
    ) -> list[Neighbour]:
        """The `limit` passages that match `terms` (term → weight) best, best first."""
        with index_errors(self.directory):
            query = self._any_of(terms, field)
            if query is None:
                return []
            if documents is not None:
                query = self._both(query, self._one_of("document", list(documents)))
            found = self._searcher.search(query, limit=limit, count=False).hits
            ids = self._searcher.fast_field_values("id", [address for _, address in found])
            neighbours = [
                Neighbour(int(passage), float(score))
                for passage, (score, _) in zip(ids, found, strict=True)
                if passage is not None
            ]
        return sorted(neighbours, key=lambda found: (-found.score, found.passage))

    def holds(self, passage: int, text: str) -> bool:
        """Whether the index finds `passage` by the first words of its `text`."""
        with index_errors(self.directory):
            query = self._one_of("id", [passage])
            terms = self._any_of(dict.fromkeys(index_terms(text[:200]), 1.0), "words")
            if terms is not None:
                query = self._both(query, terms)
            return len(self._searcher.search(query, limit=1, count=False).hits) == 1

    def document_frequency(self, term: str, field: LexicalField) -> int:
        """In how many passages `term` stands."""
        with index_errors(self.directory):
            return self._searcher.doc_freq(field, _in_field(term, field))

    def _any_of(self, terms: Mapping[str, float], field: LexicalField) -> tantivy.Query | None:
        query, occur = self._tantivy.Query, self._tantivy.Occur
        parts = [
            (
                occur.Should,
                query.boost_query(
                    query.term_query(self._index.schema, field, _in_field(term, field), "freq"),
                    weight,
                ),
            )
            for term, weight in terms.items()
            if weight > 0
        ]
        return query.boolean_query(parts) if parts else None

    def _one_of(self, field: str, values: list[int] | list[str]) -> tantivy.Query:
        query = self._tantivy.Query
        return query.const_score_query(query.term_set_query(self._index.schema, field, values), 0.0)

    def _both(self, first: tantivy.Query, second: tantivy.Query) -> tantivy.Query:
        must = self._tantivy.Occur.Must
        return self._tantivy.Query.boolean_query([(must, first), (must, second)])


def _in_field(term: str, field: LexicalField) -> str:
    """A term of a question as the field holds it."""
    return stems([term])[0] if field == "stems" else term


def _schema() -> tantivy.Schema:
    """Terms come ready-made, joined by spaces: see `analyser`."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("stems", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("units", tokenizer_name="whitespace", index_option="freq")
    return builder.build()
