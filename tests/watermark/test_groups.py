"""Groups from the author's file to the stored map: declared, or given where sites are plenty."""

from collections import Counter

import pytest

from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark import (
    Group,
    PackageFile,
    SiteMap,
    capacity,
    lay_out,
    parse_package,
    sitemap_from_json,
    sitemap_to_json,
    survey,
)

KEY = bytes(range(32))


def surveyed(marks: str, length: int = 40, key: bytes = KEY) -> SiteMap:
    text = f'A = "{"a" * length}"\nB = "{"b" * 16}"\n'.encode()
    files = [PackageFile("a.txt", text), PackageFile("a.txt.marks.toml", marks.encode())]
    package = parse_package(files)
    return survey(package, lay_out(package, {}), key)


def mark(name: str, group: str = "", kind: str = "filler") -> str:
    line = f'group = "{group}"\n' if group else ""
    pattern = f"""'{name} = "({name.lower()}+)"'"""
    return f'[[mark]]\nname = "{name}"\nkind = "{kind}"\nmatch = {pattern}\n{line}'


def test_an_author_gives_a_point_to_a_group() -> None:
    found = surveyed(mark("A") + mark("B", "wave"))
    assert {site.group for site in found.sites if site.point == "B"} == {Group.WAVE}
    assert len(found.group_sites) == 16
    assert (len(found.code_sites), capacity(found.sites).code_sites) == (40, 40)


def test_few_sites_without_a_word_of_the_author_belong_to_no_group() -> None:
    assert surveyed(mark("A", kind="filler"), length=255).group_sites == ()


def test_of_many_sites_some_are_given_to_both_groups() -> None:
    found = surveyed(mark("A"), length=256)
    assert Counter(site.group for site in found.sites) == {
        None: 224,
        Group.WAVE: 16,
        Group.PROGRAM: 16,
    }
    assert found == surveyed(mark("A"), length=256)
    other = surveyed(mark("A"), length=256, key=bytes(32))
    assert [s.group for s in found.sites] != [s.group for s in other.sites]


def test_who_names_a_group_is_given_no_other() -> None:
    found = surveyed(mark("A") + mark("B", "program"), length=300)
    assert len(found.group_sites) == 16


def test_a_shared_site_has_even_chances() -> None:
    found = surveyed(mark("A"), length=256)
    assert {site.bias for site in found.group_sites} == {2**31}
    assert len({site.bias for site in found.code_sites}) == 3


@pytest.mark.parametrize(
    ("group", "kind", "says"),
    [("everybody", "filler", "'wave' or 'program'"), ("wave", "nonce", "tells copies apart")],
)
def test_what_cannot_be_shared_is_refused(group: str, kind: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        surveyed(mark("A") + mark("B", group, kind))


def test_a_map_with_groups_comes_back_and_one_without_says_nothing_of_them() -> None:
    found = surveyed(mark("A") + mark("B", "wave"))
    assert sitemap_from_json(sitemap_to_json(found)) == found
    assert b"group" in sitemap_to_json(found)
    assert b"group" not in sitemap_to_json(surveyed(mark("A")))
