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


def pins(lock: str) -> list[str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_locks_pin_every_dependency_and_the_build_needs_none_beside() -> None:
    runtime, besides = pins("requirements.lock"), pins("requirements-dev.lock")
    assert all(
        re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.+]*", pin) for pin in [*runtime, *besides]
    )
    locked = [name_of(pin) for pin in [*runtime, *besides]]
    assert len(locked) == len(set(locked))
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    needed = [
        *project["dependencies"],
        *extras["openai"],
        *PROJECT["build-system"]["requires"],
    ]
    assert {name_of(each) for each in needed} <= {name_of(pin) for pin in runtime}
    assert {name_of(each) for extra in extras.values() for each in extra} <= set(locked)


def test_what_runs_the_chat_needs_no_compiler() -> None:
    assert "llama_cpp_python" not in {pin.split("==")[0] for pin in pins("requirements.lock")}


def test_the_lock_names_no_package_of_a_graphics_card() -> None:
    lock = " ".join([*pins("requirements.lock"), *pins("requirements-dev.lock")]).lower()
    assert "nvidia" not in lock and "triton" not in lock
