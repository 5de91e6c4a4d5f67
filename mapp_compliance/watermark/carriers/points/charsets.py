"""Sets of bytes that a keyed value may hold, by name or written out.

>>> charset("digits", avoid="01")
b'23456789'
>>> charset("ABCD", avoid="")
b'ABCD'
"""

import string

from mapp_compliance.errors import InvalidInput

_LETTERS = string.ascii_letters.encode()
_DIGITS = string.digits.encode()

CHARSETS = {
    "alnum": _LETTERS + _DIGITS,
    "alpha": _LETTERS,
    "lower": string.ascii_lowercase.encode(),
    "upper": string.ascii_uppercase.encode(),
    "digits": _DIGITS,
    "hex": b"0123456789abcdef",
    "base64": _LETTERS + _DIGITS + b"+/",
    "printable": bytes(range(0x20, 0x7F)),
    "bytes": bytes(range(256)),
}


def charset(given: str, avoid: str) -> bytes:
    """The allowed bytes in rising order: a named set or the characters as given, less ``avoid``.

    Raises:
        InvalidInput: a character above U+00FF, or fewer than two bytes are left.
    """
    allowed = CHARSETS.get(given) or _single_bytes(given, "charset")
    left = bytes(sorted(set(allowed) - set(_single_bytes(avoid, "avoid"))))
    if len(left) < 2:
        raise InvalidInput(
            "fewer than two bytes are left to choose from; allow more or avoid less", key="charset"
        )
    return left


def _single_bytes(text: str, key: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as err:
        raise InvalidInput(
            f"{key} holds a character that is not one byte; use characters up to U+00FF", key=key
        ) from err
