"""What is told of a machine."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mapp_compliance.adapters import machine
from mapp_compliance.adapters.machine import Light, judge_restore, judge_walls, look_at_machine

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_machine_that_runs_these_tests_stops_nothing(tmp_path: Path) -> None:
    assert Light.RED not in [check.light for check in look_at_machine(tmp_path)]


def test_whatever_is_not_green_says_what_to_do(tmp_path: Path) -> None:
    told = [check for check in look_at_machine(tmp_path) if check.light is not Light.GREEN]
    assert all(";" in check.detail or "no workspace" in check.detail for check in told)


def test_keys_that_others_can_read_are_red(tmp_path: Path) -> None:
    key = tmp_path / "keys" / "program.json"
    key.parent.mkdir()
    key.touch(mode=0o600)
    assert machine._permissions(tmp_path / "keys").light is Light.GREEN
    key.chmod(0o600 | stat.S_IROTH)
    assert machine._permissions(tmp_path / "keys").light is Light.RED


@pytest.mark.parametrize(
    ("found", "light"),
    [((3, 40, 1), Light.AMBER), ((3, 51, 2), Light.AMBER), ((3, 51, 3), Light.GREEN)],
)
def test_an_sqlite_that_can_corrupt_a_database_is_told(
    found: tuple[int, ...], light: Light
) -> None:
    assert machine._sqlite(found).light is light


def test_a_clock_that_was_never_set_is_red() -> None:
    assert [machine._clock(now).light for now in (0, 1_800_000_000)] == [Light.RED, Light.GREEN]


def test_a_machine_without_memory_backed_folders_is_told(tmp_path: Path) -> None:
    assert machine._memory(tmp_path / "none").light is Light.AMBER


@pytest.mark.parametrize(
    ("made", "proved", "light"),
    [
        (None, None, Light.AMBER),
        (NOW, None, Light.AMBER),
        (NOW, NOW, Light.GREEN),
    ],
)
def test_a_backup_is_amber_until_a_restore_was_proved(
    made: datetime | None, proved: datetime | None, light: Light
) -> None:
    assert judge_restore(made, proved).light is light


def test_a_missing_wall_is_told_in_its_words() -> None:
    assert judge_walls(["network: not blocked"]).detail.startswith("network: not blocked; ")
    assert judge_walls([]).light is Light.GREEN
