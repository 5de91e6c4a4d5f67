"""Bad input to people, terms and packages: one sentence, one exit code, nothing half-done."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mapp_compliance.trust import Ed25519Signer
from tests.cli.line import ADVISORY, MARKS, POC, RELEASE, SENT, Line, call, package, roster
from tests.cli.world import World, kept, started


@pytest.fixture(scope="module")
def at_start(tmp_path_factory: pytest.TempPathFactory) -> World:
    return started(tmp_path_factory.mktemp("started"))


@dataclass(frozen=True, slots=True)
class Bad:
    """One bad call: how to make it, its exit code, words that its sentence must hold."""

    name: str
    call: Callable[[World, Path], tuple[object, ...]]
    words: tuple[str, ...]
    code: int = 1
    where: str = ""


def _roster(text: bytes | Callable[[World], bytes]) -> Callable[[World, Path], tuple[object, ...]]:
    def made(world: World, place: Path) -> tuple[object, ...]:
        path = place / "new.csv"
        path.write_bytes(text(world) if callable(text) else text)
        return ("partner", "import", path)

    return made


def _rows(*changes: dict[str, str]) -> Callable[[World, Path], tuple[object, ...]]:
    def made(world: World, place: Path) -> tuple[object, ...]:
        person = world.people["P1"]
        return ("partner", "import", roster(place / "new.csv", *(person.row(**c) for c in changes)))

    return made


def _new(*arguments: str) -> Callable[[World, Path], tuple[object, ...]]:
    return lambda _world, _place: ("advisory", "new", *arguments)


def _attach(files: dict[str, str], *options: str) -> Callable[[World, Path], tuple[object, ...]]:
    def made(_world: World, place: Path) -> tuple[object, ...]:
        folder = place / "bad"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
        return ("attach", ADVISORY, folder, *options)

    return made


def _plain(*arguments: str) -> Callable[[World, Path], tuple[object, ...]]:
    return lambda _world, _place: arguments


MARK = "[[mark]]\nname = '{0}'\nkind = 'filler'\nmatch = '{1}'\n"
OF_FILES = {"poc.py": POC}
TABLE = (
    Bad("unknown-partner", _plain("partner", "show", "P9"), ("P9", "partner list")),
    Bad("unknown-recipient", _plain("issue", ADVISORY, "--recipient", "P9"), ("P9", "list")),
    Bad("unknown-advisory", _plain("issue", "ADV-9", "--yes"), ("ADV-9", "advisory list")),
    Bad("unknown-wave", _plain("issue", ADVISORY, "--wave", "first"), ("'first'", "validate")),
    Bad("unknown-case", _plain("case", "show", "K-0"), ("K-0", "case list")),
    Bad("unknown-sample", _plain("attribute", "S-0"), ("S-0", "sample list")),
    Bad("unknown-report", _plain("report", "build", "case", "K-0"), ("K-0",)),
    Bad("unknown-leaf", _plain("log", "prove", "99"), ("99", "log verify")),
    Bad("no-such-leaf", _plain("log", "prove", "9" * 23), ("log verify",)),
    Bad("before-all-clocks", _plain("status", "--at", "0001-01-01T00:00:00Z"), ("1970",)),
    Bad("no-reason", _plain("partner", "suspend", "P1", "--reason", " "), ("--reason",)),
    Bad("id-with-slash", _plain("partner", "show", "../x"), ("'../x'", "letters")),
    # advisories
    Bad("advisory-twice", _new(ADVISORY, "--title", "T", "--release-at", RELEASE), (ADVISORY,)),
    Bad("advisory-id", _new("A/1", "--title", "T", "--release-at", RELEASE), ("'A/1'", "letters")),
    Bad("no-title", _new("A1", "--title", " ", "--release-at", RELEASE), ("--title",)),
    Bad("naive-time", _new("A1", "--title", "T", "--release-at", "2026-06-09T10:00"), ("zone",)),
    Bad("no-time", _new("A1", "--title", "T", "--release-at", "Tuesday"), ("not a time",)),
    Bad("past", _new("A1", "--title", "T", "--release-at", "2026-01-01T00:00Z"), ("future",)),
    Bad("tlp", _new("A1", "--title", "T", "--release-at", RELEASE, "--tlp", "PINK"), ("AMBER",)),
    Bad("severity", _new("A1", "--title", "T", "--release-at", RELEASE, "--severity", "x"), ("x",)),
    # rosters
    Bad("known-id", _rows({}), ("P1", "nothing was imported"), where="new.csv"),
    Bad(
        "bad-row",
        _rows({"id": "P7"}, {"id": "P8", "kind": "friend"}),
        ("new.csv:3:kind", "nothing was imported", "partner"),
        where="new.csv:3:kind",
    ),
    Bad("id-twice", _rows({"id": "P7"}, {"id": "P7"}), ("new.csv:3:id", "line 2")),
    Bad("bad-key", _rows({"id": "P7", "seal_key": "age1nonsense"}), ("new.csv:2:seal_key",)),
    Bad("bad-date", _rows({"id": "P7", "agreement_until": "soon"}), ("2:agreement_until",)),
    Bad("no-file", _plain("partner", "import", "nowhere.csv"), ("nowhere.csv", "path")),
    Bad("header", _roster(b"id,nom\nP7,x\n"), ("header", "missing: name", "unknown: nom")),
    Bad("not-utf-8", _roster(b"id,name,kind\nP7,\xff,partner\n"), ("UTF-8", "byte 16")),
    Bad("quote", _roster(b'id,name,kind\nP7,"Open,partner\n'), ("new.csv:2", "CSV")),
    Bad("cells", _roster(b"id,name,kind\nP7,A,B,partner\n"), ("4 cells", "quote")),
    Bad("empty-roster", _roster(b"id,name,kind\n"), ("no partner",)),
    Bad("empty-file", _roster(b""), ("header", "id,name,kind")),
    Bad("zero-bytes", _roster(b"id,name,kind\nP7,\x00,part\n"), ("new.csv:2",)),
    # packages
    Bad("empty-package", _attach({}), ("empty",)),
    Bad("only-marks", _attach({"poc.py.marks.toml": MARKS}), ("poc.py", "add that file")),
    Bad("no-sites", _attach({"readme.txt": "Nothing varies here.\n"}), ("0", "24", "add")),
    Bad(
        "too-few",
        _attach(OF_FILES | {"poc.py.marks.toml": MARK.format("m", "(A{8})A{56}")}),
        ("8", "24", "add"),
    ),
    Bad(
        "no-match",
        _attach(OF_FILES | {"poc.py.marks.toml": MARK.format("m", "(Z{9})")}),
        ("match",),
        where="poc.py.marks.toml:4",
    ),
    Bad(
        "match-twice",
        _attach(OF_FILES | {"poc.py.marks.toml": MARK.format("m", "(NOTE)")}),
        ("2",),
        where="poc.py.marks.toml:4",
    ),
    Bad("bad-toml", _attach(OF_FILES | {"poc.py.marks.toml": "[[mark\n"}), (), where="toml:1"),
    Bad("template", _attach({"a.txt.j2": "one\n{{ filler(64 }}\n"}), (), where="a.txt.j2:2"),
    Bad("include", _attach({"a.txt.j2": "one\n\n{% include 'b' %}\n"}), (), where="a.txt.j2:3"),
    Bad("extends", _attach({"a.txt.j2": "{% extends 'b' %}\n"}), (), where="a.txt.j2:1"),
    Bad("manifest", _attach(OF_FILES | {"mapp-package.toml": "[pack]\n"}), ("pack",), where=":1"),
    Bad(
        "listed-not-there",
        _attach(OF_FILES | {"mapp-package.toml": "[[file]]\npath = 'x.py'\n"}),
        ("x.py",),
    ),
    Bad(
        "self-test-not-allowed",
        _attach(
            OF_FILES
            | {
                "poc.py.marks.toml": MARKS,
                "mapp-package.toml": "[package]\nself_test = ['python3', 'poc.py']\n",
            },
            "--allow-self-test",
            "0" * 64,
        ),
        ("--allow-self-test",),
        code=6,
    ),
    Bad("waived-for-nothing", _attach(OF_FILES, "--check", "waived:"), ("reason",)),
    Bad("unknown-check", _attach(OF_FILES, "--check", "maybe"), ("child", "waived")),
    Bad(
        "marks-of-a-folder",
        _attach(OF_FILES | {"b.py": ""}, "--marks", "x"),
        ("--marks", "one file"),
    ),
)


@pytest.mark.parametrize("bad", TABLE, ids=lambda bad: bad.name)
def test_bad_input_is_told_in_a_sentence_and_keeps_nothing(
    at_start: World, tmp_path: Path, bad: Bad
) -> None:
    arguments = bad.call(at_start, tmp_path)
    before = kept(at_start.line.home)
    error = at_start.line.fails(*arguments, code=bad.code)
    assert kept(at_start.line.home) == before
    for word in bad.words:
        assert word in error["message"]
    assert bad.where in (error["where"] or "")
    told = at_start.line.run(*arguments)
    assert (told.code, told.out) == (bad.code, "")
    assert told.err.startswith("mapp: ")
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"agreement_until": "2026-06-01"}, "agreement"),
        ({"agreement": "", "agreement_until": ""}, "agreement"),
        ({"marking_notice": ""}, "mark"),
        ({"seal_key": ""}, "key"),
        ({"country": ""}, "jurisdiction"),
    ],
    ids=["expired", "no-agreement", "no-notice", "no-key", "no-country"],
)
def test_whoever_may_not_have_it_gets_nothing_and_the_clause_is_told(
    at_start: World, tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    world = at_start.copied(tmp_path)
    row = world.people["P1"].row(id="P7", **changes)
    line = world.line.then(SENT)
    line.json("partner", "import", roster(tmp_path / "new.csv", row), "--keys-proved", "by a call")
    before = line.json("copy", "list")
    error = line.fails("issue", ADVISORY, "--recipient", "P7", "--yes", code=5)
    (withheld,) = error["plan"]["withheld"]
    assert withheld["recipient"] == "P7"
    assert words in withheld["reason"].lower()
    assert withheld["clause"].startswith("Terms")
    assert line.json("copy", "list") == before
    assert not (line.home / "outbox" / "P7").exists()


def test_links_pipes_devices_and_loops_are_refused(at_start: World, tmp_path: Path) -> None:
    real = tmp_path / "real.txt"
    real.write_text("text\n")
    link, pipe, folder = tmp_path / "link.txt", tmp_path / "pipe", tmp_path / "loop"
    link.symlink_to(real)
    os.mkfifo(pipe)
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "again").symlink_to(folder)
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "nowhere")
    named = tmp_path / "named"
    named.symlink_to(folder)
    before = kept(at_start.line.home)
    for path in (link, pipe, folder, dangling, named, Path("/dev/null"), Path("/dev/zero")):
        for verb in (("sample", "submit"), ("attribute",), ("attach", ADVISORY)):
            error = at_start.line.fails(*verb, path)
            assert "symlink" in error["message"] or "plain file" in error["message"], path
        assert at_start.line.fails("partner", "import", path)
    assert kept(at_start.line.home) == before


def test_control_signs_in_names_are_kept_and_shown_escaped(at_start: World, tmp_path: Path) -> None:
    world = at_start.copied(tmp_path)
    name, title = "Evil \x1b[31m\u202eCorp", "Reader\u2066 \x07</title><b>x"
    row = world.people["P1"].row(id="P7", name=name)
    world.line.json("partner", "import", roster(tmp_path / "new.csv", row))
    made = world.line.json("advisory", "new", "A7", "--title", title, "--release-at", RELEASE)
    assert made["advisory"]["title"] == title
    assert world.line.json("partner", "show", "P7")["partner"]["name"] == name
    for verb in (("partner", "list"), ("partner", "show", "P7"), ("advisory", "list")):
        text = world.line.run(*verb).out
        assert not set(text) & {"\x1b", "\u202e", "\u2066", "\x07"}
    assert "⟨U+202E⟩Corp" in world.line.run("partner", "show", "P7").out
    world.line.json("attach", "A7", package(tmp_path / "package"))
    out = tmp_path / "reports"
    world.line.json("report", "build", "distribution", "A7", "--out", out)
    page = (out / "distribution-A7.html").read_text()
    assert not set(page) & {"\x1b", "\u202e", "\u2066", "\x07"}
    assert "<b>x" not in page


def test_control_signs_in_an_error_are_escaped_on_the_terminal(at_start: World) -> None:
    told = at_start.line.run("partner", "show", "\x1b[2Jx")
    assert told.code == 1
    assert "\x1b" not in told.err


FOUNDING = (
    ("two-founders", ("mara:approver", "eve:examiner"), "at least 3"),
    ("same-name", ("mara:approver", "mara:program-manager", "eve:examiner"), "same name"),
    ("one-approver", ("mara:approver", "eve:examiner", "ida:auditor"), "two founders"),
    ("no-examiner", ("mara:approver", "omar:approver", "ida:auditor"), "examiner"),
    ("bad-role", ("mara:king", "omar:approver", "eve:examiner"), "'king' is not a role"),
)


@pytest.mark.parametrize(("name", "people", "words"), FOUNDING, ids=[item[0] for item in FOUNDING])
def test_founders_that_cannot_keep_the_rules_make_no_workspace(
    tmp_path: Path, name: str, people: tuple[str, ...], words: str
) -> None:
    options = []
    for number, person in enumerate(people):
        key = tmp_path / f"{number}.pub"
        key.write_text(Ed25519Signer.generate().public_key.text())
        options += ["--founder", f"{person}:{key}"]
    line = Line(tmp_path / "home")
    assert words in line.fails("init", "--program", "Acme", *options)["message"]
    assert not line.home.exists()
    assert name


def test_the_same_key_twice_makes_no_workspace(tmp_path: Path) -> None:
    key = tmp_path / "key.pub"
    key.write_text(Ed25519Signer.generate().public_key.text())
    roles = ("mara:program-manager", "omar:approver", "eve:examiner")
    options = [f"--founder={who}:{key}" for who in roles]
    line = Line(tmp_path / "home")
    assert "same key" in line.fails("init", "--program", "Acme", *options)["message"]
    assert not line.home.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--profile", "demo", "--policy", "mappp"), "shipped are"),
        (("--profile", "demo", "--policy", "../mapp"), "policy pack"),
        (("--profile", "demo", "--founder", "a:b:c"), "leave --founder out"),
        (("--program", "Acme", "--founder", "mara"), "NAME:ROLE:PUBKEYFILE"),
        ((), "--program"),
    ],
)
def test_init_tells_what_is_wrong_and_leaves_nothing(
    tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    line = Line(tmp_path / "deep" / "home")
    assert words in line.fails("init", *options)["message"]
    assert list(tmp_path.iterdir()) == []


def test_a_program_name_may_stand_in_any_script(tmp_path: Path) -> None:
    made = Line(tmp_path / "home").json("init", "--profile", "demo", "--program", "株式会社")
    assert made["program"] == "株式会社"
    assert Line(tmp_path / "home").json("log", "verify")["ok"]


def test_init_leaves_a_folder_that_holds_something_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine\n")
    error = Line(tmp_path).fails("init", "--profile", "demo")
    assert "not empty" in error["message"]
    assert "--home" in error["message"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_missing_workspace_is_told_with_the_way_to_make_or_name_one(tmp_path: Path) -> None:
    for verb in (("user", "list"), ("issue", "A"), ("log", "verify"), ("attribute", "S-0")):
        error = Line(tmp_path / "nowhere").fails(*verb)
        assert error["reaction"] == "missing"
        assert "--home" in error["message"]


def test_a_workspace_without_its_program_key_says_so(at_start: World, tmp_path: Path) -> None:
    line = at_start.copied(tmp_path).line
    (line.home / "keys" / "program.json").unlink()
    assert "backup" in line.fails("user", "list")["message"]
    (line.home / "keys" / "program.json").write_text("{}")
    assert line.fails("user", "list", code=4)["reaction"] == "broken"


@pytest.mark.parametrize(
    "arguments",
    [
        ("isue", "A"),
        ("issue",),
        ("issue", "A", "--wat"),
        ("case", "propose", "K", "--action", "fire", "--reason", "x"),
        ("sample", "submit"),
        ("log", "prove", "first"),
        ("demo", "a", "b"),
    ],
)
def test_wrong_usage_exits_2(at_start: World, arguments: tuple[str, ...]) -> None:
    assert at_start.line.fails(*arguments, code=2)["reaction"] == "usage"
    assert at_start.line.run(*arguments).code == 2


def test_an_unknown_scenario_is_told(tmp_path: Path) -> None:
    answer = call("--json", "demo", "nothing-such", "--out", tmp_path / "out")
    assert (answer.code, "not-ours" in answer.error["message"]) == (1, True)
