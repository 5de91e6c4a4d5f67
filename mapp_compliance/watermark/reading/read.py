"""From the parts of a sample to one observation, without a look at any codeword."""

from collections.abc import Iterator, Sequence
from math import log2

from mapp_compliance.watermark.reading.beside import read_beside
from mapp_compliance.watermark.reading.chart import Chart, Seen, chart
from mapp_compliance.watermark.reading.contexts import Atlas, atlas
from mapp_compliance.watermark.reading.merge import merge
from mapp_compliance.watermark.reading.order import read_order
from mapp_compliance.watermark.reading.placed import read_holes, read_names, read_values
from mapp_compliance.watermark.reading.runs import Filler, Run, fillers, find_runs
from mapp_compliance.watermark.reading.tokens import tokenise
from mapp_compliance.watermark.reading.views import MAX_PART_BYTES, Part, View, views
from mapp_compliance.watermark.sites import Observation, PointKind, SiteKind, SiteMap

METHOD = (
    "mapp-reader/1; views: raw, reversed, every 2, every 4; "
    "letters: runs, one-byte xor; values: exact, shape, prose, holes, names, order, beside"
)
NEAR_RUN_BYTES = 65536  # on either side of a run under a key, where its neighbours are looked for
MAX_OPENED = 8  # runs of one view under a key whose neighbours are looked for, best first


def read(parts: Sequence[Part], site_map: SiteMap) -> Observation:
    """What the parts of a sample show of the sites of a map.

    Word-blind: it uses the stored map and its original layout, never a codeword or an issued
    value. Any bytes give an observation; bytes that hold nothing of the map give erasures.

    Args:
        parts: the unwrapped pieces of ONE sample, in any order. Of a part above MAX_PART_BYTES
            only the first bytes are read, and the method id says so.
        site_map: the stored map.
    """
    known = chart(site_map)
    rows = atlas(known)
    looked_at = [view for part in parts for view in views(part)]
    wanted = fillers(known.of_kind(PointKind.FILLER))
    starts = sum(
        (len(view.data) + filler.length) * filler.length for view in looked_at for filler in wanted
    )
    seen = (
        place
        for view in looked_at
        for place in _read_view(view, known, rows, wanted, log2(max(starts, 1)))
    )
    cut = sum(len(part.data) > MAX_PART_BYTES for part in parts)
    note = f"; {cut} of {len(parts)} parts read up to byte {MAX_PART_BYTES}" if cut else ""
    return merge(site_map, seen, METHOD + note)


def locate(parts: Sequence[Part], site_map: SiteMap) -> int:
    """How many code sites the parts show: an artifact can be told by its payload alone."""
    observation = read(parts, site_map)
    return sum(
        symbol is not None and site.kind is not SiteKind.TAG
        for site, symbol in zip(site_map.sites, observation.symbols, strict=True)
    )


def _read_view(
    view: View, known: Chart, rows: Atlas, wanted: list[Filler], searched_bits: float
) -> Iterator[Seen]:
    runs = [run for filler in wanted for run in find_runs(view.data, filler, searched_bits)]
    for run in runs:
        yield from run.seen(view)
    if view.letters_only:
        return
    yield from _read_text(view, known, rows)
    for run in runs:
        if run.key == 0:
            yield from read_beside(view, run, run.start, known)
    keyed = sorted((run for run in runs if run.key), key=lambda run: -run.score)
    for run in keyed[:MAX_OPENED]:
        yield from _read_near(view, run, known, rows)


def _read_near(view: View, run: Run, known: Chart, rows: Atlas) -> Iterator[Seen]:
    """What stands around a run under the run's key."""
    low = max(run.start - NEAR_RUN_BYTES, 0)
    opened = view.opened(run.key, low, run.start + run.filler.length + NEAR_RUN_BYTES)
    yield from _read_text(opened, known, rows)
    yield from read_beside(opened, run, run.start - low, known)


def _read_text(view: View, known: Chart, rows: Atlas) -> Iterator[Seen]:
    tokens = tokenise(view.data)
    yield from read_values(view, tokens, known, rows)
    yield from read_holes(view, tokens, known, rows)
    yield from read_names(view, known)
    yield from read_order(view, tokens, known)
