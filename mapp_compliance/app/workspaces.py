"""Workspaces: made, opened, and brought up to this version.

A workspace is one folder: ``mapp.toml``, ``mapp.db``, ``blobs/``, ``keys/``, ``heads/``,
``policies/``, ``templates/`` (the user's own, before the shipped ones) and ``outbox/``. Instead of
``mapp.db`` it may use a PostgreSQL database.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mapp_compliance import __version__
from mapp_compliance.adapters.blobs import FolderBlobs
from mapp_compliance.adapters.files import sync_folder, write_durably
from mapp_compliance.adapters.folders import WatchedFolders
from mapp_compliance.adapters.heads import FolderHeads
from mapp_compliance.adapters.keyring import ROOT_BYTES, FileKeyring
from mapp_compliance.adapters.late import late
from mapp_compliance.adapters.post import FolderPost
from mapp_compliance.adapters.store import SqlStore, Upgraded, without_password
from mapp_compliance.errors import Conflict, InvalidInput, NotFound
from mapp_compliance.settings import DUTY, Settings, parse_settings
from mapp_compliance.trust import digest
from mapp_compliance.values import checked_id
from mapp_compliance.workflows.ports import Desk, Program, Progress

# What most verbs never use is imported where it is used: they would wait for it.
if TYPE_CHECKING:
    from mapp_compliance.policy import Laws, Pack
    from mapp_compliance.workflows.ports import Isolation, Renderer, Sandbox

SHIPPED = ("policies", "templates")
ID_BYTES = 16  # of a workspace that keeps its state in a shared database


def shipped(kind: str) -> Path:
    """The folder of shipped policies or templates: inside the wheel, else the source tree's."""
    package = Path(__file__).parent.parent
    inside = package / kind
    return inside if inside.is_dir() else package.parent / kind


def shipped_packs() -> list[str]:
    """Names of the terms packs that come with the program."""
    stems = {path.stem for path in shipped("policies").glob("*.yaml") if "." not in path.stem}
    return sorted(stems - {"jurisdictions"})  # a table of laws that packs refer to


@dataclass(frozen=True, slots=True)
class NewWorkspace:
    """What a workspace is made of."""

    name: str
    policy: str
    profile: str
    contact: str = ""
    root: bytes | None = None  # program secret of a replay; fresh when None
    store_url: str = ""  # of an empty PostgreSQL database; empty: a file of its own
    duty: str = DUTY


def create_workspace(
    home: Path,
    wanted: NewWorkspace,
    clock: Callable[[], datetime],
    fill: Callable[[Desk], object] = lambda _desk: None,
) -> Desk:
    """A new workspace. It takes its name when it is whole, so a run that stops leaves none.

    Args:
        fill: enrols the founders before the workspace takes its name.
    Raises:
        Conflict: the folder or the database holds something already.
        NotFound: no such terms pack.
        Undelivered: the database cannot be reached.
    """
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Conflict(
            f"{home} is not empty; choose another folder with --home, or work in that one"
        )
    if not (shipped("policies") / f"{checked_id(wanted.policy, 'policy pack')}.yaml").is_file():
        raise NotFound(
            f"there is no terms pack {wanted.policy!r}; shipped are: {', '.join(shipped_packs())}"
        )
    home = home.absolute()
    building = home.with_name(f".{home.name}.new")
    if not (wanted.store_url and _founded(building, wanted.store_url)):
        _build(building, wanted, clock, fill)
    if home.exists():  # it may be the folder we stand in: fill it, the settings last
        for path in sorted(building.iterdir(), key=lambda item: item.name == "mapp.toml"):
            path.rename(home / path.name)
        building.rmdir()
    else:
        building.rename(home)
    sync_folder(home)
    sync_folder(home.parent)
    return open_workspace(home, clock, _silent)


def _build(
    building: Path,
    wanted: NewWorkspace,
    clock: Callable[[], datetime],
    fill: Callable[[Desk], object],
) -> None:
    """The whole workspace under another name."""
    settings = Settings(
        name=wanted.name.strip(),
        policy=wanted.policy,
        profile=wanted.profile,
        origin=f"{_slug(wanted.name)}/mapp-log",
        contact=wanted.contact.strip(),
        duty=wanted.duty,
        store_url=without_password(wanted.store_url) if wanted.store_url else "",
        workspace=os.urandom(ID_BYTES).hex() if wanted.store_url else "",
    )
    parse_settings(settings.toml())
    store = _store(building, settings, wanted.store_url)
    used = bool(wanted.store_url) and store.is_used()
    store.close()
    if used:
        raise Conflict(
            "this database holds a workspace already; name an empty one with --store, or open the "
            "folder of that workspace with --home"
        )
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True, mode=0o700)
    for path in sorted(shipped("policies").glob("*.yaml")):
        if path.name.split(".")[0] in {wanted.policy, "jurisdictions"}:
            write_durably(building / "policies" / path.name, path.read_bytes())
    FileKeyring.create(building / "keys", wanted.root or os.urandom(ROOT_BYTES))
    write_durably(building / "mapp.toml", settings.toml())
    store.create()
    store.close()
    desk = open_workspace(building, clock, _silent, wanted.store_url)
    fill(desk)
    desk.store.close()


