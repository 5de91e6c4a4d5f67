"""Natural marks of PowerShell scripts and modules."""

from mapp_compliance.watermark.carriers.powershell.faults import GRAMMAR, understood
from mapp_compliance.watermark.carriers.powershell.proof import keeps
from mapp_compliance.watermark.carriers.powershell.source import Scanner, signs
from mapp_compliance.watermark.carriers.powershell.survey import lay_out
from mapp_compliance.watermark.natural.carrier import Family, NaturalCarrier
from mapp_compliance.watermark.natural.syntax import engines
from mapp_compliance.watermark.natural.tools import Tool, formatter

_CASES = ("keyword", "operator", "command", "parameter")
_OTHERS = ("quotes", "quoted", "braces", "compare", "item", "types", "mandatory", "not", "alias")
FAMILIES = tuple(
    Family(name, spelling=name) for name in (*_OTHERS, "constant", "typecase", *_CASES)
)
TOOLS = (
    formatter(*_CASES),
    formatter("alias", "not", "quotes"),  # rules of PSScriptAnalyzer
    Tool(frozenset(), turns=frozenset({"constant", "typecase", *_CASES}), signs=signs),
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
    tools=TOOLS,
)

__all__ = ["CARRIER", "FAMILIES", "lay_out"]
