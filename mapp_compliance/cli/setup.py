"""``mapp init`` and ``mapp upgrade``."""

import os
from pathlib import Path

import click

from mapp_compliance.cli.context import Call, verb
from mapp_compliance.cli.inputs import read_text
from mapp_compliance.errors import InvalidInput
from mapp_compliance.program import User, founders, role, user
from mapp_compliance.settings import PROFILES


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
    profile: str,
    store: str,
) -> None:
    """Make a workspace with its founders and terms."""
    from mapp_compliance.app import NewWorkspace, create_workspace
    from mapp_compliance.workflows.workspace import found

    if profile == "demo" and founder:
        raise InvalidInput("the demo profile makes its own people; leave --founder out")
    if not program.strip():
        program = "Demo program" if profile == "demo" else ""
    if not program:
        raise InvalidInput("the program has no name; give one with --program")
    people = tuple(_founder(text) for text in founder)
    if profile != "demo":
        founders(people)  # before anything is written
    wanted = NewWorkspace(
        program, policy, profile, contact, store_url=store or os.environ.get("MAPP_STORE_URL", "")
    )
    made = create_workspace(call.home, wanted, call.now, lambda new: found(new, people))
    desk = call.until_end(made)
    with desk.store.read() as work:
        users = work.users.all()
    independence = "none" if desk.program.local_keys else "separate keys"
    document = {
        "home": str(call.home),
        "program": desk.program.name,
        "policy": policy,
        "policy_digest": desk.policy_digest().hex,
        "profile": profile,
        "store": "postgresql" if wanted.store_url else "sqlite",
        "users": [{"user": u.name, "role": u.role.value, "key": u.key} for u in users],
        "vendor_key": desk.keyring.signer.public_key.text(),
        "independence": independence,
    }
    call.say(
        document,
        f"Workspace {call.home} for {desk.program.name}, terms pack {policy}.",
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
