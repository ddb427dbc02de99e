"""Whether a piece of text answers a question, told from token vectors."""

from rag.reader.model import Reader, reader_for

__all__ = ["Reader", "reader_for"]
