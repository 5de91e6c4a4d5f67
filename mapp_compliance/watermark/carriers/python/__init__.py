"""Natural marks of Python: places where code has two equal forms, without an author's help."""

from mapp_compliance.watermark.carriers.python.families import DEFAULT, UNDONE, Family
from mapp_compliance.watermark.carriers.python.proof import (
    Unparsed,
    same_but_for_order,
    same_meaning,
)
from mapp_compliance.watermark.carriers.python.survey import PythonLayout, lay_out_python
from mapp_compliance.watermark.carriers.python.syntax import engines
from mapp_compliance.watermark.natural.forms import Span

__all__ = [
    "DEFAULT",
    "UNDONE",
    "Family",
    "PythonLayout",
    "Span",
    "Unparsed",
    "engines",
    "lay_out_python",
    "same_but_for_order",
    "same_meaning",
]
