"""A whole program in a folder: people, one advisory, copies, leaks; through the real workflows.

The leaker's side opens real parcels with the recipient's key. What follows sees only the
workspace and the leaked bytes.
"""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mapp_compliance.advisories import Severity, Tlp
from mapp_compliance.app import NewWorkspace, create_workspace, open_workspace
from mapp_compliance.attribution import Visibility
from mapp_compliance.demo import (
    Cast,
    KeyTexts,
    Terms,
    fresh_keys,
    package_files,
    partners_csv,
    recipients,
)
from mapp_compliance.demo.aftermath import attach_package
from mapp_compliance.distribution import Copy, parcel_name
from mapp_compliance.distribution.parcel import PAYLOAD
from mapp_compliance.program import Partner, PartnerKind, Tier
from mapp_compliance.values import AdvisoryId, PartnerId, Window, instant
from mapp_compliance.workflows.attach import AttachPackage, attach
from mapp_compliance.workflows.attribute import Attributed, attribute
from mapp_compliance.workflows.embargo import NewAdvisory, create
from mapp_compliance.workflows.issue import issue
from mapp_compliance.workflows.matter import IssueAdvisory
from mapp_compliance.workflows.people import import_partners
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.receive import Opened, open_parcel
from mapp_compliance.workflows.take_in import TakeInSample, take_in
from mapp_compliance.workflows.workspace import found

ADVISORY = AdvisoryId("ADV-2012-020")
DRAFTED = instant("2012-02-21T17:00:00Z")
ISSUED = instant("2012-03-12T17:00:00Z")
RELEASE = instant("2012-03-13T17:00:00Z")
POSTED = Window(instant("2012-03-15T10:00:00Z"), instant("2012-03-15T12:00:00Z"))
SEEN = instant("2012-03-15T13:00:00Z")
TERMS = Terms("2011-09", instant("2013-01-01T00:00:00Z"), "2011-09")
WAIVED = "waived: the package is tried elsewhere"

Files = Mapping[str, bytes]


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time that was set."""
        return self.now


@dataclass(frozen=True, slots=True)
class World:
    """One workspace, its clock, and the keys that its recipients hold."""

    home: Path
    clock: Clock
    desk: Desk
    keys: Mapping[PartnerId, KeyTexts]

    def copied(self, home: Path) -> "World":
        """The same program once more, in a folder of its own."""
        shutil.copytree(self.home, home)
        clock = Clock(self.clock.now)
        return replace(self, home=home, clock=clock, desk=open_workspace(home, clock, silent))

    def copies(self) -> list[Copy]:
        """All copies, by recipient."""
        with self.desk.store.read() as work:
            return sorted(work.copies.all(advisory=ADVISORY), key=lambda copy: copy.recipient)

    def opened(self, copy: Copy) -> Opened:
        """A parcel as its recipient opens it."""
        parcel = self.home / "outbox" / copy.recipient / parcel_name(copy)
        identity = self.keys[copy.recipient].seal_secret
        signer = self.desk.keyring.signer.public_key
        return open_parcel(parcel.read_bytes(), identity, signer, self.clock())

    def files(self, copy: Copy) -> dict[str, bytes]:
        """The marked files that a recipient holds."""
        return {
            path.removeprefix(PAYLOAD): data
            for path, data in self.opened(copy).files.items()
            if path.startswith(PAYLOAD)
        }

    def judged(self, leaked: Files) -> Attributed:
        """What comes of leaked files, seen in public two days after the release."""
        self.clock.now = max(self.clock.now, SEEN)
        command = TakeInSample(
            tuple(sorted(leaked.items())), POSTED, SEEN, Visibility.PUBLIC, "found by a test"
        )
        return attribute(self.desk, take_in(self.desk, command)[0])


def silent(_what: str, _done: int, _of: int) -> None:
    """Progress that nobody listens to."""


def people(many: int) -> tuple[Partner, ...]:
    """That many partners who may have the proof of concept one day before the release."""
    model = recipients(TERMS, Cast(partners=1))[0]
    return tuple(
        replace(
            model,
            id=PartnerId(f"P{number:03}"),
            name=f"Fictional Partner {number}",
            kind=PartnerKind.PARTNER,
            country="XA",
            tier=Tier.ANS,
            contact=f"psirt@p{number:03}.example",
        )
        for number in range(1, many + 1)
    )


def program(folder: Path, many: int, seed: str = "walks") -> World:
    """A program with that many recipients and an advisory with nothing attached yet."""
    clock = Clock(DRAFTED)
    root = hashlib.sha256(seed.encode()).digest()
    wanted = NewWorkspace("Example pre-disclosure program", "mapp", "demo", root=root)
    create_workspace(folder, wanted, clock)
    desk = open_workspace(folder, clock, silent)
    found(desk, ())
    partners = people(many)
    keys = fresh_keys(partners)
    import_partners(desk, partners_csv(partners, keys).encode(), "partners.csv", "shown in a test")
    title = "Card reader: long cards"
    create(desk, NewAdvisory(ADVISORY, title, RELEASE, Tlp.AMBER_STRICT, Severity.CRITICAL))
    return World(folder, clock, desk, keys)


def attached(world: World, check: str = WAIVED) -> World:
    """The demo package attached; its self-test is waived, or run on every copy if empty."""
    if check:
        files = tuple(sorted(package_files().items()))
        attach(world.desk, AttachPackage(ADVISORY, files, check))
    else:
        attach_package(world.desk, ADVISORY)
    return world


def issued(world: World) -> World:
    """Every recipient served, one day before the release."""
    world.clock.now = max(world.clock.now, ISSUED)
    issue(world.desk, IssueAdvisory(ADVISORY))
    return world


def served(folder: Path, many: int, seed: str = "walks", check: str = WAIVED) -> World:
    """A program whose recipients all hold a copy."""
    return issued(attached(program(folder, many, seed), check=check))


def named(found_now: Attributed) -> list[str]:
    """The recipients and reserved instances that a verdict names."""
    copies = found_now.document["copies"]
    assert isinstance(copies, list)
    return [str(item["recipient"] or item["reserved"]) for item in copies]
