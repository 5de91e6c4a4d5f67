"""``mapp advisory ...``."""

from pathlib import Path

import click

from mapp_compliance.advisories import Advisory, severity, tlp
from mapp_compliance.cli.context import Call, approvals, signatures, verb
from mapp_compliance.cli.holds import hold_command, hold_document, unhold_command
from mapp_compliance.cli.inputs import read_file
from mapp_compliance.cli.outputs import check_free, write_files
from mapp_compliance.cli.release import decision_command, patch_ready_command
from mapp_compliance.cli.stages import stage_document
from mapp_compliance.values import AdvisoryId, instant, instant_text, shown


@click.group()
def advisory_command() -> None:
    """What is shared, and until when it is silent."""


advisory_command.add_command(hold_command)
advisory_command.add_command(unhold_command)
advisory_command.add_command(patch_ready_command)
advisory_command.add_command(decision_command)


@advisory_command.command("new")
@click.argument("advisory_id")
@click.option("--title", required=True)
@click.option("--release-at", "release_at", required=True, help="ISO 8601 with zone.")
@click.option("--tlp", "label", default="AMBER+STRICT", show_default=True)
@click.option("--severity", "rating", default=None)
@verb
def new(
    call: Call, advisory_id: str, title: str, release_at: str, label: str, rating: str | None
) -> None:
    """Make a draft advisory."""
    from mapp_compliance.workflows.embargo import NewAdvisory, create

    command = NewAdvisory(
        advisory_id, title, instant(release_at), tlp(label), severity(rating) if rating else None
    )
    advisory, told = create(call.desk(), command)
    call.say(
        {"advisory": _document(advisory), "warnings": list(told)},
        f"Advisory {advisory.id} is made; it goes public at {instant_text(advisory.release_at)}.",
        *(f"note: {line}" for line in told),
        f"Next: mapp attach {advisory.id} PATH",
    )


@advisory_command.command("list")
@verb
def list_advisories(call: Call) -> None:
    """All advisories."""
    with call.desk().store.read() as work:
        advisories = work.advisories.all()
    call.say(
        {"advisories": [_document(item) for item in advisories]},
        *(
            f"{item.id:<20} {item.state.value:<13} {instant_text(item.release_at)}  "
            f"{shown(item.title)}"
            for item in advisories
        ),
    )


@advisory_command.command("show")
@click.argument("advisory_id")
@verb
def show(call: Call, advisory_id: str) -> None:
    """One advisory: its state, what is attached, who holds copies, its history."""
    desk = call.desk()
    with desk.store.read() as work:
        advisory = desk.advisory(work, AdvisoryId(advisory_id))
        attachment = work.attachments.get(advisory.id, advisory.revision)
        copies = work.copies.all(advisory=advisory.id)
        events = work.events(advisory.id)
        earlier = work.earlier.all(advisory=advisory.id)
        holds = work.holds.all(advisory=advisory.id)
    states: dict[str, int] = {}
    for copy in copies:
        states[copy.state.value] = states.get(copy.state.value, 0) + 1
    files = [item.path for item in attachment.artifacts] if attachment else []
    history = [{"at": instant_text(e.at), "what": e.what, "detail": e.detail} for e in events]
    call.say(
        {
            "advisory": _document(advisory),
            "attached": files,
            "check": attachment.check if attachment else None,
            "author_consent": (attachment.consent or None) if attachment else None,
            "stages": [stage_document(item) for item in earlier],
            "copies": states,
            "holds": [hold_document(item) for item in holds],
            "events": history,
        },
        f"{advisory.id} revision {advisory.revision}: {shown(advisory.title)}",
        f"{advisory.state.value}, {advisory.tlp.value}",
        f"release {instant_text(advisory.release_at)}",
        f"attached: {', '.join(files) or 'nothing yet'}",
        *(f"kept of before: {item.label}, {len(item.artifacts)} file(s)" for item in earlier),
        f"copies: {', '.join(f'{n} {state}' for state, n in states.items()) or 'none'}",
        *(
            f"deliveries held until {instant_text(item.until)} by {item.id}: {item.reason}"
            for item in holds
            if item.in_force(call.now())
        ),
        *(f"{e['at']}  {e['what']}" for e in history),
    )


@advisory_command.command("advance")
@click.argument("advisory_id")
@click.option("--release-at", "release_at", required=True, help="ISO 8601 with zone.")
@click.option("--reason", required=True)
@approvals
@signatures
@verb
def advance(
    call: Call,
    advisory_id: str,
    release_at: str,
    reason: str,
    approve: tuple[str, ...],
    signature: tuple[Path, ...],
) -> None:
    """Bring a release forward: unsent copies are cancelled, holders are told."""
    from mapp_compliance.workflows.agree import Approvals
    from mapp_compliance.workflows.embargo import advance as advance_release

    agreed = Approvals(approve, tuple(read_file(path) for path in signature))
    done = advance_release(
        call.desk(), AdvisoryId(advisory_id), instant(release_at), reason, agreed
    )
    call.say(
        {
            "advisory": _document(done.advisory),
            "cancelled": [copy.id for copy in done.cancelled],
            "told": list(done.told),
            "waves_cancelled": [{"wave": wave, "recipients": n} for wave, n in done.waves],
            "memo": done.memo,
            "independence": done.independence,
        },
        f"{done.advisory.id} goes public at {instant_text(done.advisory.release_at)}; "
        f"{len(done.cancelled)} unsent copies cancelled, {len(done.told)} holders told.",
        *(f"  wave {wave}: {n} recipients were sent nothing" for wave, n in done.waves),
        f"memo for management: {done.memo}",
    )


@advisory_command.command("publish")
@click.argument("advisory_id")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Folder to write to.")
@click.option("--file", "only", multiple=True, help="Publish this file only; repeatable.")
@approvals
@signatures
@verb
def publish(
    call: Call,
    advisory_id: str,
    out: Path | None,
    only: tuple[str, ...],
    approve: tuple[str, ...],
    signature: tuple[Path, ...],
) -> None:
    """End the embargo and write the public-release files, which have marks of their own."""
    from mapp_compliance.workflows.agree import Approvals
    from mapp_compliance.workflows.embargo import publish as publish_advisory

    agreed = Approvals(approve, tuple(read_file(path) for path in signature))
    folder = out or Path(f"{advisory_id}-public")
    check_free(folder)
    done = publish_advisory(call.desk(), AdvisoryId(advisory_id), only, agreed)
    advisory = done.advisory
    written = write_files(folder, done.files)
    call.say(
        {
            "advisory": _document(advisory),
            "files": written,
            "out": str(folder),
            "independence": done.independence,
        },
        f"{advisory.id} is public. {len(written)} files in {shown(str(folder))}.",
    )


def _document(advisory: Advisory) -> dict[str, object]:
    return {
        "id": advisory.id,
        "title": advisory.title,
        "revision": advisory.revision,
        "state": advisory.state.value,
        "release_at": instant_text(advisory.release_at),
        "released_at": instant_text(advisory.released_at) if advisory.released_at else None,
        "tlp": advisory.tlp.value,
        "severity": advisory.severity.value if advisory.severity else None,
        "patch_ready_at": instant_text(advisory.patch_ready_at)
        if advisory.patch_ready_at
        else None,
    }
