"""Stored maps of packed files give the copies that they always gave."""

import base64
import json
import zlib
from pathlib import Path

import pytest

from mapp_compliance.trust import digest
from mapp_compliance.watermark import (
    Codeword,
    Package,
    PackageFile,
    mark,
    sitemap_from_json,
    sitemap_to_json,
)

ROWS = json.loads((Path(__file__).parents[2] / "vectors/carriers/packed-1.json").read_text())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["path"])
def test_a_stored_map_gives_the_copy_it_always_gave(row):
    site_map = sitemap_from_json(row["site_map"].encode())
    package = Package((PackageFile(row["path"], base64.b64decode(row["original"])),))
    word = Codeword(tuple(map(int, row["word"])))
    assert digest(mark(package, site_map, word).files[0].data).hex == row["copy_sha256"]
    assert sitemap_to_json(site_map).decode() == row["site_map"]


def test_no_compressor_is_asked_when_a_copy_is_made(monkeypatch):
    """Its next version may give other bytes, and a copy must be made again years later."""

    def refused(*_):
        raise AssertionError("a compressor was asked")

    monkeypatch.setattr(zlib, "compressobj", refused)
    monkeypatch.setattr(zlib, "compress", refused)
    for row in ROWS:
        test_a_stored_map_gives_the_copy_it_always_gave(row)
