"""Which material a sample may come from."""

import pytest

from mapp_compliance.values import AdvisoryId
from mapp_compliance.workflows.attribute import attribute
from tests.world import PACKAGE, World

A1 = AdvisoryId("A1")
FOREIGN = b"".join(b"def word_%d(text):\n    return text[%d:]\n\n" % (n, n) for n in range(80))


@pytest.fixture
def world() -> World:
    made = World()
    made.issued()
    made.later(days=1)
    return made


@pytest.mark.parametrize("foreign", [FOREIGN, b"hello\n"])
def test_a_foreign_file_is_no_link_also_when_an_advisory_is_asked_for(
    world: World, foreign: bytes
) -> None:
    found = attribute(world.desk, world.sample(foreign), A1)
    assert (found.document["verdict"], found.document["artifact"]) == ("NO_LINK", None)
    assert found.run.t == 0  # nothing was scored, so the bound is whole


def test_a_wording_that_stands_in_a_foreign_text_makes_it_none_of_ours() -> None:
    world = World()
    world.partner("P1")
    world.advisory()
    lines = (
        b"{%% variant 'v%d' %%}Please look for page %d{%% or %%}Search for page %d"
        b"{%% endvariant %%} of the long report about readers.\n" % (n, n, n)
        for n in range(30)
    )
    world.attach("A1", {"note.md.j2": b"".join(lines)})
    world.issue()
    foreign = FOREIGN + b"# Please look for page 7 of the long report about readers.\n"
    found = attribute(world.desk, world.sample(foreign), A1)
    assert found.document["verdict"] == "NO_LINK"


def test_a_piece_too_short_to_match_is_read_when_its_advisory_is_asked_for(world: World) -> None:
    copy = next(iter(world.store.state.tables["copies"].values()))
    filler = dict(world.opened(copy).files)["payload/note.txt"][5:17]  # 12 letters of one value
    found = attribute(world.desk, world.sample(filler), A1)
    assert found.document["verdict"] != "NO_LINK"
    assert found.run.advisory == A1


def test_an_original_too_short_for_prints_is_known_byte_for_byte(world: World) -> None:
    found = attribute(world.desk, world.sample(PACKAGE["note.txt"]))
    assert found.document["verdict"] == "PROGRAM_ORIGIN_UNRESOLVED"


def test_a_file_that_is_equal_in_all_copies_matches_nothing_by_its_bytes() -> None:
    world = World()
    world.partner("P1")
    world.advisory()
    world.attach("A1", {**PACKAGE, "LICENSE": b"Do what you like.\n"})
    world.issue()
    found = attribute(world.desk, world.sample(b"Do what you like.\n"))
    assert found.document["verdict"] == "NO_LINK"


PROBE = b"""#!/bin/sh
# Asks the demo service how long an answer it would take.
set -eu
host="${1:-127.0.0.1}"
port="${2:-8080}"
limit=64
try() {
    size=$1
    head -c "$size" /dev/zero | tr '\\\\0' 'A' | nc "$host" "$port"
}
if [ "$limit" = "0" ]; then
    echo "nothing to try"
    exit 1
fi
while [ "$limit" -le 4096 ]; do
    answer="$(try "$limit")"
    case "$answer" in
        *refused*) echo "refused at $limit"; break ;;
        *) echo "took $limit" ;;
    esac
    limit=$((limit * 2))
done
"""
OTHER = b"""#!/bin/sh
# Lists the folders that take most room.
set -eu
place="${1:-/var}"
count="${2:-10}"
if [ ! -d "$place" ]; then
    echo "no folder"
    exit 1
fi
du -x "$place" 2>/dev/null | sort -rn | while read -r size name; do
    case "$name" in
        */cache*) continue ;;
        *) echo "$size $name" ;;
    esac
done | head -n "$count"
"""


@pytest.fixture
def short() -> World:
    made = World()
    made.partner("P1")
    made.advisory()
    manifest = b"[package]\nmin_code_sites = 12\n"
    made.attach("A1", {"probe.sh": PROBE, "mapp-package.toml": manifest})
    made.issue()
    return made


def test_a_copy_of_a_short_script_is_known_by_its_text_and_marks_together(short: World) -> None:
    copy = next(iter(short.store.state.tables["copies"].values()))
    leak = dict(short.opened(copy).files)["payload/probe.sh"]
    assert leak != PROBE
    found = attribute(short.desk, short.sample(leak))
    assert found.run.advisory == A1
    assert found.document["verdict"] != "NO_LINK"


def test_another_short_script_is_no_link(short: World) -> None:
    assert attribute(short.desk, short.sample(OTHER)).document["verdict"] == "NO_LINK"
