"""The retriever as LlamaIndex knows retrievers, for use in its pipelines and query engines.

    from llama_index.core.query_engine import RetrieverQueryEngine
    engine = RetrieverQueryEngine.from_args(llamaindex_retriever(assistant), llm=llm)

Give the engine its `llm`: without one LlamaIndex takes OpenAI's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.types import Hit


def llamaindex_retriever(assistant: Assistant) -> BaseRetriever:
    """A LlamaIndex retriever over the assistant's library."""
    return _Retriever(assistant)


class _Retriever(BaseRetriever):
    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Rank passages for the query.

        Raises:
            QuestionError: The query is empty, unreadable or too long.
        """
        _, hits = self._assistant.search(query_bundle.query_str)
        return [NodeWithScore(node=_node(hit), score=hit.score) for hit in hits]


def _node(hit: Hit) -> TextNode:
    """A passage with what is needed to cite it."""
    passage, document = hit.passage, hit.document
    return TextNode(
        id_=str(passage.id),
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={
            "document": document.id,
            "title": document.title,
            "source": document.source,
            "section": passage.section,
            "page": passage.page,
        },
    )
