"""A question in the library's words: shorthand and slips put right, a capital for its government.

What could be meant as typed is changed only where the documents do not have it, so that nothing
that they tell of is.
"""

from __future__ import annotations

from rag.wording.governments import with_governments
from rag.wording.shorthand import written_out
from rag.wording.spelling import respelt

__all__ = ["respelt", "with_governments", "written_out"]
