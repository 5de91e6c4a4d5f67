"""The line as a row of calls that may be stopped anywhere, and what must hold afterwards.

`Stage` is a machine for one engine: it plays the story once undisturbed and keeps the state before
each call. `stopped` then takes a call back to that state, stops it at one effect or kills it at
some moment, makes the same call again, and names everything that is not as it should be.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mapp_compliance.app import open_workspace
from mapp_compliance.distribution import CopyState, parcel_name
from mapp_compliance.errors import MappError
from mapp_compliance.settings import parse_settings
from mapp_compliance.workflows.collect import collect
from mapp_compliance.workflows.log import verify_log
from mapp_compliance.workflows.ports import Desk
from tests.cli.line import ADVISORY, LEAKED, SENT
from tests.cli.world import World, started
from tests.crash.zygote import STOPPED
from tests.postgres import Server

ANSWER_BY = "2026-07-09T09:00:00Z"
KILLED = -9
BOTH = ("--approve", "ann", "--approve", "bob")


@dataclass(frozen=True, slots=True)
class Step:
    """One call: its verb as a name, its arguments, and when it happens in the story."""

    name: str
    arguments: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class Essence:
    """What must be the same however often the way there was stopped."""

    copies: tuple[tuple[str, str, str], ...]  # id, state, digest of the marked files
    leaves: tuple[tuple[str, int], ...]
    told: tuple[tuple[str, int], ...]
    samples: tuple[str, ...]
    runs: tuple[tuple[str, int], ...]
    cases: tuple[tuple[str, str, int], ...]
    partners: tuple[tuple[str, str], ...]
    opened: tuple[tuple[str, str], ...]  # path and digest of what recipients hold


@dataclass(frozen=True, slots=True)
class Seen:
    """A workspace at rest: faults found in it, and what may not change any more."""

    essence: Essence
    faults: tuple[str, ...]
    sealed: dict[str, str]  # copies with a seal leaf
    delivered: dict[str, str]  # parcels that lie at recipients, by path
    leaves: tuple[str, ...]  # digests, in order


class Zygote:
    """The process that forks calls."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        )

    def run(self, arguments: Sequence[str], **order: Any) -> dict[str, Any]:
        """One call, in a child of that process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"arguments": list(arguments), **order}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


@dataclass
class Stage:
    """One engine's machine."""

    folder: Path
    zygote: Zygote
    server: Server | None = None
    world: World = field(init=False)
    url: str = ""
    steps: list[Step] = field(default_factory=list)
    before: list[tuple[Path, str]] = field(default_factory=list)  # folder and database
    after: list[Essence] = field(default_factory=list)
    effects: list[list[str]] = field(default_factory=list)
    places: list[list[list[str]]] = field(default_factory=list)  # the paths of each effect
    took_s: list[float] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    _tried: int = 0

    def play(self, most: int | None = None) -> None:
        """The story, or its first calls, undisturbed."""
        live = self.folder / "live"
        live.mkdir(parents=True)
        if self.server:
            self.url = self.server.fresh()
            self.world = started(live, "--store", self.url)
        else:
            self.world = started(live)
        for name, person in self.world.people.items():
            person.save(live / "keys" / name)
        for tell in STORY[:most]:
            step = tell(self, live)
            self.before.append(self._kept(live))
            answer = self._call(live, self.url, step)
            assert answer["code"] == 0, (step, answer)
            seen = self._seen(live, self.url)
            assert not seen.faults, (step, seen.faults)
            self.steps.append(step)
            self.after.append(seen.essence)
            self.effects.append(answer["effects"])
            self.places.append(answer["places"])
            self.took_s.append(answer["took_s"])

    def hasty(self, step: int) -> list[str]:
        """What a call named before its bytes were on the disk, or relied on before its name was."""
        faults: list[str] = []
        synced: set[str] = set()
        unsettled: set[str] = set()  # folders with names that may be lost
        for name, paths in zip(self.effects[step], self.places[step], strict=True):
            whole = [os.path.realpath(path) for path in paths]
            if name in {"os.rename", "os.link"}:
                source, target = whole
                if source not in synced:
                    faults.append(f"{name} of {source} before its bytes are on the disk")
                synced.add(target)
                unsettled.add(os.path.dirname(target))
            elif name == "os.mkdir":
                unsettled.add(os.path.dirname(whole[0]))
            elif name == "fsync file":
                synced.add(whole[0])
            elif name == "fsync folder":
                unsettled.discard(whole[0])
            elif name == "commit":
                faults += [f"commit before {folder} is on the disk" for folder in unsettled]
        return faults

    def points(self) -> list[tuple[int, int, bool]]:
        """Every place to stop: step, number of the effect, with bytes lost or not."""
        return [
            (step, number, torn)
            for step, names in enumerate(self.effects)
            for number, name in enumerate(names, 1)
            for torn in ((False, True) if name == "fsync file" else (False,))
        ]

    def stopped(
        self, step: int, at: int = 0, torn: bool = False, kill_after_s: float | None = None
    ) -> tuple[bool, list[str]]:
        """Whether the call was stopped, and what was wrong then or after the same call again."""
        with self._again(step) as (place, url):
            order = {"at": at, "torn": torn} if at else {"kill_after_s": kill_after_s}
            first = self._call(place, url, self.steps[step], **order)
            return self._finished(step, place, url, first["code"])

    def killed_process(self, step: int, kill_after_s: float) -> tuple[bool, list[str]]:
        """The same with a process of its own, as a person starts it, by ``kill -9``."""
        with self._again(step) as (place, url):
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "mapp_compliance.cli",
                    *self._arguments(place, self.steps[step]),
                ],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=os.environ | _environment(url),
                cwd=place,
            )
            try:
                process.wait(kill_after_s)
            except subprocess.TimeoutExpired:
                process.kill()
            return self._finished(step, place, url, process.wait())

    def idle_process_s(self) -> float:
        """Seconds that a process takes which finds no workspace."""
        began = time.monotonic()
        command = [sys.executable, "-m", "mapp_compliance.cli", "--home", "nowhere", "user", "list"]
        subprocess.run(command, capture_output=True, check=False, cwd=self.folder)
        return time.monotonic() - began

    def _finished(self, step: int, place: Path, url: str, code: int) -> tuple[bool, list[str]]:
        was_stopped = code in {STOPPED, KILLED}
        faults = [] if was_stopped or code == 0 else [f"the first call ended with {code}"]
        middle = self._seen(place, url)
        answer = self._call(place, url, self.steps[step])
        end = self._seen(place, url)
        faults += [f"when stopped: {text}" for text in middle.faults]
        faults += [f"at the end: {text}" for text in end.faults]
        faults += _compared(middle, end)
        if end.essence != self.after[step]:
            faults.append(f"other state: {_difference(self.after[step], end.essence)}")
        done = middle.essence == self.after[step]  # the second call found all done and may say so
        if answer["code"] != 0 and not (done and answer["code"] == 1):
            faults.append(f"the second call ended with {answer['code']}: {answer['out']}")
        faults += self._collected(place, url, end)
        return was_stopped, faults

    def _collected(self, place: Path, url: str, end: Seen) -> list[str]:
        with _desk(place, url) as desk:
            collect(desk, idle_s=0)
            with desk.store.read() as work:
                named = {item.hex for item in work.mentioned()}
        left = [path for path in (place / "home").rglob("*") if path.is_file()]
        blobs = [path for path in left if "blobs" in path.parts]
        faults = [f"orphan {path.name}" for path in blobs if path.name not in named]
        faults += [f"rest {path.name}" for path in left if path.name.endswith(".tmp")]
        after = self._seen(place, url)
        if (after.essence, after.faults) != (end.essence, end.faults):
            faults.append("collecting orphans changed what is kept")
        return faults

    def _arguments(self, place: Path, step: Step) -> list[str]:
        moved = [text.replace(str(self.folder / "live"), str(place)) for text in step.arguments]
        return ["--home", str(place / "home"), "--at", step.at, "--json", *moved]

    def _call(self, place: Path, url: str, step: Step, **order: Any) -> dict[str, Any]:
        arguments = self._arguments(place, step)
        return self.zygote.run(arguments, environment=_environment(url), **order)

    def _kept(self, place: Path) -> tuple[Path, str]:
        kept = self.folder / f"before-{len(self.before)}"
        shutil.copytree(place, kept)
        return kept, self.server.copied(self.url) if self.server else ""

    @contextmanager
    def _again(self, step: int) -> Iterator[tuple[Path, str]]:
        """A folder and a database as they were before a call."""
        folder, url = self.before[step]
        place = self.folder / f"try-{self._tried}"
        self._tried += 1
        shutil.copytree(folder, place)
        copy = self.server.copied(url) if self.server else ""
        try:
            yield place, copy
        finally:
            shutil.rmtree(place)
            if self.server:
                self.server.drop(copy)

    def _seen(self, place: Path, url: str) -> Seen:
        with _desk(place, url) as desk:
            return looked_at(desk, place)


