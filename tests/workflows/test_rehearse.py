from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from mapp_compliance.attribution import Part
from mapp_compliance.errors import InvalidInput, NotFound
from mapp_compliance.values import AdvisoryId, InstanceId
from mapp_compliance.watermark import Codeword, Observation, Package, SiteMap, mark
from mapp_compliance.workflows.attach import load_package
from mapp_compliance.workflows.attribute import attribute
from mapp_compliance.workflows.keys import rehearsal_key
from mapp_compliance.workflows.prepare import word_of
from mapp_compliance.workflows.rehearse import NOT_OURS, NOT_READ, Rehearsal, rehearse
from tests.fakes import FakeIsolation
from tests.world import PACKAGE, World

A1 = AdvisoryId("A1")
LONG = {
    "note.txt": PACKAGE["note.txt"] + b"".join(b"a line that says %d\n" % n for n in range(40)),
    "note.txt.marks.toml": PACKAGE["note.txt.marks.toml"],
}
FORMS = ("whole", "half 1 of 2", "half 2 of 2", "two copies mixed")


def attached(files: dict[str, bytes] | None = None, partners: int = 3) -> World:
    world = World()
    for number in range(partners):
        world.partner(f"P{number}")
    world.advisory("A1")
    world.attach("A1", LONG if files is None else files)
    return world


def kept(world: World) -> object:
    """All that the workspace holds."""
    tables = {name: dict(rows) for name, rows in world.store.state.tables.items()}
    with world.store.read() as work:
        return tables, work.ledger.size(), dict(world.blobs.kept), world.heads.kept()


def outcomes(done: Rehearsal) -> dict[str, tuple[int, int]]:
    return {row.form.name: (row.right, row.wrong) for row in done.rows}


def test_what_keeps_the_marks_is_named_and_what_does_not_is_refused():
    done = rehearse(attached().desk, A1, only=FORMS)
    assert outcomes(done) == dict.fromkeys(FORMS, (2, 0)) | {"half 2 of 2": (0, 0)}
    (whole,) = (row for row in done.rows if row.form.name == "whole")
    assert [(c.channel, c.right, c.wrong, c.erased) for c in whole.counts] == [
        ("payload", 144, 0, 0)
    ]
    (lost,) = (row for row in done.rows if row.form.name == "half 2 of 2")
    assert [(c.right, c.wrong, c.erased) for c in lost.counts] == [(0, 0, 144)]


