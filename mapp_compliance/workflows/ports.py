"""What the workflows need from the outside world, as protocols that they own.

``Desk`` bundles them; `app/` is the only place that fills it. Each protocol has one suite of
tests that runs on the fake and on the real adapter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from mapp_compliance.errors import NotFound
from mapp_compliance.trust import Json, Sink
from mapp_compliance.values import AdvisoryId, Digest
from mapp_compliance.workflows.folders import Folders
from mapp_compliance.workflows.keyring import Keyring
from mapp_compliance.workflows.storing import Ledger, Repository, Store, UnitOfWork

# Named in the protocols only: what opens a workspace must not load what reads leaks.
if TYPE_CHECKING:
    from mapp_compliance.advisories import Advisory
    from mapp_compliance.attribution import Commonality, Declared, Part, Unwrapped
    from mapp_compliance.policy import Laws, Pack
    from mapp_compliance.watermark import Layout, Observation, PackageFile, SiteMap

__all__ = [
    "Blobs",
    "CheckResult",
    "Desk",
    "Heads",
    "Isolation",
    "Keeping",
    "Keyring",
    "Ledger",
    "Post",
    "Program",
    "Progress",
    "Renderer",
    "Repository",
    "Round",
    "Sandbox",
    "Store",
    "UnitOfWork",
]

Progress = Callable[[str, int, int], None]  # what, done, of


class Blobs(Protocol):
    """Content-addressed bytes, durable once ``put`` returns."""

    def put(self, data: bytes) -> Digest:
        """Keep the bytes; the same bytes twice are one blob."""
        ...

    def keeping(self) -> AbstractContextManager[Keeping]:
        """Many blobs at once, durable when the block has ended, and not before."""
        ...

    def get(self, digest: Digest) -> bytes:
        """The bytes. Raises NotFound, or Broken when they no longer fit their digest."""
        ...

    def collect(self, keep: Set[Digest], idle_s: float) -> int:
        """Take away what is not to be kept and was not put within that time; how many."""
        ...


class Keeping(Protocol):
    """Blobs that become durable together."""

    def write(self, fill: Callable[[Sink], None]) -> Digest:
        """Keep what ``fill`` writes, without holding it."""
        ...


class Round(Protocol):
    """Deliveries that become durable together."""

    def deliver(self, recipient: str, name: str, data: bytes) -> str:
        """As ``Post.deliver``."""
        ...

    def forward(self, recipient: str, name: str, blob: Digest) -> str:
        """Hand over a kept blob under a name; the same again does nothing.

        Returns where it can be found. Raises Undelivered, and what ``Blobs.get`` raises.
        """
        ...


class Post(Protocol):
    """The way out to a recipient."""

    def round(self) -> AbstractContextManager[Round]:
        """Many deliveries, durable when the block has ended, and not before."""
        ...

    def deliver(self, recipient: str, name: str, data: bytes) -> str:
        """Hand the bytes over; the same name and bytes again do nothing.

        Returns where they can be found. Raises Undelivered.
        """
        ...

    def tidy(self, idle_s: float) -> None:
        """Take away rests of deliveries that stopped that long ago."""
        ...


class Isolation(Protocol):
    """Outside bytes are parsed in a limited child."""

    def parts(self, files: Sequence[tuple[str, bytes]]) -> Unwrapped:
        """The unwrapped and decoded parts of a sample set, with notes on what was cut."""
        ...

    def look(
        self, files: Sequence[tuple[str, bytes]], maps: Sequence[SiteMap]
    ) -> tuple[Unwrapped, tuple[int, ...]]:
        """The parts of a sample set, and how many letter sites of each map they show.

        Raises InvalidInput when a limit was reached; nothing is known of the sample then.
        """
        ...

    def read(self, parts: Sequence[Part], site_map: SiteMap) -> Observation:
        """What the parts of ONE sample show of the sites of a map, word-blind.

        Raises InvalidInput when a limit was reached.
        """
        ...

    def compare(
        self,
        sample: Sequence[tuple[str, bytes]],
        artifact: Sequence[tuple[str, bytes]],
        corpus: Sequence[tuple[str, bytes]],
        of_format: Sequence[tuple[str, bytes]],
        declared: Declared,
    ) -> Commonality:
        """What a sample shares with an artifact, and how rare it is among the operator's files.

        Raises InvalidInput when a limit was reached.
        """
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
    """The author's own check, or a tool of the machine, runs over a copy in a limited child."""

    def check(
        self,
        packages: Sequence[Mapping[str, bytes]],
        command: Sequence[str],
        progress: Callable[[int], None],
    ) -> list[CheckResult]:
        """One result for each package, in order; ``progress`` hears how many are done."""
        ...

    def formatters(self, paths: Sequence[str]) -> Sequence[str]:
        """The formatters of this machine that know some of these files."""
        ...

    def formatted(self, tool: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """The files that the formatter knows and changes, as it leaves them."""
        ...


class Heads(Protocol):
    """Signed tree heads, kept outside the database that they watch over."""

    def keep(self, head: bytes) -> None:
        """Keep one more; durable when this returns."""
        ...

    def kept(self) -> list[bytes]:
        """All that are kept, oldest first."""
        ...

    def tidy(self, idle_s: float) -> None:
        """Take away rests of writes that stopped that long ago."""
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
    folders: Folders
    isolation: Isolation
    sandbox: Sandbox
    renderer: Renderer
    pack: Callable[[], Pack]
    laws: Callable[[], Laws]
    clock: Callable[[], datetime]
    chance: Callable[[int], bytes]  # fresh random bytes, for throw-away words and local keys only
    engines: Callable[[], tuple[tuple[str, str], ...]]  # (name, version) of what surveys, renders
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
