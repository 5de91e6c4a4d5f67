"""Group marks: symbols that all copies of a wave, or of the whole program, have in common.

They tell no copy apart and never name anybody. A sample that shows a group's symbols comes from
material of that group, also when every mark that differs between copies was destroyed; and whoever
compares copies of one group sees no difference there.

- A group symbol is keyed by the group's name and the site, with even chances, so material that has
  nothing to do with the group agrees at each read site with chance 1/2: the p is the exact tail of
  a binomial law, by the same programme as every other p.
- p is multiplied by the number of groups that were tried.

>>> from mapp_compliance.watermark.codes.words import shared_symbols
>>> key, sites = bytes(32), [f"a/{n}" for n in range(16)]
>>> words = {name: shared_symbols(key, sites, [name] * 16) for name in ("wave/1", "wave/2")}
>>> seen = [words["wave/1"][place] for place in range(16)]
>>> [(one.group, one.read, one.agree, one.p < 1e-4) for one in score_groups(words, seen)]
[('wave/1', 16, 16, True), ('wave/2', 16, 8, False)]
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mapp_compliance.values import InstanceId
from mapp_compliance.watermark.codes.pvalue import Tail, exact_tail
from mapp_compliance.watermark.codes.units import SCALE


@dataclass(frozen=True, slots=True)
class GroupScore:
    """How well the sample agrees with one group.

    ``p`` is the chance that material of no group agrees so well with any of those tried.
    """

    group: InstanceId
    sites: int
    read: int
    agree: int
    p: float


def score_groups(
    words: Mapping[InstanceId, Mapping[int, int]], symbols: Sequence[int | None]
) -> tuple[GroupScore, ...]:
    """The evidence for each group, in the order given.

    Args:
        words: for each group that has ever had a copy, its symbol by place in the map.
        symbols: one for each site of the map, None is an erasure.
    """
    found = []
    for group, word in words.items():
        read = [(symbols[place], mine) for place, mine in word.items() if symbols[place] in (0, 1)]
        agree = sum(seen == mine for seen, mine in read)
        p = float(_tail(len(read)).p(np.array([agree]))[0])
        whole = min(1.0, math.nextafter(p * len(words), math.inf)) if read else 1.0
        found.append(GroupScore(group, len(word), len(read), agree, whole))
    return tuple(found)


def agreement_p(agree: Sequence[bool], chances: Sequence[int]) -> float:
    """The chance of at least so many agreements at sites that agree by luck with these chances.

    Args:
        agree: for each read site whether it agrees.
        chances: numerators over 2^32 that it agrees by luck.
    """
    tail = exact_tail([1] * len(agree), chances)
    return float(tail.p(np.array([sum(agree)]))[0])


def _tail(sites: int) -> Tail:
    return exact_tail([1] * sites, [SCALE // 2] * sites)