def test_what_is_foretold_is_what_an_attribution_says_of_a_real_copy():
    world = attached()
    foretold = outcomes(rehearse(world.desk, A1, only=("whole", "half 2 of 2")))
    copy, *_ = world.issue("A1")
    world.later(hours=1)
    (data,) = (data for path, data in world.opened(copy).files.items() if path.endswith("note.txt"))
    lines = data.splitlines(keepends=True)
    leaks = {
        "whole": data,
        "half 2 of 2": b"".join(lines[len(lines) // 2 :]),
    }
    for name, leak in leaks.items():
        found = attribute(world.desk, world.sample(leak))
        named = [item["copy"] for item in found.document["copies"]]  # type: ignore[attr-defined]
        assert named == ([copy.id] if foretold[name] == (2, 0) else [])


def test_nothing_is_kept_and_a_second_call_says_the_same():
    world = attached()
    before = kept(world)
    first = rehearse(world.desk, A1, only=("whole",))
    assert rehearse(world.desk, A1, only=("whole",)) == first
    assert kept(world) == before


def test_a_call_that_was_stopped_leaves_nothing_and_goes_through_the_next_time():
    world = attached()
    before = kept(world)

    def stop(_what: str, _done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rehearse(replace(world.desk, progress=stop), A1, only=("whole",))
    assert kept(world) == before
    assert rehearse(world.desk, A1, only=("whole",)).rows


def decoy_word(world: World, number: int, wave: str = "validate") -> tuple[Package, Codeword]:
    """A copy of a rehearsal and its word."""
    with world.desk.store.read() as work:
        (item,) = work.attachments.all(advisory=A1)
    package, site_map = load_package(world.desk, item)
    key = rehearsal_key(world.desk, A1, item.map_id)
    word = word_of(site_map, key, InstanceId(f"rehearsal-{number:04}"), wave)
    return mark(package, site_map, word), word


def test_a_copy_of_a_rehearsal_that_gets_out_is_nobodys():
    world = attached()
    world.issue("A1")
    (file,) = decoy_word(world, 1)[0].files
    world.later(hours=1)
    found = attribute(world.desk, world.sample(file.data))
    assert found.document["copies"] == []
    assert found.run.verdict == "UNREGISTERED_COPY"


@dataclass
class Misreads(FakeIsolation):
    """Whatever it is given, it reads this word."""

    word: Codeword

    def read(self, parts: Sequence[Part], site_map: SiteMap) -> Observation:
        return replace(super().read(parts, site_map), symbols=self.word.symbols)


def test_a_reading_that_points_at_another_copy_is_told_as_wrong():
    world = attached()
    desk = replace(world.desk, isolation=Misreads(decoy_word(world, 2)[1]))
    (row,) = rehearse(desk, A1, only=("whole",)).rows
    assert (row.right, row.wrong) == (1, 1)


class RunsIntoLimits(FakeIsolation):
    """Nothing can be read within its limits."""

    def read(self, parts: Sequence[Part], site_map: SiteMap) -> Observation:
        raise InvalidInput("the sample could not be read within its limits; submit less")


def test_a_leak_that_cannot_be_read_within_the_limits_is_refused():
    world = attached()
    desk = replace(world.desk, isolation=RunsIntoLimits())
    (row,) = rehearse(desk, A1, only=("whole",)).rows
    assert (row.right, row.wrong, row.tried[0].verdict) == (0, 0, NOT_READ)


def test_what_is_no_longer_recognised_is_refused():
    world = attached()
    (row,) = rehearse(world.desk, A1, only=("half 2 of 2",)).rows
    assert {one.verdict for one in row.tried} <= {NOT_OURS, "LINEAGE_ONLY", "INSUFFICIENT"}


def test_too_few_sites_are_told_with_the_bits_that_are_missing():
    small = {
        "note.txt": LONG["note.txt"].replace(b"A" * 64, b"A" * 10),
        "note.txt.marks.toml": (
            b'[[mark]]\nname = "filler"\nkind = "filler"\nmatch = "card (A{10})"\n'
            b'charset = "alnum"\n'
        ),
        "mapp-package.toml": b"[package]\nmin_code_sites = 8\n",
    }
    done = rehearse(attached(small).desk, A1, only=("whole",))
    (row,) = done.rows
    assert (row.right, row.wrong) == (0, 0)
    assert 5 < row.missing_bits < 15
    assert 0.7 < done.bits_a_site <= 1.0


def test_more_recipients_make_the_bound_stricter():
    few, many = (
        rehearse(attached(partners=number).desk, A1, only=("half 2 of 2",)).rows[0]
        for number in (2, 40)
    )
    assert few.missing_bits < many.missing_bits


@pytest.mark.parametrize("decoys", [0, 1, 17])
def test_a_number_of_decoys_out_of_range_is_refused(decoys: int):
    with pytest.raises(InvalidInput, match="2 to 16"):
        rehearse(attached().desk, A1, decoys)


def test_an_unknown_form_is_refused_with_the_known_ones():
    with pytest.raises(InvalidInput, match="whole"):
        rehearse(attached().desk, A1, only=("smoke signals",))


def test_without_advisory_or_package_there_is_nothing_to_rehearse():
    world = World()
    with pytest.raises(NotFound, match="mapp advisory list"):
        rehearse(world.desk, A1)
    world.advisory("A1")
    with pytest.raises(NotFound, match="mapp attach"):
        rehearse(world.desk, A1)


def test_without_recipients_the_decoys_stand_for_them():
    assert outcomes(rehearse(attached(partners=0).desk, A1, only=("whole",))) == {"whole": (2, 0)}
