"""``mapp attach --stage``: earlier versions of an advisory's material."""

from typing import TYPE_CHECKING

from mapp_compliance.cli.context import Call
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import AdvisoryId, instant, instant_text

if TYPE_CHECKING:
    from mapp_compliance.advisories import EarlierVersion

STAGES = ("finder", "broker", "vendor")


def is_earlier(stage: str | None, received_at: str | None, source: str, marked: bool) -> bool:
    """Whether an earlier version is meant. Raises InvalidInput for options that do not fit."""
    if stage in {None, "vendor"} and received_at is None:
        if source:
            raise InvalidInput("--source goes with --stage and --received-at; give all three")
        return False
    if stage is None:
        raise InvalidInput("--received-at goes with --stage; say finder, broker or vendor")
    if received_at is None:
        raise InvalidInput(
            f"a {stage} version needs the time it was received; give it with --received-at"
        )
    if marked:
        raise InvalidInput(
            "an earlier version is kept as it is; leave --marks, --suggest, --check, "
            "--author-consent and --allow-self-test out"
        )
    return True


def keep_earlier(
    call: Call,
    advisory: AdvisoryId,
    files: list[tuple[str, bytes]],
    stage: str,
    received_at: str,
    source: str,
) -> None:
    """Keep the files as an earlier version, and say so."""
    from mapp_compliance.advisories import parse_stage
    from mapp_compliance.workflows.earlier import AttachEarlier, attach_earlier

    command = AttachEarlier(
        advisory, parse_stage(stage), tuple(files), instant(received_at), source
    )
    version, new = attach_earlier(call.desk(), command)
    call.say(
        {"stage": stage_document(version), "new": new},
        f"{version.label} of {advisory} is kept, {len(version.artifacts)} file(s), received "
        f"{instant_text(version.received_at)}{'' if new else '; it was kept before'}.",
    )


def stage_document(version: "EarlierVersion") -> dict[str, object]:
    """An earlier version as the command line shows it."""
    return {
        "advisory": version.advisory,
        "stage": version.stage.value,
        "number": version.number,
        "source": version.source or None,
        "received_at": instant_text(version.received_at),
        "attached_at": instant_text(version.attached_at),
        "files": [
            {"path": item.path, "sha256": item.digest.hex, "bytes": item.size_bytes}
            for item in version.artifacts
        ],
    }
