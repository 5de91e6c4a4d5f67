"""Walls around the process that calls: each can be missing on a machine, none may be silent.

``close_*`` functions act on the calling process and cannot be undone; each gives the *gaps*, one
plain text for each wall that could not be built. They belong into a child, never into a server.
"""

import ctypes
import fcntl
import os
import resource
import signal
import socket
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mapp_compliance.adapters.isolate import landlock
from mapp_compliance.adapters.isolate.limits import Limits

_NO_NEW_PRIVS, _PARENT_DEATH_SIGNAL, _DUMPABLE = 38, 1, 4  # prctl; linux/prctl.h
_NEW_USER, _NEW_NET, _NEW_PID = 0x10000000, 0x40000000, 0x20000000  # linux/sched.h
_NOBODY = 65534
_SET_INTERFACE_FLAGS, _UP = 0x8914, 0x1  # linux/sockios.h, linux/if.h

NETWORK_OPEN = "network: not blocked"
FILES_OPEN = "files: not blocked"
PROCESSES_OPEN = "processes: not counted"
SIGNALS_OPEN = "signals: not blocked"
LEFTOVERS = "processes: those that outlive the command are not ended"


def close_all_files_and_network(limits: Limits) -> tuple[str, ...]:
    """For a task that only computes: no file, no network, no process, limited memory and time.

    What is open stays open. Everything that is needed must have been imported before.
    """
    other_user = os.getuid() == 0  # nobody cannot signal us then; else only Landlock prevents it
    gaps = [PROCESSES_OPEN] if not _become_nobody() else []
    if not _unshared(_NEW_USER | _NEW_NET):
        gaps.append(NETWORK_OPEN)
    _prctl(_NO_NEW_PRIVS, 1)
    _prctl(_DUMPABLE, 0)
    try:
        no_signals = landlock.restrict()
    except OSError:
        gaps.append(FILES_OPEN)
        no_signals = False
    if not (no_signals or other_user):
        gaps.append(SIGNALS_OPEN)
    die_with_parent()  # a change of user would undo it
    _limit(limits)
    return tuple(gaps)


def close_network_and_leftovers() -> tuple[str, ...]:
    """For a command: an own empty network with a loopback, and own process numbers.

    The next child that is forked is the first process there; when it ends, all others do.
    """
    user, group = os.getuid(), os.getgid()
    if not _unshared(_NEW_USER | _NEW_NET | _NEW_PID):
        return (NETWORK_OPEN, LEFTOVERS)
    _keep_names(user, group)
    _raise_loopback()
    return ()


def close_files(
    limits: Limits, readable: Sequence[Path], writable: Path, namespaced: bool
) -> tuple[str, ...]:
    """For a command: it reads the system and changes its own folder, within limits.

    Processes are counted for each user of a namespace. Without an own namespace all others of
    this user would count, and for root nothing is counted at all: then there is no such limit.
    """
    gaps = []
    if os.getuid() == 0 or not namespaced:
        gaps.append(PROCESSES_OPEN)
        limits = replace(limits, processes=resource.getrlimit(resource.RLIMIT_NPROC)[0])
    _prctl(_NO_NEW_PRIVS, 1)
    try:
        landlock.restrict(readable, [writable, Path("/dev/null")], tcp=namespaced)
    except OSError:
        gaps.append(FILES_OPEN)
    _limit(limits)
    return tuple(gaps)


def die_with_parent() -> None:
    """When the thread that made this process ends, this process is killed."""
    _prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _limit(limits: Limits) -> None:
    hard = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_CORE: 0,
    }
    for what, value in hard.items():
        ceiling = resource.getrlimit(what)[1]
        value = value if ceiling == resource.RLIM_INFINITY else min(value, ceiling)
        resource.setrlimit(what, (value, value))


def _become_nobody() -> bool:
    """Root's processes are not counted by the system, so root goes. True when not root after."""
    if os.getuid() != 0:
        return True
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError:
        return False
    return True


def _unshared(what: int) -> bool:
    return bool(ctypes.CDLL(None, use_errno=True).unshare(what) == 0)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _keep_names(user: int, group: int) -> None:
    """Inside the new user namespace we keep our own numbers; without this we are nobody."""
    rows = (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    )
    for name, row in rows:
        try:
            Path("/proc/self", name).write_text(row)
        except OSError:
            return


def _raise_loopback() -> None:
    """A self-test may serve and ask on 127.0.0.1; nothing else is in its network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh", b"lo", _UP)
        try:
            fcntl.ioctl(any_socket, _SET_INTERFACE_FLAGS, request)
        except OSError:
            return
