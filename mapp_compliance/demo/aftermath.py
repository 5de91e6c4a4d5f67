"""What follows a verdict in the demo: every letter, memo and step that it carries, and no more.

The verdict decides, not the story. A named partner copy goes the whole way to removal:
provisional suspension by one, notice by two, the time to answer goes by, blind examination, two
approvals. Every other verdict has its letters. A release that is brought forward, a change of
terms and a comparison are apart from all that: they need no verdict.
"""

import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mapp_compliance.adapters.files import write_durably
from mapp_compliance.advisories import Tlp
from mapp_compliance.demo.scenario import Scenario, Variant, package_files
from mapp_compliance.enforcement import ActionKind, Case
from mapp_compliance.errors import NeedsApproval
from mapp_compliance.values import DAY, HOUR, AdvisoryId, Digest, instant_text
from mapp_compliance.workflows.agree import Approvals
from mapp_compliance.workflows.attach import AttachPackage, attach
from mapp_compliance.workflows.attribute import Attributed
from mapp_compliance.workflows.compare import CompareSample, compare_sample
from mapp_compliance.workflows.correspondence import pause_holders, write_letters
from mapp_compliance.workflows.embargo import NewAdvisory, advance, create
from mapp_compliance.workflows.enforce import ProposeAction, approve, hear, propose_action
from mapp_compliance.workflows.examination import examine_case
from mapp_compliance.workflows.hold import PlaceHold, place_hold
from mapp_compliance.workflows.issue import plan_only
from mapp_compliance.workflows.matter import IssueAdvisory
from mapp_compliance.workflows.notices import notify
from mapp_compliance.workflows.places import tell_of_place_rules
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.release import set_patch_ready
from mapp_compliance.workflows.report import case_report, distribution_report, written
from mapp_compliance.workflows.writers import LetterKind

MANAGER, APPROVER, EXAMINER = "ann", "bob", "cleo"
ONE, BOTH = Approvals((MANAGER,)), Approvals((MANAGER, APPROVER))
NEXT_RELEASE = timedelta(days=28)
TERMS_NOTICE = timedelta(days=7)
ALL_TIERS = timedelta(hours=20)  # before a release: every tier may have it by then
COMING = AdvisoryId("ADV-NEXT")
PATCH_READY = timedelta(hours=20)  # before the earlier release
CORPUS = "standard library of the interpreter, its smaller files"
CORPUS_BYTES = 24_000  # of one such file: benign, and quick to cut
Move = Callable[[datetime], None]

