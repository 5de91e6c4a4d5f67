"""Real tools of the machine, and the golden files of the room."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def tool() -> Callable[[str], str]:
    """Path of a program; skips the test without it, fails it when MAPP_REQUIRE_TOOLS=1."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None and os.environ.get("MAPP_REQUIRE_TOOLS") == "1":
            pytest.fail(f"{name} is required (MAPP_REQUIRE_TOOLS=1) and not installed")
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path

    return find


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Folder of the golden files."""
    return Path(__file__).parents[1] / "vectors" / "trust"