def _environment(url: str) -> dict[str, str]:
    return {"MAPP_STORE_URL": url} if url else {}


@contextmanager
def _desk(place: Path, url: str) -> Iterator[Desk]:
    home = place / "home"
    assert bool(url) == bool(parse_settings((home / "mapp.toml").read_bytes()).store_url)
    desk = open_workspace(home, lambda: datetime.now(UTC), lambda *_: None, url)
    try:
        yield desk
    finally:
        desk.store.close()


def looked_at(desk: Desk, place: Path) -> Seen:
    """What a workspace holds, and every rule that it breaks."""
    faults = []
    try:
        verify_log(desk)
    except MappError as err:
        faults.append(f"log verify: {err}")
    with desk.store.read() as work:
        leaves, copies = work.ledger.leaves(), work.copies.all()
        runs, cases = work.runs.all(), work.cases.all()
        samples, partners = work.samples.all(), work.partners.all()
        setups, events = work.setups.all(), work.events()
    if [leaf.index for leaf in leaves] != list(range(len(leaves))):
        faults.append("a gap in the ledger")
    for setup in setups:
        faults += _missing(desk, setup.blob, f"set-up of {setup.advisory}")
    for sample in samples:
        for item in sample.files:
            faults += _missing(desk, item.blob, f"file of {sample.id}")
    delivered = {}
    for copy in copies:
        if copy.sealed is not None:
            faults += _missing(desk, copy.sealed, f"parcel of {copy.id}")
        if copy.receipt is not None:
            faults += _missing(desk, copy.receipt, f"receipt of {copy.id}")
        order = [setups[0].leaf, copy.commitment_leaf, copy.seal_leaf, copy.receipt_leaf]
        known = [index for index in order if index is not None]
        if known != sorted(set(known)):
            faults.append(f"leaves of {copy.id} out of order: {order}")
        parcel = place / "home" / "outbox" / copy.recipient / parcel_name(copy)
        if parcel.exists():
            found = hashlib.sha256(parcel.read_bytes()).hexdigest()
            delivered[parcel.name] = found
            if copy.sealed is None or copy.sealed.hex != found:
                faults.append(f"{parcel.name} lies in the outbox and is not what was sealed")
        elif copy.state in {CopyState.DELIVERED, CopyState.RECEIPTED}:
            faults.append(f"{copy.id} counts as delivered and is not in the outbox")
    return Seen(
        Essence(
            copies=tuple(
                (copy.id, copy.state.value, copy.marked.hex if copy.marked else "")
                for copy in copies
            ),
            leaves=tuple(sorted(Counter(leaf.kind for leaf in leaves).items())),
            told=tuple(sorted(Counter(item.what for item in events).items())),
            samples=tuple(sample.id for sample in samples),
            runs=tuple((run.digest.hex, run.t) for run in runs),
            cases=tuple((case.id, case.state.value, len(case.proposals)) for case in cases),
            partners=tuple((item.id, item.state.value) for item in partners),
            opened=tuple(
                (str(path.relative_to(place)), hashlib.sha256(path.read_bytes()).hexdigest())
                for path in sorted(place.glob("opened*/**/*"))
                if path.is_file() and not path.name.endswith(".tmp")
            ),
        ),
        tuple(faults),
        {copy.id: copy.sealed.hex for copy in copies if copy.sealed and copy.seal_leaf},
        delivered,
        tuple(hashlib.sha256(leaf.data).hexdigest() for leaf in leaves),
    )


