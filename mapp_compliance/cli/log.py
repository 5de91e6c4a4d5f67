"""``mapp log ...``."""

from pathlib import Path

import click

from mapp_compliance.cli.context import Call, verb
from mapp_compliance.cli.inputs import read_file
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown


@click.group()
def log_command() -> None:
    """The tamper-evident ledger."""


@log_command.command("verify")
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A signed tree head from outside, such as the one in a parcel; repeatable.",
)
@verb
def verify(call: Call, checkpoints: tuple[Path, ...]) -> None:
    """Check every leaf against every signed tree head that is kept."""
    from mapp_compliance.workflows.log import verify_log

    state = verify_log(call.desk(), tuple(read_file(path) for path in checkpoints))
    call.say(
        {"size": state.size, "root": state.root, "ok": True, "heads": state.kept_heads},
        f"The ledger holds: {state.size} leaves, root {state.root}, {state.kept_heads} signed "
        "tree heads agree.",
    )


@log_command.command("checkpoint")
@verb
def checkpoint(call: Call) -> None:
    """Print a signed tree head; whoever keeps it can tell later if the ledger was altered."""
    from mapp_compliance.workflows.log import checkpoint as signed_head
    from mapp_compliance.workflows.log import log_key

    desk = call.desk()
    with desk.store.read() as work:
        head = signed_head(desk, work).decode()
        size = work.ledger.size()
    call.say({"size": size, "checkpoint": head, "key": log_key(desk).text(), "ok": True}, head)


@log_command.command("prove")
@click.argument("index", type=int, required=False)
@click.option("--since", type=int, help="Instead: that the ledger only grew since this size.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the proof to this file.")
@verb
def prove(call: Call, index: int | None, since: int | None, out: Path | None) -> None:
    """A text proof that a leaf is in the ledger, or that the ledger only grew."""
    from mapp_compliance.adapters.files import write_durably

    if index is not None and since is None:
        document = _entry(call, index)
    elif since is not None and index is None:
        document = _growth(call, since)
    else:
        raise InvalidInput("name one leaf by its number, or give --since SIZE")
    proof = str(document["proof"])
    if out is not None:
        write_durably(out, proof.encode())
    call.say(document, f"wrote {shown(str(out))}" if out else proof)


def _entry(call: Call, index: int) -> dict[str, object]:
    from mapp_compliance.workflows.log import proofs

    desk = call.desk()
    with desk.store.read() as work:
        leaf = work.ledger.leaf(index)
        proof = proofs(desk, work, [index])[index]
    return {
        "index": index,
        "kind": leaf.kind,
        "data": leaf.data.decode(),
        "proof": proof.decode(),
    }


def _growth(call: Call, since: int) -> dict[str, object]:
    from mapp_compliance.workflows.log import growth

    desk = call.desk()
    with desk.store.read() as work:
        return {"since": since, "proof": growth(desk, work, since).decode()}
