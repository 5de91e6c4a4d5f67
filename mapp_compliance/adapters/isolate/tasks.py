"""What the child may be asked to do here: bytes in, the answer out in pieces of bytes.

>>> from mapp_compliance.attribution.parts import Part, parts_to_json
>>> sample = parts_to_json(Unwrapped((Part(b"[1,2,3,4,5,6,7,8]", "a.js"),)))
>>> answer = TASKS["unwrap_and_view"](sample)
>>> [part.derivation for part in parts_from_json(b"".join(answer)).parts]
['a.js', 'a.js > array']
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from mapp_compliance.attribution.fingerprints import with_words
from mapp_compliance.attribution.parts import Unwrapped, parts_from_json, parts_in_lines
from mapp_compliance.attribution.unwrap import Budget, unwrap
from mapp_compliance.attribution.views import with_views
from mapp_compliance.values import MIB

# Beside the sample and its text form, in the memory of one child.
CHILD_BUDGET = Budget(total_bytes=192 * MIB)


def unwrap_and_view(sample: bytes) -> Iterable[bytes]:
    """The files of a sample as parts in, all parts and views out, in the form of ``parts``."""
    return parts_with_words(unwrapped_in(sample))


def unwrapped_in(sample: bytes) -> Unwrapped:
    """All parts and views of the files of a sample."""
    files = parts_from_json(sample)
    whole = unwrap(files.parts, CHILD_BUDGET)
    return with_views(Unwrapped(whole.parts, files.notes + whole.notes))


def parts_with_words(unwrapped: Unwrapped) -> Iterable[bytes]:
    """The wire form, each part cut when its turn comes: all words at once take too much memory."""
    return parts_in_lines(unwrapped, with_words)


TASKS: Mapping[str, Callable[[bytes], Iterable[bytes]]] = MappingProxyType(
    {"unwrap_and_view": unwrap_and_view}
)
