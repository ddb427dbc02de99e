"""`trichdan doctor`: what is set up, what is missing and how to mend it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches

from bilingual.encoder import Encoder
from bilingual.encoders import load_encoder
from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage, text
from rag.llm.endpoint import IN_PROCESS, KEY_VARIABLE
from rag.settings import PREFIX, Settings
from vectorstore import Library

OK, FAILED = 0, 1
# Of two names, how alike a misspelt one and the setting that was meant are at least.
ALIKE = 0.7


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        ok: Whether the part can be used as it is.
        says: The finding, and where it is not ok, how to mend it.
    """

    part: str
    ok: bool
    says: str


def run(options: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """Check every part, print what was found and return 1 if anything is to be mended."""
    loaded: list[Encoder] = []
    findings = [
        _python(language),
        *_environment(language),
        _checked("encoder", lambda: _encoder(settings, language, loaded), language),
        _checked("library", lambda: _library(settings, language, loaded), language),
        _checked("llm", lambda: _llm(settings, language), language),
    ]
    if options.json:
        sys.stdout.write(json.dumps([asdict(f) for f in findings], ensure_ascii=False) + "\n")
    else:
        for finding in findings:
            sys.stdout.write(f"{'✓' if finding.ok else '✗'} {finding.says}\n")
    return OK if all(finding.ok for finding in findings) else FAILED


def _checked(part: str, check: Callable[[], Finding], language: InterfaceLanguage) -> Finding:
    """The finding of `check`; an error of ours is a finding as well."""
    try:
        return check()
    except TrichdanError as error:
        return Finding(part, False, error.message(language))


def _python(language: InterfaceLanguage) -> Finding:
    system = f"{platform.system()} {platform.machine()}"
    says = text("cli.doctor-python", language, version=platform.python_version(), system=system)
    return Finding("python", True, says)


def _environment(language: InterfaceLanguage) -> list[Finding]:
    """The variables whose names are almost a setting's; nothing reads them."""
    others = ("CONFIG", "LANGUAGE", KEY_VARIABLE.removeprefix(PREFIX))
    known = [*others, *(field.name.upper() for field in fields(Settings))]
    findings = []
    for variable in sorted(os.environ):
        name = variable.removeprefix(PREFIX)
        if name == variable or name in known:
            continue
        for meant in get_close_matches(name.upper(), known, 1, ALIKE):
            says = text("cli.doctor-environment", language, name=variable, meant=PREFIX + meant)
            findings.append(Finding("environment", False, says))
    return findings


def _encoder(settings: Settings, language: InterfaceLanguage, loaded: list[Encoder]) -> Finding:
    """Load the encoder and leave it in `loaded` for the next check."""
    began = time.perf_counter()
    encoder = load_encoder(settings.encoder)
    encoder.encode_question("Paris")
    seconds = time.perf_counter() - began
    loaded.append(encoder)
    says = text("cli.doctor-encoder", language, name=encoder.name, dim=encoder.dim, seconds=seconds)
    return Finding("encoder", True, says)


def _library(settings: Settings, language: InterfaceLanguage, loaded: list[Encoder]) -> Finding:
    """Open the library, with the encoder if there is one, and ask both indexes."""
    name, dim = (loaded[0].name, loaded[0].dim) if loaded else (None, None)
    with (
        Library.open(settings.library, name, dim, server=settings.chroma) as library,
        library.snapshot() as snapshot,
    ):
        snapshot.verify()  # reads it all, asks both indexes for what was put in, and mends them
        says = text(
            "cli.doctor-library",
            language,
            path=settings.library,
            documents=len(snapshot.documents()),
            passages=snapshot.passage_count,
            encoder=snapshot.encoder,
        )
    return Finding("library", True, says)


def _llm(settings: Settings, language: InterfaceLanguage) -> Finding:
    """Look for the language model and let it write a few words."""
    from rag.llm.probing import probe

    found = probe(settings)
    if found is None:
        return Finding("llm", True, text("cli.doctor-no-llm", language))
    if found.error is not None:
        raise found.error
    if found.model_present is False:
        says = text("cli.doctor-llm-no-model", language, model=found.model, endpoint=found.endpoint)
        return Finding("llm", False, says)
    says = text(
        "cli.doctor-llm",
        language,
        model=found.model,
        endpoint=found.endpoint,
        latency_ms=found.latency_ms or 0.0,
    )
    if found.context_tokens is not None:
        says += text("cli.doctor-llm-window", language, tokens=found.context_tokens)
    if found.tokens_per_s is not None:
        says += text("cli.doctor-llm-speed", language, speed=found.tokens_per_s)
    if found.context_tokens is not None and found.context_tokens < settings.llm_context_tokens:
        says += ". " + text(
            "cli.doctor-llm-small",
            language,
            tokens=found.context_tokens,
            wanted=settings.llm_context_tokens,
        )
        return Finding("llm", settings.llm in IN_PROCESS, says)
    return Finding("llm", True, says)
