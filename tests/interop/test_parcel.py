"""A recipient without our tool: age, tar, sha256sum, sed and ssh-keygen are enough."""

import base64
import hashlib
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from mapp_compliance.trust import Ed25519Signer
from tests.cli.world import World

Tool = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ByHand:
    """A parcel that was opened by ``age`` and ``tar`` alone, and its recipient's keys."""

    parcel: Path
    folder: Path
    keys: Path
    vendor_key: str

    @property
    def envelope(self) -> dict[str, Any]:
        """The signed envelope, as JSON."""
        found = json.loads((self.folder / "statement.dsse.json").read_bytes())
        assert isinstance(found, dict)
        return found


@pytest.fixture
def opened(program: World, tool: Tool, tmp_path: Path) -> ByHand:
    """P1's parcel, opened as HOWTO-OPEN.txt says."""
    age, tar = tool("age"), tool("tar")
    world = program.copied(tmp_path / "copy")
    keys, folder = tmp_path / "keys", tmp_path / "opened"
    seal, _ = world.people["P1"].save(keys)
    folder.mkdir()
    command = '"$1" --decrypt --identity "$2" "$3" | "$4" --extract --directory "$5"'
    words = [age, str(seal), str(world.parcel("P1")), tar, str(folder)]
    subprocess.run(["/bin/sh", "-c", command, "sh", *words], check=True, capture_output=True)
    vendor = world.line.home / "vendor.pub"
    vendor.write_text((folder / "vendor.pub").read_text())
    return ByHand(world.parcel("P1"), folder, keys, vendor.read_text())


@pytest.fixture
def answered(opened: ByHand, tool: Tool, tmp_path: Path) -> Path:
    """A receipt made by the lines of HOWTO-OPEN.txt, word for word."""
    for name in ("sed", "sha256sum", "ssh-keygen"):
        tool(name)
    text = (opened.folder / "HOWTO-OPEN.txt").read_text()
    start, end = text.index("  sed -e"), text.index("\nSign it with")
    sign = next(line for line in text.splitlines() if "ssh-keygen -Y sign" in line)
    receipt = tmp_path / "receipt.json"
    key = opened.keys / "P1.ssh"
    key.chmod(0o600)
    script = f"set -e\n{text[start:end]}\n{sign}\n"
    for word, path in (
        ("PARCEL", opened.parcel),
        ("FOLDER", opened.folder),
        ("SIGNING_KEY", key),
        ("RECEIPT", receipt),
    ):
        script = script.replace(word, str(path))
    subprocess.run(["/bin/sh", "-c", script], check=True, capture_output=True)
    return receipt


def vendor_key(opened: ByHand) -> SSlibKey:
    raw = base64.b64decode(opened.vendor_key.split()[1])[-32:]
    name = opened.envelope["signatures"][0]["keyid"]
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(raw), keyid=name)


@pytest.mark.needs_tool
def test_age_and_tar_alone_give_the_files_of_the_signed_list(opened: ByHand) -> None:
    statement = json.loads(base64.b64decode(opened.envelope["payload"]))
    listed = {item["name"]: item["digest"]["sha256"] for item in statement["subject"]}
    payload = opened.folder / "payload"
    assert listed == {
        path.relative_to(payload).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in payload.rglob("*")
    }


@pytest.mark.needs_tool
def test_securesystemslib_verifies_the_signed_statement(opened: ByHand) -> None:
    key = vendor_key(opened)
    envelope = Envelope.from_dict(opened.envelope)
    assert envelope.payload_type == "application/vnd.in-toto+json"
    assert envelope.verify([key], 1) == {key.keyid: key}


@pytest.mark.needs_tool
def test_securesystemslib_refuses_an_altered_statement(opened: ByHand) -> None:
    altered = opened.envelope
    altered["payload"] = base64.b64encode(
        base64.b64decode(altered["payload"]).replace(b'"P1"', b'"P2"')
    ).decode()
    with pytest.raises(VerificationError):
        Envelope.from_dict(altered).verify([vendor_key(opened)], 1)


@pytest.mark.needs_tool
def test_the_statement_is_an_in_toto_statement_that_names_copy_and_key(
    opened: ByHand, program: World
) -> None:
    statement = json.loads(base64.b64decode(opened.envelope["payload"]))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert set(statement) == {"_type", "subject", "predicateType", "predicate"}
    assert statement["predicate"]["recipient"]["id"] == "P1"
    assert statement["predicate"]["copy"] == program.copies["P1"]["copy"]


@pytest.mark.needs_tool
def test_a_receipt_made_by_ssh_keygen_is_taken_in(
    answered: Path, program: World, tmp_path: Path
) -> None:
    world = program.copied(tmp_path / "again")
    receipt = world.line.json("receipt", "add", answered)["receipt"]
    assert receipt["recipient"] == "P1"
    assert receipt["copy"] == program.copies["P1"]["copy"]


@pytest.mark.needs_tool
def test_a_receipt_with_a_line_end_is_taken_in_too(
    answered: Path, program: World, tool: Tool, tmp_path: Path
) -> None:
    answered.write_bytes(answered.read_bytes() + b"\n")  # as some editors and another sed do
    (answered.with_name(f"{answered.name}.sig")).unlink()
    sign = [tool("ssh-keygen"), "-q", "-Y", "sign", "-n", "mapp-receipt@v1"]
    key = tmp_path / "keys" / "P1.ssh"
    subprocess.run([*sign, "-f", str(key), str(answered)], check=True, capture_output=True)
    world = program.copied(tmp_path / "again")
    assert world.line.json("receipt", "add", answered)["receipt"]["recipient"] == "P1"


@pytest.mark.needs_tool
def test_a_receipt_signed_with_a_key_that_is_not_enrolled_is_refused(
    answered: Path, program: World, tool: Tool, tmp_path: Path
) -> None:
    (answered.with_name(f"{answered.name}.sig")).unlink()
    other = tmp_path / "other"
    other.write_bytes(Ed25519Signer.generate().openssh())
    other.chmod(0o600)
    sign = [tool("ssh-keygen"), "-q", "-Y", "sign", "-n", "mapp-receipt@v1", "-f", str(other)]
    subprocess.run([*sign, str(answered)], check=True, capture_output=True)
    world = program.copied(tmp_path / "again")
    assert world.line.fails("receipt", "add", answered, code=4)["reaction"] == "broken"


@pytest.mark.needs_tool
def test_ssh_keygen_verifies_the_receipt_that_our_tool_signs(
    program: World, tool: Tool, tmp_path: Path
) -> None:
    world = program.copied(tmp_path)
    world.opened("P1")
    receipt = tmp_path / "P1.receipt"
    allowed = tmp_path / "allowed"
    allowed.write_text(f"P1 {world.people['P1'].signer.public_key.text()}\n")
    command = [tool("ssh-keygen"), "-Y", "verify", "-f", str(allowed), "-I", "P1"]
    command += ["-n", "mapp-receipt@v1", "-s", f"{receipt}.sig"]
    done = subprocess.run(command, input=receipt.read_bytes(), capture_output=True)
    assert done.returncode == 0, done.stderr
