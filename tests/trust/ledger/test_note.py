import json
from pathlib import Path
from typing import Any

import pytest

from mapp_compliance.trust import BadSignature, Ed25519Signer, Malformed, PublicKey, parse_base64
from mapp_compliance.trust.ledger import NoteKey, open_note, sign_note

SIGNER = Ed25519Signer.from_seed(bytes(32))
KEY = NoteKey("log.example", SIGNER.public_key)
NOTE = sign_note("a\n\nb\n", "log.example", SIGNER)


def key_of(verifier: str) -> NoteKey:
    """The key of ``name+hash+base64`` text."""
    name, _, rest = verifier.partition("+")
    return NoteKey(name, PublicKey(parse_base64(rest.partition("+")[2])[1:]))


@pytest.fixture
def go(vectors: Path) -> Any:
    return json.loads((vectors / "go_note.json").read_text())


def test_the_note_of_the_go_library_comes_out_byte_for_byte(go: Any) -> None:
    signer = Ed25519Signer.from_seed(parse_base64(go["private"])[1:])
    assert sign_note(go["text"], "PeterNeumann", signer).decode() == go["note"]


def test_the_key_of_the_go_library_comes_out_byte_for_byte(go: Any) -> None:
    assert key_of(go["verifier"]).text() == go["verifier"]


def test_lines_of_unknown_keys_are_passed_over(go: Any) -> None:
    opened = open_note((go["note"] + go["stranger"]).encode(), [key_of(go["verifier"])])
    assert [line.key.name for line in opened.verified] == ["PeterNeumann"]


def test_both_lines_count_for_whom_both_are_known(go: Any) -> None:
    keys = [key_of(go["verifier"]), key_of(go["stranger_verifier"])]
    opened = open_note((go["note"] + go["stranger"]).encode(), keys)
    assert [line.key.name for line in opened.verified] == ["PeterNeumann", "EnochRoot"]


def test_a_wrong_line_of_a_known_key_refuses_the_note(go: Any) -> None:
    forged = go["note"] + go["stranger"].replace("AVwB", "AVwC").replace("rwz+eBzm", "rwz+eBzn")
    keys = [key_of(go["verifier"]), key_of(go["stranger_verifier"])]
    with pytest.raises(BadSignature):
        open_note(forged.encode(), keys)


def test_a_note_without_known_key_is_refused() -> None:
    with pytest.raises(BadSignature, match="no known key"):
        open_note(NOTE, [])


def test_a_checkpoint_of_the_go_checksum_database_verifies(vectors: Path) -> None:
    key = key_of("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    opened = open_note((vectors / "go_sumdb_checkpoint.txt").read_bytes(), [key])
    assert opened.text.splitlines()[:2] == ["go.sum database tree", "65209736"]


def test_empty_lines_belong_to_the_text() -> None:
    assert open_note(NOTE, [KEY]).text == "a\n\nb\n"


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"a\n\n",
        NOTE[:-1],
        b"\x01" + NOTE,
        b"\xff" + NOTE,
        NOTE.replace(b"\n", b"\r\n"),
        NOTE + b"more\n",
        NOTE + "\u2014 log.example \n".encode(),
        NOTE + "\u2014 log.example AAAA\n".encode(),
        NOTE + "\u2014 two words AAAAAAAA\n".encode(),
        NOTE + "\u2014 a+b AAAAAAAA\n".encode(),
        NOTE + NOTE.partition(b"b\n\n")[2] * 100,
        b"a" * 1_000_000 + NOTE,
    ],
)
def test_what_is_no_signed_note_is_bad_input(note: bytes) -> None:
    with pytest.raises(Malformed):
        open_note(note, [KEY])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\n", "\ud800"])
def test_a_name_that_would_break_the_line_is_refused(name: str) -> None:
    with pytest.raises(Malformed):
        sign_note("a\n", name, SIGNER)


@pytest.mark.parametrize("text", ["", "a", "a\t\n", "\ud800\n"])
def test_a_text_that_is_no_note_is_not_signed(text: str) -> None:
    with pytest.raises(Malformed):
        sign_note(text, "log.example", SIGNER)
