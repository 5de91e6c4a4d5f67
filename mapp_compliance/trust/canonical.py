"""One byte form for each value: canonical JSON (RFC 8785) and canonical base64 (RFC 4648).

Everything that is hashed or signed passes here, so that equal values have equal bytes and bytes
have one reading. Floats are refused: their text depends on an algorithm nobody checks by hand.
Whole numbers beyond 2^53 - 1 are refused too, as other readers of JSON would round them; write
them as text.

>>> canonical({"b": [1, None, True], "a": "é\\n"})
b'{"a":"\\xc3\\xa9\\\\n","b":[1,null,true]}'
>>> parse_canonical(b'{"a":1}')
{'a': 1}
>>> parse_base64(base64_text(b"mapp"))
b'mapp'
"""

import binascii
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from mapp_compliance.trust.errors import Malformed

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"

MAX_EXACT_INT = 2**53 - 1  # greatest whole number that every JSON reader keeps (RFC 7493)
MAX_DEPTH = 64  # nested lists and objects; our deepest record has 6
# Tuples, since a union of types is built anew at every look; a dict comes before the slow Mapping.
_PLAIN = (str, bool)
_ROW = (list, tuple)
_TABLE = (dict, Mapping)
_AS_GIVEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
_SORTING = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False, sort_keys=True
)
_ATOMS = frozenset({str, bool, type(None)})


def canonical(value: Json) -> bytes:
    """The RFC 8785 bytes of a value of text, whole numbers, bools, None, lists and dicts.

    Raises:
        Malformed: a float, another type, a whole number beyond 2^53 - 1, a lone surrogate, or
            more than 64 levels.
    """
    try:
        if _is_plain(value, MAX_DEPTH):
            return _SORTING.encode(value).encode()
        return _AS_GIVEN.encode(_ordered(value, MAX_DEPTH)).encode()
    except UnicodeEncodeError as err:
        raise Malformed("the text holds half a surrogate pair; give whole characters") from err


def parse_canonical(data: bytes) -> Json:
    """The value whose canonical form is exactly these bytes.

    Raises:
        Malformed: not JSON, or JSON in any other spelling.
    """
    try:
        value: Json = json.loads(data.decode())
    except (ValueError, RecursionError) as err:
        raise Malformed("these bytes are not JSON; hand in the record as it was written") from err
    if canonical(value) != data:
        raise Malformed(
            "this JSON is not in canonical form; hand in the bytes as written, unedited"
        )
    return value


def base64_text(data: bytes) -> str:
    """Standard base64 with padding."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def parse_base64(text: str) -> bytes:
    """The bytes whose standard base64 is exactly this text.

    Raises:
        Malformed: another alphabet, missing padding, white space or stray last bits.
    """
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError as err:
        raise Malformed("a base64 field cannot be read; hand in the bytes as written") from err
    if base64_text(data) != text:
        raise Malformed("a base64 field is not in canonical form; hand in the bytes as written")
    return data


def _is_plain(value: object, depth: int) -> bool:
    """Whether the encoder's own order of keys is that of RFC 8785, and nothing is to be refused.

    So it is for nearly all that is hashed, and then nothing is copied for the sake of the order.
    False says only that `_ordered` must look.
    """
    level: list[object] = [value]
    for left in range(depth, -1, -1):
        below: list[object] = []
        for item in level:
            kind = type(item)
            if kind in _ATOMS:
                continue
            if kind is int:
                if abs(item) > MAX_EXACT_INT:  # type: ignore[arg-type]  # an int
                    return False
            elif left == 0:
                return False
            elif kind is dict:
                try:
                    if not "".join(item).isascii():  # type: ignore[arg-type]  # else it raises
                        return False
                except TypeError:
                    return False
                below += item.values()  # type: ignore[attr-defined]  # a dict
            elif kind is list or kind is tuple:
                below += item  # type: ignore[arg-type]  # a list or tuple
            else:
                return False
        if not below:
            return True
        level = below
    return False


def _ordered(value: object, depth: int) -> object:
    """The same value with keys in the order of RFC 8785, or Malformed."""
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, int):
        if abs(value) > MAX_EXACT_INT:
            raise Malformed("a whole number beyond 2^53 - 1 is not exact in JSON; write it as text")
        return value
    if depth == 0:
        raise Malformed(f"the value is nested deeper than {MAX_DEPTH} levels; make it flatter")
    if isinstance(value, _ROW):
        return [item if type(item) is str else _ordered(item, depth - 1) for item in value]
    if isinstance(value, _TABLE):
        rows = [(key, value[key]) for key in _ordered_keys(value)]
        return {key: item if type(item) is str else _ordered(item, depth - 1) for key, item in rows}
    raise Malformed(
        f"a {type(value).__name__} has no canonical form; use text, whole numbers, bools, None, "
        "lists and dicts"
    )


def _ordered_keys(value: Mapping[object, object]) -> list[object]:
    """Keys in the order of RFC 8785; for ASCII text that is the order of Python."""
    try:
        if "".join(value).isascii():  # type: ignore[arg-type]  # else it raises
            return sorted(value)  # type: ignore[type-var]  # text, all of it
    except TypeError:
        pass
    return sorted(value, key=_key_order)


def _key_order(key: object) -> bytes:
    """RFC 8785 section 3.2.3 orders keys by UTF-16 code units, not by code points."""
    if not isinstance(key, str):
        raise Malformed(f"a key of type {type(key).__name__} has no canonical form; use text")
    return key.encode("utf-16-be", "surrogatepass")
