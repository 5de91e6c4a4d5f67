"""Hostile and foreign samples: a verdict or a sentence, never a crash, never a name."""

import gzip
import io
import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.line import LEAKED, POC
from tests.cli.world import World, served

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return served(tmp_path_factory.mktemp("served"))


def _zip(*entries: tuple[str, bytes], squeeze: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", squeeze) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=squeeze)
    return stream.getvalue()


def _nested(depth: int) -> bytes:
    data = b"at the bottom\n"
    for _ in range(depth):
        data = _zip(("in.zip", data))
    return data


def _tar(name: str, kind: bytes, target: str = "") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, target
        archive.addfile(entry)
    return stream.getvalue()


HOSTILE: tuple[tuple[str, Callable[[], bytes]], ...] = (
    ("cut-zip", lambda: _zip(("a.py", POC.encode()))[:-30]),
    ("cut-zip-early", lambda: _zip(("a.py", POC.encode()))[:50]),
    ("cut-gzip", lambda: gzip.compress(POC.encode(), mtime=0)[:-12]),
    ("cut-tar", lambda: _tar("a", tarfile.REGTYPE)[:300]),
    ("bomb", lambda: gzip.compress(gzip.compress(bytes(MIB // 4), 9, mtime=0), mtime=0)),
    ("many-members", lambda: _zip(*((f"{n}.txt", b"x") for n in range(1_000)))),
    ("nested", lambda: _nested(40)),
    ("path-out", lambda: _zip(("../../../etc/passwd", b"root:x:0:0\n"))),
    ("absolute", lambda: _zip(("/etc/passwd", b"root:x:0:0\n"))),
    ("tar-link", lambda: _tar("a", tarfile.SYMTYPE, "/etc/passwd")),
    ("tar-device", lambda: _tar("a", tarfile.CHRTYPE)),
    ("magic-only", lambda: b"PK\x03\x04"),
    ("noise", lambda: random.Random(2012).randbytes(5_000)),
    ("zeros", lambda: bytes(30_000)),
    ("one-long-line", lambda: b"A" * 20_000),
    ("bidi", lambda: "\u202e\u2066x\x1b[31m\x00".encode() * 500),
    ("not-utf-8", lambda: b"\xff\xfe\xfd" * 4000),
)


@pytest.mark.parametrize(("name", "made"), HOSTILE, ids=[item[0] for item in HOSTILE])
def test_a_hostile_sample_ends_in_a_verdict_that_names_nobody_or_in_a_sentence(
    world: World, tmp_path: Path, name: str, made: Callable[[], bytes]
) -> None:
    path = tmp_path / f"{name}.bin"
    path.write_bytes(made())
    answer = world.line.then(LEAKED).run("--json", "attribute", path)
    assert answer.code in {1, 3}, answer
    if answer.code == 3:
        assert answer.document["copies"] == []
        assert answer.document["verdict"] in {"NO_LINK", "LINEAGE_ONLY"}
    else:
        assert answer.error["reaction"] == "invalid"
        assert answer.error["message"]
    assert "Traceback" not in answer.err


def test_a_bomb_ends_as_no_link_that_says_what_was_left_out(world: World, tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(400 * MIB), 9, mtime=0))
    found = world.line.then(LEAKED).json("attribute", path, code=3)
    assert found["verdict"] == "NO_LINK"
    assert any(note.startswith("truncated:") for note in found["notes"])
    assert any("not read whole" in limit for limit in found["limits"])


def test_a_leak_in_an_archive_beside_a_broken_one_is_still_read(
    world: World, tmp_path: Path
) -> None:
    leak = (world.opened("P1") / "poc.py").read_bytes()
    archive = tmp_path / "dump.zip"
    archive.write_bytes(
        _zip(("broken.zip", _zip(("a", leak))[:-9]), ("x/poc.py", leak), ("../y", b"z"))
    )
    found = world.line.then(LEAKED).json("attribute", archive)
    assert [item["recipient"] for item in found["copies"]] == ["P1"]


def test_a_foreign_file_is_no_link_and_exits_3(world: World, tmp_path: Path) -> None:
    path = tmp_path / "words.py"
    path.write_text("".join(f"def word_{n}(text):\n    return text[{n}:]\n\n" for n in range(80)))
    found = world.line.then(LEAKED).json("attribute", path, code=3)
    assert (found["verdict"], found["artifact"], found["cases"]) == ("NO_LINK", None, [])
    assert found["next_steps"]


def test_the_unmarked_original_names_nobody(world: World) -> None:
    original = world.place / "package" / "poc.py"
    found = world.line.then(LEAKED).json("attribute", original, code=3)
    assert found["verdict"] == "PROGRAM_ORIGIN_UNRESOLVED"
    assert found["copies"] == []


def test_too_large_an_empty_one_and_one_from_the_future_are_refused(
    world: World, tmp_path: Path
) -> None:
    own = world.copied(tmp_path)
    settings = own.line.home / "mapp.toml"
    text = settings.read_text()
    settings.write_text(text.replace(f"= {256 * MIB}", "= 1000"))
    large, empty = tmp_path / "large", tmp_path / "empty"
    large.write_bytes(b"x" * 1001)
    empty.write_bytes(b"")
    before = own.line.json("log", "verify")
    assert own.line.fails("sample", "submit", large)["reaction"] == "invalid"
    assert own.line.fails("sample", "submit", "-", stdin=b"x" * 1001)
    assert own.line.json("sample", "submit", "-", stdin=b"x" * 1000)["new"]
    size = own.line.json("log", "verify")["size"]
    assert size == before["size"] + 1
    assert "empty" in own.line.fails("sample", "submit", empty)["message"]
    assert "empty" in own.line.fails("sample", "submit", "-", stdin=b"")["message"]
    future = ("--observed", "2030-01-01T00:00:00Z")
    assert "future" in own.line.fails("sample", "submit", "-", *future, stdin=b"y")["message"]
    turned = ("--posted", "2026-06-05T00:00:00Z/2026-06-04T00:00:00Z")
    assert "swap" in own.line.fails("sample", "submit", "-", *turned, stdin=b"y")["message"]
    assert "alone" in own.line.fails("sample", "submit", "-", large)["message"]
    assert own.line.json("log", "verify")["size"] == size


def test_one_bad_path_among_several_stops_before_anything_is_scored(
    world: World, tmp_path: Path
) -> None:
    own = world.copied(tmp_path)
    leak = own.opened("P3") / "poc.py"
    line = own.line.then(LEAKED)
    before = line.json("case", "list")
    assert line.fails("attribute", leak, tmp_path / "nowhere.py")["reaction"] == "missing"
    assert line.json("case", "list") == before
