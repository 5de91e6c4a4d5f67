"""Values that follow from others: checksums and lengths, computed once a copy's values are known.

Rules: a computed point carries no mark and has no site; it covers literal bytes and the values of
other points, as they are written there, and never itself. A checksum is its bytes, the most
significant first unless ``/little``; a length is decimal text, or so many bytes.

>>> fill = Slot("fill")
>>> crc = Point("crc", PointKind.COMPUTED, form="crc32", over=(b"head", fill))
>>> settled((crc,), {"fill": b"AAAA"})["crc"].hex()
'aaf1ddba'
>>> size = Point("size", PointKind.COMPUTED, form="length/2", over=(b"head", fill))
>>> settled((size,), {"fill": b"AAAA"})["size"]
b'\\x00\\x08'
"""

import binascii
import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown
from mapp_compliance.watermark.carriers.points.encoders import encode
from mapp_compliance.watermark.carriers.points.values import Value
from mapp_compliance.watermark.sites import Layout, Point, PointKind, Slot

WIDTHS = (1, 2, 4, 8)  # bytes of a length
_ORDERS: dict[str, Literal["little", "big"]] = {"little": "little", "big": "big"}


def _internet(data: bytes) -> int:
    """The checksum of IP, UDP and TCP (RFC 1071)."""
    even = data + bytes(len(data) % 2)
    total = sum(int.from_bytes(even[at : at + 2], "big") for at in range(0, len(even), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def _xor(data: bytes) -> int:
    result = 0
    for byte in data:
        result ^= byte
    return result


# Name -> (bytes, number) of a checksum; digests have one order only.
_SUMS: dict[str, tuple[int, Callable[[bytes], int]]] = {
    "crc32": (4, zlib.crc32),
    "adler32": (4, zlib.adler32),
    "crc16": (2, lambda data: binascii.crc_hqx(data, 0)),
    "inet": (2, _internet),
    "sum16": (2, lambda data: sum(data) & 0xFFFF),
    "sum8": (1, lambda data: sum(data) & 0xFF),
    "xor8": (1, _xor),
}
_DIGESTS = ("md5", "sha1", "sha256")
ALGORITHMS = (*_SUMS, *_DIGESTS)


def form_of(algorithm: str, order: str = "big", width: int = 0) -> str:
    """The form of a computed point, checked.

    Args:
        algorithm: one of ALGORITHMS, or ``length``.
        order: of the bytes of a number, ``big`` or ``little``.
        width: of a length in bytes; 0 writes it as decimal text.
    Raises:
        InvalidInput: no such algorithm, order or width.
    """
    if order not in _ORDERS:
        raise InvalidInput("the order is 'big' or 'little'; use one of them", key="order")
    if algorithm == "length":
        if width and width not in WIDTHS:
            raise InvalidInput("a length has 1, 2, 4 or 8 bytes; use one of these", key="width")
        parts = ("length", str(width)) if width else ("length",)
    elif algorithm in ALGORITHMS:
        parts = (algorithm,)
    else:
        raise InvalidInput(f"no such checksum; use one of {', '.join(ALGORITHMS)}", key="algorithm")
    return "/".join((*parts, "little")) if order == "little" else "/".join(parts)


def settled(points: Iterable[Point], values: Mapping[str, Value]) -> dict[str, Value]:
    """The values with those of all computed points.

    Raises:
        InvalidInput: a computed point covers itself or a point that does not exist.
    """
    known = dict(values)
    waiting = {point.name: point for point in points if point.kind is PointKind.COMPUTED}
    while waiting:
        ready = [
            point for point in waiting.values() if all(name in known for name in _covered(point))
        ]
        if not ready:
            names = ", ".join(shown(name) for name in sorted(waiting))
            raise InvalidInput(
                f"{names}: what it covers holds itself or a name that is not declared; take that "
                "out of 'over'"
            )
        for point in ready:
            known[point.name] = _computed(point, known)
            del waiting[point.name]
    return known


def check_computed(layout: Layout) -> None:
    """Checks that what stands in the originals is what follows from their other values.

    Raises:
        InvalidInput: it is not, a point covers itself, or it covers what stands nowhere.
    """
    authored: dict[str, Value] = {
        point.name: point.values if point.kind is PointKind.SHUFFLE else point.original
        for point in layout.points
        if point.kind is not PointKind.COMPUTED
    }
    values = settled(layout.points, authored)
    standing = {name for file in layout.files for name in file.points()}
    for point in layout.points:
        for name in _covered(point):
            if name not in standing:
                raise InvalidInput(
                    f"{shown(point.name)!r} covers {shown(name)!r}, which stands in no file; "
                    "print that value as well, or take it out of 'over'"
                )
    for point in layout.points:
        if point.kind is PointKind.COMPUTED and point.original not in {b"", values[point.name]}:
            raise InvalidInput(
                f"what stands at {shown(point.name)!r} is not the {point.form} of what it covers; "
                "mend the file, or 'over' and 'order' of the mark"
            )


def _covered(point: Point) -> list[str]:
    return [piece.point for piece in point.over if isinstance(piece, Slot)]


def _computed(point: Point, values: Mapping[str, Value]) -> bytes:
    data = b"".join(
        piece if isinstance(piece, bytes) else _written(piece, values[piece.point])
        for piece in point.over
    )
    name, *rest = point.form.split("/")
    order = "little" if "little" in rest else "big"
    if name in _DIGESTS:
        return hashlib.new(name, data, usedforsecurity=False).digest()
    if name in _SUMS:
        size, total = _SUMS[name]
        return total(data).to_bytes(size, _ORDERS[order])
    widths = [int(each) for each in rest if each != "little"]
    if not widths:
        return b"%d" % len(data)
    if len(data) >= 256 ** widths[0]:
        raise InvalidInput(f"{shown(point.name)!r} is too short for that length; widen it")
    return len(data).to_bytes(widths[0], _ORDERS[order])


def _written(slot: Slot, value: Value) -> bytes:
    if slot.item is not None and isinstance(value, tuple):
        return encode(slot.encoder, value[slot.item])
    return encode(slot.encoder, value)
