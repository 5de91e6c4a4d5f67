"""People and founders."""

import pytest

from mapp_compliance.errors import InvalidInput, MappError
from mapp_compliance.program import Role, User, founders, role, user
from mapp_compliance.trust import Ed25519Signer
from mapp_compliance.values import UserName

KEYS = [Ed25519Signer.from_seed(bytes([n]) * 32).public_key.text() for n in range(4)]
MANAGER, INVESTIGATOR, APPROVER, EXAMINER, AUDITOR = Role


def people(*roles: Role) -> tuple[User, ...]:
    return tuple(
        User(UserName(f"user-{place}"), role_, KEYS[place]) for place, role_ in enumerate(roles)
    )


@pytest.mark.parametrize(
    "roles",
    [(MANAGER, APPROVER, EXAMINER), (APPROVER, APPROVER, EXAMINER), (*([MANAGER] * 3), EXAMINER)],
)
def test_two_who_approve_and_an_examiner_can_start(roles: tuple[Role, ...]) -> None:
    assert founders(people(*roles)) == people(*roles)


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        ((), "too few"),
        ((MANAGER, EXAMINER), "too few"),
        ((MANAGER, EXAMINER, EXAMINER), "at least two founders"),
        ((EXAMINER, AUDITOR, INVESTIGATOR), "at least two founders"),
        ((MANAGER, APPROVER, AUDITOR), "must be the examiner"),
    ],
)
def test_founders_who_could_not_decide_by_two_are_refused(
    roles: tuple[Role, ...], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        founders(people(*roles))


@pytest.mark.parametrize(
    ("twin", "says"),
    [
        (User(UserName("user-0"), EXAMINER, KEYS[3]), "same name"),
        (User(UserName("other"), EXAMINER, KEYS[0]), "same key"),
    ],
)
def test_one_person_cannot_be_two_founders(twin: User, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        founders((*people(MANAGER, APPROVER, EXAMINER), twin))


@pytest.mark.parametrize("text", ["program-manager", "Program_Manager", " PROGRAM-MANAGER "])
def test_a_role_may_be_written_in_several_ways(text: str) -> None:
    assert role(text) is MANAGER


def test_an_unknown_role_lists_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="program-manager, investigator, approver"):
        role("boss")


def test_only_managers_and_approvers_approve() -> None:
    assert {item for item in Role if item.may_approve} == {MANAGER, APPROVER}


def test_the_comment_of_a_key_is_dropped() -> None:
    assert user("ann", MANAGER, f"{KEYS[0]} ann@example\n").key == KEYS[0]


@pytest.mark.parametrize(("name", "key"), [("a b", KEYS[0]), ("", KEYS[0]), ("ann", "ssh-rsa A")])
def test_a_bad_name_or_key_is_refused(name: str, key: str) -> None:
    with pytest.raises(MappError):
        user(name, MANAGER, key)
