"""Kinds of tool through which a copy may go, by the families of forms that each sets.

Rules: a tool is known by what it does to families, never by a name in the sample; one that was not
thought of is still caught by channels that are too much alike (``reading.health``).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from mapp_compliance.watermark.natural.tokens import Token


def no_signs(_: Sequence[Token]) -> frozenset[bytes]:
    """Of a tool that is told by its channels alone."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class Tool:
    """One kind of tool.

    Attributes:
        sets: families of which it makes all sites alike.
        turns: families of which it rewrites some sites, by rules of its own.
        is_usual: any copy may have gone through it; what it sets is trusted only where both
            forms are seen.
        is_bare: it writes the code anew from its syntax tree, so that no comment is left.
        signs: what it leaves in these tokens; what an original has too says nothing.
    """

    sets: frozenset[str]
    turns: frozenset[str] = frozenset()
    is_usual: bool = False
    is_bare: bool = False
    signs: Callable[[Sequence[Token]], frozenset[bytes]] = no_signs


def formatter(*families: str) -> Tool:
    """Puts these families into its own form, as every editor does that formats on saving."""
    return Tool(frozenset(families), is_usual=True)


def printer(*families: str, turns: Collection[str] = ()) -> Tool:
    """Prints a syntax tree, as minifiers and compilers to the same language do."""
    return Tool(frozenset(families), frozenset(turns), is_bare=True)


def linter(*families: str) -> Tool:
    """Repairs what its rules find, by all of these rules as they are commonly set."""
    return Tool(frozenset(families))
