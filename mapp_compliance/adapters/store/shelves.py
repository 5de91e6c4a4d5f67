"""How each kind of value lies in its table: key and index columns, and the whole value as JSON.

A value goes in and out by pydantic's adapter of its dataclass, so each shelf needs only to say
which columns can be asked for. The columns are derived from the value on every write and are
never read back: the JSON is the value. Kinds are imported when the first value of theirs is met,
because a verb that lists copies must not load what reads a leak.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from mapp_compliance.adapters.store.statements import Place
from mapp_compliance.errors import Broken, InvalidInput

if TYPE_CHECKING:
    from mapp_compliance.advisories import Advisory, Attachment, EarlierVersion, SetUp, Sighting
    from mapp_compliance.attribution import Feed, FeedFile, Run, Sample
    from mapp_compliance.distribution import Copy, Hold
    from mapp_compliance.enforcement import Case
    from mapp_compliance.program import Compromise, Holder, Partner, User
    from mapp_compliance.workflows.records import (
        Event,
        Leaf,
        Outgoing,
        PolicyRecord,
        SignedDecision,
    )

V = TypeVar("V")


@dataclass(frozen=True)
class Shelf(Generic[V]):
    """How one kind of value lies in its table."""

    place: Place
    kind: str  # a room and a name at its counter; imported when the first value is met
    key: Callable[[V], tuple[str | int, ...]]

    @cached_property
    def adapter(self) -> TypeAdapter[V]:
        """What turns a value into JSON and back."""
        return _adapter(self.kind)

    def to_row(self, value: V) -> tuple[str, ...]:
        """The row of a value, in the order of the table's columns."""
        texts = [column_text(getattr(value, name)) for name in self.place.columns[2:]]
        return key_text(self.key(value)), to_json(self.adapter, value), *texts

    def to_value(self, body: str) -> V:
        """The value of a row's JSON."""
        return from_json(self.adapter, body)


# The faults of pydantic quote the value, which may be under embargo: they are not passed on.
def to_json(adapter: TypeAdapter[V], value: V) -> str:
    """The JSON of a value. Raises InvalidInput when it holds text that cannot be written."""
    try:
        return adapter.dump_json(value).decode()
    except PydanticSerializationError:
        raise InvalidInput(
            f"the {type(value).__name__.lower()} holds text that is not UTF-8, such as a name from "
            "another character set; write it in UTF-8"
        ) from None


def from_json(adapter: TypeAdapter[V], body: str) -> V:
    """The value of its JSON. Raises Broken when it is none."""
    try:
        return adapter.validate_json(body)
    except ValidationError as err:
        raise Broken(
            f"an entry of the database cannot be read ({err.title}); it was altered or written "
            "by another version, restore the workspace from a backup"
        ) from None


def key_text(key: tuple[str | int, ...]) -> str:
    """One text for a key of several parts that sorts like the parts: numbers are padded.

    The space between them sorts before every sign of an id, so A comes before A.1 here too.
    """
    if len(key) == 1 and type(key[0]) is str:
        return column_text(key[0])
    parts = (f"{part:08d}" if isinstance(part, int) else part for part in key)
    return column_text(" ".join(parts))


def column_text(value: object) -> str:
    """A value as it stands in a column.

    NUL, which PostgreSQL has no sign for, and half characters, which nobody has, are written out:
    to ask for such a key finds nothing.
    """
    if type(value) is str:
        text = value
    else:
        plain = getattr(value, "value", getattr(value, "hex", value))
        text = "" if plain is None else str(plain)
    if not text.isascii():
        text = text.encode("utf-8", "backslashreplace").decode()
    return text.replace("\\", "\\\\").replace("\0", "\\0") if "\0" in text else text


def _adapter(kind: str) -> TypeAdapter[Any]:
    room, name = kind.split(":")
    return TypeAdapter(getattr(import_module(f"mapp_compliance.{room}"), name))


def _shelf(
    table: str, kind: str, key: Callable[[Any], tuple[str | int, ...]], *columns: str
) -> Shelf[Any]:
    return Shelf(Place(table, ("key", "body", *columns)), kind, key)


