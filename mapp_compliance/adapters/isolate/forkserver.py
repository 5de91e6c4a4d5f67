"""The inside of the fork server: it loads what children need, once, and forks for each of them.

It holds no key and no workspace and never sees a byte of a sample: a child's input and answer go
through pipes that the server hands on and closes. The child has nothing else open, and builds its
walls by itself as one that was started anew. The server ends when its caller lets go of it.
"""

import contextlib
import gc
import json
import os
import selectors
import signal
import socket

from mapp_compliance.adapters.isolate import child, command
from mapp_compliance.adapters.isolate.exchange import MOST_ORDER_BYTES
from mapp_compliance.adapters.isolate.walls import die_with_parent
from mapp_compliance.errors import MappError

MODULES = {"child": child.main, "command": command.main}
HANDLES = 3  # that come with an order: input and answer of the task, and where its end is told


def main(handle: str) -> None:
    """Serve orders from the socket with that number until its other end is closed."""
    os.chdir("/")
    orders = socket.socket(fileno=int(handle))
    running: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as ready:
        ready.register(orders, selectors.EVENT_READ)
        woken = _woken_by_ended_children()
        ready.register(woken, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fileobj is orders:
                    order, handles, _, _ = socket.recv_fds(orders, MOST_ORDER_BYTES, HANDLES)
                    if not order:
                        os._exit(0)  # those that still run are killed by the end of this process
                    process, ended = _forked(json.loads(order), *handles)
                    running[process] = ended
                    ready.register(ended, selectors.EVENT_READ, process)
                elif key.fileobj is woken:
                    woken.recv(4096)
                    for process in [each for each in running if _has_ended(each)]:
                        ended = running.pop(process)
                        with contextlib.suppress(KeyError):
                            ready.unregister(ended)
                        _tell(ended, process)
                else:  # whoever gave the order wants no more of it
                    ready.unregister(key.fileobj)
                    _kill(key.data)


def _woken_by_ended_children() -> socket.socket:
    """Something to read from whenever a child has ended."""
    woken, wakes = socket.socketpair()
    wakes.setblocking(False)
    signal.set_wakeup_fd(wakes.detach())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return woken


def _forked(arguments: list[str], given: int, answer: int, ended: int) -> tuple[int, socket.socket]:
    """Process number of a child that does it, and the socket where its end is told."""
    module, *words = arguments
    if module == "child":
        with contextlib.suppress(MappError):  # the child says it
            child.find_task(*words[:2])  # loads the module of the task, for those to come as well
    gc.freeze()
    server, process = os.getpid(), os.fork()
    if not process:
        _become_child(server, module, words, given, answer)
    os.close(given)
    os.close(answer)
    return process, socket.socket(fileno=ended)


def _become_child(server: int, module: str, words: list[str], given: int, answer: int) -> None:
    status = 1
    try:
        die_with_parent()
        if os.getppid() != server:  # which ended just before
            return
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(given, 0)
        os.dup2(answer, 1)
        for handle in map(int, os.listdir("/proc/self/fd")):
            if handle > 2:
                with contextlib.suppress(OSError):  # that of the listing itself
                    os.close(handle)
        MODULES[module](*words)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(status)


def _has_ended(process: int) -> bool:
    how = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process, how) is not None


def _tell(ended: socket.socket, process: int) -> None:
    """Give the exit code to whoever gave the order; nothing of the child's session stays."""
    _kill(process)  # its number is taken until it is waited for
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with ended, contextlib.suppress(OSError):  # nobody may be there any more
        ended.send(str(code).encode())


def _kill(process: int) -> None:
    try:
        os.killpg(process, signal.SIGKILL)
    except ProcessLookupError:  # it is not yet the first of its session, and so alone
        os.kill(process, signal.SIGKILL)
