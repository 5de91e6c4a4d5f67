"""Which channels of a part are left out, by the tools of its language."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.watermark.carriers.javascript import COMPRESSOR, JAVASCRIPT
from mapp_compliance.watermark.carriers.python import CARRIER as PYTHON
from mapp_compliance.watermark.reading.health import normalised
from mapp_compliance.watermark.registry import NATURAL

MIXED = [0, 1, 1, 0, 1]
CHANNELS = st.dictionaries(
    st.sampled_from(sorted(JAVASCRIPT.names)), st.lists(st.integers(0, 1), min_size=1, max_size=12)
)


def test_of_a_family_that_formatters_set_not_even_one_site_alone_is_trusted():
    raw = {"quotes": [1], "yoda": [1]}
    assert normalised(raw, JAVASCRIPT.tools) == {"quotes"}
    assert normalised(raw) == frozenset()


def test_beside_set_quotes_what_no_formatter_or_printer_sets_is_trusted_alike_as_it_is():
    raw = {"quotes": [1] * 9, "branch": [0], "yoda": [1, 1, 1], "typeof": [0, 0], "base": MIXED}
    assert normalised(raw, JAVASCRIPT.tools) == {"quotes"}


def test_a_printer_is_ruled_out_by_one_channel_that_shows_both_forms():
    raw = {"quotes": [0] * 9, "base": [0, 0], "shorthand": [1]}
    assert normalised(raw, JAVASCRIPT.tools) == {"quotes", "base", "shorthand"}
    assert normalised(raw | {"shorthand": MIXED}, JAVASCRIPT.tools) == {"quotes"}


def test_where_comments_are_left_nobody_has_printed_a_tree():
    raw = {"quotes": [0] * 9, "parens": [0], "return": [1, 1], "stop": MIXED}
    assert normalised(raw, PYTHON.tools) == {"quotes", "parens", "return"}
    assert normalised(raw, PYTHON.tools, has_comments=True) == {"quotes"}


def test_what_a_printer_writes_by_rules_of_its_own_goes_with_what_it_sets():
    raw = {"quotes": [0] * 9, "raw": [0, 0], "tuple": MIXED, "branch": MIXED}
    assert normalised(raw, PYTHON.tools) == {"quotes", "raw", "tuple"}
    assert normalised(raw | {"raw": MIXED}, PYTHON.tools) == {"quotes"}


def test_rules_of_a_linter_count_together():
    raw = {"return": [1, 1], "negation": [0] * 4, "yoda": [0] * 5, "branch": [0, 0]}
    assert normalised(raw, PYTHON.tools) == {"return", "negation", "yoda"}
    assert normalised(raw | {"yoda": MIXED}, PYTHON.tools) == frozenset()
    assert normalised({"return": [1], "yoda": [0, 0]}, PYTHON.tools) == frozenset()


def test_what_a_compressor_rewrites_by_its_own_rules_goes_with_its_signs():
    raw = {"branch": MIXED, "yoda": MIXED, "step": MIXED, "typeof": [1, 1]}
    assert normalised(raw, JAVASCRIPT.tools) == frozenset()
    lost = normalised(raw, JAVASCRIPT.tools, [COMPRESSOR])
    assert lost == {"branch", "yoda", "typeof"}


@given(CHANNELS)
def test_only_channels_that_are_there_are_lost_and_more_tools_never_lose_less(raw):
    lost = [normalised(raw, JAVASCRIPT.tools[:count]) for count in range(5)]
    assert all(one <= two <= raw.keys() for one, two in pairwise(lost))


@pytest.mark.parametrize("carrier", NATURAL, ids=lambda each: each.name)
def test_tools_name_families_of_their_language(carrier):
    for tool in carrier.tools:
        assert tool.sets | tool.turns <= carrier.names
