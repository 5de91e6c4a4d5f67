"""The golden files of the room."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Folder of the golden files."""
    return Path(__file__).parents[1] / "vectors" / "trust"
