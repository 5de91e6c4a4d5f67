"""Keep an earlier version of an advisory's material: what finder, broker or vendor sent before.

No site map is made and the package stays as it is. The bytes are sealed to the workspace and a
leaf commits to them, so nobody can say later that a version was made up after a leak. The same
version again is the one that is kept; other bytes are a version with a number of its own.
"""

from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.advisories import Artifact, EarlierVersion, Stage, check_received
from mapp_compliance.errors import Conflict, InvalidInput
from mapp_compliance.program import PartnerKind
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import AdvisoryId, instant_text
from mapp_compliance.workflows.keys import record_salt
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Event

SENDERS = {
    Stage.FINDER: frozenset({PartnerKind.FINDER}),
    Stage.BROKER: frozenset({PartnerKind.BROKER, PartnerKind.COORDINATOR}),
    Stage.VENDOR: frozenset({PartnerKind.INTERNAL}),
}


@dataclass(frozen=True, slots=True)
class AttachEarlier:
    """Keep these files as one earlier version. ``source`` is the sender's id, or empty."""

    advisory: AdvisoryId
    stage: Stage
    files: tuple[tuple[str, bytes], ...]
    received_at: datetime
    source: str = ""


def attach_earlier(desk: Desk, command: AttachEarlier) -> tuple[EarlierVersion, bool]:
    """The version as kept, and whether it is new.

    Raises:
        NotFound: no such advisory or sender.
        InvalidInput: nothing to keep, a time in the future, a sender of another kind.
        Conflict: this very version is kept with another time.
    """
    now = desk.clock()
    check_received(command.received_at, now)
    if not any(data for _, data in command.files):
        raise InvalidInput("the earlier version is empty; name files that hold something")
    with desk.store.read() as work:
        _check_sender(desk, work, command)
        known = _same(work, command)
    if known is not None:
        return known, False
    artifacts = tuple(
        Artifact(path, digest(data), desk.vault_put(data), len(data), unmarked=True)
        for path, data in sorted(command.files)
    )
    with transaction(desk) as work:
        known = _same(work, command)
        if known is not None:
            return known, False
        version = EarlierVersion(
            advisory=command.advisory,
            stage=command.stage,
            number=1 + len(_of_stage(work, command)),
            source=command.source,
            received_at=command.received_at,
            artifacts=artifacts,
            attached_at=now,
        )
        work.earlier.put(version)
        record = digest(stage_record(desk, version)).hex
        leaf = work.ledger.append("stage", {"record": record}, now)
        work.tell(
            Event(
                "earlier version attached",
                version.advisory,
                now,
                detail=f"{version.label}, leaf {leaf.index}",
            )
        )
    return version, True


def stage_record(desk: Desk, version: EarlierVersion) -> bytes:
    """The bytes that the leaf of a version commits to."""
    name = f"{version.advisory}/{version.label}"
    return canonical(
        {
            "type": "mapp/stage-record/v1",
            "advisory": version.advisory,
            "stage": version.stage.value,
            "number": version.number,
            "source": version.source,
            "received_at": instant_text(version.received_at),
            "files": dict(version.content),
            "salt": record_salt(desk, "stage", name),
        }
    )


def earlier_files(desk: Desk, version: EarlierVersion) -> tuple[tuple[str, bytes], ...]:
    """The files of a version by path, opened."""
    return tuple((item.path, desk.vault_get(item.blob)) for item in version.artifacts)


def _check_sender(desk: Desk, work: UnitOfWork, command: AttachEarlier) -> None:
    desk.advisory(work, command.advisory)
    if not command.source:
        return
    sender = partner(work, command.source)
    fitting = SENDERS[command.stage]
    if sender.kind not in fitting:
        kinds = " or ".join(sorted(kind.value for kind in fitting))
        raise InvalidInput(
            f"{sender.id} is {sender.kind.value}; a {command.stage.value} version comes from a "
            f"recipient of kind {kinds}, name one with --source or leave it out"
        )


def _of_stage(work: UnitOfWork, command: AttachEarlier) -> list[EarlierVersion]:
    versions = work.earlier.all(advisory=command.advisory)
    return [item for item in versions if item.stage is command.stage]


def _same(work: UnitOfWork, command: AttachEarlier) -> EarlierVersion | None:
    """The kept version of the same files from the same sender."""
    content = tuple(sorted((path, digest(data).hex) for path, data in command.files))
    for item in _of_stage(work, command):
        if (item.content, item.source) != (content, command.source):
            continue
        if item.received_at != command.received_at:
            raise Conflict(
                f"these files are kept as {item.label} of {item.advisory}, received at "
                f"{instant_text(item.received_at)}; a kept time is not changed, name that one"
            )
        return item
    return None
