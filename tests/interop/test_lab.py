"""A lab without our tool: the lines of the how-to page, with a shell and usual tools."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mapp_compliance.trust import Ed25519Signer
from tests.cli.line import ADVISORY
from tests.cli.world import World, started
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "how-to" / "check-in-a-lab.md"


def script(key: Path) -> str:
    """The shell blocks of the page, run in the folder that holds the variants' folder."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    lines = "".join(re.sub(r"^   ", "", block, flags=re.MULTILINE) for block in blocks)
    return f"set -e\n{lines.replace('TRY', 'test -s poc.py').replace('KEY', str(key))}"


@pytest.mark.needs_tool
def test_what_a_lab_writes_by_the_lines_of_the_page_is_accepted(
    tmp_path: Path, tool: Callable[[str], str]
) -> None:
    for name in ("sh", "sha256sum", "find", "sed", "ssh-keygen"):
        tool(name)
    world: World = started(tmp_path)
    key = tmp_path / "lena"
    signer = Ed25519Signer.generate()
    key.write_bytes(signer.openssh())
    key.chmod(0o600)
    public = tmp_path / "lena.pub"
    public.write_text(signer.public_key.text())
    by = ("--approve", "ann", "--approve", "bob")
    world.line.json("user", "add", "lena", "--role", "investigator", "--key", public, *by)
    made = world.line.json("preview", ADVISORY, "--lab", "--out", tmp_path / "variants")
    command = ["/bin/sh", "-c", script(key)]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    results = tmp_path / "results.txt"
    assert len(results.read_text().splitlines()) == len(made["files"])
    attach = ("attach", ADVISORY, tmp_path / "package", "--check", f"lab:{results}")
    level = world.line.json(*attach)["package"]["verify"]
    assert level.startswith(f"lab: {made['variants']} variants passed, signed by lena")
