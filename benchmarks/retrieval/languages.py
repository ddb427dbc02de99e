"""Whether `bilingual.language.identify` names the language of XQuAD's sentences and questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bilingual.language import QuestionLanguage, identify
from evals.benchmark.metrics import Share
from evals.benchmark.xquad import HALVES, Form, Half, Xquad

_SHORTEST_WORDS = 5
_EXPECTED: dict[Form, QuestionLanguage] = {"en": "en", "vi": "vi", "nm": "vi-nomarks"}


@dataclass(frozen=True, slots=True)
class Identified:
    """The share of texts whose language was found, and those where it was not."""

    what: str
    form: Form
    right: Share
    wrong: Sequence[str]


def measure(data: Xquad, half: Half) -> Iterator[Identified]:
    """Sentences of five words and more, and questions, in all three forms."""
    for form in _EXPECTED:
        sentences = [
            one.text
            for one in data.texts["sentences", form]
            if one.article in HALVES[half] and len(one.text.split()) >= _SHORTEST_WORDS
        ]
        yield _identified(f"sentences of {_SHORTEST_WORDS} words and more", form, sentences)
        yield _identified("questions", form, [one.text[form] for one in data.of(half)])


def _identified(what: str, form: Form, texts: Sequence[str]) -> Identified:
    wrong = [text for text in texts if identify(text) != _EXPECTED[form]]
    return Identified(what, form, Share.of(len(texts) - len(wrong), len(texts)), wrong)
