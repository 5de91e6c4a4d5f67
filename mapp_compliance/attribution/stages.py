"""Stage evidence: from which version of an artifact a sample can come, by what only some hold.

An artifact has a line of versions: the finder's drafts, a broker's copy, the vendor's original.
A *feature* is a print of a version. Rules:

- a feature's *stages* are those in which some version can show it; it *appears* at the earliest
  and is *dropped* after the latest. What all stages share proves nothing about the path;
- a version may be written in several ways (each copy of the vendor's has other bytes at the
  marks). A feature is one that stands in every way of writing; it counts as held by a version when
  any way can show it. So a value that a copy may carry by its word is no feature of a draft;
- what public code or any other artifact holds as well is no feature of anybody;
- presence is asked of all runs of a text, not of the chosen ones: an edit nearby changes which
  are chosen;
- a stage is *shown* from two features of one channel on. One changed token gives at least two
  (eight runs of eight tokens hold it, and of four in a row one is chosen).

Nothing here is a p-value: text can be rewritten by anybody who has seen it, so these findings
name nobody and only say from how far up the material comes. How often edits of a vendor's copy
look like an earlier version is measured in ``tests/attribution/test_stages.py``.

>>> draft = b"a = b + c * d - e / f % g ** h | i ^ j & k << l >> m"
>>> sent = draft.replace(b"g", b"n")
>>> finder = Version(Stage.FINDER, ((Part(draft, "draft"),),))
>>> vendor = Version(Stage.VENDOR, ((Part(sent, "sent"),),))
>>> found = stage_evidence([Part(draft, "leak")], [finder, vendor], b"secret")
>>> found.upstream, found.latest, found.of(Stage.FINDER).clearly_dropped
(True, <Stage.FINDER: 0>, True)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.attribution.fingerprints import CHANNELS, Fingerprints, every_gram, fingerprint
from mapp_compliance.attribution.lexer import Hashes
from mapp_compliance.attribution.parts import Part

LEAST_SHOWN = 2  # features of one channel; what one changed token gives


class Stage(IntEnum):
    """Where a version of an artifact came from, in the order in which material travels."""

    FINDER = 0
    BROKER = 1
    VENDOR = 2


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its stage, and the ways in which it may be written, each a row of parts.

    ``extra`` may be shown by it as well, but gives no features: files that are boilerplate.
    """

    stage: Stage
    ways: tuple[tuple[Part, ...], ...]
    extra: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many features of one stage the sample shows, of how many there are.

    Attributes:
        appeared: features that appear at this stage: no earlier version has them.
        dropped: features that no later version has.
        exclusive: both: only this stage has them.
        clear: whether a channel shows enough that appeared, dropped (see LEAST_SHOWN).
    """

    stage: Stage
    appeared_shown: int
    appeared: int
    dropped_shown: int
    dropped: int
    exclusive_shown: int
    exclusive: int
    clearly_appeared: bool
    clearly_dropped: bool


@dataclass(frozen=True, slots=True)
class StageEvidence:
    """What a sample shows of each stage that is on record.

    ``common_shown`` of ``common`` features stand in all stages; they prove lineage, no path.
    """

    stages: tuple[StageCount, ...]
    common_shown: int
    common: int

    def of(self, stage: Stage) -> StageCount | None:
        """The counts of one stage; None when no version of it is on record."""
        return next((item for item in self.stages if item.stage is stage), None)

    @property
    def earliest(self) -> Stage | None:
        """The source is no earlier than this: features that appeared there are shown."""
        shown = [item.stage for item in self.stages if item.clearly_appeared]
        return max(shown, default=None)

    @property
    def latest(self) -> Stage | None:
        """The source, or one of several, is no later than this: it was dropped afterwards.

        None where nothing that was dropped is shown, and for the last stage, after which nothing
        is dropped.
        """
        last = max((item.stage for item in self.stages), default=None)
        shown = [item.stage for item in self.stages if item.clearly_dropped]
        return min((stage for stage in shown if stage is not last), default=None)

    @property
    def vendor_shown(self) -> bool:
        """Whether the sample shows what first appears in the vendor's version."""
        return self.earliest is Stage.VENDOR

    @property
    def upstream(self) -> bool:
        """Whether all that is shown was there before the vendor's version, and some dropped by it.

        One single feature of the vendor's version is enough to deny it.
        """
        vendor = self.of(Stage.VENDOR)
        return (
            self.latest is not None
            and vendor is not None
            and vendor.appeared_shown == 0
            and self.latest < Stage.VENDOR
        )

    @property
    def mixed(self) -> bool:
        """Whether versions of several stages must have been put together."""
        return self.earliest is not None and self.latest is not None and self.earliest > self.latest


