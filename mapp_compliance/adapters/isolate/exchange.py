"""Feed a child and listen to it, both bounded."""

import os
import selectors
import subprocess
import time
from dataclasses import dataclass
from typing import IO, Protocol

from mapp_compliance.values import KIB

CHUNK_BYTES = 64 * KIB
MOST_ORDER_BYTES = 64 * KIB  # such as a self-test's command, and where its folder is
GRACE_S = 5  # from the end of what a child says to its own end


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
