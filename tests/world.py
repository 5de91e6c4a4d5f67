"""A whole small program in memory, told in the words of the house.

>>> world = World()
>>> _ = world.partner("P1"), world.advisory("A1"), world.attach("A1")
>>> world.issue("A1")[0].state.value
'delivered'
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from mapp_compliance.advisories import Advisory, Tlp
from mapp_compliance.attribution import Run, Sample, Visibility
from mapp_compliance.distribution import Copy, parcel_name
from mapp_compliance.enforcement import NAMESPACE, Case
from mapp_compliance.policy import Laws, load_laws
from mapp_compliance.program import Partner, PartnerKind, Role, Tier, User
from mapp_compliance.trust import Ed25519Signer, Identity, digest, generate_identity, sign_ssh
from mapp_compliance.values import AdvisoryId, Digest, PartnerId, instant
from mapp_compliance.workflows.agree import Approvals
from mapp_compliance.workflows.attach import Attached, AttachPackage, attach
from mapp_compliance.workflows.embargo import NewAdvisory, create
from mapp_compliance.workflows.issue import IssueAdvisory, issue
from mapp_compliance.workflows.opencase import open_cases
from mapp_compliance.workflows.ports import Desk, Program
from mapp_compliance.workflows.receive import Opened, open_parcel
from mapp_compliance.workflows.take_in import TakeInSample, take_in
from mapp_compliance.workflows.workspace import found
from tests.fakes import (
    FakeBlobs,
    FakeFolders,
    FakeHeads,
    FakeIsolation,
    FakeKeyring,
    FakePost,
    FakeRenderer,
    FakeSandbox,
    FakeStore,
)
from tests.policy.shipped import POLICIES, mapp

START = instant("2026-11-10T12:00:00Z")
PACKAGE = {  # 72 code sites: enough to name a lone leaker
    "note.txt": b"card " + b"A" * 64 + b"\nseal " + b"0" * 8 + b"\n",
    "note.txt.marks.toml": (
        b'[[mark]]\nname = "filler"\nkind = "filler"\nmatch = "card (A{64})"\ncharset = "alnum"\n'
        b'[[mark]]\nname = "seal"\nkind = "filler"\nmatch = "seal (0{8})"\ncharset = "alnum"\n'
    ),
}
PEOPLE = {"ann": Role.PROGRAM_MANAGER, "bob": Role.APPROVER, "cleo": Role.EXAMINER}
BOTH = Approvals(("ann", "bob"))


@cache
def laws() -> Laws:
    """The shipped table of reporting laws."""
    return load_laws((POLICIES / "jurisdictions.yaml").read_text("utf-8"), "jurisdictions.yaml")


class World:
    """One program, its people, its outside world, and a clock that only tests move.

    In the ``standard`` profile the people's keys lie outside, in ``signers``.
    """

    def __init__(self, profile: str = "demo") -> None:
        self.now = START
        self.store, self.heads, self.blobs = FakeStore(), FakeHeads(), FakeBlobs()
        self.keyring, self.post, self.sandbox = FakeKeyring(), FakePost(self.blobs), FakeSandbox()
        self.folders = FakeFolders()
        self._drawn = 0
        self.desk = self._desk(profile)
        self.signers = {name: Ed25519Signer.from_seed(_seed(name)) for name in PEOPLE}
        self.secrets: dict[str, Identity] = {}
        self.hands: dict[str, Ed25519Signer] = {}
        self.users = found(
            self.desk,
            tuple(
                User(name, role, self.signers[name].public_key.text())  # type: ignore[arg-type]
                for name, role in PEOPLE.items()
            ),
        )

    def _desk(self, profile: str) -> Desk:
        return Desk(
            program=Program(
                name="Test Program",
                origin="test/mapp-log",
                profile=profile,
                contact="cases@test.example",
                max_sample_bytes=1_000_000,
                alpha="1e-4",
            ),
            store=self.store,
            heads=self.heads,
            blobs=self.blobs,
            keyring=self.keyring,
            post=self.post,
            folders=self.folders,
            isolation=FakeIsolation(),
            sandbox=self.sandbox,
            renderer=FakeRenderer(),
            pack=mapp,
            laws=laws,
            clock=lambda: self.now,
            chance=self._chance,
            engines=lambda: (("test", "1"),),
            progress=lambda _what, _done, _of: None,
        )

    def _chance(self, size: int) -> bytes:
        self._drawn += 1
        return digest(self._drawn.to_bytes(8, "big")).raw[:size]

    def later(self, **by: float) -> datetime:
        """Move the clock, such as ``later(days=1)``."""
        self.now += timedelta(**by)
        return self.now

    def user(self, name: str) -> User:
        """One of the founders."""
        return next(user for user in self.users if user.name == name)

    def signature(self, name: str, to_sign: str, namespace: str = NAMESPACE) -> bytes:
        """The signature that a person of the standard profile makes outside."""
        return sign_ssh(to_sign.encode(), namespace, self.signers[name])

    def partner(self, name: str = "P1", **changes: Any) -> Partner:
        """A recipient who may have everything: tier validate, all papers in force."""
        self.secrets[name] = generate_identity()
        self.hands[name] = Ed25519Signer.from_seed(_seed(name))
        fields: dict[str, Any] = {
            "name": f"Partner {name}",
            "kind": PartnerKind.PARTNER,
            "country": "XA",
            "tier": Tier.VALIDATE,
            "contact": f"psirt@{name.lower()}.example",
            "seal_key": self.secrets[name].recipient,
            "sign_key": self.hands[name].public_key.text(),
            "agreement": "2026-02",
            "marking_notice": "2026-02",
            "keys_proved": "by telephone",
        }
        made = Partner(PartnerId(name), **(fields | changes))
        with self.store.write() as work:
            work.partners.put(made)
        return made

    def reader(self, name: str = "STAFF-1") -> Partner:
        """An internal reader."""
        return self.partner(name, kind=PartnerKind.INTERNAL, tier=None)

    def advisory(self, name: str = "A1", days: float = 10) -> Advisory:
        """A draft whose embargo ends that many days from now."""
        release = self.now + timedelta(days=days)
        return create(self.desk, NewAdvisory(name, "A title", release, Tlp.AMBER_STRICT, None))[0]

    def attach(self, advisory: str = "A1", files: dict[str, bytes] | None = None) -> Attached:
        """A package of two fillers, or the given files."""
        chosen = tuple((PACKAGE if files is None else files).items())
        return attach(self.desk, AttachPackage(AdvisoryId(advisory), chosen))

    def issue(self, advisory: str = "A1", *recipients: str) -> tuple[Copy, ...]:
        """The copies of those recipients, delivered; of all when nobody is named."""
        chosen = tuple(PartnerId(name) for name in recipients)
        return issue(self.desk, IssueAdvisory(AdvisoryId(advisory), recipients=chosen)).copies

    def issued(self) -> tuple[Copy, ...]:
        """A distribution of A1 to P1 and P2."""
        self.partner("P1")
        self.partner("P2")
        self.advisory()
        self.attach()
        return self.issue()

    def opened(self, copy: Copy) -> Opened:
        """What the recipient of a copy finds in its parcel."""
        sealed = self.post.delivered[copy.recipient, parcel_name(copy)]
        secret = self.secrets[copy.recipient].secret
        return open_parcel(sealed, secret, self.keyring.signer.public_key, self.now)

    def sample(self, *contents: bytes, **changes: Any) -> Sample:
        """A sample set, taken in now."""
        files = tuple((f"file-{place}", data) for place, data in enumerate(contents))
        fields: dict[str, Any] = {
            "posted": None,
            "observed": None,
            "visibility": Visibility.PUBLIC,
            "source": "",
        }
        return take_in(self.desk, TakeInSample(files, **(fields | changes)))[0]

    def case(self, copy: Copy | None, verdict: str = "COPY_IDENTIFIED") -> Case:
        """The case that a verdict on a copy opens, without any scoring."""
        sample = self.sample(b"leak of " + (copy.id.encode() if copy else b"nobody"))
        body = f'{{"copies":[],"sample":"{sample.id}"}}'
        run = Run(
            sample=sample.id,
            advisory=AdvisoryId("A1"),
            digest=digest(body.encode()),
            reading=Digest("1" * 64),
            method="test",
            t=1,
            at=self.now,
            reading_leaf=0,
            run_leaf=0,
            verdict=verdict,
            document=body,
        )
        with self.store.write() as work:
            work.runs.put(run)
            return open_cases(self.desk, work, run, [copy] if copy else [], 0)[0]

    def stored_case(self, name: str) -> Case:
        """The case as it is kept now."""
        case = self.store.state.tables["cases"][name,]
        assert isinstance(case, Case)
        return case


def _seed(name: str) -> bytes:
    return digest(f"test key of {name}".encode()).raw
