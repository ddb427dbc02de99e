"""Who holds a post and who is a deputy in it: "Phó Chủ tịch Trần Phước Hiền", "vice president"."""

from __future__ import annotations

import re
from functools import lru_cache

from bilingual.orthography import fold, nfc
from rag.checking.contrary import Contrary

_POSTS = (
    "chủ tịch|tổng giám đốc|giám đốc|thủ tướng|tổng thống|bí thư|hiệu trưởng|viện trưởng"
    "|tổng thư ký|tổng biên tập|president|chair(?:man|woman|person)?|director|prime minister"
    "|minister|mayor|governor|head(?:teacher|master|mistress)?|chief executive|principal|editor"
    "|manager|captain|commissioner|secretary[ -]general"
)
_UNITS = "ban|phòng|đoàn|khoa|thôn|nhóm|đội|trạm"
_POST = re.compile(
    rf"(?<!\w)(?:(?P<deputy>phó|vice|deputy|acting|quyền|assistant)[ -])?(?P<post>{_POSTS})(?!\w)"
    rf"|(?<!\w)(?:(?P<under>phó(?: trưởng)?)|trưởng) (?P<unit>{_UNITS})(?!\w)",
    re.IGNORECASE,
)
_NAME = r"[^\W\d_a-zà-ỹ]\w*(?:[ ][^\W\d_a-zà-ỹ]\w*)+"
# "Chủ tịch tỉnh Trần Phước Hiền", "Minister Bui Hoang Phuong"; of "president of the United States"
# nobody is named.
_BEHIND = re.compile(
    r"(?:[ ](?!(?:và|and|là|is|was|of|của)\b)[^\W\d_]\w*){0,4}?[ ]"
    rf"(?P<name>{_NAME})"
)
_BEFORE = re.compile(
    rf"(?P<name>{_NAME})(?:,|\s+(?:là|làm|giữ chức|is|was|became|as))\s+"
    r"(?:(?:the|a|an|its|their)\s+)?\Z"
)
_LOOK_BACK = 80


def other_rank(claim: str, evidence: str) -> Contrary | None:
    """Who is told to hold a post and is only a deputy in it, or the other way round."""
    there = _ranks(evidence)
    for who, ranks in _ranks(claim).items():
        for deputy, said in ranks.items():
            written = there.get(who, {})
            if written and deputy not in written:
                return Contrary(said, next(iter(written.values())))
    return None


@lru_cache(maxsize=2048)  # an answer's sentences are held against the same few passages
def _ranks(text: str) -> dict[tuple[str, str], dict[bool, str]]:
    """Person and post → whether a deputy → as written."""
    text = nfc(text)
    found: dict[tuple[str, str], dict[bool, str]] = {}
    for post in _POST.finditer(text):
        which = fold(post["post"] or post["unit"]).lower()
        deputy = bool(post["deputy"] or post["under"])
        before = _BEFORE.search(text, max(0, post.start() - _LOOK_BACK), post.start())
        behind = _BEHIND.match(text, post.end())
        for match in filter(None, (before, behind)):
            name = " ".join(fold(match["name"]).lower().split()[-2:])
            found.setdefault((name, which), {}).setdefault(deputy, post[0])
    return found
