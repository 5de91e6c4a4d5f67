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
        kinds: (symbol, bias), all different, rising.
        of_site: r places in ``kinds``.
    """

    def __init__(self, reading: CodeReading) -> None:
        self.reading = reading
        sites = list(zip(reading.symbols.tolist(), reading.biases, strict=True))
        self.kinds = sorted(set(sites))
        index = {kind: at for at, kind in enumerate(self.kinds)}
        self.of_site = np.array([index[site] for site in sites], dtype=np.int64)
        self._tables: dict[int, NDArray[np.float64]] = {}

    def table(self, known: int) -> NDArray[np.float64]:
        """kinds x (known + 1) x models."""
        if known not in self._tables:
            symbols = [symbol for symbol, _ in self.kinds]
            biases = [bias / SCALE for _, bias in self.kinds]
            self._tables[known] = log_table(known, symbols, biases)
        return self._tables[known]
