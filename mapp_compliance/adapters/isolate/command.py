"""Run a command of an author in a folder of its own: a self-test, a compiler.

It gets an own network with nothing but a loopback, own process numbers (what it leaves running
ends with it), the system's programs to read and its folder to write, limits and no environment
but PATH, HOME and TMPDIR. ``python3`` and ``python`` are the interpreter that runs this program:
it is known to be there and to be readable.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mapp_compliance.adapters.isolate.forked import ForkServer
from mapp_compliance.adapters.isolate.limits import Limits
from mapp_compliance.adapters.isolate.walls import (
    LEFTOVERS,
    close_files,
    close_network_and_leftovers,
    die_with_parent,
)
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import MIB

COMMAND_LIMITS = Limits(
    wall_s=60,
    file_bytes=64 * MIB,
    open_files=256,
    processes=64,
    input_bytes=0,
    output_bytes=1 * MIB,
)
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Neither /proc (environments of other processes) nor the whole of /etc (secrets of the machine).
READABLE = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt"),
    *("/etc/ld.so.cache", "/etc/alternatives", "/etc/ssl", "/etc/localtime", "/etc/passwd"),
    *("/etc/group", "/etc/hosts", "/etc/nsswitch.conf", "/etc/protocols", "/etc/services"),
    *("/dev/urandom", "/dev/random", "/dev/zero"),
)
SERVER = ForkServer({})  # apart from that of tasks, which holds far more than a wall needs
NOT_STARTED = 127  # status of a shell for a command that is not there


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended.

    ``status`` as a shell tells it: above 128 for a signal. ``stopped`` says why we ended it.
    ``output`` is what it wrote to both streams, ``gaps`` the walls that could not be built.
    """

    status: int
    output: bytes
    stopped: str
    gaps: tuple[str, ...]


def run_command(command: Sequence[str], folder: Path, limits: Limits = COMMAND_LIMITS) -> Ran:
    """Run the command in the folder, which is all that it may change.

    Raises:
        InvalidInput: the command is empty or holds a NUL.
    """
    if not command or any("\0" in word for word in command):
        raise InvalidInput("a command needs at least one word, none with a NUL; write it anew")
    place = str(folder.resolve())
    said = SERVER.exchange(
        "command",
        [json.dumps(_resolved(command)), place, limits.to_json()],
        b"",
        wall_s=limits.wall_s,
        output_bytes=limits.output_bytes,
    )
    head, _, output = said.output.partition(b"\n")
    gaps = tuple(json.loads(head)) if head.startswith(b"[") else ()
    return Ran(said.status, output, said.stopped, gaps)


def _resolved(command: Sequence[str]) -> list[str]:
    first = sys.executable if command[0] in ("python3", "python") else command[0]
    return [first, *command[1:]]


def main(command_json: str, folder: str, limits_json: str) -> None:
    """The inside: build the walls, run the command, end with its status."""
    limits = Limits.from_json(limits_json)
    os.environ.update(PATH=PATH, HOME=folder, TMPDIR=folder)
    gaps = close_network_and_leftovers()
    die_with_parent()
    first = os.fork()
    if first:
        sys.exit(_status_of(first))
    die_with_parent()
    # The first process of a namespace is special to signals, so the command is the second.
    second = os.fork()
    if second:
        os._exit(_status_of(second))
    _become(json.loads(command_json), Path(folder), limits, gaps)


def _become(command: list[str], folder: Path, limits: Limits, gaps: tuple[str, ...]) -> None:
    os.chdir(folder)
    readable = [*map(Path, READABLE), Path(sys.prefix), Path(sys.base_prefix)]
    gaps += close_files(limits, readable, folder, namespaced=LEFTOVERS not in gaps)
    os.write(1, json.dumps(gaps).encode() + b"\n")
    os.dup2(1, 2)
    try:
        os.execvp(command[0], command)  # noqa: S606 - an argument list, no shell
    except (OSError, ValueError):
        os.write(1, b"the command cannot be started; name a program of the package or the system")
        os._exit(NOT_STARTED)


def _status_of(child: int) -> int:
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code >= 0 else 128 - code
