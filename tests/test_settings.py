"""The settings of a workspace."""

from contextlib import suppress
from dataclasses import fields
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.errors import InvalidInput, MappError
from mapp_compliance.settings import KEYS, PROFILES, Settings, parse_settings
from tests.conformance.strategies import seeded
from tests.trust.noise import noise

PLAIN = Settings("Acme", "mapp", origin="acme/mapp-log", contact="psirt@acme.example")


@seeded
@given(
    settings=st.builds(
        Settings,
        name=st.text().filter(str.strip),
        policy=st.text(),
        profile=st.sampled_from(PROFILES),
        origin=st.text(),
        contact=st.text(),
        max_sample_bytes=st.integers(1, 10**12),
        alpha=st.sampled_from(["1e-2", "1e-4", "0.000001", "1e-12"]),
        self_test_jobs=st.integers(1, 64),
    )
)
def test_settings_come_back_from_their_text(settings: Settings) -> None:
    assert parse_settings(settings.toml()) == settings


def test_every_setting_has_its_place_in_the_file() -> None:
    assert {item.name for item in fields(Settings)} == set().union(*KEYS.values())


def test_only_a_name_is_needed() -> None:
    assert parse_settings(b'[program]\nname = "Acme"\n') == Settings("Acme", "mapp")


def changed(line: str) -> bytes:
    """The plain settings with one line of its key put in its place."""
    key = line.split(" ")[0]
    lines = PLAIN.toml().decode().splitlines()
    return "\n".join(line if each.startswith(f"{key} ") else each for each in lines).encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "names no program"),
        (b"\xff", "cannot be read"),
        (b"[program", "cannot be read"),
        (b"x = " + b"[" * 10_000, "cannot be read"),
        (b"[other]\n", "unknown table"),
        (b"program = 1\n", "unknown table"),
        (b"[program]\ncolour = 1\n", "unknown key program.colour"),
        (changed('name = " "'), "names no program"),
        (changed('profile = "grand"'), "profile is not one of"),
        (changed('alpha = "much"'), "alpha is not a number"),
        (changed('alpha = "nan"'), "alpha"),
        (changed('alpha = "inf"'), "alpha"),
        (changed('alpha = "0"'), "alpha"),
        (changed('alpha = "-1e-4"'), "alpha"),
        (changed('alpha = "0.0100001"'), "alpha"),
        (changed('alpha = "1e-13"'), "alpha"),
        (changed('alpha = "1e-999999999"'), "alpha"),
        (changed("max_sample_bytes = 0"), "max_sample_bytes"),
        (changed("max_sample_bytes = true"), "max_sample_bytes"),
        (changed('self_test_jobs = "2"'), "self_test_jobs"),
    ],
)
def test_what_cannot_be_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        parse_settings(data)


def test_text_that_is_no_utf_8_is_refused_before_it_is_written() -> None:
    with pytest.raises(InvalidInput, match="UTF-8"):
        Settings("Acme\udcff", "mapp").toml()


@seeded
@given(data=noise(PLAIN.toml()))
def test_noise_gives_settings_or_our_error(data: bytes) -> None:
    with suppress(MappError):
        settings = parse_settings(data)
        assert 0 < Fraction(settings.alpha) <= Fraction(1, 100)
