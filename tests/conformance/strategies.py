"""Every kind of value that a store keeps, drawn with all its fields."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from mapp_compliance.advisories import (
    Advisory,
    Artifact,
    Attachment,
    EarlierVersion,
    SetUp,
    Sighting,
)
from mapp_compliance.attribution import Feed, FeedFile, IntakeNote, Run, Sample, SampleFile
from mapp_compliance.distribution import Copy, Hold, Reseal
from mapp_compliance.enforcement import Case, Proposal, Signature, Step
from mapp_compliance.program import Compromise, Holder, Partner, PartnerKey, User
from mapp_compliance.values import (
    AdvisoryId,
    CaseId,
    CopyId,
    Digest,
    EntityId,
    FeedName,
    HolderId,
    HoldId,
    InstanceId,
    PartnerId,
    SampleId,
    SightingId,
    UserName,
    Window,
)
from mapp_compliance.workflows.records import Event, Outgoing, PolicyRecord, SignedDecision

seeded = settings(derandomize=True, deadline=None, max_examples=10)

ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
instants = st.datetimes(timezones=st.just(UTC))
digests = st.binary(min_size=32, max_size=32).map(lambda raw: Digest(raw.hex()))
numbers = st.integers(1, 99_999_999)

for id_type in (
    *(AdvisoryId, CaseId, CopyId, EntityId, InstanceId),
    *(PartnerId, SampleId, UserName),
    *(SightingId, HolderId, HoldId, FeedName),
):
    st.register_type_strategy(id_type, ids)
st.register_type_strategy(datetime, instants)
st.register_type_strategy(Digest, digests)
st.register_type_strategy(
    Window, st.tuples(instants, instants).map(lambda pair: Window(min(pair), max(pair)))
)


def whole(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Values of a dataclass with every field drawn, those with a default too."""
    drawn = {item.name: ... for item in fields(kind)}
    chosen = {name: numbers for name in ("revision", "number") if name in drawn}
    return st.builds(kind, **(drawn | chosen))  # type: ignore[arg-type]


for part in (Artifact, PartnerKey, Reseal, SampleFile, IntakeNote, Signature, Step, Proposal):
    st.register_type_strategy(part, whole(part))

KINDS = {
    "users": User,
    "partners": Partner,
    "advisories": Advisory,
    "attachments": Attachment,
    "setups": SetUp,
    "copies": Copy,
    "samples": Sample,
    "runs": Run,
    "cases": Case,
    "decisions": PolicyRecord,
    "signed": SignedDecision,
    "compromises": Compromise,
    "earlier": EarlierVersion,
    "sightings": Sighting,
    "holders": Holder,
    "holds": Hold,
    "feeds": Feed,
    "feed_files": FeedFile,
    "outgoing": Outgoing,
}
VALUES = {name: whole(kind) for name, kind in KINDS.items()}
EVENTS = whole(Event)
BODIES = st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3)
