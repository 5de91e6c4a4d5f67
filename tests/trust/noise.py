"""Hostile inputs for parsers: plain noise, and true records with something put in the middle."""

from hypothesis import settings
from hypothesis import strategies as st

seeded = settings(derandomize=True, deadline=None, max_examples=150)


def noise(*true_records: bytes) -> st.SearchStrategy[bytes]:
    """Random bytes, and the true records with a random stretch replaced by random bytes."""
    return st.one_of(st.binary(max_size=200), *(_mangled(record) for record in true_records))


def _mangled(record: bytes) -> st.SearchStrategy[bytes]:
    places = st.integers(0, len(record))
    stuff = st.one_of(
        st.binary(max_size=8), st.sampled_from([b"\n", b"\n\n", b" ", b"=", b'"', b"0"])
    )
    return st.builds(
        lambda a, b, new: record[: min(a, b)] + new + record[max(a, b) :], places, places, stuff
    )


def each_byte_changed(record: bytes) -> list[bytes]:
    """The record with one byte changed, at each place in ten ways: bits, line end, space."""
    changed = []
    for at, byte in enumerate(record):
        others = {byte ^ 1 << bit for bit in range(8)} | {0x0A, 0x20}
        changed += [record[:at] + bytes([new]) + record[at + 1 :] for new in others - {byte}]
    return changed
