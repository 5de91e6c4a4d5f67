from typing import Any

import pytest

from mapp_compliance.errors import InvalidInput
from mapp_compliance.trust import parse_canonical
from mapp_compliance.values import AdvisoryId
from mapp_compliance.workflows.attach import Attached, AttachPackage, attach, load_package
from mapp_compliance.workflows.attribute import attribute
from mapp_compliance.workflows.setup import fixed_setup
from tests.watermark.test_lists import ADVISORY
from tests.world import PACKAGE, World

A1 = AdvisoryId("A1")
WORDS = "A. Author, 1 November: the order of the lists says nothing"
FILES = PACKAGE | {"advisory.md": ADVISORY.encode()}


def attached(world: World, consent: str | None, files: dict[str, bytes] | None = None) -> Attached:
    chosen = tuple((FILES if files is None else files).items())
    return attach(world.desk, AttachPackage(A1, chosen, consent=consent))


def ready() -> World:
    world = World()
    world.partner("P1")
    world.partner("P2")
    world.advisory("A1")
    return world


def setup_record(world: World) -> dict[str, Any]:
    with world.desk.store.read() as work:
        setup = fixed_setup(world.desk, work, work.attachments.all(advisory=A1)[0])
    assert setup is not None
    record = parse_canonical(world.desk.vault_get(setup.blob))
    assert isinstance(record, dict)
    return record


def test_the_words_stand_with_the_package_in_its_history_and_in_the_set_up():
    world = ready()
    done = attached(world, f"  {WORDS}\n")
    assert done.attachment.consent == WORDS
    with world.desk.store.read() as work:
        told = [event.detail for event in work.events("A1") if event.what == "author consented"]
    assert told == [WORDS]
    world.issue("A1")
    assert setup_record(world)["consent"] == WORDS


def test_without_consent_nothing_is_added_anywhere():
    world = ready()
    plain = attached(world, None)
    assert plain.attachment.consent == ""
    assert len(plain.site_map.sites) == 72
    world.issue("A1")
    assert "consent" not in setup_record(world)


def test_copies_differ_in_their_orders_and_one_is_named_by_them_and_the_rest():
    world = ready()
    done = attached(world, WORDS)
    assert len(done.site_map.sites) == 75
    with world.desk.store.read() as work:
        package, site_map = load_package(world.desk, work.attachments.all(advisory=A1)[0])
    assert (package, site_map) == (done.package, done.site_map)
    copy, _ = world.issue("A1")
    world.later(hours=1)
    files = [data for path, data in world.opened(copy).files.items() if path.startswith("payload/")]
    found = attribute(world.desk, world.sample(*files))
    assert [item["copy"] for item in found.document["copies"]] == [copy.id]  # type: ignore[attr-defined]
    read = {item["channel"]: item["read"] for item in found.document["evidence"]}  # type: ignore[attr-defined]
    assert read["order"] == 3


def test_a_consent_that_changes_nothing_is_told():
    world = ready()
    assert any("consent adds nothing" in told for told in attached(world, WORDS, PACKAGE).warnings)
    assert not any("consent adds" in told for told in attached(world, WORDS).warnings)


@pytest.mark.parametrize("words", ["", "   ", "x" * 501])
def test_a_consent_without_words_or_with_too_many_is_refused(words: str):
    world = ready()
    with pytest.raises(InvalidInput, match="who agreed, when and to what"):
        attached(world, words)
    assert world.store.state.tables["attachments"] == {}
