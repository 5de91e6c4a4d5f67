"""A lab's signed list: what it must hold, who may sign it, and where its level is told."""

from collections.abc import Callable

import pytest

from mapp_compliance.errors import InvalidInput, Refused
from mapp_compliance.trust import BadSignature, Malformed, digest
from mapp_compliance.values import AdvisoryId
from mapp_compliance.watermark import vetting_codewords
from mapp_compliance.workflows.attach import Attached, AttachPackage, attach, load_package
from mapp_compliance.workflows.lab import LAB_NAMESPACE, LabList
from mapp_compliance.workflows.preview import preview_for_lab
from tests.world import PACKAGE, World

A1 = AdvisoryId("A1")


def attached(advisory: str = "A1", world: World | None = None) -> World:
    world = world or World("standard")
    world.advisory(advisory)
    world.attach(advisory)
    return world


def results(world: World, advisory: str = "A1") -> list[str]:
    """What a lab where everything works writes down."""
    made = preview_for_lab(world.desk, AdvisoryId(advisory))
    return [f"pass {digest(data).hex}  {path}\n" for path, data, _ in made.files]


def signed(world: World, lines: list[str], by: str = "bob") -> LabList:
    text = "".join(lines)
    return LabList(text.encode(), world.signature(by, text, LAB_NAMESPACE))


def checked(world: World, told: LabList) -> Attached:
    return attach(world.desk, AttachPackage(A1, tuple(PACKAGE.items()), lab=told))


def test_the_lab_tries_as_many_as_vetting_and_the_same_again():
    world = attached()
    first = preview_for_lab(world.desk, A1)
    with world.desk.store.read() as work:
        (item,) = work.attachments.all()
    _, site_map = load_package(world.desk, item)
    assert first.variants == sum(1 for _ in vetting_codewords(site_map, bytes(32)))
    assert preview_for_lab(world.desk, A1) == first
    assert len({data for _, data, _ in first.files}) == first.variants


def test_a_list_on_which_all_pass_is_the_level_of_every_copy():
    world = attached()
    world.partner("P1")
    told = signed(world, results(world))
    done = checked(world, told)
    level = done.attachment.check
    assert level.startswith("lab: ")
    assert "signed by bob" in level
    assert level.endswith(digest(told.body).hex)
    assert done.attachment.self_test == ()
    (copy,) = world.issue("A1")
    assert copy.checked == level


def test_what_usual_tools_write_is_accepted():
    world = attached()
    lines = [
        line.replace("pass ", "pass\t").replace("  variant", " *./variant").replace("\n", "\r\n")
        for line in results(world)
    ]
    assert checked(world, signed(world, ["\n", *reversed(lines)])).attachment.check


Change = Callable[[list[str]], list[str]]
FAULTS: dict[str, tuple[Change, str]] = {
    "a failure": (
        lambda lines: [lines[0], lines[1].replace("pass", "fail"), *lines[2:]],
        r"variant-0002 \(site filler/0\) failed in the lab",
    ),
    "a failure of a random word": (
        lambda lines: [*lines[:-1], lines[-1].replace("pass", "fail")],
        r"variant-0137 failed in the lab",
    ),
    "a missing one": (lambda lines: lines[:-1], "lacks variant-0137/note.txt"),
    "an unknown one": (
        lambda lines: [*lines, f"pass {'0' * 64}  variant-9999/note.txt\n"],
        "names variant-9999/note.txt, which no variant",
    ),
    "another file": (
        lambda lines: [lines[0].replace(lines[0][5:69], "0" * 64), *lines[1:]],
        "variant-0001/note.txt in the lab's list is another file",
    ),
    "one twice": (lambda lines: [*lines, lines[0]], "a second time"),
    "a word": (lambda lines: ["all fine\n", *lines], "line 1 of the lab's list is no result"),
    "nothing": (lambda lines: ["\n"], "is empty"),
}


@pytest.mark.parametrize(("change", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_a_list_that_does_not_hold_is_refused_by_variant_and_nothing_is_kept(
    change: Change, said: str
):
    world = attached()
    before = dict(world.store.state.tables["attachments"])
    with pytest.raises(InvalidInput, match=said):
        checked(world, signed(world, change(results(world))))
    assert dict(world.store.state.tables["attachments"]) == before


def test_the_list_of_another_advisory_is_refused():
    world = attached("A2", attached())
    with pytest.raises(InvalidInput, match="is another file than the variant"):
        checked(world, signed(world, results(world, "A2")))


def test_a_list_that_was_altered_after_it_was_signed_stops_the_work():
    world = attached()
    lines = results(world)
    told = signed(world, [lines[0].replace("pass", "fail"), *lines[1:]])
    with pytest.raises(BadSignature):
        checked(world, LabList("".join(lines).encode(), told.signature))


def test_a_stranger_and_another_purpose_count_for_nothing():
    world = attached()
    lines, other = results(world), World("standard")
    other.signers["bob"] = other.signers["ann"].from_seed(bytes(32))
    with pytest.raises(BadSignature, match="enrolled"):
        checked(world, signed(other, lines))
    text = "".join(lines)
    approval = LabList(text.encode(), world.signature("bob", text))
    with pytest.raises(BadSignature, match="another purpose"):
        checked(world, approval)


def test_whoever_judges_what_others_did_does_not_vouch():
    world = attached()
    with pytest.raises(Refused, match="cleo is examiner"):
        checked(world, signed(world, results(world), "cleo"))


def test_no_signature_at_all_is_malformed():
    world = attached()
    with pytest.raises(Malformed):
        checked(world, LabList("".join(results(world)).encode(), b""))
