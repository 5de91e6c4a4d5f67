"""Whether what came back from a backup is a whole workspace, and when that was last shown."""

from datetime import datetime

from mapp_compliance.errors import Broken, MappError
from mapp_compliance.trust import Json, canonical, parse_canonical
from mapp_compliance.values import instant_text
from mapp_compliance.workflows.attach import load_package
from mapp_compliance.workflows.log import LogState, checkpoint, verify_log
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.records import Event

BACKUP = "mapp/backup/v1"
SUBJECT = "workspace"  # of events
MADE, PROVED = "backup made", "restore proved"


def manifest(desk: Desk, version: str) -> bytes:
    """What a backup says about itself, with a signed tree head that it must lead up to."""
    with desk.store.read() as work:
        head = checkpoint(desk, work).decode()
    return canonical(
        {
            "type": BACKUP,
            "version": version,
            "origin": desk.program.origin,
            "made_at": instant_text(desk.clock()),
            "checkpoint": head,
        }
    )


def check_restored(desk: Desk, found: bytes) -> LogState:
    """The state of the ledger, when the workspace is whole.

    Every kept tree head and the one of the backup agree, every package, set-up and parcel is
    there and opens.

    Raises:
        Broken, NotFound: it is not.
    """
    told = _parsed(found)
    if told["origin"] != desk.program.origin:
        raise Broken("the backup says it is of another program than it holds; do not use it")
    state = verify_log(desk, (str(told["checkpoint"]).encode(),))
    with desk.store.read() as work:
        for attachment in work.attachments.all():
            load_package(desk, attachment)
        for setup in work.setups.all():
            desk.vault_get(setup.blob)
        for copy in work.copies.all():
            if copy.sealed is not None:
                desk.blobs.get(copy.sealed)
        for sample in work.samples.all():
            for file in sample.files:
                desk.vault_get(file.blob)
    return state


def remember(desk: Desk, what: str, detail: str) -> None:
    """Keep in the history that a backup was made, or shown to restore."""
    with desk.store.write() as work:
        work.tell(Event(what, SUBJECT, desk.clock(), detail=detail))


def last(desk: Desk, what: str) -> datetime | None:
    """When that was last so; None when never."""
    with desk.store.read() as work:
        times = [item.at for item in work.events(SUBJECT) if item.what == what]
    return max(times, default=None)


def _parsed(found: bytes) -> dict[str, Json]:
    try:
        told = parse_canonical(found)
    except MappError as err:
        raise Broken("the backup does not say what it is; take another one") from err
    match told:
        case {"type": "mapp/backup/v1", "origin": str(origin), "checkpoint": str(head)}:
            return {"origin": origin, "checkpoint": head}
    raise Broken("the backup is of an unknown form; restore it with the program that made it")
