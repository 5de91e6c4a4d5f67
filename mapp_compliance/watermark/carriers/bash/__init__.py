"""Natural marks of shell scripts, those for Bash and those for any shell."""

from mapp_compliance.watermark.carriers.bash.proof import GRAMMAR, keeps, read_tree
from mapp_compliance.watermark.carriers.bash.source import Scanner
from mapp_compliance.watermark.carriers.bash.survey import lay_out
from mapp_compliance.watermark.natural.carrier import Family, NaturalCarrier
from mapp_compliance.watermark.natural.syntax import engines

FAMILIES = (
    *(Family("quotes", spelling="quotes"), Family("quoted", spelling="quoted")),
    *(Family("braces", spelling="braces"), Family("subst", is_undone=True, spelling="subst")),
    *(Family("test", spelling="name"), Family("equal", spelling="name")),
    *(Family("function", spelling="function"), Family("source", spelling="name")),
    Family("loop", spelling="name"),
)


def _check(data: bytes) -> None:
    if b"\0" in data:
        raise ValueError("it holds a zero byte")
    read_tree(data)


CARRIER = NaturalCarrier(
    name="bash",
    suffixes=(".sh", ".bash"),
    families=FAMILIES,
    lay_out=lay_out,
    keeps=keeps,
    check=_check,
    engines=lambda: engines(GRAMMAR),
    scanner=Scanner,
)

__all__ = ["CARRIER", "FAMILIES", "lay_out"]
