"""Runs calls of the command line in forked children that stop where they are told.

A process of its own, with one thread: ``python -m tests.crash.zygote``. It reads one order a line
from stdin, as JSON, and answers with one line. A child that reaches the effect with the number
``at`` ends there by ``os._exit``: no clean-up runs, as when the power goes. Effects are what the
outside can see: a file opened for writing, fsynced, renamed, removed, a folder made, a child
process started, a transaction begun or ended.
"""

import contextlib
import io
import json
import os
import signal
import stat
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

STOPPED = 77
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
SEEN = frozenset(
    {
        *("os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "os.utime", "os.chmod"),
        "subprocess.Popen",
    }
)


@dataclass
class Counter:
    """Counts effects, and stops the process before one of them."""

    at: int = 0  # 0: never
    torn: bool = False  # at an fsync of a file: half of its bytes are lost too
    done: list[str] = field(default_factory=list)
    places: list[list[str]] = field(default_factory=list)  # the paths of each, where it has any

    def meet(self, name: str, handle: int = -1, *paths: str) -> None:
        """One more effect is about to happen."""
        self.done.append(name)
        self.places.append(list(paths))
        if len(self.done) != self.at:
            return
        if self.torn and handle >= 0:
            os.ftruncate(handle, os.fstat(handle).st_size // 2)
        os._exit(STOPPED)

    def told(self) -> dict[str, Any]:
        """What was met, for whoever gave the order."""
        return {"effects": self.done, "places": self.places}

    def arm(self) -> None:
        """From now on every effect of this process is met."""
        fsync = os.fsync

        def met_fsync(handle: int) -> None:
            regular = stat.S_ISREG(os.fstat(handle).st_mode)
            place = os.path.realpath(f"/dev/fd/{handle}")
            self.meet("fsync file" if regular else "fsync folder", handle if regular else -1, place)
            fsync(handle)

        os.fsync = met_fsync
        event.listen(Engine, "begin", lambda _connection: self.meet("begin"))
        event.listen(Engine, "commit", lambda _connection: self.meet("commit"))
        sys.addaudithook(self._heard)

    def _heard(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name in SEEN:
            paths = arguments[:2] if name in {"os.rename", "os.link"} else arguments[:1]
            self.meet(
                name, -1, *(os.fsdecode(p) for p in paths if isinstance(p, str | os.PathLike))
            )
        elif name == "open":
            path, _mode, flags = arguments
            if isinstance(flags, int) and flags & WRITING and not str(path).startswith("/dev/"):
                self.meet("open", -1, str(path))


def run(order: dict[str, Any]) -> dict[str, Any]:
    """Do one order in a child, and say how it ended."""
    read_end, write_end = os.pipe()
    sys.stdout.flush()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        os.setsid()
        _in_child(order, write_end)
    os.close(write_end)
    if order.get("kill_after_s") is not None:
        threading.Timer(order["kill_after_s"], _kill, (child,)).start()
    with os.fdopen(read_end, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "took_s": time.monotonic() - began,
        **(json.loads(told) if told else {"out": "", "err": "", "effects": [], "places": []}),
    }


def _kill(child: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def _in_child(order: dict[str, Any], write_end: int) -> None:
    from mapp_compliance.cli import main

    out, err = io.StringIO(), io.StringIO()
    counter = Counter(order.get("at", 0), order.get("torn", False))
    os.environ.update(order.get("environment", {}))
    counter.arm()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(order["arguments"])
    told = {"out": out.getvalue(), "err": err.getvalue(), **counter.told()}
    with os.fdopen(write_end, "wb") as pipe:
        pipe.write(json.dumps(told).encode())
    os._exit(code)


def _load() -> None:
    """Everything that the calls import late, so that children begin quickly."""
    import importlib

    for name in ("setup", "issuing", "receiving", "leaks", "cases", "log", "advisories"):
        importlib.import_module(f"mapp_compliance.cli.{name}")
    for name in (
        "mapp_compliance.adapters.isolate.command",
        "mapp_compliance.adapters.isolate.port",
        "mapp_compliance.adapters.render.html",
        "mapp_compliance.adapters.tools",
        "mapp_compliance.app",
        "mapp_compliance.workflows.issue",
        "mapp_compliance.workflows.receive",
        "mapp_compliance.workflows.take_in",
        "mapp_compliance.workflows.attribute",
        "mapp_compliance.workflows.enforce",
        "mapp_compliance.workflows.examination",
        "mapp_compliance.workflows.notices",
    ):
        importlib.import_module(name)


def main() -> None:
    """Serve orders until stdin ends."""
    _load()
    for line in sys.stdin:
        json.dump(run(json.loads(line)), sys.stdout)
        sys.stdout.write("\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
