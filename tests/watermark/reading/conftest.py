"""A small package with every kind of point, and a marker that is as simple as can be."""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from mapp_compliance.values import Digest
from mapp_compliance.watermark.sites import (
    LaidOutFile,
    Layout,
    Point,
    PointKind,
    Site,
    SiteKind,
    SiteMap,
    Slot,
)

ALNUM = (
    string.digits + string.ascii_uppercase + string.ascii_lowercase
).encode()  # in rising order, as declared
LOWER = string.ascii_lowercase.encode()
HOUR_S = 3600

SCRIPT = (
    b'"""Probe for the toy echo service."""\nimport socket\n\n\n# settings of the probe\n'
    b'PROBE_FILLER = b"', Slot("filler"), b'"\nPROBE_NONCE = b"', Slot("nonce"),
    b'"\nSESSION_NAME = "', Slot("session"), b'"\nECHO_PORT = ', Slot("port"),
    b'\nNOT_BEFORE = "', Slot("start"), b'"\nSCAN_MODE = "', Slot("mode"),
    b'"\nRETRIES = ', Slot("retries"),
    b"\n\n\ndef headers():\n    # independent fields\n    return [\"", Slot("fields", item=0),
    b'", "', Slot("fields", item=1), b'", "', Slot("fields", item=2), b'", "',
    Slot("fields", item=3), b'"]\n\n\ndef send(host):\n    link = socket.create_connection((host, '
    b"ECHO_PORT))\n    link.sendall(PROBE_FILLER + PROBE_NONCE)\n    return link.recv(64)\n",
)  # fmt: skip
NOTICE = (
    b"# Toy echo service\n\n", Slot("wording"), b" Please answer within five days.\n\nThe session "
    b"is called ", Slot("session"), b" in all files.\n",
)  # fmt: skip
REQUEST = (b"ECHO/1.0 \x00\x02", Slot("filler"), Slot("nonce"), b"\r\nmode=", Slot("mode"), b"\r\n")
POINTS = (
    Point("fields", PointKind.SHUFFLE, values=(b"Host: demo", b"Accept: any", b"Agent: probe",
                                               b"Via: none")),
    Point("filler", PointKind.FILLER, length=64, charset=ALNUM),
    Point("mode", PointKind.CHOICE, values=(b"alpha", b"bravo", b"carol", b"delta")),
    Point("nonce", PointKind.NONCE, length=8, charset=ALNUM),
    Point("port", PointKind.INTEGER, low=20000, high=39999),
    Point("retries", PointKind.CHOICE, values=(b"3", b"5")),
    Point("session", PointKind.NAME, length=6, charset=LOWER, prefix=b"sess_"),
    Point("start", PointKind.TIMESTAMP, low=1_700_000_000, high=1_700_000_000 + HOUR_S,
          form="%Y-%m-%dT%H:%M:%SZ"),
    Point("wording", PointKind.VARIANT, values=(
        b"The service copies what it is sent without looking at the length field first.",
        b"Whatever a client sends is copied before anyone compares it with the stated size.")),
)  # fmt: skip
SPACES = {"nonce": 62**8, "port": 20000, "session": 26**6, "start": HOUR_S + 1}


@dataclass(frozen=True)
class Piece:
    """A part of a sample."""

    data: bytes
    derivation: str = "sample"


@dataclass(frozen=True)
class Copy:
    """A marked package: its codeword and its files by path."""

    word: tuple[int, ...]
    files: dict[str, bytes]
    values: dict[str, bytes]

    @property
    def script(self) -> bytes:
        return self.files["poc.py"]

    @property
    def parts(self) -> list[Piece]:
        return [Piece(data, path) for path, data in self.files.items()]


@dataclass(frozen=True)
class Reader:
    """A site map with what tests ask of it."""

    site_map: SiteMap

    def places(self, *points: str) -> list[int]:
        return [at for at, site in enumerate(self.site_map.sites) if site.point in points]

    def mark(self, seed: int) -> Copy:
        return mark(self.site_map, random.Random(seed))