def _missing(desk: Desk, blob: Any, what: str) -> list[str]:
    try:
        desk.blobs.get(blob)
    except MappError as err:
        return [f"{what}: {err}"]
    return []


def _compared(middle: Seen, end: Seen) -> list[str]:
    """What changed though it was final."""
    faults = []
    for name, then, now in (
        ("sealed bytes", middle.sealed, end.sealed),
        ("delivered bytes", middle.delivered, end.delivered),
    ):
        faults += [f"other {name} of {key}" for key in then if now.get(key) != then[key]]
    if end.leaves[: len(middle.leaves)] != middle.leaves:
        faults.append("leaves were lost or changed")
    return faults


def _difference(wanted: Essence, found: Essence) -> str:
    return "; ".join(
        f"{name}: {getattr(found, name)} instead of {getattr(wanted, name)}"
        for name in Essence.__slots__
        if getattr(found, name) != getattr(wanted, name)
    )


def _issue(_stage: Stage, _live: Path) -> Step:
    return Step("issue", ("issue", ADVISORY, "--yes"), SENT)


def _open(stage: Stage, live: Path) -> Step:
    with _desk(live, stage.url) as desk, desk.store.read() as work:
        (copy,) = [item for item in work.copies.all() if item.recipient == "P2"]
    arguments = (
        *("open", str(live / "home" / "outbox" / "P2" / parcel_name(copy))),
        *("--key", str(live / "keys" / "P2" / "P2.key")),
        *("--sign-key", str(live / "keys" / "P2" / "P2.ssh")),
        *("--out", str(live / "opened"), "--receipt", str(live / "receipt")),
    )
    return Step("open", arguments, SENT)