LETTERS: dict[str, tuple[LetterKind, ...]] = {
    "COPY_IDENTIFIED_INTERNAL": (LetterKind.INTERNAL, LetterKind.CLEAR),
    "UPSTREAM_ORIGIN": (LetterKind.TALK, LetterKind.CLEAR),
    "PROGRAM_ORIGIN_UNRESOLVED": (LetterKind.REQUEST,),
    "LINEAGE_ONLY_EARLIER_EXPLOITATION": (LetterKind.REQUEST,),
    "CONFLICTING_MARKS": (LetterKind.KEYS,),
    "LEAD_ONLY": (LetterKind.LEAD,),
}
TOLD: dict[LetterKind, str] = {
    LetterKind.INTERNAL: "internal process opened",
    LetterKind.CLEAR: "{} partners cleared in writing",
    LetterKind.TALK: "{} asked to talk",
    LetterKind.WARN: "finder warned for his own safety",
    LetterKind.REQUEST: "{} holders asked the same questions",
    LetterKind.KEYS: "keys to be checked, nobody accused",
    LetterKind.LEAD: "a note for the file, nobody written to",
    LetterKind.CLOSING: "matter closed to {} holders",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done in the end, when, and where reports and letters lie."""

    action: str
    at: datetime
    reports: tuple[str, ...]
    letters: tuple[str, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """Reports, then letters."""
        return (*self.reports, *self.letters)


@dataclass(frozen=True, slots=True)
class Course:
    """One course of a story; ``paused`` are the letters of a pause before the verdict."""

    desk: Desk
    move: Move
    scenario: Scenario
    variant: Variant
    folder: Path
    paused: tuple[str, ...]


def attach_package(desk: Desk, advisory: AdvisoryId, check: str = "child") -> None:
    """Attach the demo package; the self-test is ours, so its digest is allowed at once."""
    files = tuple(sorted(package_files().items()))
    if check != "child":
        attach(desk, AttachPackage(advisory, files, check))
        return
    try:
        attach(desk, AttachPackage(advisory, files))
    except NeedsApproval as asked:
        allowed = Digest(str(asked.fields["self_test_sha256"]))
        attach(desk, AttachPackage(advisory, files, "child", allowed))


def pause(desk: Desk, scenario: Scenario) -> tuple[str, ...]:
    """Use is reported under embargo: one person holds deliveries, and the holders are told."""
    advisory = scenario.advisory.id
    with desk.store.read() as work:
        used = any(one.kind.is_use for one in work.sightings.all(advisory=advisory))
        ahead = desk.advisory(work, advisory).release_at > desk.clock()
    if not (used and ahead):
        return ()
    reason = "use is reported while the embargo lasts"
    place_hold(desk, PlaceHold(advisory, reason, MANAGER))
    return pause_holders(desk, advisory, reason)


def follow_up(course: Course, found: Attributed) -> Outcome:
    """Take every step that verdict and sightings call for, then write the reports."""
    desk, done, letters = course.desk, list[str](), list(course.paused)
    if course.paused:
        done.append(f"{len(course.paused)} holders told of a pause")
    if course.variant.advance_to is not None:
        done.append(_advanced(course, course.variant.advance_to, letters))
    for kind in _kinds(course, found):
        sent = write_letters(desk, found.run.sample, kind, BOTH).places
        done.append(TOLD[kind].format(len(sent)))
        letters += sent
    for case in found.cases:
        if case.recipient is not None and not case.internal:
            done.append(_to_removal(course, case, letters))
    reports = _reports(course, found)
    if course.variant.terms_change_at is not None:
        done.append(_terms_changed(course, course.variant.terms_change_at, letters))
    action = "; ".join(done) or "none"
    return Outcome(action, desk.clock(), reports, tuple(letters))


def _kinds(course: Course, found: Attributed) -> list[LetterKind]:
    kinds = list(LETTERS.get(found.run.verdict, ()))
    if found.run.verdict == "NO_LINK" and course.paused:
        kinds.append(LetterKind.CLOSING)  # whoever was told of the matter hears that it is over
    if found.run.verdict == "UPSTREAM_ORIGIN" and course.variant.draft is not None:
        kinds[0] = LetterKind.WARN  # refused when the sample does not show the draft
    return kinds


def _advanced(course: Course, to: datetime, letters: list[str]) -> str:
    """Harm decides, whatever the verdict was."""
    course.move(to - PATCH_READY)
    set_patch_ready(course.desk, course.scenario.advisory.id)
    course.move(to - PATCH_READY + HOUR)
    advanced = advance(
        course.desk,
        course.scenario.advisory.id,
        to,
        "use is reported and the fix is ready; waiting harms users",
        BOTH,
    )
    letters.append(advanced.memo)
    unsent = sum(count for wave, count in advanced.waves if wave in {"ans", "entry", "validate"})
    return (
        f"release brought forward to {instant_text(to)[:10]}, {unsent} partners of unsent waves, "
        f"{len(advanced.told)} holders told"
    )


def _to_removal(course: Course, case: Case, letters: list[str]) -> str:
    desk, move = course.desk, course.move
    start = desk.clock()
    approve(desk, case.id, None, ONE)  # the provisional suspension
    move(start + DAY)
    step = notify(desk, case.id, BOTH)
    letters += step.files
    if step.case.response_due is None:
        return "notice given"
    move(step.case.response_due)
    hear(desk, case.id, "", MANAGER)
    move(desk.clock() + DAY)
    examine_case(desk, case.id, "confirmed", Approvals((EXAMINER,)))
    move(desk.clock() + DAY)
    reason = "a file outside the program holds the marks of the copy; no answer came"
    proposed = ProposeAction(case.id, ActionKind.REMOVE, reason, None, MANAGER, BOTH)
    done = propose_action(desk, proposed)
    letters += done.files
    return _effect(desk, done.case)


def _effect(desk: Desk, case: Case) -> str:
    """Ask the terms about the next advisory, so that the removal shows where it counts."""
    asked = (case.recipient,) if case.recipient else ()
    _next_advisory(desk)
    plan = plan_only(desk, IssueAdvisory(COMING, recipients=asked)).plan
    rule = plan.withheld[0].rule if plan.withheld else "nothing"
    return (
        f"{case.recipient} removed {instant_text(desk.clock())[:10]}, later issues withheld by "
        f"'{rule}'"
    )


def _next_advisory(desk: Desk, ahead: timedelta = NEXT_RELEASE) -> None:
    release = desk.clock() + ahead
    create(desk, NewAdvisory(COMING, "The next advisory", release, Tlp.AMBER_STRICT, None))
    attach_package(desk, COMING)


def _terms_changed(course: Course, at: datetime, letters: list[str]) -> str:
    """Other terms for some places, by a rule; nobody's standing changes."""
    desk = course.desk
    with desk.store.read() as work:
        before = {one.id: (one.state, one.tier) for one in work.partners.all()}
    course.move(at - TERMS_NOTICE)
    told = tell_of_place_rules(desk, at, BOTH)
    letters += told
    course.move(at + HOUR)
    _next_advisory(desk, ALL_TIERS)
    plan = plan_only(desk, IssueAdvisory(COMING)).plan
    kept = sum(one.rule.startswith("jurisdiction") for one in plan.withheld)
    with desk.store.read() as work:
        same = before == {one.id: (one.state, one.tier) for one in work.partners.all()}
    standing = "standing unchanged" if same else "STANDING CHANGED"
    return f"terms changed for {len(told)} partners by place ({kept} withheld next), {standing}"


def _reports(course: Course, found: Attributed) -> tuple[str, ...]:
    desk = course.desk
    name = found.cases[0].id if found.cases else found.run.sample
    advisory = course.scenario.advisory.id
    wanted = {
        f"case-{name}": written(desk, case_report(desk, name)),
        f"distribution-{advisory}": written(desk, distribution_report(desk, advisory)),
    }
    if course.variant.compares:
        command = CompareSample(found.run.sample, advisory, _corpus(), CORPUS)
        compared = compare_sample(desk, command)
        wanted[f"commonality-{found.run.sample}"] = written(desk, compared)
    paths = []
    for stem, report in wanted.items():
        for kind, data in (("html", report.html), ("json", report.json)):
            path = course.folder / f"{stem}.{kind}"
            write_durably(path, data, 0o644)
            paths.append(str(path))
    return tuple(paths)


def _corpus() -> list[tuple[str, bytes]]:
    folder = Path(sysconfig.get_path("stdlib"))
    files = [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.py"))]
    return [(name, data) for name, data in files if len(data) <= CORPUS_BYTES]
