"""Names, titles and reasons with signs that steer a terminal are shown escaped by every verb."""

from pathlib import Path

import pytest

from mapp_compliance.cli.main import VERBS
from tests.cli.line import ADVISORY, LEAKED, RELEASE, SENT, Line, package, recipient, roster

SIGNS = "\x1b[2J\u202e\u2066\x07\x9b"
STEERING = frozenset(SIGNS) - set("[2J")
BOTH = ("--approve", "ann", "--approve", "bob")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each call printed, on both streams, and the pages that reports wrote."""
    place = tmp_path_factory.mktemp("shown")
    line, told = Line(place / "home"), dict[str, str]()

    def call(*words: object, at: str = "") -> None:
        answer = (line.then(at) if at else line).run(*words)
        told[" ".join(map(str, words[:3]))] = answer.out + answer.err

    first = recipient("P1")
    seal, sign = first.save(place / "keys")
    rows = roster(place / "p.csv", first.row(name=f"Evil{SIGNS}Corp"))
    call("init", "--profile", "demo", "--program", f"Program {SIGNS}")
    call("partner", "import", rows, "--keys-proved", f"call {SIGNS}")
    call("partner", "list")
    call("partner", "show", "P1")
    call("partner", "key", "list", "P1")
    call("advisory", "new", ADVISORY, "--title", f"Reader {SIGNS}", "--release-at", RELEASE)
    call("advisory", "list")
    call("advisory", "show", ADVISORY)
    call("attach", ADVISORY, package(place / "package"))
    call("issue", ADVISORY, "--dry-run", at=SENT)
    call("issue", ADVISORY, "--yes", "--reason", f"go {SIGNS}", at=SENT)
    call("copy", "list", at=SENT)
    call("exposure", ADVISORY, at=SENT)
    parcel = next((line.home / "outbox/P1").glob("*.tar.age"))
    opened = place / "opened"
    call("open", parcel, "--key", seal, "--sign-key", sign, "--out", opened, at=SENT)
    leak = place / f"leak{SIGNS[:-1]}.py"
    leak.write_bytes((opened / "payload/poc.py").read_bytes())
    call("sample", "submit", leak, "--source", f"a forum {SIGNS}", at=LEAKED)
    call("attribute", leak, at=LEAKED)
    call("case", "list", at=LEAKED)
    case = line.then(LEAKED).json("case", "list")["cases"][0]["id"]
    call("case", "notice", case, *BOTH, at=LEAKED)
    call("case", "show", case, at=LEAKED)
    call("partner", "restrict", "P1", "--reason", f"doubt {SIGNS}", *BOTH, at=LEAKED)
    call("partner", "show", "P1", at=LEAKED)
    since = ("--since", SENT, "--reason", f"lost {SIGNS}")
    call("key", "compromised", "--recipient", "P1", *since, at=LEAKED)
    call("key", "list", at=LEAKED)
    call("status", at=LEAKED)
    call("doctor", at=LEAKED)
    call("partner", "show", f"P{SIGNS}")
    call("log", "verify")
    for kind, subject in (("case", case), ("distribution", ADVISORY)):
        call("report", "build", kind, subject, "--out", place / kind, at=LEAKED)
        for page in (place / kind).glob("*.html"):
            told[f"{kind} page"] = page.read_text()
    letters = [path for path in (line.home / "outbox/P1").iterdir() if path.suffix == ".txt"]
    told |= {path.name: path.read_text() for path in letters}
    return told


def test_nothing_that_is_shown_steers_a_terminal_or_a_page(shown: dict[str, str]) -> None:
    found = {name: sorted(STEERING & set(text)) for name, text in shown.items()}
    assert {name: signs for name, signs in found.items() if signs} == {}


def test_the_names_are_still_told(shown: dict[str, str]) -> None:
    assert "⟨U+202E⟩" in shown["partner show P1"]
    assert "⟨U+202E⟩" in shown[f"advisory show {ADVISORY}"]


def test_most_verbs_were_called(shown: dict[str, str]) -> None:
    called = {name.split()[0] for name in shown}
    assert len(called & set(VERBS)) >= 15


def test_a_name_never_begins_a_line_of_its_own(tmp_path: Path) -> None:
    line, first = Line(tmp_path / "home"), recipient("P1")
    forged = "Corp\nP2           partner    active     ans       Nobody"
    line.json("init", "--profile", "demo")
    line.json("partner", "import", roster(tmp_path / "p.csv", first.row(name=f'"{forged}"')))
    line.json("advisory", "new", ADVISORY, "--title", forged, "--release-at", RELEASE)
    words = (("partner", "list"), ("partner", "show", "P1"), ("advisory", "list"))
    told = [line.run(*verb).out for verb in (*words, ("advisory", "show", ADVISORY))]
    assert [text for text in told if "\nP2" in text] == []
