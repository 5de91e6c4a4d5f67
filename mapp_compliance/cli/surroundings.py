"""``mapp sighting ...``, ``holder ...``, ``exposure``: what surrounds a verdict."""

from typing import TYPE_CHECKING

import click

from mapp_compliance.cli.context import Call, verb
from mapp_compliance.values import (
    AdvisoryId,
    HolderId,
    SampleId,
    instant,
    instant_text,
    shown,
    window,
)

if TYPE_CHECKING:
    from mapp_compliance.advisories import Sighting
    from mapp_compliance.program import Holder
    from mapp_compliance.workflows.exposure import Held

KINDS = ("exploited", "public", "similar", "ransomware")
GRADES = ("A", "B", "C", "D", "E", "F")
HOLDERS = (
    *("unmarked-master", "build-system", "mail", "finder"),
    *("broker", "regulator", "government", "other"),
)


@click.group()
def sighting_command() -> None:
    """Reports of use, publication or similarity, with or without a file."""


@sighting_command.command("add")
@click.argument("advisory_id")
@click.option("--kind", required=True, type=click.Choice(KINDS))
@click.option("--posted", required=True, help="When it happened: T or T1/T2, with zone.")
@click.option("--observed", required=True, help="When somebody saw it, with zone.")
@click.option(
    "--source", default="F", type=click.Choice(GRADES), help="How reliable it has been; F unknown."
)
@click.option("--credibility", default=6, type=int, help="1 confirmed to 5 improbable; 6 unknown.")
@click.option("--text", default="", help="What was seen, in a sentence.")
@click.option("--sample", default=None, help="The sample that goes with it.")
@verb
def add_sighting_command(
    call: Call,
    advisory_id: str,
    kind: str,
    posted: str,
    observed: str,
    source: str,
    credibility: int,
    text: str,
    sample: str | None,
) -> None:
    """Record a report; it accuses nobody."""
    from mapp_compliance.advisories import Grade, SightingKind
    from mapp_compliance.workflows.sight import AddSighting, add_sighting

    command = AddSighting(
        advisory=AdvisoryId(advisory_id),
        kind=SightingKind(kind),
        posted=window(posted),
        observed=instant(observed),
        source=Grade(source),
        credibility=credibility,
        text=text,
        sample=SampleId(sample) if sample else None,
    )
    kept, new = add_sighting(call.desk(), command)
    call.say(
        {"sighting": sighting_document(kept), "new": new},
        f"Sighting {kept.id} ({kept.grade}) is {'kept' if new else 'kept already'}.",
    )


@sighting_command.command("list")
@click.argument("advisory_id")
@verb
def list_sightings(call: Call, advisory_id: str) -> None:
    """All reports about an advisory, earliest first."""
    desk = call.desk()
    with desk.store.read() as work:
        desk.advisory(work, AdvisoryId(advisory_id))
        found = work.sightings.all(advisory=advisory_id)
    found = sorted(found, key=lambda item: (item.posted.start, item.id))
    call.say(
        {"sightings": [sighting_document(item) for item in found]},
        *(
            f"{item.id}  {item.seen.text()}  {item.kind.value:<10} {item.grade}  {item.text}"
            for item in found
        ),
        *(() if found else ("No sighting is recorded.",)),
    )


def sighting_document(item: "Sighting") -> dict[str, object]:
    """A sighting as the command line shows it."""
    return {
        "id": item.id,
        "advisory": item.advisory,
        "kind": item.kind.value,
        "posted": item.posted.text(),
        "observed": instant_text(item.observed),
        "source": item.source.value,
        "credibility": item.credibility,
        "text": item.text,
        "recorded_at": instant_text(item.recorded_at),
        "sample": item.sample,
    }


@click.group()
def holder_command() -> None:
    """Who has unmarked material besides those who are sent copies."""


