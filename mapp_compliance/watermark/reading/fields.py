"""Values read by their key and by the other fields of their record, in any notation.

In the layout the field of a slot has a key, literal text around the value, and *company*: the other
fields of its record, and the key above it. In a sample a field tells the value when its key and the
text around it are the same and its company is that of this slot and of no other: every other field
of that key must share less of what is met, whether or not its own value stands there. So it does
not matter in which notation it stands, nor in which order. In a table without a first line there
are no keys: the company must tell more, and the text must be no value of a neighbour in the row.

A text that is no value of the point tells nothing here. Where two fields of one record could be the
slot's, neither is read.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from mapp_compliance.values import KIB
from mapp_compliance.watermark.reading.chart import Chart, Seen
from mapp_compliance.watermark.reading.fillings import FINITE
from mapp_compliance.watermark.reading.keyed import is_written, keyed_seen
from mapp_compliance.watermark.reading.records import NOTATIONS, Field, Record, tabled
from mapp_compliance.watermark.reading.tokens import prose, strength
from mapp_compliance.watermark.reading.views import View
from mapp_compliance.watermark.reading.written import forms, texts_at
from mapp_compliance.watermark.sites import LaidOutFile, PointKind, Slot

MAX_FIELDS_BYTES = 512 * KIB  # a longer view is not cut into records
TOLD = 7  # least strength of key, text around and company: as of the neighbours in a row
TOLD_UNKEYED = 12  # least strength of the company where there are no keys
FEW = 64  # places; what more of them share does not tell them apart
MOST_FIELDS = 512  # a record with more is not looked at
HEAVIEST = 8  # of the evidence, as of the longest row of neighbours
PARENT = b"^"  # stands for the key of the key above a record
_SLOT = re.compile(rb"\x01([0-9]+)\x02")
_NAME = re.compile(rb"[A-Za-z_][\w .-]*")
_NO_LETTER = re.compile(rb"[-_ ]+")

Words = tuple[bytes, ...]
Fact = tuple[bytes, Words]  # key and words of a field


@dataclass(frozen=True, slots=True)
class Place:
    """The field of a slot, or a literal field with the key of one, which has no ``point``.

    Attributes:
        before: literal text before the value; the whole text of a literal field.
        company: the other literal fields of the record.
        told: strength of the key and the text around.
        sign: a piece of the key that is written alike in every notation, in small letters.
    """

    key: bytes
    before: bytes
    after: bytes
    company: frozenset[Fact]
    told: int
    point: str = ""
    chain: str = ""
    sign: bytes = b""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of all slots of a layout; made once for a reading."""

    places: Mapping[bytes, list[Place]]  # by key
    by_fact: Mapping[tuple[bytes, Fact], list[Place]]  # by key and company that FEW share
    by_words: Mapping[Words, list[Place]]  # by the words of company that FEW share
    keys: frozenset[bytes]
    signs: frozenset[bytes]  # in small letters; a text that shows any place holds one of them

    def may_stand_in(self, data: bytes) -> bool:
        """A quick look at a view before it is cut into records."""
        if len(data) > MAX_FIELDS_BYTES:
            return False
        small = data.lower()
        return any(sign in small for sign in self.signs)


@dataclass(frozen=True, slots=True)
class _Met:
    """A field of the sample that could be a place, and what it shares of that one's company."""

    place: Place
    field: Field
    value: bytes
    shared: frozenset[Fact]


def fields_of(chart: Chart) -> Fields:
    """The fields of the chart's layout."""
    places: dict[bytes, list[Place]] = defaultdict(list)
    for file in chart.layout.files:
        for place in _places_in(file, chart):
            places[place.key].append(place)
    held = {key: row for key, row in places.items() if any(place.point for place in row)}
    told = [place for row in held.values() for place in row if place.point]
    keys = {key for place in told for key in (place.key, *(key for key, _ in place.company))}
    signs = {max(words, key=len).lower() for place in told for _, words in place.company}
    signs |= {place.sign for place in told if place.told >= TOLD}
    by_fact: dict[tuple[bytes, Fact], list[Place]] = defaultdict(list)
    by_words: dict[Words, list[Place]] = defaultdict(list)
    for place in chain(*held.values()):
        for fact in place.company:
            by_fact[place.key, fact].append(place)
        for words in {words for key, words in place.company if key != PARENT}:
            by_words[words].append(place)
    return Fields(
        held,
        {fact: row for fact, row in by_fact.items() if len(row) <= FEW},
        {words: row for words, row in by_words.items() if len(row) <= FEW},
        frozenset(keys - {b"", PARENT}),
        frozenset(signs),
    )


def read_fields(view: View, chart: Chart, fields: Fields) -> Iterator[Seen]:
    """The values of all slots whose fields are met, in whatever notation."""
    if not fields.may_stand_in(view.data):
        return
    records = [notation(view.data) for notation in NOTATIONS]
    records.append(tabled(view.data, lambda cell: _key(cell) in fields.keys))
    for record in chain(*records):
        if len(record.fields) <= MOST_FIELDS:
            yield from _read(record, view, chart, fields)


def _read(record: Record, view: View, chart: Chart, fields: Fields) -> Iterator[Seen]:
    find = _keyed if any(each.key for each in record.fields) else _unkeyed
    met: dict[str, list[_Met]] = defaultdict(list)
    for found in find(record, chart, fields):
        met[found.place.point].append(found)
    for told in met.values():
        if len(told) == 1:
            yield from _seen(told[0], view, chart)


