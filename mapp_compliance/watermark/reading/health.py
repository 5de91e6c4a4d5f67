"""Channels that a tool has made all alike in one part of a sample.

Pads are keyed, so in a copy each raw form is one or the other with even chance, whoever the copy is
for. A channel that is more alike was set by a tool: a formatter puts its own quotes, and half of
them would read wrong. All of that channel in that part is then left out.
"""

from collections.abc import Mapping, Sequence
from math import comb

ALIKE = 0.01  # chance under keyed pads at which a channel that is mostly alike counts as set
MOSTLY = 4  # it is mostly alike where at most one in so many sites has the rarer form
HARDLY = 1e-4  # chance at which any channel counts as set, as where a tool set half of its sites
FEW = 4  # sites of a channel that some tool undoes, which must not all be alike


def normalised(
    channels: Mapping[str, Sequence[int]],
    steady: frozenset[str] = frozenset(),
    undone: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """The channels, given by their raw forms, that a tool has set in one part.

    Args:
        steady: channels that no tool is known to set.
        undone: channels that formatters set; of them even one site alone is not trusted.

    Of those that tools undo, FEW sites all alike are enough; and beside a channel that was set,
    fewer sites than that are not trusted when they are alike.

    >>> channels = {"quotes": [1] * 9, "return": [0, 0], "branch": [1, 1, 1, 1]}
    >>> sorted(normalised(channels, frozenset({"branch"})))
    ['quotes', 'return']
    """
    alike = {name for name, forms in channels.items() if is_alike(forms)}
    same = {name for name, forms in channels.items() if len(set(forms)) == 1} - steady
    whole = alike | {name for name in same if len(channels[name]) >= FEW} | (same & undone)
    return frozenset(whole | (same if whole else set()))


def is_alike(forms: Sequence[int]) -> bool:
    """True when raw forms are more alike than chance would have them.

    A file has ten channels and more, so that one chance in a hundred each would take a channel from
    every tenth copy. What a tool has set is nearly all alike; a long channel in which one form is
    merely somewhat rarer is trusted unless chance hardly gives that.

    >>> is_alike([1] * 12), is_alike([0, 1] * 6), is_alike([1]), is_alike([0] * 60 + [1] * 36)
    (True, False, False, False)
    """
    count = len(forms)
    rare = min(sum(forms), count - sum(forms))
    chance: float = 2 * sum(comb(count, k) for k in range(rare + 1)) / 2**count
    return chance < (ALIKE if MOSTLY * rare <= count else HARDLY)
