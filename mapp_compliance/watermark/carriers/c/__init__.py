"""Natural marks of C: places where code has two equal forms, without an author's help."""

from mapp_compliance.watermark.carriers.c.proof import GRAMMAR, keeps, read_tree
from mapp_compliance.watermark.carriers.c.source import Scanner
from mapp_compliance.watermark.carriers.c.survey import lay_out
from mapp_compliance.watermark.natural.carrier import Family, NaturalCarrier
from mapp_compliance.watermark.natural.literals import within_comment
from mapp_compliance.watermark.natural.syntax import engines

FAMILIES = (
    *(Family("zero"), Family("branch"), Family("yoda")),
    *(Family("compare"), Family("step"), Family("loop")),
    *(Family("split"), Family("base"), Family("int"), Family("const")),
)


def _check(data: bytes) -> None:
    if b"\0" in data:
        raise ValueError("it holds a zero byte")
    read_tree(data)


CARRIER = NaturalCarrier(
    name="c",
    suffixes=(".c", ".h"),
    families=FAMILIES,
    lay_out=lay_out,
    keeps=keeps,
    check=_check,
    engines=lambda: engines(GRAMMAR),
    scanner=Scanner,
    openings=within_comment,
)

__all__ = ["CARRIER", "FAMILIES", "lay_out"]
