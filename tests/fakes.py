"""One fake for each port of `workflows/ports.py`: plain dicts in memory, the same manners.

The suites in ``tests/conformance`` hold every fake to what its real adapter does.
"""

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from mapp_compliance.adapters.isolate.comparing import Question, commonality_in, compared
from mapp_compliance.adapters.render.template import compile_template
from mapp_compliance.attribution import Commonality, Declared, Part, Unwrapped
from mapp_compliance.attribution.unwrap import unwrap
from mapp_compliance.attribution.views import with_views
from mapp_compliance.errors import Broken, Conflict, InvalidInput, NotFound, Undelivered
from mapp_compliance.trust import Ed25519Signer, Json, Sink, canonical, derive, digest
from mapp_compliance.values import Digest
from mapp_compliance.watermark import (
    Layout,
    Observation,
    PackageFile,
    SiteMap,
    lay_out_marks,
    locate,
    read,
)
from mapp_compliance.workflows.folders import FolderFile, FolderLook
from mapp_compliance.workflows.ports import CheckResult
from mapp_compliance.workflows.records import Event, Leaf, leaf_data

V = TypeVar("V")
DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Shelf:
    """How one kind of value is found again: its key, and the columns it can be asked by."""

    key: Callable[[Any], Key]
    columns: tuple[str, ...] = ()


SHELVES: Mapping[str, Shelf] = {
    "users": Shelf(lambda v: (v.name,)),
    "partners": Shelf(lambda v: (v.id,), ("kind",)),
    "advisories": Shelf(lambda v: (v.id,)),
    "attachments": Shelf(lambda v: (v.advisory, v.revision), ("advisory",)),
    "setups": Shelf(lambda v: (v.advisory, v.revision), ("advisory",)),
    "copies": Shelf(lambda v: (v.id,), ("advisory", "recipient", "state", "instance")),
    "samples": Shelf(lambda v: (v.id,), ("digest",)),
    "runs": Shelf(lambda v: (v.digest.hex,), ("sample", "advisory")),
    "cases": Shelf(lambda v: (v.id,), ("sample",)),
    "decisions": Shelf(lambda v: (v.digest.hex,), ("advisory", "recipient")),
    "compromises": Shelf(lambda v: (v.digest.hex,), ("what",)),
    "signed": Shelf(lambda v: (v.digest.hex,), ("subject",)),
    "earlier": Shelf(lambda v: (v.advisory, v.stage.value, v.number), ("advisory",)),
    "sightings": Shelf(lambda v: (v.id,), ("advisory",)),
    "holders": Shelf(lambda v: (v.id,), ("advisory",)),
    "holds": Shelf(lambda v: (v.id,), ("advisory",)),
    "feeds": Shelf(lambda v: (v.name,)),
    "feed_files": Shelf(lambda v: (v.feed, v.name.hex), ("feed",)),
    "outgoing": Shelf(lambda v: (v.recipient, v.name), ("waits", "subject")),
}


class FakeRepository(Generic[V]):
    """Values of one kind in a dict."""

    def __init__(self, shelf: Shelf, values: dict[Key, V]) -> None:
        self._shelf = shelf
        self._values = values

    def get(self, *key: str | int) -> V | None:
        return self._values.get(key)

    def among(self, keys: Sequence[str]) -> dict[str, V]:
        return {key: self._values[(key,)] for key in keys if (key,) in self._values}

    def count(self) -> int:
        return len(self._values)

    def put(self, value: V) -> None:
        self._values[self._shelf.key(value)] = value

    def all(self, **where: str | int) -> list[V]:
        assert set(where) <= set(self._shelf.columns), "the store has no such column"
        return [
            value
            for _, value in sorted(self._values.items())
            if all(
                column_text(getattr(value, name)) == str(wanted) for name, wanted in where.items()
            )
        ]


def column_text(value: object) -> str:
    """How a value stands in a column."""
    plain = getattr(value, "value", getattr(value, "hex", value))
    return "" if plain is None else str(plain)


class FakeLedger:
    """Leaves in a list."""

    def __init__(self, leaves: list[Leaf]) -> None:
        self._leaves = leaves

    def append(self, kind: str, body: Mapping[str, Json], at: datetime) -> Leaf:
        self._leaves.append(Leaf(len(self._leaves), kind, leaf_data(kind, body), at))
        return self._leaves[-1]

    def leaves(self) -> list[Leaf]:
        return list(self._leaves)

    def leaf(self, index: int) -> Leaf:
        if not 0 <= index < len(self._leaves):
            raise NotFound(f"the ledger has no leaf {index}; ask for one below {self.size()}")
        return self._leaves[index]

    def size(self) -> int:
        return len(self._leaves)


@dataclass
class State:
    """All that a fake store holds."""

    tables: dict[str, dict[Key, Any]] = field(default_factory=lambda: {n: {} for n in SHELVES})
    leaves: list[Leaf] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def copy(self) -> "State":
        tables = {name: dict(values) for name, values in self.tables.items()}
        return State(tables, list(self.leaves), list(self.events))


