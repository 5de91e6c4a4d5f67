"""An author hears of a point that the reader does not find in a plain copy."""

from mapp_compliance.workflows.attach import load_package
from mapp_compliance.workflows.legibility import unread_points
from tests.world import World

MANIFEST = b"[package]\nmin_code_sites = 1\n"
MARKS = b"""[[mark]]
name = "filler"
kind = "filler"
match = 'FILLER = "(A+)"'
[[mark]]
name = "pair"
kind = "choice"
match = 'mode (on)'
values = ["on", "in"]
"""


def attached(text: bytes):
    world = World()
    world.advisory()
    files = {"mapp-package.toml": MANIFEST, "notes.txt": text, "notes.txt.marks.toml": MARKS}
    return world, world.attach(files=files)


def test_points_that_stand_out_are_not_told():
    _, found = attached(b'FILLER = "' + b"A" * 64 + b'"\nin mode on, it writes one line a day\n')
    assert not any("plain copy" in told for told in found.warnings)


def test_a_point_that_no_copy_shows_is_told_and_stays(monkeypatch):
    world, found = attached(
        b'FILLER = "' + b"A" * 64 + b'"\nin mode on, it writes one line a day\n'
    )
    _, site_map = load_package(world.desk, found.attachment)
    assert site_map == found.site_map
    monkeypatch.setattr(world.desk.isolation, "parts", lambda _: NothingUnwrapped())
    (told,) = unread_points(world.desk, found.package, found.site_map)
    assert "does not find the points filler, pair in a plain copy" in told
    assert {site.point for site in found.site_map.sites} == {"filler", "pair"}


class NothingUnwrapped:
    """What intake gives of files that it cannot open."""

    parts = ()
