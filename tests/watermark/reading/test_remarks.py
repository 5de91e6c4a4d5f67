"""Marks in comments are read whatever their signs and lines, and never from anything else."""

import re
import shutil
import subprocess
from dataclasses import dataclass

import pytest

from mapp_compliance.watermark import (
    Codeword,
    PackageFile,
    lay_out,
    mark,
    parse_package,
    read,
    survey_legible,
)
from mapp_compliance.watermark.carriers.c import CARRIER as C
from mapp_compliance.watermark.carriers.javascript import JAVASCRIPT, TSX, TYPESCRIPT

FAMILIES = frozenset({"stop", "capital"})
MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")
SLASHED = pytest.mark.parametrize("carrier", [C, JAVASCRIPT, TYPESCRIPT, TSX], ids=lambda x: x.name)
HEAD = "f();\ng();\n"
BARE = "int f(void);\nint g(void);\n"


@dataclass
class Piece:
    data: bytes
    derivation: str = "leak"


def uncommented(data: bytes) -> bytes:
    return re.sub(rb"/\*.*?\*/|//[^\n]*", b"", data, flags=re.DOTALL)


def marked_copy(carrier, data: bytes):
    """A copy in which the sites are turns of both forms, its map, and the places in comments."""
    path = "a" + carrier.suffixes[0]
    package = parse_package([MANIFEST, PackageFile(path, data)])
    site_map = survey_legible(package, lay_out(package, {}), bytes(range(32))).site_map
    word = [site.pad ^ (at % 2) for at, site in enumerate(site_map.sites)]
    files = mark(package, site_map, Codeword(tuple(word))).files
    places = [
        at for at, site in enumerate(site_map.sites)
        if site.channel.rsplit("/")[-1] in FAMILIES or site.channel in FAMILIES
    ]  # fmt: skip
    return next(file.data for file in files if file.path == path), site_map, word, places


WORDS = """
take the size of all values that are not known before they are asked
keep what is left where nobody has said how much of it may go
find the least one, which is the first in a list that was sorted
use its name only, since two of them may well have one address
show them in the order in which people have come to know them
drop the oldest entry as soon as there is no room for a new one
make an index of each page, unless somebody else has made it already
send an answer even when there was no question at all
""".strip().splitlines()
LONG = (
    "/**\n * Takes all of the values that were found so far and gives them back in the order in"
    " which they came\n * it is not called for an empty one\n */\n"
)
TALK = HEAD + "".join(f"// {line}\nh({at});\n\n" for at, line in enumerate(WORDS)) + LONG


def talk(carrier) -> bytes:
    text = TALK
    if carrier is C:
        text = re.sub(r"h\((\d)\);", r"int h\1(int a) { return a == 1\1; }", TALK)
        text = text.replace(HEAD, BARE)
    return text.encode() + b"\n"


@SLASHED
@pytest.mark.parametrize(
    "alter",
    [
        lambda data: data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"".join(b"> " + line for line in data.splitlines(keepends=True)),
        lambda data: b"".join(b"+" + line for line in data.splitlines(keepends=True)),
        lambda data: b"\n\n".join(data.split(b"\n\n")[::-1]),
        lambda data: re.sub(
            rb" (that|where|which|since|unless) ", rb"\n// \1 ", data.replace(LONG.encode(), b"")
        ),
    ],
    ids=["as it is", "windows", "quoted", "as a patch", "moved", "wrapped"],
)
def test_comments_are_read_whatever_their_signs_and_lines(carrier, alter):
    copy, site_map, word, places = marked_copy(carrier, talk(carrier))
    seen = read([Piece(alter(copy))], site_map).symbols
    assert len(places) >= 16
    assert not [at for at in places if seen[at] not in {word[at], None}]
    assert sum(seen[at] is not None for at in places) >= 0.8 * len(places)


@SLASHED
def test_of_comments_that_were_taken_out_nothing_is_read(carrier):
    copy, site_map, _, places = marked_copy(carrier, talk(carrier))
    seen = read([Piece(uncommented(copy))], site_map).symbols
    assert [seen[at] for at in places] == [None] * len(places)


@pytest.mark.needs_tool
@pytest.mark.skipif(shutil.which("clang-format") is None, reason="no clang-format on this machine")
@pytest.mark.parametrize("style", ["LLVM", "Google", "GNU"])
def test_comments_that_clang_format_wrapped_are_read(style):
    copy, site_map, word, places = marked_copy(C, talk(C))
    command = ["clang-format", f"--style={{BasedOnStyle: {style}, ColumnLimit: 50}}"]
    done = subprocess.run(command, input=copy, capture_output=True, check=True, timeout=60)
    assert done.stdout.count(b"\n") > copy.count(b"\n") + 5
    seen = read([Piece(done.stdout)], site_map).symbols
    assert [seen[at] for at in places] == [word[at] for at in places]
