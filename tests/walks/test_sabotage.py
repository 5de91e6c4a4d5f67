"""Broken machinery and material that is nobody's: no recipient is named, whatever else is said."""

import json
import random
import sysconfig
from collections.abc import Callable
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pytest

from mapp_compliance.adapters.isolate.port import IsolatedChild
from mapp_compliance.advisories import SetUp
from mapp_compliance.attribution import VerdictKind
from mapp_compliance.demo import alteration, package_files
from mapp_compliance.demo.aftermath import BOTH
from mapp_compliance.distribution import Reserved
from mapp_compliance.distribution.parcel import ANCHORS
from mapp_compliance.errors import Broken, Reaction
from mapp_compliance.trust import BadSignature, parse_base64
from mapp_compliance.values import AdvisoryId
from mapp_compliance.workflows import books, evaluate
from mapp_compliance.workflows.embargo import publish
from mapp_compliance.workflows.ports import Desk
from tests.walks.program import ADVISORY, SEEN, World, named, served

RECIPIENTS = 12
OTHER_ADVISORY = AdvisoryId("ADV-2012-021")
LEAKS = ("fragment", "advisory-quoted")
UNRELATED, SET = 200, 50  # files, and how many of them make one sample
UNRELATED_BYTES = 1000
NO_NAMES = {
    VerdictKind.UNREGISTERED_COPY.value,
    VerdictKind.INSUFFICIENT.value,
    VerdictKind.CONFLICTING_MARKS.value,
    VerdictKind.LEAD_ONLY.value,  # by rule one noise in twenty looks like a lead; it names nobody
}


@pytest.fixture(scope="module")
def issued_once(tmp_path_factory: pytest.TempPathFactory) -> World:
    return served(tmp_path_factory.mktemp("sabotage") / "home", RECIPIENTS)


@pytest.fixture
def world(issued_once: World, tmp_path: Path) -> World:
    return issued_once.copied(tmp_path / "home")


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The book is not compared with the commitments: scoring stands alone."""
    monkeypatch.setattr(evaluate, "check_committed", lambda *_: None)


def leak(world: World, name: str = "c-array") -> dict[str, bytes]:
    return alteration(name).apply(world.files(world.copies()[4]))


def with_other_secret(desk: Desk) -> Desk:
    keyring = desk.keyring
    others = tuple(replace(item, root=bytes(32)) for item in keyring._generations)
    return replace(desk, keyring=replace(keyring, _generations=others))


def swap(monkeypatch: pytest.MonkeyPatch, other: Callable[..., tuple[Desk, SetUp]]) -> None:
    """Another mark key, for single copies and for groups."""
    true = books.mark_key
    for module in (books, evaluate):
        monkeypatch.setattr(module, "mark_key", lambda desk, first: true(*other(desk, first)))


def swap_advisory(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    swap(monkeypatch, lambda desk, first: (desk, replace(first, advisory=OTHER_ADVISORY)))


def swap_program(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    swap(monkeypatch, lambda desk, first: (with_other_secret(desk), first))


def shift_columns(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    true = evaluate.book_of

    def shifted(*arguments):
        book = true(*arguments)
        return replace(book, words=np.roll(book.words, 1, axis=1))

    monkeypatch.setattr(evaluate, "book_of", shifted)


def shift_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    true = evaluate.book_of

    def shifted(*arguments):
        book = true(*arguments)
        tags = (*book.tags[-1:], *book.tags[:-1])
        return replace(book, words=np.roll(book.words, 1, axis=0), tags=tags)

    monkeypatch.setattr(evaluate, "book_of", shifted)


def shift_copies(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = world.copies()
    with world.desk.store.write() as work:
        for copy, after in zip(copies, (*copies[1:], copies[0]), strict=True):
            work.copies.put(replace(copy, instance=after.instance))


@pytest.mark.parametrize("seed", range(6))
def test_a_reader_that_returns_noise_names_nobody(world, seed, monkeypatch):
    chance = random.Random(f"noise {seed}")
    read = IsolatedChild.read

    def noisy(child, parts, site_map):
        seen = read(child, parts, site_map)
        symbols = tuple(chance.randrange(site.space) for site in site_map.sites)
        return replace(seen, symbols=symbols)

    monkeypatch.setattr(IsolatedChild, "read", noisy)
    found = world.judged(leak(world))
    assert named(found) == []
    assert found.run.verdict in NO_NAMES


@pytest.mark.parametrize(
    "sabotage", [swap_advisory, swap_program, shift_columns, shift_rows, shift_copies]
)
def test_a_book_that_was_not_committed_to_stops_the_work(world, sabotage, monkeypatch):
    leaked = leak(world)
    sabotage(world, monkeypatch)
    with pytest.raises(Broken, match="nobody can be named"):
        world.judged(leaked)
    with world.desk.store.read() as work:
        assert work.runs.all() == work.cases.all() == []


def test_a_workspace_with_another_programs_secret_stops_the_work(world):
    """The ledger is not that secret's, which shows before any book is made."""
    other = replace(world, desk=with_other_secret(world.desk))
    with pytest.raises(BadSignature) as found:
        other.judged(leak(world))
    assert found.value.reaction is Reaction.BROKEN
    with world.desk.store.read() as work:
        assert work.runs.all() == work.samples.all() == []


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("name", LEAKS)
@pytest.mark.parametrize("sabotage", [swap_advisory, swap_program, shift_columns])
def test_scoring_by_a_foreign_book_names_nobody(world, name, sabotage, monkeypatch):
    leaked = leak(world, name)
    sabotage(world, monkeypatch)
    found = world.judged(leaked)
    assert named(found) == []
    assert found.run.verdict in NO_NAMES


