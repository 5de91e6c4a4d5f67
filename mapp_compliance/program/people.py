"""People: public keys enrolled from outside, each with one role.

A private key never enters the workspace, except for the local keys of a demo or test workspace;
decisions that such keys sign carry ``independence: none``.

>>> Role("approver").may_approve, Role("auditor").may_approve
(True, False)
"""

from dataclasses import dataclass
from enum import Enum

from mapp_compliance.errors import InvalidInput
from mapp_compliance.trust import parse_public_key
from mapp_compliance.values import UserName, checked_id, shown

LEAST_FOUNDERS = 3  # D12: two approvers and an examiner, all different people


class Role(Enum):
    """What a person does in the program."""

    PROGRAM_MANAGER = "program-manager"
    INVESTIGATOR = "investigator"
    APPROVER = "approver"
    EXAMINER = "examiner"
    AUDITOR = "auditor"

    @property
    def may_approve(self) -> bool:
        """Whether the signature counts towards a decision."""
        return self in {Role.PROGRAM_MANAGER, Role.APPROVER}

    @property
    def may_vouch(self) -> bool:
        """Whether the person may sign for what was tried; not whoever judges what others did."""
        return self not in {Role.EXAMINER, Role.AUDITOR}


@dataclass(frozen=True, slots=True)
class User:
    """One person: a name, a role, a public key in OpenSSH form.

    ``local`` tells that the private key lies in the workspace (demo and test profiles only).
    """

    name: UserName
    role: Role
    key: str
    local: bool = False


def role(text: str) -> Role:
    """The role of that name.

    Raises:
        InvalidInput: no such role; the message lists them.
    """
    try:
        return Role(text.strip().lower().replace("_", "-"))
    except ValueError as err:
        names = ", ".join(item.value for item in Role)
        raise InvalidInput(f"{shown(text)!r} is not a role; use one of {names}") from err


def user(name: str, role_: Role, key: str) -> User:
    """A person from a name and the text of a public key file.

    Raises:
        InvalidInput: a bad name. UnusableKey: a bad key.
    """
    return User(UserName(checked_id(name, "user name")), role_, parse_public_key(key).text())


def founders(users: tuple[User, ...]) -> tuple[User, ...]:
    """The founders, if they can keep the two-person rule from the first day.

    Raises:
        InvalidInput: fewer than three people, one name or key twice, or too few who approve.
    """
    if len(users) < LEAST_FOUNDERS:
        raise InvalidInput(
            f"{len(users)} founders are too few for decisions by two people and a blind examiner; "
            f"name at least {LEAST_FOUNDERS} with --founder NAME:ROLE:PUBKEYFILE, "
            "or try the system with --profile demo"
        )
    for what, found in (
        ("name", [user.name for user in users]),
        ("key", [user.key.split()[1] for user in users]),
    ):
        if len(set(found)) < len(found):
            raise InvalidInput(f"two founders have the same {what}; each person needs an own one")
    if sum(user.role.may_approve for user in users) < 2:
        raise InvalidInput(
            "at least two founders must be able to approve; give two of them the role "
            "program-manager or approver"
        )
    if not any(user.role is Role.EXAMINER for user in users):
        raise InvalidInput("one founder must be the examiner; give one the role examiner")
    return users
