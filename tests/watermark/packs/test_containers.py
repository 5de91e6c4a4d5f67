import gzip
import io
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.attribution import Part
from mapp_compliance.attribution.unwrap import unwrap
from mapp_compliance.errors import Broken, InvalidInput
from mapp_compliance.watermark import (
    FailedCheck,
    Package,
    PackageFile,
    check_static,
    inner_originals,
    lay_out,
    layout_from_json,
    layout_to_json,
    mark,
    original,
    parse_package,
    read,
    survey,
)
from tests.watermark.packs import boxes

TOOLS = {
    ".zip": ["unzip", "-tq"],
    ".tar": ["tar", "-tf"],
    ".gz": ["tar", "-tzf"],
}


def unpacked(package: Package) -> dict[str, bytes]:
    (file,) = package.files
    return (boxes.from_zip if file.path.endswith(".zip") else boxes.from_tar)(file.data)


def test_what_was_marked_is_read_from_the_archive(package, site_map):
    word = boxes.word(site_map, "one")
    leak = mark(package, site_map, word).files[0]
    parts = unwrap([Part(leak.data, leak.path)]).parts
    assert read(parts, site_map).symbols == word.symbols


def test_what_was_marked_is_read_from_a_member_alone(package, site_map):
    word = boxes.word(site_map, "one")
    script = unpacked(mark(package, site_map, word))["src/poc.py"]
    assert read([Part(script, "poc.py")], site_map).symbols == word.symbols


def test_the_same_word_gives_the_same_bytes_from_the_stored_layout(package, site_map):
    word = boxes.word(site_map, "one")
    stored = layout_from_json(layout_to_json(site_map.layout))
    assert stored == site_map.layout
    assert mark(package, site_map, word) == mark(package, site_map, word)
    assert mark(package, site_map, word) != mark(package, site_map, boxes.word(site_map, "two"))


def test_members_without_marks_keep_every_byte(package, site_map):
    held = unpacked(mark(package, site_map, boxes.word(site_map, "one")))
    assert list(held) == list(boxes.FILES)
    assert {name for name in held if held[name] != boxes.FILES[name]} == {"src/poc.py"}


def test_the_original_is_the_authors_file_and_its_members_are_known(package, site_map):
    assert original(package, site_map).files == package.files
    members = {file.path.split("!/")[1]: file.data for file in inner_originals(site_map)}
    assert members == boxes.FILES


def test_copies_pass_their_checks(package, site_map):
    for instance in ("one", "two", "three"):
        check_static(mark(package, site_map, boxes.word(site_map, instance)), package)


def test_a_copy_that_lost_a_member_fails_its_check(package, site_map):
    (file,) = mark(package, site_map, boxes.word(site_map, "one")).files
    less = {name: data for name, data in boxes.FILES.items() if name != "end.bin"}
    again = boxes.zipped(less) if file.path.endswith(".zip") else boxes.tarred(less)
    with pytest.raises(FailedCheck, match="same members"):
        check_static(Package((PackageFile(file.path, again),)), package)


def test_a_changed_archive_is_not_the_one_that_was_surveyed(package, site_map):
    (file,) = package.files
    changed = Package((PackageFile(file.path, file.data + b"\0"),), package.manifest, package.marks)
    with pytest.raises(Broken, match="surveyed"):
        mark(changed, site_map, boxes.word(site_map, "one"))


@pytest.mark.needs_tool
def test_the_usual_tools_open_a_copy(package, site_map, tmp_path):
    (file,) = mark(package, site_map, boxes.word(site_map, "one")).files
    path = tmp_path / file.path
    path.write_bytes(file.data)
    command = TOOLS[Path(file.path).suffix]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    subprocess.run([*command, str(path)], check=True, capture_output=True)


def test_names_times_modes_and_comment_of_a_zip_file_stay(tmp_path):
    package = _package("a.zip", boxes.zipped())
    site_map = survey(package, lay_out(package, {}), bytes(32))
    copy = mark(package, site_map, boxes.word(site_map, "one")).files[0].data
    before, after = (zipfile.ZipFile(io.BytesIO(data)) for data in (boxes.zipped(), copy))
    assert after.comment == before.comment
    assert [_kept(info) for info in after.infolist()] == [_kept(i) for i in before.infolist()]


