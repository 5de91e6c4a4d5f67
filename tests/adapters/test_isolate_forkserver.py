"""The fork server: what its children share, what they do not, and that nothing outlives anybody."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mapp_compliance.adapters.isolate import Limits, exchange, forked, runner
from mapp_compliance.adapters.isolate.forked import ForkServer

TASKS = """
import os, time
KEPT = []
def open_handles(data):
    found = []
    for handle in range(256):
        try: os.fstat(handle)
        except OSError: continue
        found.append(handle)
    return [repr(found).encode()]
def keep(data):
    KEPT.append(data)
    return [repr(KEPT).encode()]
def who(data): return [repr((os.getpid(), os.getppid(), os.getsid(0))).encode()]
def sleep(data): time.sleep(60)
def echo_slowly(data):
    time.sleep(0.1)
    return [data]
TASKS = dict((name, f) for name, f in list(globals().items()) if callable(f))
"""
LISTED = (
    "import sys, types; from mapp_compliance.adapters.isolate import child; "
    f"m = types.ModuleType('told'); exec({TASKS!r}, m.__dict__); "
    "sys.modules['told'] = m; child.TABLES += ('told',); "
)
CALLER = """
import os, sys
from mapp_compliance.adapters.isolate import runner, run_isolated
from mapp_compliance.attribution.parts import Unwrapped, parts_to_json
run_isolated("unwrap_and_view", parts_to_json(Unwrapped(())))
print(runner.SERVER._process.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ForkServer]:
    """A server that knows the tasks above."""
    before, after = forked.BOOT.rsplit("; main(", 1)
    monkeypatch.setattr(forked, "BOOT", f"{before}; {LISTED} main({after}")
    made = ForkServer(runner.ENVIRONMENT)
    yield made
    made.close()


def asked(server: ForkServer, task: str, data: bytes = b"", wall_s: int = 20) -> exchange.Said:
    words = ["told", task, Limits().to_json()]
    return server.exchange("child", words, data, wall_s=wall_s, output_bytes=1000)


def answer(server: ForkServer, task: str, data: bytes = b"") -> bytes:
    said = asked(server, task, data)
    assert (said.status, said.stopped) == (0, "")
    return said.output.partition(b"\n")[2]


def pid_of(server: ForkServer) -> int:
    assert server._process is not None
    return server._process.pid


def state(process: int) -> str:
    """R runs, S waits for something, Z has ended and waits to be counted; empty: there is none."""
    try:
        told = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return ""
    return told.rpartition(")")[2].split()[0]


def comes_to(process: int, *wanted: str) -> bool:
    """Whether it has one of these states within some seconds."""
    deadline = time.monotonic() + 10
    while state(process) not in wanted and time.monotonic() < deadline:
        time.sleep(0.01)
    return state(process) in wanted


def gone(process: int) -> bool:
    """Whether it ends within some seconds."""
    return comes_to(process, "Z", "")


def children_of(server: ForkServer) -> list[int]:
    pid = pid_of(server)
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_child_has_its_two_pipes_open_and_nothing_else(server: ForkServer) -> None:
    with ThreadPoolExecutor(4) as pool:  # the pipes of others are open in the server meanwhile
        others = [pool.submit(answer, server, "echo_slowly", b"x") for _ in range(3)]
        assert answer(server, "open_handles") == b"[0, 1, 2]"
        assert [other.result() for other in others] == [b"x"] * 3


def test_a_child_finds_nothing_of_the_child_before_it(server: ForkServer) -> None:
    assert answer(server, "keep", b"one") == b"[b'one']"
    assert answer(server, "keep", b"two") == b"[b'two']"


def test_children_of_one_server_are_processes_and_sessions_of_their_own(
    server: ForkServer,
) -> None:
    first, second = (eval(answer(server, "who")) for _ in range(2))
    assert first[0] == first[2] != second[0] == second[2]
    assert first[1] == second[1] == pid_of(server)


def test_threads_get_each_its_own_answer(server: ForkServer) -> None:
    asked_for = [str(number).encode() for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda data: answer(server, "echo_slowly", data), asked_for))
    assert got == asked_for


def test_a_child_that_takes_too_long_is_gone_when_that_is_told(server: ForkServer) -> None:
    said = asked(server, "sleep", wall_s=1)
    assert (said.status, said.stopped) == (-signal.SIGKILL, "it took longer than 1 s")
    assert children_of(server) == []


def test_a_server_that_died_is_started_again(server: ForkServer) -> None:
    assert answer(server, "keep", b"one")
    before = pid_of(server)
    os.kill(before, signal.SIGKILL)
    assert gone(before)
    assert answer(server, "keep", b"two") == b"[b'two']"
    assert pid_of(server) != before


def test_the_death_of_the_server_ends_its_children_and_is_told(server: ForkServer) -> None:
    assert answer(server, "who")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(asked, server, "sleep")
        while not (children := children_of(server)):
            time.sleep(0.01)
        assert comes_to(children[0], "S")  # its walls stand; they tie it to the server
        os.kill(pid_of(server), signal.SIGKILL)
        assert running.result().status == -signal.SIGKILL
    assert gone(children[0])


def test_a_process_that_was_forked_starts_a_server_of_its_own(server: ForkServer) -> None:
    assert answer(server, "keep", b"one")
    before, (read, write) = pid_of(server), os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(write, answer(server, "keep", b"two") + b" %d" % pid_of(server))
            server.close()
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read, "rb") as told:
        kept, _, other = told.read().rpartition(b" ")
    assert (kept, int(other) == before) == (b"[b'two']", False)
    assert answer(server, "keep", b"three") == b"[b'three']"
    assert pid_of(server) == before


@pytest.mark.parametrize("end", ["by itself", "killed"])
def test_no_server_outlives_the_process_that_started_it(end: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CALLER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as caller:
        assert caller.stdin is not None
        assert caller.stdout is not None
        server = int(caller.stdout.readline())
        assert state(server) not in ("Z", "")
        if end == "killed":
            caller.kill()
        caller.stdin.close()
    assert gone(server)
