"""Natural marks of shell scripts, those for Bash and those for any shell."""

from mapp_compliance.watermark.carriers.bash.proof import GRAMMAR, keeps, read_tree
from mapp_compliance.watermark.carriers.bash.source import Scanner
from mapp_compliance.watermark.carriers.bash.survey import lay_out
from mapp_compliance.watermark.natural.carrier import Family, NaturalCarrier
from mapp_compliance.watermark.natural.syntax import engines

FAMILIES = (
    *(Family("quotes", is_steady=True, spelling="quotes"), Family("braces", spelling="braces")),
    *(Family("quoted", is_steady=True, spelling="quoted"), Family("source", spelling="name")),
    *(Family("subst", is_undone=True, spelling="subst"), Family("loop", spelling="name")),
    *(Family("test", is_steady=True, spelling="name"), Family("equal", spelling="name")),
    Family("function", is_steady=True, spelling="function"),
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
