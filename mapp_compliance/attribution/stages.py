"""Step evidence: from which version of an artifact a sample can come, by what only some hold.

An artifact has a line of versions: the finder's drafts, a broker's copy, earlier versions of the
vendor's own, and what copies are made of. A *feature* is a print of a version. Rules:

- a feature *appears* at the earliest step whose versions can show it and is *dropped* after the
  latest. What all steps share proves nothing about the path;
- a version may be written in several ways (each copy has other bytes at the marks). A feature is
  one that stands in every way of writing; a step holds it when any way can show it. So a value
  that a copy may carry by its word is no feature of a draft;
- what public code or any other artifact holds as well is no feature of anybody;
- presence is asked of all runs of a text, not of the chosen ones: an edit nearby changes which
  are chosen;
- a step is *clearly* shown from two features of one channel on. One changed token gives two at
  least (eight runs of eight tokens hold it, and of four in a row one is chosen).

Nothing here is a p-value: text can be rewritten by anybody who has seen it, so these findings
name nobody and only say from how far up the material comes. How often edits of a vendor's copy
look like an earlier version is measured in ``tests/attribution/test_stages.py``.

>>> draft = b"a = b + c * d - e / f % g ** h | i ^ j & k << l >> m"
>>> sent = draft.replace(b"g", b"n")
>>> finder = Version(Step.FINDER, ((Part(draft, "draft"),),))
>>> vendor = Version(Step.SENT, ((Part(sent, "sent"),),))
>>> found = stage_evidence([Part(draft, "leak")], [finder, vendor], b"secret")
>>> found.upstream, found.latest, found.of(Step.FINDER).clearly_dropped
(True, <Step.FINDER: 0>, True)
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


class Step(IntEnum):
    """A step on the way of the material, in its order."""

    FINDER = 0
    BROKER = 1
    VENDOR = 2  # an earlier version of the vendor's own, never sent
    SENT = 3  # what copies are made of


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its step, and the ways in which it may be written, each a row of parts.

    ``extra`` may be shown by it as well, but gives no features: files that are boilerplate.
    """

    step: Step
    ways: tuple[tuple[Part, ...], ...]
    extra: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many features of one step the sample shows, of how many there are.

    Attributes:
        appeared: features that appear at this step: no earlier version has them.
        dropped: features that no later version has.
        exclusive: both: only this step has them.
        clearly_appeared, clearly_dropped, clearly_exclusive: one channel shows LEAST_SHOWN.
    """

    step: Step
    appeared_shown: int
    appeared: int
    dropped_shown: int
    dropped: int
    exclusive_shown: int
    exclusive: int
    clearly_appeared: bool
    clearly_dropped: bool
    clearly_exclusive: bool


@dataclass(frozen=True, slots=True)
class StageEvidence:
    """What a sample shows of each step that is on record.

    ``common_shown`` of ``common`` features stand in all of them; they prove lineage, no path.
    """

    steps: tuple[StageCount, ...]
    common_shown: int
    common: int

    def of(self, step: Step) -> StageCount | None:
        """The counts of one step; None when no version of it is on record."""
        return next((item for item in self.steps if item.step is step), None)

    @property
    def earliest(self) -> Step | None:
        """The source is no earlier than this: features that appeared there are shown."""
        return max((item.step for item in self.steps if item.clearly_appeared), default=None)

    @property
    def latest(self) -> Step | None:
        """The source, or one of several, is no later than this: what it shows was dropped then.

        None where nothing of the sort is shown.
        """
        shown = [item.step for item in self.steps if item.clearly_dropped]
        return min((step for step in shown if step is not Step.SENT), default=None)

    @property
    def vendor_shown(self) -> bool:
        """Whether the sample shows what first appears in the vendor's hands."""
        return self.earliest is not None and self.earliest >= Step.VENDOR

    @property
    def upstream(self) -> bool:
        """Whether all that is shown was there before the vendor's versions, and some dropped by it.

        One single feature that appears in the vendor's hands is enough to deny it.
        """
        late = [item for item in self.steps if item.step >= Step.VENDOR]
        return (
            self.latest is not None
            and self.latest < Step.VENDOR
            and bool(late)
            and not any(item.appeared_shown for item in late)
        )

    @property
    def any_apart(self) -> bool:
        """Whether the sample shows a single feature that not every version has."""
        return any(item.appeared_shown or item.dropped_shown for item in self.steps)

    @property
    def unsent(self) -> bool:
        """Whether the sample shows an earlier version of the vendor's own that was never sent."""
        vendor = self.of(Step.VENDOR)
        return vendor is not None and vendor.clearly_exclusive

    @property
    def mixed(self) -> bool:
        """Whether versions of several steps must have been put together."""
        return self.earliest is not None and self.latest is not None and self.earliest > self.latest


