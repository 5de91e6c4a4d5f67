"""A bare Python file goes the whole way: attached, issued, leaked, and its copy named."""

import ast
import importlib.util
import json
import re
from pathlib import Path

import pytest

from mapp_compliance.distribution import Copy
from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark import TooFewSites, carrier_name
from mapp_compliance.workflows.attribute import attribute
from tests.world import World


def module(name: str) -> bytes:
    return Path(importlib.util.find_spec(name).origin).read_bytes()


def leaked(world: World, copy: Copy) -> bytes:
    files = world.opened(copy).files
    return next(data for path, data in files.items() if path.endswith("tool.py"))


@pytest.fixture(scope="module")
def issued():
    world = World()
    world.partner("P1")
    world.partner("P2")
    world.advisory()
    attached = world.attach(files={"tool.py": module("shlex"), "notes.txt": b"Read me first.\n"})
    copies = {copy.recipient: copy for copy in world.issue()}
    return world, attached, copies


def test_attaching_tells_the_carrier_and_the_sites_of_each_file(issued):
    _, attached, _ = issued
    names = [carrier_name(attached.package, file) for file in attached.package.files]
    assert names == ["none", "python"]
    assert len(attached.site_map.code_sites) > 60
    assert attached.warnings == ()
    assert dict(attached.site_map.engines).keys() >= {"tree-sitter", "tree-sitter-python"}


def test_every_recipient_gets_another_file_that_means_the_same(issued):
    world, _, copies = issued
    files = [leaked(world, copy) for copy in copies.values()]
    assert len({*files, module("shlex")}) == 3
    assert all(ast.parse(data) for data in files)


@pytest.mark.parametrize("recipient", ["P1", "P2"])
def test_a_reformatted_leak_is_traced_to_the_copy_it_came_from(issued, recipient):
    world, _, copies = issued
    world.later(hours=1)
    data = leaked(world, copies[recipient])
    sample = world.sample(ast.unparse(ast.parse(data)).encode())
    found = json.loads(attribute(world.desk, sample).run.document)
    assert found["verdict"] == "COPY_IDENTIFIED"
    assert [item["copy"] for item in found["copies"]] == [copies[recipient].id]


def test_a_file_with_few_forms_is_refused_with_what_is_missing():
    world = World()
    world.advisory()
    with pytest.raises(TooFewSites, match="add 23 more"):
        world.attach(files={"tool.py": b"print('x')\n"})


def test_a_file_that_cannot_be_parsed_says_so_beside_what_is_missing():
    world = World()
    world.advisory()
    with pytest.raises(TooFewSites, match="line 1 does not parse"):
        world.attach(files={"tool.py": b"print 'x'\n"})


def test_a_file_that_a_formatter_nearly_clears_is_told():
    world = World()
    world.advisory()
    text = b"".join(b"f('number%d')\n" % number for number in range(40))
    (told,) = world.attach(files={"tool.py": text}).warnings
    assert told.startswith("tool.py: a formatter leaves 0 of 40 natural marks")


def test_forms_that_no_copy_would_show_are_left_out_and_told():
    world = World()
    world.advisory()
    rows = b"".join(b"    (16, 32, 48, 64),\n" for _ in range(30))
    attached = world.attach(files={"tool.py": b"TABLE = [\n" + rows + b"]\n" + module("shlex")})
    (told,) = attached.warnings
    assert re.match(
        r"tool\.py: \d\d of 283 natural marks are left out, since copies would not", told
    )
    assert len(attached.site_map.code_sites) > 60


def test_the_manifest_takes_natural_marks_out_and_names_families(issued):
    del issued
    world = World()
    world.advisory()
    manifest = b"[package]\nmin_code_sites = 4\n[[file]]\npath = 'tool.py'\nmarks = ['branch']\n"
    files = {"mapp-package.toml": manifest, "tool.py": module("shlex")}
    attached = world.attach(files=files)
    assert {site.channel for site in attached.site_map.sites} == {"branch"}
    none = manifest.replace(b"['branch']", b"[]")
    with pytest.raises(TooFewSites, match="has 0 code sites"):
        world.attach(files=files | {"mapp-package.toml": none})


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (b"path = 'tool.py'\nmarks = ['quote']\n", "did you mean 'quotes'"),
        (b"path = 'notes.txt'\nmarks = ['quotes']\n", "no language that has natural marks"),
        (b"path = 'tool.py'\nunmarked = true\nmarks = ['quotes']\n", "take one of the two"),
    ],
)
def test_a_fault_in_the_families_is_told(rule, why):
    world = World()
    world.advisory()
    files = {
        "mapp-package.toml": b"[[file]]\n" + rule,
        "tool.py": module("shlex"),
        "notes.txt": b"text",
    }
    with pytest.raises(InvalidInput, match=why):
        world.attach(files=files)
