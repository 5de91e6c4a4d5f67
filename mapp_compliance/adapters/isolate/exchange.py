"""Start our own interpreter apart; feed a child and listen to it, both bounded."""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import mapp_compliance
from mapp_compliance.values import KIB

CHUNK_BYTES = 64 * KIB
GRACE_S = 5  # from the end of what a child says to its own end
# -I leaves PYTHONPATH and the present folder out, so the child is told where this package lies.
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); import mapp_compliance; sys.path.pop(0); "
    "from mapp_compliance.adapters.isolate.{module} import main; main(*sys.argv[2:])"
)
ROOT = str(Path(mapp_compliance.__file__).parent.parent)


@dataclass(frozen=True, slots=True)
class Said:
    """What a child wrote to its output, and how it ended.

    ``stopped`` says why we ended it, or is empty; ``status`` is below 0 for a signal.
    """

    output: bytes
    status: int
    stopped: str


class Child(Protocol):
    """A process at the other end of two pipes."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """What it reads."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """What it writes."""

    def wait(self, timeout: float) -> int:
        """Its exit code. Raises TimeoutExpired when it does not end in time."""


def exchange(
    module: str,
    arguments: Sequence[str],
    data: bytes,
    environment: Mapping[str, str],
    *,
    wall_s: int,
    output_bytes: int,
) -> Said:
    """Run ``main(*arguments)`` of a module of this room in a fresh interpreter.

    Both its output streams must be wanted by the caller: errors go where the module sends them.
    The child and all of its session are killed before this returns.
    """
    with subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, "-I", "-c", BOOT.format(module=module), ROOT, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(environment),
        start_new_session=True,
    ) as child:
        try:
            output, stopped = converse(child, data, wall_s, output_bytes)
        finally:
            _kill_session(child)
    return Said(output, child.returncode, stopped)


def converse(child: Child, data: bytes, wall_s: int, output_bytes: int) -> tuple[bytes, str]:
    """What a child answers, and why it must be stopped, or nothing.

    We write and read at once, so that neither side waits for the other.
    """
    if child.stdin is None or child.stdout is None:
        raise AssertionError("both are pipes")
    deadline = time.monotonic() + wall_s
    waiting, said = memoryview(data), bytearray()
    os.set_blocking(child.stdin.fileno(), False)
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        ready.register(child.stdin, selectors.EVENT_WRITE)
        while (left_s := deadline - time.monotonic()) > 0:
            for key, _ in ready.select(left_s):
                if key.fileobj is child.stdin:
                    waiting = _written(child.stdin.fileno(), waiting)
                    if not waiting:
                        ready.unregister(child.stdin)
                        child.stdin.close()
                    continue
                chunk = os.read(child.stdout.fileno(), CHUNK_BYTES)
                if not chunk:
                    return bytes(said), _ended(child)
                said += chunk[: output_bytes - len(said) + 1]
                if len(said) > output_bytes:
                    return bytes(said[:output_bytes]), f"it wrote more than {output_bytes} bytes"
    return bytes(said), f"it took longer than {wall_s} s"


def _written(pipe: int, waiting: memoryview) -> memoryview:
    try:
        return waiting[os.write(pipe, waiting[:CHUNK_BYTES]) :]
    except BrokenPipeError:  # it ended before it had read all; what it said tells why
        return waiting[:0]


def _ended(child: Child) -> str:
    try:
        child.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        return "it did not end after its answer"
    return ""


def _kill_session(child: "subprocess.Popen[bytes]") -> None:
    if child.returncode is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
