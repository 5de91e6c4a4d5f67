"""Evidence over the leaks of several advisories: which leaks count, and what is told of them."""

from dataclasses import dataclass

import pytest

from mapp_compliance.distribution import Copy
from mapp_compliance.values import Window
from mapp_compliance.workflows.attribute import Attributed, attribute, replay
from tests.world import World

SHORT = 14  # letters; no single leak of so few names anybody


def package(number: int) -> dict[str, bytes]:
    """A script that shares nothing with those of the other numbers, with one short payload."""
    text = "".join(
        f"def part_{number}_{n}(one, two):\n    return one * {n + number} - two // {n + 2}\n"
        for n in range(9)
    )
    fill = b'FILL = "' + b"E" * SHORT + b'"\n'
    marks = b"[[mark]]\nname='f'\nkind='filler'\nmatch='FILL = \"(E{%d})\"'\n" % SHORT
    name = f"part{number}.py"
    rules = b"[package]\nclass = 'poc'\nmin_code_sites = 8\n"
    return {name: text.encode() + fill, f"{name}.marks.toml": marks, "mapp-package.toml": rules}


def served(advisories: int) -> tuple[World, dict[str, tuple[Copy, ...]]]:
    world = World()
    for name in ("P1", "P2", "P3"):
        world.partner(name)
    copies = {}
    for number in range(1, advisories + 1):
        world.advisory(f"A{number}")
        world.attach(f"A{number}", package(number))
        copies[f"A{number}"] = world.issue(f"A{number}")
    return world, copies


def leaked(world: World, copy: Copy) -> bytes:
    files = world.opened(copy).files
    return next(data for path, data in files.items() if path.endswith(".py"))


def judged(world: World, content: bytes) -> Attributed:
    now = world.later(days=1)
    sample = world.sample(content, posted=Window(now, now), observed=now)
    return attribute(world.desk, sample)


def strongest(found: Attributed) -> dict[str, object]:
    rows = found.document["across_leaks"]
    assert isinstance(rows, list)
    return rows[0]


@dataclass
class Told:
    """A leak of one and the same partner from each of three advisories, as they were judged."""

    world: World
    copies: dict[str, tuple[Copy, ...]]
    found: list[Attributed]


@pytest.fixture(scope="module")
def told() -> Told:
    world, copies = served(3)
    found = [judged(world, leaked(world, copies[name][0])) for name in copies]
    return Told(world, copies, found)


def test_one_advisory_alone_adds_up_to_nothing(told: Told) -> None:
    assert told.found[0].document["across_leaks"] == []


def test_leaks_of_three_advisories_add_up_and_name_nobody(told: Told) -> None:
    second, third = told.found[1:]
    assert [run.document["copies"] for run in told.found] == [[], [], []]
    assert (strongest(second)["leaks"], strongest(third)["leaks"]) == (2, 3)
    assert strongest(third)["log10_e"] > strongest(second)["log10_e"] > 3
    assert all(row["log10_e"] < 0 for row in third.document["across_leaks"][1:])


def test_a_second_leak_of_an_advisory_counts_no_second_time(told: Told) -> None:
    world, copies = told.world, told.copies
    again = judged(world, leaked(world, copies["A1"][0]) + b"# found again\n")
    assert strongest(again)["log10_e"] == strongest(told.found[2])["log10_e"]


def test_a_replay_counts_what_had_been_scored_then(told: Told) -> None:
    run = told.found[1].run
    assert replay(told.world.desk, run) == run.digest
