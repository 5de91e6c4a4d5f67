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
from tempfile import TemporaryDirectory

from mapp_compliance import __version__
from mapp_compliance.adapters.backup import Snapshot, read_backup, write_backup
from mapp_compliance.adapters.blobs import FolderBlobs
from mapp_compliance.adapters.files import write_durably
from mapp_compliance.adapters.folders import WatchedFolders
from mapp_compliance.adapters.heads import FolderHeads
from mapp_compliance.adapters.isolate.command import run_command
from mapp_compliance.adapters.isolate.port import IsolatedChild
from mapp_compliance.adapters.keyring import ROOT_BYTES, FileKeyring
from mapp_compliance.adapters.machine import (
    Check,
    Light,
    judge_restore,
    judge_walls,
    look_at_machine,
)
from mapp_compliance.adapters.post import FolderPost
from mapp_compliance.adapters.render.html import TemplateRenderer
from mapp_compliance.adapters.store import SqlStore
from mapp_compliance.adapters.store.snapshot import snapshot
from mapp_compliance.adapters.tools import Sandbox, SelfTests
from mapp_compliance.errors import Broken, Conflict, InvalidInput, MappError, NotFound
from mapp_compliance.policy import Laws, Pack, load_laws, load_pack
from mapp_compliance.settings import DUTY, Settings, parse_settings
from mapp_compliance.trust import digest, recipient_fingerprint
from mapp_compliance.values import checked_id
from mapp_compliance.workflows.log import LogState, tree_of, verify_log
from mapp_compliance.workflows.ports import Desk, Program, Progress
from mapp_compliance.workflows.proving import (
    MADE,
    PROVED,
    check_restored,
    last,
    manifest,
    remember,
)
from mapp_compliance.workflows.status import waiting

RECOVERY = "recovery.txt"  # of a workspace: who may restore, as age and SSH public keys
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
    duty: str = DUTY


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
        name=wanted.name.strip(),
        policy=wanted.policy,
        profile=wanted.profile,
        origin=origin,
        contact=wanted.contact.strip(),
        duty=wanted.duty,
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
            duty=settings.duty,
        ),
        store=SqlStore(home / "mapp.db"),
        heads=FolderHeads(home / "heads"),
        blobs=FolderBlobs(home / "blobs"),
        keyring=FileKeyring.load(home / "keys"),
        post=FolderPost(home / "outbox"),
        folders=WatchedFolders(home / "tick.lock"),
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


def recovery_recipients(home: Path, named: list[str]) -> list[str]:
    """Public keys of who may restore: those named, else those in ``recovery.txt``.

    Raises:
        InvalidInput: there is none. UnusableKey: one cannot be sealed to.
    """
    path = home / RECOVERY
    lines = path.read_text("utf-8").splitlines() if not named and path.is_file() else named
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not found:
        raise InvalidInput(
            "nobody is named who may restore; pass --to with a public key file (age or SSH), or "
            f"write such keys into {path}, one a line"
        )
    for text in found:
        recipient_fingerprint(text)
    return found


def backup_workspace(home: Path, target: Path, recipients: list[str], desk: Desk) -> int:
    """The workspace in one sealed file; gives its size in bytes, and is remembered.

    Raises:
        Conflict: the file exists. Refused: the state lies in another engine.
    """
    database = home / "mapp.db"
    said = Snapshot(home, manifest(desk, __version__), lambda: snapshot(database))
    size_bytes = write_backup(said, target, recipients)
    remember(desk, MADE, f"{size_bytes} bytes for {len(recipients)} keys")
    return size_bytes


def restore_workspace(
    source: Path, identity: str, home: Path, clock: Callable[[], datetime]
) -> LogState:
    """A workspace out of a backup, in a folder that is new or empty, once it is found whole.

    Raises:
        Conflict: the folder holds something.
        SealBroken, InvalidInput, Broken, NotFound: the backup is not whole; nothing is left then.
    """
    home = home.absolute()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Conflict(f"{home} is not empty; restore into a new folder with --home")
    building = home.with_name(f".{home.name}.restored")
    shutil.rmtree(building, ignore_errors=True)
    building.parent.mkdir(parents=True, exist_ok=True)
    try:
        told = read_backup(source, identity, building)
        desk = open_workspace(building, clock, lambda _what, _done, _of: None)
        state = check_restored(desk, told)
        remember(desk, PROVED, f"into a new folder, {state.size} leaves")
        _let_go(desk)
        if home.exists():
            home.rmdir()
        building.rename(home)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return state


def _let_go(desk: Desk) -> None:
    if isinstance(desk.store, SqlStore):
        desk.store.close()  # its folder is renamed


def drill(source: Path, identity: str, desk: Desk) -> LogState:
    """Show that a backup of this workspace restores, in memory where the machine has such a folder.

    Raises:
        Broken: it is whole, but of another ledger than ours. And what ``restore_workspace`` raises.
    """
    memory = Path("/dev/shm")  # noqa: S108  # backed by memory; the folder below it is our own
    parent = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    with TemporaryDirectory(prefix="mapp-drill-", dir=parent) as folder:
        state = restore_workspace(source, identity, Path(folder) / "home", desk.clock)
    with desk.store.read() as work:
        if tree_of(work.ledger.leaves()).root(state.size).hex() != state.root:
            raise Broken("this backup restores, but it is of another workspace than this one")
    remember(desk, PROVED, f"as a drill, {state.size} leaves")
    return state


def examine(home: Path, clock: Callable[[], datetime]) -> list[Check]:
    """The machine, and the workspace where there is one that opens."""
    checks = look_at_machine(home)
    checks.append(judge_walls(IsolatedChild().parts(()).notes))
    if not (home / "mapp.toml").is_file():
        return checks
    try:
        desk = open_workspace(home, clock, lambda _what, _done, _of: None)
        state = verify_log(desk)
        checks.append(Check("ledger", Light.GREEN, f"{state.size} leaves agree with every head"))
        checks.append(judge_restore(last(desk, MADE), last(desk, PROVED)))
        late = [item for item in waiting(desk) if item.kind in {"copy", "letter"}]
    except MappError as err:
        return [*checks, Check("workspace", Light.RED, err.message)]
    if late:
        told = f"{len(late)} parcels or letters have not left; see 'mapp status'"
        return [*checks, Check("outbox", Light.AMBER, told)]
    return [*checks, Check("outbox", Light.GREEN, "everything has left")]


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
