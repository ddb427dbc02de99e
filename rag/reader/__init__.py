"""Whether a sentence answers a question, read with it."""

from rag.reader.model import Piece, Reader, reader_for

__all__ = ["Piece", "Reader", "reader_for"]
