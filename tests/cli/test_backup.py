"""A workspace is lost and comes back; the restored one still names a leaked copy."""

import io
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mapp_compliance.trust import generate_identity, open_sealed, seal
from tests.cli.line import LEAKED, Line
from tests.cli.world import World, kept, served


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> World:
    return served(tmp_path_factory.mktemp("backup"))


@pytest.fixture
def world(base: World, tmp_path: Path) -> World:
    return base.copied(tmp_path)


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """Public and secret key file of who may restore."""
    identity = generate_identity()
    public, secret = tmp_path / "recovery.pub", tmp_path / "recovery.key"
    public.write_text(identity.recipient + "\n")
    secret.write_text(identity.secret + "\n")
    return public, secret


@pytest.fixture
def backup(world: World, keys: tuple[Path, Path]) -> Path:
    out = world.place / "backup.age"
    world.line.json("backup", "--out", out, "--to", keys[0])
    return out


def contents(backup: Path, secret: Path) -> dict[str, bytes]:
    data = open_sealed(backup.read_bytes(), secret.read_text())
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {item.name: tar.extractfile(item).read() for item in tar}  # type: ignore[union-attr]


def packed(files: dict[str, bytes], public: Path, path: Path) -> Path:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    path.write_bytes(seal(out.getvalue(), [public.read_text()]))
    return path


def test_a_lost_workspace_comes_back_and_names_a_leaked_copy(
    world: World, keys: tuple[Path, Path], backup: Path
) -> None:
    leak = world.opened("P2") / "poc.py"
    before = kept(world.line.home)
    shutil.rmtree(world.line.home)

    world.line.json("restore", backup, "--key", keys[1])

    rows, files = kept(world.line.home)
    assert files == before[1]
    assert set(before[0]) - set(rows) <= {line for line in before[0] if "backup made" in line}
    found = world.line.then(LEAKED).json("attribute", leak)
    assert [item["recipient"] for item in found["copies"]] == ["P2"]


