"""From the parts of a sample to one observation, without a look at any codeword."""

from collections.abc import Iterator, Sequence
from itertools import chain
from math import log2

from mapp_compliance.watermark.reading.beside import read_beside
from mapp_compliance.watermark.reading.chart import Chart, Seen, chart
from mapp_compliance.watermark.reading.contexts import Atlas, atlas
from mapp_compliance.watermark.reading.fields import read_fields
from mapp_compliance.watermark.reading.merge import merge
from mapp_compliance.watermark.reading.natural import natural_method, read_natural
from mapp_compliance.watermark.reading.order import read_order
from mapp_compliance.watermark.reading.placed import read_holes, read_names, read_values
from mapp_compliance.watermark.reading.runs import LONG_KEY_BYTES, Run, fillers, find_runs
from mapp_compliance.watermark.reading.views import MAX_PART_BYTES, Part, View, views
from mapp_compliance.watermark.sites import Observation, PointKind, SiteMap

METHOD = (
    "mapp-reader/4; views: raw, reversed, every 2, every 4; "
    "letters: runs, xor of 1 to 8 bytes; "
    "values: exact, shape, sentences, holes, names, order, order in words, fields, beside"
)
NEAR_RUN_BYTES = 65536  # on either side of a run under a key, where its neighbours are looked for
MAX_OPENED = 8  # runs of one view under a key whose neighbours are looked for, best first


def read(parts: Sequence[Part], site_map: SiteMap) -> Observation:
    """What the parts of a sample show of the sites of a map.

    Word-blind: it uses the stored map and its original layout, never a codeword or an issued
    value. Any bytes give an observation; bytes that hold nothing of the map give erasures.

    Args:
        parts: the unwrapped pieces of ONE sample, in any order. Of a part above MAX_PART_BYTES
            only the first bytes are read, of one above LONG_KEY_BYTES only they are searched for
            longer keys, and the method id says so.
        site_map: the stored map.
    """
    known = chart(site_map)
    rows = atlas(known)
    seen = chain(
        (
            place
            for view, runs in _searched(parts, known)
            for place in _read_view(view, known, rows, runs)
        ),
        read_natural(parts, site_map),
    )
    cut = sum(len(part.data) > MAX_PART_BYTES for part in parts)
    note = f"; {cut} of {len(parts)} parts read up to byte {MAX_PART_BYTES}" if cut else ""
    long = sum(len(part.data) > LONG_KEY_BYTES for part in parts)
    if long:
        note += f"; {long} searched for keys above one byte up to byte {LONG_KEY_BYTES}"
    return merge(site_map, seen, METHOD + note + natural_method(parts, site_map))


def locate(parts: Sequence[Part], site_map: SiteMap) -> int:
    """How many letter sites the parts show: an artifact can be told by its payload alone.

    Other sites stand in text, by which the artifact is identified anyway.
    """
    seen = (place for view, runs in _searched(parts, chart(site_map)) for place in _of(runs, view))
    observation = merge(site_map, seen, METHOD)
    return sum(symbol is not None for symbol in observation.symbols)


def _searched(parts: Sequence[Part], known: Chart) -> Iterator[tuple[View, list[Run]]]:
    """Each view of the parts with the letter runs in it; one of a single byte holds none."""
    looked_at = [view for part in parts for view in views(part)]
    wanted = fillers(known.of_kind(PointKind.FILLER))
    starts = sum(
        (len(view.data) + filler.length) * filler.length for view in looked_at for filler in wanted
    )
    bits = log2(max(starts, 1))
    for view in looked_at:
        if view.data.count(view.data[:1]) < len(view.data):
            yield view, [run for filler in wanted for run in find_runs(view.data, filler, bits)]


def _of(runs: list[Run], view: View) -> Iterator[Seen]:
    return (place for run in runs for place in run.seen(view))


def _read_view(view: View, known: Chart, rows: Atlas, runs: list[Run]) -> Iterator[Seen]:
    yield from _of(runs, view)
    if view.letters_only:
        return
    yield from _read_text(view, known, rows)
    for run in runs:
        if not run.key:
            yield from read_beside(view, run, run.start, known)
    keyed = sorted((run for run in runs if run.key), key=lambda run: -run.score)
    for run in keyed[:MAX_OPENED]:
        yield from _read_near(view, run, known, rows)


def _read_near(view: View, run: Run, known: Chart, rows: Atlas) -> Iterator[Seen]:
    """What stands around a run under the run's key."""
    low = max(run.start - NEAR_RUN_BYTES, 0)
    opened = view.opened(run.key, run.start, low, run.start + run.filler.length + NEAR_RUN_BYTES)
    yield from _read_text(opened, known, rows)
    yield from read_beside(opened, run, run.start - low, known)


def _read_text(view: View, known: Chart, rows: Atlas) -> Iterator[Seen]:
    tokens = rows.tokens(view.data)
    yield from read_values(view, tokens, known, rows)
    yield from read_holes(view, tokens, known, rows)
    yield from read_names(view, known)
    yield from read_order(view, tokens, known, rows.lists)
    yield from read_fields(view, known, rows.fields)
