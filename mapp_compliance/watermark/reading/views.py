"""The ways a part's bytes are looked at: as they are, backwards, every second or fourth byte.

Parts come unwrapped and decoded from intake. What is left to the reader are views that cost no
parsing: text in UTF-16 and numbers stored in two or four bytes show their payload at every
second or fourth byte. A view remembers where its bytes stand in the part.

>>> view = View(b"abc", "a.bin", base=10, step=-1)
>>> view.origin(2)
8
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mapp_compliance.values import MIB

MAX_PART_BYTES = 8 * MIB  # a longer part is read up to here, and the method id says so
ZERO_SHARE = 8  # wide views are searched when at least one byte in eight is zero
WIDTHS = (2, 4)  # UTF-16 and 16-bit arrays; UTF-32 and 32-bit arrays


class Part(Protocol):
    """One unwrapped piece of a sample."""

    @property
    def data(self) -> bytes:
        """The bytes of the piece."""

    @property
    def derivation(self) -> str:
        """How it came out of the sample, such as ``poc.js > array``."""


@dataclass(frozen=True, slots=True)
class View:
    """Bytes to read with their place in the part: byte ``i`` stands at ``base + step * i``."""

    data: bytes
    derivation: str
    base: int = 0
    step: int = 1
    letters_only: bool = False  # nothing but letter runs is looked for

    def origin(self, offset: int) -> int:
        """Where a byte of the view stands in the part."""
        return self.base + self.step * offset

    def opened(self, key: bytes, start: int, low: int, high: int) -> "View":
        """The bytes from low to high with a repeating XOR key taken off.

        Args:
            start: where the key's first byte stands, or would stand.
        """
        low = max(low, 0)
        piece = np.frombuffer(self.data[low:high], dtype=np.uint8)
        turn = (np.arange(low - start, low - start + len(piece))) % len(key)
        plain = (piece ^ np.frombuffer(key, dtype=np.uint8)[turn]).tobytes()
        return View(plain, self.derivation + key_name(key), self.origin(low), self.step)


def key_name(key: bytes) -> str:
    """What a derivation says of a key; nothing of none."""
    return f" > xor 0x{key.hex()}" if key else ""


def views(part: Part) -> Iterator[View]:
    """The views of the first MAX_PART_BYTES of a part; none for an empty one."""
    data = bytes(part.data[:MAX_PART_BYTES])
    if not data:
        return
    name = part.derivation
    yield View(data, name)
    yield View(data[::-1], f"{name} > reversed", len(data) - 1, -1, letters_only=True)
    if data.count(0) * ZERO_SHARE < len(data):
        return
    for width in WIDTHS:
        for phase in range(min(width, len(data))):
            yield View(data[phase::width], f"{name} > every {width} from {phase}", phase, width)
