"""The index of artifacts: which fingerprint belongs to which artifact, and where.

A value: built from fingerprints, asked by ``identify``, kept by the store as bytes. Artifacts are
indexed, not copies; a sample is matched to an artifact here and to a copy by its marks. The
prints are keyed, so these bytes tell nothing to one without the secret.

>>> from mapp_compliance.attribution.fingerprints import fingerprint
>>> from mapp_compliance.attribution.parts import Part
>>> text = b"for name in names: total = total + weights[name] * prices[name] - 1"
>>> index = ArtifactIndex.build([("a-1", fingerprint([Part(text, "a.py")], b"secret"))])
>>> ArtifactIndex.from_bytes(index.to_bytes()).refs
('a-1',)
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.attribution.fingerprints import CHANNELS, GRAMS, Fingerprints
from mapp_compliance.attribution.lexer import Hashes
from mapp_compliance.errors import InvalidInput

FORMAT = "mapp-index/1"
PROFILE = {name: [GRAMS[name].k, GRAMS[name].w] for name in CHANNELS}

Ref = str | int  # names an artifact for the caller; opaque here


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """One channel: rows (hash, artifact, position), ascending by hash."""

    hashes: Hashes
    artifacts: NDArray[np.uint32]  # number of the artifact in ``refs``
    positions: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ArtifactIndex:
    """The fingerprints of all artifacts.

    ``sizes`` has one row for each artifact, one column for each of CHANNELS: how many distinct
    prints it has.
    """

    refs: tuple[Ref, ...]
    sizes: NDArray[np.int64]
    postings: tuple[Postings, ...]

    @classmethod
    def build(cls, entries: Iterable[tuple[Ref, Fingerprints]]) -> Self:
        """The index of these artifacts; the prints must be made under one key."""
        listed = list(entries)
        sizes = [[len(prints.channel(name)) for name in CHANNELS] for _, prints in listed]
        return cls(
            tuple(ref for ref, _ in listed),
            np.array(sizes, np.int64).reshape(-1, len(CHANNELS)),
            tuple(_postings([prints for _, prints in listed], name) for name in CHANNELS),
        )

    def to_bytes(self) -> bytes:
        """A head line of JSON, then the arrays, little-endian, in the order of the channels."""
        arrays = [self.sizes.astype("<i8").tobytes()]
        for rows in self.postings:
            arrays += [rows.hashes.astype("<u8").tobytes(), rows.artifacts.astype("<u4").tobytes()]
            arrays.append(rows.positions.astype("<i8").tobytes())
        body = b"".join(arrays)
        head = {
            "format": FORMAT,
            "profile": PROFILE,
            "refs": list(self.refs),
            "rows": [len(rows.hashes) for rows in self.postings],
            "sha256": sha256(body).hexdigest(),
        }
        return json.dumps(head).encode() + b"\n" + body

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The index from its bytes.

        Raises:
            InvalidInput: they are damaged, or made with other parameters.
        """
        line, _, body = data.partition(b"\n")
        refs, rows = _head(line, body)
        width = 8 * len(CHANNELS)
        if len(body) != width * len(refs) + sum(20 * count for count in rows):
            raise _unusable("its length does not fit")
        sizes = np.frombuffer(body, "<i8", len(refs) * len(CHANNELS)).reshape(-1, len(CHANNELS))
        at, postings = width * len(refs), []
        for count in rows:
            hashes = np.frombuffer(body, "<u8", count, at)
            artifacts = np.frombuffer(body, "<u4", count, at + 8 * count)
            positions = np.frombuffer(body, "<i8", count, at + 12 * count)
            if count and int(artifacts.max()) >= len(refs):
                raise _unusable("a row names no artifact")
            postings.append(Postings(hashes, artifacts, positions))
            at += 20 * count
        return cls(refs, sizes, tuple(postings))


def _postings(listed: list[Fingerprints], channel: str) -> Postings:
    prints = [each.channel(channel) for each in listed]
    hashes = np.concatenate([np.empty(0, np.uint64), *(each.hashes for each in prints)])
    positions = np.concatenate([np.empty(0, np.int64), *(each.positions for each in prints)])
    artifacts = np.repeat(np.arange(len(prints), dtype=np.uint32), [len(each) for each in prints])
    order = np.argsort(hashes, kind="stable")
    return Postings(hashes[order], artifacts[order], positions[order])


def _head(line: bytes, body: bytes) -> tuple[tuple[Ref, ...], list[int]]:
    try:
        head: Any = json.loads(line)
        refs, rows, digest = head["refs"], head["rows"], head["sha256"]
        fits = head["format"] == FORMAT and head["profile"] == PROFILE
    except (ValueError, KeyError, TypeError, RecursionError) as err:
        raise _unusable("its head is no JSON object of ours") from err
    if not fits:
        raise _unusable("it was made with other parameters")
    if digest != sha256(body).hexdigest():
        raise _unusable("its digest does not fit")
    if not _is_list_of(refs, str | int) or not _is_list_of(rows, int) or len(rows) != len(CHANNELS):
        raise _unusable("its head holds other fields")
    if min(rows) < 0:
        raise _unusable("a length is negative")
    return tuple(refs), rows


def _is_list_of(value: object, kind: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, kind) for each in value)


def _unusable(why: str) -> InvalidInput:
    return InvalidInput(f"the fingerprint index cannot be used: {why}; build it again")
