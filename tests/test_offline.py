"""Nothing is downloaded, and nothing tries to be: the main job with the network cut."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import DOCUMENTS, ROOT

# A network namespace of its own, with no device but loopback, for a user of one's own.
APART = ("unshare", "--map-root-user", "--net")


def can_be_apart() -> bool:
    """Whether this machine lets a process leave the network."""
    if shutil.which(APART[0]) is None:
        return False
    return subprocess.run([*APART, "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of a first visit: nothing in the home folder, no word about being offline."""
    folder = tmp_path_factory.mktemp("offline")
    (folder / "home").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder),
    }
    apart = can_be_apart()
    command = [
        *(APART if apart else ()),
        *(sys.executable, "-m", "tests.offline_visit", str(folder), str(DOCUMENTS)),
        *(("--apart",) if apart else ()),
    ]
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, encoding="utf-8", timeout=400
    )
    assert done.returncode == 0, done.stderr
    log = folder / "attempts.log"
    attempts = log.read_text(encoding="utf-8") if log.exists() else ""
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "attempts": attempts}


@pytest.mark.slow
def test_documents_are_ingested_without_a_network(visit: dict[str, Any]) -> None:
    assert visit["ingest"]["code"] == 0, visit["ingest"]
    assert visit["ingest"]["err"].startswith("2 added")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["vi", "en"])
def test_questions_are_answered_without_a_network(visit: dict[str, Any], language: str) -> None:
    assert visit[language]["code"] == 0, visit[language]
    answer = json.loads(visit[language]["out"])
    assert (answer["language"], answer["refused"]) == (language, False)
    assert answer["claims"][0]["citations"]


@pytest.mark.slow
def test_the_page_and_the_api_are_served_without_a_network(visit: dict[str, Any]) -> None:
    served = visit["serve"]
    assert served["address"].startswith("http://127.0.0.1:"), served
    assert "Trichdan" in served["page"]
    assert served["answer"]["claims"] and not served["answer"]["refused"]
    assert served["code"] == 130 and "Traceback" not in served["err"]


@pytest.mark.slow
def test_the_network_is_not_even_tried(visit: dict[str, Any]) -> None:
    assert visit["attempts"] == ""
    assert visit["unroutable"] == 0


@pytest.mark.slow
def test_nothing_is_left_in_the_home_folder(visit: dict[str, Any]) -> None:
    assert visit["home"] == []
