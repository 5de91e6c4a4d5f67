"""Samples are unwrapped, cut and read in the limited child, and its answers are not trusted."""

import importlib.util
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mapp_compliance.adapters.isolate import port
from mapp_compliance.adapters.isolate.port import IsolatedChild
from mapp_compliance.adapters.isolate.readings import (
    GRAMMARS,
    TASKS,
    looked_from_lines,
    observation_in,
)
from mapp_compliance.adapters.isolate.runner import Answer
from mapp_compliance.attribution import Part, Unwrapped, fingerprints, parts_to_json
from mapp_compliance.attribution.fingerprints import fingerprint
from mapp_compliance.attribution.lexer import Tokens
from mapp_compliance.attribution.unwrap import unwrap
from mapp_compliance.attribution.views import with_views
from mapp_compliance.errors import InvalidInput, MappError
from mapp_compliance.trust import canonical
from mapp_compliance.watermark import (
    MAX_PART_BYTES,
    Package,
    PackageFile,
    SiteMap,
    lay_out,
    locate,
    mark,
    observation_json,
    parse_package,
    random_words,
    read,
    sitemap_to_json,
    survey,
)
from mapp_compliance.watermark.registry import NATURAL

FILLER = b'FILLER = b"' + b"A" * 64 + b'"\nMODE = "alpha"\nSTART = "2024-01-01T09:30:00Z"\n'
FILLER += b'NOTE = "the server copies what it is sent before it looks at the stated length"\n'
MARKS = b"""[[mark]]
name = "filler"
kind = "filler"
charset = "alnum"
match = 'FILLER = b"(A{64})"'
[[mark]]
name = "mode"
kind = "choice"
match = 'MODE = "(alpha)"'
values = ["alpha", "beta"]
[[mark]]
name = "start"
kind = "timestamp"
match = 'START = "([^"]*)"'
low = 2024-01-01T00:00:00Z
high = 2024-01-03T00:00:00Z
[[mark]]
name = "wording"
kind = "variant"
match = 'NOTE = "(.*)"'
values = ["the server copies what it is sent before it looks at the stated length",
 "whatever a client sends is copied before anyone compares it with the size"]
"""
KEY = b"an index key that stays outside"


def module(name: str) -> bytes:
    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).read_bytes()


@pytest.fixture(scope="module")
def known() -> tuple[Package, SiteMap]:
    """A package with authored and natural marks."""
    package = parse_package(
        [
            PackageFile("poc.txt", FILLER),
            PackageFile("poc.txt.marks.toml", MARKS),
            PackageFile("shlex.py", module("shlex")),
        ]
    )
    return package, survey(package, lay_out(package, {}), bytes(32))


@pytest.fixture(scope="module")
def leaked(known: tuple[Package, SiteMap]) -> list[tuple[str, bytes]]:
    """The files of one copy, which nobody holds."""
    package, site_map = known
    (word,) = list(random_words(site_map, b"a copy", 1))[:1]
    return [(file.path, file.data) for file in mark(package, site_map, word.word).files]


def here(files: list[tuple[str, bytes]]) -> Unwrapped:
    return with_views(unwrap(tuple(Part(data, name) for name, data in files)))


def test_the_child_looks_and_reads_as_the_functions_do(
    known: tuple[Package, SiteMap], leaked: list[tuple[str, bytes]]
) -> None:
    site_map = known[1]
    found, located = IsolatedChild().look(leaked, [site_map, site_map])
    assert found.parts == here(leaked).parts
    assert located == (locate(found.parts, site_map),) * 2
    assert located[0] > 0
    seen = IsolatedChild().read(found.parts, site_map)
    assert seen == read(found.parts, site_map)
    assert seen.read_sites > located[0]


def test_the_child_reads_among_long_opaque_bytes_as_the_functions_do(
    known: tuple[Package, SiteMap], leaked: list[tuple[str, bytes]]
) -> None:
    site_map, around = known[1], random.Random(1).randbytes(100_000)
    parts = [Part(around + leaked[0][1] + around, "image.bin")]
    seen = IsolatedChild().read(parts, site_map)
    assert seen == read(parts, site_map)
    assert {row.channel: row.read for row in seen.health if row.read} == {
        "choice": 1,
        "payload": 64,
        "timestamp": 1,
        "wording": 1,
    }


def test_a_part_that_is_too_long_is_told_and_read_as_far_as_it_is(
    known: tuple[Package, SiteMap],
) -> None:
    long = bytes(MAX_PART_BYTES) + b"more"
    found, _ = IsolatedChild().look([("image.bin", long)], [])
    assert any(
        note.startswith("truncated: image.bin: read up to byte 8388608 of") for note in found.notes
    )
    seen = IsolatedChild().read(found.parts, known[1])
    assert seen == read(found.parts, known[1])
    assert "1 of 1 parts read up to byte 8388608" in seen.method