def test_a_zip_file_that_was_written_to_a_stream_is_marked_too():
    out = io.BytesIO()
    with zipfile.ZipFile(_Stream(out), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in boxes.FILES.items():
            archive.writestr(name, data)
    package = _package("a.zip", out.getvalue())
    site_map = survey(package, lay_out(package, {}), bytes(32))
    held = unpacked(mark(package, site_map, boxes.word(site_map, "one")))
    assert held["end.bin"] == boxes.FILES["end.bin"]
    assert held["src/poc.py"] != boxes.POC


def test_links_and_folders_of_a_tar_file_stay():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind in (("src", tarfile.DIRTYPE), ("link", tarfile.SYMTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd" if kind == tarfile.SYMTYPE else ""
            archive.addfile(info)
        info = tarfile.TarInfo("./src/poc.py")
        info.size = len(boxes.POC)
        archive.addfile(info, io.BytesIO(boxes.POC))
    package = _package("a.tar", out.getvalue())
    site_map = survey(package, lay_out(package, {}), bytes(32))
    copy = mark(package, site_map, boxes.word(site_map, "one")).files[0].data
    with tarfile.open(fileobj=io.BytesIO(copy)) as archive:
        assert [(info.name, info.type) for info in archive] == [
            ("src", tarfile.DIRTYPE),
            ("link", tarfile.SYMTYPE),
            ("./src/poc.py", tarfile.REGTYPE),
        ]


def test_marks_reach_archives_in_archives():
    inner = boxes.gzipped(boxes.tarred())
    whole = boxes.zipped({"a.txt": b"text", "more/in.tar.gz": inner})
    marks = boxes.MARKS.replace(b'file = "', b'file = "more/in.tar.gz!/')
    package = _package("a.zip", whole, marks)
    site_map = survey(package, lay_out(package, {}), bytes(32))
    word = boxes.word(site_map, "one")
    copy = mark(package, site_map, word)
    check_static(copy, package)
    assert original(package, site_map).files == package.files
    assert read(unwrap([Part(copy.files[0].data, "x")]).parts, site_map).symbols == word.symbols


def test_one_file_packed_by_gzip_is_marked():
    marks = boxes.MARKS.replace(b"src/poc.py", b"poc.py")
    package = _package("in/poc.py.gz", boxes.gzipped(boxes.POC), marks)
    site_map = survey(package, lay_out(package, {}), bytes(32))
    copy = mark(package, site_map, boxes.word(site_map, "one")).files[0].data
    assert copy == mark(package, site_map, boxes.word(site_map, "one")).files[0].data
    assert b"FILLER" in gzip.decompress(copy)


def test_members_carry_natural_marks_where_loose_files_would():
    text = b"".join(b"def f%d(x):\n    return x == 'a%d'\n" % (n, n) for n in range(12))
    package = parse_package([PackageFile("a.zip", boxes.zipped({"m.py": text, "n.txt": text}))])
    layout = lay_out(package, {})
    forked = [file.path for file in layout.files if any(file.forks())]
    assert forked == ["a.zip!/m.py"]
    site_map = survey(package, layout, bytes(32))
    check_static(mark(package, site_map, boxes.word(site_map, "one")), package)


def test_the_manifest_turns_natural_marks_of_members_off():
    manifest = b'[[file]]\npath = "a.zip"\nmarks = []\n'
    files = [PackageFile("a.zip", boxes.zipped({"m.py": b"print('a')\n"}))]
    package = parse_package([*files, PackageFile("mapp-package.toml", manifest)])
    assert lay_out(package, {}).points == ()


@settings(max_examples=30, deadline=None)
@given(
    names=st.lists(
        st.from_regex(r"[a-z]{1,8}\.(txt|py|bin)", fullmatch=True), unique=True, max_size=5
    ),
    data=st.data(),
)
def test_any_archive_gives_back_its_other_members(names, data):
    files = {name: data.draw(st.binary(max_size=3000)) for name in names}
    place = data.draw(st.integers(0, len(names)))
    rows = [*files.items()]
    rows.insert(place, ("src/poc.py", boxes.POC))
    form = data.draw(st.sampled_from(["a.zip", "a.tar", "a.tar.gz"]))
    made = {
        "a.zip": boxes.zipped,
        "a.tar": boxes.tarred,
        "a.tar.gz": lambda held: boxes.gzipped(boxes.tarred(held)),
    }[form](dict(rows))
    package = _package(form, made, extra=b'[[file]]\npath = "%s"\nmarks = []\n' % form.encode())
    site_map = survey(package, lay_out(package, {}), bytes(32))
    held = unpacked(mark(package, site_map, boxes.word(site_map, "one")))
    assert list(held) == [name for name, _ in rows]
    assert all(held[name] == content for name, content in files.items())


def test_marks_without_their_member_are_refused():
    with pytest.raises(InvalidInput, match="no member is called"):
        lay_out(_package("a.zip", boxes.zipped({"a.txt": b"x"})), {})


def test_marks_without_a_file_are_refused():
    with pytest.raises(InvalidInput, match="'file' is missing"):
        lay_out(_package("a.zip", boxes.zipped(), boxes.MARKS.replace(b"file", b"# ")), {})


def test_a_file_key_beside_a_plain_file_is_refused():
    with pytest.raises(InvalidInput, match="unknown key 'file'"):
        lay_out(_package("a.txt", boxes.POC), {})


def test_a_side_car_inside_an_archive_is_refused_for_it_would_be_sent():
    files = {**boxes.FILES, "src/poc.py.marks.toml": boxes.MARKS}
    with pytest.raises(InvalidInput, match="would be sent"):
        lay_out(parse_package([PackageFile("a.zip", boxes.zipped(files))]), {})


def _package(path: str, data: bytes, marks: bytes = boxes.MARKS, extra: bytes = b"") -> Package:
    files = [PackageFile(path, data), PackageFile(f"{path}.marks.toml", marks)]
    return parse_package([*files, *([PackageFile("mapp-package.toml", extra)] if extra else [])])


def _kept(info: zipfile.ZipInfo) -> tuple[object, ...]:
    return info.filename, info.date_time, info.external_attr, info.create_system


class _Stream(io.RawIOBase):
    """A file that cannot seek, as a pipe: sizes are then written behind each member."""

    def __init__(self, out: io.BytesIO) -> None:
        self._out = out

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return self._out.write(data)  # type: ignore[arg-type]

    def flush(self) -> None:
        return None
