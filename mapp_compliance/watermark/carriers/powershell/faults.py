"""A script as the grammar knows it, and the stretches that it does not know.

The grammar finds a fault in every third good script, and at times loses all that follows. Where
it would lose too much, the lines that it stumbles over are blanked and it is asked again; lines in
which a bracket or a text stays open are never blanked. No form moves a line, so the same lines are
blanked of a copy.

>>> data = b"a 'b'\\n$c = $d ? 1 : 2\\n"
>>> [data[span.start : span.end] for span in understood(data).left_out]
[b'$c = $d ? 1 : 2']
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from mapp_compliance.watermark.carriers.powershell.quoting import BOM, Quoted, quoted
from mapp_compliance.watermark.natural.forms import Span
from mapp_compliance.watermark.natural.syntax import Code, Node, parse

GRAMMAR = "tree_sitter_powershell"
MOST_FAULTY = 4  # of a file the grammar must know all but one in so many bytes
MOST_ROUNDS = 8
MOST_BLANK = 2000  # bytes of lines around one fault
_PAIRS = ((b"(", b")"), (b"{", b"}"), (b"[", b"]"))


@dataclass(frozen=True, slots=True)
class Script:
    """The tree of a script, and what is left alone of it: whole lines, in no order.

    ``code.data`` is as long as the script, with spaces for its byte order mark and blank lines.
    """

    code: Code
    left_out: tuple[Span, ...]
    blank: frozenset[int] = frozenset()  # numbers of the lines that the tree does not hold

    @property
    def is_known(self) -> bool:
        """True when the grammar knows enough of it."""
        return not _too_much(self.code.data, self.left_out)


def without_mark(data: bytes) -> bytes:
    """The script with spaces where its byte order mark is, so that places stay the same."""
    return b" " * len(BOM) + data[len(BOM) :] if data.startswith(BOM) else data


@lru_cache(maxsize=4)  # asked for again with every copy
def understood(data: bytes) -> Script:
    """What the grammar makes of a script. Raises Unparsed where a text or bracket stays open."""
    whole = without_mark(data)
    code = parse(GRAMMAR, whole, tolerant=True)
    blank: list[Span] = []
    faults = list(_faulty(code))
    if not faults:
        return Script(code, ())
    seen = quoted(whole)
    for _ in range(MOST_ROUNDS):
        if not _too_much(whole, faults):
            break
        lines = {_lines(whole, node) for node in _innermost(code.root)}
        found = [span for span in lines if _may_blank(whole, span, seen)]
        if not set(found) - set(blank):
            break
        blank += found
        code = parse(GRAMMAR, _blanked(whole, blank), tolerant=True)
        faults = [*_faulty(code), *blank]
    numbers = (
        range(whole.count(b"\n", 0, span.start), whole.count(b"\n", 0, span.end) + 1)
        for span in blank
    )
    return Script(code, tuple(faults), frozenset(chain.from_iterable(numbers)))


def without_lines(data: bytes, numbers: frozenset[int]) -> tuple[Code, bytes]:
    """The tree of a script with these lines blank, and what stands in them."""
    lines = without_mark(data).split(b"\n")
    taken = [lines[number] for number in sorted(numbers) if number < len(lines)]
    kept = (b" " * len(line) if at in numbers else line for at, line in enumerate(lines))
    return parse(GRAMMAR, b"\n".join(kept), tolerant=True), b"\n".join(taken)


def _too_much(data: bytes, spans: tuple[Span, ...] | list[Span]) -> bool:
    return sum(span.end - span.start for span in spans) * MOST_FAULTY > len(data)


def _faulty(code: Code) -> Iterator[Span]:
    """The lines of the smallest statements with a fault in them."""
    for node in _innermost(code.root):
        own = node
        while own.parent is not None and own.parent.type not in {"statement_list", "program"}:
            own = own.parent
        yield _lines(code.data, own)


def _innermost(root: Node) -> Iterator[Node]:
    """The faults that hold no smaller one."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        inner = [each for each in node.children if each.has_fault or each.type == "ERROR"]
        waiting += inner
        if not inner and (node.has_fault or node.type == "ERROR"):
            yield node


def _lines(data: bytes, node: Node) -> Span:
    start = data.rfind(b"\n", 0, node.start) + 1
    end = data.find(b"\n", node.end)
    return Span(start, len(data) if end < 0 else end)


def _may_blank(data: bytes, span: Span, seen: Quoted) -> bool:
    """True when nothing stays open within these lines."""
    if span.end - span.start > MOST_BLANK:
        return False
    within, done = b"", span.start
    for start, end in seen.within(span.start, span.end):
        if start < span.start or end > span.end:
            return False
        within += data[done:start]
        done = end
    within += data[done : span.end]
    return all(within.count(one) == within.count(other) for one, other in _PAIRS)


def _blanked(data: bytes, spans: list[Span]) -> bytes:
    made = bytearray(data)
    for span in spans:
        made[span.start : span.end] = b" " * (span.end - span.start)
    return bytes(made)
