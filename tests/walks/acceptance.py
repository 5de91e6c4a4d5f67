"""One leak tried and judged: what was said, of whom, and what was read at every site."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from mapp_compliance.attribution import Part
from mapp_compliance.attribution.unwrap import unwrap
from mapp_compliance.attribution.views import with_views
from mapp_compliance.demo import Alteration
from mapp_compliance.distribution import Copy
from mapp_compliance.watermark import read
from mapp_compliance.workflows.keys import mark_key
from mapp_compliance.workflows.matching import material
from mapp_compliance.workflows.prepare import word_of
from tests.walks.program import World, named


class Call(Enum):
    """How a verdict stands to the truth."""

    RIGHT = "right"  # the leaker's copy, and no other
    WRONG = "wrong"  # any other copy, alone or beside it
    REFUSED = "refused"  # no copy


class Mark(Enum):
    """How a symbol that was read stands to the one that was written."""

    RIGHT = "right"
    ERASED = "erased"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Tried:
    """One leak and what came of it."""

    recipient: str
    alteration: str
    call: Call
    verdict: str
    reason: str  # of a refusal: its own first words
    t: int
    seconds: float


def tried(world: World, copy: Copy, leaked: Mapping[str, bytes], alteration: Alteration) -> Tried:
    """The verdict on the leak of a copy."""
    start = time.perf_counter()
    found = world.judged(leaked)
    seconds = time.perf_counter() - start
    names = named(found)
    call = Call.WRONG if names else Call.REFUSED
    if names == [copy.recipient]:
        call = Call.RIGHT
    told = found.document["vetoes"] or found.document["limits"]
    assert isinstance(told, list)
    reason = str(told[0]) if call is Call.REFUSED else ""
    return Tried(
        copy.recipient, alteration.name, call, found.run.verdict, reason, found.run.t, seconds
    )


def marks_read(
    world: World, copy: Copy, leaked: Mapping[str, bytes]
) -> Counter[tuple[str, str, Mark]]:
    """How often each (channel, site kind) of a leak was read right, wrong or not at all."""
    (known,) = material(world.desk, copy.advisory).packages
    with world.desk.store.read() as work:
        (setup,) = work.setups.all(advisory=copy.advisory)
    word = word_of(known.site_map, mark_key(world.desk, setup), copy.instance, copy.wave)
    files = [Part(data, name) for name, data in sorted(leaked.items())]
    seen = read(with_views(unwrap(files)).parts, known.site_map)
    return Counter(
        (site.channel, "tag" if site.space != 2 else "code", _mark(written, symbol))
        for site, written, symbol in zip(
            known.site_map.sites, word.symbols, seen.symbols, strict=True
        )
    )


def _mark(written: int, symbol: int | None) -> Mark:
    if symbol is None:
        return Mark.ERASED
    return Mark.RIGHT if symbol == written else Mark.WRONG
