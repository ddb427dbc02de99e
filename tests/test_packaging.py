"""What an installation that is not the checkout would hold."""

from __future__ import annotations

import re
import tomllib

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def name_of(requirement: str) -> str:
    """The package of a requirement, as registries compare names."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_every_file_of_the_packages_is_installed_with_them() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    packages = [
        each.rstrip("*") for each in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    ]
    files = [
        path
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    ]
    assert {path.suffix for path in files} >= {".css", ".js", ".svg", ".toml", ".npz", ".jsonl"}
    left_out = [path for path in files if not any(path.match(pattern) for pattern in patterns)]
    assert left_out == []


def test_the_lock_pins_every_dependency_and_the_build_needs_none_beside() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.+]*", pin) for pin in pins)
    locked = [name_of(pin) for pin in pins]
    assert len(locked) == len(set(locked))
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *PROJECT["build-system"]["requires"]]
    for extra in project["optional-dependencies"].values():
        wanted += extra
    assert {name_of(each) for each in wanted} <= set(locked)


def test_the_lock_names_no_package_of_a_graphics_card() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").lower()
    assert "nvidia" not in lock and "triton" not in lock
