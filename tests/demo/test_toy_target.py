"""The toy target: answers, refuses, and fails only for the card it is built to fail for."""

import runpy
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.demo.payload import payload_of
from mapp_compliance.demo.scenario import package_files

TARGET = Path(str(files("mapp_compliance.demo"))) / "package" / "toy_target.py"


toy_target = SimpleNamespace(**runpy.run_path(str(TARGET)))  # leaves nothing beside the file


def ask(card: bytes) -> tuple[int, bytes]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", TARGET], input=card, capture_output=True, check=False
    )
    return done.returncode, done.stdout.strip()


def card(fields: int, announced: int, width: int) -> bytes:
    body = b"".join(b"f%d=%s\n" % (index, b"x" * width) for index in range(fields))
    return b"CARD/1 length=%d fields=%d\n%s" % (len(body), announced, body)


def test_the_packaged_card_meets_the_assertion():
    status, answer = ask(payload_of(package_files()))
    assert status == toy_target.EXIT_ASSERTION
    assert answer == b"ASSERTION field 6 has no place on a shelf of 5"


def test_a_sound_card_is_answered():
    assert ask(card(fields=3, announced=3, width=10)) == (0, b"OK 3")


def test_a_sound_long_card_is_answered():
    assert ask(card(fields=3, announced=3, width=100)) == (0, b"OK 3")


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"HELLO\n",
        b"CARD/1 length=5\n",
        b"CARD/1 length=x fields=1\na=b\n",
        b"CARD/1 length=9 fields=1\na=b\n",
        b"CARD/1 length=4 fields=1\nabc\n",
        b"CARD/1 length=4 fields=99999\na=b\n",
        card(fields=3, announced=2, width=10),
        card(fields=3, announced=4, width=100),
    ],
)
def test_a_malformed_card_is_refused(bad):
    status, answer = ask(bad)
    assert status == toy_target.EXIT_REFUSED
    assert answer.startswith(b"REFUSED ")


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 60))
@settings(derandomize=True)
def test_it_fails_exactly_for_long_cards_with_too_few_announced(fields, announced, width):
    one = card(fields, announced, width)
    long = len(one.partition(b"\n")[2]) > toy_target.SHORT_BODY_BYTES
    failed = False
    try:
        toy_target.read_card(one)
    except ValueError:
        failed = False
    except AssertionError:
        failed = True
    assert failed == (long and announced < fields)


@given(st.binary(max_size=300))
@settings(derandomize=True)
def test_noise_is_refused(noise):
    with pytest.raises(ValueError, match=r".+"):
        toy_target.read_card(noise)
