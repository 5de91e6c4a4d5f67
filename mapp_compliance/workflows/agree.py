"""Agreement of people: who signs a decision, and whether that is enough.

A signature comes as an SSH signature over the decision's bytes from outside, or, in a demo
workspace, from a local key; the second kind marks the decision ``independence: none``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.enforcement import NAMESPACE, DecisionText
from mapp_compliance.errors import Conflict, NeedsApproval, NotFound, Refused
from mapp_compliance.program import User
from mapp_compliance.trust import digest, parse_public_key, sign_ssh, verify_ssh
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Event, SignedDecision

ONE_PERSON = 1  # D12: stopping for a while, and letting go on what was stopped so
TWO_PEOPLE = 2  # D12: spreading, accusing, removing, publishing, re-deriving a copy


@dataclass(frozen=True, slots=True)
class Approvals:
    """What the door collected: local people to sign as, and signatures from outside."""

    local: tuple[str, ...] = ()
    signatures: tuple[bytes, ...] = ()


NOBODY = Approvals()


@dataclass(frozen=True, slots=True)
class Signed:
    """One person's checked signature."""

    user: User
    armored: str


def collected(
    desk: Desk, work: UnitOfWork, decision: DecisionText, approvals: Approvals
) -> list[Signed]:
    """The people who agreed to exactly this decision, each once.

    Raises:
        NotFound: an unknown person.
        Refused: local keys outside a demo workspace.
        BadSignature: a signature that fits no enrolled person.
    """
    body = decision.body()
    users = work.users.all()
    found: dict[str, Signed] = {}
    for name in approvals.local:
        user = person(users, name)
        if not desk.program.local_keys:
            raise Refused(
                "--approve signs with local keys, which only a demo workspace has; sign the "
                "decision with 'ssh-keygen -Y sign' and pass the signature file"
            )
        armored = sign_ssh(body, NAMESPACE, desk.keyring.local_signer(name))
        found[user.name] = Signed(user, armored.decode())
    keys = {user.key: user for user in users}
    for signature in approvals.signatures:
        key = verify_ssh(body, signature, NAMESPACE, [parse_public_key(user.key) for user in users])
        match = next(
            user for text, user in keys.items() if parse_public_key(text).wire() == key.wire()
        )
        found[match.name] = Signed(match, signature.decode())
    return list(found.values())


def person(users: Sequence[User], name: str) -> User:
    """The enrolled person of that name. Raises NotFound."""
    for user in users:
        if user.name == name:
            return user
    raise NotFound(f"nobody called {name} is enrolled; 'mapp user list' shows who is")


def agreed(
    desk: Desk,
    work: UnitOfWork,
    decision: DecisionText,
    approvals: Approvals,
    now: datetime,
    people: int = TWO_PEOPLE,
) -> SignedDecision:
    """The decision as kept, once enough people who may approve have signed it.

    Raises:
        NeedsApproval: fewer; its field ``to_sign`` holds the bytes to sign.
        Refused: somebody who signed may not approve.
        Conflict: these very bytes were decided before; signatures serve once.
    """
    signed = enough(desk, work, decision, approvals, people)
    body = decision.body()
    if work.signed.get(digest(body).hex) is not None:
        raise Conflict(
            f"'{decision.action}' of {decision.subject} was decided by these very words before; "
            "give another reason and let it be signed anew"
        )
    kept = SignedDecision(
        digest=digest(body),
        action=decision.action,
        subject=decision.subject,
        at=now,
        body=body.decode(),
        signatures=tuple((item.user.name, item.armored) for item in signed),
        independence=independence([item.user for item in signed]),
    )
    work.signed.put(kept)
    names = ", ".join(item.user.name for item in signed)
    work.tell(Event(f"{decision.action} approved", decision.subject, now, names))
    work.ledger.append("decision", {"decision": kept.digest.hex}, now)
    return kept


def enough(
    desk: Desk,
    work: UnitOfWork,
    decision: DecisionText,
    approvals: Approvals,
    people: int = TWO_PEOPLE,
) -> list[Signed]:
    """The people who signed, when they are enough; nothing is kept.

    Raises:
        NeedsApproval: fewer; its field ``to_sign`` holds the bytes to sign.
        Refused: somebody who signed may not approve.
    """
    signed = collected(desk, work, decision, approvals)
    for item in signed:
        if not item.user.role.may_approve:
            raise Refused(
                f"{item.user.name} is {item.user.role.value}; only program managers and approvers "
                "can approve"
            )
    if len(signed) < people:
        needed, times = ("two people", "twice") if people == TWO_PEOPLE else ("one person", "once")
        raise NeedsApproval(
            f"'{decision.action}' of {decision.subject} needs {needed}, {len(signed)} agreed; "
            f"pass --approve NAME {times} in a demo workspace, else sign the decision with "
            f"'ssh-keygen -Y sign -n {NAMESPACE}' and pass each --signature FILE",
            to_sign=decision.body().decode(),
        )
    return signed


def independence(users: Sequence[User]) -> str:
    """``none`` when a local key signed, else ``separate keys``."""
    return "none" if any(user.local for user in users) else "separate keys"
