import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.watermark.wellformed import CHECKS

GOOD = {
    ".json": b'{"a": [1, 2.5, null]}',
    ".jsonl": b'{"a": 1}\n\n[2]\n',
    ".xml": b'<?xml version="1.0"?><a b="c">&lt;<d/></a>',
    ".yaml": b"a: &x [1, 2]\nb: *x\nc: !python/object:os.system {}\n",
    ".toml": b"a = 1\n[b]\nc = 'd'\n",
}
BAD = {
    ".json": b'{"a": 1,}',
    ".jsonl": b'{"a": 1}\n{"a"\n',
    ".xml": b"<a><b></a>",
    ".yaml": b"a: 1\nb: [1, 2\n",
    ".toml": b"a = \n",
}


@pytest.mark.parametrize("suffix", GOOD)
def test_what_parses_passes(suffix):
    CHECKS[suffix](GOOD[suffix])


@pytest.mark.parametrize("suffix", BAD)
def test_what_does_not_parse_is_told_without_its_text(suffix):
    with pytest.raises(ValueError, match="does not parse"):
        CHECKS[suffix](BAD[suffix])


@pytest.mark.parametrize("suffix", sorted(CHECKS))
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
def test_any_bytes_pass_or_are_refused(suffix, data):
    with contextlib.suppress(ValueError):
        CHECKS[suffix](data)


def test_entities_that_unfold_a_billion_times_are_refused():
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<!DOCTYPE a [<!ENTITY e0 "{"x" * 100}">{levels}]><a>&e9;</a>'
    with pytest.raises(ValueError, match="does not parse"):
        CHECKS[".xml"](text.encode())
