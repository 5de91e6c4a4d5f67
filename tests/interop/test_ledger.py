"""The ledger's texts in the hands of golang.org/x/mod/sumdb, and its texts in ours."""

import base64
import json
from pathlib import Path

import pytest

from mapp_compliance.trust import PublicKey
from mapp_compliance.trust.ledger import (
    LedgerGrowth,
    LedgerProof,
    NoteKey,
    format_growth,
    format_proof,
    verify_checkpoint,
    verify_growth,
    verify_proof,
)
from tests.cli.world import World
from tests.interop.conftest import Check

SIZES = (1, 2, 3, 7, 8, 9, 21)  # complete, one more, one less


def log_key(program: World) -> str:
    return str(program.line.json("log", "checkpoint")["key"])


@pytest.mark.needs_tool
def test_go_verifies_a_signed_tree_head(program: World, tlogcheck: Check) -> None:
    told = program.line.json("log", "checkpoint")
    done = tlogcheck("head", told["key"], data=told["checkpoint"].encode())
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) == told["size"]


@pytest.mark.needs_tool
def test_go_verifies_the_head_inside_a_parcel(
    program: World, tlogcheck: Check, tmp_path: Path
) -> None:
    world = program.copied(tmp_path)
    head = (world.opened("P2").parent / "checkpoint.txt").read_bytes()
    assert tlogcheck("head", log_key(program), data=head).returncode == 0


@pytest.mark.needs_tool
def test_go_refuses_a_head_of_another_size(program: World, tlogcheck: Check) -> None:
    told = program.line.json("log", "checkpoint")
    altered = told["checkpoint"].replace(f"\n{told['size']}\n", f"\n{told['size'] + 1}\n")
    assert tlogcheck("head", told["key"], data=altered.encode()).returncode == 1


@pytest.mark.needs_tool
def test_go_verifies_the_proof_of_every_leaf(
    program: World, tlogcheck: Check, tmp_path: Path
) -> None:
    size = program.line.json("log", "verify")["size"]
    key = log_key(program)
    for index in range(size):
        told = program.line.json("log", "prove", index)
        (tmp_path / "entry").write_text(told["data"])
        done = tlogcheck("proof", key, str(tmp_path / "entry"), data=told["proof"].encode())
        assert done.returncode == 0, done.stderr
        assert done.stdout.split()[:2] == [b"%d" % index, b"%d" % size]


@pytest.mark.needs_tool
def test_go_verifies_the_proof_that_lies_beside_a_parcel(
    program: World, tlogcheck: Check, tmp_path: Path
) -> None:
    copy = program.copies["P1"]
    proof = program.parcel("P1").with_name(
        program.parcel("P1").name.removesuffix(".tar.age") + ".tlog-proof"
    )
    entry = program.line.json("log", "prove", copy["leaves"]["seal"])["data"]
    (tmp_path / "entry").write_text(entry)
    done = tlogcheck("proof", log_key(program), str(tmp_path / "entry"), data=proof.read_bytes())
    assert done.returncode == 0, done.stderr
    assert copy["sealed"] in entry


@pytest.mark.needs_tool
def test_go_refuses_the_proof_of_another_entry(
    program: World, tlogcheck: Check, tmp_path: Path
) -> None:
    told = program.line.json("log", "prove", 1)
    (tmp_path / "entry").write_text(told["data"] + " ")
    done = tlogcheck(
        "proof", log_key(program), str(tmp_path / "entry"), data=told["proof"].encode()
    )
    assert done.returncode == 1


@pytest.mark.needs_tool
def test_go_verifies_that_the_ledger_only_grew(
    program: World, tlogcheck: Check, tmp_path: Path
) -> None:
    for kept in sorted((program.line.home / "heads").glob("*.checkpoint")):
        size, root = kept.read_text().splitlines()[1:3]
        grown = program.line.json("log", "prove", "--since", size)["proof"].encode()
        assert tlogcheck("growth", log_key(program), root, data=grown).returncode == 0
        other = base64.b64encode(bytes(32)).decode()
        assert tlogcheck("growth", log_key(program), other, data=grown).returncode == 1


@pytest.mark.needs_tool
@pytest.mark.parametrize("size", SIZES)
def test_we_verify_what_go_writes(tlogcheck: Check, size: int) -> None:
    made = json.loads(tlogcheck("make", str(size)).stdout)
    name, _, typed = made["key"].split("+", 2)
    key = NoteKey(name, PublicKey(base64.b64decode(typed)[1:]))
    head = made["head"].encode()

    def hashes(texts: list[str]) -> tuple[bytes, ...]:
        return tuple(base64.b64decode(text) for text in texts)

    assert verify_checkpoint(head, key).checkpoint.size == size
    for index, path in made["proofs"].items():
        proof = format_proof(LedgerProof(int(index), hashes(path), head))
        assert verify_proof(proof, b"entry %s" % index.encode(), key).index == int(index)
    for older, path in made["grown"].items():
        text = format_growth(LedgerGrowth(int(older), hashes(path), head))
        root = base64.b64decode(made["roots"][older])
        assert verify_growth(text, root, key).size == size
