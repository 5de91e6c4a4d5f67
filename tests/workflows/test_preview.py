import io
import zipfile

import pytest

from mapp_compliance.errors import InvalidInput, NotFound
from mapp_compliance.values import AdvisoryId
from mapp_compliance.workflows.attach import AttachPackage, attach
from mapp_compliance.workflows.preview import preview
from tests.watermark.packs import boxes
from tests.world import World


def attached() -> World:
    world = World()
    world.advisory("A1")
    world.attach("A1")
    return world


def test_every_variant_is_another_one_and_nothing_is_kept():
    world = attached()
    with world.desk.store.read() as work:
        before = len(work.copies.all())
    made = preview(world.desk, AdvisoryId("A1"), 4)
    assert len({data for _, data, _ in made.files}) == 4
    assert {path for path, _, _ in made.files} == {f"variant-0{n}/note.txt" for n in range(1, 5)}
    assert all(sites == 72 for _, _, sites in made.files)
    assert made.differing > 30
    with world.desk.store.read() as work:
        assert len(work.copies.all()) == before


def test_variants_of_an_archive_are_archives_and_count_what_lies_in_them():
    world = World()
    world.advisory("A1")
    script = b'f = "' + b"A" * 40 + b'"\n'
    marks = b"[[mark]]\nfile='a.py'\nname='f'\nkind='filler'\nmatch='(A{40})'\n"
    files = (("a.zip", boxes.zipped({"a.py": script})), ("a.zip.marks.toml", marks))
    attach(world.desk, AttachPackage(AdvisoryId("A1"), files))
    (_, data, sites), *_ = preview(world.desk, AdvisoryId("A1"), 2).files
    assert sites == 40
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        assert len(box.read("a.py")) == len(script)


def test_a_variant_is_never_made_twice():
    world = attached()
    first, second = (preview(world.desk, AdvisoryId("A1"), 1).files for _ in range(2))
    assert first[0][1] != second[0][1]


@pytest.mark.parametrize("variants", [0, -1, 65])
def test_a_number_of_variants_out_of_range_is_refused(variants):
    with pytest.raises(InvalidInput, match="1 to 64"):
        preview(attached().desk, AdvisoryId("A1"), variants)


def test_without_a_package_there_is_nothing_to_preview():
    world = World()
    world.advisory("A1")
    with pytest.raises(NotFound, match="mapp attach"):
        preview(world.desk, AdvisoryId("A1"), 1)
