"""Question in, checked and cited answer out. Start reading at `rag/assistant.py`."""

from rag.assistant import Assistant
from rag.settings import Settings
from rag.types import Answer, Citation, Claim, Hit

__all__ = ["Answer", "Assistant", "Citation", "Claim", "Hit", "Settings"]
