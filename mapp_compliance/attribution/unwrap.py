"""Unwrap a sample once: containers in containers, within budgets, never to disk.

Types are told by their first bytes, never by names. Everything met is a part, the containers as
well (their raw bytes may hold more than their members). Equal bytes are one part, so a container
that holds itself ends there. What does not fit a budget is left out with a note; what could be
read before stays.

>>> import gzip
>>> whole = unwrap([Part(gzip.compress(b"print(1)"), "a.gz")])
>>> [part.derivation for part in whole.parts], whole.notes
(['a.gz', 'a.gz > gzip'], ())
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from mapp_compliance.attribution.archives import DAMAGED, Member, bunzipped, gunzipped, unxzed
from mapp_compliance.attribution.parts import Part, Unwrapped
from mapp_compliance.attribution.tars import is_tar, tar_members
from mapp_compliance.attribution.zips import is_zip, zip_members
from mapp_compliance.values import MIB
from mapp_compliance.watermark import captured_streams, is_capture


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one sample may unfold to.

    Source: 50,000 members, depth 6, 200:1 lie above every archive of an ordinary source tree; a
    deflate stream can reach 1032:1 and an overlapping zip 28 million:1 (Fifield 2019).
    """

    depth: int = 6  # containers in containers
    members: int = 50_000  # over the whole sample
    total_bytes: int = 512 * MIB  # unpacked, over the whole sample, counted and not declared
    member_bytes: int = 64 * MIB  # unpacked, of one member
    ratio: int = 200  # unpacked to packed bytes of one member,
    ratio_from_bytes: int = 8 * MIB  # looked at once a member is larger than this
    notes: int = 200  # more are told as a count


@dataclass(slots=True)
class _Job:
    """What has been used up so far."""

    budget: Budget
    members: int = 0
    total_bytes: int = 0
    seen: set[bytes] = field(default_factory=set)
    parts: list[Part] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)  # ordered, each once
    notes_left_out: int = 0

    def take(self, part: Part) -> bool:
        """Keep the part; False when equal bytes were kept before."""
        digest = hashlib.sha256(part.data).digest()
        if digest in self.seen:
            return False
        self.seen.add(digest)
        self.parts.append(part)
        return True

    def note(self, text: str) -> None:
        """Keep the note, or count it when there are too many."""
        if len(self.notes) < self.budget.notes:
            self.notes[text] = None
        else:
            self.notes_left_out += 1

    def spent(self) -> str:
        """Why nothing more may be unpacked at all, or an empty text."""
        if self.members >= self.budget.members:
            return f"more than {self.budget.members} members"
        if self.total_bytes >= self.budget.total_bytes:
            return f"more than {self.budget.total_bytes} bytes in all"
        return ""


def unwrap(files: Iterable[Part], budget: Budget | None = None) -> Unwrapped:
    """The files with all that is packed in them, each followed by its members.

    Never raises for what the bytes hold; notes say what was left out.
    """
    job = _Job(budget or Budget())
    waiting = [(part, 0) for part in files][::-1]
    while waiting:
        part, depth = waiting.pop()
        if not job.take(part):
            continue
        opener = _opener(part.data)
        if opener is None:
            continue
        if depth >= job.budget.depth:
            job.note(f"truncated: {part.derivation}: deeper than {job.budget.depth}")
            continue
        inner = list(_inside(part, opener, job))
        waiting += [(found, depth + 1) for found in reversed(inner)]
    return Unwrapped(tuple(job.parts), _told(job))


def _told(job: _Job) -> tuple[str, ...]:
    more = (f"{job.notes_left_out} further notes are left out",) if job.notes_left_out else ()
    return (*job.notes, *more)


# One opening: part and chunks of what is in it, with its packed size in bytes.
_Opened = Iterator[tuple[Callable[[bytes], Part], Iterator[bytes], int]]
_Opener = Callable[[Part, _Job], _Opened]


def _inside(part: Part, opener: _Opener, job: _Job) -> Iterator[Part]:
    """What one container holds, as far as the budgets go."""
    found = opener(part, job)
    try:
        for name, chunks, packed_bytes in found:
            if why := job.spent():
                job.note(f"truncated: {part.derivation}: {why}")
                return
            job.members += 1
            yield _filled(name, chunks, packed_bytes, job)
    except DAMAGED:
        job.note(f"truncated: {part.derivation}: damaged or incomplete")


def _filled(
    name: Callable[[bytes], Part], chunks: Iterator[bytes], packed_bytes: int, job: _Job
) -> Part:
    budget, got, why = job.budget, bytearray(), ""
    room = min(budget.member_bytes, budget.total_bytes - job.total_bytes)
    try:
        for chunk in chunks:
            got += chunk[: room - len(got)]
            if len(got) == room and len(chunk):
                why = f"larger than {room} bytes" if next(chunks, b"") else ""
                break
            if len(got) > max(budget.ratio_from_bytes, budget.ratio * packed_bytes):
                why = f"unpacks to more than {budget.ratio} times its size"
                break
    except DAMAGED:
        why = "damaged or incomplete"
    job.total_bytes += len(got)
    part = name(bytes(got))
    if why:
        job.note(f"truncated: {part.derivation}: {why}")
    return part


def _zip(part: Part, job: _Job) -> _Opened:
    return _archive(part, job, zip_members)


def _tar(part: Part, job: _Job) -> _Opened:
    return _archive(part, job, tar_members)


def _archive(part: Part, job: _Job, members: Callable[[bytes], Iterator[Member]]) -> _Opened:
    for member in members(part.data):
        if member.barred:
            derivation = part.member(member.name, b"").derivation
            job.note(f"not read: {derivation}: {member.barred}")
            job.members += 1
        elif not member.name.endswith("/"):
            yield partial(part.member, member.name), member.chunks(), member.packed_bytes


def _capture(part: Part, _: _Job) -> _Opened:
    for name, stream in captured_streams(part.data):
        yield partial(part.member, name), iter((stream,)), len(stream)


def _packed(how: str, unpack: Callable[[bytes], Iterator[bytes]]) -> _Opener:
    def opened(part: Part, _: _Job) -> _Opened:
        yield partial(part.view, how), unpack(part.data), len(part.data)

    return opened


_MAGIC: tuple[tuple[Callable[[bytes], bool], _Opener], ...] = (
    (lambda data: data.startswith(b"\x1f\x8b\x08"), _packed("gzip", gunzipped)),
    (lambda data: data.startswith(b"BZh"), _packed("bzip2", bunzipped)),
    (lambda data: data.startswith(b"\xfd7zXZ\0"), _packed("xz", unxzed)),
    (is_tar, _tar),
    (is_zip, _zip),
    (is_capture, _capture),
)


def _opener(data: bytes) -> _Opener | None:
    return next((opener for known, opener in _MAGIC if known(data)), None)
