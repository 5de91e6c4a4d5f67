"""Writes schedule-1.json: what key schedule 1 derives from fixed keys.

Run ``python tests/vectors/codes/make.py`` from the top of the repository.
"""

import json
from pathlib import Path
from typing import Any

from mapp_compliance.values import InstanceId
from mapp_compliance.watermark.codes import SCALE, assign_biases, codeword, letters, pad

FILE = Path(__file__).with_name("schedule-1.json")


def vector() -> dict[str, Any]:
    """The keys, what is asked, and what comes out."""
    mark_key, site_key = bytes(range(32)), bytes(range(32, 64))
    code_sites = [f"filler-{i % 4}/{i // 4}" for i in range(64)]
    channels = ["payload" if i % 4 else "order" for i in range(64)]
    regions = ["poc.py" if i % 3 else "lib/héap.py" for i in range(64)]
    biases = assign_biases(site_key, code_sites, channels, regions)
    tags = [("nonce/0", 2**256), ("port/0", 16_384), ("host/0", 36**6), ("two/0", 2)]
    site_ids = code_sites + [name for name, _ in tags]
    spaces = [2] * len(code_sites) + [space for _, space in tags]
    all_biases = [*biases, *([SCALE // 2] * len(tags))]
    charset = b"abcdefghjkmnpqrstuvwxyz"
    return {
        "mark_key": mark_key.hex(),
        "site_key": site_key.hex(),
        "instance": "copy-7f3a",
        "site_ids": site_ids,
        "channels": channels,
        "regions": regions,
        "biases": all_biases,
        "spaces": [str(space) for space in spaces],
        "symbols": [
            str(symbol)
            for symbol in codeword(mark_key, InstanceId("copy-7f3a"), site_ids, all_biases, spaces)
        ],
        "pads": [pad(site_key, site) for site in code_sites],
        "charset": charset.decode(),
        "letters": [bytes(letters(site_key, site, charset)).decode() for site in code_sites],
    }


def text() -> str:
    """The file's text."""
    return json.dumps(vector(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
