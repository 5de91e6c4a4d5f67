"""An archive and a capture go the whole way: attached, issued, leaked, and their copies named."""

import io
import json
import textwrap
import zipfile
from pathlib import Path

import pytest

from mapp_compliance.errors import InvalidInput
from mapp_compliance.workflows.attribute import attribute
from tests.watermark.packs import boxes, wire
from tests.world import World

CAPTURE_MARKS = b"""[[mark]]
file = "tcp0.client"
name = "filler"
kind = "filler"
match = "fill=(A+)"
"""
SCRIPT = boxes.POC + Path(textwrap.__file__).read_bytes()
REQUEST = b"GET /?fill=%s HTTP/1.1\r\n\r\n" % (b"A" * 48)


@pytest.fixture(scope="module")
def issued():
    world = World()
    for partner in ("P1", "P2", "P3"):
        world.partner(partner)
    world.advisory()
    attached = world.attach(
        files={
            "poc.zip": boxes.zipped(boxes.FILES | {"src/poc.py": SCRIPT}),
            "poc.zip.marks.toml": boxes.MARKS,
            "seen.pcap": wire.pcap(wire.cut(REQUEST, 30)),
            "seen.pcap.marks.toml": CAPTURE_MARKS,
        }
    )
    copies = {copy.recipient: copy for copy in world.issue()}
    world.later(hours=1)
    return world, attached, copies


def held(world, copy, path):
    return next(data for name, data in world.opened(copy).files.items() if name.endswith(path))


def named(world, data):
    found = json.loads(attribute(world.desk, world.sample(data)).run.document)
    return found["verdict"], [item["copy"] for item in found["copies"]], found["artifact"]


def test_what_was_declared_in_the_archive_is_attached(issued):
    _, attached, _ = issued
    assert {pack.path for pack in attached.site_map.layout.packs} == {"poc.zip", "seen.pcap"}
    assert len(attached.site_map.code_sites) == 49


def test_a_script_taken_out_of_the_archive_names_its_copy(issued):
    world, _, copies = issued
    script = boxes.from_zip(held(world, copies["P2"], "poc.zip"))["src/poc.py"]
    verdict, own, artifact = named(world, script + b"# mine now\n")
    assert (verdict, own) == ("COPY_IDENTIFIED", [copies["P2"].id])
    assert artifact["path"] == "poc.zip!/src/poc.py"


def test_an_archive_packed_again_names_its_copy(issued):
    world, _, copies = issued
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(boxes.from_zip(held(world, copies["P3"], "poc.zip")).items()):
            archive.writestr(name.upper(), data)
    verdict, own, _ = named(world, out.getvalue())
    assert (verdict, own) == ("COPY_IDENTIFIED", [copies["P3"].id])


def test_a_capture_names_its_copy(issued):
    world, _, copies = issued
    verdict, own, _ = named(world, held(world, copies["P1"], "seen.pcap"))
    assert (verdict, own) == ("COPY_IDENTIFIED", [copies["P1"].id])


def test_the_authors_own_script_is_known_and_names_nobody(issued):
    world, _, _ = issued
    verdict, own, artifact = named(world, SCRIPT)
    assert (verdict, own) == ("PROGRAM_ORIGIN_UNRESOLVED", [])
    assert artifact["path"] == "poc.zip!/src/poc.py"


def test_marks_for_a_member_that_is_not_there_are_refused():
    world = World()
    world.advisory()
    files = {"poc.zip": boxes.zipped({"a.txt": b"x"}), "poc.zip.marks.toml": boxes.MARKS}
    with pytest.raises(InvalidInput, match="no member is called"):
        world.attach(files=files)
