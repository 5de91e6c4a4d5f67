"""Codewords: what one instance carries at every site, and the book of all instances.

- Sites of two values are code sites, binary with a bias; sites of more values are tags.
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

    def symbols(self, row: int) -> tuple[int, ...]:
        """The codeword of one row: a symbol for each site, in the order of the map."""
        at = dict(zip(self.code_sites, self.words[row].tolist(), strict=True))
        at |= zip(self.tag_sites, self.tags[row], strict=True)
        return tuple(at[place] for place in range(self.sites))


def codeword(
    mark_key: bytes,
    instance: InstanceId,
    site_ids: Sequence[str],
    biases: Sequence[int],
    spaces: Sequence[int],
) -> tuple[int, ...]:
    """One symbol for each site, in the order given; same arguments, same word, for ever.

    Args:
        mark_key: 32 to 64 bytes.
        site_ids: all different.
        biases: numerators over 2^32 that a code site holds a 1; not looked at for tags.
        spaces: 2 for a code site, 3 to 2^256 for a tag.
    Raises:
        CodeError: lengths differ, an id occurs twice, a bias, space or key is out of its range.
    """
    _check_sites(site_ids, biases, spaces)
    ids = [site.encode() for site in site_ids]
    key = instance_key(mark_key, instance)
    return tuple(
        int(draw < bias) if space == 2 else tag_value(key, site, space)
        for draw, bias, space, site in zip(
            draws(key, ids).tolist(), biases, spaces, ids, strict=True
        )
    )


def codebook(
    mark_key: bytes,
    instances: Sequence[InstanceId],
    map_id: Digest,
    site_ids: Sequence[str],
    biases: Sequence[int],
    spaces: Sequence[int],
    channels: Sequence[str],
) -> Codebook:
    """The codewords of all instances of a map, reserved and internal ones included.

    Args:
        instances: all different, at least one.
        channels: one name for each site, as in the map; the others as for ``codeword``.
    Raises:
        CodeError: as ``codeword``; or no instance, or one that occurs twice.
    """
    _check_sites(site_ids, biases, spaces)
    if len(channels) != len(site_ids):
        raise CodeError("channels and sites differ in number; give one channel for each site")
    if not instances or len(set(instances)) != len(instances):
        raise CodeError("a codebook needs at least one instance and each only once; mend the list")
    code_sites = tuple(place for place, space in enumerate(spaces) if space == 2)
    tag_sites = tuple(place for place, space in enumerate(spaces) if space != 2)
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
    )


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
