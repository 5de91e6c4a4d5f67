"""Wiring: the only place where adapters meet workflows.

A workspace is one folder: ``mapp.toml``, ``mapp.db``, ``blobs/``, ``keys/``, ``heads/``,
``policies/``, ``templates/`` (the user's own, before the shipped ones) and ``outbox/``.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

from mapp_compliance import __version__
from mapp_compliance.adapters.blobs import FolderBlobs
from mapp_compliance.adapters.files import write_durably
from mapp_compliance.adapters.heads import FolderHeads
from mapp_compliance.adapters.isolate.command import run_command
from mapp_compliance.adapters.isolate.port import IsolatedChild
from mapp_compliance.adapters.keyring import ROOT_BYTES, FileKeyring
from mapp_compliance.adapters.post import FolderPost
from mapp_compliance.adapters.render.html import TemplateRenderer
from mapp_compliance.adapters.store import SqlStore
from mapp_compliance.adapters.tools import Sandbox, SelfTests
from mapp_compliance.errors import Conflict, InvalidInput, NotFound
from mapp_compliance.policy import Laws, Pack, load_laws, load_pack
from mapp_compliance.settings import Settings, parse_settings
from mapp_compliance.trust import digest
from mapp_compliance.values import checked_id
from mapp_compliance.workflows.ports import Desk, Program, Progress

SHIPPED = ("policies", "templates")


def shipped(kind: str) -> Path:
    """The folder of shipped policies or templates: inside the wheel, else the source tree's."""
    inside = Path(__file__).parent / kind
    return inside if inside.is_dir() else Path(__file__).parent.parent / kind


def shipped_packs() -> list[str]:
    """Names of the terms packs that come with the program."""
    return sorted(path.stem for path in shipped("policies").glob("*.yaml") if "." not in path.stem)


@dataclass(frozen=True, slots=True)
class NewWorkspace:
    """What a workspace is made of."""

    name: str
    policy: str
    profile: str
    contact: str = ""
    root: bytes | None = None  # program secret of a replay; fresh when None


def create_workspace(home: Path, wanted: NewWorkspace, clock: Callable[[], datetime]) -> Desk:
    """A new, empty workspace; the founders are enrolled by the workflow after it.

    Raises:
        Conflict: the folder holds something already.
        NotFound: no such terms pack.
    """
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Conflict(
            f"{home} is not empty; choose another folder with --home, or work in that one"
        )
    source = shipped("policies") / f"{checked_id(wanted.policy, 'policy pack')}.yaml"
    if not source.is_file():
        raise NotFound(
            f"there is no terms pack {wanted.policy!r}; shipped are: {', '.join(shipped_packs())}"
        )
    origin = f"{_slug(wanted.name)}/mapp-log"
    settings = Settings(
        wanted.name.strip(), wanted.policy, wanted.profile, origin, wanted.contact.strip()
    )
    parse_settings(settings.toml())
    home = home.absolute()
    building = home.with_name(f".{home.name}.new")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True, mode=0o700)
    for path in sorted(shipped("policies").glob("*.yaml")):
        if path.name.split(".")[0] in {wanted.policy, "jurisdictions"}:
            write_durably(building / "policies" / path.name, path.read_bytes())
    FileKeyring.create(building / "keys", wanted.root or os.urandom(ROOT_BYTES))
    store = SqlStore(building / "mapp.db")
    store.create()
    store.close()
    write_durably(building / "mapp.toml", settings.toml())
    if home.exists():  # it may be the folder we stand in: fill it, the settings last
        for path in sorted(building.iterdir(), key=lambda item: item.name == "mapp.toml"):
            path.rename(home / path.name)
        building.rmdir()
    else:
        building.rename(home)
    return open_workspace(home, clock, lambda _what, _done, _of: None)


def open_workspace(home: Path, clock: Callable[[], datetime], progress: Progress) -> Desk:
    """The workspace of a folder.

    Raises:
        NotFound: there is none.
    """
    path = home / "mapp.toml"
    if not path.is_file():
        raise NotFound(
            f"{home} holds no workspace; make one with 'mapp --home {home} init', or name "
            "another folder with --home or MAPP_HOME"
        )
    settings = parse_settings(path.read_bytes())
    return Desk(
        program=Program(
            name=settings.name,
            origin=settings.origin,
            profile=settings.profile,
            contact=settings.contact or settings.name,
            max_sample_bytes=settings.max_sample_bytes,
            alpha=settings.alpha,
        ),
        store=SqlStore(home / "mapp.db"),
        heads=FolderHeads(home / "heads"),
        blobs=FolderBlobs(home / "blobs"),
        keyring=FileKeyring.load(home / "keys"),
        post=FolderPost(home / "outbox"),
        isolation=IsolatedChild(),
        sandbox=SelfTests(Sandbox(run_command), settings.self_test_jobs),
        renderer=TemplateRenderer([home / "templates", shipped("templates")]),
        pack=cache(lambda: _pack(home, settings.policy)),
        laws=cache(lambda: _laws(home)),
        clock=clock,
        chance=os.urandom,
        engines=(("mapp", __version__), ("jinja2", version("jinja2"))),
        progress=progress,
    )


def _pack(home: Path, name: str) -> Pack:
    path = home / "policies" / f"{checked_id(name, 'policy pack')}.yaml"
    try:
        return load_pack(_text(path), f"policies/{path.name}")
    except FileNotFoundError as err:
        raise NotFound(f"the terms pack policies/{path.name} is missing; put it back") from err


def _laws(home: Path) -> Laws:
    path = home / "policies" / "jurisdictions.yaml"
    try:
        return load_laws(_text(path), f"policies/{path.name}")
    except FileNotFoundError as err:
        raise NotFound("the law table policies/jurisdictions.yaml is missing; put it back") from err


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as err:
        place = f"policies/{path.name}"
        raise InvalidInput(
            f"{place} is not UTF-8 at byte {err.start}; save it as UTF-8", where=place
        ) from err


def _slug(name: str) -> str:
    kept = "".join(ch if ch.isascii() and ch.isalnum() else "-" for ch in name.lower())
    parts = [part for part in kept.split("-") if part]
    return (
        "-".join(parts) or f"program-{digest(name.encode('utf-8', 'replace')).hex[:8]}"
    )  # other scripts
