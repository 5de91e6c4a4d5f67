"""Codewords: what one instance carries at every site, and the book of all instances.

- Sites of two values are code sites, binary with a bias; sites of more values are tags.
- A site may be shared: its symbol is that of a group of copies, drawn from the group's name in
  place of the instance, so it is no evidence about a copy and stands apart from the code.
- Row and book say the same: the book is the codewords of its instances, column by column.
- Near-identical words are kept: drawing again would break the independence that bounds errors.

>>> key, half = bytes(32), SCALE // 2
>>> codeword(key, "copy-1", ["n/0", "n/1", "host/0"], [half, half, half], [2, 2, 1000])
(1, 0, 200)
>>> book = codebook(
...     key, ["copy-1", "copy-2"], Digest("0" * 64),
...     ["n/0", "n/1", "host/0"], [half, half, half], [2, 2, 1000], ["n", "n", "host"])
>>> book.words.tolist(), book.tags
([[1, 0], [0, 1]], ((200,), (785,)))
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.values import Digest, InstanceId
from mapp_compliance.watermark.codes.keys import MAX_SPACE, draws, instance_key, tag_value
from mapp_compliance.watermark.codes.units import SCALE, CodeError

Groups = Sequence[InstanceId | None]  # for each site of a map the group that shares it

LEAST_BIAS = SCALE // 256  # further out a site tells next to nothing and blows up score tables


@dataclass(frozen=True, slots=True, eq=False)
class Codebook:
    """The words of all instances of one map; as secret as the mark key, so never printed.

    Attributes:
        instances: n ids, the order of the rows.
        sites: number of sites of the map, the length of an observation.
        code_sites: places of the m code sites in the map, the order of the columns.
        words: n x m symbols, 0 or 1, read-only.
        biases: m numerators over 2^32 of a 1.
        tag_sites: places of the k tag sites in the map.
        tags: n rows of k indexes, below the space each.
        spaces: numbers of values of the k tags.
        channels: names of the channels of the k tags.
        shared_sites: places of the g sites that groups of copies share.
        shared: n rows of g symbols, 0 or 1; empty when nothing is shared.
    """

    map_id: Digest
    instances: tuple[InstanceId, ...]
    sites: int
    code_sites: tuple[int, ...]
    words: NDArray[np.uint8] = field(repr=False)
    biases: tuple[int, ...]
    tag_sites: tuple[int, ...]
    tags: tuple[tuple[int, ...], ...] = field(repr=False)
    spaces: tuple[int, ...]
    channels: tuple[str, ...]
    shared_sites: tuple[int, ...] = ()
    shared: tuple[tuple[int, ...], ...] = field(default=(), repr=False)

    def symbols(self, row: int) -> tuple[int, ...]:
        """The codeword of one row: a symbol for each site, in the order of the map."""
        at = dict(zip(self.code_sites, self.words[row].tolist(), strict=True))
        at |= zip(self.tag_sites, self.tags[row], strict=True)
        at |= zip(self.shared_sites, self.shared[row] if self.shared else (), strict=True)
        return tuple(at[place] for place in range(self.sites))


def codeword(
    mark_key: bytes,
    instance: InstanceId,
    site_ids: Sequence[str],
    biases: Sequence[int],
    spaces: Sequence[int],
    groups: Groups = (),
) -> tuple[int, ...]:
    """One symbol for each site, in the order given; same arguments, same word, for ever.

    Args:
        mark_key: 32 to 64 bytes.
        site_ids: all different.
        biases: numerators over 2^32 that a code site holds a 1; not looked at for tags.
        spaces: 2 for a code site, 3 to 2^256 for a tag.
        groups: for each site the group whose symbol stands there, or None; empty for none at all.
    Raises:
        CodeError: lengths differ, an id occurs twice, a bias, space or key is out of its range.
    """
    _check_sites(site_ids, biases, spaces)
    ids = [site.encode() for site in site_ids]
    key = instance_key(mark_key, instance)
    own = [
        int(draw < bias) if space == 2 else tag_value(key, site, space)
        for draw, bias, space, site in zip(
            draws(key, ids).tolist(), biases, spaces, ids, strict=True
        )
    ]
    for place, symbol in shared_symbols(mark_key, site_ids, groups).items():
        own[place] = symbol
    return tuple(own)


def shared_symbols(mark_key: bytes, site_ids: Sequence[str], groups: Groups) -> dict[int, int]:
    """The symbol at each shared site by its place: even chances, keyed by group and site."""
    if groups and len(groups) != len(site_ids):
        raise CodeError("groups and sites differ in number; give one group or None for each site")
    found: dict[int, int] = {}
    for group in sorted({group for group in groups if group is not None}):
        places = [place for place, own in enumerate(groups) if own == group]
        key = instance_key(mark_key, group)
        numbers = draws(key, [site_ids[place].encode() for place in places]).tolist()
        found |= {
            place: int(number < SCALE // 2) for place, number in zip(places, numbers, strict=True)
        }
    return found


def codebook(
    mark_key: bytes,
    instances: Sequence[InstanceId],
    map_id: Digest,
    site_ids: Sequence[str],
    biases: Sequence[int],
    spaces: Sequence[int],
    channels: Sequence[str],
    groups: Sequence[Groups] = (),
) -> Codebook:
    """The codewords of all instances of a map, reserved and internal ones included.

    Args:
        instances: all different, at least one.
        channels: one name for each site, as in the map; the others as for ``codeword``.
        groups: for each instance what ``codeword`` takes; empty when no site is shared.
    Raises:
        CodeError: as ``codeword``; or no instance, or one that occurs twice; or the instances
            share different sites.
    """
    _check_sites(site_ids, biases, spaces)
    if len(channels) != len(site_ids):
        raise CodeError("channels and sites differ in number; give one channel for each site")
    if not instances or len(set(instances)) != len(instances):
        raise CodeError("a codebook needs at least one instance and each only once; mend the list")
    shared_sites = _shared_sites(instances, groups, spaces)
    alone = [place for place in range(len(spaces)) if place not in set(shared_sites)]
    code_sites = tuple(place for place in alone if spaces[place] == 2)
    tag_sites = tuple(place for place in alone if spaces[place] != 2)
    code_ids = [site_ids[place].encode() for place in code_sites]
    tag_ids = [(site_ids[place].encode(), spaces[place]) for place in tag_sites]
    limits = np.array([biases[place] for place in code_sites], dtype=np.uint32)
    words = np.empty((len(instances), len(code_sites)), dtype=np.uint8)
    tags = []
    for row, instance in enumerate(instances):
        key = instance_key(mark_key, instance)
        words[row] = draws(key, code_ids) < limits
        tags.append(tuple(tag_value(key, site, space) for site, space in tag_ids))
    words.setflags(write=False)
    return Codebook(
        map_id=map_id,
        instances=tuple(instances),
        sites=len(site_ids),
        code_sites=code_sites,
        words=words,
        biases=tuple(biases[place] for place in code_sites),
        tag_sites=tag_sites,
        tags=tuple(tags),
        spaces=tuple(spaces[place] for place in tag_sites),
        channels=tuple(channels[place] for place in tag_sites),
        shared_sites=shared_sites,
        shared=tuple(
            tuple(symbol for _, symbol in sorted(shared_symbols(mark_key, site_ids, own).items()))
            for own in groups
        )
        if shared_sites
        else (),
    )


def _shared_sites(
    instances: Sequence[InstanceId], groups: Sequence[Groups], spaces: Sequence[int]
) -> tuple[int, ...]:
    if not groups:
        return ()
    places = {tuple(at for at, group in enumerate(own) if group is not None) for own in groups}
    if len(groups) != len(instances) or len(places) != 1:
        raise CodeError("the instances do not share the same sites; mend their groups")
    found = places.pop()
    if any(spaces[place] != 2 for place in found):
        raise CodeError("a tag cannot be shared by a group; share code sites only")
    return found


def _check_sites(site_ids: Sequence[str], biases: Sequence[int], spaces: Sequence[int]) -> None:
    if not len(site_ids) == len(biases) == len(spaces):
        raise CodeError("sites, biases and spaces differ in number; give one each for each site")
    if len(set(site_ids)) != len(site_ids):
        # Two equal ids would carry one symbol twice and count as two independent ones.
        raise CodeError("a site id occurs twice; give every site an id of its own")
    for site, bias, space in zip(site_ids, biases, spaces, strict=True):
        if not 2 <= space <= MAX_SPACE:
            raise CodeError(f"site {site} has {space} values; allowed are 2 to 2^256", site=site)
        if space == 2 and not LEAST_BIAS <= bias <= SCALE - LEAST_BIAS:
            raise CodeError(
                f"site {site} has bias {bias}/2^32; keep it within 1/256 and 255/256", site=site
            )
