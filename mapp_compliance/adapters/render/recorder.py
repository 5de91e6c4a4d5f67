"""The functions that a template calls: they declare points and hand out placeholders.

Rules: one recorder for one template; the same name again must declare the same point; without a
name a point is called after the file, its kind and its number there.

>>> recorder = Recorder("request.txt")
>>> recorder.filler(8, name="fill").slot, recorder.integer(1, 9).slot
(Slot(point='fill', encoder='raw', item=None), Slot(point='request.txt:integer1', ...))
"""

from collections.abc import Callable
from datetime import datetime

from mapp_compliance.adapters.render.placeholders import (
    END,
    START,
    Misuse,
    Placeholder,
    ShuffledList,
    is_keyed,
)
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import checked_id
from mapp_compliance.watermark.carrier import join_points
from mapp_compliance.watermark.carriers.points import declare, encode, form_of
from mapp_compliance.watermark.sites import Point, PointKind, Slot


class Recorder:
    """Points and slots of one template while it renders."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.points: dict[str, Point] = {}
        self.slots: list[Slot] = []
        self.used: set[str] = set()  # points that something is computed over
        self._unnamed: dict[str, int] = {}

    def functions(self) -> dict[str, Callable[..., object]]:
        """What a template may call, by name."""
        return {
            "filler": self.filler,
            "nonce": self.nonce,
            "name": self.name,
            "integer": self.integer,
            "timestamp": self.timestamp,
            "choice": self.choice,
            "shuffle": self.shuffle,
            "variant": self.variant,
            "checksum": self.checksum,
            "length": self.length,
        }

    def print(self, value: object) -> object:
        """What is printed for a value: for a placeholder the sentinel of a new slot."""
        if not isinstance(value, Placeholder):
            return value
        _check_writing(value)
        self.slots.append(value.slot)
        return f"{START}{len(self.slots) - 1}{END}"

    def filler(
        self,
        length: object,
        charset: object = "alnum",
        avoid: object = "",
        name: object = None,
        group: object = "",
    ) -> Placeholder:
        """Payload bytes of a charset."""
        own = self._own_name("filler", name)
        point = declare.filler(own, _whole(length), _text(charset), _text(avoid))
        return self._hand_out(declare.in_group(point, _text(group)))

    def nonce(
        self, length: object, charset: object = "alnum", avoid: object = "", name: object = None
    ) -> Placeholder:
        """A keyed value of a charset."""
        own = self._own_name("nonce", name)
        return self._hand_out(declare.nonce(own, _whole(length), _text(charset), _text(avoid)))

    def name(
        self,
        prefix: object,
        length: object = declare.KEYED_NAME_BYTES,
        charset: object = "lower",
        avoid: object = "",
        name: object = None,
    ) -> Placeholder:
        """A fixed prefix and keyed letters."""
        own = self._own_name("name", name)
        return self._hand_out(
            declare.keyed_name(own, _text(prefix), _whole(length), _text(charset), _text(avoid))
        )

    def integer(self, low: object, high: object, name: object = None) -> Placeholder:
        """A whole number from low to high."""
        own = self._own_name("integer", name)
        return self._hand_out(declare.integer(own, _whole(low), _whole(high)))

    def timestamp(
        self,
        start: object,
        end: object,
        format: object = declare.TIME_FORM,
        name: object = None,
    ) -> Placeholder:
        """A second from start to end, both ISO 8601, UTC where no zone is given."""
        own = self._own_name("timestamp", name)
        low, high = (datetime.fromisoformat(_text(moment)) for moment in (start, end))
        return self._hand_out(declare.timestamp(own, low, high, _text(format)))

    def choice(self, *values: object, site: object = None, group: object = "") -> Placeholder:
        """One of the values."""
        own = self._own_name("choice", site)
        point = declare.choice(own, [_text(value) for value in values])
        return self._hand_out(declare.in_group(point, _text(group)))

    def variant(self, name: object, wordings: object) -> Placeholder:
        """One of the wordings; the block ``{% variant %}`` ends here."""
        own = self._own_name("variant", name)
        return self._hand_out(declare.variant(own, _texts(wordings)))

    def shuffle(self, items: object, name: object = None, group: object = "") -> Placeholder:
        """The items in keyed order."""
        own = self._own_name("shuffle", name)
        point = declare.shuffle(own, _texts(items))
        return self._hand_out(declare.in_group(point, _text(group)))

    def checksum(
        self, algorithm: object, over: object, order: object = "big", name: object = None
    ) -> Placeholder:
        """The checksum of texts and values, as its bytes."""
        form = form_of(_text(algorithm), _text(order))
        return self._computed("checksum", form, over, name)

    def length(
        self, of: object, width: object = 0, order: object = "big", name: object = None
    ) -> Placeholder:
        """How many bytes texts and values take together: decimal, or so many bytes."""
        form = form_of("length", _text(order), _whole(width))
        return self._computed("length", form, of, name)

    def _computed(self, kind: str, form: str, over: object, name: object) -> Placeholder:
        covered = over if isinstance(over, list | tuple) else [over]
        pieces: list[bytes | Slot] = []
        for piece in covered:
            if isinstance(piece, Placeholder):
                _check_writing(piece)
                self.used.add(piece.point.name)
                pieces.append(piece.slot)
            else:
                pieces.append(_text(piece).encode())
        return self._hand_out(declare.computed(self._own_name(kind, name), form, pieces))

    def _own_name(self, kind: str, given: object) -> str:
        if given is not None:
            return checked_id(_text(given), "point name")
        self._unnamed[kind] = self._unnamed.get(kind, 0) + 1
        return f"{self.path}:{kind}{self._unnamed[kind]}"

    def _hand_out(self, point: Point) -> Placeholder:
        self.points[point.name] = join_points(self.points.get(point.name, point), point)
        made = ShuffledList if point.kind is PointKind.SHUFFLE else Placeholder
        return made(point, Slot(point.name))


def _check_writing(value: Placeholder) -> None:
    """Raises Misuse when the filters cannot write such a value."""
    point = value.point
    listed = point.kind is PointKind.SHUFFLE
    try:
        if point.kind is PointKind.COMPUTED:
            encode(value.slot.encoder, b"\0")
        elif listed and value.slot.item is None:
            encode(value.slot.encoder, point.values)
        else:
            encode(value.slot.encoder, declare.with_stand_in(point).original)
    except InvalidInput as err:
        raise Misuse(err.message) from err


def _whole(given: object) -> int:
    if type(given) is not int:
        raise Misuse("a whole number is expected here; write it without quotes")
    return given


def _text(given: object) -> str:
    if is_keyed(given):
        raise Misuse("a point cannot hold another point; write one beside the other")
    if not isinstance(given, str):
        raise Misuse("a text is expected here; put it in quotes")
    return given


def _texts(given: object) -> list[str]:
    if not isinstance(given, list | tuple):
        raise Misuse("a list of texts is expected here; write it like ['a', 'b']")
    return [_text(item) for item in given]
