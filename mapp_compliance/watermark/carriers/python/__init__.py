"""Natural marks of Python: places where code has two equal forms, without an author's help."""

from collections.abc import Collection, Iterator

from mapp_compliance.watermark.carriers.python import families as own
from mapp_compliance.watermark.carriers.python.families import DEFAULT, Family
from mapp_compliance.watermark.carriers.python.proof import (
    same_but_for_order,
    same_meaning,
    tree_of,
)
from mapp_compliance.watermark.carriers.python.source import Remarks, Scanner
from mapp_compliance.watermark.carriers.python.survey import lay_out_python
from mapp_compliance.watermark.carriers.python.syntax import engines
from mapp_compliance.watermark.natural.carrier import Family as Traits
from mapp_compliance.watermark.natural.carrier import NaturalCarrier, Surveyed, Unparsed
from mapp_compliance.watermark.natural.forms import Span
from mapp_compliance.watermark.natural.tools import formatter, linter, printer

_TEXTS = ("quotes", "split")
_PRINTED = (*_TEXTS, "raw", "base", "parens")
TOOLS = (
    formatter(*_TEXTS),
    printer(*_PRINTED, turns=["tuple"]),
    printer(*_PRINTED, "return", turns=["tuple"]),
    linter("return", "negation", "yoda"),
)
_ORDERS = frozenset(family.value for family in own.ORDERS)


def _lay_out(
    path: str, data: bytes, families: Collection[str], taken: Collection[Span]
) -> Surveyed:
    return lay_out_python(path, data, [Family(name) for name in families], taken)


def _keeps(original: bytes, copy: bytes, families: Collection[str]) -> bool:
    same = same_meaning if _ORDERS.isdisjoint(families) else same_but_for_order
    return same(original, copy)


def _check(data: bytes) -> None:
    tree_of(data)


def _openings(data: bytes) -> Iterator[bytes]:
    """A long text may have begun before the fragment."""
    return (mark for mark in (b'"""', b"'''") if data.count(mark) % 2)


CARRIER = NaturalCarrier(
    name="python",
    suffixes=(".py", ".pyw"),
    families=tuple(
        Traits(family.value, family in DEFAULT, is_by_consent=family in own.ORDERS)
        for family in Family
    ),
    lay_out=_lay_out,
    keeps=_keeps,
    check=_check,
    engines=engines,
    scanner=Scanner,
    openings=_openings,
    remarks=Remarks,
    tools=TOOLS,
)

__all__ = [
    "CARRIER",
    "DEFAULT",
    "Family",
    "Span",
    "Unparsed",
    "lay_out_python",
    "same_but_for_order",
    "same_meaning",
]