def test_the_vendors_unmarked_package_is_of_the_programs_own_origin(world):
    found = world.judged(package_files())
    assert found.run.verdict == VerdictKind.PROGRAM_ORIGIN_UNRESOLVED.value
    assert named(found) == []


@pytest.mark.parametrize("name", ["poc.py", "ADVISORY.md.j2"])
def test_one_unmarked_original_is_of_the_programs_own_origin(world, name):
    found = world.judged({name: package_files()[name]})
    assert found.run.verdict == VerdictKind.PROGRAM_ORIGIN_UNRESOLVED.value
    assert named(found) == []


def test_a_file_that_is_equal_in_all_copies_is_no_unmarked_original(world):
    quoted = leak(world, "advisory-quoted")["mail.txt"]
    found = world.judged({"mail.txt": quoted[:620], "NOTICE.md": package_files()["NOTICE.md"]})
    assert found.run.verdict == VerdictKind.INSUFFICIENT.value
    assert named(found) == []


@pytest.mark.parametrize("name", ["zipped", "c-array", "advisory-quoted"])
def test_a_leak_of_the_released_files_is_the_public_release(world, name):
    world.clock.now = SEEN
    released = publish(world.desk, ADVISORY, (), BOTH).files
    found = world.judged(alteration(name).apply(released))
    assert found.run.verdict == VerdictKind.PUBLIC_RELEASE.value
    assert named(found) == [Reserved.PUBLIC_RELEASE.value]
    assert found.cases == ()


def standard_library() -> list[Path]:
    """The shortest files of the standard library that hold more than a few lines."""
    root = Path(sysconfig.get_path("stdlib"))
    found = [
        path
        for path in root.rglob("*.py")
        if "site-packages" not in path.parts and path.stat().st_size >= UNRELATED_BYTES
    ]
    return sorted(found, key=lambda path: (path.stat().st_size, path.as_posix()))[:UNRELATED]


def as_hex(run: bytes) -> str:
    return f"{{ {run.hex(' ')} }}"


def as_text(run: bytes) -> str:
    return json.dumps(run.decode())


def line_by_line(one: bytes, two: bytes) -> bytes:
    rows = zip_longest(one.splitlines(keepends=True), two.splitlines(keepends=True), fillvalue=b"")
    return b"".join(pair[number % 2] for number, pair in enumerate(rows))


def byte_by_byte(one: bytes, two: bytes) -> bytes:
    pairs = zip_longest(one, two, fillvalue=32)
    return bytes(pair[number % 2] for number, pair in enumerate(pairs))


@pytest.mark.parametrize("mixed", [line_by_line, byte_by_byte])
@pytest.mark.parametrize("pair", [(0, 1), (2, 9), (5, 11)])
def test_two_copies_mixed_never_name_a_third_holder(world, mixed, pair):
    copies = [world.copies()[number] for number in pair]
    one, two = (world.files(copy) for copy in copies)
    names = named(world.judged({path: mixed(one[path], two[path]) for path in one}))
    assert names != []
    assert set(names) <= {copy.recipient for copy in copies}


@pytest.mark.parametrize("form", [as_hex, as_text])
def test_a_detection_on_the_anchors_points_at_nobody(world, form):
    opened = world.opened(world.copies()[0])
    anchors = [parse_base64(run) for run in json.loads(opened.files[ANCHORS])["base64"]]
    strings = "\n".join(f"    $a{at} = {form(run)}" for at, run in enumerate(anchors))
    rule = f"rule card {{\n  strings:\n{strings}\n  condition: 3 of them\n}}\n"
    found = world.judged({"card.yar": rule.encode()})
    assert found.run.verdict in {VerdictKind.LINEAGE_ONLY.value, VerdictKind.NO_LINK.value}
    assert named(found) == []


@pytest.mark.parametrize("first", range(0, UNRELATED, SET))
def test_unrelated_files_have_no_link(world, first):
    files = standard_library()[first : first + SET]
    found = world.judged({path.as_posix(): path.read_bytes() for path in files})
    assert len(files) == SET
    assert found.run.verdict == VerdictKind.NO_LINK.value
    assert named(found) == []
