"""Identify: which artifacts a sample may come from, best first.

A candidate only says which site map to read; it accuses nobody. Raw hits prove nothing (82 % of
benign files share eight of them with one of 10,000 artifacts), so what counts is *evidence*:
distinct rare prints that lie in one diagonal band, in the same order and distance as in the
artifact. A print is rare unless it is in the public background or in too many artifacts.

A payload alone has no prints in common with its artifact, as each copy has other bytes there. So
the caller may say how many code sites the reader located for an artifact; that counts as a
further channel.

>>> from mapp_compliance.attribution.fingerprints import fingerprint
>>> text = b"\\n".join(b"total%d = weight%d * price%d - %d" % (n, n, n, n) for n in range(40))
>>> index = ArtifactIndex.build([("a-1", fingerprint([Part(text, "a.py")], b"secret"))])
>>> best = identify([Part(text[300:900], "paste.txt")], index, b"secret")[0]
>>> best.artifact, best.outcome.value, best.similarity > 0.9
('a-1', 'match', True)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.attribution.fingerprints import CHANNELS, Fingerprints, Prints, fingerprint
from mapp_compliance.attribution.index import ArtifactIndex, Postings, Ref
from mapp_compliance.attribution.lexer import Hashes
from mapp_compliance.attribution.parts import Part

LOCATED = "located"  # the channel of code sites that the reader located


class Outcome(Enum):
    """What the evidence says about one artifact."""

    MATCH = "match"
    RESEMBLES = "resembles"  # most of a short artifact; the marks have to say the rest
    SHARES_PUBLIC_CODE = "shares_public_code"  # enough in common, too little of it its own
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Threshold:
    """How much evidence is a match; one channel is enough.

    Source: ``tests/attribution/test_identify.py`` measures it over the standard library.
    """

    evidence: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType(
            {"exact": 12, "abstract": 16, "literal": 20, LOCATED: 16}
        )
    )
    band: Mapping[str, int] = field(  # width in tokens, for literals in bytes
        default_factory=lambda: MappingProxyType({"exact": 64, "abstract": 64, "literal": 512})
    )
    common_from: int = 20  # a print of more artifacts than this is boilerplate
    short: float = 0.5  # of the prints of an artifact that has not twice the evidence of a match
    short_least: int = 5  # prints; fewer stand in many files


@dataclass(frozen=True, slots=True)
class Candidate:
    """An artifact that a sample may come from.

    Attributes:
        similarity: shared prints over those of the smaller of the two, 0 to 1, best channel.
        evidence: rare prints in the best band, for each channel; ``located`` counts code sites.
        public: the same with common and public prints, in the order of CHANNELS.
    """

    artifact: Ref
    similarity: float
    evidence: Mapping[str, int]
    public: Mapping[str, int]
    outcome: Outcome


def identify(
    parts: Iterable[Part],
    index: ArtifactIndex,
    key: bytes,
    *,
    background: Hashes | None = None,
    located: Mapping[Ref, int] = MappingProxyType({}),
    threshold: Threshold | None = None,
) -> tuple[Candidate, ...]:
    """The artifacts with anything in common with the sample, best first.

    Args:
        parts: of the sample, with views.
        index: of the artifacts, made under the same key.
        key: secret of the deployment.
        background: hashes of public code, ascending, as ``public_hashes`` gives them.
        located: code sites that the reader located, for each artifact that was tried.
        threshold: what a match takes.
    Returns:
        Candidates by outcome, then evidence in shares of the threshold, then order of the index.
    """
    rule = threshold or Threshold()
    seen = fingerprint(parts, key)
    known = np.empty(0, np.uint64) if background is None else background
    rare, common, shared = _tally(seen, index, known, rule)
    candidates = [
        _candidate(index, number, seen, rare, common, shared, located, rule)
        for number, ref in enumerate(index.refs)
        if common[number].any() or located.get(ref, 0)
    ]
    return tuple(sorted(candidates, key=lambda each: _rank(each, rule), reverse=True))


def public_hashes(prints: Iterable[Fingerprints]) -> Hashes:
    """The background of these public files: their distinct hashes, ascending."""
    rows = [each.channel(name).hashes for each in prints for name in CHANNELS]
    return np.unique(np.concatenate([np.empty(0, np.uint64), *rows]))


Counts = NDArray[np.int64]  # a row for each artifact, a column for each of CHANNELS


def _tally(
    seen: Fingerprints, index: ArtifactIndex, background: Hashes, rule: Threshold
) -> tuple[Counts, Counts, Counts]:
    """Rare prints in the best band, all prints in the best band, all shared prints."""
    rare, common, shared = (np.zeros_like(index.sizes) for _ in range(3))
    for column, channel in enumerate(CHANNELS):
        width = rule.band[channel]
        hits = _hits(seen.channel(channel), index.postings[column], background, rule.common_from)
        for number in np.unique(hits.artifacts):
            own = hits.artifacts == number
            rare[number, column] = _banded(hits.diagonals[own & hits.rare], width)
            common[number, column] = _banded(hits.diagonals[own], width)
            shared[number, column] = np.count_nonzero(own)
    return rare, common, shared


@dataclass(frozen=True, slots=True)
class _Hits:
    """Rows of an index whose print is in the sample."""

    artifacts: NDArray[np.uint32]
    diagonals: NDArray[np.int64]  # position in the sample less position in the artifact
    rare: NDArray[np.bool_]


def _hits(prints: Prints, rows: Postings, background: Hashes, common_from: int) -> _Hits:
    first = np.searchsorted(rows.hashes, prints.hashes, "left")
    spread = np.searchsorted(rows.hashes, prints.hashes, "right") - first
    offsets = np.arange(spread.sum()) - np.repeat(np.cumsum(spread) - spread, spread)
    chosen = np.repeat(first, spread) + offsets
    place = np.searchsorted(background, prints.hashes)
    public = np.zeros(len(prints), bool)
    inside = place < len(background)
    public[inside] = background[place[inside]] == prints.hashes[inside]
    return _Hits(
        rows.artifacts[chosen],
        np.repeat(prints.positions, spread) - rows.positions[chosen],
        np.repeat(~public & (spread <= common_from), spread),
    )


def _banded(diagonals: NDArray[np.int64], width: int) -> int:
    """The most diagonals that lie within a band of this width."""
    if not len(diagonals):
        return 0
    ordered = np.sort(diagonals)
    ends = np.searchsorted(ordered, ordered + width, "right")
    return int((ends - np.arange(len(ordered))).max())


def _candidate(
    index: ArtifactIndex,
    number: int,
    seen: Fingerprints,
    rare: Counts,
    common: Counts,
    shared: Counts,
    located: Mapping[Ref, int],
    rule: Threshold,
) -> Candidate:
    ref = index.refs[number]
    evidence = {name: int(count) for name, count in zip(CHANNELS, rare[number], strict=True)}
    evidence[LOCATED] = located.get(ref, 0)
    public = {name: int(count) for name, count in zip(CHANNELS, common[number], strict=True)}
    held = {name: int(count) for name, count in zip(CHANNELS, index.sizes[number], strict=True)}
    smaller = np.minimum(index.sizes[number], [len(seen.channel(name)) for name in CHANNELS])
    similarity = float((shared[number] / np.maximum(smaller, 1)).max())
    return Candidate(ref, similarity, evidence, public, _outcome(evidence, public, held, rule))


def _outcome(
    evidence: Mapping[str, int], public: Mapping[str, int], held: Mapping[str, int], rule: Threshold
) -> Outcome:
    if any(count >= rule.evidence[name] for name, count in evidence.items()):
        return Outcome.MATCH
    if any(
        evidence[name] >= max(rule.short_least, rule.short * count)
        for name, count in held.items()
        if count < 2 * rule.evidence[name]
    ):
        return Outcome.RESEMBLES
    if any(count >= rule.evidence[name] for name, count in public.items()):
        return Outcome.SHARES_PUBLIC_CODE
    return Outcome.NONE


def _rank(candidate: Candidate, rule: Threshold) -> tuple[int, float, float]:
    order = (Outcome.NONE, Outcome.SHARES_PUBLIC_CODE, Outcome.RESEMBLES, Outcome.MATCH)
    weight = sum(count / rule.evidence[name] for name, count in candidate.evidence.items())
    return order.index(candidate.outcome), weight, candidate.similarity
