"""A hundred recipients, ten alterations fixed beforehand: nobody wrong, nearly everybody found.

Four leakers here, twenty in ``bench/acceptance.py``. Each leaker's samples go to a workspace of
their own, in the order of the alterations, so the share of the bound shrinks up to t = 10.
"""

import pytest

from mapp_compliance.demo import ALTERATIONS
from tests.walks.acceptance import Call, Mark, marks_read, tried
from tests.walks.program import World, served

RECIPIENTS = 100
LEAKERS = (0, 33, 66, 99)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return served(tmp_path_factory.mktemp("acceptance") / "home", RECIPIENTS)


def test_every_recipient_holds_a_copy_that_differs_from_every_other(world):
    marked = {tuple(sorted(world.files(copy).items())) for copy in world.copies()}
    assert len(marked) == RECIPIENTS


@pytest.mark.parametrize("leaker", LEAKERS)
def test_ten_altered_leaks_of_a_copy_name_its_holder_and_nobody_else(world, leaker, tmp_path):
    own = world.copied(tmp_path / "home")
    copy = own.copies()[leaker]
    files = own.files(copy)
    results = [tried(own, copy, each.apply(files), each) for each in ALTERATIONS]
    assert [item for item in results if item.call is Call.WRONG] == []
    assert [item for item in results if item.call is Call.REFUSED] == []


@pytest.mark.parametrize("each", ALTERATIONS, ids=lambda each: each.name)
def test_no_mark_of_an_altered_copy_is_read_as_another_one(world, each):
    copies = world.copies()[:: RECIPIENTS // 3]
    marks = [marks_read(world, copy, each.apply(world.files(copy))) for copy in copies]
    assert [key for counted in marks for key in counted if key[2] is Mark.WRONG] == []
