"""Make a workspace: its founders, its terms, its first ledger leaf.

A founder is a public key from outside. The demo profile makes three people with local keys, and
every decision such a key signs says ``independence: none``.
"""

from mapp_compliance.errors import Conflict
from mapp_compliance.program import Role, User, founders
from mapp_compliance.trust import parse_public_key
from mapp_compliance.values import UserName
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.records import Event

DEMO_PEOPLE = (
    ("ann", Role.PROGRAM_MANAGER),
    ("bob", Role.APPROVER),
    ("cleo", Role.EXAMINER),
)
SEED_BYTES = 32


def found(desk: Desk, people: tuple[User, ...]) -> list[User]:
    """Enrol the founders and write the first leaf; all or nothing.

    A demo workspace makes its own people, and takes none.

    Raises:
        InvalidInput: too few people, a bad key, the same person twice.
        Conflict: the workspace has founders already.
    """
    users = founders(_demo_people(desk) if desk.program.local_keys else people)
    now = desk.clock()
    with transaction(desk) as work:
        if work.users.all():
            raise Conflict("this workspace has its founders already; use 'mapp user add'")
        for user in users:
            work.users.put(user)
            work.tell(Event("user enrolled", user.name, now, detail=user.role.value))
        keys = sorted(parse_public_key(user.key).fingerprint for user in users)
        work.ledger.append("found", {"policy": desk.policy_digest().hex, "keys": keys}, now)
    return list(users)


def _demo_people(desk: Desk) -> tuple[User, ...]:
    return tuple(
        User(
            UserName(name),
            role,
            desk.keyring.add_local(name, desk.chance(SEED_BYTES)).public_key.text(),
            local=True,
        )
        for name, role in DEMO_PEOPLE
    )