USERS: "Shelf[User]" = _shelf("user", "program:User", lambda v: (v.name,))
PARTNERS: "Shelf[Partner]" = _shelf("partner", "program:Partner", lambda v: (v.id,), "kind")
ADVISORIES: "Shelf[Advisory]" = _shelf("advisory", "advisories:Advisory", lambda v: (v.id,))
ATTACHMENTS: "Shelf[Attachment]" = _shelf(
    "attachment", "advisories:Attachment", lambda v: (v.advisory, v.revision), "advisory"
)
SETUPS: "Shelf[SetUp]" = _shelf(
    "setup", "advisories:SetUp", lambda v: (v.advisory, v.revision), "advisory"
)
COPIES: "Shelf[Copy]" = _shelf(
    "copy", "distribution:Copy", lambda v: (v.id,), "advisory", "recipient", "state", "instance"
)
SAMPLES: "Shelf[Sample]" = _shelf("sample", "attribution:Sample", lambda v: (v.id,), "digest")
RUNS: "Shelf[Run]" = _shelf(
    "run", "attribution:Run", lambda v: (v.digest.hex,), "sample", "advisory"
)
CASES: "Shelf[Case]" = _shelf("case_file", "enforcement:Case", lambda v: (v.id,), "sample")
RECORDS: "Shelf[PolicyRecord]" = _shelf(
    "policy_record",
    "workflows.records:PolicyRecord",
    lambda v: (v.digest.hex,),
    "advisory",
    "recipient",
)
SIGNED: "Shelf[SignedDecision]" = _shelf(
    "signed_decision", "workflows.records:SignedDecision", lambda v: (v.digest.hex,), "subject"
)
COMPROMISES: "Shelf[Compromise]" = _shelf(
    "compromise", "program:Compromise", lambda v: (v.digest.hex,), "what"
)
EARLIER: "Shelf[EarlierVersion]" = _shelf(
    "earlier",
    "advisories:EarlierVersion",
    lambda v: (v.advisory, v.stage.value, v.number),
    "advisory",
)
SIGHTINGS: "Shelf[Sighting]" = _shelf(
    "sighting", "advisories:Sighting", lambda v: (v.id,), "advisory"
)
HOLDERS: "Shelf[Holder]" = _shelf("holder", "program:Holder", lambda v: (v.id,), "advisory")
HOLDS: "Shelf[Hold]" = _shelf("hold", "distribution:Hold", lambda v: (v.id,), "advisory")
FEEDS: "Shelf[Feed]" = _shelf("feed", "attribution:Feed", lambda v: (v.name,))
FEED_FILES: "Shelf[FeedFile]" = _shelf(
    "feed_file", "attribution:FeedFile", lambda v: (v.feed, v.name.hex), "feed"
)
OUTGOING: "Shelf[Outgoing]" = _shelf(
    "outgoing", "workflows.records:Outgoing", lambda v: (v.recipient, v.name), "waits", "subject"
)
WORKSPACE = Place("workspace", ("key", "body"))
EVENTS = Place("event", ("number", "subject", "body"))
LEAVES = Place("leaf", ("index", "body"))
VALUES = (
    USERS.place,
    PARTNERS.place,
    ADVISORIES.place,
    ATTACHMENTS.place,
    SETUPS.place,
    COPIES.place,
    SAMPLES.place,
    RUNS.place,
    CASES.place,
    RECORDS.place,
    SIGNED.place,
    COMPROMISES.place,
    EARLIER.place,
    SIGHTINGS.place,
    HOLDERS.place,
    HOLDS.place,
    FEEDS.place,
    FEED_FILES.place,
    OUTGOING.place,
    WORKSPACE,
)  # every table of values


@cache
def event_adapter() -> "TypeAdapter[Event]":
    """Of events; their rows are only ever added."""
    return _adapter("workflows.records:Event")


@cache
def leaf_adapter() -> "TypeAdapter[Leaf]":
    """Of leaves; their rows are only ever added, without a gap."""
    return _adapter("workflows.records:Leaf")
