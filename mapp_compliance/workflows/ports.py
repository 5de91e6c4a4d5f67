"""What the workflows need from the outside world, as protocols that they own.

``Desk`` bundles them; `app.py` is the only place that fills it. Each protocol has one suite of
tests that runs on the fake and on the real adapter.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from mapp_compliance.advisories import Advisory, Attachment, EarlierVersion, SetUp, Sighting
from mapp_compliance.attribution import Feed, FeedFile, Run, Sample, Unwrapped
from mapp_compliance.distribution import Copy, Hold
from mapp_compliance.enforcement import Case
from mapp_compliance.errors import NotFound
from mapp_compliance.policy import Laws, Pack
from mapp_compliance.program import Holder, Partner, User
from mapp_compliance.trust import Json, Signer
from mapp_compliance.values import AdvisoryId, Digest
from mapp_compliance.watermark import Layout, PackageFile
from mapp_compliance.workflows.records import (
    Event,
    Leaf,
    Outgoing,
    PolicyRecord,
    SignedDecision,
)

V = TypeVar("V")
Progress = Callable[[str, int, int], None]  # what, done, of


class Repository(Protocol[V]):
    """Values of one kind by their key; values come back in the order of their keys."""

    def get(self, *key: str | int) -> V | None:
        """The value, or None."""
        ...

    def put(self, value: V) -> None:
        """Insert, or replace the value of the same key."""
        ...

    def all(self, **where: str | int) -> list[V]:
        """All values whose indexed columns equal the given ones."""
        ...


class Ledger(Protocol):
    """The append-only log; a leaf is never changed and never leaves a gap."""

    def append(self, kind: str, body: Mapping[str, Json], at: datetime) -> Leaf:
        """A new leaf over the canonical bytes of the body and its kind."""
        ...

    def leaves(self) -> list[Leaf]:
        """All leaves in order."""
        ...

    def leaf(self, index: int) -> Leaf:
        """One leaf; raises NotFound."""
        ...

    def size(self) -> int:
        """How many leaves there are."""
        ...


class UnitOfWork(Protocol):
    """One transaction: all of it is kept, or nothing."""

    @property
    def users(self) -> Repository[User]:
        """People."""
        ...

    @property
    def partners(self) -> Repository[Partner]:
        """Recipients."""
        ...

    @property
    def advisories(self) -> Repository[Advisory]:
        """Advisories."""
        ...

    @property
    def attachments(self) -> Repository[Attachment]:
        """Packages as attached."""
        ...

    @property
    def setups(self) -> Repository[SetUp]:
        """Set-ups of marking."""
        ...

    @property
    def copies(self) -> Repository[Copy]:
        """Copies."""
        ...

    @property
    def samples(self) -> Repository[Sample]:
        """Samples."""
        ...

    @property
    def runs(self) -> Repository[Run]:
        """Scored runs."""
        ...

    @property
    def cases(self) -> Repository[Case]:
        """Cases."""
        ...

    @property
    def decisions(self) -> Repository[PolicyRecord]:
        """Decisions of the terms."""
        ...

    @property
    def signed(self) -> Repository[SignedDecision]:
        """Decisions of people."""
        ...

    @property
    def earlier(self) -> Repository[EarlierVersion]:
        """Earlier versions of an advisory's material."""
        ...

    @property
    def sightings(self) -> Repository[Sighting]:
        """Sightings."""
        ...

    @property
    def holders(self) -> Repository[Holder]:
        """Holders that are sent no copy."""
        ...

    @property
    def holds(self) -> Repository[Hold]:
        """Deliveries that wait."""
        ...

    @property
    def feeds(self) -> Repository[Feed]:
        """Watched folders."""
        ...

    @property
    def feed_files(self) -> Repository[FeedFile]:
        """Files of watched folders that were dealt with."""
        ...

    @property
    def outgoing(self) -> Repository[Outgoing]:
        """Letters decided on."""
        ...

    @property
    def ledger(self) -> Ledger:
        """The log."""
        ...

    def tell(self, event: Event) -> None:
        """Keep one event of the history, in the order told."""
        ...

    def events(self, subject: str | None = None) -> list[Event]:
        """The history, of one subject or whole."""
        ...


