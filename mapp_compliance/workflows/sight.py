"""Record a sighting: a report of use, publication or similarity, with or without a file.

The report's words stay in the workspace; the ledger gets a salted digest. The same report again is
the one that is kept.
"""

from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.advisories import Grade, Sighting, SightingKind, check_sighting
from mapp_compliance.errors import NotFound
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import AdvisoryId, SampleId, SightingId, Window, instant_text
from mapp_compliance.workflows.keys import record_salt
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.records import Event


@dataclass(frozen=True, slots=True)
class AddSighting:
    """One report, as it came in."""

    advisory: AdvisoryId
    kind: SightingKind
    posted: Window
    observed: datetime
    source: Grade = Grade.F
    credibility: int = 6
    text: str = ""
    sample: SampleId | None = None


def add_sighting(desk: Desk, command: AddSighting) -> tuple[Sighting, bool]:
    """The sighting as kept, and whether it is new.

    Raises:
        NotFound: no such advisory or sample. InvalidInput: times or grades that cannot be.
    """
    now = desk.clock()
    text = command.text.strip()
    check_sighting(command.posted, command.observed, command.credibility, text, now)
    record = _record(desk, command, text)
    name = SightingId(f"X-{digest(record).hex[:12]}")
    with transaction(desk) as work:
        desk.advisory(work, command.advisory)
        if command.sample is not None and work.samples.get(command.sample) is None:
            raise NotFound(
                f"there is no sample {command.sample}; 'mapp sample list' shows the known ones"
            )
        known = work.sightings.get(name)
        if known is not None:
            return known, False
        sighting = Sighting(
            id=name,
            advisory=command.advisory,
            kind=command.kind,
            posted=command.posted,
            observed=command.observed,
            source=command.source,
            credibility=command.credibility,
            text=text,
            recorded_at=now,
            sample=command.sample,
        )
        work.sightings.put(sighting)
        leaf = work.ledger.append("sighting", {"record": digest(record).hex}, now)
        work.tell(
            Event(
                "sighting recorded",
                command.advisory,
                now,
                detail=f"{name} {command.kind.value}, leaf {leaf.index}",
            )
        )
    return sighting, True


def _record(desk: Desk, command: AddSighting, text: str) -> bytes:
    """What the leaf commits to: the report alone, so that the same one gives the same bytes."""
    return canonical(
        {
            "type": "mapp/sighting-record/v1",
            "advisory": command.advisory,
            "kind": command.kind.value,
            "posted": command.posted.text(),
            "observed": instant_text(command.observed),
            "source": command.source.value,
            "credibility": command.credibility,
            "text": text,
            "sample": command.sample,
            "salt": record_salt(desk, "sighting", command.advisory),
        }
    )
