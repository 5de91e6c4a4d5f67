"""Programs: bytes that a compiler put into its instructions instead of the data.

A short array on the stack is filled by moves of constants, so its bytes lie between opcodes. Only
x86 is known; elsewhere, and for all data sections, the raw bytes of the program are read.

>>> code = b"\\x7fELF" + bytes.fromhex("48b8 4142434445464748 48ba 494a4b4c4d4e4f50 48894580")
>>> list(immediates(code))
[b'ABCDEFGHIJKLMNOP']
"""

import re
from collections.abc import Iterator

MIN_MOVED = 16  # bytes of constants; fewer are in every program

_EIGHT = re.compile(rb"[\x48\x49][\xb8-\xbf](.{8})", re.DOTALL)  # movabs reg, imm64
_FOUR = re.compile(  # mov dword [rbp/rsp/reg + disp], imm32
    rb"\xc7(?:\x44\x24.|\x84\x24....|[\x40-\x43\x45-\x47].|[\x80-\x83\x85-\x87]....)(.{4})",
    re.DOTALL,
)
_ONE = re.compile(  # mov byte [...], imm8
    rb"\xc6(?:\x44\x24.|\x84\x24....|[\x40-\x43\x45-\x47].|[\x80-\x83\x85-\x87]....)(.)",
    re.DOTALL,
)


def immediates(data: bytes) -> Iterator[bytes]:
    """Blobs: constants of 8, 4 and 1 bytes that an ELF or PE program moves, in their order."""
    if not data.startswith((b"\x7fELF", b"MZ")):
        return
    for pattern in (_EIGHT, _FOUR, _ONE):
        moved = b"".join(pattern.findall(data))
        if len(moved) >= MIN_MOVED:
            yield moved
