"""How often the checker was right, on claims that nothing was fitted on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from bilingual.texts import InterfaceLanguage, text
from rag.checking.head import DATA

_SETS = {"vi": "questions vi→vi", "en": "questions en→en"}
_ACROSS = ("questions vi→en", "questions en→vi")


@cache
def measured() -> Mapping[str, Any]:
    """The figures, as `python -m rag.checking.training` wrote them.

    Keys: `fingerprint` of the checker that was measured; `encoder`, whose token vectors it had;
    `sets`: by "set language→language" (of the claim, of the passage) the number of `claims`,
    their `balanced_accuracy` as figure, low and high end of the 95 % interval, and the shares of
    the `true` and of the `false` ones by verdict; `kinds`: by "set kind language→language" the
    number of false `claims` made in that way and the share `flagged`, with its interval;
    `by_words`: as `sets`, without token vectors and without the reader; `ms`: milliseconds a
    claim by the clock, the encoding of the claim left out.
    """
    found: dict[str, Any] = json.loads((DATA / "measured.json").read_text(encoding="utf-8"))
    return found


def accuracy(language: InterfaceLanguage) -> str:
    """The figures in a few words, to stand beside whatever the checker decides."""
    sets = measured()["sets"]
    alarms = [sets[name]["true"]["unsupported"] for name in (*_SETS.values(), *_ACROSS)]
    return text(
        "verdicts.accuracy",
        language,
        claims=sum(sets[name]["claims"] for name in (*_SETS.values(), *_ACROSS)),
        vi=_interval(sets[_SETS["vi"]]["balanced_accuracy"]),
        en=_interval(sets[_SETS["en"]]["balanced_accuracy"]),
        vi_en=_interval(sets[_ACROSS[0]]["balanced_accuracy"]),
        en_vi=_interval(sets[_ACROSS[1]]["balanced_accuracy"]),
        alarms=f"{100 * max(alarms):.0f}",
    )


def _interval(figures: Sequence[float]) -> str:
    return "{:.2f} ({:.2f}–{:.2f})".format(*figures)
