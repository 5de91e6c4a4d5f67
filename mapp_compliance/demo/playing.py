"""One course of a story, from the leak on: sightings, sample, verdict, and what follows.

The leaker opens the parcels of the recipients that the event names, with their keys, and alters
the files. From then on only the workspace and the sample's bytes have a say; what is expected is
compared at the very end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mapp_compliance.attribution import Visibility
from mapp_compliance.demo.aftermath import Course, Outcome, follow_up, pause
from mapp_compliance.demo.partial import treated
from mapp_compliance.demo.scenario import (
    FileLeak,
    Scenario,
    StageLeak,
    Variant,
    sample_file,
    stage_files,
)
from mapp_compliance.demo.serving import StoryClock, at_desk, keep_version, opened
from mapp_compliance.distribution.parcel import PAYLOAD
from mapp_compliance.values import PartnerId
from mapp_compliance.workflows.attribute import Attributed, attribute
from mapp_compliance.workflows.ports import Desk, Progress
from mapp_compliance.workflows.sight import AddSighting, add_sighting
from mapp_compliance.workflows.take_in import TakeInSample, take_in


@dataclass(frozen=True, slots=True)
class Replayed:
    """One variant as it came out. ``candidates`` is what the verdict counts."""

    scenario: str
    variant: str
    text: str
    verdict: str
    expected: str
    copies: tuple[tuple[str, str], ...]  # (copy, recipient) named
    expected_copies: tuple[str, ...]
    candidates: int
    bound: float
    outcome: Outcome

    @property
    def as_expected(self) -> bool:
        """Whether verdict and named recipients are those of the scenario."""
        named = tuple(sorted(recipient for _, recipient in self.copies))
        return self.verdict == self.expected and named == self.expected_copies


def played(scenario: Scenario, variant: Variant, place: Path, progress: Progress) -> Replayed:
    """The course of this variant, on a workspace of its own."""
    clock = StoryClock(variant.observed)
    with at_desk(place, clock, progress) as desk:
        return _ended(desk, clock, scenario, variant, place)


def _ended(
    desk: Desk, clock: StoryClock, scenario: Scenario, variant: Variant, place: Path
) -> Replayed:
    leaked = leaked_files(desk, place, scenario, variant)
    _report(desk, scenario, variant)
    paused = pause(desk, scenario)
    found_now = judged(desk, scenario, variant, leaked)
    course = Course(desk, _setter(clock), scenario, variant, place / "reports", paused)
    outcome = follow_up(course, found_now)
    document = found_now.document
    with desk.store.read() as work:
        copies = [work.copies.get(name) for name in _named(document)]
    return Replayed(
        scenario=scenario.name,
        variant=variant.name,
        text=variant.text,
        verdict=found_now.run.verdict,
        expected=variant.expect.verdict,
        copies=tuple((copy.id, copy.recipient) for copy in copies if copy is not None),
        expected_copies=tuple(sorted(variant.expect.copies)),
        candidates=_whole(document["candidates"]),
        bound=_per_entity(document),
        outcome=outcome,
    )


def judged(
    desk: Desk, scenario: Scenario, variant: Variant, leaked: dict[str, bytes]
) -> Attributed:
    """The verdict on the leaked files, taken in as the variant says."""
    if variant.draft is not None:
        keep_version(desk, scenario.advisory.id, variant.draft)
    sample, _ = take_in(
        desk,
        TakeInSample(
            tuple(sorted(leaked.items())),
            variant.posted,
            variant.observed,
            Visibility(variant.visibility),
            variant.source,
        ),
    )
    return attribute(desk, sample)


def leaked_files(desk: Desk, place: Path, scenario: Scenario, variant: Variant) -> dict[str, bytes]:
    """The bytes that turn up."""
    leak = variant.leak
    if isinstance(leak, FileLeak):
        return {Path(leak.path).name: sample_file(leak)}
    if isinstance(leak, StageLeak):
        return treated(leak.alteration, [stage_files(leak.folder)])
    payloads = [_payload(desk, place, scenario, each) for each in leak.recipients]
    return treated(leak.alteration, payloads)


def _payload(desk: Desk, place: Path, scenario: Scenario, recipient: PartnerId) -> dict[str, bytes]:
    with desk.store.read() as work:
        copy = next(
            item
            for item in work.copies.all(advisory=scenario.advisory.id)
            if item.recipient == recipient
        )
    return {
        path.removeprefix(PAYLOAD): data
        for path, data in opened(desk, place, copy, desk.clock()).files.items()
        if path.startswith(PAYLOAD)
    }


def _report(desk: Desk, scenario: Scenario, variant: Variant) -> None:
    """Record the sightings that had come in by then."""
    for report in scenario.reports:
        if report.observed <= variant.observed:
            add_sighting(
                desk,
                AddSighting(
                    scenario.advisory.id,
                    report.kind,
                    report.posted,
                    report.observed,
                    report.source,
                    report.credibility,
                    report.text,
                ),
            )


def _setter(clock: StoryClock) -> Callable[[datetime], None]:
    def move(moment: datetime) -> None:
        clock.now = max(clock.now, moment)

    return move


def _named(document: dict[str, object]) -> list[str]:
    copies = document["copies"]
    return [str(item["copy"]) for item in copies] if isinstance(copies, list) else []


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _per_entity(document: dict[str, object]) -> float:
    bound = document["bound"]
    return float(bound["per_entity"]) if isinstance(bound, dict) else 0.0
