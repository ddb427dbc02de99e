"""The questions of the HTML report: each with its answer, or with both answers where compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape

from bilingual.texts import InterfaceLanguage, text
from evals.compare import Comparison, Flip
from evals.comparison_tables import stage_state
from evals.difference import Piece, differing
from evals.evidence import Span
from evals.report import Report
from evals.results import (
    CitedPlace,
    ClaimJudgement,
    RecordedAnswer,
    RecordedClaim,
    RecordedHit,
    Result,
)
from evals.scoring import found_items, is_right, score
from evals.slices import slices_of

# Around a cited sentence this much of its passage is shown, and of a passage in the list this
# much: a run of 1,000 questions stays under 5 MB.
_CONTEXT_CHARS = 160
_PASSAGE_CHARS = 60


def question_blocks(
    report: Report, comparison: Comparison | None, language: InterfaceLanguage
) -> Iterator[str]:
    """One block a question: regressions first, then improvements, then what is wrong."""
    flips = {f.base.question.id: f for f in comparison.flips} if comparison else {}
    texts = {
        hit.span: hit.text
        for result in report.run.results
        if result.answer is not None
        for hit in result.answer.hits
    }
    base = {}
    if comparison:
        same = "library_fingerprint" not in comparison.noted
        for one in comparison.base.results:
            base[one.question.id] = _with_texts(one, texts) if same else one
    passed = {result.question.id: bool(score(result).passed) for result in report.run.results}

    def place(result: Result) -> tuple[bool, bool, bool]:
        flip = flips.get(result.question.id)
        return flip is None, flip is not None and flip.improved, passed[result.question.id]

    for result in sorted(report.run.results, key=place):
        name = result.question.id
        yield _block(result, base.get(name), flips.get(name), passed[name], language)


def _with_texts(result: Result, texts: Mapping[Span, str]) -> Result:
    """`result` of a baseline, which keeps no passages, with those that the other run found too."""
    if result.answer is None:
        return result
    hits = [
        hit if hit.text else replace(hit, text=texts.get(hit.span, ""))
        for hit in result.answer.hits
    ]
    return replace(result, answer=replace(result.answer, hits=tuple(hits)))


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
    turns = "".join(f"<p class=soft>{escape(turn)}</p>" for turn in question.turns)
    return (
        f'<details data-slices="{escape("|".join(slices_of(question)))}" data-state="{states}">'
        f"<summary><code>{escape(question.id)}</code>"
        f"<span class=asked>{escape(question.question)}</span>"
        f'<span class="chip {state}">{escape(chip)}</span></summary>'
        f"<div class=inside>{turns}<p class=soft>{escape(expected)}: {escape(wanted)}</p>"
        f"{_stages(flip, language) if flip else ''}"
        f"<div class=sides>{_sides(result, base, language)}</div></div></details>"
    )


def _stages(flip: Flip, language: InterfaceLanguage) -> str:
    """Every stage in order, those whose outcome changed standing out."""
    shown = []
    for name in flip.stages:
        state = stage_state(flip, name)
        mark = "" if state == "same" else f" class={state}"
        said = f"{text(f'evals.page-stage-{name}', language)}: "
        said += text(f"evals.page-stage-{state}", language)
        shown.append(f"<li{mark}>{escape(said)}</li>")
    return f"<ol class=stages>{''.join(shown)}</ol>"


def _sides(result: Result, base: Result | None, language: InterfaceLanguage) -> str:
    if base is None or _same(base.answer, result.answer):
        # What both runs gave alike is shown once.
        return _side(result, "both" if base else None, None, language)
    old, new = (_sentences(one.answer) for one in (base, result))
    marks: tuple[Sequence[Sequence[Piece]] | None, ...] = (None, None)
    if old != new and old and new:
        marks = differing(old, new)
    return _side(base, "base", marks[0], language) + _side(result, "candidate", marks[1], language)


def _same(one: RecordedAnswer | None, other: RecordedAnswer | None) -> bool:
    if one is None or other is None:
        return False
    places = [
        [(place.span, place.quote) for c in a.claims for place in c.citations] for a in (one, other)
    ]
    return (
        _sentences(one) == _sentences(other)
        and places[0] == places[1]
        and ([hit.span for hit in one.hits] == [hit.span for hit in other.hits])
    )


def _sentences(answer: RecordedAnswer | None) -> list[str]:
    """What an answer says, sentence by sentence; a refusal is one."""
    if answer is None:
        return []
    return [answer.refusal] if answer.refusal else [claim.text for claim in answer.claims]


def _side(
    result: Result,
    name: str | None,
    marks: Sequence[Sequence[Piece]] | None,
    language: InterfaceLanguage,
) -> str:
    heading = f"<h3>{escape(text(f'evals.heading-{name}', language))}</h3>" if name else ""
    answer = result.answer
    if answer is None:
        failure = result.failure
        why = f"{failure.kind}: {failure.message}" if failure else ""
        return f"<div>{heading}<p class=regressed>{escape(why)}</p></div>"
    tag = "del" if name == "base" else "ins"
    said = [
        escape(sentence) if marks is None else _marked(marks[at], tag)
        for at, sentence in enumerate(_sentences(answer))
    ]
    if answer.refusal:
        body = f"<p class=claim>{said[0]}</p>"
    else:
        judged = result.judgement or ()
        body = "".join(
            _claim(claim, said[at], judged[at] if at < len(judged) else None, result, language)
            for at, claim in enumerate(answer.claims)
        )
    asked = answer.asked
    looked_for = ""
    if asked is not None and asked.marked != result.question.question:
        label = escape(text("evals.page-looked-for", language))
        looked_for = f"<p class=soft>{label}: {escape(asked.marked)}</p>"
    return f"<div>{heading}{looked_for}{body}{_passages(answer, result)}</div>"


def _marked(pieces: Sequence[Piece], tag: str) -> str:
    return "".join(
        f"<{tag}>{escape(piece)}</{tag}>" if mine else escape(piece) for piece, mine in pieces
    )


def _claim(
    claim: RecordedClaim,
    said: str,
    judged: ClaimJudgement | None,
    result: Result,
    language: InterfaceLanguage,
) -> str:
    """A sentence with its verdicts, then the sentences that it cites."""
    assert result.answer is not None
    verdict = _verdict("checked", claim.verdict, claim.reason, language)
    if judged is not None:
        found = judged.together or "uncited"
        verdict += _verdict("judged", found, judged.reason, language)
    cited = "".join(_citation(place, result.answer.hits, result) for place in claim.citations)
    return f"<div class=claim>{said} {verdict}{cited}</div>"


def _verdict(by: str, verdict: str, reason: str | None, language: InterfaceLanguage) -> str:
    """Supported needs no words; everything else says who found it and why."""
    if verdict == "supported":
        return ""
    who = text(f"evals.page-{by}", language)
    said = f"{who}: {text(f'evals.verdict-{verdict}', language)}"
    if reason:
        said += f" – {reason}"
    return f'<span class="chip wrong">{escape(said)}</span>'


def _citation(place: CitedPlace, hits: Sequence[RecordedHit], result: Result) -> str:
    """The cited sentence, marked, within what its passage says around it."""
    before, after = "", ""
    for hit in hits:
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
        place = f"{hit.span.document} {hit.span.start}–{hit.span.end}"
        items.append(f"<li{mark}>{escape(place)}{f': {escape(shown)}…' if shown else ''}</li>")
    return f"<ol>{''.join(items)}</ol>" if items else ""
