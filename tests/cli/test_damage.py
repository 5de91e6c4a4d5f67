"""Damage: cut short is told and exits 1, altered or signed by another exits 4."""

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mapp_compliance.distribution import RECEIPT_NAMESPACE
from mapp_compliance.trust import Ed25519Signer, parse_canonical
from tests.cli.line import LEAKED, Line, call, signed
from tests.cli.world import World, kept, served


@pytest.fixture(scope="module")
def all_served(tmp_path_factory: pytest.TempPathFactory) -> World:
    return served(tmp_path_factory.mktemp("served"))


@pytest.fixture
def world(all_served: World, tmp_path: Path) -> World:
    return all_served.copied(tmp_path)


def _raw(home: Path, *statements: str) -> None:
    """Change the database behind the program's back, triggers dropped."""
    with contextlib.closing(sqlite3.connect(home / "mapp.db")) as connection:
        for table in ("leaf", "event"):
            for verb in ("update", "delete"):
                connection.execute(f"DROP TRIGGER {table}_{verb}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_the_tables_of_the_log_refuse_to_be_changed(world: World) -> None:
    with contextlib.closing(sqlite3.connect(world.line.home / "mapp.db")) as connection:
        for statement in ("DELETE FROM leaf", "UPDATE leaf SET body = ''", "DELETE FROM event"):
            with pytest.raises(sqlite3.IntegrityError, match="append only"):
                connection.execute(statement)


LEDGER = (
    ("cut", 'DELETE FROM leaf WHERE "index" > 3', "cut short"),
    ("one-off", 'DELETE FROM leaf WHERE "index" = (SELECT max("index") FROM leaf)', "cut short"),
    ("all-gone", "DELETE FROM leaf", "cut short"),
    ("gap", 'DELETE FROM leaf WHERE "index" = 2', "leaf 2"),
    ("renamed", "UPDATE leaf SET body = replace(body, 'mapp/', 'mupp/')", "altered"),
    ("garbage", "UPDATE leaf SET body = 'x' WHERE \"index\" = 2", "altered"),
)


@pytest.mark.parametrize(("name", "statement", "words"), LEDGER, ids=[item[0] for item in LEDGER])
def test_a_ledger_that_was_cut_or_altered_exits_4(
    world: World, name: str, statement: str, words: str
) -> None:
    assert name
    _raw(world.line.home, statement)
    error = world.line.fails("log", "verify", code=4)
    assert error["reaction"] == "broken"
    assert words in error["message"]


@pytest.mark.parametrize(("name", "statement", "words"), LEDGER, ids=[item[0] for item in LEDGER])
def test_nothing_is_written_after_a_ledger_that_was_cut_or_altered(
    world: World, name: str, statement: str, words: str, tmp_path: Path
) -> None:
    assert name
    _raw(world.line.home, statement)
    before = kept(world.line.home)
    (tmp_path / "leak.txt").write_text("found in a forum\n")
    error = world.line.then(LEAKED).fails("sample", "submit", tmp_path / "leak.txt", code=4)
    assert words in error["message"]
    assert kept(world.line.home) == before


def test_a_ledger_cut_together_with_its_own_heads_is_found_by_a_head_from_outside(
    world: World,
) -> None:
    head = world.place / "head"
    head.write_text(world.line.json("log", "checkpoint")["checkpoint"])
    _raw(world.line.home, 'DELETE FROM leaf WHERE "index" > 1')
    for path in (world.line.home / "heads").iterdir():
        if int(path.stem) > 2:
            path.unlink()
    assert world.line.json("log", "verify")["size"] == 2
    assert world.line.fails("log", "verify", "--checkpoint", head, code=4)
    for path in (world.line.home / "heads").iterdir():
        path.unlink()
    assert "emptied" in world.line.fails("log", "verify", code=4)["message"]


def test_a_head_of_another_log_or_an_altered_one_exits_4(world: World, tmp_path: Path) -> None:
    other = Line(tmp_path / "other")
    other.json("init", "--profile", "demo", "--program", "Example program")
    head = tmp_path / "head"
    head.write_text(other.json("log", "checkpoint")["checkpoint"])
    assert world.line.fails("log", "verify", "--checkpoint", head, code=4)
    own = world.line.json("log", "checkpoint")["checkpoint"]
    head.write_text(own.replace("\n", "\n1", 1))
    assert world.line.fails("log", "verify", "--checkpoint", head, code=4)
    head.write_text(own[:30])
    assert world.line.fails("log", "verify", "--checkpoint", head)["reaction"] == "invalid"


def test_an_altered_blob_exits_4_and_a_lost_one_is_named(world: World) -> None:
    line = world.line.then(LEAKED)
    leak = world.opened("P1") / "poc.py"
    for blob in (world.line.home / "blobs").rglob("*"):
        if blob.is_file():
            blob.write_bytes(b"x" + blob.read_bytes()[1:])
    assert line.fails("attribute", leak, code=4)["reaction"] == "broken"
    for blob in (world.line.home / "blobs").rglob("*"):
        if blob.is_file():
            blob.unlink()
    assert "backup" in line.fails("attribute", leak)["message"]


def test_a_damaged_database_is_told_in_a_sentence(world: World) -> None:
    for beside in world.line.home.glob("mapp.db-*"):
        beside.unlink()
    (world.line.home / "mapp.db").write_bytes(b"no database at all" * 500)
    error = world.line.fails("partner", "list", code=4)
    assert "backup" in error["message"]


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


PARCELS: tuple[tuple[str, Callable[[bytes], bytes], int], ...] = (
    ("empty", lambda data: b"", 1),
    ("cut-in-the-header", lambda data: data[:40], 1),
    ("cut-in-the-body", lambda data: data[:-700], 1),
    ("cut-by-one", lambda data: data[:-1], 1),
    ("no-parcel", lambda data: b"hello\n" * 100, 1),
    ("altered-head", lambda data: _flipped(data, 60), 4),
    ("altered-body", lambda data: _flipped(data, len(data) // 2), 4),
    ("altered-end", lambda data: _flipped(data, len(data) - 1), 4),
)


@pytest.mark.parametrize(("name", "change", "code"), PARCELS, ids=[item[0] for item in PARCELS])
def test_a_damaged_parcel_gives_no_file(
    all_served: World, tmp_path: Path, name: str, change: Callable[[bytes], bytes], code: int
) -> None:
    assert name
    parcel, out = tmp_path / "parcel", tmp_path / "out"
    parcel.write_bytes(change(all_served.parcel("P1").read_bytes()))
    seal, _ = all_served.people["P1"].save(tmp_path)
    answer = call("--json", "open", parcel, "--key", seal, "--out", out)
    assert answer.code == code, answer
    assert answer.error["message"]
    assert not out.exists()


def test_another_key_or_another_vendor_gives_no_file(all_served: World, tmp_path: Path) -> None:
    parcel, out = all_served.parcel("P1"), tmp_path / "out"
    other, _ = all_served.people["P2"].save(tmp_path)
    assert call("open", parcel, "--key", other, "--out", out).code == 4
    seal, sign = all_served.people["P1"].save(tmp_path)
    assert call("open", parcel, "--key", sign, "--out", out).code == 4
    vendor = tmp_path / "vendor.pub"
    vendor.write_text(Ed25519Signer.generate().public_key.text())
    opened = ("open", parcel, "--key", seal, "--out", out)
    assert call(*opened, "--vendor-key", vendor).code == 4
    assert call("open", parcel, "--key", vendor, "--out", out).code == 1
    assert not out.exists()


def test_a_folder_that_holds_something_is_left_alone(all_served: World, tmp_path: Path) -> None:
    seal, _ = all_served.people["P1"].save(tmp_path)
    receipt = tmp_path / "receipt"
    answer = call(
        *("--json", "open", all_served.parcel("P1"), "--key", seal),
        *("--out", tmp_path, "--receipt", receipt),
    )
    assert (answer.code, "--out" in answer.error["message"]) == (1, True)
    assert not receipt.exists()


def _receipt(world: World, **changes: str) -> Path:
    """P1's receipt, with some texts changed and signed again by P1."""
    world.opened("P1")
    path = world.place / "P1.receipt"
    text = path.read_text()
    for old, new in changes.items():
        assert old.replace("_", "-") in text
        text = text.replace(old.replace("_", "-"), new)
    path.write_text(text)
    signed(text, world.people["P1"].signer, path.with_name("P1.receipt.sig"), RECEIPT_NAMESPACE)
    return path


def test_a_receipt_by_another_key_or_altered_exits_4(world: World) -> None:
    path = _receipt(world)
    other = signed(
        path.read_text(), world.people["P2"].signer, world.place / "p2.sig", RECEIPT_NAMESPACE
    )
    before = kept(world.line.home)
    assert world.line.fails("receipt", "add", path, "--signature", other, code=4)
    path.write_text(path.read_text().replace("2026-06-05", "2026-06-04"))
    assert world.line.fails("receipt", "add", path, code=4)
    wrong = signed(path.read_text(), world.people["P1"].signer, world.place / "w.sig", "file")
    assert world.line.fails("receipt", "add", path, "--signature", wrong, code=4)
    assert kept(world.line.home) == before


def test_a_receipt_for_other_bytes_or_an_unknown_copy_is_refused(world: World) -> None:
    path = _receipt(world)
    document = parse_canonical(path.read_bytes())
    assert isinstance(document, dict)
    copy = world.copies["P1"]["copy"]
    other = _receipt(replace(world, place=world.place / "2"), **{copy.replace("-", "_"): "C-0"})
    assert world.line.fails("receipt", "add", other)["reaction"] == "missing"
    sealed = world.copies["P1"]["sealed"]
    other = _receipt(replace(world, place=world.place / "3"), **{sealed: "0" * 64})
    assert world.line.fails("receipt", "add", other, code=4)
    alone = world.place / "alone"
    alone.write_bytes(path.read_bytes())
    assert ".sig" in world.line.fails("receipt", "add", alone)["message"]
    alone.write_text("{}")
    (world.place / "alone.sig").write_bytes(path.with_name("P1.receipt.sig").read_bytes())
    assert world.line.fails("receipt", "add", alone)["reaction"] == "invalid"
