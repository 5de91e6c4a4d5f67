"""Natural marks of JavaScript and TypeScript, which differ in their grammar.

Of TypeScript ``binding`` is opt-in: a type may be narrower for a ``const``.
"""

from functools import partial

from mapp_compliance.watermark.carriers.javascript.proof import GRAMMARS, keeps, read_tree
from mapp_compliance.watermark.carriers.javascript.source import Scanner, remarks, signs
from mapp_compliance.watermark.carriers.javascript.survey import lay_out
from mapp_compliance.watermark.natural.carrier import Family, NaturalCarrier
from mapp_compliance.watermark.natural.literals import within_comment
from mapp_compliance.watermark.natural.syntax import engines
from mapp_compliance.watermark.natural.tools import Tool, formatter, linter, printer

_NAMES = ("branch", "yoda", "compare", "step", "typeof", "loop", "quotes", "base", "shorthand")
FAMILIES = tuple(map(Family, (*_NAMES, "stop", "capital")))
COMPRESSOR = Tool(
    sets=frozenset({"quotes", "base", "shorthand", "typeof"}),
    turns=frozenset({"branch", "yoda", "loop"}),
    is_bare=True,
    signs=signs,
)
TOOLS = (
    formatter("quotes"),
    printer("quotes", "base", "shorthand"),
    COMPRESSOR,
    linter("yoda", "shorthand", "binding"),
)


def _carrier(name: str, *suffixes: str) -> NaturalCarrier:
    def check(data: bytes) -> None:
        read_tree(name, data)

    return NaturalCarrier(
        name=name,
        suffixes=suffixes,
        families=(*FAMILIES, Family("binding", is_default=name == "javascript")),
        lay_out=partial(lay_out, name),
        keeps=lambda original, copy, _: keeps(name, original, copy),
        check=check,
        engines=partial(engines, GRAMMARS[name][0]),
        scanner=Scanner,
        openings=within_comment,
        tools=TOOLS,
        remarks=remarks,
    )


JAVASCRIPT = _carrier("javascript", ".js", ".mjs", ".cjs", ".jsx")
TYPESCRIPT = _carrier("typescript", ".ts", ".mts", ".cts")
TSX = _carrier("tsx", ".tsx")

__all__ = ["FAMILIES", "JAVASCRIPT", "TSX", "TYPESCRIPT", "lay_out"]