class FakeUnitOfWork:
    """One transaction over a copy of the state."""

    users: FakeRepository[Any]
    partners: FakeRepository[Any]
    advisories: FakeRepository[Any]
    attachments: FakeRepository[Any]
    setups: FakeRepository[Any]
    copies: FakeRepository[Any]
    samples: FakeRepository[Any]
    runs: FakeRepository[Any]
    cases: FakeRepository[Any]
    decisions: FakeRepository[Any]
    signed: FakeRepository[Any]
    compromises: FakeRepository[Any]
    earlier: FakeRepository[Any]
    sightings: FakeRepository[Any]
    holders: FakeRepository[Any]
    holds: FakeRepository[Any]
    feeds: FakeRepository[Any]
    feed_files: FakeRepository[Any]
    outgoing: FakeRepository[Any]

    def __init__(self, state: State) -> None:
        for name, shelf in SHELVES.items():
            setattr(self, name, FakeRepository(shelf, state.tables[name]))
        self._tables = state.tables
        self.ledger = FakeLedger(state.leaves)
        self._events = state.events

    def tell(self, event: Event) -> None:
        self._events.append(event)

    def mentioned(self) -> frozenset[Digest]:
        kept = (repr(value) for values in self._tables.values() for value in values.values())
        return frozenset(Digest(text) for body in kept for text in DIGEST.findall(body))

    def events(self, subject: str | None = None) -> list[Event]:
        return [item for item in self._events if subject is None or item.subject == subject]


class FakeStore:
    """A transaction works on a copy of the state, which takes its place at the end."""

    def __init__(self) -> None:
        self.state = State()
        self._writing = False

    @contextmanager
    def write(self) -> Iterator[FakeUnitOfWork]:
        if self._writing:
            raise Conflict("another one is writing; wait for it to end")
        self._writing = True
        try:
            state = self.state.copy()
            yield FakeUnitOfWork(state)
            self.state = state
        finally:
            self._writing = False

    @contextmanager
    def read(self) -> Iterator[FakeUnitOfWork]:
        yield FakeUnitOfWork(self.state.copy())

    def close(self) -> None:
        """Nothing is open."""


class FakeBlobs:
    """Blobs in a dict; a test may alter or lose one."""

    def __init__(self) -> None:
        self.kept: dict[Digest, bytes] = {}

    def put(self, data: bytes) -> Digest:
        self.kept[digest(data)] = data
        return digest(data)

    @contextmanager
    def keeping(self) -> Iterator["FakeBlobs"]:
        yield self

    def write(self, fill: Callable[[Sink], None]) -> Digest:
        stream = io.BytesIO()
        fill(stream)
        return self.put(stream.getvalue())

    def get(self, name: Digest) -> bytes:
        if name not in self.kept:
            raise NotFound(f"the blob {name} is lost; restore it")
        if digest(self.kept[name]) != name:
            raise Broken(f"the blob {name} was altered; restore it")
        return self.kept[name]

    def collect(self, keep: Set[Digest], idle_s: float) -> int:
        orphans = set(self.kept) - set(keep)
        for name in orphans:
            del self.kept[name]
        return len(orphans)


class FakeHeads:
    """Tree heads by their size."""

    def __init__(self) -> None:
        self.by_size: dict[int, bytes] = {}

    def keep(self, head: bytes) -> None:
        self.by_size[int(head.split(b"\n")[1])] = head

    def kept(self) -> list[bytes]:
        return [head for _, head in sorted(self.by_size.items())]

    def tidy(self, idle_s: float) -> None:
        """Nothing is ever half written."""


class FakeKeyring:
    """Secrets from one root; sealing only binds the bytes to it."""

    def __init__(self, root: bytes = bytes(range(32))) -> None:
        self.root = root
        self._roots = [root]
        self._closed: dict[str, bytes] = {}
        self._local: dict[str, Ed25519Signer] = {}

    @property
    def generation(self) -> int:
        return len(self._roots)

    @property
    def signers(self) -> list[Ed25519Signer]:
        return [Ed25519Signer.from_seed(derive(root, "sign")) for root in self._roots]

    @property
    def log_signers(self) -> list[Ed25519Signer]:
        return [Ed25519Signer.from_seed(derive(root, "log")) for root in self._roots]

    @property
    def signer(self) -> Ed25519Signer:
        return self.signers[-1]

    @property
    def log_signer(self) -> Ed25519Signer:
        return self.log_signers[-1]

    def root_of(self, advisory: str) -> bytes:
        return self._closed.get(advisory, self._roots[-1])

    def rotate(self, root: bytes, advisories: Sequence[str]) -> int:
        for advisory in advisories:
            self._closed.setdefault(advisory, self._roots[-1])
        self._roots.append(root)
        return self.generation

    def exported(self) -> bytes:
        return b"".join(self._roots)

    def seal(self, data: bytes) -> bytes:
        return digest(self.root + data).raw + data

    def open(self, data: bytes) -> bytes:
        if digest(self.root + data[32:]).raw != data[:32]:
            raise Broken("the sealed bytes were altered; restore them")
        return data[32:]

    def local_signer(self, user: str) -> Ed25519Signer:
        if user not in self._local:
            raise NotFound(f"there is no key of {user}; sign outside")
        return self._local[user]

    def add_local(self, user: str, seed: bytes) -> Ed25519Signer:
        self._local[user] = Ed25519Signer.from_seed(seed)
        return self._local[user]


