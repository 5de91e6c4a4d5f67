"""Bias classes: how often each code site holds a 1.

Three classes in 25/50/25 % catch colluders of every strategy; below 60 sites there is nothing to
spread and every bias is 1/2. Each channel and each region of it gets the same mix, so that
losing one loses all classes alike.

>>> assign_biases(bytes(32), ["a", "b"], ["name", "name"], ["poc.py", "poc.py"]) == (HALF, HALF)
True
"""

from collections.abc import Sequence
from hashlib import blake2b

from mapp_compliance.watermark.codes.keys import checked_key
from mapp_compliance.watermark.codes.units import SCALE, CodeError

HALF = SCALE // 2
LOW, HIGH = 54 * SCALE // 256, 202 * SCALE // 256  # dyadic, so that the null stays exact
LEAST_MIXED_SITES = 60  # measured: with fewer sites the mix costs the lone leaker more than it buys

_CLASSES = (HALF, LOW, HALF, HIGH)
_PERSON = b"mapp/bias/1"


def assign_biases(
    site_key: bytes, site_ids: Sequence[str], channels: Sequence[str], regions: Sequence[str]
) -> tuple[int, ...]:
    """A numerator over 2^32 for each code site: its chance of a 1, by keyed stratified order.

    Sites are put in keyed order, channel by channel and inside it region by region, and take the
    classes in turn: every channel and region then has each class within one of its due number.
    The turn depends on all sites of the map, so a revision hands over the stored biases of its
    unchanged sites and asks here for the new ones only.

    Args:
        site_ids: code sites only, all different; channels and regions in the same order.
    Raises:
        CodeError: the three differ in length, or an id occurs twice.
    """
    if not len(site_ids) == len(channels) == len(regions):
        raise CodeError("sites, channels and regions differ in number; give one each for each site")
    if len(set(site_ids)) != len(site_ids):
        raise CodeError("a site id occurs twice; give every site an id of its own")
    if len(site_ids) < LEAST_MIXED_SITES:
        return (HALF,) * len(site_ids)
    key = checked_key(site_key)

    def place(index: int) -> tuple[bytes, bytes, bytes]:
        channel, region = channels[index], regions[index]
        names = (f"channel\0{channel}", f"region\0{channel}\0{region}", f"site\0{site_ids[index]}")
        first, second, third = (
            blake2b(name.encode(), key=key, person=_PERSON, digest_size=16).digest()
            for name in names
        )
        return first, second, third

    numerators = [HALF] * len(site_ids)
    for turn, index in enumerate(sorted(range(len(site_ids)), key=place)):
        numerators[index] = _CLASSES[turn % len(_CLASSES)]
    return tuple(numerators)
