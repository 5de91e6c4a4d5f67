"""The program's secrets in a file."""

import json
from pathlib import Path

import pytest

from mapp_compliance.adapters.keyring import FileKeyring
from mapp_compliance.errors import Broken, InvalidInput, NotFound

ROOT = bytes(range(32))


def program_file(folder: Path) -> Path:
    return folder / "program.json"


def test_the_secrets_are_the_same_when_loaded_again(tmp_path: Path) -> None:
    made = FileKeyring.create(tmp_path, ROOT)
    again = FileKeyring.load(tmp_path)
    assert (again.root, again.vault, again.signer) == (made.root, made.vault, made.signer)
    assert again.open(made.seal(b"original")) == b"original"


def test_nobody_but_the_owner_can_read_a_secret(tmp_path: Path) -> None:
    keyring = FileKeyring.create(tmp_path / "keys", ROOT)
    keyring.add_local("ann", bytes(32))
    found = [path.stat().st_mode & 0o077 for path in (tmp_path / "keys").rglob("*")]
    assert found == [0] * 3


def test_no_secret_shows_in_a_repr(tmp_path: Path) -> None:
    keyring = FileKeyring.create(tmp_path, ROOT)
    shown = repr(keyring)
    assert repr(ROOT) not in shown
    assert keyring.vault.secret not in shown


def test_a_missing_key_file_says_to_put_the_backup_back(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="backup"):
        FileKeyring.load(tmp_path)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"1",
        b"{}",
        b'{"root": 1, "vault": {"secret": "", "recipient": ""}}',
        b'{"root": "AAAA", "vault": {"secret": "", "recipient": ""}}',
        b'{"root": "not base64!", "vault": {"secret": "", "recipient": ""}}',
    ],
)
def test_a_damaged_key_file_is_broken(tmp_path: Path, damaged: bytes) -> None:
    program_file(tmp_path).write_bytes(damaged)
    with pytest.raises(Broken, match="backup"):
        FileKeyring.load(tmp_path)


@pytest.mark.parametrize("name", ["secret", "recipient"])
def test_a_damaged_vault_key_is_broken(tmp_path: Path, name: str) -> None:
    FileKeyring.create(tmp_path, ROOT)
    document = json.loads(program_file(tmp_path).read_bytes())
    document["vault"][name] = document["vault"][name][:-3]
    program_file(tmp_path).write_text(json.dumps(document))
    with pytest.raises(Broken, match="backup"):
        FileKeyring.load(tmp_path)


def test_a_vault_whose_halves_do_not_fit_is_broken(tmp_path: Path) -> None:
    FileKeyring.create(tmp_path / "one", ROOT)
    FileKeyring.create(tmp_path / "two", ROOT)
    one = json.loads(program_file(tmp_path / "one").read_bytes())
    two = json.loads(program_file(tmp_path / "two").read_bytes())
    one["vault"]["recipient"] = two["vault"]["recipient"]
    program_file(tmp_path / "one").write_text(json.dumps(one))
    with pytest.raises(Broken, match="backup"):
        FileKeyring.load(tmp_path / "one")


@pytest.mark.parametrize("name", ["../ann", "", "a/b", "/etc/passwd"])
def test_a_user_name_never_leaves_the_folder(tmp_path: Path, name: str) -> None:
    keyring = FileKeyring.create(tmp_path / "keys", ROOT)
    with pytest.raises(InvalidInput):
        keyring.add_local(name, bytes(32))
    with pytest.raises(InvalidInput):
        keyring.local_signer(name)


class TestRotation:
    def test_an_advisory_stays_with_the_root_it_began_with(self, tmp_path: Path) -> None:
        keyring = FileKeyring.create(tmp_path, ROOT)
        keyring.rotate(bytes(range(1, 33)), ["A"])
        keyring.rotate(bytes(range(2, 34)), ["A", "B"])
        again = FileKeyring.load(tmp_path)
        assert [again.root_of(name)[0] for name in ("A", "B", "C")] == [0, 1, 2]
        assert (again.generation, again.root) == (3, ROOT)

    def test_what_was_sealed_before_still_opens(self, tmp_path: Path) -> None:
        keyring = FileKeyring.create(tmp_path, ROOT)
        before = keyring.seal(b"before")
        keyring.rotate(bytes(range(1, 33)), [])
        again = FileKeyring.load(tmp_path)
        assert again.open(before) == b"before"
        assert again.open(keyring.seal(b"after")) == b"after"

    def test_a_file_of_one_generation_is_one_that_older_programs_read(self, tmp_path: Path) -> None:
        FileKeyring.create(tmp_path, ROOT)
        assert set(json.loads(program_file(tmp_path).read_bytes())) == {"version", "root", "vault"}

    @pytest.mark.parametrize(
        "damaged", [b'{"version": 2, "generations": []}', b'{"version": 2, "generations": [1]}']
    )
    def test_a_damaged_list_is_broken(self, tmp_path: Path, damaged: bytes) -> None:
        program_file(tmp_path).write_bytes(damaged)
        with pytest.raises(Broken, match="backup"):
            FileKeyring.load(tmp_path)
