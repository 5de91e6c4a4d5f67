"""Authored variation points: the payload bytes, names and wordings that an author lets vary."""

from mapp_compliance.watermark.carriers.points import declare
from mapp_compliance.watermark.carriers.points.encoders import FILTERS, RAW, chained, encode
from mapp_compliance.watermark.carriers.points.sidecar import lay_out_marks
from mapp_compliance.watermark.carriers.points.suggest import suggest_marks
from mapp_compliance.watermark.carriers.points.values import (
    Value,
    code_site_count,
    symbols_of,
    tag_space,
    usable_values,
    value_of,
)

__all__ = [
    "FILTERS",
    "RAW",
    "Value",
    "chained",
    "code_site_count",
    "declare",
    "encode",
    "lay_out_marks",
    "suggest_marks",
    "symbols_of",
    "tag_space",
    "usable_values",
    "value_of",
]