class FakePost:
    """Deliveries in a dict; recipients in ``unreachable`` get nothing."""

    def __init__(self, blobs: FakeBlobs) -> None:
        self._blobs = blobs
        self.delivered: dict[tuple[str, str], bytes] = {}
        self.unreachable: set[str] = set()

    def deliver(self, recipient: str, name: str, data: bytes) -> str:
        if recipient in self.unreachable:
            raise Undelivered(f"{recipient} cannot be reached; try again")
        self.delivered[recipient, name] = data
        return f"{recipient}/{name}"

    @contextmanager
    def round(self) -> Iterator["FakePost"]:
        yield self

    def forward(self, recipient: str, name: str, blob: Digest) -> str:
        return self.deliver(recipient, name, self._blobs.get(blob))

    def tidy(self, idle_s: float) -> None:
        """Nothing is ever half delivered."""


class FakeFolders:
    """Watched folders in a dict: folder to file name to bytes; what is in ``left`` is left."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, bytes]] = {}
        self.left: dict[str, str] = {}
        self._taken = False

    @contextmanager
    def alone(self) -> Iterator[None]:
        if self._taken:
            raise Conflict("another tick is at work; wait for it to end")
        self._taken = True
        try:
            yield
        finally:
            self._taken = False

    def check(self, folder: str) -> None:
        if folder not in self.files:
            raise NotFound(f"there is no folder {folder}; make it")

    def look(self, folder: str) -> FolderLook:
        self.check(folder)
        files = tuple(
            FolderFile(name.encode(), name, len(data), int(digest(data).hex[:12], 16))
            for name, data in sorted(self.files[folder].items())
            if name not in self.left
        )
        return FolderLook(files, tuple(self.left.items()))

    def read(self, folder: str, file: FolderFile, most_bytes: int) -> bytes:
        data = self.files[folder][file.label]
        if len(data) > most_bytes:
            raise InvalidInput(f"{file.label} is larger than {most_bytes}; submit less")
        return data


class FakeIsolation:
    """The pure functions themselves, in this process."""

    def parts(self, files: Sequence[tuple[str, bytes]]) -> Unwrapped:
        return with_views(unwrap(tuple(Part(data, name) for name, data in files)))

    def look(
        self, files: Sequence[tuple[str, bytes]], maps: Sequence[SiteMap]
    ) -> tuple[Unwrapped, tuple[int, ...]]:
        found = self.parts(files)
        return found, tuple(locate(found.parts, site_map) for site_map in maps)

    def read(self, parts: Sequence[Part], site_map: SiteMap) -> Observation:
        return read(parts, site_map)

    def compare(
        self,
        sample: Sequence[tuple[str, bytes]],
        artifact: Sequence[tuple[str, bytes]],
        corpus: Sequence[tuple[str, bytes]],
        of_format: Sequence[tuple[str, bytes]],
        declared: Declared,
    ) -> Commonality:
        question = Question(sample, artifact, corpus, of_format, declared)
        return commonality_in(b"".join(compared(question.to_lines())))

    def compile_template(
        self, path: str, data: bytes, delimiters: Sequence[str]
    ) -> tuple[Layout, tuple[str, ...]]:
        return compile_template(path, data.decode(), delimiters), ()

    def lay_out_marks(
        self, pairs: Sequence[tuple[PackageFile, PackageFile]]
    ) -> tuple[list[Layout], tuple[str, ...]]:
        return [lay_out_marks(file, marks) for file, marks in pairs], ()


class FakeSandbox:
    """Every package passes unless ``judge`` says otherwise."""

    def __init__(self) -> None:
        self.judge: Callable[[Mapping[str, bytes]], bool] = lambda files: True

    def check(
        self,
        packages: Sequence[Mapping[str, bytes]],
        command: Sequence[str],
        progress: Callable[[int], None],
    ) -> list[CheckResult]:
        results = [CheckResult(self.judge(files), "") for files in packages]
        progress(len(results))
        return results

    def formatters(self, paths: Sequence[str]) -> Sequence[str]:
        return ()

    def formatted(self, tool: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
        return {}


class FakeRenderer:
    """A canonical dump of template and model."""

    def render(self, template: str, model: Mapping[str, Json]) -> str:
        return canonical({"template": template, "model": dict(model)}).decode()


def rendered(text: bytes) -> dict[str, Any]:
    """What a fake renderer was given."""
    found: dict[str, Any] = json.loads(text)
    return found
