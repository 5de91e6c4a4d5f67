"""How a value is written where it stands: plain functions from bytes to bytes, by name.

Rules: an encoder writes every value, so a copy never fails for the letters it got; a chain such
as ``hex|pystr`` is applied from left to right. Texts are taken as UTF-8.

>>> encode("cstr", b'a"b')
b'"a\\\\"b"'
>>> encode("hex|pystr", b"AB")
b"'4142'"
>>> encode("pylist", (b"x", b"y"))
b"['x', 'y']"
"""

import json
from collections.abc import Callable

from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark.carriers.points.values import Value

RAW = "raw"


def encode(chain: str, value: Value) -> bytes:
    """The value as written in the file.

    Raises:
        InvalidInput: an unknown encoder, or a list handed to an encoder of single values.
    """
    for name in [] if chain == RAW else chain.split("|"):
        value = _encode_one(name, value)
    if isinstance(value, tuple):
        raise InvalidInput("a shuffled list is written with pylist or jsarray; add one of them")
    return value


def chained(chain: str, name: str) -> str:
    """The chain with one more encoder at its end."""
    return name if chain == RAW else f"{chain}|{name}"


def _encode_one(name: str, value: Value) -> bytes:
    if isinstance(value, tuple) and name in LIST_ENCODERS:
        return LIST_ENCODERS[name](value)
    if isinstance(value, bytes) and name in ENCODERS:
        return ENCODERS[name](value)
    raise InvalidInput(f"{name} does not write this value; use another filter")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _pybytes(value: bytes) -> bytes:
    return repr(value).encode()


def _pystr(value: bytes) -> bytes:
    return ascii(_text(value)).encode()


def _jsstr(value: bytes) -> bytes:
    return json.dumps(_text(value)).encode()


def _cstr(value: bytes) -> bytes:
    """Octal escapes have a fixed length, so a digit may follow; ``?`` could begin a trigraph."""
    plain = set(range(0x20, 0x7F)) - set(b'"\\?')
    return b'"%s"' % b"".join(
        bytes([byte])
        if byte in plain
        else (b"\\" + bytes([byte]) if byte in b'"\\?' else b"\\%03o" % byte)
        for byte in value
    )


def _numbers(value: bytes) -> bytes:
    return ", ".join(f"0x{byte:02x}" for byte in value).encode()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "pybytes": _pybytes,
    "pystr": _pystr,
    "pylist": lambda value: b"[%s]" % ", ".join(map(str, value)).encode(),
    "cstr": _cstr,
    "carray": lambda value: b"{%s}" % _numbers(value),
    "hex": lambda value: value.hex().encode(),
    "chex": lambda value: "".join(f"\\x{byte:02x}" for byte in value).encode(),
    "psbytes": lambda value: b"[byte[]](%s)" % _numbers(value),
    "jsarray": lambda value: b"[%s]" % _numbers(value),
    "jsstr": _jsstr,
}
LIST_ENCODERS: dict[str, Callable[[tuple[bytes, ...]], bytes]] = {
    "pylist": lambda items: b"[%s]" % b", ".join(map(_pystr, items)),
    "jsarray": lambda items: b"[%s]" % b", ".join(map(_jsstr, items)),
}
FILTERS = tuple(ENCODERS)
