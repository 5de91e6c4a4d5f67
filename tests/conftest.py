"""For all tests: seeded properties, no network, and optional tools that are counted when absent.

Some tests drive real tools (age, ssh-keygen, gpg, a compiler). Without the tool they are skipped
and the summary counts why; with ``MAPP_REQUIRE_TOOLS=1`` a missing tool is a failure.
"""

import ipaddress
import os
import shutil
import socket
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings

from mapp_compliance.cli.main import THREADS
from tests.postgres import Absent, Server, server

os.environ |= THREADS  # before anything loads numpy: workers of pytest share the cores already
settings.register_profile("house", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Whatever connects or sends to another machine fails; this machine itself may be reached."""
    connect, connect_ex, sendto = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.socket.sendto,
    )

    def checked(address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"  # a path: a local socket
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise RuntimeError("a test reached for the network; hand in the bytes instead")

    def guarded_connect(self: socket.socket, address: object) -> None:
        checked(address)
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: object) -> int:
        checked(address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: bytes, *rest: object) -> int:
        checked(rest[-1])
        return sendto(self, data, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket.socket, "sendto", guarded_sendto)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this test process; tests that ask for it are marked needs_tool."""
    with ExitStack() as stack:
        try:
            running = stack.enter_context(server())
        except Absent as err:
            pytest.skip(str(err))
        yield running


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """Path of a program; skips the test without it, which `needs_tool` turns into a failure."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path

    return find


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where the tools are required, a skipped test of a tool has failed."""
    report = yield
    required = os.environ.get("MAPP_REQUIRE_TOOLS") == "1"
    if report.skipped and required and item.get_closest_marker("needs_tool"):
        report.outcome = "failed"
        report.longrepr = f"MAPP_REQUIRE_TOOLS=1, but: {_reason(report)}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped, and why."""
    skipped = Counter(map(_reason, terminalreporter.stats.get("skipped", [])))
    for reason, count in sorted(skipped.items()):
        terminalreporter.write_line(f"skipped {count}: {reason}")


def _reason(report: pytest.TestReport) -> str:
    told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return told.removeprefix("Skipped: ")
