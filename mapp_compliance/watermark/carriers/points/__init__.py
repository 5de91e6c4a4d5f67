"""Authored variation points: the payload bytes, names and wordings that an author lets vary."""

from mapp_compliance.watermark.carriers.points import declare
from mapp_compliance.watermark.carriers.points.computed import check_computed, form_of, settled
from mapp_compliance.watermark.carriers.points.encoders import FILTERS, RAW, chained, decode, encode
from mapp_compliance.watermark.carriers.points.lists import LIST, lay_out_lists
from mapp_compliance.watermark.carriers.points.sidecar import lay_out_marks
from mapp_compliance.watermark.carriers.points.slack import Slack, find_slack
from mapp_compliance.watermark.carriers.points.suggest import Suggestion, suggest_marks, suggestion
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
    "LIST",
    "RAW",
    "Slack",
    "Suggestion",
    "Value",
    "chained",
    "check_computed",
    "code_site_count",
    "declare",
    "decode",
    "encode",
    "find_slack",
    "form_of",
    "lay_out_lists",
    "lay_out_marks",
    "settled",
    "suggest_marks",
    "suggestion",
    "symbols_of",
    "tag_space",
    "usable_values",
    "value_of",
]
