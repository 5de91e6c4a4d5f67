"""Natural marks of shell scripts, those for Bash and those for any shell."""

from mapp_compliance.watermark.carriers.bash.proof import GRAMMAR, keeps, read_tree
from mapp_compliance.watermark.carriers.bash.source import Scanner
from mapp_compliance.watermark.carriers.bash.survey import lay_out
from mapp_compliance.watermark.natural.carrier import Family, NaturalCarrier
from mapp_compliance.watermark.natural.syntax import engines
from mapp_compliance.watermark.natural.tools import formatter, printer

FAMILIES = (
    *(Family("quotes", spelling="quotes"), Family("braces", spelling="braces")),
    *(Family("quoted", spelling="quoted"), Family("source", spelling="name")),
    *(Family("subst", spelling="subst"), Family("loop", spelling="name")),
    *(Family("test", spelling="name"), Family("equal", spelling="name")),
    Family("function", spelling="function"),
)
TOOLS = (formatter("subst"), printer("subst", "equal", "braces"))


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
    tools=TOOLS,
)

__all__ = ["CARRIER", "FAMILIES", "lay_out"]
