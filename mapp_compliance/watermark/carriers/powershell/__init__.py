"""Natural marks of PowerShell scripts and modules."""

from mapp_compliance.watermark.carriers.powershell.proof import GRAMMAR, keeps, read_tree
from mapp_compliance.watermark.carriers.powershell.quoting import quoted
from mapp_compliance.watermark.carriers.powershell.source import Scanner, traces
from mapp_compliance.watermark.carriers.powershell.survey import lay_out
from mapp_compliance.watermark.natural.carrier import Family, NaturalCarrier
from mapp_compliance.watermark.natural.syntax import engines


def _family(name: str, *, is_undone: bool = False, is_fragile: bool = False) -> Family:
    return Family(name, is_undone=is_undone, is_fragile=is_fragile, spelling=name)


FAMILIES = (
    *(_family("quotes", is_undone=True), _family("quoted"), _family("braces")),
    *(_family("compare"), _family("item"), _family("types"), _family("mandatory")),
    *(_family("constant", is_fragile=True), _family("typecase", is_fragile=True)),
    *(_family("not", is_undone=True), _family("alias", is_undone=True)),
    _family("keyword", is_undone=True, is_fragile=True),
    _family("operator", is_undone=True, is_fragile=True),
    _family("command", is_undone=True, is_fragile=True),
    _family("parameter", is_undone=True, is_fragile=True),
)


def _check(data: bytes) -> None:
    if b"\0" in data:
        raise ValueError("it holds a zero byte")
    read_tree(data)


CARRIER = NaturalCarrier(
    name="powershell",
    suffixes=(".ps1", ".psm1"),
    families=FAMILIES,
    lay_out=lay_out,
    keeps=keeps,
    check=_check,
    engines=lambda: engines(GRAMMAR),
    scanner=Scanner,
    traces=traces,
)

__all__ = ["CARRIER", "FAMILIES", "lay_out"]