def stage_evidence(
    parts: Iterable[Part],
    versions: Sequence[Version],
    key: bytes,
    *,
    elsewhere: Iterable[Part] = (),
    background: Hashes | None = None,
) -> StageEvidence:
    """What the sample shows of each step.

    Args:
        parts: of the sample, with views.
        versions: of one line, in any order.
        key: secret of the deployment, as for the index.
        elsewhere: texts of other artifacts; what stands there is no feature.
        background: hashes of public code, ascending.
    """
    if not versions:
        return StageEvidence((), 0, 0)
    seen, other = every_gram(parts, key), every_gram(elsewhere, key)
    steps, held, features = _line(versions, key)
    tallies: dict[Step, list[_Tally]] = {step: [] for step in steps}
    common_shown = common = 0
    for channel in CHANNELS:
        own = features[channel][~np.isin(features[channel], other[channel])]
        if background is not None:
            own = own[~np.isin(own, background)]
        shown = np.isin(own, seen[channel])
        having = np.array([np.isin(own, held[step][channel]) for step in steps], bool)
        everywhere = having.all(axis=0)
        common_shown += int(np.count_nonzero(everywhere & shown))
        common += int(np.count_nonzero(everywhere))
        first = having.argmax(axis=0)
        last = len(steps) - 1 - having[::-1].argmax(axis=0)
        for place, step in enumerate(steps):
            tallies[step].append(
                _tally(~everywhere & (first == place), ~everywhere & (last == place), shown)
            )
    counts = tuple(_count(step, tallies[step]) for step in steps)
    return StageEvidence(counts, common_shown, common)


Channels = Mapping[str, Hashes]


def _line(
    versions: Sequence[Version], key: bytes
) -> tuple[list[Step], dict[Step, Channels], Channels]:
    """The steps of a line, what each of them can show, and all features of its versions."""
    steps = sorted({version.step for version in versions})
    ways = [[every_gram(way, key) for way in version.ways] for version in versions]
    held: dict[Step, Channels] = {}
    for step in steps:
        own = [each for item, each in zip(versions, ways, strict=True) if item.step is step]
        extra = [every_gram(item.extra, key) for item in versions if item.step is step]
        held[step] = _joined([*(grams for each in own for grams in each), *extra])
    features = _joined(
        [
            _constant(fingerprint(item.ways[0], key), each)
            for item, each in zip(versions, ways, strict=True)
        ]
    )
    return steps, held, features


Flags = NDArray[np.bool_]
_Tally = tuple[int, int, int, int, int, int]  # appeared, dropped, exclusive: shown and all of each


def _tally(appeared: Flags, dropped: Flags, shown: Flags) -> _Tally:
    found = [
        int(np.count_nonzero(flags))
        for one in (appeared, dropped, appeared & dropped)
        for flags in (one & shown, one)
    ]
    return found[0], found[1], found[2], found[3], found[4], found[5]


def _count(step: Step, channels: Sequence[_Tally]) -> StageCount:
    totals = [sum(column) for column in zip(*channels, strict=True)]
    clearly = [any(tally[place] >= LEAST_SHOWN for tally in channels) for place in (0, 2, 4)]
    return StageCount(
        step,
        appeared_shown=totals[0],
        appeared=totals[1],
        dropped_shown=totals[2],
        dropped=totals[3],
        exclusive_shown=totals[4],
        exclusive=totals[5],
        clearly_appeared=clearly[0],
        clearly_dropped=clearly[1],
        clearly_exclusive=clearly[2],
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
