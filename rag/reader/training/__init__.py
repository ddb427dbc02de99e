"""How the reader is trained: `python -m rag.reader.training`; needs torch."""
