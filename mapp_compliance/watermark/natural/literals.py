"""Whole numbers in two bases, and fragments that begin within a comment.

>>> in_bases(b"4096", 2**31), in_bases(b"0x1F", 2**31), in_bases(b"010", 2**31)
((4096, 0, (b'4096', b'0x1000')), (31, 1, (b'31', b'0x1F')), None)
>>> list(within_comment(b"so */ x")), list(within_comment(b"/* so */ x"))
([b'/*'], [])
"""

import re
from collections.abc import Iterator

LEAST_NUMBER = 10  # smaller numbers read alike in both bases
_NUMBER = re.compile(rb"(0[xX][0-9a-fA-F]+)|[1-9][0-9]*")


def in_bases(text: bytes, end: int) -> tuple[int, int, tuple[bytes, bytes]] | None:
    """(value, 1 when written in hexadecimal, both texts) of a number below ``end``.

    None for what has but one spelling here: small ones, other bases, suffixes, separators.
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    is_hex = found[1] is not None
    value = int(text, 16 if is_hex else 10)
    if not LEAST_NUMBER <= value < end:
        return None
    texts = (b"%d" % value, text) if is_hex else (text, b"0x%x" % value)
    return value, int(is_hex), texts


def within_comment(data: bytes) -> Iterator[bytes]:
    """What opened a comment of C that ends in a fragment and does not begin there."""
    end, start = data.find(b"*/"), data.find(b"/*")
    if end >= 0 and (start < 0 or end < start):
        yield b"/*"
