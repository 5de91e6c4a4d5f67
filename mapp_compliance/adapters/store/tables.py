"""The tables: key and index columns, and the whole value as JSON beside them.

A value goes in and out by pydantic's adapter of its dataclass, so each table needs only to say
which columns can be asked for. The columns are derived from the value on every write and are
never read back: the JSON is the value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError
from sqlalchemy import String, Table, Text
from sqlmodel import Field, SQLModel

from mapp_compliance.advisories import Advisory, Attachment, EarlierVersion, SetUp, Sighting
from mapp_compliance.attribution import Feed, FeedFile, Run, Sample
from mapp_compliance.distribution import Copy, Hold
from mapp_compliance.enforcement import Case
from mapp_compliance.errors import Broken, InvalidInput
from mapp_compliance.program import Compromise, Holder, Partner, User
from mapp_compliance.workflows.records import (
    Event,
    Leaf,
    Outgoing,
    PolicyRecord,
    SignedDecision,
)

V = TypeVar("V")
# Keys sort by their signs on every engine, whatever language a server was set up in.
KEY: Any = String().with_variant(Text(collation="C"), "postgresql")


class Row(SQLModel):
    """What every value row has: its place and its JSON."""

    key: str = Field(primary_key=True, sa_type=KEY)
    body: str


class UserRow(Row, table=True):
    """People."""

    __tablename__ = "user"


class PartnerRow(Row, table=True):
    """Recipients."""

    __tablename__ = "partner"
    kind: str = Field(index=True)


class AdvisoryRow(Row, table=True):
    """Advisories."""

    __tablename__ = "advisory"


class AttachmentRow(Row, table=True):
    """Packages as attached."""

    __tablename__ = "attachment"
    advisory: str = Field(index=True)


class SetUpRow(Row, table=True):
    """Sealed set-up records."""

    __tablename__ = "setup"
    advisory: str = Field(index=True)


class CopyRow(Row, table=True):
    """Copies."""

    __tablename__ = "copy"
    advisory: str = Field(index=True)
    recipient: str = Field(index=True)
    state: str = Field(index=True)
    instance: str = Field(index=True)


class SampleRow(Row, table=True):
    """Samples."""

    __tablename__ = "sample"
    digest: str = Field(index=True)


class RunRow(Row, table=True):
    """Scored runs."""

    __tablename__ = "run"
    sample: str = Field(index=True)
    advisory: str = Field(index=True)


class CaseRow(Row, table=True):
    """Cases."""

    __tablename__ = "case_file"
    sample: str = Field(index=True)


class PolicyRecordRow(Row, table=True):
    """Decisions of the terms."""

    __tablename__ = "policy_record"
    advisory: str = Field(index=True)
    recipient: str = Field(index=True)


class SignedDecisionRow(Row, table=True):
    """Decisions of people."""

    __tablename__ = "signed_decision"
    subject: str = Field(index=True)


class CompromiseRow(Row, table=True):
    """Reports of secrets in other hands."""

    __tablename__ = "compromise"
    what: str = Field(index=True)


class EarlierRow(Row, table=True):
    """Earlier versions of an advisory's material."""

    __tablename__ = "earlier"
    advisory: str = Field(index=True)


class SightingRow(Row, table=True):
    """Reports of use, publication or similarity."""

    __tablename__ = "sighting"
    advisory: str = Field(index=True)


class HolderRow(Row, table=True):
    """Holders that are sent no copy."""

    __tablename__ = "holder"
    advisory: str = Field(index=True)


class HoldRow(Row, table=True):
    """Deliveries that wait."""

    __tablename__ = "hold"
    advisory: str = Field(index=True)


class FeedRow(Row, table=True):
    """Watched folders."""

    __tablename__ = "feed"


class FeedFileRow(Row, table=True):
    """Files of watched folders that were dealt with."""

    __tablename__ = "feed_file"
    feed: str = Field(index=True)


