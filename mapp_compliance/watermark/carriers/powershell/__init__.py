"""Natural marks of PowerShell scripts and modules."""

from mapp_compliance.watermark.carriers.powershell.faults import GRAMMAR, understood
from mapp_compliance.watermark.carriers.powershell.proof import keeps
from mapp_compliance.watermark.carriers.powershell.source import Scanner, traces
from mapp_compliance.watermark.carriers.powershell.survey import lay_out
from mapp_compliance.watermark.natural.carrier import Family, NaturalCarrier
from mapp_compliance.watermark.natural.syntax import engines


def _steady(name: str, *, is_fragile: bool = False) -> Family:
    """What no formatter or rule of a linter is known to set."""
    return Family(name, is_steady=True, is_fragile=is_fragile, spelling=name)


def _undone(name: str, *, is_fragile: bool = False) -> Family:
    """What a rule of PSScriptAnalyzer sets; a tool that draws each letter's case undoes some."""
    return Family(name, is_undone=True, is_fragile=is_fragile, spelling=name)


FAMILIES = (
    *(_undone("quotes"), _steady("quoted"), _steady("braces"), _steady("compare")),
    *(_steady("item"), _steady("types"), _steady("mandatory"), _undone("not"), _undone("alias")),
    *(_steady("constant", is_fragile=True), _steady("typecase", is_fragile=True)),
    *(_undone("keyword", is_fragile=True), _undone("operator", is_fragile=True)),
    *(_undone("command", is_fragile=True), _undone("parameter", is_fragile=True)),
)


def _check(data: bytes) -> None:
    if b"\0" in data:
        raise ValueError("it holds a zero byte")
    understood(data)


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
