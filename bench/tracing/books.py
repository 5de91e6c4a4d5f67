"""The codebook of a file's copies, as the benches of marks and readers score against it."""

from collections.abc import Sequence

from mapp_compliance.values import Digest, InstanceId
from mapp_compliance.watermark import Site
from mapp_compliance.watermark.codes import Codebook, codebook

KEY = bytes(range(1, 33))


def book_of(map_id: Digest, sites: Sequence[Site], recipients: int) -> Codebook:
    """The words of ``copy-0``, ``copy-1`` ... over these sites, in their order."""
    return codebook(
        KEY,
        [InstanceId(f"copy-{number}") for number in range(recipients)],
        map_id,
        [site.id for site in sites],
        [site.bias for site in sites],
        [site.space for site in sites],
        [site.channel for site in sites],
    )
