"""The operator's own files as parts with views, as samples are looked at."""

from collections.abc import Sequence

from mapp_compliance.attribution import Part, Unwrapped
from mapp_compliance.attribution.views import with_views


def viewed(files: Sequence[tuple[str, bytes]]) -> tuple[Part, ...]:
    """The files, then what they hold in other encodings."""
    return with_views(Unwrapped(tuple(Part(data, name) for name, data in files))).parts
