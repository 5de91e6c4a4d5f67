"""What a decoding changed: of a long text that stayed nearly the same only those places are kept.

A text with one escape in it, undone, is the same text once more; reading both costs twice and
tells nothing new. Lines that were there before go, but for some on both sides of each change, so
that what stands around a value can be told.

>>> before = b"".join(b"line %d\\n" % number for number in range(1000, 2000))
>>> kept = changed(before, before.replace(b"line 1500\\n", b"LINE 1500\\n"))
>>> kept.splitlines()[0], kept.splitlines()[-1]
(b'line 1420', b'line 1580')
"""

from itertools import pairwise

import numpy as np

NEAR_BYTES = 800  # kept on either side of a changed line; the reader looks at 600
MOSTLY = 0.5  # share of lines from which on all are kept
SEAM = b"\n\0\n"  # no row of words and no run of letters reaches over it


def changed(before: bytes, after: bytes) -> bytes:
    """The changed lines of ``after`` with their neighbours; empty when no line is new."""
    known = set(before.splitlines(keepends=True))
    lines = after.splitlines(keepends=True)
    new = np.array([line not in known for line in lines], dtype=np.bool_)
    if np.count_nonzero(new) > MOSTLY * len(lines):
        return after
    ends = np.cumsum([len(line) for line in lines])
    starts = ends - [len(line) for line in lines]
    near = np.zeros(len(lines) + 1, dtype=np.int64)
    np.add.at(near, np.searchsorted(ends, starts[new] - NEAR_BYTES, "right"), 1)
    np.add.at(near, np.searchsorted(starts, ends[new] + NEAR_BYTES, "left"), -1)
    kept = np.flatnonzero(np.cumsum(near)[:-1] > 0).tolist()
    pieces = [lines[at] + (b"" if then == at + 1 else SEAM) for at, then in pairwise(kept)]
    return b"".join((*pieces, *(lines[at] for at in kept[-1:])))