def test_the_restored_folder_is_private(
    world: World, keys: tuple[Path, Path], backup: Path
) -> None:
    line = Line(world.place / "new", world.line.at)
    line.json("restore", backup, "--key", keys[1])
    secrets = [path for path in line.home.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert [path for path in (line.home, *secrets) if path.stat().st_mode & 0o077] == []


def test_a_drill_keeps_nothing_but_the_word_that_it_was_done(
    world: World, keys: tuple[Path, Path], backup: Path
) -> None:
    before = sorted(world.place.rglob("*"))
    assert world.line.json("restore", backup, "--key", keys[1], "--drill")["ok"]
    assert sorted(world.place.rglob("*")) == before


def test_a_backup_of_another_workspace_is_no_drill(
    world: World, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    other = Line(tmp_path / "other")
    other.json("init", "--profile", "demo", "--program", "Example program")
    out = tmp_path / "other.age"
    other.json("backup", "--out", out, "--to", keys[0])
    world.line.fails("restore", out, "--key", keys[1], "--drill", code=4)


def test_into_a_folder_with_something_in_it_nothing_is_restored(
    world: World, keys: tuple[Path, Path], backup: Path
) -> None:
    before = kept(world.line.home)
    world.line.fails("restore", backup, "--key", keys[1])
    assert kept(world.line.home) == before


def test_recovery_keys_of_the_workspace_are_taken_when_none_is_named(
    tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    line = Line(tmp_path / "home")
    line.json("init", "--profile", "demo", "--recovery", keys[0])
    line.json("backup", "--out", tmp_path / "b.age")
    Line(tmp_path / "again").json("restore", tmp_path / "b.age", "--key", keys[1])


def test_without_any_recovery_key_nothing_is_written(world: World) -> None:
    world.line.fails("backup", "--out", world.place / "b.age")
    assert not (world.place / "b.age").exists()


def test_the_program_key_alone_can_be_backed_up(world: World, keys: tuple[Path, Path]) -> None:
    out = world.place / "key.age"
    world.line.json("key", "backup", "--out", out, "--to", keys[0])
    opened = open_sealed(out.read_bytes(), keys[1].read_text())
    assert opened == (world.line.home / "keys/program.json").read_bytes()


@pytest.mark.parametrize("at", [30, -1, -40_000])
def test_an_altered_backup_restores_nothing(
    world: World, keys: tuple[Path, Path], backup: Path, at: int
) -> None:
    data = bytearray(backup.read_bytes())
    data[at] ^= 1
    backup.write_bytes(data)
    line = Line(world.place / "new", world.line.at)
    assert line.run("--json", "restore", backup, "--key", keys[1]).code in {1, 4}
    assert list(world.place.glob("*new*")) == []


@pytest.mark.parametrize("length", [0, 100, 5_000, 100_000])
def test_a_backup_cut_short_restores_nothing(
    world: World, keys: tuple[Path, Path], backup: Path, length: int
) -> None:
    backup.write_bytes(backup.read_bytes()[:length])
    line = Line(world.place / "new", world.line.at)
    assert line.run("--json", "restore", backup, "--key", keys[1]).code in {1, 4}
    assert list(world.place.glob("*new*")) == []


@pytest.mark.parametrize("data", [b"", b"id,name\n", b"age-encryption.org/v"])
def test_a_file_that_is_no_sealed_one_is_told(
    world: World, keys: tuple[Path, Path], data: bytes
) -> None:
    file = world.place / "no.age"
    file.write_bytes(data)
    error = Line(world.place / "new").fails("restore", file, "--key", keys[1])
    assert "no sealed file" in error["message"]
    assert not (world.place / "new").exists()


def test_another_key_restores_nothing(world: World, backup: Path) -> None:
    key = world.place / "other.key"
    key.write_text(generate_identity().secret)
    Line(world.place / "new").fails("restore", backup, "--key", key, code=4)


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "keys/../../evil", "evil", "blobs"])
def test_a_name_that_no_workspace_has_is_refused(
    world: World, keys: tuple[Path, Path], backup: Path, name: str
) -> None:
    files = contents(backup, keys[1]) | {name: b"evil"}
    crafted = packed(files, keys[0], world.place / "crafted.age")
    Line(world.place / "new").fails("restore", crafted, "--key", keys[1], code=4)
    assert list(world.place.rglob("*evil*")) == []


@pytest.mark.parametrize("missing", ["blobs/", "heads/", "keys/program.json", "backup.json"])
def test_a_backup_that_lacks_something_is_refused(
    world: World, keys: tuple[Path, Path], backup: Path, missing: str
) -> None:
    files = contents(backup, keys[1])
    fewer = {name: data for name, data in files.items() if not name.startswith(missing)}
    crafted = packed(fewer, keys[0], world.place / "crafted.age")
    line = Line(world.place / "new", world.line.at)
    assert line.run("--json", "restore", crafted, "--key", keys[1]).code in {1, 4}
    assert not line.home.exists()


def test_a_backup_whose_database_is_older_than_its_head_is_refused(
    world: World, keys: tuple[Path, Path], backup: Path
) -> None:
    older = contents(backup, keys[1])
    leak = world.opened("P1") / "poc.py"
    world.line.then(LEAKED).json("attribute", leak)
    newer = world.place / "newer.age"
    world.line.json("backup", "--out", newer, "--to", keys[0])
    mixed = contents(newer, keys[1]) | {"mapp.db": older["mapp.db"]}
    crafted = packed(mixed, keys[0], world.place / "crafted.age")
    Line(world.place / "new").fails("restore", crafted, "--key", keys[1], code=4)


@pytest.mark.needs_tool
def test_age_and_tar_alone_bring_a_workspace_back(
    world: World, keys: tuple[Path, Path], backup: Path, tool: Callable[[str], str]
) -> None:
    age, tar = tool("age"), tool("tar")
    line = Line(world.place / "new", world.line.at)
    line.home.mkdir()
    command = '"$1" --decrypt --identity "$2" "$3" | "$4" --extract --directory "$5"'
    words = [age, str(keys[1]), str(backup), tar, str(line.home)]
    subprocess.run(["/bin/sh", "-c", command, "sh", *words], check=True, capture_output=True)
    assert line.json("log", "verify")["ok"]
