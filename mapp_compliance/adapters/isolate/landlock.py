"""Landlock: the kernel refuses files and TCP to this process and its children (Linux >= 5.13).

Three system calls without a library. Source: Linux ``Documentation/userspace-api/landlock.rst``
and ``include/uapi/linux/landlock.h``; the numbers are the same on all architectures.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system call numbers
_VERSION_ONLY, _PATH_BENEATH = 1, 1
_FILE_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
_IOCTL_RIGHT = 1 << 15  # since 5
_TCP_RIGHTS = 0b11  # bind and connect, since 4
_SCOPES = 0b11  # abstract sockets and signals stay among those it restricts, since 6
_EXECUTE, _READ_FILE, _READ_FOLDER, _WRITE_FILE = 1 << 0, 1 << 2, 1 << 3, 1 << 1
_READ = _EXECUTE | _READ_FILE | _READ_FOLDER
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | (1 << 14) | _IOCTL_RIGHT


def _call(number: int, *args: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = int(libc.syscall(ctypes.c_long(number), *args))
    if result < 0:
        raise OSError(ctypes.get_errno(), "landlock")
    return result


def restrict(
    readable: Iterable[Path] = (), writable: Iterable[Path] = (), tcp: bool = False
) -> bool:
    """From now on this process opens nothing but these files and folders, and no TCP.

    Gives whether it can also signal no process outside.

    Args:
        readable: may be read and run, with all below.
        writable: may be changed in every way, with all below.
        tcp: True leaves TCP alone, for a process that has a network of its own.
    Raises:
        OSError: the kernel has no Landlock, or it is switched off.
    """
    abi = _call(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_ONLY))
    rights = _FILE_RIGHTS_BY_ABI[min(abi, 3)] | (_IOCTL_RIGHT if abi >= 5 else 0)
    nets = _TCP_RIGHTS if abi >= 4 and not tcp else 0
    scopes = _SCOPES if abi >= 6 else 0
    known_bytes = 24 if abi >= 6 else 16 if abi >= 4 else 8
    shape = struct.pack("=QQQ", rights, nets, scopes)[:known_bytes]
    rules = _call(_CREATE, shape, ctypes.c_size_t(len(shape)), ctypes.c_uint32(0))
    try:
        for path in readable:
            _allow(rules, path, _READ & rights)
        for path in writable:
            _allow(rules, path, rights)
        _call(_RESTRICT, ctypes.c_int(rules), ctypes.c_uint32(0))
    finally:
        os.close(rules)
    return bool(scopes)


def _allow(rules: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = rights if path.is_dir() else rights & _OF_FILES
        rule = struct.pack("=Qi", allowed, place)
        _call(_ADD, ctypes.c_int(rules), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0))
    finally:
        os.close(place)