def _keyed(record: Record, chart: Chart, fields: Fields) -> Iterator[_Met]:
    """The fields whose place is told by key and company, where they hold a value of it."""
    facts = list(_facts(record))
    for each in record.fields:
        key = _key(each.key)
        places = fields.places.get(key, [])
        if len(places) > FEW:
            places = [place for fact in facts for place in fields.by_fact.get((key, fact), ())]
        if not places:
            continue
        company = _company(each, facts)
        shared = {place: place.company & company for place in places}
        best = _most(shared)
        if best and best.told + _strength(shared[best]) >= TOLD:
            yield from (_Met(best, each, v, shared[best]) for v in _values(best, each.text, chart))


def _unkeyed(record: Record, chart: Chart, fields: Fields) -> Iterator[_Met]:
    """The cells that could hold a value of some place, where the others of the row tell which."""
    facts = [(b"", words) for _, words in _facts(record)]
    rows = [fields.by_words.get(words, []) for _, words in facts]
    near = dict.fromkeys(chain(*rows))
    for each in record.fields if near else ():
        company = _company(each, facts)
        values = {place: list(_values(place, each.text, chart)) for place in near}
        shared = {
            place: frozenset(fact for fact in place.company if (b"", fact[1]) in company)
            for place in near
            if values[place]
        }
        best = _most(shared)
        if best and sum(strength(words) for _, words in shared[best]) >= TOLD_UNKEYED:
            yield from (_Met(best, each, value, shared[best]) for value in values[best])


def _most(shared: Mapping[Place, frozenset[Fact]]) -> Place | None:
    """The slot that shares more than every other place; None when there is no such."""
    best = max(shared, key=lambda place: len(shared[place]), default=None)
    if best is None or not best.point:
        return None
    others = (place for place in shared if place.point != best.point)
    return best if all(shared[place] < shared[best] for place in others) else None


def _strength(facts: Collection[Fact]) -> int:
    return sum(strength((key, *words) if key else words) for key, words in facts)


def _facts(record: Record) -> Iterator[Fact]:
    """What the fields say, in words, and the key above them."""
    for each in record.fields:
        words = tuple(prose(each.text).words)
        if words and not _SLOT.search(each.text):
            yield _key(each.key), words
    if record.parent:
        yield PARENT, (_key(record.parent),)


def _company(field: Field, facts: list[Fact]) -> frozenset[Fact]:
    """What the others of a record say; nothing that may be taken for the field itself."""
    key, words = _key(field.key), tuple(prose(field.text).words)
    if key:
        return frozenset(fact for fact in facts if fact[0] != key)
    return frozenset(facts) - ({(key, words)} if facts.count((key, words)) == 1 else set())


def _values(place: Place, text: bytes, chart: Chart) -> Iterator[bytes]:
    """The values that the whole text may hold; of a literal field, its own text."""
    if not place.point:
        if text == place.before:
            yield text
        return
    size = len(text) - len(place.before) - len(place.after)
    if size <= 0 or not (text.startswith(place.before) and text.endswith(place.after)):
        return
    inner = text[len(place.before) : len(place.before) + size]
    target = chart.targets[place.point]
    if target.point.kind in FINITE:
        yield from (value for value in target.values if inner in forms(place.chain, value))
        return
    for length, value in texts_at(target.point, place.chain, inner, 0):
        if length == size and is_written(target, value):
            yield value
            return


def _seen(met: _Met, view: View, chart: Chart) -> Iterator[Seen]:
    target = chart.targets[met.place.point]
    weight = min(HEAVIEST, 1 + sum(1 + len(words) for _, words in met.shared))
    at = met.field.at + len(met.place.before)
    if target.point.kind in FINITE:
        yield from target.value_seen(target.values.index(met.value), weight, view, at)
    else:
        yield from keyed_seen(target, at, met.value, weight, view)


def _places_in(file: LaidOutFile, chart: Chart) -> list[Place]:
    """The fields of a file in that notation in which most of its slots are fields of their own."""
    slots = [piece for piece in file.segments if isinstance(piece, Slot)]
    if not any(slot.point in chart.targets for slot in slots):
        return []
    numbers = {slot: number for number, slot in enumerate(slots)}
    text = b"".join(
        b"\x01%d\x02" % numbers[piece]
        if isinstance(piece, Slot)
        else piece
        if isinstance(piece, bytes)
        else b" "
        for piece in file.segments
    )
    readings = [notation(text) for notation in NOTATIONS]
    readings.append(tabled(text, lambda cell: _NAME.fullmatch(cell) is not None))
    found = [
        [place for record in records for place in _places(record, slots, chart)]
        for records in readings
    ]
    return max(found, key=lambda row: len({place.point for place in row} - {""}))


def _places(record: Record, slots: list[Slot], chart: Chart) -> Iterator[Place]:
    facts = list(_facts(record))
    for each in record.fields:
        key, company = _key(each.key), _company(each, facts)
        literal = _SLOT.split(each.text)
        if len(literal) == 1:
            yield Place(key, each.text, b"", company, 0)
        elif len(literal) == 3 and not _SLOT.search(each.key):
            before, number, after = literal
            slot = slots[int(number)]
            told = strength((key, *prose(before).words, *prose(after).words) if key else ())
            if slot.item is None and _is_read(slot.point, chart):
                sign = max(_NO_LETTER.split(each.key), key=len).lower()
                yield Place(key, before, after, company, told, slot.point, slot.encoder, sign)


def _is_read(point: str, chart: Chart) -> bool:
    target = chart.targets.get(point)
    return target is not None and target.point.kind is not PointKind.SHUFFLE


def _key(key: bytes) -> bytes:
    """A key as it is compared: ``Call-Back``, ``call_back`` and ``callBack`` are one."""
    return _NO_LETTER.sub(b"", key).lower()
