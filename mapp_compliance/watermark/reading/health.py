"""Channels that a tool has made all alike in one part of a sample.

Pads are keyed, so in a copy each raw form is one or the other with even chance, whoever the copy is
for. A channel that is more alike was set by a tool: a formatter puts its own quotes, and half of
them would read wrong. All of that channel in that part is then left out. So are further channels
that are alike and that the same tool sets as well, few as their sites are: which tools there are
is told by the language (``natural.tools``). A tool is ruled out by any of its channels that shows
both forms.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import comb, prod

from mapp_compliance.watermark.natural.tools import Tool, no_signs

ALIKE = 0.01  # chance under keyed pads at which what is mostly alike counts as set
MOSTLY = 4  # it is mostly alike where at most one in so many sites has the rarer form
HARDLY = 1e-4  # chance at which any channel counts as set, as where a tool set half of its sites


def normalised(
    channels: Mapping[str, Sequence[int]],
    tools: Iterable[Tool] = (),
    signed: Collection[Tool] = (),
    *,
    has_comments: bool = False,
) -> frozenset[str]:
    """The channels, given by their raw forms, that a tool has set in one part.

    Args:
        tools: those that the language knows.
        signed: those that left their signs in the part.
        has_comments: comments of the originals are in it.

    >>> from mapp_compliance.watermark.natural.tools import formatter, printer
    >>> channels = {"quotes": [1] * 9, "base": [0, 0], "branch": [1, 1]}
    >>> tools = formatter("quotes"), printer("quotes", "base")
    >>> sorted(normalised(channels, tools))
    ['base', 'quotes']
    >>> sorted(normalised(channels | {"base": [0, 1]}, tools))
    ['quotes']
    """
    lost = {name for name, forms in channels.items() if is_alike(forms)}
    whole = frozenset(lost | {name for name, forms in channels.items() if len(set(forms)) == 1})
    for tool in tools:
        if tool.is_bare and has_comments:
            continue
        used = tool in signed or _was_used(tool, channels, whole)
        if used:
            lost |= tool.turns
        if used or tool.is_usual:
            lost |= tool.sets & whole
    return frozenset(lost & channels.keys())


def _was_used(tool: Tool, channels: Mapping[str, Sequence[int]], whole: Collection[str]) -> bool:
    """True when all that it sets is alike, which chance alone would hardly give.

    One that leaves signs is told by them.
    """
    seen = tool.sets & channels.keys()
    if tool.signs is not no_signs or not seen <= set(whole):
        return False
    return prod(0.5 ** (len(channels[name]) - 1) for name in seen) < ALIKE


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