class OutgoingRow(Row, table=True):
    """Letters decided on; they leave after the transaction."""

    __tablename__ = "outgoing"
    waits: str = Field(index=True)
    subject: str = Field(index=True)


class WorkspaceRow(Row, table=True):
    """Whose database this is."""

    __tablename__ = "workspace"


class EventRow(SQLModel, table=True):
    """The history; rows are only ever added."""

    __tablename__ = "event"
    number: int = Field(primary_key=True)
    subject: str = Field(index=True)
    body: str


class LeafRow(SQLModel, table=True):
    """The ledger; rows are only ever added, without a gap."""

    __tablename__ = "leaf"
    index: int = Field(primary_key=True)
    body: str


@dataclass(frozen=True)
class Shelf(Generic[V]):
    """How one kind of value lies in its table."""

    row: type[Row]
    adapter: TypeAdapter[V]
    key: Callable[[V], tuple[str | int, ...]]
    columns: Callable[[V], tuple[str, ...]]  # after key and body

    @property
    def table(self) -> Table:
        """The table itself."""
        return SQLModel.metadata.tables[str(self.row.__tablename__)]

    def to_row(self, value: V) -> tuple[str, ...]:
        """The row of a value, in the order of the table's columns."""
        body = to_json(self.adapter, value)
        return key_text(self.key(value)), body, *self.columns(value)

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


def _shelf(
    row: type[Row], kind: type[V], key: Callable[[Any], tuple[str | int, ...]], *columns: str
) -> Shelf[V]:
    def texts(value: V) -> tuple[str, ...]:
        return tuple([column_text(getattr(value, name)) for name in columns])

    return Shelf(row, TypeAdapter(kind), key, texts)


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


USERS = _shelf(UserRow, User, lambda v: (v.name,))
PARTNERS = _shelf(PartnerRow, Partner, lambda v: (v.id,), "kind")
ADVISORIES = _shelf(AdvisoryRow, Advisory, lambda v: (v.id,))
ATTACHMENTS = _shelf(AttachmentRow, Attachment, lambda v: (v.advisory, v.revision), "advisory")
SETUPS = _shelf(SetUpRow, SetUp, lambda v: (v.advisory, v.revision), "advisory")
COPIES = _shelf(CopyRow, Copy, lambda v: (v.id,), "advisory", "recipient", "state", "instance")
SAMPLES = _shelf(SampleRow, Sample, lambda v: (v.id,), "digest")
RUNS = _shelf(RunRow, Run, lambda v: (v.digest.hex,), "sample", "advisory")
CASES = _shelf(CaseRow, Case, lambda v: (v.id,), "sample")
RECORDS = _shelf(PolicyRecordRow, PolicyRecord, lambda v: (v.digest.hex,), "advisory", "recipient")
SIGNED = _shelf(SignedDecisionRow, SignedDecision, lambda v: (v.digest.hex,), "subject")
COMPROMISES = _shelf(CompromiseRow, Compromise, lambda v: (v.digest.hex,), "what")
EARLIER = _shelf(
    EarlierRow, EarlierVersion, lambda v: (v.advisory, v.stage.value, v.number), "advisory"
)
SIGHTINGS = _shelf(SightingRow, Sighting, lambda v: (v.id,), "advisory")
HOLDERS = _shelf(HolderRow, Holder, lambda v: (v.id,), "advisory")
HOLDS = _shelf(HoldRow, Hold, lambda v: (v.id,), "advisory")
FEEDS = _shelf(FeedRow, Feed, lambda v: (v.name,))
FEED_FILES = _shelf(FeedFileRow, FeedFile, lambda v: (v.feed, v.name.hex), "feed")
OUTGOING = _shelf(OutgoingRow, Outgoing, lambda v: (v.recipient, v.name), "waits", "subject")
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
LEAF: TypeAdapter[Leaf] = TypeAdapter(Leaf)