def _receipt(_stage: Stage, live: Path) -> Step:
    return Step("receipt add", ("receipt", "add", str(live / "receipt")), SENT)


def _submit(_stage: Stage, live: Path) -> Step:
    leaked = str(live / "opened" / "payload" / "poc.py")
    return Step("sample submit", ("sample", "submit", leaked), LEAKED)


def _attribute(stage: Stage, live: Path) -> Step:
    with _desk(live, stage.url) as desk, desk.store.read() as work:
        (sample,) = work.samples.all()
    return Step("attribute", ("attribute", sample.id), LEAKED)


def _case(verb: str, *options: str, at: str = LEAKED) -> Callable[[Stage, Path], Step]:
    def tell(stage: Stage, live: Path) -> Step:
        with _desk(live, stage.url) as desk, desk.store.read() as work:
            (case,) = work.cases.all()
        return Step(f"case {verb}", ("case", verb, case.id, *options), at)

    return tell


STORY: tuple[Callable[[Stage, Path], Step], ...] = (
    _issue,
    _open,
    _receipt,
    _submit,
    _attribute,
    _case("approve", "--approve", "ann"),
    _case("notice", *BOTH),
    _case("hear", at=ANSWER_BY),
    _case("examine", "--approve", "cleo", at=ANSWER_BY),
    _case("propose", "--action", "remove", "--reason", "terms", *BOTH, at=ANSWER_BY),
    _case("close", "--reason", "done", at=ANSWER_BY),
)
