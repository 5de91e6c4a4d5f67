"""An advisory and its moves."""

from datetime import timedelta
from itertools import product

import pytest

from mapp_compliance.advisories import (
    Advisory,
    AdvisoryState,
    Severity,
    Tlp,
    new_advisory,
    severity,
    tlp,
)
from mapp_compliance.errors import Conflict, InvalidInput
from mapp_compliance.values import AdvisoryId, instant

NOW = instant("2026-11-10T12:00:00Z")
RELEASE = NOW + timedelta(days=10)
SECOND = timedelta(seconds=1)
DRAFT = new_advisory(AdvisoryId("A1"), " A title ", RELEASE, NOW)
RELEASED = DRAFT.distributing().released(RELEASE)


def test_a_new_advisory_is_a_draft_of_revision_one() -> None:
    assert Advisory(AdvisoryId("A1"), "A title", RELEASE, NOW) == DRAFT
    assert (DRAFT.state, DRAFT.revision) == (AdvisoryState.DRAFT, 1)


@pytest.mark.parametrize(
    ("title", "release", "says"),
    [(" ", RELEASE, "no title"), ("T", NOW, "not in the future"), ("T", NOW - SECOND, "future")],
)
def test_a_new_advisory_needs_a_title_and_a_future(title: str, release: object, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        new_advisory(AdvisoryId("A1"), title, release, NOW)  # type: ignore[arg-type]


def test_planning_a_copy_makes_it_distributing_and_never_takes_back_a_release() -> None:
    assert DRAFT.distributing().state is AdvisoryState.DISTRIBUTING
    assert DRAFT.distributing().distributing() == DRAFT.distributing()
    assert RELEASED.distributing() == RELEASED


@pytest.mark.parametrize("advisory", [DRAFT, DRAFT.distributing()])
@pytest.mark.parametrize("release", [NOW, NOW + SECOND, RELEASE - SECOND])
def test_a_release_moves_forward(advisory: Advisory, release: object) -> None:
    moved = advisory.advanced(release, NOW)  # type: ignore[arg-type]
    assert (moved.release_at, moved.state) == (release, advisory.state)


@pytest.mark.parametrize(
    ("release", "says"),
    [(RELEASE, "not earlier"), (RELEASE + SECOND, "not earlier"), (NOW - SECOND, "in the past")],
)
def test_a_release_never_moves_back_nor_into_the_past(release: object, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        DRAFT.advanced(release, NOW)  # type: ignore[arg-type]


def test_the_embargo_ends_at_its_instant_and_not_before() -> None:
    assert DRAFT.released(RELEASE).released_at == RELEASE
    with pytest.raises(Conflict, match="under embargo until"):
        DRAFT.released(RELEASE - SECOND)


@pytest.mark.parametrize("move", ["advanced", "released"])
def test_nothing_moves_after_the_release(move: str) -> None:
    arguments = (NOW, NOW) if move == "advanced" else (RELEASE,)
    with pytest.raises(Conflict, match="released already"):
        getattr(RELEASED, move)(*arguments)


@pytest.mark.parametrize(("prefix", "label"), list(product(("", "TLP:", "tlp: "), Tlp)))
def test_every_label_is_read_with_and_without_its_prefix(prefix: str, label: Tlp) -> None:
    assert tlp(prefix + label.value.removeprefix("TLP:").lower()) is label


@pytest.mark.parametrize("level", Severity)
def test_every_severity_is_read(level: Severity) -> None:
    assert severity(level.value.upper()) is level


@pytest.mark.parametrize(("read", "names"), [(tlp, "TLP:AMBER[+]STRICT"), (severity, "critical")])
def test_an_unknown_word_lists_the_known_ones(read: object, names: str) -> None:
    with pytest.raises(InvalidInput, match=names):
        read("purple")  # type: ignore[operator]