def _founded(building: Path, url: str) -> bool:
    """Whether an earlier run was stopped when all but the name was done, in this database.

    A file of its own would simply be made again; what stands in a database is not thrown away.
    """
    try:
        settings = parse_settings((building / "mapp.toml").read_bytes())
    except FileNotFoundError:
        return False
    if settings.store_url != without_password(url):
        return False
    store = _store(building, settings, url)
    try:
        used = store.is_used()
        if used:
            with store.read():  # Conflict when it is another workspace's
                pass
        return used
    except Conflict:
        return False
    finally:
        store.close()


def upgrade_workspace(home: Path) -> Upgraded:
    """The workspace's tables as this version wants them.

    Raises:
        NotFound: there is no workspace. Conflict: a newer version wrote it.
    """
    store = _store(home, _settings(home))
    try:
        return store.upgrade()
    finally:
        store.close()


def _store(home: Path, settings: Settings, url: str = "") -> SqlStore:
    """The store of a workspace; ``MAPP_STORE_URL`` may bring the password that no file keeps."""
    if not settings.store_url:
        return SqlStore(home / "mapp.db")
    address = url or os.environ.get("MAPP_STORE_URL") or settings.store_url
    return SqlStore(address, settings.workspace)


def _settings(home: Path) -> Settings:
    path = home / "mapp.toml"
    if not path.is_file():
        raise NotFound(
            f"{home} holds no workspace; make one with 'mapp --home {home} init', or name "
            "another folder with --home or MAPP_HOME"
        )
    return parse_settings(path.read_bytes())


def _silent(_what: str, _done: int, _of: int) -> None:
    """Progress that nobody listens to."""


def open_workspace(
    home: Path, clock: Callable[[], datetime], progress: Progress, store_url: str = ""
) -> Desk:
    """The workspace of a folder.

    Args:
        store_url: where the database of its settings is reached; empty: as they say.
    Raises:
        NotFound: there is none.
    """
    settings = _settings(home)
    blobs = FolderBlobs(home / "blobs")
    return Desk(
        program=Program(
            name=settings.name,
            origin=settings.origin,
            profile=settings.profile,
            contact=settings.contact or settings.name,
            max_sample_bytes=settings.max_sample_bytes,
            alpha=settings.alpha,
            duty=settings.duty,
        ),
        store=_store(home, settings, store_url),
        heads=FolderHeads(home / "heads"),
        blobs=blobs,
        keyring=FileKeyring.load(home / "keys"),
        post=FolderPost(home / "outbox", blobs.sound),
        folders=WatchedFolders(home / "tick.lock"),
        isolation=late(new_isolation),
        sandbox=late(lambda: _sandbox(settings.self_test_jobs)),
        renderer=late(lambda: _renderer(home)),
        pack=cache(lambda: _pack(home, settings.policy)),
        laws=cache(lambda: _laws(home)),
        clock=clock,
        chance=os.urandom,
        engines=cache(_engines),
        progress=progress,
    )


def new_isolation() -> "Isolation":
    """What parses outside bytes in a limited child."""
    from mapp_compliance.adapters.isolate.port import IsolatedChild

    return IsolatedChild()


def _sandbox(jobs: int) -> "Sandbox":
    from mapp_compliance.adapters.isolate.command import run_command
    from mapp_compliance.adapters.tools import Sandbox, SelfTests

    return SelfTests(Sandbox(run_command), jobs)


def _renderer(home: Path) -> "Renderer":
    from mapp_compliance.adapters.render.html import TemplateRenderer

    return TemplateRenderer([home / "templates", shipped("templates")])


def _engines() -> tuple[tuple[str, str], ...]:
    from importlib.metadata import version

    return ("mapp", __version__), ("jinja2", version("jinja2"))


def _pack(home: Path, name: str) -> "Pack":
    from mapp_compliance.policy import load_pack

    path = home / "policies" / f"{checked_id(name, 'policy pack')}.yaml"
    try:
        return load_pack(_text(path), f"policies/{path.name}")
    except FileNotFoundError as err:
        raise NotFound(f"the terms pack policies/{path.name} is missing; put it back") from err


def _laws(home: Path) -> "Laws":
    from mapp_compliance.policy import load_laws

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
