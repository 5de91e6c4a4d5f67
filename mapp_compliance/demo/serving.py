"""A story up to its last wave before the leak: the part that its courses share.

Two steps, so that courses may part after the first: the *base* (people, terms, package, earlier
versions, copies for the vendor's own readers) and the *waves* to partners, with marks or without.
Each step works on a folder of its own; the next begins with a copy of that folder, so a step lets
go of its database before it ends: a file that is open somewhere changes while it is copied.
"""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mapp_compliance.adapters.files import write_durably
from mapp_compliance.advisories import Severity, Tlp
from mapp_compliance.app import NewWorkspace, create_workspace, open_workspace
from mapp_compliance.demo.aftermath import BOTH, attach_package
from mapp_compliance.demo.scenario import Scenario, StageVersion, stage_files
from mapp_compliance.demo.world import fresh_keys, partners_csv, recipients, save_secrets
from mapp_compliance.distribution import RECEIPT_NAMESPACE, Copy, parcel_name
from mapp_compliance.program import PartnerKind
from mapp_compliance.trust import Ed25519Signer, sign_ssh
from mapp_compliance.values import AdvisoryId, instant_text
from mapp_compliance.workflows.earlier import AttachEarlier, attach_earlier
from mapp_compliance.workflows.embargo import NewAdvisory, create
from mapp_compliance.workflows.issue import issue
from mapp_compliance.workflows.matter import IssueAdvisory
from mapp_compliance.workflows.people import import_partners
from mapp_compliance.workflows.ports import Desk, Progress
from mapp_compliance.workflows.receive import Opened, add_receipt, open_parcel
from mapp_compliance.workflows.workspace import found

PROGRAM = "Example pre-disclosure program"
DRAFTED = timedelta(days=21)  # before the release
OPENED = timedelta(hours=2)  # after the delivery
CONTACT = "cases@program.example"
KEYS_PROVED = "shown at onboarding (demo)"
PLACE_RULES = ("jurisdiction-form", "jurisdiction-time")  # of the pack: what a place may not have


class StoryClock:
    """The time of the story; events move it."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """The present instant of the story."""
        return self.now


@dataclass(frozen=True, slots=True)
class Served:
    """What went out: for the people who watch."""

    copies: int
    withheld: int


@contextmanager
def at_desk(place: Path, clock: Callable[[], datetime], progress: Progress) -> Iterator[Desk]:
    """The workspace of a step, let go of at the end of the block."""
    desk = open_workspace(place / "home", clock, progress)
    try:
        yield desk
    finally:
        desk.store.close()


def base(scenario: Scenario, place: Path, progress: Progress) -> Served:
    """Program, people, advisory, package and earlier versions; the vendor's readers are served."""
    clock = StoryClock(scenario.advisory.release_at - DRAFTED)
    root = hashlib.sha256(f"mapp demo {scenario.seed}".encode()).digest()
    made = NewWorkspace(PROGRAM, "mapp", "demo", CONTACT, root)
    create_workspace(place / "home", made, clock).store.close()
    _date_place_rules(place / "home", scenario.terms.places_from)
    with at_desk(place, clock, progress) as desk:
        return Served(_begun(desk, scenario, place, clock), 0)


def _begun(desk: Desk, scenario: Scenario, place: Path, clock: StoryClock) -> int:
    """The base on a new workspace; how many readers were served."""
    found(desk, ())
    people = recipients(scenario.terms, scenario.cast)
    keys = fresh_keys(people)
    save_secrets(keys, place / "partners")
    csv = partners_csv(people, keys).encode()
    import_partners(desk, csv, "partners.csv", KEYS_PROVED)
    told = scenario.advisory
    create(
        desk,
        NewAdvisory(
            told.id, told.title, told.release_at, Tlp.AMBER_STRICT, Severity(told.severity)
        ),
    )
    attach_package(desk, told.id, scenario.check)
    for version in scenario.stages:
        keep_version(desk, told.id, version)
    clock.now = scenario.waves[0].at
    readers = tuple(one.id for one in people if one.kind is PartnerKind.INTERNAL)
    return len(issue(desk, IssueAdvisory(told.id, recipients=readers)).copies)


def waves(
    scenario: Scenario, sent: tuple[str, ...], unmarked: str, place: Path, progress: Progress
) -> Served:
    """The waves of these names, opened and answered.

    Args:
        unmarked: why these copies carry no marks; empty for marked ones.
    """
    clock = StoryClock(scenario.waves[0].at)
    copies = withheld = 0
    with at_desk(place, clock, progress) as desk:
        for wave in scenario.waves:
            if wave.name not in sent:
                continue
            clock.now = wave.at
            fresh = _served(desk, scenario, unmarked)
            copies, withheld = copies + len(fresh[0]), fresh[1]
            clock.now += OPENED
            for copy in fresh[0]:
                _answer(desk, place, copy, clock.now)
    return Served(copies, withheld)


def _served(desk: Desk, scenario: Scenario, unmarked: str) -> tuple[list[Copy], int]:
    advisory = scenario.advisory.id
    with desk.store.read() as work:
        before = {copy.id for copy in work.copies.all(advisory=advisory) if copy.has_left}
        partners = [one for one in work.partners.all() if one.kind is PartnerKind.PARTNER]
    if unmarked:
        command = IssueAdvisory(
            advisory, recipients=tuple(one.id for one in partners), unmarked=unmarked
        )
        issued = issue(desk, command, BOTH)
    else:
        issued = issue(desk, IssueAdvisory(advisory))
    return [copy for copy in issued.copies if copy.id not in before], len(issued.plan.withheld)


def keep_version(desk: Desk, advisory: AdvisoryId, version: StageVersion) -> None:
    """Keep an earlier version of the material as it was received."""
    attach_earlier(
        desk,
        AttachEarlier(
            advisory,
            version.stage,
            tuple(sorted(stage_files(version.folder).items())),
            version.received_at,
            version.source,
        ),
    )


def branch(source: Path, place: Path) -> Path:
    """A copy of a served story, for one course of it."""
    shutil.copytree(source, place)
    return place


def opened(desk: Desk, place: Path, copy: Copy, now: datetime) -> Opened:
    """What a recipient does with its parcel, on its own machine with its own key."""
    parcel = place / "home" / "outbox" / copy.recipient / parcel_name(copy)
    identity = (place / "partners" / copy.recipient / "seal.key").read_text()
    return open_parcel(parcel.read_bytes(), identity, desk.keyring.signer.public_key, now)


def _answer(desk: Desk, place: Path, copy: Copy, now: datetime) -> None:
    body = opened(desk, place, copy, now).receipt.body()
    secret = (place / "partners" / copy.recipient / "sign.key").read_bytes()
    signature = sign_ssh(body, RECEIPT_NAMESPACE, Ed25519Signer.from_openssh(secret))
    add_receipt(desk, body, signature)


def _date_place_rules(home: Path, since: datetime) -> None:
    """The program's own terms: the rules on places are in force from their date on."""
    path = home / "policies" / "mapp.yaml"
    text = path.read_text("utf-8")
    for rule in PLACE_RULES:
        head = re.compile(rf"(  - id: {rule}\n)")
        text = head.sub(rf"\1    effective_from: {instant_text(since)}\n", text)
    write_durably(path, text.encode())
