"""Kinds of read sites: sites that no model can tell apart are counted together.

>>> from mapp_compliance.watermark.codes.decoders import code_reading
>>> Kinds(code_reading(range(4), [SCALE // 2] * 4, [1, 0, 1, None])).of_site.tolist()
[1, 0, 1]
"""

import numpy as np
from numpy.typing import NDArray

from mapp_compliance.watermark.codes.decoders import CodeReading
from mapp_compliance.watermark.codes.models import log_table
from mapp_compliance.watermark.codes.units import SCALE


class Kinds:
    """The kinds of the read sites, and the likelihood tables over them.

    Attributes:
        reading: the reading they were made of.
        kinds: (channel, symbol, bias, chance of a misread), all different, rising.
        of_site: r places in ``kinds``.
        channel: channel number of each kind; ``channels`` all of them once.
    """

    def __init__(self, reading: CodeReading) -> None:
        self.reading = reading
        channels = reading.channels or (-1,) * len(reading.agree)
        sites = list(
            zip(channels, reading.symbols.tolist(), reading.biases, reading.misread, strict=True)
        )
        self.kinds = sorted(set(sites))
        index = {kind: at for at, kind in enumerate(self.kinds)}
        self.of_site = np.array([index[site] for site in sites], dtype=np.int64)
        self.channel = np.array([kind[0] for kind in self.kinds], dtype=np.int64)
        self.channels = sorted(set(channels)) if self.kinds else []
        self._tables: dict[tuple[int, bool], NDArray[np.float64]] = {}

    def table(self, known: int, turned: bool) -> NDArray[np.float64]:
        """kinds x (known + 1) x models, of the symbols as read or turned round."""
        key = (known, turned)
        if key not in self._tables:
            symbols = [symbol ^ turned for _, symbol, _, _ in self.kinds]
            biases = [bias / SCALE for _, _, bias, _ in self.kinds]
            misread = [wrong for _, _, _, wrong in self.kinds]
            self._tables[key] = log_table(known, symbols, biases, misread)
        return self._tables[key]
