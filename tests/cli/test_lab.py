"""``--check lab:FILE`` as a program manager meets it: exit codes, and where the level is told."""

from pathlib import Path

import pytest

from mapp_compliance.trust import Ed25519Signer
from mapp_compliance.workflows.lab import LAB_NAMESPACE
from tests.cli.line import ADVISORY, MARKS, POC, SENT, package, signed
from tests.cli.world import World, started

LENA = Ed25519Signer.from_seed(b"lena" * 8)
IDA = Ed25519Signer.from_seed(b"ida." * 8)


@pytest.fixture(scope="module")
def at_start(tmp_path_factory: pytest.TempPathFactory) -> World:
    place = tmp_path_factory.mktemp("started")
    world = started(place)
    for name, role, signer in (("lena", "investigator", LENA), ("ida", "auditor", IDA)):
        key = place / f"{name}.pub"
        key.write_text(signer.public_key.text())
        new = ("user", "add", name, "--role", role, "--key", key)
        world.line.json(*new, "--approve", "ann", "--approve", "bob")
    world.line.json("preview", ADVISORY, "--lab", "--out", place / "variants")
    return world


@pytest.fixture
def draft(at_start: World, tmp_path: Path) -> World:
    return at_start.copied(tmp_path)


def results(world: World, at_start: World) -> Path:
    """The list of a lab in which everything works."""
    made = world.line.json("preview", ADVISORY, "--lab", "--out", at_start.place / "variants")
    path = world.place / "results.txt"
    path.write_text("".join(f"pass {item['sha256']}  {item['path']}\n" for item in made["files"]))
    return path


def sign(path: Path, signer: Ed25519Signer = LENA) -> Path:
    signed(path.read_text(), signer, path.with_name("results.txt.sig"), LAB_NAMESPACE)
    return path


def attach(world: World, results: Path, **texts: str) -> tuple[object, ...]:
    folder = package(world.place / "package", **texts)
    return ("attach", ADVISORY, folder, "--check", f"lab:{results}")


def test_the_level_is_told_by_attach_plan_copy_and_report(draft: World, at_start: World) -> None:
    path = sign(results(draft, at_start))
    level = draft.line.json(*attach(draft, path))["package"]["verify"]
    assert "signed by lena" in level
    line = draft.line.then(SENT)
    assert line.json("issue", ADVISORY, "--dry-run")["check"] == level
    line.json("issue", ADVISORY, "--yes")
    copies = line.json("copy", "list", ADVISORY)["copies"]
    assert {item["checked"] for item in copies} == {level}
    out = draft.place / "report"
    report = ("report", "build", "distribution", ADVISORY, "--format", "html", "--out", out)
    (page,) = line.json(*report)["files"]
    assert "signed by lena" in Path(page["path"]).read_text()


def test_the_variants_of_another_package_do_not_count(draft: World, at_start: World) -> None:
    path = sign(results(draft, at_start))
    changed = attach(draft, path, **{"poc.py": POC.replace("long card", "short card")})
    assert "is another file than the variant" in draft.line.fails(*changed)["message"]


def test_bytes_altered_after_signing_exit_4(draft: World, at_start: World) -> None:
    path = sign(results(draft, at_start))
    path.write_text(path.read_text() + "\n")
    assert draft.line.fails(*attach(draft, path), code=4)["reaction"] == "broken"


def test_a_signer_who_is_not_enrolled_exits_4(draft: World, at_start: World) -> None:
    path = sign(results(draft, at_start), Ed25519Signer.generate())
    assert "enrolled" in draft.line.fails(*attach(draft, path), code=4)["message"]


def test_an_auditor_who_signs_is_refused(draft: World, at_start: World) -> None:
    path = sign(results(draft, at_start), IDA)
    assert "ida is auditor" in draft.line.fails(*attach(draft, path), code=5)["message"]


def test_a_failure_names_variant_and_site(draft: World, at_start: World) -> None:
    path = results(draft, at_start)
    first, second, rest = path.read_text().split("\n", 2)
    path.write_text("\n".join((first, second.replace("pass", "fail"), rest)))
    error = draft.line.fails(*attach(draft, sign(path)))
    assert "variant-0002 (site " in error["message"]
    assert len(error["sites"]) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [("", "is empty"), ("fine\n", "line 1 of the lab's list is no result")],
)
def test_a_malformed_list_exits_1(draft: World, body: str, said: str) -> None:
    path = draft.place / "results.txt"
    path.write_text(body)
    assert said in draft.line.fails(*attach(draft, sign(path)))["message"]


def test_a_list_without_its_signature_is_refused_with_the_line_to_run(draft: World) -> None:
    path = draft.place / "results.txt"
    path.write_text("pass\n")
    assert "ssh-keygen -Y sign" in draft.line.fails(*attach(draft, path))["message"]
    path.with_name("results.txt.sig").write_text("none")
    assert "not an SSH signature" in draft.line.fails(*attach(draft, path))["message"]


def test_no_file_and_two_ways_to_choose_variants_are_refused(draft: World) -> None:
    folder = package(draft.place / "package")
    assert (
        "--check lab:FILE"
        in draft.line.fails("attach", ADVISORY, folder, "--check", "lab:")["message"]
    )
    both = ("preview", ADVISORY, "--lab", "--variants", "2", "--out", draft.place / "out")
    assert "leave --variants out" in draft.line.fails(*both)["message"]


def test_a_refused_list_changes_nothing(draft: World, at_start: World) -> None:
    path = results(draft, at_start)
    path.write_text(path.read_text().replace("pass", "fail"))
    before = draft.line.json("advisory", "show", ADVISORY)
    draft.line.fails(*attach(draft, sign(path), **{"poc.py.marks.toml": MARKS}))
    assert draft.line.json("advisory", "show", ADVISORY) == before


def test_preview_for_a_lab_that_was_stopped_is_made_whole_by_the_same_call(draft: World) -> None:
    out = draft.place / "variants"
    made = draft.line.json("preview", ADVISORY, "--lab", "--out", out)
    (out / made["files"][3]["path"]).unlink()
    assert draft.line.json("preview", ADVISORY, "--lab", "--out", out) == made
    assert (out / made["files"][3]["path"]).is_file()
