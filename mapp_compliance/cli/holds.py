"""``mapp advisory hold`` and ``unhold``: deliveries wait, and go on."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapp_compliance.cli.context import Call, approvals, signatures, verb
from mapp_compliance.cli.inputs import read_file
from mapp_compliance.values import AdvisoryId, instant, instant_text

if TYPE_CHECKING:
    from mapp_compliance.distribution import Hold


@click.command("hold")
@click.argument("advisory_id")
@click.option("--reason", required=True)
@click.option("--until", default=None, help="With zone, within 14 days; 72 hours if left out.")
@verb
def hold_command(call: Call, advisory_id: str, reason: str, until: str | None) -> None:
    """Hold further deliveries for a while; nothing is taken back from anybody."""
    from mapp_compliance.workflows.hold import PlaceHold, place_hold

    command = PlaceHold(
        AdvisoryId(advisory_id), reason, call.actor, instant(until) if until else None
    )
    hold = place_hold(call.desk(), command)
    call.say(
        {"hold": hold_document(hold)},
        f"Deliveries of {advisory_id} are held until {instant_text(hold.until)} ({hold.id}).",
    )


@click.command("unhold")
@click.argument("advisory_id")
@click.option("--reason", required=True)
@approvals
@signatures
@verb
def unhold_command(
    call: Call,
    advisory_id: str,
    reason: str,
    approve: tuple[str, ...],
    signature: tuple[Path, ...],
) -> None:
    """Let deliveries go on; one person who may approve signs."""
    from mapp_compliance.workflows.agree import Approvals
    from mapp_compliance.workflows.hold import lift_holds

    agreed = Approvals(approve, tuple(read_file(path) for path in signature))
    lifted, independence = lift_holds(call.desk(), AdvisoryId(advisory_id), reason, agreed)
    call.say(
        {"holds": [hold_document(item) for item in lifted], "independence": independence},
        f"{len(lifted)} hold(s) of {advisory_id} lifted; deliveries may go on.",
        f"independence: {independence}",
    )


def hold_document(hold: "Hold") -> dict[str, object]:
    """A hold as the command line shows it."""
    return {
        "id": hold.id,
        "advisory": hold.advisory,
        "case": hold.case,
        "since": instant_text(hold.since),
        "until": instant_text(hold.until),
        "reason": hold.reason,
        "by": hold.by or None,
        "lifted_at": instant_text(hold.lifted_at) if hold.lifted_at else None,
        "lifted_by": hold.lifted_by or None,
        "lifted_for": hold.lifted_for or None,
    }
