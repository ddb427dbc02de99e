"""Questions that lean on the one before, made to stand alone by rule.

Only what shows by its words that it leans is touched: a pronoun or "this summit" with nothing in
the question itself that it could mean, "what about …", "who else", or a bare question word. What
the words are stands in `followups.toml`. Every other question is left exactly as it is, so a new
topic drops the old one.
"""

from __future__ import annotations

from rag.followups.antecedents import Past, Words
from rag.followups.rewriting import asks_for_others, carried_apart, may_lean, standing_alone

__all__ = ["Past", "Words", "asks_for_others", "carried_apart", "may_lean", "standing_alone"]
