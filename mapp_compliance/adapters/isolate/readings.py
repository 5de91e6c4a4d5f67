"""Samples in the limited child: unwrapped, cut, looked through for payloads, and read.

Site maps go in as the bytes in which they are stored. Keys, codewords and the workspace stay
outside: what comes back is parts with their words, counts, and what the sites show.

>>> question = question_of([], Unwrapped((Part(b"[1,2,3,4,5,6,7,8]", "a.js"),)))
>>> found, located = looked_from_lines(b"".join(TASKS["look"](question)), 0)
>>> [part.derivation for part in found.parts], located
(['a.js', 'a.js > array'], ())
"""

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from types import MappingProxyType

from mapp_compliance.adapters.isolate.tasks import parts_with_words, unwrapped_in
from mapp_compliance.attribution import Part, Unwrapped, parts_from_json, parts_to_json
from mapp_compliance.errors import InvalidInput
from mapp_compliance.trust import canonical, parse_canonical
from mapp_compliance.watermark import (
    Observation,
    SiteMap,
    locate,
    observation_from_json,
    observation_json,
    read,
    sitemap_from_json,
    sitemap_to_json,
)

GRAMMARS = tuple(
    f"tree_sitter_{name}"
    for name in ("bash", "c", "javascript", "powershell", "python", "typescript")
)
# What is loaded on first use, such as by `datetime.strptime`: too late behind the walls.
for _name in ("_strptime", "yaml", *GRAMMARS):
    importlib.import_module(_name)


def question_of(maps: Sequence[SiteMap], sample: Unwrapped) -> bytes:
    """How many maps, a map a line, and the parts."""
    lines = [b"%d" % len(maps), *map(sitemap_to_json, maps)]
    bare = Unwrapped(tuple(Part(part.data, part.derivation) for part in sample.parts))
    return b"".join(line + b"\n" for line in lines) + parts_to_json(bare)


def look(question: bytes) -> Iterable[bytes]:
    """What is in a sample: how many letter sites it shows of each map, and its parts."""
    maps, sample = _asked(question)
    unwrapped = unwrapped_in(sample)
    located = [locate(unwrapped.parts, site_map) for site_map in maps]
    return chain([canonical(located), b"\n"], parts_with_words(unwrapped))


def looked_from_lines(answer: bytes, maps: int) -> tuple[Unwrapped, tuple[int, ...]]:
    """Parts, and the counts in the order of the maps. Raises InvalidInput when it is no answer."""
    line, _, parts = answer.partition(b"\n")
    match parse_canonical(line):
        case [*rows] if len(rows) == maps:
            located = tuple(row for row in rows if type(row) is int and row >= 0)
            if len(located) == maps:
                return parts_from_json(parts), located
    raise InvalidInput("this is no look at a sample; submit it again")


def read_parts(question: bytes) -> list[bytes]:
    """What the parts of a sample show of the one map."""
    (site_map,), parts = _asked(question)
    return [canonical(observation_json(read(parts_from_json(parts).parts, site_map)))]


def observation_in(answer: bytes, site_map: SiteMap) -> Observation:
    """The observation of an answer. Raises InvalidInput when it is none of this map."""
    return observation_from_json(parse_canonical(answer), site_map)


def _asked(question: bytes) -> tuple[list[SiteMap], bytes]:
    many = int(question[: question.index(b"\n")])
    _, *maps, parts = question.split(b"\n", many + 1)  # the parts are most of it, and copied once
    return [sitemap_from_json(line) for line in maps], parts


TASKS: Mapping[str, Callable[[bytes], Iterable[bytes]]] = MappingProxyType(
    {"look": look, "read": read_parts}
)
