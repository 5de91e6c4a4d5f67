import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.errors import MappError
from mapp_compliance.watermark.package import (
    DELIMITERS,
    MANIFEST_NAME,
    MIN_CODE_SITES,
    Manifest,
    PackageClass,
    PackageFile,
    check_path,
    parse_manifest,
    parse_package,
)

FULL = b"""[package]
class = "prose"
self_test = ["python3", "poc.py", "--check"]
min_code_sites = 96
[[file]]
path = "poc.py"
[[file]]
path = "request.txt.j2"
delimiters = ["[[", "]]"]
[[file]]
path = "NOTICE.md"
unmarked = true
"""


def files(*paths: str, manifest: bytes | None = None) -> list[PackageFile]:
    listed = [PackageFile(path, b"x") for path in paths]
    return listed + ([PackageFile(MANIFEST_NAME, manifest)] if manifest is not None else [])


def fault(manifest: bytes, *paths: str) -> MappError:
    with pytest.raises(MappError) as caught:
        parse_package(files(*(paths or ("poc.py",)), manifest=manifest))
    return caught.value


def test_a_bare_file_is_a_package_of_one():
    package = parse_package(files("poc.py"))
    assert [file.path for file in package.files] == ["poc.py"]
    assert package.manifest == Manifest(PackageClass.POC, (), MIN_CODE_SITES, ())


def test_the_manifest_is_read_with_all_its_words():
    package = parse_package(files("poc.py", "request.txt.j2", "NOTICE.md", manifest=FULL))
    assert package.manifest.kind is PackageClass.PROSE
    assert package.manifest.self_test == ("python3", "poc.py", "--check")
    assert package.manifest.min_code_sites == 96
    assert package.rule("request.txt.j2").delimiters == ("[[", "]]", *DELIMITERS[2:])
    assert package.rule("NOTICE.md").unmarked
    assert not package.rule("poc.py").unmarked


def test_without_a_list_every_file_is_sent():
    package = parse_package(files("b.py", "a.py", manifest=b"[package]\n"))
    assert [file.path for file in package.files] == ["a.py", "b.py"]


def test_what_is_not_listed_is_left_out_and_told():
    package = parse_package(files("poc.py", "notes.txt", manifest=b'[[file]]\npath = "poc.py"\n'))
    assert [file.path for file in package.files] == ["poc.py"]
    assert "notes.txt is not listed" in package.warnings[0]


def test_a_listed_file_that_is_missing_is_an_error():
    assert "gone.py is listed but not there" in fault(b'[[file]]\npath = "gone.py"\n').message


def test_a_side_car_belongs_to_its_file_and_is_not_sent():
    package = parse_package(files("poc.py", "poc.py.marks.toml"))
    assert [file.path for file in package.files] == ["poc.py"]
    assert package.marks_of("poc.py") is not None


@pytest.mark.parametrize("path", ["poc.js", "poc.py.j2"])
def test_a_side_car_without_a_plain_file_of_its_name_is_refused(path):
    with pytest.raises(MappError, match=r"marks\.toml"):
        parse_package(files(path, f"{path.replace('.js', '.py')}.marks.toml"))


def test_an_empty_package_is_refused():
    with pytest.raises(MappError, match="no file to send"):
        parse_package(files(manifest=b"[package]\n"))


@pytest.mark.parametrize(
    "path", ["", "/etc/x", "../x", "a/../x", "a//x", "./x", "a\\x", "C:x", "a\0b", "a/", "\ud800"]
)
def test_a_path_that_leaves_its_folder_or_is_no_plain_name_is_refused(path):
    with pytest.raises(MappError, match="path"):
        check_path(path)


def test_control_characters_of_a_path_are_shown_escaped():
    with pytest.raises(MappError, match="⟨U\\+001B⟩"):
        check_path("../\x1b[31m")


@pytest.mark.parametrize(
    "paths", [("a.txt", "A.txt"), ("a.txt", "a.txt"), ("a.txt", "a.txt.j2"), ("a", "a/b")]
)
def test_paths_that_meet_on_some_system_are_refused(paths):
    with pytest.raises(MappError, match="rename one"):
        parse_package(files(*paths))


@pytest.mark.parametrize(
    ("manifest", "place", "words"),
    [
        (b'[package]\nclas = "poc"\n', "mapp-package.toml:2:clas", "did you mean 'class'?"),
        (b'[package]\nclass = "pox"\n', "mapp-package.toml:2:class", "did you mean 'poc'?"),
        (b"[package]\nself_test = 3\n", "mapp-package.toml:2:self_test", "a list of texts"),
        (b"[package]\nself_test = []\n", "mapp-package.toml:2:self_test", "empty"),
        (b"[package]\nmin_code_sites = true\n", "mapp-package.toml:2:min_code_sites", "whole"),
        (b"[package]\nmin_code_sites = 0\n", "mapp-package.toml:2:min_code_sites", "1 or more"),
        (b"\nclass = 'poc'\n", "mapp-package.toml:2:class", "outside a table"),
        (b"\n[pakage]\n", "mapp-package.toml:2:pakage", "did you mean 'package'?"),
        (b"[[file]]\nunmarked = true\n", "mapp-package.toml:1", "'path' is missing"),
        (b'[[file]]\n\npath = "../x"\n', "mapp-package.toml:3:path", "not safe"),
        (b'[[file]]\npath = "a.marks.toml"\n', "mapp-package.toml:2:path", "never sent"),
        (
            b'[[file]]\npath = "a.j2"\ndelimiters = ["[["]\n',
            "mapp-package.toml:3:delimiters",
            "pairs of start and end",
        ),
        (
            b'[[file]]\npath = "a.txt"\ndelimiters = ["[[", "]]"]\n',
            "mapp-package.toml:3:delimiters",
            "only a .j2 template",
        ),
        (b'[package]\nclass = "\n', "mapp-package.toml:2", "not TOML"),
    ],
)
def test_a_fault_of_the_manifest_names_file_line_and_key(manifest, place, words):
    error = fault(manifest)
    assert error.where == place
    assert words in error.message


def test_a_file_listed_twice_is_refused():
    assert (
        "listed twice" in fault(b'[[file]]\npath = "poc.py"\n[[file]]\npath = "poc.py"\n').message
    )


@settings(derandomize=True, max_examples=200)
@given(st.binary(max_size=80) | st.text('[]package="\n file1.', max_size=60).map(str.encode))
def test_noise_gives_a_manifest_or_our_error(data):
    with contextlib.suppress(MappError):
        assert isinstance(parse_manifest(data), Manifest)
