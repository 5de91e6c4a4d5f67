"""``mapp copy ...``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapp_compliance.cli.context import Call, approvals, verb
from mapp_compliance.cli.inputs import read_file, read_text
from mapp_compliance.values import AdvisoryId, CopyId, instant_text, shown

if TYPE_CHECKING:
    from mapp_compliance.distribution import Copy

people_signatures = click.option(
    "--approval",
    "--signature",
    "approval",
    multiple=True,
    type=click.Path(path_type=Path),
    help="An SSH signature over the decision, made by an enrolled person.",
)


def copy_document(copy: "Copy") -> dict[str, object]:
    """A copy as the command line shows it."""
    from mapp_compliance.distribution import parcel_name

    return {
        "copy": copy.id,
        "advisory": copy.advisory,
        "revision": copy.revision,
        "recipient": copy.recipient,
        "class": copy.package_class,
        "wave": copy.wave,
        "unmarked": copy.unmarked or None,
        "state": copy.state.value,
        "digest": copy.marked.hex if copy.marked else None,
        "sealed": copy.sealed.hex if copy.sealed else None,
        "checked": copy.checked or None,
        "parcel": f"outbox/{copy.recipient}/{parcel_name(copy)}" if copy.delivered_at else None,
        "reseals": [
            {
                "parcel": f"outbox/{copy.recipient}/{parcel_name(copy, number)}",
                "sealed": item.sealed.hex,
                "leaf": item.seal_leaf,
                "key": item.key,
                "at": instant_text(item.at),
            }
            for number, item in enumerate(copy.reseals, 1)
        ],
        "extracted_at": instant_text(copy.extracted_at) if copy.extracted_at else None,
        "delivered_at": instant_text(copy.delivered_at) if copy.delivered_at else None,
        "receipted_at": instant_text(copy.receipted_at) if copy.receipted_at else None,
        "leaves": {"commitment": copy.commitment_leaf, "seal": copy.seal_leaf},
    }


@click.group()
def copy_command() -> None:
    """Copies that were issued."""


@copy_command.command("list")
@click.argument("advisory_id", required=False)
@verb
def list_copies(call: Call, advisory_id: str | None) -> None:
    """Every copy, its state and its leaves."""
    desk = call.desk()
    with desk.store.read() as work:
        if advisory_id:
            desk.advisory(work, AdvisoryId(advisory_id))
        copies = work.copies.all(**({"advisory": advisory_id} if advisory_id else {}))
    copies = sorted(copies, key=lambda copy: (copy.advisory, copy.recipient))
    call.say(
        {"copies": [copy_document(copy) for copy in copies]},
        *(f"{c.id}  {c.advisory:<16} {c.recipient:<12} {c.state.value}" for c in copies),
    )


@copy_command.command("reseal")
@click.argument("copy_id")
@click.option("--key", required=True, type=click.Path(path_type=Path), help="An enrolled key file.")
@click.option("--reason", default="the recipient asked for another key", show_default=True)
@approvals
@people_signatures
@verb
def reseal_copy(
    call: Call,
    copy_id: str,
    key: Path,
    reason: str,
    approve: tuple[str, ...],
    approval: tuple[Path, ...],
) -> None:
    """Seal the same copy to another proved key of its recipient; two people agree."""
    from mapp_compliance.workflows.agree import Approvals
    from mapp_compliance.workflows.rederive import ResealCopy, reseal

    agreed = Approvals(approve, tuple(read_file(path) for path in approval))
    command = ResealCopy(CopyId(copy_id), read_text(key), reason, agreed)
    done = reseal(call.desk(), command)
    call.say(
        {
            "copies": [copy_document(done.copy)],
            "parcel": done.parcel,
            "independence": done.independence,
        },
        f"{done.copy.id} sealed once more, for {done.copy.recipient}: {shown(done.parcel)}",
    )


@copy_command.command("extract")
@click.argument("copy_id")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
@click.option("--reason", required=True)
@approvals
@people_signatures
@verb
def extract_copy(
    call: Call,
    copy_id: str,
    out: Path,
    reason: str,
    approve: tuple[str, ...],
    approval: tuple[Path, ...],
) -> None:
    """Derive the files of a copy in the clear; two people agree, and the copy remembers it."""
    from mapp_compliance.cli.outputs import check_free, write_files
    from mapp_compliance.workflows.agree import Approvals
    from mapp_compliance.workflows.rederive import ExtractCopy, extract

    check_free(out)
    agreed = Approvals(approve, tuple(read_file(path) for path in approval))
    done = extract(call.desk(), ExtractCopy(CopyId(copy_id), reason, agreed))
    copy, written = done.copy, write_files(out, done.files)
    call.say(
        {"copy": copy.id, "files": written, "independence": done.independence},
        f"{len(written)} files of {copy.id} in {shown(str(out))}. From now on somebody besides "
        f"{copy.recipient} holds them; delete them when they have served.",
    )
