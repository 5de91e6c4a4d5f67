"""What follows a verdict in the demo: the steps of a case, taken by the local people.

A named partner copy goes the whole way to removal: provisional suspension by one, notice by two,
the time to answer goes by, blind examination, two approvals. A copy of the vendor's own staff
clears the partners in writing. Anything else ends with its report.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mapp_compliance.adapters.files import write_durably
from mapp_compliance.advisories import Tlp
from mapp_compliance.attribution import Sample
from mapp_compliance.demo.scenario import package_files
from mapp_compliance.enforcement import ActionKind, Case
from mapp_compliance.errors import NeedsApproval
from mapp_compliance.values import DAY, AdvisoryId, Digest, instant_text
from mapp_compliance.workflows.agree import Approvals
from mapp_compliance.workflows.attach import AttachPackage, attach
from mapp_compliance.workflows.attribute import Attributed
from mapp_compliance.workflows.embargo import NewAdvisory, create
from mapp_compliance.workflows.enforce import ProposeAction, approve, hear, propose_action
from mapp_compliance.workflows.examination import examine_case
from mapp_compliance.workflows.issue import plan_only
from mapp_compliance.workflows.matter import IssueAdvisory
from mapp_compliance.workflows.notices import clear_partners, notify, send_removal
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.report import case_report, distribution_report, written

MANAGER, APPROVER, EXAMINER = "ann", "bob", "cleo"
BOTH = Approvals((MANAGER, APPROVER))
NEXT_RELEASE = timedelta(days=28)
Move = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done in the end, when, and where the reports lie."""

    action: str
    at: datetime
    reports: tuple[str, ...]


def attach_package(desk: Desk, advisory: AdvisoryId) -> None:
    """Attach the demo package; the self-test is ours, so its digest is allowed at once."""
    files = tuple(sorted(package_files().items()))
    try:
        attach(desk, AttachPackage(advisory, files))
    except NeedsApproval as asked:
        allowed = Digest(str(asked.fields["self_test_sha256"]))
        attach(desk, AttachPackage(advisory, files, "child", allowed))


def follow_up(desk: Desk, move: Move, sample: Sample, found: Attributed, folder: Path) -> Outcome:
    """Take every step that the verdict calls for, then write the reports."""
    action = "none"
    for case in found.cases:
        if case.internal:
            told = clear_partners(desk, case.id)
            action = f"{len(told)} partners cleared in writing"
        elif case.recipient is not None:
            action = _to_removal(desk, move, case)
    name = found.cases[0].id if found.cases else sample.id
    return Outcome(action, desk.clock(), _reports(desk, name, found, folder))


def _to_removal(desk: Desk, move: Move, case: Case) -> str:
    start = desk.clock()
    approve(desk, case.id, None, Approvals((MANAGER,)))  # the provisional suspension
    move(start + DAY)
    noticed = notify(desk, case.id, BOTH).case
    if noticed.response_due is None:
        return "notice given"
    move(noticed.response_due)
    hear(desk, case.id, "", MANAGER)
    move(desk.clock() + DAY)
    examine_case(desk, case.id, "confirmed", Approvals((EXAMINER,)))
    move(desk.clock() + DAY)
    done = propose_action(
        desk,
        ProposeAction(
            case.id,
            ActionKind.REMOVE,
            "proof-of-concept code of its copy became public; no answer to the notice",
            None,
            MANAGER,
            BOTH,
        ),
    ).case
    send_removal(desk, done)
    return _effect(desk, done)


def _effect(desk: Desk, case: Case) -> str:
    """Ask the terms about the next advisory, so that the removal shows where it counts."""
    coming = AdvisoryId("ADV-NEXT")
    release = desk.clock() + NEXT_RELEASE
    create(desk, NewAdvisory(coming, "The next advisory", release, Tlp.AMBER_STRICT, None))
    attach_package(desk, coming)
    asked = (case.recipient,) if case.recipient else ()
    plan = plan_only(desk, IssueAdvisory(coming, recipients=asked)).plan
    rule = plan.withheld[0].rule if plan.withheld else "nothing"
    return (
        f"{case.recipient} removed {instant_text(desk.clock())[:10]}, later issues withheld by "
        f"'{rule}'"
    )


def _reports(desk: Desk, name: str, found: Attributed, folder: Path) -> tuple[str, ...]:
    wanted = {f"case-{name}": written(desk, case_report(desk, name))}
    if found.run.advisory is not None:
        advisory = found.run.advisory
        report = written(desk, distribution_report(desk, advisory))
        wanted[f"distribution-{advisory}"] = report
    paths = []
    for stem, report in wanted.items():
        for kind, data in (("html", report.html), ("json", report.json)):
            path = folder / f"{stem}.{kind}"
            write_durably(path, data, 0o644)
            paths.append(str(path))
    return tuple(paths)
