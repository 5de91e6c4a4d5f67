"""Copies of the demo's packages: they work, they agree with themselves, they hold enough sites."""

import subprocess
import sys
from pathlib import Path

import pytest

from mapp_compliance.adapters.render import compile_template
from mapp_compliance.demo import ALTERATIONS, package_files, payload_of
from mapp_compliance.watermark import (
    Package,
    PackageFile,
    SiteMap,
    file_capacity,
    lay_out,
    layout_warnings,
    mark,
    original,
    parse_package,
    random_words,
    survey,
)

SMALL_FOLDER = Path(__file__).parents[1] / "walks" / "packages" / "small"
COPIES = 6


def surveyed(files: dict[str, bytes]) -> tuple[Package, SiteMap]:
    package = parse_package([PackageFile(path, data) for path, data in files.items()])
    templates = {
        file.path: compile_template(
            file.path, file.data.decode(), package.rule(file.path).delimiters
        )
        for file in package.files
        if file.is_template
    }
    layout = lay_out(package, templates)
    assert layout_warnings(layout) == ()
    return package, survey(package, layout, site_key=bytes(32))


def files_of(package: Package) -> dict[str, bytes]:
    return {file.path: file.data for file in package.files}


DEMO, DEMO_MAP = surveyed(package_files())
SMALL, SMALL_MAP = surveyed({path.name: path.read_bytes() for path in SMALL_FOLDER.iterdir()})
WORDS = list(random_words(DEMO_MAP, b"demo", COPIES))
MARKED = [files_of(mark(DEMO, DEMO_MAP, each.word)) for each in WORDS]


def self_test(package: Package, files: dict[str, bytes], folder: Path) -> int:
    for path, data in files.items():
        (folder / path).write_bytes(data)
    command = [sys.executable, *package.manifest.self_test[1:]]
    return subprocess.run(command, cwd=folder, env={}, check=False).returncode


def sites_in(path: str) -> int:
    (file,) = (file for file in DEMO_MAP.layout.files if file.path == path)
    return file_capacity(DEMO_MAP, file).code_sites


def test_the_script_alone_holds_the_sites_that_the_manifest_asks_for():
    assert sites_in("poc.py") >= DEMO.manifest.min_code_sites == 96


def test_the_advisory_alone_holds_two_dozen_sites():
    assert sites_in("ADVISORY.md") >= 24


def test_the_captured_request_holds_the_sites_of_the_script():
    assert sites_in("request.txt") == sites_in("poc.py")


@pytest.mark.parametrize("files", MARKED)
def test_a_copy_passes_its_self_test(files, tmp_path):
    assert self_test(DEMO, files, tmp_path) == 0


@pytest.mark.parametrize("files", MARKED)
def test_the_captured_request_of_a_copy_is_its_payload(files):
    assert files["request.txt"] == payload_of(files)


def test_the_vendor_original_passes_its_self_test(tmp_path):
    files = files_of(original(DEMO, DEMO_MAP))
    assert self_test(DEMO, files, tmp_path) == 0


def test_a_copy_of_the_small_package_passes_its_self_test(tmp_path):
    (word,) = random_words(SMALL_MAP, b"small", 1)
    assert self_test(SMALL, files_of(mark(SMALL, SMALL_MAP, word.word)), tmp_path) == 0


def test_a_copy_with_the_request_of_another_fails_its_self_test(tmp_path):
    mixed = MARKED[0] | {"request.txt": MARKED[1]["request.txt"]}
    assert self_test(DEMO, mixed, tmp_path) == 1


def test_files_listed_as_unmarked_are_equal_in_all_copies():
    assert len({(files["NOTICE.md"], files["toy_target.py"]) for files in MARKED}) == 1


@pytest.mark.parametrize("each", ALTERATIONS, ids=lambda each: each.name)
def test_an_altered_copy_still_differs_from_every_other_copy(each):
    leaks = {tuple(each.apply(files).values()) for files in MARKED}
    assert len(leaks) == COPIES


@pytest.mark.parametrize("name", ["restyled", "unparsed"])
def test_a_rewritten_script_of_a_copy_sends_the_same_payload(name):
    (each,) = (each for each in ALTERATIONS if each.name == name)
    (script,) = each.apply(MARKED[0]).values()
    assert payload_of({"poc.py": script}) == payload_of(MARKED[0])
