"""How a value is written where it stands: plain functions from bytes to bytes, by name.

Rules: an encoder writes every value, so a copy never fails for the letters it got; a chain such
as ``hex|pystr`` is applied from left to right. Texts are taken as UTF-8.

>>> encode("cstr", b'a"b')
b'"a\\\\"b"'
>>> encode("hex|pystr", b"AB")
b"'4142'"
>>> decode("hex", b"4142"), decode("hex", b"41 42")
(b'AB', None)
>>> encode("pylist", (b"x", b"y"))
b"['x', 'y']"
"""

import ast
import base64
import json
import re
from collections.abc import Callable
from urllib.parse import quote_from_bytes, unquote_to_bytes

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


def decode(chain: str, text: bytes) -> bytes | None:
    """The value that the encoders write as that text; None when they write no value so."""
    value = text
    try:
        for name in [] if chain == RAW else reversed(chain.split("|")):
            value = DECODERS[name](value)
    except (KeyError, ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None
    return value if encode(chain, value) == text else None


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


def _psstr(value: bytes) -> bytes:
    """Single quotes, in which only the quote itself is doubled; else double with [char] calls."""
    if all(0x20 <= byte < 0x7F for byte in value):
        return b"'%s'" % value.replace(b"'", b"''")
    plain = set(range(0x20, 0x7F)) - set(b'"`$')
    return b'"%s"' % b"".join(
        bytes([byte]) if byte in plain else b"$([char]%d)" % byte for byte in value
    )


def _shstr(value: bytes) -> bytes:
    """Single quotes while nothing needs an escape, else the ``$'...'`` of bash."""
    if all(0x20 <= byte < 0x7F and byte != 0x27 for byte in value):
        return b"'%s'" % value
    plain = set(range(0x20, 0x7F)) - set(b"'\\")
    return b"$'%s'" % b"".join(
        bytes([byte]) if byte in plain else b"\\%03o" % byte for byte in value
    )


def _inner(text: bytes) -> bytes:
    """What stands between two quotes, nothing escaped: others fail to be written the same."""
    return text[1:-1]


def _bytes_of_numbers(text: bytes) -> bytes:
    return bytes(int(each, 0) for each in re.findall(r"0x[0-9a-f]{2}|[0-9]{1,3}", text.decode()))


def _literal(text: bytes) -> bytes:
    value = ast.literal_eval(text.decode())
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "pybytes": _pybytes,
    "pystr": _pystr,
    "pylist": lambda value: b"[%s]" % ", ".join(map(str, value)).encode(),
    "cstr": _cstr,
    "carray": lambda value: b"{%s}" % _numbers(value),
    "hex": lambda value: value.hex().encode(),
    "hexupper": lambda value: value.hex().upper().encode(),
    "base64": base64.b64encode,
    "percent": lambda value: quote_from_bytes(value, safe="").encode(),
    "psstr": _psstr,
    "shstr": _shstr,
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
DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "pybytes": _literal,
    "pystr": _literal,
    "pylist": _bytes_of_numbers,
    "cstr": _inner,
    "carray": _bytes_of_numbers,
    "hex": lambda text: bytes.fromhex(text.decode()),
    "hexupper": lambda text: bytes.fromhex(text.decode()),
    "base64": lambda text: base64.b64decode(text, validate=True),
    "percent": unquote_to_bytes,
    "psstr": _inner,
    "shstr": _inner,
    "chex": lambda text: bytes.fromhex(text.decode().replace("\\x", "")),
    "psbytes": lambda text: _bytes_of_numbers(text.removeprefix(b"[byte[]]")),
    "jsarray": _bytes_of_numbers,
    "jsstr": lambda text: str(json.loads(text)).encode("utf-8", "surrogateescape"),
}
