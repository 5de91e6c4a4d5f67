"""The scenarios are complete, ordered, and keep what is expected apart."""

import pytest

from mapp_compliance.demo.alterations import ALTERATIONS
from mapp_compliance.demo.scenario import (
    CopyLeak,
    FileLeak,
    load_scenario,
    sample_file,
    scenario_names,
)
from mapp_compliance.demo.world import recipients
from mapp_compliance.errors import NotFound

STORIES = [load_scenario(name) for name in scenario_names()]
LEAKS = [variant.leak for story in STORIES for variant in story.variants]


def test_there_are_two_scenarios():
    assert scenario_names() == ("not-ours", "rdp-2012")


def test_an_unknown_scenario_is_not_found():
    with pytest.raises(NotFound, match="rdp-2012"):
        load_scenario("rdp-2013")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_events_stand_in_order_and_copies_go_out_before_anything_is_seen(story):
    times = [event.at for event in story.events]
    assert times == sorted(times)
    assert story.moment("release") == story.advisory.release_at
    for variant in story.variants:
        assert variant.posted.surely_after(story.moment("distribution"))
        assert variant.observed >= variant.posted.start


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_leakers_and_named_recipients_are_people_of_the_story(story):
    people = {person.id for person in recipients(story.seed, story.terms)}
    leakers = {
        variant.leak.recipient for variant in story.variants if isinstance(variant.leak, CopyLeak)
    }
    named = {copy for variant in story.variants for copy in variant.expect.copies}
    assert leakers | named <= people


def test_every_alteration_of_a_story_exists():
    used = {leak.alteration for leak in LEAKS if isinstance(leak, CopyLeak)}
    assert used <= {each.name for each in ALTERATIONS}


def test_every_file_of_a_story_is_there():
    assert all(sample_file(leak) for leak in LEAKS if isinstance(leak, FileLeak))


def test_a_missing_event_is_not_found():
    with pytest.raises(NotFound, match="appeal"):
        STORIES[0].moment("appeal")
