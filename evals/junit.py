"""A report as JUnit XML, which every CI shows: what fails there is what the gate fails on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bilingual.texts import InterfaceLanguage, text
from evals.compare import Comparison, Flip
from evals.comparison_tables import flip_line, stages_line, verdict_figures
from evals.floors import Breach
from evals.report import Report
from evals.results import Result
from evals.scoring import score
from evals.slices import label
from evals.tables import breach_line, judge_failure_line, metric_label, unfinished_line

# XML 1.0 has no other characters, not even escaped: no control characters, no lone surrogates.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(
    report: Report,
    language: InterfaceLanguage,
    comparison: Comparison | None = None,
    fallen: Sequence[Breach] = (),
) -> str:
    """The report as XML: questions, verdicts where runs were compared, floors that fell.

    A run that was cut short is an error of its own, and so is a judge without any figure.
    A question fails its test where it is a must-pass question, and is an error where it got no
    answer; any other wrong answer is noted in its output and left to the verdicts.
    """
    root = Element("testsuites", name=report.run.header.set_name)
    _add_suite(root, "run", _run(report, language))
    flips = {flip.base.question.id: flip for flip in comparison.flips} if comparison else {}
    cases = [
        _question(result, language, flips.get(result.question.id)) for result in report.run.results
    ]
    _add_suite(root, "questions", cases)
    if comparison is not None:
        _add_suite(root, "verdicts", _verdicts(comparison, language))
    _add_suite(root, "floors", [_floor(breach, language) for breach in fallen])
    indent(root)
    return _NOT_IN_XML.sub("", tostring(root, encoding="unicode", xml_declaration=True)) + "\n"


def _add_suite(root: Element, name: str, cases: Sequence[Element] | Iterator[Element]) -> None:
    found = list(cases)
    suite = SubElement(root, "testsuite", name=name, tests=str(len(found)))
    for kind in ("failure", "error"):
        count = sum(case.find(kind) is not None for case in found)
        suite.set(f"{kind}s", str(count))
    suite.extend(found)


def _run(report: Report, language: InterfaceLanguage) -> Iterator[Element]:
    """What fails the run as a whole."""
    said = [(one.judge, judge_failure_line(one, language)) for one in report.judges if one.mute]
    if not report.run.complete:
        said.append(("questions", unfinished_line(report.run, language)))
    for name, message in said:
        case = Element("testcase", name=name, classname="run")
        SubElement(case, "error", message=message)
        yield case


def _question(result: Result, language: InterfaceLanguage, flip: Flip | None) -> Element:
    question = result.question
    case = Element("testcase", name=question.id, classname=f"questions.{question.kind}")
    if (wall := result.timings_ms.get("wall")) is not None:
        case.set("time", f"{wall / 1000:.3f}")
    lines = [flip_line(flip, language), stages_line(flip, language)] if flip else []
    if result.failure:
        said = f"{result.failure.kind}: {result.failure.message}"
        SubElement(case, "error", message=said)
    elif not score(result).passed:
        answer = result.answer
        said = (answer.text or answer.refusal or "") if answer else ""
        shown = "\n".join([*lines, question.question, said])
        if question.must_pass:
            SubElement(case, "failure", message=text("evals.page-wrong", language)).text = shown
        else:
            SubElement(case, "system-out").text = shown
    elif lines:
        SubElement(case, "system-out").text = "\n".join([*lines, question.question])
    return case


def _verdicts(comparison: Comparison, language: InterfaceLanguage) -> Iterator[Element]:
    for verdict in comparison.verdicts:
        name = f"{metric_label(verdict.metric, language)}, {label(verdict.slice, language)}"
        case = Element("testcase", name=name, classname="verdicts")
        shown = " | ".join(verdict_figures(verdict, language))
        outcome = text(f"evals.outcome-{verdict.outcome}", language)
        if verdict.outcome == "regressed":
            SubElement(case, "failure", message=outcome).text = shown
        else:
            SubElement(case, "system-out").text = f"{outcome}: {shown}"
        yield case


def _floor(breach: Breach, language: InterfaceLanguage) -> Element:
    floor = breach.floor
    case = Element("testcase", name=f"{floor.metric}, {floor.slice}", classname="floors")
    SubElement(case, "failure", message=breach_line(breach, language))
    return case
