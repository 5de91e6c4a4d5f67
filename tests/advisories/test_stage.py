"""Earlier versions of an artifact."""

from datetime import timedelta

import pytest

from mapp_compliance.advisories import (
    Artifact,
    EarlierVersion,
    Stage,
    check_received,
    parse_stage,
)
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import AdvisoryId, Digest, instant

AT = instant("2026-11-10T12:00:00Z")
ONE = Artifact("poc.py", Digest("0" * 64), Digest("1" * 64), 10)
TWO = Artifact("note.txt", Digest("2" * 64), Digest("3" * 64), 20)


def version(*artifacts: Artifact) -> EarlierVersion:
    return EarlierVersion(AdvisoryId("A1"), Stage.FINDER, 2, "F1", AT, artifacts, AT)


def test_the_order_of_the_files_does_not_make_another_version() -> None:
    assert version(ONE, TWO).content == version(TWO, ONE).content


def test_a_version_is_called_by_stage_and_number() -> None:
    assert version(ONE).label == "finder 2"


def test_an_unknown_stage_is_told_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="finder, broker, vendor"):
        parse_stage("press")


def test_nothing_is_received_in_the_future() -> None:
    check_received(AT, AT)
    with pytest.raises(InvalidInput, match="--received-at"):
        check_received(AT + timedelta(microseconds=1), AT)
