"""The retriever behind LlamaIndex's interface."""

import pytest

from rag import Assistant
from rag.errors import QuestionEmptyError
from rag.llamaindex import llamaindex_retriever


def test_nodes_carry_what_is_needed_to_cite_them(paris: Assistant) -> None:
    nodes = llamaindex_retriever(paris).retrieve("Ai đồng chủ trì hội nghị ở Paris?")
    assert [node.score for node in nodes] == sorted((n.score for n in nodes), reverse=True)
    for found in nodes:
        node = found.node
        text = paris.document_text(node.metadata["document"])
        assert text[node.start_char_idx : node.end_char_idx] == node.text
    assert any("Narendra Modi" in found.node.text for found in nodes[:3])


def test_a_blank_query_is_our_error(paris: Assistant) -> None:
    with pytest.raises(QuestionEmptyError):
        llamaindex_retriever(paris).retrieve("  ")
