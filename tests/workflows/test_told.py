"""What is told of chances: rounded up, and nothing below 1e-12."""

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.workflows.attribute import Attributed, attribute, find_sample
from mapp_compliance.workflows.explain import explain, lines_of
from mapp_compliance.workflows.figures import curve, down, log10, up
from mapp_compliance.workflows.verdictdoc import document_of
from tests.world import World

World_ = tuple[World, Attributed]


@pytest.fixture(scope="module")
def named() -> World_:
    world = World()
    copy = world.issued()[0]
    world.later(days=1)
    leaked = dict(world.opened(copy).files)["payload/note.txt"]
    return world, attribute(world.desk, world.sample(leaked))


def test_the_pictures_end_where_nothing_smaller_is_told(named: World_) -> None:
    world, found = named
    own = explain(world.desk, find_sample(world.desk, found.run.sample), copy_of(found))
    for null in (found.document["null"], document_of(world.desk, found.run)["null"], own["null"]):
        assert min(null["log10_tail"]) >= -12  # type: ignore[index]
        assert len(null["score"]) == len(null["log10_tail"]) > 1  # type: ignore[index]


def copy_of(found: Attributed) -> str:
    copies: Any = found.document["copies"]
    return str(copies[0]["copy"])


@pytest.mark.parametrize("p", [1.24e-07, 9.91e-9])
def test_an_explanation_rounds_no_chance_down(named: World_, p: float) -> None:
    world, found = named
    own = explain(world.desk, find_sample(world.desk, found.run.sample), copy_of(found))
    joint = {"opens": [], "p_set": p, "weight": 0.001239, "model": "m"}
    own |= {"p_of_record": up(Fraction(p)), "joint": joint}
    told = " ".join(lines_of(own)).replace(";", " ").split()
    shown = [float(told[at + 1]) for at, word in enumerate(told) if word == "<="]
    assert len(shown) == 2
    assert min(shown) >= p
    assert float(told[told.index("weight") + 1]) <= 0.001239
    assert float(told[told.index("of", told.index("bound")) + 1]) >= own["needed"]["bound"]


@given(st.floats(1e-12, 1.0))
def test_a_logarithm_is_rounded_up(p: float) -> None:
    assert math.log10(p) - 1e-11 <= log10(p) <= math.log10(p) + 0.001


@given(st.floats(1e-300, 1.0))
def test_a_weight_is_rounded_down(weight: float) -> None:
    assert weight * 0.98 <= down(weight) <= weight


@given(st.floats(-11.9, 0.0))
def test_a_point_of_a_curve_is_rounded_up_once(tail: float) -> None:
    (once,) = curve([(1, tail)])["log10_tail"]
    assert tail - 1e-8 <= once <= tail + 0.001
    assert curve([(1, once)])["log10_tail"] == [once]
