"""Bytes written as numbers: in arrays, in calls, one by one, in any base.

As in ``decoders``: a function for each way, bytes in, blobs out, none where it has nothing to say.

>>> list(integers(b"int a[] = {0x41, 66, (byte)-61, 0x44, 69, 70, 71, 72};"))
[b'AB\\xc3DEFGH']
>>> list(decimal_escapes(rb'x = "\\072\\101\\108\\108\\111\\33\\33\\33"'))
[b'Hello!!!']
>>> list(scattered(b" ".join(b"%d" % byte for byte in b"sixteen bytes ok")))
[b'sixteen bytes ok']
"""

import re
from collections.abc import Iterator
from typing import Literal

MIN_RUN = 8  # bytes of a hex run, values of an array: shorter ones are in every source file
MIN_SCATTERED = 16  # bytes that stand apart from each other

_VALUE = (
    rb"(?:-?[0-9]{1,3}|(?:0[xX]|&H)[0-9a-fA-F]{1,2}|0[bB][01]{1,8}|0[oO][0-7]{1,3})(?:u8|[uU])?\b"
)
_CAST = (
    rb"(?:\(\s*(?:unsigned |signed )?(?:byte|sbyte|char|u?int8_t)\s*\)\s*"
    rb"|\[(?:byte|char)\]\s*|[cC]hr[WB]?\$?\(\s*)?"
)
_ITEM = _CAST + rb"(?<![\w.])" + _VALUE + rb"(?:\s{0,40}\))?"
_ARRAY = re.compile(_ITEM + rb"(?:\s{0,40}[,;+.&]\s{0,40}(?:_\s{0,40})?" + _ITEM + rb"){7,}")
_NUMBER = re.compile(
    rb"(-?)(?<![\w.])(?:(?:0[xX]|&H)([0-9a-fA-F]{1,2})|0[bB]([01]{1,8})|0[oO]([0-7]{1,3})|([0-9]{1,3}))"
)
_WIDE_VALUE = rb"(?<![\w.])(?:0[xX]|&H)[0-9a-fA-F]{3,16}(?:[uU]?[lL]{0,2}|u16|u32|u64)\b"
_WIDE_ARRAY = re.compile(_WIDE_VALUE + rb"(?:\s{0,40},\s{0,40}" + _WIDE_VALUE + rb"){3,}")
_WIDE_NUMBER = re.compile(rb"(?:0[xX]|&H)([0-9a-fA-F]{3,16})")
_HEX_VALUE = re.compile(rb"(?<![\w.])0[xX]([0-9a-fA-F]{1,2})\b")
_HEX_WORD = re.compile(rb"(?<![\w.])0[xX]([0-9a-fA-F]{8}|[0-9a-fA-F]{16})(?![\w:])")
_ASSIGNED = re.compile(rb"[^=!<>]=[ \t]*([0-9]{1,3})[ \t]*(?:;|\r?\n)")
_SUFFIXED = re.compile(rb"(?<![\w.])(?:0?[0-9a-fA-F]{2}[hH]|\$[0-9a-fA-F]{2})\b")
_DECIMALS = re.compile(rb"(?<![\w.,-])(?:[0-9]{1,3}[ \t\r\n]{1,4}){15,}[0-9]{1,3}(?![\w.,])")
_TABLE_LINE = re.compile(
    rb"^[ \t]*(?:[0-9]{1,3}[ \t]*[,;][ \t]*){1,64}(?:[0-9]{1,3}[ \t]*)?\r?$", re.MULTILINE
)
_DECIMAL_ESCAPES = re.compile(rb"(?:\\[0-9]{1,3}(?:\\z\s*|\\\r?\n)?){8,}")
_BITS = re.compile(rb"(?<![01])(?:[01]{8}[\s,]{0,3}){8,}(?![01])")
_ORDERS: tuple[Literal["little", "big"], ...] = ("little", "big")
_BASES = (16, 2, 8, 10)  # of the groups of _NUMBER


def integers(data: bytes) -> Iterator[bytes]:
    """Blobs: lists of byte values in decimal or hex, signed, with casts, or chr() calls."""
    for run in _ARRAY.finditer(data):
        values = bytearray()
        for sign, *digits in _NUMBER.findall(run[0]):
            value = next(int(each, base) for each, base in zip(digits, _BASES, strict=True) if each)
            value = -value if sign else value
            if not -128 <= value <= 255:
                if len(values) >= MIN_RUN:
                    yield bytes(values)
                values.clear()
                continue
            values.append(value & 0xFF)
        if len(values) >= MIN_RUN:
            yield bytes(values)


def wide_integers(data: bytes) -> Iterator[bytes]:
    """Blobs: hex lists of 16, 32 or 64 bits a value, in both orders of their bytes."""
    for run in _WIDE_ARRAY.finditer(data):
        digits = _WIDE_NUMBER.findall(run[0])
        width = next(size for size in (2, 4, 8) if max(map(len, digits)) <= 2 * size)
        for order in _ORDERS:
            yield b"".join(int(each, 16).to_bytes(width, order) for each in digits)


def hex_values(data: bytes) -> Iterator[bytes]:
    """Blob: all hex numbers of one byte in their order, whatever stands between them."""
    values = bytes(int(each, 16) for each in _HEX_VALUE.findall(data))
    if len(values) >= MIN_SCATTERED:
        yield values


def hex_words(data: bytes) -> Iterator[bytes]:
    """Blobs: all hex numbers of 4 bytes, then of 8, in both orders of their bytes; no addresses."""
    words = _HEX_WORD.findall(data)
    for width in (4, 8):
        own = [int(each, 16) for each in words if len(each) == 2 * width]
        if len(own) * width >= MIN_SCATTERED:
            for order in _ORDERS:
                yield b"".join(each.to_bytes(width, order) for each in own)


def scattered(data: bytes) -> Iterator[bytes]:
    """Blobs: decimal bytes that are assigned one by one, or stand apart by white space alone."""
    assigned = [int(each) for each in _ASSIGNED.findall(data)]
    if len(assigned) >= MIN_SCATTERED and max(assigned) < 256:
        yield bytes(assigned)
    for run in _DECIMALS.finditer(data):
        values = [int(each) for each in run[0].split()]
        if max(values) < 256:
            yield bytes(values)


def tables(data: bytes) -> Iterator[bytes]:
    """Blob: decimal bytes in lines of a table, a comma or semicolon between them, no brackets."""
    lines = _TABLE_LINE.findall(data)
    values = [int(each) for line in lines for each in re.findall(rb"[0-9]+", line)]
    if len(values) >= MIN_SCATTERED and max(values) < 256:
        yield bytes(values)


def decimal_escapes(data: bytes) -> Iterator[bytes]:
    r"""Blobs: ``\065\066``, which Lua and BIND read as decimal and others as octal."""
    for run in _DECIMAL_ESCAPES.finditer(data):
        values = [int(each) for each in re.findall(rb"[0-9]+", run[0])]
        if max(values) < 256:
            yield bytes(values)


def assembler(data: bytes) -> Iterator[bytes]:
    """Blob: hex bytes as assemblers and Pascal write them, ``41h`` and ``$41``."""
    values = [int(each.strip(b"hH$"), 16) for each in _SUFFIXED.findall(data)]
    if len(values) >= MIN_SCATTERED:
        yield bytes(values)


def bits(data: bytes) -> Iterator[bytes]:
    """Blobs: bytes in digits 0 and 1."""
    for run in _BITS.finditer(data):
        digits = re.sub(rb"[^01]", b"", run[0])
        yield int(digits, 2).to_bytes(len(digits) // 8, "big")
