"""One small package with every kind of point, laid out and surveyed."""

import pytest

from mapp_compliance.watermark import Package, PackageFile, SiteMap, lay_out, parse_package, survey

SITE_KEY = bytes(range(32))

POC = b"""#!/usr/bin/env python3
FILLER = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
NONCE = "0123abcd"
SESSION = "run_abcdef"
PORT = 20080
SEEN = "2024-01-02T03:04:05Z"
MODE = "alpha"
FIELDS = ["Host", "Accept", "Via", "Range"]
GREETING = "Good morning to all"
"""

MARKS = b"""
[[mark]]
name = "filler"
kind = "filler"
match = 'FILLER = b"(A{32})"'
[[mark]]
name = "nonce"
kind = "nonce"
match = 'NONCE = "([0-9a-f]{8})"'
charset = "hex"
[[mark]]
name = "session"
kind = "name"
match = 'SESSION = "(.*)"'
prefix = "run_"
[[mark]]
name = "port"
kind = "integer"
match = '^PORT = ([0-9]+)$'
low = 20000
high = 39999
[[mark]]
name = "seen"
kind = "timestamp"
match = 'SEEN = "(.*)"'
low = 2024-01-01T00:00:00Z
high = "2024-06-30T00:00:00Z"
[[mark]]
name = "mode"
kind = "choice"
match = 'MODE = "(alpha)"'
values = ["alpha", "beta", "gamma", "delta"]
[[mark]]
name = "fields"
kind = "shuffle"
match = 'FIELDS = \\[(.*)\\]'
items = ['"Host"', '"Accept"', '"Via"', '"Range"']
separator = ", "
[[mark]]
name = "greeting"
kind = "variant"
match = 'GREETING = "(.*)"'
values = ["Good morning to all", "Hello everybody"]
"""


@pytest.fixture
def package() -> Package:
    return parse_package(
        [
            PackageFile("poc.py", POC),
            PackageFile("poc.py.marks.toml", MARKS),
            PackageFile("NOTICE.md", b"The same for everybody.\r\n"),
        ]
    )


@pytest.fixture
def site_map(package: Package) -> SiteMap:
    return survey(package, lay_out(package, {}), SITE_KEY, engines=(("jinja2", "3"),))
