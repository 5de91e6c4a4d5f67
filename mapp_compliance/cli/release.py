"""``mapp advisory decision`` and ``patch-ready``: whether a release should go forward."""

from typing import TYPE_CHECKING

import click

from mapp_compliance.cli.context import Call, verb
from mapp_compliance.values import AdvisoryId, instant_text

if TYPE_CHECKING:
    from mapp_compliance.workflows.release import Considered


@click.command("patch-ready")
@click.argument("advisory_id")
@verb
def patch_ready_command(call: Call, advisory_id: str) -> None:
    """Record that the fix can go out; the first time counts."""
    from mapp_compliance.workflows.release import set_patch_ready

    advisory = set_patch_ready(call.desk(), AdvisoryId(advisory_id))
    since = instant_text(advisory.patch_ready_at) if advisory.patch_ready_at else None
    call.say(
        {"advisory": {"id": advisory.id, "patch_ready_at": since}},
        f"The fix of {advisory.id} is ready since {since}.",
    )


@click.command("decision")
@click.argument("advisory_id")
@verb
def decision_command(call: Call, advisory_id: str) -> None:
    """Weigh whether the release should go forward; harm decides, not whose copy leaked."""
    from mapp_compliance.workflows.release import consider

    found = consider(call.desk(), AdvisoryId(advisory_id))
    decision = found.decision
    call.say(
        decision_document(found),
        f"{advisory_id}: {decision.recommendation.value}, release by "
        f"{instant_text(decision.release_by)} (planned "
        f"{instant_text(found.situation.advisory.release_at)})",
        *(f"  because {line}" for line in decision.reasons),
        *(
            f"  option {item.option.value:<9} by {instant_text(item.release_by)}: {item.gain}; "
            f"harm: {item.harm}"
            for item in decision.options
        ),
        *(f"  wave {wave}: {count} recipients were sent nothing" for wave, count in found.waves),
        "People decide: mapp advisory advance ID --release-at TIME --reason TEXT",
    )


def decision_document(found: "Considered") -> dict[str, object]:
    """A recommendation as the command line shows it."""
    situation, decision = found.situation, found.decision
    ready = situation.advisory.patch_ready_at
    return {
        "advisory": situation.advisory.id,
        "at": instant_text(situation.now),
        "release_at": instant_text(situation.advisory.release_at),
        "patch_ready_at": instant_text(ready) if ready else None,
        "recommendation": decision.recommendation.value,
        "release_by": instant_text(decision.release_by),
        "reasons": list(decision.reasons),
        "options": [
            {
                "option": item.option.value,
                "release_by": instant_text(item.release_by),
                "gain": item.gain,
                "harm": item.harm,
            }
            for item in decision.options
        ],
        "sightings": [item.id for item in situation.sightings],
        "waves": [{"wave": wave, "recipients": count} for wave, count in found.waves],
        "holders": found.holders,
        "unmarked": found.unmarked,
    }
