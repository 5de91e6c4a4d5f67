"""Dumps undone: what tools print of bytes, line by line, with offsets or addresses.

As in ``decoders``: a function for each way, bytes in, blobs out, none where it has nothing to say.

>>> list(octal_dump(b"0000000 110 145 154 154 157 041 041 041\\n0000010\\n"))
[b'Hello!!!']
>>> list(records(b":0800000048656C6C6F212121A1\\n"))
[b'Hello!!!']
"""

import re
from collections.abc import Iterator

MIN_DUMPED = 8  # bytes

_DUMP_LINE = re.compile(
    rb"^[ \t]*(?:0x)?[0-9a-fA-F]{4,16}:?[ \t]+"  # offset
    rb"((?:(?:[0-9a-fA-F]{2}){1,8}(?:[ \t]{1,2}|-|$)){1,32})",
    re.MULTILINE,
)
_WORD_LINE = re.compile(rb"^[0-9a-f]{6,8}((?: +[0-9a-f]{4}){1,8})[ \t]*\r?$", re.MULTILINE)
_OCTAL_LINE = re.compile(rb"^[0-7]{6,8}((?: +[0-3][0-7]{2}){1,32})[ \t]*\r?$", re.MULTILINE)
_OCTAL_WORDS = re.compile(rb"^[0-7]{6,8}((?: +[01][0-7]{5}){1,16})[ \t]*\r?$", re.MULTILINE)
_CELL_LINE = re.compile(
    rb"^[0-9a-f]{7}((?:   [ -~]|  \\[0abfnrtv]| [0-3][0-7]{2}){1,16})\r?$", re.MULTILINE
)
_CELLS = dict(
    zip((b"0", b"a", b"b", b"f", b"n", b"r", b"t", b"v"), b"\0\a\b\f\n\r\t\v", strict=True)
)
_INTEL = re.compile(rb"^:([0-9A-Fa-f]{2})[0-9A-Fa-f]{4}00((?:[0-9A-Fa-f]{2})+)\r?$", re.MULTILINE)
_MOTOROLA = re.compile(rb"^S([123])([0-9A-Fa-f]{2})((?:[0-9A-Fa-f]{2})+)\r?$", re.MULTILINE)


def hex_dump(data: bytes) -> Iterator[bytes]:
    """The middle column of a dump with offsets, as of xxd, hexdump -C and debuggers.

    No more than 16 bytes a line: the text column may look like hex as well.
    """
    columns = [re.sub(rb"[^0-9a-fA-F]", b"", line[1])[:32] for line in _DUMP_LINE.finditer(data)]
    yield from _long_enough(bytes.fromhex(b"".join(columns).decode()))


def word_dump(data: bytes) -> Iterator[bytes]:
    """Words of 16 bits with the lower byte first, as hexdump and od -x print them."""
    words = [word for line in _WORD_LINE.finditer(data) for word in line[1].split()]
    yield from _long_enough(b"".join(int(word, 16).to_bytes(2, "little") for word in words))


def octal_dump(data: bytes) -> Iterator[bytes]:
    """Bytes of od -b, or words of od by itself."""
    values = [value for line in _OCTAL_LINE.finditer(data) for value in line[1].split()]
    yield from _long_enough(bytes(int(value, 8) for value in values))
    words = [word for line in _OCTAL_WORDS.finditer(data) for word in line[1].split()]
    yield from _long_enough(b"".join(int(word, 8).to_bytes(2, "little") for word in words))


def character_dump(data: bytes) -> Iterator[bytes]:
    """Cells of od -c and hexdump -c: a character, an escape or three octal digits."""
    cells = [
        line[1][at + 1 : at + 4]
        for line in _CELL_LINE.finditer(data)
        for at in range(0, len(line[1]), 4)
    ]
    yield from _long_enough(bytes(map(_cell, cells)))


def records(data: bytes) -> Iterator[bytes]:
    """The data of Intel HEX and of Motorola S-records, addresses and checksums off."""
    intel = [
        bytes.fromhex(line[2].decode())[:-1]
        for line in _INTEL.finditer(data)
        if len(line[2]) == 2 * int(line[1], 16) + 2
    ]
    yield from _long_enough(b"".join(intel))
    motorola = [
        bytes.fromhex(line[3].decode())[int(line[1]) + 1 : -1]
        for line in _MOTOROLA.finditer(data)
        if len(line[3]) == 2 * int(line[2], 16)
    ]
    yield from _long_enough(b"".join(motorola))


def _cell(cell: bytes) -> int:
    text = cell[-1:] if cell[:2] == b"  " else cell.strip()
    if len(text) == 3:
        return int(text, 8)
    return _CELLS[text[1:]] if len(text) == 2 else text[0]


def _long_enough(dumped: bytes) -> Iterator[bytes]:
    if len(dumped) >= MIN_DUMPED:
        yield dumped
