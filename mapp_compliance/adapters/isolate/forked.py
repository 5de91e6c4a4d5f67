"""Children of a fork server: the modules that they need are loaded once for all.

A fresh interpreter takes a third of a second of computing to load what reads samples, and a
twentieth for what builds the walls of a self-test; a fork takes some milliseconds. The server is
started with the first child, is a process without keys and without workspace as the children are,
and ends with the process that started it. See ``forkserver`` for its inside.
"""

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import mapp_compliance
from mapp_compliance.adapters.isolate import exchange
from mapp_compliance.adapters.isolate.exchange import Said, converse
from mapp_compliance.errors import InvalidInput

# -I leaves PYTHONPATH and the present folder out, so the server is told where this package lies.
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); import mapp_compliance; sys.path.pop(0); "
    "from mapp_compliance.adapters.isolate.forkserver import main; main(*sys.argv[2:])"
)
ROOT = str(Path(mapp_compliance.__file__).parent.parent)


class ForkServer:
    """One server process, started when it is first needed. Threads may share it.

    A process that was forked from ours takes none of it over and starts its own.
    """

    _lock: threading.Lock
    _process: "subprocess.Popen[bytes] | None"
    _orders: socket.socket | None

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._forget()
        os.register_at_fork(after_in_child=self._forget_parents)
        atexit.register(self.close)

    def exchange(
        self, module: str, arguments: Sequence[str], data: bytes, *, wall_s: int, output_bytes: int
    ) -> Said:
        """Run ``main(*arguments)`` of a module that ``forkserver`` lists in a child of the server.

        The child and all of its session are killed before this returns.

        Raises:
            InvalidInput: the arguments are longer than a command may be.
        """
        with self._forked([module, *arguments]) as child:
            output, stopped = converse(child, data, wall_s, output_bytes)
        return Said(output, child.returncode, stopped)

    def close(self) -> None:
        """End the server, and with it what still runs; the next task starts another one."""
        with self._lock:
            self._end()

    def _forked(self, order_words: Sequence[str]) -> "_Forked":
        order = json.dumps(order_words).encode()
        if len(order) > exchange.MOST_ORDER_BYTES:
            raise InvalidInput("a command is too long; put what it says into a file of the package")
        with contextlib.ExitStack() as ours, self._lock:
            given, write = map(ours.enter_context, _pipe())
            read, answer = map(ours.enter_context, _pipe())
            here, there = map(ours.enter_context, socket.socketpair(type=socket.SOCK_SEQPACKET))
            handles = [given.fileno(), answer.fileno(), there.fileno()]
            try:
                socket.send_fds(self._started(), [order], handles)
            except OSError:  # the server is gone, perhaps for want of memory
                self._end()
                socket.send_fds(self._started(), [order], handles)
            for theirs in (given, answer, there):
                theirs.close()
            ours.pop_all()
        return _Forked(self, write, read, here)

    def _started(self) -> socket.socket:
        if self._orders is None:
            self._orders, there = socket.socketpair(type=socket.SOCK_SEQPACKET)
            with there:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                    [sys.executable, "-I", "-c", BOOT, ROOT, str(there.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=self._environment,
                    pass_fds=(there.fileno(),),
                    start_new_session=True,
                )
        return self._orders

    def _end(self) -> None:
        if self._orders is not None:
            self._orders.close()
        if self._process is not None:
            try:
                self._process.wait(exchange.GRACE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._orders = self._process = None

    def _forget(self) -> None:
        self._lock, self._orders, self._process = threading.Lock(), None, None

    def _forget_parents(self) -> None:
        if self._orders is not None:
            self._orders.close()
        if self._process is not None:
            self._process.returncode = 0  # it is not ours to wait for
        self._forget()


class _Forked:
    """A child of the server, as ``converse`` wants it."""

    def __init__(
        self, server: ForkServer, stdin: IO[bytes], stdout: IO[bytes], ended: socket.socket
    ) -> None:
        self.stdin, self.stdout = stdin, stdout
        self.returncode = -int(signal.SIGKILL)  # unless the server tells another one
        self._server, self._ended, self._told = server, ended, False

    def wait(self, timeout: float) -> int:
        """The exit code. Raises TimeoutExpired when it does not end in time."""
        self._ended.settimeout(timeout)
        try:
            told = self._ended.recv(16)
        except TimeoutError as err:
            raise subprocess.TimeoutExpired("a child of the fork server", timeout) from err
        self._told = True
        if told:
            self.returncode = int(told)
        return self.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stdin.close()
        self.stdout.close()
        with self._ended:
            if not self._told:
                self._ended.shutdown(socket.SHUT_WR)  # wakes the server, which kills it
                try:
                    self.wait(exchange.GRACE_S)
                except subprocess.TimeoutExpired:
                    self._server.close()


def _pipe() -> Iterator[IO[bytes]]:
    read, write = os.pipe()
    yield os.fdopen(read, "rb", 0)
    yield os.fdopen(write, "wb", 0)
