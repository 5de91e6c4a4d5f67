"""Stand-ins that a template handles in place of keyed values.

Rules: a placeholder can be printed, given a writing filter, and, if it is a shuffled list, walked
through; whatever else a template does to it would let the text depend on a value that is not
there yet, and is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mapp_compliance.watermark.carriers.points import chained
from mapp_compliance.watermark.sites import Point, Slot

# The last characters of the last private-use plane: no font and no file format uses them.
START, END = "\U0010fffc", "\U0010fffd"
SENTINEL = re.compile(f"{START}([0-9]{{1,9}}){END}")


class Misuse(Exception):
    """The template asks what a value to come cannot give; the place is added later."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Placeholder:
    """One value to come, as it is to be written."""

    point: Point
    slot: Slot

    def written_by(self, encoder: str) -> "Placeholder":
        """The same value with one more encoder."""
        slot = replace(self.slot, encoder=chained(self.slot.encoder, encoder))
        return Placeholder(self.point, slot)


class ShuffledList(Placeholder):
    """A list to come: its items may be walked through, its length is known."""

    __slots__ = ()

    def __len__(self) -> int:
        return len(self.point.values)

    def __iter__(self) -> Iterator[Placeholder]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> Placeholder:
        if type(number) is not int or not 0 <= number < len(self):
            raise Misuse("a shuffled list has no such item; use a for loop")
        return Placeholder(self.point, Slot(self.point.name, item=number))


def _refuse(*_: object, **__: object) -> None:
    raise Misuse(
        "a keyed value can only be printed, with or without a writing filter such as pybytes; "
        "take the other operation out"
    )


for _operation in (
    *("str", "repr", "format", "bool", "len", "iter", "getitem", "contains", "call", "hash"),
    *("eq", "ne", "lt", "le", "gt", "ge", "int", "index", "float", "neg", "pos"),
):
    setattr(Placeholder, f"__{_operation}__", _refuse)


def is_keyed(value: object) -> bool:
    """True for a placeholder, a captured text that holds one, or a list or dict of such."""
    if isinstance(value, str):
        return START in value or END in value
    if isinstance(value, list | tuple):
        return any(is_keyed(item) for item in value)
    if isinstance(value, dict):
        return any(is_keyed(item) for item in value.values())
    return isinstance(value, Placeholder)
