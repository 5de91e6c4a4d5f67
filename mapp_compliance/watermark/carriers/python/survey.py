"""A Python file without authored points as a tree of its natural forms; else a sentence why not.

Rules: a site is taken only where its rule says that the meaning stays; where a file may look at
its own text or lines, nothing that shows there is touched; what fails its proof is dropped here,
before any word exists, for reasons that depend on the file alone. Names of sites are made of the
definition around them, their family and their own text, so that edits elsewhere leave them alone.

>>> from mapp_compliance.watermark.carriers.python.families import DEFAULT
>>> laid = lay_out_python("a.py", b"def f(x):\\n    return 1 if x == 0 else 2\\n", DEFAULT)
>>> sorted(point.form for point in laid.layout.points), laid.warnings
(['branch', 'yoda'], ())
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from mapp_compliance.values import KIB, shown
from mapp_compliance.watermark.carriers.python.families import (
    LINES,
    ORDERS,
    SAME_CODE,
    Family,
)
from mapp_compliance.watermark.carriers.python.lexical import (
    number_forms,
    return_forms,
    string_forms,
)
from mapp_compliance.watermark.carriers.python.logic import (
    branch_forms,
    comparison_forms,
    not_forms,
    ternary_forms,
)
from mapp_compliance.watermark.carriers.python.orders import (
    definition_forms,
    entry_forms,
    keyword_forms,
)
from mapp_compliance.watermark.carriers.python.proof import (
    Unparsed,
    canonical_tree,
    same_code,
    tree_of,
    unordered_tree,
)
from mapp_compliance.watermark.carriers.python.syntax import Code, NotParsed, parse
from mapp_compliance.watermark.natural.forms import (
    Form,
    Mark,
    Span,
    free_of,
    marks_of,
    segments,
)
from mapp_compliance.watermark.sites import (
    FORMS,
    Fork,
    LaidOutFile,
    Layout,
    Point,
    PointKind,
    Segments,
)

MAX_BYTES = 200 * KIB  # longer files are made by programs, and reading them takes minutes
MOST_GROWTH = 12  # times the file that its tree may take, as nested branches are kept twice
TRIAL_WORDS = 16  # a fault of a pair of forms escapes all of them with chance 0.01

_RULES: tuple[Callable[[Code, Node], Iterator[Form]], ...] = (
    *(branch_forms, ternary_forms, not_forms, comparison_forms),
    *(string_forms, number_forms, return_forms),
    *(definition_forms, keyword_forms, entry_forms),
)
_OWN_TEXT = re.compile(rb"getsource|open\(\s*__file__|linecache|__file__[^\n]*read")
_OWN_LINES = re.compile(rb"f_lineno|tb_lineno|co_firstlineno|co_lines|currentframe|_getframe")
_OWN_LEN = re.compile(rb"\bdef len\b|\blen\s*=[^=]|\bimport len\b|\bas len\b")


@dataclass(frozen=True, slots=True)
class PythonLayout:
    """The layout of one file, and what its author should know."""

    layout: Layout
    warnings: tuple[str, ...] = ()


def lay_out_python(
    path: str, data: bytes, families: Collection[Family], taken: Collection[Span] = ()
) -> PythonLayout:
    """The file with its natural forms; any bytes give a layout.

    Args:
        path: as it is sent; part of the names of the sites.
        taken: stretches that authored points hold; no form touches them.
    """
    why = _unfit(data)
    if why is None and data.strip():
        try:
            return _surveyed(path, data, families, taken)
        except NotParsed:
            why = "the grammar does not know all of it"
        except Unparsed as err:
            why = f"{err}"
        except RecursionError:
            why = "it nests too deeply"
    told = (f"{shown(path)} carries no natural marks: {why}",) if why else ()
    return PythonLayout(Layout((LaidOutFile(path, (data,) if data else ()),), ()), told)


def _unfit(data: bytes) -> str | None:
    """Why a file is left alone before anything looks at it."""
    if len(data) > MAX_BYTES:
        return f"it is longer than {MAX_BYTES // KIB} KiB"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "it is not UTF-8"
    if text.startswith("\ufeff"):
        return "it starts with a byte order mark"
    if "\r" in text.replace("\r\n", ""):
        return "its lines end in a lone carriage return"
    if re.match(r"(?:[^\n]*\n)?[ \t\f]*#[^\n]*coding[:=][ \t]*(?!utf-?8)[-\w.]", text, re.I):
        return "it names an encoding other than UTF-8"
    if _OWN_TEXT.search(data):
        return "it may read its own text"
    return None


def _surveyed(
    path: str, data: bytes, families: Collection[Family], taken: Collection[Span]
) -> PythonLayout:
    tree_of(data)
    code = parse(data)
    allowed = {family.value for family in families}
    if _OWN_LINES.search(data):
        allowed -= {family.value for family in LINES}
    if _OWN_LEN.search(data):
        allowed.discard(Family.COMPARE.value)
    found = free_of(_forms(code, allowed), taken)
    names = _names(path, found, allowed)
    tree, originals, dropped = _sound(data, found, names)
    told: tuple[str, ...] = ()
    if dropped:
        told = (f"{shown(path)}: {dropped} natural forms were left out, they do not keep its code",)
    held = sorted(dict.fromkeys(fork.point for fork in LaidOutFile(path, tree).forks()))
    marks = {names[mark]: mark for mark in names}
    points = tuple(
        Point(
            name,
            PointKind.FORM,
            values=FORMS,
            original=FORMS[originals[name]],
            form=marks[name].family,
        )
        for name in held
    )
    return PythonLayout(Layout((LaidOutFile(path, tree),), points), told)


def _forms(code: Code, allowed: Collection[str]) -> list[Form]:
    """The forms that hold a mark of an allowed family."""
    return [
        form
        for node in code.nodes()
        for rule in _RULES
        for form in rule(code, node)
        if any(mark.family in allowed for mark in marks_of(form.pieces))
    ]


def _names(path: str, forms: Sequence[Form], allowed: Collection[str]) -> dict[Mark, str]:
    """The point of each mark of the allowed families."""
    every = dict.fromkeys(mark for form in forms for mark in marks_of(form.pieces))
    counts: Counter[str] = Counter()
    names = {}
    for mark in sorted(every, key=lambda mark: (mark.start, mark.family)):
        own = hashlib.blake2b(b" ".join(mark.label.split()), digest_size=4).hexdigest()
        name = f"{path}:{mark.scope}:{mark.family}:{own}"
        counts[name] += 1
        if mark.family in allowed:
            names[mark] = f"{name}.{counts[name]}"
    return names


def _sound(
    data: bytes, forms: Sequence[Form], names: Mapping[Mark, str]
) -> tuple[Segments, dict[str, int], int]:
    """The tree of all forms that pass the proof, the original form of each, how many failed."""
    originals = {name: mark.original for mark, name in names.items()}
    families = {name: mark.family for mark, name in names.items()}
    tree = _bounded(data, forms, names)
    if _is_sound(data, tree, originals, families):
        return tree, originals, 0
    points = dict.fromkeys(fork.point for fork in LaidOutFile("", tree).forks())
    good = {
        point
        for point in points
        if _keeps(data, tree, originals | {point: 1 - originals[point]}, families[point])
    }
    kept = {mark: name for mark, name in names.items() if name in good}
    tree = _bounded(data, forms, kept)
    if not _is_sound(data, tree, originals, families):
        kept, tree = {}, (data,)
    return tree, originals, len(points) - len(kept)


def _bounded(data: bytes, forms: Sequence[Form], names: Mapping[Mark, str]) -> Segments:
    """The tree; without branches when nesting makes it too large."""
    tree = segments(data, forms, names)
    if size_bytes(tree) <= MOST_GROWTH * len(data) + 4 * KIB:
        return tree
    few = {mark: name for mark, name in names.items() if mark.family != Family.BRANCH.value}
    return segments(data, forms, few)


def size_bytes(tree: Segments) -> int:
    """All literal bytes of a tree, those of both forms of each fork."""
    return sum(
        len(each) if isinstance(each, bytes) else size_bytes(each.first) + size_bytes(each.second)
        for each in tree
        if isinstance(each, bytes | Fork)
    )


def _is_sound(
    data: bytes, tree: Segments, originals: Mapping[str, int], families: Mapping[str, str]
) -> bool:
    """True when the original comes back and trial words keep the meaning, and the code."""
    if rendered(tree, originals) != data:
        return False
    safe = {family.value for family in SAME_CODE}
    tree_text = _tree_text(families.values())
    try:
        wanted = tree_text(data)
        for number in range(TRIAL_WORDS):
            word = {point: _trial(point, number) for point in originals}
            if tree_text(rendered(tree, word)) != wanted:
                return False
        for number in range(2):
            part = {
                point: _trial(point, number) if families[point] in safe else own
                for point, own in originals.items()
            }
            if not same_code(data, rendered(tree, part)):
                return False
    except Unparsed:
        return False
    return True


def _tree_text(families: Iterable[str]) -> Callable[[bytes], str]:
    """How trees are compared when marks of these families differ."""
    orders = {family.value for family in ORDERS}
    return canonical_tree if orders.isdisjoint(families) else unordered_tree


def _trial(point: str, number: int) -> int:
    """All second forms, all first forms, then forms as a digest of name and number says."""
    if number < 2:
        return 1 - number
    return hashlib.blake2b(f"{number}:{point}".encode(), digest_size=1).digest()[0] & 1


def _keeps(data: bytes, tree: Segments, word: Mapping[str, int], family: str) -> bool:
    """True when this one word keeps what the family promises."""
    marked = rendered(tree, word)
    try:
        tree_text = _tree_text([family])
        if tree_text(marked) != tree_text(data):
            return False
        return Family(family) not in SAME_CODE or same_code(data, marked)
    except Unparsed:
        return False


def rendered(tree: Segments, word: Mapping[str, int]) -> bytes:
    """The file with these forms."""
    return b"".join(_rendered(tree, word))


def _rendered(tree: Segments, word: Mapping[str, int]) -> Iterator[bytes]:
    for each in tree:
        if isinstance(each, bytes):
            yield each
        elif isinstance(each, Fork):
            yield from _rendered(each.second if word[each.point] else each.first, word)
