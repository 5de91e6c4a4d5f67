import shutil
import subprocess

import pytest

from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark import (
    Layout,
    Package,
    PackageFile,
    lay_out,
    mark,
    natural_warnings,
    parse_package,
    survey,
)
from mapp_compliance.watermark.carriers.patches import messages
from mapp_compliance.watermark.sites import LaidOutFile, Point, PointKind, Slot
from tests.watermark.packs.boxes import word

HEAD = b"""From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001
From: A <a@b.example>
Subject: [PATCH] Check the length first

The length was used before it was checked.
---
 x.c | 2 +-
"""
CODE = b"""diff --git a/x.c b/x.c
--- a/x.c
+++ b/x.c
@@ -1,3 +1,3 @@
 one
-two
+The length was used
 three
"""
FIRST = HEAD.split(b"\n")[0]


def package_of(data: bytes, match: str) -> Package:
    marks = f'''[[mark]]
name = "w"
kind = "variant"
match = "{match}"
values = ["was used", "had been taken"]
'''
    manifest = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")
    files = [PackageFile("f.patch", data), PackageFile("f.patch.marks.toml", marks.encode())]
    return parse_package([*files, manifest])


def test_the_message_of_a_patch_may_be_marked():
    package = package_of(HEAD + CODE, "length (was used) before")
    site_map = survey(package, lay_out(package, {}), bytes(32))
    copies = {mark(package, site_map, word(site_map, str(n))).files[0].data for n in range(20)}
    assert copies == {HEAD + CODE, HEAD.replace(b"was used", b"had been taken") + CODE}


def test_a_mark_in_the_code_is_refused_with_its_line():
    with pytest.raises(InvalidInput, match=r"line 14 of f\.patch stands in the code"):
        lay_out(package_of(HEAD + CODE, "[+]The length (was used)"), {})


def test_a_template_of_a_patch_keeps_to_its_message_too():
    package = parse_package([PackageFile("f.patch.j2", b"x")])
    point = Point("w", PointKind.CHOICE, values=(b"a", b"b"))
    made = Layout((LaidOutFile("f.patch", (HEAD + CODE + b"+", Slot("w"), b"\n")),), (point,))
    with pytest.raises(InvalidInput, match="in the code"):
        lay_out(package, {"f.patch.j2": made})


def test_each_mail_of_a_series_has_its_message():
    series = (HEAD + CODE) * 2
    assert [series[a:b] for a, b in messages(series)] == [HEAD.removeprefix(FIRST + b"\n")] * 2


@pytest.mark.parametrize("data", [b"", CODE, b"@@", FIRST, FIRST + b"\n"])
def test_a_patch_without_a_message_has_no_place(data):
    assert list(messages(data)) == []


def test_the_author_is_told_how_little_it_is():
    package = package_of(HEAD + CODE, "length (was used) before")
    (told,) = natural_warnings(package, {})
    assert "1 code sites" in told


@pytest.mark.needs_tool
def test_a_marked_patch_still_applies(tmp_path):
    if shutil.which("patch") is None:
        pytest.skip("patch is not installed")
    package = package_of(HEAD + CODE, "length (was used) before")
    site_map = survey(package, lay_out(package, {}), bytes(32))
    (tmp_path / "x.c").write_text("one\ntwo\nthree\n")
    for copy in {mark(package, site_map, word(site_map, str(n))).files[0].data for n in range(9)}:
        command = ["patch", "--dry-run", "-p1"]
        subprocess.run(command, input=copy, cwd=tmp_path, check=True, capture_output=True)