def test_what_the_child_cut_has_the_same_prints_and_is_not_cut_again(
    leaked: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = IsolatedChild().parts([*leaked, ("binary", bytes(range(256)) * 40)])
    bare = [Part(part.data, part.derivation) for part in found.parts]
    wanted = fingerprint(bare, KEY)

    def lex(_text: bytes, _key: bytes) -> Tokens:
        raise AssertionError("outside bytes are cut in our own process")

    monkeypatch.setattr(fingerprints, "lex", lex)
    assert fingerprint(found.parts, KEY) == wanted
    with pytest.raises(AssertionError, match="our own process"):
        fingerprint(bare, KEY)


def test_every_grammar_is_loaded_before_the_walls_stand() -> None:
    """What a survey asked may be asked by a reading; behind the walls it is too late to load it."""
    wanted = {name.replace("-", "_") for each in NATURAL for name, _ in each.engines()}
    assert {name for name in wanted if name.startswith("tree_sitter_")} <= set(GRAMMARS)
    assert len(wanted) >= 4


def test_the_child_is_asked_with_maps_and_bytes_alone(
    known: tuple[Package, SiteMap],
    leaked: list[tuple[str, bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, bytes]] = []

    def answered(task: str, data: bytes, **_: object) -> Answer:
        asked.append((task, data))
        return Answer(b"".join(TASKS[task](data)), ())

    monkeypatch.setattr(port, "run_isolated", answered)
    found, _ = IsolatedChild().look(leaked, [known[1]])
    IsolatedChild().read(found.parts, known[1])
    bare = [
        [Part(data, name) for name, data in leaked],
        [Part(part.data, part.derivation) for part in found.parts],
    ]
    maps = b"1\n" + sitemap_to_json(known[1]) + b"\n"
    assert asked == [
        (task, maps + parts_to_json(Unwrapped(tuple(parts))))
        for task, parts in zip(("look", "read"), bare, strict=True)
    ]


@pytest.mark.parametrize("limit", ["cpu_s", "output_bytes", "memory_bytes"])
def test_a_child_that_meets_a_limit_is_told_in_words_about_the_sample(
    known: tuple[Package, SiteMap], monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    least = {"cpu_s": 0, "output_bytes": 10, "memory_bytes": 1000}
    monkeypatch.setattr(
        port, "READING_LIMITS", replace(port.READING_LIMITS, **{limit: least[limit]})
    )
    files = [("a.txt", b"words and words " * 100_000)]
    with pytest.raises(InvalidInput, match="nothing is concluded from it; submit fewer"):
        IsolatedChild().look(files, [known[1]])


def put(*path: object, value: object) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


FORGERIES = {
    "another map": put("map_id", value="0" * 64),
    "a symbol that the site has not": put("symbols", 0, value="7"),
    "a symbol below all": put("symbols", 0, value="-2"),
    "a symbol in another spelling": put("symbols", 0, value="01"),
    "no text": put("symbols", 0, value=1),
    "a symbol too many": lambda document: document["symbols"].append("0"),
    "a symbol too few": lambda document: document["symbols"].pop(),
    "health of another channel": put("health", 0, "channel", value="other"),
    "more read than there is": put("health", 0, "read", value=10**6),
    "health of no number": put("health", 0, "read", value="1"),
    "health with more fields": put("health", 0, "more", value=1),
    "a place of no site": put("spans", 0, 0, value="nowhere/0"),
    "a place before the part": put("spans", 0, 2, value=-1),
    "a place that steers a terminal": put("spans", 0, 1, value="a\x1b[31m"),
    "a method that steers a terminal": put("method", value="mapp\u202e"),
    "a method without end": put("method", value="m" * 10_000),
    "a field more": put("more", value=1),
    "a field less": lambda document: document.pop("spans"),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_reading_is_not_believed(
    known: tuple[Package, SiteMap], leaked: list[tuple[str, bytes]], how: str
) -> None:
    site_map = known[1]
    document = json.loads(canonical(observation_json(read(here(leaked).parts, site_map))))
    assert observation_in(canonical(document), site_map)
    FORGERIES[how](document)
    with pytest.raises(InvalidInput, match="no reading by that map"):
        observation_in(canonical(document), site_map)


@pytest.mark.parametrize("line", [b"[1]", b"[1,-1]", b'[1,"1"]', b"[1,true]", b"{}", b"2", b""])
def test_a_forged_look_is_not_believed(line: bytes) -> None:
    _, parts = b"".join(TASKS["look"](port.question_of([], Unwrapped(())))).split(b"\n", 1)
    assert looked_from_lines(b"[1,2]\n" + parts, 2)[1] == (1, 2)
    with pytest.raises(MappError):
        looked_from_lines(line + b"\n" + parts, 2)
