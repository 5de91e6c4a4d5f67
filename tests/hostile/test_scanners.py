"""What cuts outside text into tokens and fields does not hang, whatever the text is.

Each text once took time in proportion to the square of its length, many seconds at this size. What
is asked is that it ends at all: the limit is ten times and more what it takes.
"""

import signal

import pytest

from mapp_compliance.values import KIB
from mapp_compliance.watermark.reading.plain import Usual, plain
from mapp_compliance.watermark.reading.records import NOTATIONS, tabled
from mapp_compliance.watermark.registry import NATURAL

SIZE = 50 * KIB
LIMIT_S = 10  # of computing, not of waiting
TEETH = [b'\\"', b"'\\", b"/[", b"/*", b"a ", b"`${", b"&lt;"]


def cutters():
    for carrier in NATURAL:
        yield f"{carrier.name} code", lambda data, own=carrier: [*own.scanner().scan(data)]
        if carrier.remarks is not None:
            yield f"{carrier.name} comments", lambda data, own=carrier: [*own.remarks().scan(data)]
    yield "plain text", lambda data: [plain(data, Usual())]
    for notation in NOTATIONS:
        yield notation.__name__, lambda data, own=notation: [*own(data)]
    yield "tabled", lambda data: [*tabled(data, lambda cell: cell == b"a")]


@pytest.fixture
def limited():
    def stop(*_):
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, LIMIT_S)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("name", [name for name, _ in cutters()])
def test_no_text_makes_it_hang(name, limited):
    cut = dict(cutters())[name]
    for tooth in TEETH:
        for head in (b"", b"# ", b'{"a": "'):
            cut((head + tooth * SIZE)[:SIZE])
