"""What a parcel holds, byte for byte."""

import io
import tarfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.distribution import Payload, pack, packed, unpack
from mapp_compliance.distribution import parcel as parcels
from mapp_compliance.errors import Broken, InvalidInput, MappError
from mapp_compliance.trust import digest
from mapp_compliance.values import Digest
from tests.trust.noise import each_byte_changed, noise, seeded

FILES = {
    "TERMS.txt": b"be kind",
    "payload/poc.py": b"print()\n" * 100,
    "payload/sub/empty": b"",
    "statement.dsse.json": bytes(range(256)) * 3,
}
PARCEL = pack(FILES)
LARGE_BYTES = parcels.LARGE_BYTES
names = st.from_regex(r"[a-z]{1,8}(/[a-z .é-]{1,8}){0,3}", fullmatch=True)


def tar(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.USTAR_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def member(name: str, data: bytes = b"x", **changes: object) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.mode = 0o644
    for field, value in changes.items():
        setattr(info, field, value)
    return info, data


def test_the_order_of_the_files_does_not_matter() -> None:
    assert pack(dict(reversed(FILES.items()))) == PARCEL


def test_a_parcel_has_the_same_bytes_on_every_machine() -> None:
    assert digest(pack({"a/b.txt": b"text"})).hex == (
        "1dae7ca19881ffd9ea5e163cec1822b748322636b4c79030360d159f5e8d203f"
    )


def test_a_payload_has_the_same_digest_on_every_machine() -> None:
    listed = b'{"a/b.txt":"' + digest(b"text").hex.encode() + b'"}'
    assert Payload.of({"a/b.txt": b"text"}).digest() == digest(b"mapp/payload/v1\0" + listed)


def test_a_copy_of_an_older_version_is_known_by_the_digest_of_its_archive() -> None:
    payload = Payload.of(FILES)
    assert payload.is_committed(digest(PARCEL))
    assert payload.is_committed(payload.digest())
    assert not payload.is_committed(digest(b"another archive"))


@pytest.mark.parametrize(
    "changed", [{"a": b"1"}, {"a": b"1", "b": b"3"}, {"a": b"1", "c": b"2"}, {"a": b"2", "b": b"1"}]
)
def test_other_files_or_names_have_another_payload_digest(changed: dict[str, bytes]) -> None:
    assert Payload.of(changed).digest() != Payload.of({"b": b"2", "a": b"1"}).digest()


def test_bytes_that_copies_share_are_hashed_once_and_rightly() -> None:
    shared = b"the same in all copies"
    known: dict[int, Digest] = {}
    copies = [{"own": b"copy %d" % number, "shared": shared} for number in range(3)]
    payloads = [Payload.of(files, known) for files in copies]
    assert [payload.digests for payload in payloads] == [
        {path: digest(data) for path, data in files.items()} for files in copies
    ]
    assert len(known) == 4


@seeded
@given(
    files=st.dictionaries(st.sampled_from("abc"), st.integers(0, 3 * LARGE_BYTES)),
    size=st.sampled_from([511, 8192, 10**7, -1]),
)
def test_an_archive_read_in_pieces_is_the_archive(files: dict[str, int], size: int) -> None:
    made = {name: name.encode() * count for name, count in files.items()}
    archive = packed(made)
    assert b"".join(iter(lambda: archive.read(size), b"")) == pack(made)


@seeded
@given(files=st.dictionaries(names, st.binary(max_size=1500), max_size=5))
def test_what_was_packed_comes_out(files: dict[str, bytes]) -> None:
    with suppress(MappError):  # "a. /b" and the like are refused on both ways
        assert unpack(pack(files)) == files


@pytest.mark.parametrize("length", range(0, len(PARCEL), 512))
def test_a_parcel_cut_at_a_block_is_never_taken_for_a_whole_one(length: int) -> None:
    with pytest.raises(InvalidInput):
        unpack(PARCEL[:length])


@pytest.mark.parametrize("more", [b"x", b"\0" * 512, PARCEL])
def test_nothing_may_follow_a_parcel(more: bytes) -> None:
    with pytest.raises(InvalidInput):
        unpack(PARCEL + more)


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../x", "a/../../x", "a\\b", "a//b", "./a", ".", "a/.", "..", "a\nb"]
)
def test_a_name_that_is_no_plain_path_inside_is_broken(name: str) -> None:
    with pytest.raises(Broken, match="no plain file"):
        unpack(tar(member(name)))


@pytest.mark.parametrize(
    "kind",
    [
        *(tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE),
        *(tarfile.CHRTYPE, tarfile.BLKTYPE),
    ],
)
def test_links_folders_and_devices_are_broken(kind: bytes) -> None:
    with pytest.raises(Broken, match="no plain file"):
        unpack(tar(member("a", b"", type=kind, linkname="TERMS.txt")))


@pytest.mark.parametrize(
    "archive",
    [
        tar(member("a"), member("a", b"other")),
        tar(member("b"), member("a")),
        tar(member("a", mode=0o755)),
        tar(member("a", mtime=1)),
        tar(member("a", uname="me")),
        tar(member("a" * 150), form=tarfile.GNU_FORMAT),
        tar(member("a" * 150), form=tarfile.PAX_FORMAT),
        tar(),
    ],
    ids=["twice", "order", "mode", "time", "owner", "gnu", "pax", "empty"],
)
def test_an_archive_that_we_would_have_packed_otherwise_is_refused(archive: bytes) -> None:
    with pytest.raises(InvalidInput):
        unpack(archive)


@pytest.mark.parametrize("limit", ["MOST_BYTES", "MOST_FILES"])
def test_a_parcel_beyond_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(parcels, limit, 3)
    with pytest.raises(InvalidInput, match="more than a parcel may"):
        unpack(PARCEL)


@pytest.mark.parametrize(
    "name", ["a" * 256, "/a", "../a", "", "a\0b", "a" * 101, "\udcff", "a//b", "a\nb"]
)
def test_a_name_that_could_not_be_unpacked_is_not_packed(name: str) -> None:
    with pytest.raises(InvalidInput):
        pack({name: b""})


def test_every_changed_byte_of_a_header_is_seen() -> None:
    whole = pack({"a": b"text"})
    for changed in each_byte_changed(whole[:512]):
        with pytest.raises(MappError):
            unpack(changed + whole[512:])


@seeded
@given(data=noise(PARCEL, pack({"a": b"x"}), tar(member("a" * 150), form=tarfile.PAX_FORMAT)))
def test_noise_gives_files_or_our_error(data: bytes) -> None:
    with suppress(MappError):
        assert pack(unpack(data)) == data
