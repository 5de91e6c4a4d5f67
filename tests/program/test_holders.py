"""Holders that are sent no copy."""

from datetime import timedelta

import pytest

from mapp_compliance.errors import Conflict, InvalidInput
from mapp_compliance.program import Holder, HolderKind, checked_span, holder_kind
from mapp_compliance.values import AdvisoryId, HolderId, instant

AT = instant("2026-11-10T12:00:00Z")
HOUR = timedelta(hours=1)
OFFICE = Holder(HolderId("H1"), "Office", HolderKind.GOVERNMENT, AdvisoryId("A1"), AT, size=200)


def test_a_holder_of_one_advisory_holds_no_other() -> None:
    assert OFFICE.held(AdvisoryId("A1"))
    assert not OFFICE.held(AdvisoryId("A2"))


def test_a_holder_without_advisory_holds_all() -> None:
    archive = Holder(HolderId("H2"), "Mail archive", HolderKind.MAIL, None, AT)
    assert archive.held(AdvisoryId("A7"))


def test_an_end_is_kept_once() -> None:
    ended = OFFICE.ended(AT + HOUR)
    assert ended.until == AT + HOUR
    assert ended.ended(AT + HOUR) == ended
    with pytest.raises(Conflict, match="ended at"):
        ended.ended(AT + 2 * HOUR)


def test_nothing_ends_before_it_began() -> None:
    with pytest.raises(InvalidInput, match="--until"):
        checked_span(AT, AT)
    with pytest.raises(InvalidInput, match="--until"):
        OFFICE.ended(AT - HOUR)


def test_an_unknown_kind_is_told_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="unmarked-master, build-system"):
        holder_kind("friend")