class Store(Protocol):
    """The state of a workspace."""

    def write(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction of the single writer; another writer waits or is told."""
        ...

    def read(self) -> AbstractContextManager[UnitOfWork]:
        """A consistent view; nothing put there is kept."""
        ...


class Blobs(Protocol):
    """Content-addressed bytes, durable once ``put`` returns."""

    def put(self, data: bytes) -> Digest:
        """Keep the bytes; the same bytes twice are one blob."""
        ...

    def get(self, digest: Digest) -> bytes:
        """The bytes. Raises NotFound, or Broken when they no longer fit their digest."""
        ...


class Keyring(Protocol):
    """The program's secrets. They never leave it but through these calls."""

    @property
    def root(self) -> bytes:
        """32 bytes that all mark keys derive from."""
        ...

    @property
    def signer(self) -> Signer:
        """Signs statements."""
        ...

    @property
    def log_signer(self) -> Signer:
        """Signs tree heads."""
        ...

    def seal(self, data: bytes) -> bytes:
        """Bytes that only this workspace can open."""
        ...

    def open(self, data: bytes) -> bytes:
        """What ``seal`` sealed. Raises Broken when it was altered."""
        ...

    def local_signer(self, user: str) -> Signer:
        """The key of a local user of a demo workspace. Raises NotFound."""
        ...

    def add_local(self, user: str, seed: bytes) -> Signer:
        """Keep a key of 32 random bytes for a local user of a demo workspace."""
        ...


class Post(Protocol):
    """The way out to a recipient."""

    def deliver(self, recipient: str, name: str, data: bytes) -> str:
        """Hand the bytes over; the same name and bytes again do nothing.

        Returns where they can be found. Raises Undelivered.
        """
        ...


class Isolation(Protocol):
    """Outside bytes are parsed in a limited child."""

    def parts(self, files: Sequence[tuple[str, bytes]]) -> Unwrapped:
        """The unwrapped and decoded parts of a sample set, with notes on what was cut."""
        ...

    def compile_template(
        self, path: str, data: bytes, delimiters: Sequence[str]
    ) -> tuple[Layout, tuple[str, ...]]:
        """A template as a layout of one file, and the walls that could not be built.

        Raises InvalidInput with file and line.
        """
        ...

    def lay_out_marks(
        self, pairs: Sequence[tuple[PackageFile, PackageFile]]
    ) -> tuple[list[Layout], tuple[str, ...]]:
        """Files with side-cars as layouts, in order, and the walls that could not be built.

        Raises InvalidInput with file and line, also for a pattern that does not come to an end.
        """
        ...


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one copy's check ended.

    ``detail`` is the neutralised tail of its output, ``gaps`` the walls of the limited process
    that this machine could not build.
    """

    ok: bool
    detail: str
    gaps: tuple[str, ...] = ()


class Sandbox(Protocol):
    """The author's own check runs in a copy's folder, in a limited child."""

    def check(
        self,
        packages: Sequence[Mapping[str, bytes]],
        command: Sequence[str],
        progress: Callable[[int], None],
    ) -> list[CheckResult]:
        """One result for each package, in order; ``progress`` hears how many are done."""
        ...


class Heads(Protocol):
    """Signed tree heads, kept outside the database that they watch over."""

    def keep(self, head: bytes) -> None:
        """Keep one more; durable when this returns."""
        ...

    def kept(self) -> list[bytes]:
        """All that are kept, oldest first."""
        ...


class Renderer(Protocol):
    """Notices and reports from the user-editable templates."""

    def render(self, template: str, model: Mapping[str, Json]) -> str:
        """The text of one template for one model. Raises InvalidInput with file and line."""
        ...


@dataclass(frozen=True, slots=True)
class Program:
    """What the workspace is: its name, the log's origin, the profile it was made with."""

    name: str
    origin: str
    profile: str
    contact: str
    max_sample_bytes: int
    alpha: str  # family-wise chance of naming an innocent a sample, decimal text
    duty: str = "duty"  # who is woken: the folder of the outbox for the person on duty

    @property
    def local_keys(self) -> bool:
        """Whether private keys of people may lie in the workspace (demo and tests only)."""
        return self.profile == "demo"


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a workflow works with."""

    program: Program
    store: Store
    heads: Heads
    blobs: Blobs
    keyring: Keyring
    post: Post
    isolation: Isolation
    sandbox: Sandbox
    renderer: Renderer
    pack: Callable[[], Pack]
    laws: Callable[[], Laws]
    clock: Callable[[], datetime]
    chance: Callable[[int], bytes]  # fresh random bytes, for throw-away words and local keys only
    engines: tuple[tuple[str, str], ...]  # (name, version) of what surveys and renders
    progress: Progress

    def vault_put(self, data: bytes) -> Digest:
        """Keep bytes sealed to the workspace itself."""
        return self.blobs.put(self.keyring.seal(data))

    def vault_get(self, blob: Digest) -> bytes:
        """What ``vault_put`` kept."""
        return self.keyring.open(self.blobs.get(blob))

    def policy_digest(self) -> Digest:
        """Digest of the active terms pack."""
        return self.pack().digest

    def advisory(self, work: UnitOfWork, advisory_id: AdvisoryId) -> Advisory:
        """The advisory. Raises NotFound."""
        found = work.advisories.get(advisory_id)
        if found is None:
            raise NotFound(
                f"there is no advisory {advisory_id}; 'mapp advisory list' shows the known ones"
            )
        return found
