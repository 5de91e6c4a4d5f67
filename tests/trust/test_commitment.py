from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.errors import MappError
from mapp_compliance.trust import (
    Malformed,
    Opening,
    ProofError,
    commit,
    commitment_root,
    digest,
    format_opening,
    parse_opening,
    verify_opening,
)
from tests.trust.noise import each_byte_changed, noise, seeded

KEY = bytes(range(32))
GOLDEN = "6388942d85aefa102b129ef7f35441af1a133156e2cd7980728a61feb8718f37"
COPIES = [{"advisory": "ADV-1", "copy": f"c-{i}", "digest": "00"} for i in range(80)]
COMMITMENT = commit(KEY, COPIES)
OPENING = COMMITMENT.openings[17]


def test_every_opening_gives_its_own_copy() -> None:
    assert [verify_opening(item, COMMITMENT.root) for item in COMMITMENT.openings] == COPIES


def test_the_same_copies_in_another_order_give_the_same_openings() -> None:
    again = commit(KEY, COPIES[::-1])
    assert again.root == COMMITMENT.root
    assert again.openings[::-1] == COMMITMENT.openings


def test_the_root_stays_the_same_for_ever() -> None:
    assert COMMITMENT.root.hex == GOLDEN


@pytest.mark.parametrize("count", [1, 2, 80])
def test_the_root_alone_is_that_of_the_openings(count: int) -> None:
    assert commitment_root(KEY, COPIES[:count]) == commit(KEY, COPIES[:count]).root


@pytest.mark.parametrize(("count", "levels"), [(1, 7), (128, 7), (129, 8)])
def test_the_tree_has_a_power_of_two_of_at_least_128_leaves(count: int, levels: int) -> None:
    opening = commit(KEY, [{"copy": str(i)} for i in range(count)]).openings[0]
    assert len(opening.path) == levels


def test_places_do_not_follow_the_order_of_the_copies() -> None:
    places = [item.index for item in COMMITMENT.openings]
    assert len(set(places)) == len(COPIES)
    assert places != sorted(places)
    assert max(places) >= len(COPIES)  # filling stands among the copies, not behind them


def test_salts_and_filling_never_recur_under_the_same_key() -> None:
    other = commit(KEY, COPIES[:1])
    assert other.openings[0].salt != COMMITMENT.openings[0].salt
    assert not set(other.openings[0].path) & set(COMMITMENT.openings[0].path)


@pytest.mark.parametrize(
    "forged",
    [
        replace(OPENING, fields={**OPENING.fields, "copy": "c-18"}),
        replace(OPENING, salt=bytes(32)),
        replace(OPENING, index=OPENING.index ^ 1),
        replace(OPENING, index=-1),
        replace(OPENING, path=OPENING.path[::-1]),
        replace(OPENING, path=(*OPENING.path, bytes(32))),
    ],
    ids=["fields", "salt", "index", "negative", "path", "longer"],
)
def test_a_forged_opening_is_refused(forged: Opening) -> None:
    with pytest.raises(ProofError):
        verify_opening(forged, COMMITMENT.root)


def test_an_opening_does_not_fit_another_root() -> None:
    with pytest.raises(ProofError):
        verify_opening(OPENING, digest(b""))


@pytest.mark.parametrize(
    "forged",
    [replace(OPENING, path=()), replace(OPENING, path=(b"",) * 7), replace(OPENING, salt=b"")],
)
def test_an_impossible_opening_is_bad_input(forged: Opening) -> None:
    with pytest.raises(Malformed):
        verify_opening(forged, COMMITMENT.root)


@pytest.mark.parametrize("copies", [[], [{"copy": "a"}, {"copy": "a"}]])
def test_a_commitment_takes_each_copy_once_and_at_least_one(copies: list[dict[str, str]]) -> None:
    with pytest.raises(Malformed):
        commit(KEY, copies)


def test_an_opening_survives_its_bytes() -> None:
    assert parse_opening(format_opening(OPENING)) == OPENING


def test_every_change_of_a_byte_of_an_opening_is_refused() -> None:
    for changed in each_byte_changed(format_opening(OPENING)):
        with pytest.raises(MappError):
            verify_opening(parse_opening(changed), COMMITMENT.root)


def test_an_opening_says_nothing_of_other_copies() -> None:
    text = format_opening(OPENING).decode().replace('"c-17"', "")
    assert "c-" not in text


@seeded
@given(noise(format_opening(OPENING)))
def test_noise_gives_an_opening_with_these_bytes_or_our_error(data: bytes) -> None:
    try:
        assert format_opening(parse_opening(data)) == data
    except MappError:
        return


@seeded
@given(st.lists(st.text(max_size=5), min_size=1, max_size=5, unique=True), st.binary(min_size=32))
def test_whatever_is_committed_opens(names: list[str], key: bytes) -> None:
    commitment = commit(key, [{"copy": name} for name in names])
    opened = [verify_opening(item, commitment.root)["copy"] for item in commitment.openings]
    assert opened == names
