"""Archives and words for the tests of packed files; names and times are fixed."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping

from mapp_compliance.values import InstanceId
from mapp_compliance.watermark import Codeword, SiteMap
from mapp_compliance.watermark.codes import codeword

POC = b"""import sys
FILLER = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
MODE = "alpha"
print(sys.argv, FILLER, MODE)
"""
FILES = {"README.txt": b"Read me first.\n" * 20, "src/poc.py": POC, "end.bin": bytes(range(256))}
MARKS = b"""[[mark]]
file = "src/poc.py"
name = "filler"
kind = "filler"
match = 'FILLER = b"(A+)"'
[[mark]]
file = "src/poc.py"
name = "mode"
kind = "choice"
match = 'MODE = "(alpha)"'
values = ["alpha", "a longer one"]
"""
WHEN = (2026, 3, 4, 5, 6, 8)


def zipped(files: Mapping[str, bytes] = FILES, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type, info.external_attr = method, 0o640 << 16
            archive.writestr(info, data)
        archive.comment = b"a comment"
    return out.getvalue()


def tarred(files: Mapping[str, bytes] = FILES, form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = len(data), 1_770_000_000, 0o640
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def from_zip(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def from_tar(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        held = ((info.name, archive.extractfile(info)) for info in archive if info.isreg())
        return {name: file.read() for name, file in held if file is not None}


def word(site_map: SiteMap, instance: str) -> Codeword:
    ids = [site.id for site in site_map.sites]
    biases = [site.bias for site in site_map.sites]
    spaces = [site.space for site in site_map.sites]
    return Codeword(codeword(bytes(range(1, 33)), InstanceId(instance), ids, biases, spaces))
