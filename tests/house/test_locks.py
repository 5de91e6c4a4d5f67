"""The lock files pin every package by digest, and say nothing about where to fetch it."""

import re
import tomllib

import pytest

from tests.house.tree import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")


def pins(lock: str) -> dict[str, str]:
    """Package name to its entry, comments left out."""
    text = re.sub(r"(?m)^\s*#.*$", "", (ROOT / lock).read_text("utf-8"))
    entries = re.split(r"(?m)^(?=[a-z0-9])", text)[1:]
    return {entry.split("==")[0]: entry for entry in entries}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not re.findall(r"://|--(?:extra-)?index-url|--find-links|--trusted-host| @ ", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_its_digests(lock: str) -> None:
    assert [name for name, entry in pins(lock).items() if "--hash=sha256:" not in entry] == []


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[=<>\[]", each)[0].lower() for each in declared}
    assert names <= set(pins("requirements-dev.lock"))


def test_what_runs_is_locked_alike_in_both() -> None:
    run_time, development = pins("requirements.lock"), pins("requirements-dev.lock")
    versions = {name: re.findall(r"==([^\s;]+)", entry) for name, entry in development.items()}
    assert {name: re.findall(r"==([^\s;]+)", entry) for name, entry in run_time.items()} == {
        name: versions[name] for name in run_time
    }


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml"])
def test_locks_of_tools_that_write_hosts_are_not_kept(name: str) -> None:
    assert not (ROOT / name).exists()
