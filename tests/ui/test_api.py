"""The HTTP API and what docs/http-api.md says of it."""

from __future__ import annotations

import re
from pathlib import Path

from rag.types import Answer, Citation, Claim, Timings
from ui.access import ENDPOINTS
from ui.api import STATUSES

TOLD = (Path(__file__).parents[2] / "docs/http-api.md").read_text(encoding="utf-8")


def test_every_endpoint_of_the_api_is_described() -> None:
    for endpoint in ENDPOINTS:
        if endpoint.path.startswith("/api/"):
            for method in endpoint.methods:
                assert re.search(rf"`{method} {re.escape(endpoint.path)}[`?]", TOLD), endpoint.path


def test_every_field_of_an_answer_is_described() -> None:
    place = Citation("d", "D", "/d", 0, 1, "x")
    answer = Answer("?", "en", (Claim("x", (place,)),), False, (), None, (), Timings()).to_dict()
    (claim,) = answer["claims"]
    for name in (*answer, *answer["timings_ms"], *claim, *claim["citations"][0]):
        assert f"`{name}`" in TOLD, name


def test_every_status_of_an_error_is_described() -> None:
    statuses = {status for _, status in STATUSES}
    table = TOLD.partition("## Errors")[2].partition("## Events")[0]
    assert statuses <= {int(status) for status in re.findall(r"\b[45]\d\d\b", table)}
