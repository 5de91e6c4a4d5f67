"""Scenarios: what happened, as bytes and events, and apart from it what we expect to find.

A scenario says who leaks which copy, how it is altered and when it is seen; it never says which
marks or verdict result, except in ``expect``, which only the comparison at the end may read.
Each event carries its basis: public, inferred or invented.

>>> story = load_scenario("rdp-2012")
>>> story.advisory.id, "".join(variant.name for variant in story.variants)
('ADV-2012-020', 'ABCDEF')
>>> story.variants[1].leak
CopyLeak(recipients=('P41',), alteration='c-array')
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from mapp_compliance.advisories import Grade, SightingKind, Stage, parse_stage
from mapp_compliance.demo.world import Cast, Terms
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
class Wave:
    """When a wave goes out; the terms say to whom."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StageVersion:
    """An earlier version of the material, and from whom and when the vendor had it."""

    stage: Stage
    folder: str  # below ``stages``
    source: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """A sighting as it came in, with its grades."""

    kind: SightingKind
    posted: Window
    observed: datetime
    source: Grade
    credibility: int
    text: str


@dataclass(frozen=True, slots=True)
class CopyLeak:
    """The files of these recipients' copies are altered, or worked together."""

    recipients: tuple[PartnerId, ...]
    alteration: str  # a name of ``alterations.ALTERATIONS`` or ``partial.TREATMENTS``


@dataclass(frozen=True, slots=True)
class StageLeak:
    """An earlier version is altered; no copy takes part."""

    folder: str
    alteration: str


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
    """One course that the story can take.

    Attributes:
        unmarked: why copies went out without marks in this course; empty for marked ones.
        draft: a version that its author hands in for comparison after the leak.
        advance_to: when the release was brought forward to.
        compares: somebody asks what sample and material have in common.
        terms_change_at: from when other terms are in force.
    """

    name: str
    text: str
    leak: CopyLeak | StageLeak | FileLeak
    posted: Window
    observed: datetime
    source: str
    visibility: str  # public, closed, scan-service or private
    expect: Expectation
    unmarked: str = ""
    draft: StageVersion | None = None
    advance_to: datetime | None = None
    compares: bool = False
    terms_change_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story with its people's terms, its advisory, its events and its variants.

    ``beginning`` is the story with which it shares all that goes before the leak; ``check`` is how
    its copies are checked.
    """

    name: str
    beginning: str
    title: str
    seed: int
    check: str
    terms: Terms
    cast: Cast
    advisory: StoryAdvisory
    stages: tuple[StageVersion, ...]
    waves: tuple[Wave, ...]  # in order of time
    reports: tuple[Report, ...]
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
        beginning=found.get("beginning", name),
        title=found["title"],
        seed=found["seed"],
        check=found.get("check", "child"),
        terms=_terms(found["terms"]),
        cast=_cast(found["people"], found.get("stage", ())),
        advisory=StoryAdvisory(
            id=AdvisoryId(advisory["id"]),
            title=advisory["title"],
            release_at=instant(advisory["release_at"]),
            severity=advisory["severity"],
        ),
        stages=tuple(_stage(each) for each in found.get("stage", ())),
        waves=tuple(Wave(each["name"], instant(each["at"])) for each in found["wave"]),
        reports=tuple(_report(each) for each in found.get("sighting", ())),
        events=tuple(
            Event(instant(each["at"]), each["kind"], each["text"], Basis(each["basis"]))
            for each in found["event"]
        ),
        variants=tuple(_variant(each) for each in found["variant"]),
    )


def sample_file(leak: FileLeak) -> bytes:
    """The content of a file that comes with a scenario."""
    return _folder().joinpath(leak.path).read_bytes()


def stage_files(folder: str) -> dict[str, bytes]:
    """The files of an earlier version of the material, path to content."""
    place = files("mapp_compliance.demo").joinpath("stages").joinpath(folder)
    return {each.name: each.read_bytes() for each in place.iterdir() if each.is_file()}


def package_files() -> dict[str, bytes]:
    """The unmarked PoC package that the demo issues, path to content."""
    folder = files("mapp_compliance.demo").joinpath("package")
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}


def _terms(each: Mapping[str, str]) -> Terms:
    return Terms(each["agreement"], instant(each["agreement_until"]), each["marking_notice"])


def _cast(each: Mapping[str, Any], stages: Sequence[Mapping[str, Any]]) -> Cast:
    return Cast(
        partners=each["partners"],
        validate=frozenset(each.get("validate", ())),
        ans=frozenset(each.get("ans", ())),
        reporting=frozenset(each.get("reporting", ())),
        upstream=tuple(sorted({stage["source"] for stage in stages})),
        names=each.get("names", {}),
    )


def _stage(each: Mapping[str, Any]) -> StageVersion:
    return StageVersion(
        parse_stage(each["stage"]), each["folder"], each["source"], instant(each["received_at"])
    )


def _report(each: Mapping[str, Any]) -> Report:
    return Report(
        SightingKind(each["kind"]),
        window(each["posted"]),
        instant(each["observed"]),
        Grade(each["source"]),
        each["credibility"],
        each["text"],
    )


def _variant(each: Mapping[str, Any]) -> Variant:
    expect, optional = each["expect"], each.get
    return Variant(
        name=each["name"],
        text=each["text"],
        leak=_leak(each["leak"]),
        posted=window(each["posted"]),
        observed=instant(each["observed"]),
        source=each["source"],
        visibility=each["visibility"],
        expect=Expectation(
            expect["verdict"], tuple(PartnerId(copy) for copy in sorted(expect["copies"]))
        ),
        unmarked=optional("unmarked", ""),
        draft=_stage(each["draft"]) if "draft" in each else None,
        advance_to=instant(each["advance_to"]) if "advance_to" in each else None,
        compares=optional("compare", False),
        terms_change_at=instant(each["terms_change_at"]) if "terms_change_at" in each else None,
    )


def _leak(each: Mapping[str, Any]) -> CopyLeak | StageLeak | FileLeak:
    if "file" in each:
        return FileLeak(each["file"])
    if "stage" in each:
        return StageLeak(each["stage"], each["alteration"])
    return CopyLeak(tuple(PartnerId(one) for one in each["copies"]), each["alteration"])


def _folder() -> Traversable:
    return files("mapp_compliance.demo").joinpath("scenarios")
