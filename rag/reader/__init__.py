"""Whether a sentence answers a question, or bears out a claim, read with it."""

from rag.reader.model import Piece, Reader, reader_for

__all__ = ["Piece", "Reader", "reader_for"]
