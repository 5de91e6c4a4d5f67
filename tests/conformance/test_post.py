"""What a post does, the fake and the real one."""

from collections.abc import Callable
from typing import Any

import pytest

from mapp_compliance.errors import Undelivered

Posted = tuple[Any, Callable[[str, str], bytes]]


def test_the_bytes_arrive(post: Posted) -> None:
    where = post[0].deliver("P1", "a.tar.age", b"parcel")
    assert "a.tar.age" in where
    assert post[1]("P1", "a.tar.age") == b"parcel"


def test_delivering_again_changes_nothing(post: Posted) -> None:
    first = post[0].deliver("P1", "a.tar.age", b"parcel")
    assert post[0].deliver("P1", "a.tar.age", b"parcel") == first
    assert post[1]("P1", "a.tar.age") == b"parcel"


def test_a_newer_proof_takes_the_place_of_an_older_one(post: Posted) -> None:
    post[0].deliver("P1", "a.tlog-proof", b"older")
    post[0].deliver("P1", "a.tlog-proof", b"newer")
    assert post[1]("P1", "a.tlog-proof") == b"newer"


def test_recipients_do_not_see_each_others_files(post: Posted) -> None:
    post[0].deliver("P1", "a", b"one")
    post[0].deliver("P2", "a", b"two")
    assert (post[1]("P1", "a"), post[1]("P2", "a")) == (b"one", b"two")


def test_whom_nothing_reaches_is_told_apart(post: Posted, unreachable: str) -> None:
    with pytest.raises(Undelivered):
        post[0].deliver(unreachable, "a", b"parcel")


def test_the_longest_advisory_id_still_gives_a_name_that_can_be_delivered(post: Posted) -> None:
    name = f"{'A' * 64}.C-0123456789abcdef.tlog-proof"
    post[0].deliver("P1", name, b"proof")
    assert post[1]("P1", name) == b"proof"
