"""The questions of the HTML report: each with its answer, or with both answers where compared."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from bilingual.texts import InterfaceLanguage, text
from evals.compare import Comparison, Flip
from evals.report import Report
from evals.results import CitedPlace, RecordedAnswer, Result
from evals.scoring import found_items, is_right, score
from evals.slices import slices_of

# Around a cited sentence this much of its passage is shown, and of a passage in the list this
# much: a run of 1,000 questions stays under 5 MB.
_CONTEXT_CHARS = 160
_PASSAGE_CHARS = 80


def question_blocks(
    report: Report, comparison: Comparison | None, language: InterfaceLanguage
) -> Iterator[str]:
    """One block a question: regressions first, then improvements, then what is wrong."""
    flips = {f.base.question.id: f for f in comparison.flips} if comparison else {}
    base = {r.question.id: r for r in comparison.base.results} if comparison else {}
    passed = {result.question.id: bool(score(result).passed) for result in report.run.results}

    def place(result: Result) -> tuple[bool, bool, bool]:
        flip = flips.get(result.question.id)
        return flip is None, flip is not None and flip.improved, passed[result.question.id]

    for result in sorted(report.run.results, key=place):
        name = result.question.id
        yield _block(result, base.get(name), flips.get(name), passed[name], language)


def _block(
    result: Result,
    base: Result | None,
    flip: Flip | None,
    passed: bool,
    language: InterfaceLanguage,
) -> str:
    question = result.question
    state = "right" if passed else "wrong"
    chip = text(f"evals.page-{state}", language)
    if flip:
        direction = text(f"evals.flip-{'improved' if flip.improved else 'regressed'}", language)
        chip = f"{direction}: {text(f'evals.stage-{flip.stage}', language)}"
    states = f"{state}|flipped" if flip else state
    wanted = "; ".join(" / ".join(forms) for forms in question.answers)
    expected = text("evals.page-expected", language)
    wanted = wanted or text("evals.page-nothing", language)
    sides = _side(result, "candidate" if base else None, language)
    if base:
        sides = _side(base, "base", language) + sides
    return (
        f'<details data-slices="{escape("|".join(slices_of(question)))}" data-state="{states}">'
        f"<summary><code>{escape(question.id)}</code>"
        f"<span class=asked>{escape(question.question)}</span>"
        f'<span class="chip {state}">{escape(chip)}</span></summary>'
        f"<div class=inside><p class=soft>{escape(expected)}: {escape(wanted)}</p>"
        f"<div class=sides>{sides}</div></div></details>"
    )


def _side(result: Result, name: str | None, language: InterfaceLanguage) -> str:
    heading = f"<h3>{escape(text(f'evals.heading-{name}', language))}</h3>" if name else ""
    answer = result.answer
    if answer is None:
        failure = result.failure
        said = f"{failure.kind}: {failure.message}" if failure else ""
        return f"<div>{heading}<p class=regressed>{escape(said)}</p></div>"
    claims = "".join(
        f"<div class=claim>{escape(claim.text)}"
        f"{''.join(_citation(place, answer, result) for place in claim.citations)}</div>"
        for claim in answer.claims
    )
    refusal = f"<p class=claim>{escape(answer.refusal)}</p>" if answer.refusal else ""
    return f"<div>{heading}{claims}{refusal}{_passages(answer, result)}</div>"


def _citation(place: CitedPlace, answer: RecordedAnswer, result: Result) -> str:
    """The cited sentence, marked, within what its passage says around it."""
    before, after = "", ""
    for hit in answer.hits:
        if hit.text and place.exact and place.span.shared(hit.span) == len(place.quote):
            at = place.span.start - hit.span.start
            before = hit.text[max(0, at - _CONTEXT_CHARS) : at]
            after = hit.text[at + len(place.quote) :][:_CONTEXT_CHARS]
            break
    state = "right" if is_right(place, result) else "wrong"
    source = f"{place.span.document}, {place.span.start}–{place.span.end}"
    return (
        f'<blockquote class="{state}" title="{escape(source)}">{escape(before)}'
        f"<mark>{escape(place.quote)}</mark>{escape(after)}</blockquote>"
    )


def _passages(answer: RecordedAnswer, result: Result) -> str:
    """The retrieved passages in order; those that hold gold evidence stand out."""
    held = found_items(result, answer)[0] if result.question.answerable else []
    items = []
    for at, hit in enumerate(answer.hits):
        shown = " ".join(hit.text[: 2 * _PASSAGE_CHARS].split())[:_PASSAGE_CHARS]
        mark = " class=holds" if at < len(held) and held[at] else ""
        items.append(f"<li{mark}>{escape(hit.span.document)}: {escape(shown)}…</li>")
    return f"<ol>{''.join(items)}</ol>" if items else ""
