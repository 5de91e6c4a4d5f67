"""The scenarios are complete, ordered, and keep what is expected apart."""

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from mapp_compliance.attribution import VerdictKind
from mapp_compliance.demo.alterations import ALTERATIONS
from mapp_compliance.demo.partial import TREATMENTS
from mapp_compliance.demo.scenario import (
    CopyLeak,
    FileLeak,
    StageLeak,
    load_scenario,
    sample_file,
    scenario_names,
    stage_files,
)
from mapp_compliance.demo.world import recipients
from mapp_compliance.errors import NotFound

STORIES = [load_scenario(name) for name in scenario_names()]
VARIANTS = [(story, variant) for story in STORIES for variant in story.variants]
LEAKS = [variant.leak for _, variant in VARIANTS]
each_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
TOLD = {kind.value for kind in VerdictKind} | {"codeword", "symbol", "mark key", "seed:"}


def test_there_are_three_stories_and_a_file_that_is_not_ours():
    courses = {story.name: "".join(one.name for one in story.variants) for story in STORIES}
    assert courses == {
        "mail-2021": "ABCD",
        "not-ours": "A",
        "portal-2025": "AB",
        "rdp-2012": "ABCDEF",
    }


def test_an_unknown_scenario_is_not_found():
    with pytest.raises(NotFound, match="rdp-2012"):
        load_scenario("rdp-2013")


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [str(value)]


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_tells_no_verdict_outside_of_what_is_expected(name):
    path = files("mapp_compliance.demo").joinpath("scenarios").joinpath(f"{name}.toml")
    found = tomllib.loads(path.read_text("utf-8"))
    for variant in found["variant"]:
        del variant["expect"]
    said = " ".join(texts(found))
    assert not [word for word in TOLD if word in said]


@each_story
def test_events_and_waves_stand_in_order(story):
    times = [event.at for event in story.events]
    assert times == sorted(times)
    assert [wave.at for wave in story.waves] == sorted(wave.at for wave in story.waves)
    assert story.moment("distribution") == story.waves[0].at
    assert story.moment("release") == story.advisory.release_at


@pytest.mark.parametrize(("story", "variant"), VARIANTS, ids=lambda each: each.name)
def test_a_first_wave_goes_out_before_anything_is_seen(story, variant):
    assert variant.posted.surely_after(story.waves[0].at)
    assert variant.observed >= variant.posted.start


@each_story
def test_leakers_and_named_recipients_are_people_of_the_story(story):
    people = {person.id for person in recipients(story.terms, story.cast)}
    leakers = {
        one
        for variant in story.variants
        if isinstance(variant.leak, CopyLeak)
        for one in variant.leak.recipients
    }
    named = {copy for variant in story.variants for copy in variant.expect.copies}
    assert leakers | named | {stage.source for stage in story.stages} <= people


def test_every_alteration_of_a_story_exists():
    used = {leak.alteration for leak in LEAKS if isinstance(leak, CopyLeak | StageLeak)}
    assert used <= {each.name for each in ALTERATIONS} | set(TREATMENTS)


def test_every_file_of_a_story_is_there():
    assert all(sample_file(leak) for leak in LEAKS if isinstance(leak, FileLeak))
    assert all(stage_files(leak.folder) for leak in LEAKS if isinstance(leak, StageLeak))
    assert all(stage_files(one.folder) for story in STORIES for one in story.stages)


def test_a_missing_event_is_not_found():
    with pytest.raises(NotFound, match="appeal"):
        STORIES[0].moment("appeal")
