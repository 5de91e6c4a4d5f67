"""The packages: their self-tests pass as written, and fail when they should."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from mapp_compliance.demo.alterations import ALTERATIONS
from mapp_compliance.demo.payload import payload_of
from mapp_compliance.demo.scenario import package_files, stage_files

SMALL = Path(__file__).parents[1] / "walks" / "packages" / "small"
DEMO = package_files()


def self_test(files: Mapping[str, bytes], folder: Path) -> int:
    for path, content in files.items():
        (folder / path).write_bytes(content)
    command = [sys.executable, "poc.py", "--check"]
    return subprocess.run(command, cwd=folder, env={}, check=False).returncode


def test_the_script_as_written_reproduces_the_assertion(tmp_path):
    assert self_test(DEMO, tmp_path) == 0


def test_the_small_script_as_written_passes(tmp_path):
    assert (
        self_test({p.name: p.read_bytes() for p in SMALL.iterdir() if p.is_file()}, tmp_path) == 0
    )


def test_the_self_test_passes_with_the_captured_request(tmp_path):
    assert self_test(DEMO | {"request.txt": payload_of(DEMO)}, tmp_path) == 0


def test_the_self_test_fails_when_the_capture_differs_in_one_byte(tmp_path):
    other = payload_of(DEMO).replace(b"civil", b"brisk")
    assert self_test(DEMO | {"request.txt": other}, tmp_path) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"ANNOUNCED = 5", b"ANNOUNCED = 8"),  # a sound card
        (b'b"civil"', b'b"ci\\nvil"'),  # no field
    ],
)
def test_the_self_test_fails_when_the_assertion_is_not_met(old, new, tmp_path):
    broken = DEMO["poc.py"].replace(old, new)
    assert broken != DEMO["poc.py"]
    assert self_test(DEMO | {"poc.py": broken}, tmp_path) == 1


def test_the_self_test_fails_when_the_body_is_short_enough_to_be_compared(tmp_path):
    short = DEMO["poc.py"].replace(b"A" * 64, b"A").replace(b"B" * 48, b"B")
    short = short.replace(b"vendor ticket 4711, desk of the toy lab", b"").replace(b"C" * 16, b"")
    assert self_test(DEMO | {"poc.py": short}, tmp_path) == 1


def test_the_captured_request_is_the_payload_with_points_for_values():
    template = DEMO["request.txt.j2"].decode().splitlines()
    payload = payload_of(DEMO).decode().splitlines()
    fixed = [re.sub(r"\{\{.*\}\}", "", line) for line in template]
    assert len(fixed) == len(payload)
    assert all(line.startswith(start) for line, start in zip(payload, fixed, strict=True))


def test_the_altered_package_still_sends_its_payload():
    copies = {each.name: each for each in ALTERATIONS}
    for name in ("restyled", "unparsed"):
        (script,) = copies[name].apply(DEMO).values()
        assert payload_of(DEMO | {"poc.py": script}) == payload_of(DEMO)


@pytest.mark.parametrize("folder", ["finder-draft", "finder", "broker"])
def test_an_earlier_version_meets_the_same_assertion(folder, tmp_path):
    files = stage_files(folder) | {"toy_target.py": DEMO["toy_target.py"]}
    for path, content in files.items():
        (tmp_path / path).write_bytes(content)
    command = [sys.executable, "poc.py"]
    done = subprocess.run(command, cwd=tmp_path, env={}, check=True, capture_output=True)
    assert b"70" in done.stdout


def test_the_packages_open_no_socket_and_load_nothing_from_outside():
    stages = [stage_files(name)["poc.py"] for name in ("finder-draft", "finder", "broker")]
    ours = [DEMO["poc.py"], DEMO["toy_target.py"], (SMALL / "poc.py").read_bytes()]
    for script in (*ours, *stages):
        loaded = re.findall(rb"^(?:import|from) (\w+)", script, re.MULTILINE)
        assert set(loaded) <= {b"os", b"re", b"subprocess", b"sys"}
