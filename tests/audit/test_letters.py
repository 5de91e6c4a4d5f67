"""Letters as values: what they hold, and what they must not."""

import json
from dataclasses import replace
from typing import Any

import pytest

from mapp_compliance.audit import Clearance, EmbargoMoved, Removal
from mapp_compliance.errors import Conflict, InvalidInput
from mapp_compliance.trust import canonical
from mapp_compliance.values import DAY
from tests.audit.examples import (
    ADVISORY,
    COPIES,
    NAMES,
    NOW,
    RELEASE,
    a_case,
    envelope,
    letters,
    limited,
    notice,
)


def as_text(model: Any) -> str:
    return json.dumps(model.document(), ensure_ascii=False)


def test_every_letter_has_canonical_bytes() -> None:
    for letter in letters():
        assert canonical(letter.document()) == canonical(letter.document())


def test_no_letter_tells_of_other_recipients_or_of_the_title() -> None:
    for letter in letters():
        text = as_text(letter)
        assert not any(name in text for name in NAMES[1:])
        assert ADVISORY.title not in text
        assert "candidates" not in text


def test_the_notice_tells_every_limit_and_veto_of_the_finding() -> None:
    told = replace(notice(), finding=limited(notice().finding)).document()["limits"]
    assert told == [
        "The custody of the sample has a gap.",
        "Attacks were seen before this copy left the house.",
        "There are signs of at least one more source, which is not named.",
    ]


def test_a_removal_signed_with_local_keys_says_so() -> None:
    assert letters()[-1].document()["local_keys"] is True


def test_a_notice_on_several_copies_tells_of_the_readers_copy_alone() -> None:
    text = as_text(notice(verdict="MULTIPLE_COPIES"))
    assert COPIES[0].id in text
    assert COPIES[1].id not in text


def test_the_notice_gives_ten_business_days() -> None:
    assert notice().document()["response_due"] == "2026-12-18T09:30:00Z"


def test_the_notice_tells_when_a_running_suspension_ends() -> None:
    assert notice().document()["provisional_until"] == "2026-12-15T09:30:00Z"


def test_a_suspension_that_has_lapsed_is_not_told_as_running() -> None:
    later = replace(envelope(), written_at=NOW + 11 * DAY)
    assert replace(notice(), envelope=later).document()["provisional_until"] is None


@pytest.mark.parametrize("verdict", ["LEAD_ONLY", "CONFLICTING_MARKS", "COPY_IDENTIFIED_INTERNAL"])
def test_no_notice_follows_from_a_verdict_that_does_not_name_the_copy(verdict: str) -> None:
    with pytest.raises(InvalidInput, match="only to the holder of a named copy"):
        notice(verdict=verdict)


def test_no_notice_goes_out_on_another_cases_copy() -> None:
    other = replace(a_case(), copy=COPIES[1].id)
    with pytest.raises(InvalidInput):
        replace(notice(), case=other)


def test_a_cleared_partner_reads_of_its_own_copies() -> None:
    letter = Clearance(envelope(), ADVISORY.id, (COPIES[1].id,))
    assert letter.document()["copies"] == ["c-01f7a9"]


def test_a_moved_release_is_told_with_the_old_and_the_new_time() -> None:
    moved = EmbargoMoved("Program", ADVISORY.id, RELEASE, NOW + DAY, NOW, "us@example.test")
    document = moved.document()
    assert (document["was"], document["now_at"]) == ("2026-12-08T18:00:00Z", "2026-12-06T09:30:00Z")


def test_a_removal_that_was_not_carried_out_cannot_be_written() -> None:
    case = a_case()
    open_one = replace(case.proposals[1], executed_at=None)
    with pytest.raises(Conflict):
        Removal(envelope(), case, open_one, "2026-02", "a duty", "Terms 9.1")


def test_a_suspension_is_no_removal() -> None:
    case = a_case()
    with pytest.raises(Conflict):
        Removal(envelope(), case, case.proposals[0], "2026-02", "a duty", "Terms 9.1")


def test_a_removal_names_its_signers_and_the_time_to_appeal() -> None:
    document = letters()[-1].document()
    assert document["signed_by"] == ["ann", "bob"]
    assert document["appeal_by"] == "2027-01-04T09:30:00Z"
