"""Copies without marks: the vendor original to named recipients, for a reason that two sign.

Such a copy can be told from no other, so whoever holds one stands among the candidates of every
later leak, and every later verdict says that there are some. It is sealed, signed and committed
to like any copy; the commitment says in the place of a word that there is none.
"""

from collections.abc import Sequence

from mapp_compliance.advisories import Attachment
from mapp_compliance.distribution import Copy, CopyState, Grant
from mapp_compliance.enforcement import DecisionText
from mapp_compliance.errors import Conflict, InvalidInput
from mapp_compliance.trust import Json, canonical, digest
from mapp_compliance.values import CopyId, PartnerId
from mapp_compliance.workflows.keys import copy_of, instance_of, unmarked_copy_of
from mapp_compliance.workflows.matter import IssueAdvisory
from mapp_compliance.workflows.ports import Desk, UnitOfWork


def check_unmarked(command: IssueAdvisory) -> None:
    """Return when the command says for whom, if it is about copies without marks."""
    if command.unmarked and not command.recipients:
        raise InvalidInput(
            "copies without marks go to named recipients only; name each with --recipient"
        )


def issued_id(desk: Desk, command: IssueAdvisory, revision: int, recipient: PartnerId) -> CopyId:
    """The id of the copy that the command means for one recipient."""
    name = unmarked_copy_of if command.unmarked else copy_of
    return name(desk, command.advisory, revision, recipient)


def instance_name(desk: Desk, command: IssueAdvisory, recipient: PartnerId) -> str:
    """What the copy is called in the codebook; one without marks shares nobody's name."""
    suffix = ".unmarked" if command.unmarked else ""
    return instance_of(desk, command.advisory, recipient) + suffix


def same_form(copy: Copy, command: IssueAdvisory) -> bool:
    """Whether the copy is of the form that the command is about: with marks, or without."""
    return bool(copy.unmarked) == bool(command.unmarked)


def unmarked_decision(
    desk: Desk,
    work: UnitOfWork,
    attachment: Attachment,
    command: IssueAdvisory,
    granted: Sequence[Grant],
) -> DecisionText | None:
    """What two people sign before copies without marks are planned; None when nothing is new.

    Raises:
        Conflict: one of the copies was decided on for another reason.
    """
    if not command.unmarked:
        return None
    fresh = []
    for grant in granted:
        copy = work.copies.get(issued_id(desk, command, attachment.revision, grant.recipient))
        if copy is not None and copy.unmarked != command.unmarked:
            raise Conflict(
                f"copy {copy.id} without marks was decided on for another reason; finish it with "
                "that one"
            )
        if copy is None or copy.state is CopyState.CANCELLED:
            fresh.append(grant.recipient)
    if not fresh:
        return None
    # With their place in the history, signatures under one issue fit no later one like it.
    before: dict[str, Json] = {
        recipient: len(
            work.events(unmarked_copy_of(desk, command.advisory, attachment.revision, recipient))
        )
        for recipient in fresh
    }
    return DecisionText(
        action="issue without marks",
        subject=command.advisory,
        reason=command.unmarked,
        evidence=digest(canonical({"map": attachment.map_id.hex, "recipients": before})),
        policy=desk.policy_digest(),
    )
