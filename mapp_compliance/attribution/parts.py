"""Parts: the pieces of a sample, each with the way it was got at.

A sample is unwrapped once; identification and reading work on the same parts. A *derivation* is
a label for people: ``!/`` enters a container, `` > `` names a decoding. It is never a path.

The wire form crosses a process border: one JSON document a line, a head line first, so that
neither side has to hold a second whole copy.

>>> raw = Part(b"print(1)", "leak.zip!/a.py")
>>> parts_from_json(parts_to_json(Unwrapped((raw,), ("truncated: depth",)))).parts[0] == raw
True
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from mapp_compliance.attribution.lexer import Words
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown

FORMAT = "mapp-parts/1"
MAX_LABEL_CHARS = 200  # of one name; longer ones are a nuisance in every report
MAX_DERIVATION_CHARS = 16 * MAX_LABEL_CHARS  # six containers and two decodings fit well


@dataclass(frozen=True, slots=True)
class Part:
    """One unwrapped piece of a sample."""

    data: bytes
    derivation: str  # such as "leak.zip!/a/b.py > base64"
    words: Words | None = field(default=None, compare=False, repr=False)  # cut where it was decoded

    def member(self, name: str, data: bytes) -> "Part":
        """The part found under a name inside this container."""
        return Part(data, f"{self.derivation}!/{label(name)}")

    def view(self, how: str, data: bytes) -> "Part":
        """The part got by decoding this one."""
        return Part(data, f"{self.derivation} > {how}")


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """Parts, outermost first, with what could not be read.

    Each note is one plain sentence; those of a budget begin with ``truncated:``.
    """

    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()


def label(name: str) -> str:
    """The name as one short visible line; it is only ever shown."""
    seen = shown(name[: MAX_LABEL_CHARS + 1])
    return seen if len(seen) <= MAX_LABEL_CHARS else seen[: MAX_LABEL_CHARS - 1] + "…"


def distinct(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts without later ones of equal bytes."""
    first: dict[bytes, Part] = {}
    for part in parts:
        first.setdefault(hashlib.sha256(part.data).digest(), part)
    return tuple(first.values())


def _as_it_is(part: Part) -> Part:
    return part


def parts_to_json(unwrapped: Unwrapped) -> bytes:
    """The wire form: a head line, then one line for each part."""
    return b"".join(parts_in_lines(unwrapped))


def parts_in_lines(
    unwrapped: Unwrapped, prepared: Callable[[Part], Part] = _as_it_is
) -> Iterator[bytes]:
    """The wire form in pieces, so that a child with little memory can write as it goes.

    Args:
        prepared: what is done to each part when its turn comes.
    """
    head = {"format": FORMAT, "parts": len(unwrapped.parts), "notes": list(unwrapped.notes)}
    yield json.dumps(head).encode()
    for part in map(prepared, unwrapped.parts):
        derivation = json.dumps(part.derivation).encode()
        data = base64.b64encode(part.data)
        words = b"" if part.words is None else b', "words": %b' % _words_json(part.words)
        yield b'\n{"derivation": %b, "data": "%b"%b}' % (derivation, data, words)


def parts_from_json(data: bytes) -> Unwrapped:
    """The parts from their wire form.

    Raises:
        InvalidInput: it is anything else than what ``parts_to_json`` writes.
    """
    lines = data.split(b"\n")
    head = _object(lines[0], {"format": str, "parts": int, "notes": list})
    notes = head["notes"]
    if head["format"] != FORMAT or head["parts"] != len(lines) - 1:
        raise _nonsense("the head line does not fit the rest")
    if not isinstance(notes, list) or not all(isinstance(note, str) for note in notes):
        raise _nonsense("a note is no text")
    return Unwrapped(tuple(_part(line) for line in lines[1:]), tuple(notes))


def _words_json(words: Words) -> bytes:
    order = base64.b64encode(words.order.astype("<u4").tobytes()).decode()
    return json.dumps([order, *(word.decode("latin-1") for word in words.known)]).encode()


def _words(fields: object) -> Words | None:
    """The words beside a part: their order, then each different one, a character a byte."""
    if fields is None:
        return None
    if not isinstance(fields, list) or not all(isinstance(item, str) for item in fields):
        raise _nonsense("the words of a part are no list of texts")
    try:
        order = np.frombuffer(base64.b64decode(fields[0], validate=True), "<u4")
        known = tuple(word.encode("latin-1") for word in fields[1:])
    except (IndexError, ValueError) as err:
        raise _nonsense("the words of a part cannot be read") from err
    if len(order) and int(order.max()) >= len(known):
        raise _nonsense("the words of a part name one that is not there")
    return Words(known, order)


def _part(line: bytes) -> Part:
    fields = _object(line, {"derivation": str, "data": str}, {"words": list})
    derivation = str(fields["derivation"])
    if len(derivation) > MAX_DERIVATION_CHARS or shown(derivation) != derivation:
        raise _nonsense("a derivation is too long or holds control characters")
    try:
        data = base64.b64decode(str(fields["data"]), validate=True)
    except (binascii.Error, ValueError) as err:
        raise _nonsense("the bytes of a part are not base64") from err
    return Part(data, derivation, _words(fields.get("words")))


def _object(
    line: bytes, shape: dict[str, type], more: Mapping[str, type] = MappingProxyType({})
) -> dict[str, object]:
    """The fields of a line: all of ``shape``, and any of ``more``."""
    try:
        fields = json.loads(line.decode())  # as text: from bytes it would guess UTF-16 as well
    except (ValueError, RecursionError) as err:
        raise _nonsense("a line is not JSON") from err
    kinds = {**shape, **more}
    if not isinstance(fields, dict) or not shape.keys() <= fields.keys() <= kinds.keys():
        raise _nonsense("a line has other fields")
    if any(type(value) is not kinds[name] for name, value in fields.items()):
        raise _nonsense("a field has another type")
    return fields


def _nonsense(why: str) -> InvalidInput:
    return InvalidInput(f"this is no list of parts: {why}; submit the sample again")
