"""What a keyed value says that was found written somewhere: a tag, or the letters of a filler."""

from collections.abc import Iterator
from math import log2

from mapp_compliance.watermark.reading.chart import Seen, Target
from mapp_compliance.watermark.reading.views import View
from mapp_compliance.watermark.reading.written import tag_index
from mapp_compliance.watermark.sites import PointKind

SHORT_FILLER_BITS = 60  # a filler with less than this may be missed by its letters in a long part


def keyed_seen(target: Target, start: int, text: bytes, weight: int, view: View) -> Iterator[Seen]:
    """The sites of a tag or filler whose written value stands at the offset."""
    if target.point.kind is PointKind.FILLER:
        for rank, ((at, site), letter) in enumerate(zip(target.sites, text, strict=False)):
            raw = b"".join(site.symbols).find(letter)
            if raw >= 0:
                offset = view.origin(start + rank)
                yield Seen(at, raw ^ site.pad, weight, view.derivation, offset)
        return
    index = tag_index(target.point, text)
    if index is not None:
        yield from target.tag_seen(index, weight, view, start)


def is_written(target: Target, text: bytes) -> bool:
    """True when the text may be the target's value: a tag of its space, most letters possible."""
    if target.point.kind is not PointKind.FILLER:
        return tag_index(target.point, text) is not None
    bits = len(target.sites) * log2(max(len(target.point.charset), 2) / 2)
    fits = sum(
        letter in b"".join(site.symbols)
        for (_, site), letter in zip(target.sites, text, strict=False)
    )
    return bits < SHORT_FILLER_BITS and 4 * fits >= 3 * len(target.sites)
