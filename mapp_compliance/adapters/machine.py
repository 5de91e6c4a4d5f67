"""The machine that the program runs on, looked at: versions, tools, room, clock, permissions.

Green needs nothing; amber is worth a look; red stops work or loses something.
"""

import os
import platform
import shutil
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mapp_compliance.values import GIB, instant_text

WAL_RESET_MENDED = (3, 51, 3)  # SQLite release notes, 3.51.3: an earlier one may corrupt a WAL
OLDEST_PYTHON = (3, 11)
LITTLE_ROOM_BYTES = 1 * GIB
EARLIEST = 1_767_225_600  # 2026-01-01T00:00:00Z; a clock before it was never set
LIBRARIES = ("cryptography", "pyrage", "sqlalchemy", "cel-expr-python", "numpy", "jinja2")
TOOLS = ("age", "git", "ssh-keygen")
MEMORY = Path("/dev/shm")  # noqa: S108  # only asked about


class Light(Enum):
    """How a check came out."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; ``detail`` ends with what to do unless it is green."""

    name: str
    light: Light
    detail: str


def look_at_machine(home: Path) -> list[Check]:
    """Everything that can be told without opening the workspace."""
    return [
        _python(),
        _libraries(),
        _sqlite(sqlite3.sqlite_version_info),
        _memory(MEMORY),
        _clock(time.time()),
        _room(home),
        _permissions(home / "keys"),
        _tools(TOOLS, shutil.which),
    ]


def judge_restore(made: datetime | None, proved: datetime | None) -> Check:
    """Amber until a backup of this workspace was shown to restore."""
    name = "backup"
    if proved is not None:
        return Check(name, Light.GREEN, f"a restore was proved at {instant_text(proved)}")
    if made is not None:
        told = f"made at {instant_text(made)} and never tried; run 'mapp restore FILE --drill'"
        return Check(name, Light.AMBER, told)
    return Check(name, Light.AMBER, "none was made; run 'mapp backup', then try it with --drill")


def judge_walls(gaps: Iterable[str]) -> Check:
    """What the limited process lacks on this machine."""
    missing = "; ".join(gaps)
    if missing:
        told = f"{missing}; samples of strangers are better looked at on a machine that has it"
        return Check("limited process", Light.AMBER, told)
    return Check("limited process", Light.GREEN, "all walls can be built")


def _python() -> Check:
    told = platform.python_version()
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Check("python", Light.RED, f"{told} is too old; install 3.11 or newer")
    return Check("python", Light.GREEN, told)


def _libraries() -> Check:
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            return Check("libraries", Light.RED, f"{name} is missing; run 'make setup' again")
    return Check("libraries", Light.GREEN, ", ".join(found))


def _sqlite(found: tuple[int, ...]) -> Check:
    told = ".".join(map(str, found))
    if found < WAL_RESET_MENDED:
        return Check(
            "sqlite",
            Light.AMBER,
            f"{told} can corrupt a database when two processes write at once (mended in 3.51.3); "
            "a lock keeps to one writer here, let nothing else write to mapp.db",
        )
    return Check("sqlite", Light.GREEN, told)


def _memory(folder: Path) -> Check:
    if folder.is_dir() and os.access(folder, os.W_OK):
        return Check("scratch", Light.GREEN, f"{folder} is backed by memory")
    return Check(
        "scratch", Light.AMBER, "no folder backed by memory; copies under test touch the disk"
    )


def _clock(now_s: float) -> Check:
    if now_s < EARLIEST:
        return Check("clock", Light.RED, "it is not set; set it, for every deadline rests on it")
    return Check("clock", Light.GREEN, "it is set; nothing here compares it with other clocks")


def _room(home: Path) -> Check:
    place = next(
        folder for folder in (home.absolute(), *home.absolute().parents) if folder.exists()
    )
    free = shutil.disk_usage(place).free
    told = f"{free // GIB} GiB are free"
    if free < LITTLE_ROOM_BYTES:
        return Check("room", Light.AMBER, f"{told}; make room before the next issue")
    return Check("room", Light.GREEN, told)


def _permissions(keys: Path) -> Check:
    name = "keys"
    if not keys.is_dir():
        return Check(name, Light.AMBER, "there is no workspace here")
    open_ones = [
        path
        for path in sorted(keys.rglob("*"))
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if open_ones:
        told = f"{len(open_ones)} files in {keys} can be read by others; run chmod -R go= {keys}"
        return Check(name, Light.RED, told)
    return Check(name, Light.GREEN, "nobody else can read them")


def _tools(names: Iterable[str], which: Callable[[str], str | None]) -> Check:
    missing = [name for name in names if which(name) is None]
    if missing:
        told = f"{', '.join(missing)} not found; nothing here needs it, partners may"
        return Check("tools", Light.GREEN, told)
    return Check("tools", Light.GREEN, ", ".join(names))
