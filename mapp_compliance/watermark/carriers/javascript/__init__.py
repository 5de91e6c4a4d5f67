"""Natural marks of JavaScript and TypeScript, which differ in their grammar alone."""

from functools import partial

from mapp_compliance.watermark.carriers.javascript.proof import GRAMMARS, keeps, read_tree
from mapp_compliance.watermark.carriers.javascript.source import Scanner, remarks, traces
from mapp_compliance.watermark.carriers.javascript.survey import lay_out
from mapp_compliance.watermark.natural.carrier import Family, NaturalCarrier
from mapp_compliance.watermark.natural.literals import within_comment
from mapp_compliance.watermark.natural.syntax import engines

FAMILIES = (
    *(Family("branch", is_fragile=True), Family("yoda", is_fragile=True)),
    *(Family("compare", is_steady=True), Family("step", is_steady=True)),
    *(Family("typeof", is_fragile=True), Family("loop", is_fragile=True)),
    *(Family("quotes", is_undone=True), Family("base", is_fragile=True), Family("shorthand")),
    *(Family("stop", is_steady=True), Family("capital")),  # a rule of eslint sets capitals
)


def _carrier(name: str, *suffixes: str) -> NaturalCarrier:
    def check(data: bytes) -> None:
        read_tree(name, data)

    return NaturalCarrier(
        name=name,
        suffixes=suffixes,
        families=FAMILIES,
        lay_out=partial(lay_out, name),
        keeps=lambda original, copy, _: keeps(name, original, copy),
        check=check,
        engines=partial(engines, GRAMMARS[name][0]),
        scanner=Scanner,
        openings=within_comment,
        traces=traces,
        remarks=remarks,
    )


JAVASCRIPT = _carrier("javascript", ".js", ".mjs", ".cjs", ".jsx")
TYPESCRIPT = _carrier("typescript", ".ts", ".mts", ".cts")
TSX = _carrier("tsx", ".tsx")

__all__ = ["FAMILIES", "JAVASCRIPT", "TSX", "TYPESCRIPT", "lay_out"]
