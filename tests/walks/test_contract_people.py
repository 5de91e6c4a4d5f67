"""Two people decide with keys of their own: print the decision, sign it outside, hand it in."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from mapp_compliance.enforcement import NAMESPACE
from mapp_compliance.trust import Ed25519Signer
from tests.cli.line import ADVISORY, LEAKED, RELEASE, SENT, Line, package, recipient, roster, signed

ROLES = {"mara": "program-manager", "omar": "approver", "eve": "examiner"}
needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed"
)


@dataclass(frozen=True, slots=True)
class Office:
    """A workspace whose people keep their keys to themselves."""

    line: Line
    place: Path
    keys: dict[str, Ed25519Signer]

    def signature(self, name: str, text: str) -> Path:
        """One person's signature over a printed decision."""
        return signed(text, self.keys[name], self.place / f"{name}.sig", NAMESPACE)

    def both(self, text: str) -> tuple[object, ...]:
        """The two signatures as options."""
        return tuple(
            part
            for name in ("mara", "omar")
            for part in ("--signature", self.signature(name, text))
        )


@pytest.fixture
def office(tmp_path: Path) -> Office:
    keys = {name: Ed25519Signer.generate() for name in ROLES}
    line = Line(tmp_path / "home")
    line.json("init", "--program", "Acme", *_founders(tmp_path, keys))
    return Office(line, tmp_path, keys)


def _founders(place: Path, keys: dict[str, Ed25519Signer]) -> list[str]:
    options = []
    for name, key in keys.items():
        file = place / f"{name}.pub"
        file.write_text(f"{key.public_key.text()} {name}@example\n")
        options += ["--founder", f"{name}:{ROLES[name]}:{file}"]
    return options


def test_founders_are_public_keys_and_no_private_key_enters(office: Office) -> None:
    users = office.line.json("user", "list")["users"]
    assert {item["user"]: item["role"] for item in users} == ROLES
    secret = office.keys["mara"].openssh().splitlines()[2]
    assert not any(
        secret in path.read_bytes() for path in office.line.home.rglob("*") if path.is_file()
    )
    assert not (office.line.home / "keys" / "local").exists()


def test_a_local_name_is_no_signature_outside_a_demo(office: Office) -> None:
    new = ("user", "add", "ida", "--role", "investigator", "--key", _key(office.place, "ida"))
    error = office.line.fails(*new, "--approve", "mara", "--approve", "omar", code=5)
    assert "ssh-keygen" in error["message"]


def test_a_fourth_person_is_enrolled_by_two_signatures(office: Office) -> None:
    new = ("user", "add", "ida", "--role", "investigator", "--key", _key(office.place, "ida"))
    asked = office.line.fails(*new, code=6)
    done = office.line.json(*new, *office.both(asked["to_sign"]))
    assert (done["user"], done["role"], done["independence"]) == (
        "ida",
        "investigator",
        "separate keys",
    )


def test_the_same_person_twice_is_one_person(office: Office) -> None:
    new = ("user", "add", "ida", "--role", "auditor", "--key", _key(office.place, "ida"))
    text = office.line.fails(*new, code=6)["to_sign"]
    one = office.signature("mara", text)
    error = office.line.fails(*new, "--signature", one, "--signature", one, code=6)
    assert "1 agreed" in error["message"]


def test_an_examiner_approves_nothing_and_a_stranger_is_nobody(office: Office) -> None:
    new = ("user", "add", "ida", "--role", "auditor", "--key", _key(office.place, "ida"))
    text = office.line.fails(*new, code=6)["to_sign"]
    pair = ("--signature", office.signature("mara", text))
    assert office.line.fails(*new, *pair, "--signature", office.signature("eve", text), code=5)
    stranger = signed(text, Ed25519Signer.generate(), office.place / "stranger.sig", NAMESPACE)
    assert office.line.fails(*new, *pair, "--signature", stranger, code=4)


