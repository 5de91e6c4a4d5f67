"""``mapp attach``, ``issue``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mapp_compliance.cli.context import Call, signatures, verb
from mapp_compliance.cli.copies import copy_document
from mapp_compliance.cli.holds import hold_document
from mapp_compliance.cli.inputs import read_file, read_paths
from mapp_compliance.cli.labs import lab_list
from mapp_compliance.cli.proposing import propose_slack, suggest_points
from mapp_compliance.cli.stages import STAGES, is_earlier, keep_earlier
from mapp_compliance.errors import InvalidInput, NeedsApproval
from mapp_compliance.values import AdvisoryId, Digest, PartnerId, instant_text

if TYPE_CHECKING:
    from mapp_compliance.distribution import Copy, Hold, Plan
    from mapp_compliance.workflows.attach import Attached, AttachPackage
    from mapp_compliance.workflows.planner import Reach


@click.command()
@click.argument("advisory_id")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--marks",
    type=click.Path(path_type=Path),
    help="Side-car for the one file that is attached, when it does not lie beside it.",
)
@click.option("--suggest", is_flag=True, help="Propose points for files without; attach nothing.")
@click.option(
    "--find-slack",
    "slack",
    is_flag=True,
    help="Try which bytes of opaque files the self-test leaves free; attach nothing.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="With --suggest or --find-slack: write the side-cars there.",
)
@click.option("--allow-self-test", "allowed", help="Digest of the self-test that may run.")
@click.option("--check", default="", help="child, lab:FILE (FILE.sig beside it), or waived:REASON.")
@click.option(
    "--author-consent",
    "consent",
    metavar="TEXT",
    help="Orders may vary that can be looked at; kept: who agreed, when, to what.",
)
@click.option(
    "--stage",
    "stage",
    type=click.Choice(STAGES),
    help="Keep an earlier version as received; the package stays as it is.",
)
@click.option("--received-at", "received_at", help="When the vendor got it, with zone.")
@click.option("--source", default="", help="Recipient id of the finder or broker who sent it.")
@verb
def attach_command(
    call: Call,
    advisory_id: str,
    paths: tuple[Path, ...],
    marks: Path | None,
    suggest: bool,
    slack: bool,
    out: Path | None,
    allowed: str | None,
    check: str,
    consent: str | None,
    stage: str | None,
    received_at: str | None,
    source: str,
) -> None:
    """Attach a package, print what it can carry; or keep an earlier version of it."""
    from mapp_compliance.workflows.attach import AttachPackage

    files = read_paths(paths)
    of_package = any((marks, suggest, slack, allowed, check)) or consent is not None
    if is_earlier(stage, received_at, source, of_package):
        keep_earlier(call, AdvisoryId(advisory_id), files, str(stage), str(received_at), source)
        return
    if suggest:
        suggest_points(call, files, out)
        return
    if slack:
        propose_slack(call, AdvisoryId(advisory_id), files, allowed, out)
        return
    if out is not None:
        raise InvalidInput(
            "--out takes the side-cars of --suggest or --find-slack; add one or leave it out"
        )
    files += _side_car(files, marks) if marks else _side_cars_beside(paths, files)
    command = AttachPackage(
        AdvisoryId(advisory_id),
        tuple(files),
        check,
        Digest(allowed) if allowed else None,
        lab_list(check),
        consent,
    )
    _attach(call, command)


def _attach(call: Call, command: "AttachPackage") -> None:
    """Attach, and say what the package can carry."""
    from mapp_compliance.workflows.attach import attach
    from mapp_compliance.workflows.planner import reach

    desk = call.desk()
    attached = attach(desk, command)
    with desk.store.read() as work:
        expected = reach(desk, work, attached.site_map)
    document = _attached_document(attached, expected)
    package = document["package"]
    call.say(
        document,
        f"Attached to {command.advisory}: {package['code_sites']} code sites, "
        f"{package['tag_bits']} tag bits, check: {package['verify']}.",
        *(
            f"  {item['path']:<28} {item['carrier']:<9} {item['code_sites']:>4} code sites"
            for item in document["files"]
        ),
        _reach_line(expected),
        *(f"note: {line}" for line in document["warnings"]),
        f"Next: mapp rehearse {command.advisory}, then mapp issue {command.advisory} --dry-run",
    )


def _reach_line(reach: "Reach") -> str:
    if not reach.colluders:
        return (
            "  too few code sites to count on naming even a lone leaker (predicted chance "
            f"{reach.chance:.2f} among {reach.entities} entities)"
        )
    of = "a lone leaker" if reach.colluders == 1 else f"one of {reach.colluders} who mix copies"
    return f"  names {of}: predicted chance {reach.chance:.2f} among {reach.entities} entities"


def _side_car(files: list[tuple[str, bytes]], marks: Path) -> list[tuple[str, bytes]]:
    if len(files) != 1:
        raise InvalidInput("--marks goes with one file; put side-cars beside the files of a folder")
    return [(f"{files[0][0]}.marks.toml", read_paths((marks,))[0][1])]


def _side_cars_beside(
    paths: tuple[Path, ...], files: list[tuple[str, bytes]]
) -> list[tuple[str, bytes]]:
    """Side-cars that lie beside bare files named on the command line."""
    known = {name for name, _ in files}
    found = []
    for path in paths:
        beside = path.with_name(f"{path.name}.marks.toml")
        if path.is_file() and beside.is_file() and beside.name not in known:
            found += read_paths((beside,))
    return found


def _attached_document(attached: "Attached", reach: "Reach") -> dict[str, Any]:
    from mapp_compliance.watermark import capacity, carrier_name, file_capacity

    whole = capacity(attached.site_map.sites)
    layout = attached.site_map.layout
    files = []
    for file in attached.package.files:
        own = file_capacity(attached.site_map, *layout.within(file.sent_path))
        files.append(
            {
                "path": file.path,
                "carrier": carrier_name(attached.package, file),
                "sites_by_channel": dict(own.sites_by_channel),
                "code_sites": own.code_sites,
                "tag_bits": own.tag_bits,
                "warnings": [w for w in attached.warnings if file.path in w],
            }
        )
    return {
        "files": files,
        "package": {
            "class": attached.attachment.package_class,
            "code_sites": whole.code_sites,
            "tag_bits": whole.tag_bits,
            "sites_by_channel": dict(whole.sites_by_channel),
            "supports_colluders": reach.colluders,
            "chance_of_naming": [round(chance, 2) for chance in reach.chances],
            "verify": attached.attachment.check,
            "author_consent": attached.attachment.consent or None,
            "map_id": attached.site_map.map_id.hex,
        },
        "warnings": list(attached.warnings),
    }


@click.command()
@click.argument("advisory_id")
@click.option("--wave", default="", help="validate, ans, entry, internal, other, T-14, T-5, T-1.")
@click.option("--recipient", "recipients", multiple=True, help="Only these; repeatable.")
@click.option("--reason", default="", help="Kept in the history.")
@click.option("--dry-run", is_flag=True, help="Show the plan, keep nothing.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option(
    "--unmarked",
    default=None,
    metavar="REASON",
    help="Without marks, to the named recipients; two people agree, the recipient reads why.",
)
@click.option(
    "--approve",
    "approve",
    multiple=True,
    help="Named in the history; with --unmarked, signs as this local person (demo workspaces).",
)
@signatures
@verb
def issue_command(
    call: Call,
    advisory_id: str,
    wave: str,
    recipients: tuple[str, ...],
    reason: str,
    dry_run: bool,
    yes: bool,
    unmarked: str | None,
    approve: tuple[str, ...],
    signature: tuple[Path, ...],
) -> int:
    """Give everybody who may have it now an own marked, signed, sealed copy."""
    from mapp_compliance.workflows.agree import Approvals
    from mapp_compliance.workflows.issue import AllWithheld, issue, plan_only
    from mapp_compliance.workflows.matter import IssueAdvisory

    if unmarked is not None and not unmarked.strip():
        raise InvalidInput("copies without marks need a reason; write --unmarked REASON")
    told = ", ".join(part for part in (reason, *(f"by {name}" for name in approve)) if part)
    command = IssueAdvisory(
        advisory=AdvisoryId(advisory_id),
        wave=wave,
        recipients=tuple(PartnerId(name) for name in recipients),
        reason=told,
        unmarked=(unmarked or "").strip(),
    )
    agreed = Approvals(approve if unmarked else (), tuple(read_file(path) for path in signature))
    desk = call.desk()
    planned = plan_only(desk, command)
    document = _issue_document(planned.plan, planned.copies)
    if dry_run:
        document["hold"] = hold_document(planned.hold) if planned.hold else None
        document["check"] = planned.check
        checked = f"how each copy is checked: {planned.check}"
        call.say(document, *_plan_lines(planned.plan), checked, *_hold_lines(planned.hold))
        return 0
    if planned.plan.granted and not yes and not approve:
        _confirm(call, planned.plan, document)
    try:
        issued = issue(desk, command, agreed)
    except AllWithheld as refused:
        refused.fields.update(_issue_document(refused.plan, ()))
        raise
    told_of = {"independence": issued.independence} if issued.independence else {}
    call.say(
        _issue_document(planned.plan, issued.copies) | told_of,
        *_plan_lines(planned.plan),
        f"{len(issued.copies)} copies of {advisory_id}: {_states(issued.copies)}.",
    )
    return 0


def _hold_lines(hold: "Hold | None") -> list[str]:
    if hold is None:
        return []
    return [f"held until {instant_text(hold.until)} by {hold.id}: {hold.reason}"]


def _confirm(call: Call, plan: "Plan", document: dict[str, object]) -> None:
    import sys

    if call.as_json or not sys.stdin.isatty():
        needed = NeedsApproval(
            f"{len(plan.granted)} copies would go out; add --yes to send them, or --dry-run to "
            "look first"
        )
        needed.fields.update(document)
        raise needed
    for line in _plan_lines(plan):
        call.talk(line)
    if not click.confirm(f"Send {len(plan.granted)} copies?", err=True):
        raise NeedsApproval("nothing was sent; run it again with --yes when you are sure")


def _issue_document(plan: "Plan", copies: "tuple[Copy, ...]") -> dict[str, object]:
    return {
        "plan": {
            "unmarked": plan.unmarked or None,
            "granted": [
                {
                    "recipient": item.recipient,
                    "class": item.package_class,
                    "rule": item.rule,
                    "clause": item.clause,
                }
                for item in plan.granted
            ],
            "withheld": [
                {
                    "recipient": item.recipient,
                    "rule": item.rule,
                    "clause": item.clause,
                    "reason": item.reason,
                }
                for item in plan.withheld
            ],
        },
        "copies": [copy_document(copy) for copy in copies],
    }


def _plan_lines(plan: "Plan") -> list[str]:
    reasons: dict[str, list[str]] = {}
    for item in plan.withheld:
        reasons.setdefault(item.reason, []).append(item.recipient)
    return [
        f"granted: {len(plan.granted)}, withheld: {len(plan.withheld)}",
        *(
            (f"  WITHOUT MARKS, so that no later find of them points at a copy: {plan.unmarked}",)
            if plan.unmarked
            else ()
        ),
        *(
            f"  withheld from {len(names)} ({', '.join(names[:4])}{', ...' if names[4:] else ''}): "
            f"{reason}"
            for reason, names in reasons.items()
        ),
    ]


def _states(copies: "tuple[Copy, ...]") -> str:
    counts: dict[str, int] = {}
    for copy in copies:
        counts[copy.state.value] = counts.get(copy.state.value, 0) + 1
    return ", ".join(f"{count} {state}" for state, count in counts.items()) or "none"
