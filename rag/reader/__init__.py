"""Whether a piece of text answers a question, or bears out a claim, told from token vectors."""

from rag.reader.model import Reader, reader_for

__all__ = ["Reader", "reader_for"]