def test_a_signature_fits_one_decision_and_one_purpose_only(office: Office) -> None:
    new = ("user", "add", "ida", "--role", "auditor", "--key", _key(office.place, "ida"))
    text = office.line.fails(*new, code=6)["to_sign"]
    other = text.replace("auditor", "approver")
    assert office.line.fails(*new, *office.both(other), code=4)
    elsewhere = signed(text, office.keys["mara"], office.place / "other.sig", "file")
    assert office.line.fails(*new, "--signature", elsewhere, code=4)
    assert [item["user"] for item in office.line.json("user", "list")["users"]] == sorted(ROLES)


def test_talk_goes_to_stderr_with_json_and_to_stdout_without(office: Office) -> None:
    told = office.line.run(
        "--json", "partner", "import", roster(office.place / "1.csv", recipient("P1").row())
    )
    assert told.document["partners"][0]["id"] == "P1"
    assert "--keys-proved" in told.err
    told = office.line.run(
        "partner", "import", roster(office.place / "2.csv", recipient("P2").row())
    )
    assert "--keys-proved" in told.out
    assert told.err == ""


@needs_ssh_keygen
def test_the_printed_decision_is_signed_by_ssh_keygen(tmp_path: Path) -> None:
    for name in ROLES:
        key = tmp_path / name
        made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(key)]
        subprocess.run(made, check=True)
    line = Line(tmp_path / "home")
    founders = [f"--founder={name}:{role}:{tmp_path / name}.pub" for name, role in ROLES.items()]
    line.json("init", "--program", "Acme", *founders)
    line.json("partner", "import", roster(tmp_path / "p.csv", recipient("P1").row()))
    wanted = ("partner", "suspend", "P1", "--reason", "asked for")
    printed = line.run(*wanted)
    assert printed.code == 6
    decision = tmp_path / "decision.json"
    decision.write_text(printed.out)
    for name in ("mara", "omar"):
        command = ["ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", str(tmp_path / name)]
        subprocess.run([*command, str(decision)], check=True, capture_output=True)
        decision.with_name("decision.json.sig").rename(tmp_path / f"{name}.sig")
    both = [f"--signature={tmp_path / name}.sig" for name in ("mara", "omar")]
    done = line.json(*wanted, *both)
    assert (done["partner"]["state"], done["independence"]) == ("suspended", "separate keys")


def test_a_removal_takes_notice_hearing_examination_and_two_signatures(office: Office) -> None:
    ident = _case_against_p1(office)
    line = office.line.then(LEAKED)
    text = line.fails("case", "notice", ident, code=6)["to_sign"]
    line.json("case", "notice", ident, *office.both(text))
    answer = office.place / "answer.txt"
    answer.write_text("No comment.\n")
    line.json("case", "hear", ident, "--statement", answer)
    text = line.fails("case", "examine", ident, code=6)["to_sign"]
    line.json("case", "examine", ident, "--signature", office.signature("eve", text))
    line.json("case", "propose", ident, "--action", "remove", "--reason", "its copy was public")
    text = line.fails("case", "approve", ident, code=6)["to_sign"]
    assert json.loads(text)["subject"] == ident
    first = line.json("case", "approve", ident, "--signature", office.signature("mara", text))
    assert first["case"]["state"] == "examined"
    done = line.json("case", "approve", ident, "--signature", office.signature("omar", text))
    assert (done["case"]["state"], done["independence"]) == ("decided", "separate keys")
    assert line.json("partner", "show", "P1")["partner"]["state"] == "removed"
    line.json("log", "verify")


def _case_against_p1(office: Office) -> str:
    line, place, partner = office.line, office.place, recipient("P1")
    line.json("partner", "import", roster(place / "p.csv", partner.row()), "--keys-proved", "call")
    line.json("advisory", "new", ADVISORY, "--title", "Reader", "--release-at", RELEASE)
    line.json("attach", ADVISORY, package(place / "package"))
    (copy,) = line.then(SENT).json("issue", ADVISORY, "--yes")["copies"]
    seal, _ = partner.save(place)
    out = place / "opened"
    line.then(SENT).json("open", line.home / copy["parcel"], "--key", seal, "--out", out)
    found = line.then(LEAKED).json("attribute", out / "payload" / "poc.py")
    (ident,) = found["cases"]
    return str(ident)


def _key(place: Path, name: str) -> Path:
    path = place / f"{name}.pub"
    path.write_text(Ed25519Signer.generate().public_key.text())
    return path
