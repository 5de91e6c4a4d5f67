"""``mapp init``, ``upgrade``, ``backup``, ``restore``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapp_compliance.cli.context import Call, verb
from mapp_compliance.cli.inputs import read_text
from mapp_compliance.errors import InvalidInput, NotFound
from mapp_compliance.program import User, founders, role, user
from mapp_compliance.settings import PROFILES
from mapp_compliance.values import shown

if TYPE_CHECKING:
    from mapp_compliance.app import NewWorkspace
    from mapp_compliance.workflows.ports import Desk


@click.command()
@click.option("--program", default="", help="Name of the program.")
@click.option("--policy", default="mapp", show_default=True, help="Terms pack to start from.")
@click.option(
    "--founder",
    "founder",
    multiple=True,
    metavar="NAME:ROLE:PUBKEYFILE",
    help="A founding person by public SSH key; at least three.",
)
@click.option("--contact", default="", help="Where partners answer; stands in letters.")
@click.option("--duty", default="duty", show_default=True, help="Who is woken: an outbox folder.")
@click.option(
    "--recovery",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Public key file of who may restore a backup; repeatable.",
)
@click.option("--profile", default="standard", type=click.Choice(PROFILES), show_default=True)
@click.option(
    "--store",
    "store",
    default="",
    metavar="URL",
    help="An empty PostgreSQL database [MAPP_STORE_URL]; a file when left out.",
)
@verb
def init_command(
    call: Call,
    program: str,
    policy: str,
    founder: tuple[str, ...],
    contact: str,
    duty: str,
    recovery: tuple[Path, ...],
    profile: str,
    store: str,
) -> None:
    """Make a workspace with its founders and terms."""
    from mapp_compliance.adapters.files import write_durably
    from mapp_compliance.app import (
        RECOVERY,
        NewWorkspace,
        create_workspace,
        recovery_recipients,
    )
    from mapp_compliance.workflows.workspace import found

    if profile == "demo" and founder:
        raise InvalidInput("the demo profile makes its own people; leave --founder out")
    program = program if program.strip() or profile != "demo" else "Demo program"
    if not program.strip():
        raise InvalidInput("the program has no name; give one with --program")
    people = tuple(_founder(text) for text in founder)
    if profile != "demo":
        founders(people)  # before anything is written
    wanted = NewWorkspace(
        program,
        policy,
        profile,
        contact,
        duty=duty,
        store_url=store or os.environ.get("MAPP_STORE_URL", ""),
    )
    keys = (
        recovery_recipients(call.home, [read_text(path) for path in recovery]) if recovery else []
    )
    made = create_workspace(call.home, wanted, call.now, lambda new: found(new, people))
    desk = call.until_end(made)
    if keys:
        write_durably(call.home / RECOVERY, "".join(f"{key}\n" for key in keys).encode())
    _tell(call, wanted, desk)


def _tell(call: Call, wanted: "NewWorkspace", desk: "Desk") -> None:
    with desk.store.read() as work:
        users = work.users.all()
    _say_made(call, desk, users, wanted)


def _say_made(call: Call, desk: "Desk", users: "list[User]", wanted: "NewWorkspace") -> None:
    independence = "none" if desk.program.local_keys else "separate keys"
    document = {
        "home": str(call.home),
        "program": desk.program.name,
        "policy": wanted.policy,
        "policy_digest": desk.policy_digest().hex,
        "profile": wanted.profile,
        "store": "postgresql" if wanted.store_url else "sqlite",
        "users": [{"user": u.name, "role": u.role.value, "key": u.key} for u in users],
        "vendor_key": desk.keyring.signer.public_key.text(),
        "independence": independence,
    }
    call.say(
        document,
        f"Workspace {call.home} for {shown(desk.program.name)}, terms pack {wanted.policy}.",
        *(f"  {u.name}: {u.role.value}" for u in users),
        f"independence: {independence}",
        f"Partners check parcels with: {desk.keyring.signer.public_key.text()}",
        f"Back up the program key now: {call.home / 'keys' / 'program.json'}. Without it no leak "
        "can be matched to a copy; whoever has it can forge one.",
    )


@click.command()
@verb
def upgrade_command(call: Call) -> None:
    """Bring the workspace's database to this version's tables, and check the ledger after it."""
    from mapp_compliance.app import upgrade_workspace
    from mapp_compliance.workflows.log import verify_log

    done = upgrade_workspace(call.home)
    state = verify_log(call.desk())
    document = {
        "home": str(call.home),
        "from": done.before,
        "to": done.after,
        "changed": done.before != done.after,
        "copy": done.copy or None,
        "size": state.size,
        "root": state.root,
        "ok": True,
    }
    told = (
        f"The database was of revision {done.before} and is of revision {done.after} now."
        if done.before != done.after
        else f"The database is of revision {done.after}, the newest; nothing was done."
    )
    kept = [f"As it was before, it lies in {done.copy}."] if done.copy else []
    call.say(document, told, *kept, f"The ledger holds: {state.size} leaves, root {state.root}.")


def _founder(text: str) -> User:
    name, _, rest = text.partition(":")
    role_name, _, file = rest.partition(":")
    if not (name and role_name and file):
        raise InvalidInput(f"--founder {text!r} is not NAME:ROLE:PUBKEYFILE; write all three")
    return user(name, role(role_name), read_text(Path(file)))


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The sealed file.")
@click.option(
    "--to",
    "to",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Public key file of who may restore; those in recovery.txt when left out. Repeatable.",
)
@verb
def backup_command(call: Call, out: Path, to: tuple[Path, ...]) -> None:
    """The whole workspace in one file, sealed to the people who may restore it."""
    from mapp_compliance.app import backup_workspace, recovery_recipients
    from mapp_compliance.trust import recipient_fingerprint

    recipients = recovery_recipients(call.home, [read_text(path) for path in to])
    size_bytes = backup_workspace(call.home, out, recipients, call.desk())
    call.say(
        {
            "path": str(out),
            "bytes": size_bytes,
            "recipients": [recipient_fingerprint(text) for text in recipients],
        },
        f"wrote {shown(str(out))}: {size_bytes} bytes, sealed to {len(recipients)} keys.",
        f"Show that it restores: mapp restore {shown(str(out))} --key KEYFILE --drill",
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", required=True, type=click.Path(path_type=Path), help="Your key file.")
@click.option("--drill", is_flag=True, help="Only show that it restores; nothing is kept.")
@verb
def restore_command(call: Call, file: Path, key: Path, drill: bool) -> None:
    """A workspace out of a backup, into a new folder, checked against its ledger."""
    from mapp_compliance.app import drill as try_out
    from mapp_compliance.app import restore_workspace

    if not file.is_file():
        raise NotFound(f"there is no file {shown(str(file))}; check the path")
    identity = read_text(key)
    if drill:
        state = try_out(file, identity, call.desk())
    else:
        state = restore_workspace(file, identity, call.home, call.now)
    call.say(
        {"size": state.size, "root": state.root, "ok": True, "drill": drill},
        f"It restores: {state.size} leaves, root {state.root}, every package and parcel is there."
        if drill
        else f"Restored to {shown(str(call.home))}: {state.size} leaves, root {state.root}.",
    )
