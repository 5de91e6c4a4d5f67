"""Upkeep of a workspace: backups, restoring them, and a look at machine and workspace."""

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mapp_compliance import __version__
from mapp_compliance.app.workspaces import new_isolation, open_workspace, upgrade_workspace
from mapp_compliance.errors import Broken, Conflict, InvalidInput, MappError
from mapp_compliance.trust import recipient_fingerprint
from mapp_compliance.workflows.log import LogState, tree_of, verify_log
from mapp_compliance.workflows.ports import Desk

if TYPE_CHECKING:
    from mapp_compliance.adapters.machine import Check

RECOVERY = "recovery.txt"  # of a workspace: who may restore, as age and SSH public keys


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
    from mapp_compliance.adapters.backup import Snapshot, write_backup
    from mapp_compliance.adapters.store.snapshot import snapshot
    from mapp_compliance.workflows.proving import MADE, manifest, remember

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
    from mapp_compliance.adapters.backup import read_backup
    from mapp_compliance.workflows.proving import PROVED, check_restored, remember

    home = home.absolute()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Conflict(f"{home} is not empty; restore into a new folder with --home")
    building = home.with_name(f".{home.name}.restored")
    shutil.rmtree(building, ignore_errors=True)
    building.parent.mkdir(parents=True, exist_ok=True)
    try:
        told = read_backup(source, identity, building)
        Path(upgrade_workspace(building).copy or building / "none").unlink(missing_ok=True)
        desk = open_workspace(building, clock, lambda _what, _done, _of: None)
        state = check_restored(desk, told)
        remember(desk, PROVED, f"into a new folder, {state.size} leaves")
        desk.store.close()  # its folder is renamed
        if home.exists():
            home.rmdir()
        building.rename(home)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return state


def drill(source: Path, identity: str, desk: Desk) -> LogState:
    """Show that a backup of this workspace restores, in memory where the machine has such a folder.

    Raises:
        Broken: it is whole, but of another ledger than ours. And what ``restore_workspace`` raises.
    """
    from mapp_compliance.workflows.proving import PROVED, remember

    memory = Path("/dev/shm")  # noqa: S108  # backed by memory; the folder below it is our own
    parent = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    with TemporaryDirectory(prefix="mapp-drill-", dir=parent) as folder:
        state = restore_workspace(source, identity, Path(folder) / "home", desk.clock)
    with desk.store.read() as work:
        if tree_of(work.ledger.leaves()).root(state.size).hex() != state.root:
            raise Broken("this backup restores, but it is of another workspace than this one")
    remember(desk, PROVED, f"as a drill, {state.size} leaves")
    return state


def examine(home: Path, clock: Callable[[], datetime]) -> "list[Check]":
    """The machine, and the workspace where there is one that opens."""
    from mapp_compliance.adapters.machine import (
        Check,
        Light,
        judge_restore,
        judge_walls,
        look_at_machine,
    )
    from mapp_compliance.workflows.proving import MADE, PROVED, last
    from mapp_compliance.workflows.status import waiting

    checks = look_at_machine(home)
    checks.append(judge_walls(new_isolation().parts(()).notes))
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