def sites_of(point: Point, rng: random.Random) -> list[Site]:
    channel = "payload" if point.kind is PointKind.FILLER else point.kind.value
    kind = SiteKind.CHOICE
    symbols: list[tuple[bytes, ...]] = [(b"0", b"1")] * (len(point.values).bit_length() - 1)
    if point.name in SPACES:
        kind, channel, symbols = SiteKind.TAG, "tag", [()]
    elif point.kind is PointKind.FILLER:
        kind = SiteKind.LETTER
        pairs = [bytes(rng.sample(list(point.charset), 2)) for _ in range(point.length)]
        symbols = [(pair[:1], pair[1:]) for pair in pairs]
    elif point.kind is PointKind.SHUFFLE:
        symbols = [(b"0", b"1")] * (len(point.values) // 2)
    pads = [0 if kind is SiteKind.TAG else rng.getrandbits(1) for _ in symbols]
    space = SPACES.get(point.name, 2)
    return [
        Site(f"{point.name}/{at}", kind, channel, "poc.py", point.name, both, pad, space=space)
        for at, (both, pad) in enumerate(zip(symbols, pads, strict=True))
    ]


def site_map_of(points: tuple[Point, ...], files: dict[str, tuple[bytes | Slot, ...]]) -> SiteMap:
    rng = random.Random("pairs and pads")
    sites = tuple(site for point in points for site in sites_of(point, rng))
    laid = tuple(LaidOutFile(path, pieces) for path, pieces in sorted(files.items()))
    return SiteMap(Digest("a" * 64), 1, sites, Layout(laid, points))


def value_of(point: Point, sites: list[Site], symbols: list[int]) -> list[bytes]:
    raw = [symbol ^ site.pad for site, symbol in zip(sites, symbols, strict=True)]
    match point.kind:
        case PointKind.FILLER:
            return [b"".join(site.symbols[bit] for site, bit in zip(sites, raw, strict=True))]
        case PointKind.CHOICE | PointKind.VARIANT:
            return [point.values[sum(bit << at for at, bit in enumerate(raw))]]
        case PointKind.SHUFFLE:
            items = list(point.values)
            for at, bit in enumerate(raw):
                items[2 * at : 2 * at + 2] = items[2 * at : 2 * at + 2][:: -1 if bit else 1]
            return items
        case PointKind.INTEGER:
            return [b"%d" % (point.low + symbols[0])]
        case PointKind.TIMESTAMP:
            minute, second = divmod(symbols[0] + 1_700_000_000 - 1_699_999_200, 60)
            hour, minute = divmod(minute, 60)
            return [b"2023-11-14T%02d:%02d:%02dZ" % (22 + hour, minute, second)]
        case _:
            return [point.prefix + letters(symbols[0], sorted(point.charset), point.length)]


def letters(number: int, charset: list[int], length: int) -> bytes:
    out = []
    for _ in range(length):
        number, digit = divmod(number, len(charset))
        out.append(charset[digit])
    return bytes(reversed(out))


def mark(site_map: SiteMap, rng: random.Random) -> Copy:
    word = tuple(rng.randrange(site.space) for site in site_map.sites)
    values = {}
    for point in site_map.layout.points:
        rows = [(site, symbol) for site, symbol in zip(site_map.sites, word, strict=True)
                if site.point == point.name]  # fmt: skip
        values[point.name] = value_of(point, [site for site, _ in rows], [bit for _, bit in rows])
    files = {
        file.path: b"".join(
            piece if isinstance(piece, bytes) else values[piece.point][piece.item or 0]
            for piece in file.segments
        )
        for file in site_map.layout.files
    }
    return Copy(word, files, {name: value[0] for name, value in values.items()})


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The reader's side of the package with all kinds of points."""
    files = {"poc.py": SCRIPT, "NOTICE.md": NOTICE, "request.bin": REQUEST}
    return Reader(site_map_of(POINTS, files))


@pytest.fixture(scope="session")
def piece() -> Callable[..., Piece]:
    """Makes a part."""
    return Piece


@pytest.fixture(scope="session")
def make_reader() -> Callable[..., Reader]:
    """Makes a reader for other points and files."""
    return lambda points, files: Reader(site_map_of(points, files))
