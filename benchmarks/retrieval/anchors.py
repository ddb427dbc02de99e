"""Published figures to read ours against, with what differs in how they were measured."""

from __future__ import annotations

from collections.abc import Sequence

HEADINGS = ("benchmark", "model", "published figure", "what differs")

ANCHORS: Sequence[tuple[str, str, str, str]] = (
    (
        "XQuAD paragraphs vi→vi",
        "paraphrase-multilingual-MiniLM-L12-v2",
        "nDCG@10 .842, R@1 .730",
        "MTEB: all 240 paragraphs and 1,190 questions; `--half all` is that setting",
    ),
    (
        "XQuAD paragraphs vi→vi",
        "all-MiniLM-L6-v2",
        "nDCG@10 .508, R@1 .362",
        "as above; the line of this model here should agree with `--half all`",
    ),
    (
        "XQuAD paragraphs en→en",
        "multilingual-e5-small; BGE-M3",
        "nDCG@10 .975; .972",
        "as above",
    ),
    (
        "Tatoeba vie–eng",
        "LaBSE; paraphrase-multilingual-MiniLM-L12-v2; multilingual-e5-small; all-MiniLM-L6-v2",
        "accuracy .979; .963; .917; .045",
        "1,000 short everyday sentences, vi→en; the last was measured by us; other sentences here",
    ),
)
