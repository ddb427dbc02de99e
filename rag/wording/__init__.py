"""A question in the library's words: misspelt ones put right, a capital for its government.

Both only where the documents do not have what was typed, so that nothing that they tell of is
changed.
"""

from __future__ import annotations

from rag.wording.governments import with_governments
from rag.wording.spelling import respelt

__all__ = ["respelt", "with_governments"]
