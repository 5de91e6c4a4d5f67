"""The tables, as they are after the newest migration: a key, index columns, and the whole value.

Nothing at work loads this module: SQLModel and the objects it makes would cost each call of the
command line a fifth of a second. It says what the migrations must lead to and what the shelves in
`shelves.py` may ask for; tests compare all three.
"""

from typing import Any

from sqlalchemy import String, Text
from sqlmodel import Field, SQLModel

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


TABLES = SQLModel.metadata
