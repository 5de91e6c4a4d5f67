"""The memo of a release decision."""

import json
from dataclasses import replace

import pytest

from mapp_compliance.audit import Model
from tests.adapters.test_render_html import rendered
from tests.audit.examples import ADVISORY, COPIES, NAMES, memos, release_memo


def test_it_says_what_was_decided_by_whom_and_when() -> None:
    text = rendered(release_memo())
    for line in (
        "moves from 2026-12-08T18:00:00Z to 2026-12-06T09:30:00Z",
        "Decided by: ann, bob",
        "Reason:     used against customers",
        "exploited, 2026-12-03 00:00 to 2026-12-04 00:00 UTC, grade B2",
        "3 copies that had not left are cancelled",
        "Wave ans: 20 recipients",
        "takes no attribution",
    ):
        assert line in text


def test_local_keys_are_told() -> None:
    assert "independence none" in rendered(replace(release_memo(), independence="none"))
    assert "independence none" not in rendered(release_memo())


def test_it_holds_no_recipient_no_title_and_no_report_in_its_own_words() -> None:
    text = json.dumps(release_memo().document(), ensure_ascii=False)
    assert not any(name in text for name in NAMES)
    assert ADVISORY.title not in text
    assert "words of a report" not in text


@pytest.mark.parametrize("model", memos()[1:])
def test_a_notice_to_who_is_on_duty_names_nobody(model: Model) -> None:
    text = rendered(model)
    assert not any(name in text for name in (*NAMES, "P001", COPIES[0].id, ADVISORY.title))


def test_a_notice_says_what_was_held_and_how_to_let_go() -> None:
    text = rendered(memos()[-1])
    assert "until 2026-12-08T09:30:00Z" in text
    assert "mapp advisory unhold EX-2026-014" in text
    assert "unhold" not in rendered(memos()[1]) + rendered(memos()[2])
