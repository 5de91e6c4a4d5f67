"""Scenarios: what happened, as bytes and events, and apart from it what we expect to find.

A scenario says who leaks which copy, how it is altered and when it is seen; it never says which
marks or verdict result, except in ``expect``, which only the comparison at the end may read.
Each event carries its basis: public, inferred or invented.

>>> story = load_scenario("rdp-2012")
>>> story.advisory.id, [variant.name for variant in story.variants]
('ADV-2012-020', ['B', 'D'])
>>> story.variants[0].leak
CopyLeak(recipient='P41', alteration='c-array')
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from mapp_compliance.demo.world import Terms
from mapp_compliance.errors import NotFound
from mapp_compliance.values import AdvisoryId, PartnerId, Window, instant, window


class Basis(Enum):
    """Where we have an event from."""

    PUBLIC = "public"  # in published reports
    INFERRED = "inferred"  # follows from published rules
    INVENTED = "invented"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in the story."""

    at: datetime
    kind: str
    text: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class StoryAdvisory:
    """The advisory of the story."""

    id: AdvisoryId
    title: str
    release_at: datetime
    severity: str


@dataclass(frozen=True, slots=True)
class CopyLeak:
    """The leaker takes the files of this recipient's copy and alters them."""

    recipient: PartnerId
    alteration: str  # a name of ``alterations.ALTERATIONS``


@dataclass(frozen=True, slots=True)
class FileLeak:
    """The sample is a file that comes with the scenario."""

    path: str  # relative to the scenarios' folder


@dataclass(frozen=True, slots=True)
class Expectation:
    """What we expect to find; read by the comparison at the end alone."""

    verdict: str
    copies: tuple[PartnerId, ...]  # recipients named, sorted


@dataclass(frozen=True, slots=True)
class Variant:
    """One course that the story can take from the leak on."""

    name: str
    text: str
    leak: CopyLeak | FileLeak
    posted: Window
    observed: datetime
    source: str
    visibility: str  # public, closed, scan-service or private
    expect: Expectation


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story with its people's terms, its advisory, its events and its variants."""

    name: str
    title: str
    seed: int
    terms: Terms
    advisory: StoryAdvisory
    events: tuple[Event, ...]  # in order of time
    variants: tuple[Variant, ...]

    def moment(self, kind: str) -> datetime:
        """When the event of that kind happened.

        Raises:
            NotFound: the story has no such event.
        """
        for event in self.events:
            if event.kind == kind:
                return event.at
        raise NotFound(f"scenario {self.name} has no event {kind!r}; add it to its file")


def scenario_names() -> tuple[str, ...]:
    """The names of all scenarios, sorted."""
    names = (each.name for each in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_scenario(name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        NotFound: there is none.
    """
    if name not in scenario_names():
        known = ", ".join(scenario_names())
        raise NotFound(f"no scenario is called {name!r}; choose one of {known}")
    found = tomllib.loads(_folder().joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    advisory = found["advisory"]
    return Scenario(
        name=name,
        title=found["title"],
        seed=found["seed"],
        terms=_terms(found["terms"]),
        advisory=StoryAdvisory(
            id=AdvisoryId(advisory["id"]),
            title=advisory["title"],
            release_at=instant(advisory["release_at"]),
            severity=advisory["severity"],
        ),
        events=tuple(
            Event(instant(each["at"]), each["kind"], each["text"], Basis(each["basis"]))
            for each in found["event"]
        ),
        variants=tuple(_variant(each) for each in found["variant"]),
    )


def sample_file(leak: FileLeak) -> bytes:
    """The content of a file that comes with a scenario."""
    return _folder().joinpath(leak.path).read_bytes()


def package_files() -> dict[str, bytes]:
    """The unmarked PoC package that the demo issues, path to content."""
    folder = files("mapp_compliance.demo").joinpath("package")
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}


def _terms(each: Mapping[str, str]) -> Terms:
    return Terms(each["agreement"], instant(each["agreement_until"]), each["marking_notice"])


def _variant(each: Mapping[str, Any]) -> Variant:
    leak, expect = each["leak"], each["expect"]
    return Variant(
        name=each["name"],
        text=each["text"],
        leak=FileLeak(leak["file"])
        if "file" in leak
        else CopyLeak(PartnerId(leak["recipient"]), leak["alteration"]),
        posted=window(each["posted"]),
        observed=instant(each["observed"]),
        source=each["source"],
        visibility=each["visibility"],
        expect=Expectation(
            expect["verdict"], tuple(PartnerId(copy) for copy in sorted(expect["copies"]))
        ),
    )


def _folder() -> Traversable:
    return files("mapp_compliance.demo").joinpath("scenarios")
