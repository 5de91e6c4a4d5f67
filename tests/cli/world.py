"""A small demo workspace up to a chosen point of its story, made by verbs alone.

It is built once for a test module and copied for each test that changes it.
"""

import contextlib
import shutil
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.cli.line import (
    ADVISORY,
    LEAKED,
    RELEASE,
    SENT,
    Line,
    Recipient,
    package,
    recipient,
    roster,
)

NAMES = ("P1", "P2", "P3", "STAFF-1")


@dataclass(frozen=True, slots=True)
class World:
    """The workspace, the folder around it, and who received copies."""

    place: Path
    line: Line
    people: dict[str, Recipient]
    copies: dict[str, dict[str, Any]]  # by recipient, as issue told them

    def copied(self, place: Path) -> "World":
        """The same world in another folder, for a test to change."""
        shutil.copytree(self.line.home, place / "home")
        return replace(self, place=place, line=Line(place / "home", self.line.at))

    def parcel(self, name: str) -> Path:
        """Where a recipient's parcel lies."""
        return self.line.home / str(self.copies[name]["parcel"])

    def opened(self, name: str) -> Path:
        """The payload folder of a parcel, opened on the recipient's side, with its receipt."""
        seal, sign = self.people[name].save(self.place / "keys")
        out = self.place / f"opened-{name}"
        self.line.json(
            "open",
            self.parcel(name),
            *("--key", seal),
            *("--sign-key", sign),
            *("--out", out),
            *("--receipt", self.place / f"{name}.receipt"),
        )
        return out / "payload"

    def leaked(self, name: str) -> dict[str, Any]:
        """The verdict on a recipient's whole copy, found some days later."""
        return self.line.then(LEAKED).json("attribute", self.opened(name) / "poc.py")


def started(place: Path, *options: str) -> World:
    """A demo workspace with four recipients, an advisory and a package, nothing sent.

    Args:
        options: further ones of ``init``, such as where its store is.
    """
    line = Line(place / "home")
    people = {name: recipient(name) for name in NAMES}
    line.json("init", "--profile", "demo", "--program", "Example program", *options)
    rows = [
        item.row(kind="internal", tier="") if name == "STAFF-1" else item.row()
        for name, item in people.items()
    ]
    line.json("partner", "import", roster(place / "p.csv", *rows), "--keys-proved", "by a call")
    line.json("advisory", "new", ADVISORY, "--title", "Reader", "--release-at", RELEASE)
    line.json("attach", ADVISORY, package(place / "package"))
    return World(place, line, people, {})


def served(place: Path) -> World:
    """The same, with everybody served."""
    world = started(place)
    line = world.line.then(SENT)
    issued = line.json("issue", ADVISORY, "--yes")
    return replace(world, line=line, copies={item["recipient"]: item for item in issued["copies"]})


def kept(home: Path) -> tuple[list[str], list[str]]:
    """What a workspace keeps: every row of its tables, every file that it gave out."""
    if not (home / "mapp.db").exists():
        return [], sorted(str(path) for path in home.rglob("*"))
    with contextlib.closing(sqlite3.connect(home / "mapp.db")) as connection:
        rows = list(connection.iterdump())
    return rows, sorted(str(path) for path in (home / "outbox").rglob("*"))