@holder_command.command("add")
@click.argument("holder_id")
@click.option("--name", required=True, help="Who or what it is.")
@click.option("--kind", required=True, type=click.Choice(HOLDERS))
@click.option("--advisory", default=None, help="Only this one; every advisory if left out.")
@click.option("--since", required=True, help="From when on, with zone.")
@click.option("--until", default=None, help="Until when; may be added later, once.")
@click.option("--size", default=1, type=int, help="People who can reach it; 1 if left out.")
@click.option("--note", default="", help="How it is known.")
@verb
def add_holder_command(
    call: Call,
    holder_id: str,
    name: str,
    kind: str,
    advisory: str | None,
    since: str,
    until: str | None,
    size: int,
    note: str,
) -> None:
    """Keep a holder: a build system, a mail archive, an office that was told."""
    from mapp_compliance.program import Holder, holder_kind
    from mapp_compliance.workflows.holders import add_holder

    wanted = Holder(
        id=HolderId(holder_id),
        name=name.strip(),
        kind=holder_kind(kind),
        advisory=AdvisoryId(advisory) if advisory else None,
        since=instant(since),
        until=instant(until) if until else None,
        note=note.strip(),
        size=size,
    )
    kept, new = add_holder(call.desk(), wanted)
    call.say(
        {"holder": holder_document(kept), "new": new},
        f"Holder {kept.id} is {'kept' if new else 'kept already'}.",
    )


@holder_command.command("list")
@verb
def list_holders(call: Call) -> None:
    """All kept holders."""
    with call.desk().store.read() as work:
        found = work.holders.all()
    call.say(
        {"holders": [holder_document(item) for item in found]},
        *(
            f"{item.id:<16} {item.kind.value:<16} {item.advisory or 'all advisories':<16} "
            f"since {instant_text(item.since)}  {shown(item.name)}"
            for item in found
        ),
        *(() if found else ("No holder is kept.",)),
    )


def holder_document(item: "Holder") -> dict[str, object]:
    """A holder as the command line shows it."""
    return {
        "id": item.id,
        "name": item.name,
        "kind": item.kind.value,
        "advisory": item.advisory,
        "since": instant_text(item.since),
        "until": instant_text(item.until) if item.until else None,
        "note": item.note,
        "size": item.size,
    }


HOLDING_SAYS = (
    "By the records: who had it unseen is not here, and being here says nothing about anybody."
)


@click.command()
@click.argument("advisory_id")
@click.option("--at", "at", default=None, help="The instant asked about; now when left out.")
@verb
def exposure_command(call: Call, advisory_id: str, at: str | None) -> None:
    """Who held what at an instant, marked or not."""
    from mapp_compliance.workflows.exposure import counted, exposure

    moment = instant(at) if at else call.now()
    held = exposure(call.desk(), AdvisoryId(advisory_id), moment)
    numbers = counted(held)
    call.say(
        {
            "advisory": advisory_id,
            "at": instant_text(moment),
            "holders": [_held_document(item) for item in held],
            "candidates": numbers.candidates,
            "counts": {
                "marked": numbers.marked,
                "unmarked": numbers.unmarked,
                "people": numbers.people,
                "public": numbers.public,
            },
            "limits": [HOLDING_SAYS],
        },
        f"{numbers.candidates} holder{'' if numbers.candidates == 1 else 's'} of {advisory_id} at "
        f"{instant_text(moment)}, {numbers.unmarked} of them with unmarked material"
        f"{'; anybody could have it' if numbers.public else ''}. {HOLDING_SAYS}",
        *_table(held),
    )


def _held_document(item: "Held") -> dict[str, object]:
    return {
        "holder": item.holder,
        "kind": item.kind,
        "copies": [copy.id for copy in item.copies],
        "marked": item.marked,
        "since": instant_text(item.since),
        "until": instant_text(item.until) if item.until else None,
        "basis": item.basis,
        "size": item.size,
    }


def _table(held: "tuple[Held, ...]") -> list[str]:
    """Lines of one table, earliest first; what a holder is called may hold any sign."""
    rows = [("since", "holder", "kind", "copies", "marks", "basis")]
    rows += [
        (
            instant_text(item.since),
            shown(item.holder),
            item.kind,
            str(len(item.copies) or "-"),
            "own" if item.marked else "none",
            shown(item.basis) + (f" ({item.size} people)" if item.size > 1 else ""),
        )
        for item in held
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(5)]
    return [
        "  " + "  ".join((*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[5]))
        for row in rows
    ]