def stage_evidence(
    parts: Iterable[Part],
    versions: Sequence[Version],
    key: bytes,
    *,
    elsewhere: Iterable[Part] = (),
    background: Hashes | None = None,
) -> StageEvidence:
    """What the sample shows of each stage.

    Args:
        parts: of the sample, with views.
        versions: of one line, in any order.
        key: secret of the deployment, as for the index.
        elsewhere: texts of other artifacts; what stands there is no feature.
        background: hashes of public code, ascending.
    """
    seen, other = every_gram(parts, key), every_gram(elsewhere, key)
    stages = sorted({version.stage for version in versions})
    ways = [[every_gram(way, key) for way in version.ways] for version in versions]
    held = {
        stage: _joined(
            [
                grams
                for version, own in zip(versions, ways, strict=True)
                if version.stage is stage
                for grams in (*own, every_gram(version.extra, key))
            ]
        )
        for stage in stages
    }
    chosen = [
        _constant(fingerprint(version.ways[0], key), own)
        for version, own in zip(versions, ways, strict=True)
    ]
    tallies: dict[Stage, list[_Tally]] = {stage: [] for stage in stages}
    common_shown = common = 0
    for channel in CHANNELS:
        prints = [found[channel] for found in chosen]
        features = np.unique(np.concatenate([np.empty(0, np.uint64), *prints]))
        features = features[~np.isin(features, other[channel])]
        if background is not None:
            features = features[~np.isin(features, background)]
        shown = np.isin(features, seen[channel])
        having = np.array([np.isin(features, held[stage][channel]) for stage in stages], bool)
        everywhere = having.all(axis=0) if stages else np.zeros(len(features), bool)
        common_shown += int(np.count_nonzero(everywhere & shown))
        common += int(np.count_nonzero(everywhere))
        first = having.argmax(axis=0)
        last = len(stages) - 1 - having[::-1].argmax(axis=0)
        for place, stage in enumerate(stages):
            tallies[stage].append(
                _tally(~everywhere & (first == place), ~everywhere & (last == place), shown)
            )
    counts = tuple(_count(stage, tallies[stage]) for stage in stages)
    return StageEvidence(counts, common_shown, common)


Flags = NDArray[np.bool_]
_Tally = tuple[int, int, int, int, int, int]  # appeared, dropped, exclusive: shown and all of each


def _tally(appeared: Flags, dropped: Flags, shown: Flags) -> _Tally:
    found = [
        int(np.count_nonzero(flags))
        for one in (appeared, dropped, appeared & dropped)
        for flags in (one & shown, one)
    ]
    return found[0], found[1], found[2], found[3], found[4], found[5]


def _count(stage: Stage, channels: Sequence[_Tally]) -> StageCount:
    totals = [sum(column) for column in zip(*channels, strict=True)]
    return StageCount(
        stage,
        *totals[:6],
        clearly_appeared=any(tally[0] >= LEAST_SHOWN for tally in channels),
        clearly_dropped=any(tally[2] >= LEAST_SHOWN for tally in channels),
    )


def _constant(prints: Fingerprints, ways: Sequence[Mapping[str, Hashes]]) -> dict[str, Hashes]:
    """The prints of a version that stand in all of its ways of writing."""
    found = {}
    for channel in CHANNELS:
        kept = prints.channel(channel).hashes
        for way in ways:
            kept = kept[np.isin(kept, way[channel])]
        found[channel] = kept
    return found


def _joined(ways: Sequence[Mapping[str, Hashes]]) -> dict[str, Hashes]:
    return {name: np.unique(np.concatenate([way[name] for way in ways])) for name in CHANNELS}
