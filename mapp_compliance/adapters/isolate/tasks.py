"""What the child may be asked to do here: bytes in, bytes out.

>>> from mapp_compliance.attribution.parts import Part
>>> sample = parts_to_json(Unwrapped((Part(b"[1,2,3,4,5,6,7,8]", "a.js"),)))
>>> [part.derivation for part in parts_from_json(TASKS["unwrap_and_view"](sample)).parts]
['a.js', 'a.js > array']
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mapp_compliance.attribution.parts import Unwrapped, parts_from_json, parts_to_json
from mapp_compliance.attribution.unwrap import Budget, unwrap
from mapp_compliance.attribution.views import with_views
from mapp_compliance.values import MIB

# All that is unpacked crosses a pipe as base64: it has to fit into the child twice.
CHILD_BUDGET = Budget(total_bytes=192 * MIB)


def unwrap_and_view(sample: bytes) -> bytes:
    """The files of a sample as parts in, all parts and views out, in the form of ``parts``."""
    files = parts_from_json(sample)
    whole = unwrap(files.parts, CHILD_BUDGET)
    return parts_to_json(with_views(Unwrapped(whole.parts, files.notes + whole.notes)))


TASKS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {"unwrap_and_view": unwrap_and_view}
)
