"""Counter of the word-blind reader: parts of a sample + stored site map -> observation.

Rules: the reader knows the original layout and the site map, never a codeword or an issued value;
what it cannot be sure of it leaves out, an erasure is better than a wrong symbol; no bytes make it
raise; the chance of one false location of a filler in a whole reading is below one in a million.

>>> from dataclasses import dataclass
>>> from mapp_compliance.values import Digest
>>> from mapp_compliance.watermark.sites import (
...     LaidOutFile, Layout, Point, PointKind, Site, SiteKind, SiteMap, Slot)
>>> @dataclass
... class Piece:
...     data: bytes
...     derivation: str
>>> mode = Point("mode", PointKind.CHOICE, values=(b"alpha", b"beta"))
>>> file = LaidOutFile("poc.py", (b'SCAN_MODE = "', Slot("mode"), b'"\\n'))
>>> site = Site("mode/0", SiteKind.CHOICE, "choice", "poc.py", "mode", mode.values, pad=1)
>>> site_map = SiteMap(Digest("0" * 64), 1, (site,), Layout((file,), (mode,)))
>>> read([Piece(b"# kept\\nSCAN_MODE='beta'", "poc.py")], site_map).symbols
(0,)
>>> read([Piece(b"SCAN_MODE = 'gamma'", "poc.py")], site_map).symbols
(None,)
"""

from mapp_compliance.watermark.reading.merge import observation_from_json, observation_json
from mapp_compliance.watermark.reading.natural import METHOD as NATURAL_METHOD
from mapp_compliance.watermark.reading.natural import forms_told
from mapp_compliance.watermark.reading.read import METHOD, locate, read
from mapp_compliance.watermark.reading.views import MAX_PART_BYTES, Part

READER = f"{METHOD}; {NATURAL_METHOD}"  # all that it can do; a reading says what it did

__all__ = [
    "MAX_PART_BYTES",
    "METHOD",
    "READER",
    "Part",
    "forms_told",
    "locate",
    "observation_from_json",
    "observation_json",
    "read",
]
