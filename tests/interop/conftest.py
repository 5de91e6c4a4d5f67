"""A served program, and what is needed to look at it with tools that are not ours."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.world import World, served

GO_CODE = Path("/usr/share/gocode")  # where Debian puts the sources of Go packages
SOURCE = Path(__file__).parent / "tlogcheck"

Check = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A demo workspace with four recipients who were all served."""
    return served(tmp_path_factory.mktemp("interop"))


@pytest.fixture(scope="session")
def tlogcheck(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Runs ``tlogcheck/main.go``, built once from the distribution's packages, offline."""
    go = tool("go")
    if not (GO_CODE / "src/golang.org/x/mod/sumdb/note").is_dir():
        pytest.skip("golang-golang-x-mod-dev is not installed")
    place = tmp_path_factory.mktemp("tlogcheck")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(place),
        "GOCACHE": str(place / "cache"),
        "GOPATH": str(GO_CODE),
        "GO111MODULE": "off",
        "GOFLAGS": "",
        "GOPROXY": "off",
        "CGO_ENABLED": "0",
    }
    program = place / "tlogcheck"
    build = [go, "build", "-o", str(program), "."]
    subprocess.run(build, cwd=SOURCE, env=environment, check=True, capture_output=True)

    def run(*arguments: str, data: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run([str(program), *arguments], input=data, capture_output=True)

    return run
