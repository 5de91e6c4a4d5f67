"""Letters leave after the transaction that decided on them, however often the process dies.

A letter is rendered and kept in the same transaction as what it tells of; ``send_waiting`` lays
down all that wait, after that transaction and again by ``mapp tick``. The same letter twice is
one letter; other words under a used name take a name with a number.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from mapp_compliance.errors import Conflict, Undelivered
from mapp_compliance.trust import digest
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Event, Outgoing


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one reader. ``subject`` is the id that it is about."""

    recipient: str
    name: str
    text: bytes
    subject: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One letter that was laid down, and where."""

    letter: Outgoing
    place: str


def queue(desk: Desk, work: UnitOfWork, letter: Letter, now: datetime) -> Outgoing:
    """The letter as kept; it leaves once the transaction has ended."""
    body = digest(letter.text)
    name, number = letter.name, 1
    while (known := work.outgoing.get(letter.recipient, name)) is not None:
        if known.digest == body:
            return known
        number += 1
        stem, dot, suffix = letter.name.rpartition(".")
        name = f"{stem}-{number}{dot}{suffix}"
    kept = Outgoing(
        recipient=letter.recipient,
        name=name,
        digest=body,
        blob=desk.vault_put(letter.text),
        subject=letter.subject,
        written_at=now,
    )
    work.outgoing.put(kept)
    work.tell(Event("letter written", letter.subject, now, detail=name))
    return kept


def inside(work: UnitOfWork, reader: str) -> str:
    """A reader inside the house, when no recipient is called the same.

    Raises:
        Conflict: one is; what is meant for the house would lie in that recipient's folder.
    """
    if any(item.id.casefold() == reader.casefold() for item in work.partners.all()):
        raise Conflict(
            f"a recipient is called {reader} like a reader inside the house; set another "
            "program.duty in mapp.toml, or rename the recipient"
        )
    return reader


def send_waiting(desk: Desk) -> list[Sent]:
    """All letters that waited, laid down.

    Raises:
        Undelivered: for the first that did not get there, after all others did; it still waits.
    """
    with desk.store.read() as work:
        waiting = work.outgoing.all(waits="yes")
    sent: list[Sent] = []
    failed: list[Undelivered] = []
    for item in sorted(waiting, key=lambda one: (one.written_at, one.recipient, one.name)):
        try:
            place = desk.post.deliver(item.recipient, item.name, desk.vault_get(item.blob))
        except Undelivered as err:
            failed.append(err)
            continue
        sent.append(Sent(item, place))
    if sent:
        now = desk.clock()
        with transaction(desk) as work:
            for one in sent:
                work.outgoing.put(replace(one.letter, sent_at=now))
    if failed:
        raise Undelivered(
            f"{failed[0].message} What was decided is kept and {len(failed)} letter(s) wait; "
            "'mapp tick' sends them"
        )
    return sent
