"""Replay a scenario end to end on a fresh workspace, through the same workflows as the verbs.

What goes in is bytes and events. The leaker opens the parcel of the recipient that the event
names, with that recipient's key, and alters the files; from then on only the workspace and the
sample's bytes have a say. What is expected is compared at the very end.

The same seed gives the same program key, so the same codewords, marked bytes and verdicts; the
partners' keys are fresh, so sealed bytes, leaves and roots vary.
"""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mapp_compliance.advisories import Severity, Tlp
from mapp_compliance.app import NewWorkspace, create_workspace, open_workspace
from mapp_compliance.attribution import Visibility
from mapp_compliance.demo.aftermath import Outcome, attach_package, follow_up
from mapp_compliance.demo.alterations import alteration
from mapp_compliance.demo.scenario import (
    CopyLeak,
    Scenario,
    Variant,
    load_scenario,
    sample_file,
)
from mapp_compliance.demo.world import fresh_keys, partners_csv, recipients, save_secrets
from mapp_compliance.distribution import RECEIPT_NAMESPACE, Copy
from mapp_compliance.distribution.parcel import PAYLOAD
from mapp_compliance.trust import Ed25519Signer, sign_ssh
from mapp_compliance.values import AdvisoryId, PartnerId, instant_text
from mapp_compliance.workflows.attribute import attribute
from mapp_compliance.workflows.embargo import NewAdvisory, create
from mapp_compliance.workflows.issue import issue
from mapp_compliance.workflows.matter import IssueAdvisory
from mapp_compliance.workflows.parcels import parcel_name
from mapp_compliance.workflows.people import import_partners
from mapp_compliance.workflows.ports import Desk, Progress
from mapp_compliance.workflows.receive import Opened, add_receipt, open_parcel
from mapp_compliance.workflows.take_in import TakeInSample, take_in
from mapp_compliance.workflows.workspace import found

PROGRAM = "Example pre-disclosure program"
DRAFTED = timedelta(days=21)  # before the release
OPENED = timedelta(hours=2)  # after the delivery
CONTACT = "cases@program.example"
KEYS_PROVED = "shown at onboarding (demo)"


class StoryClock:
    """The time of the story; events move it."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """The present instant of the story."""
        return self.now


@dataclass(frozen=True, slots=True)
class Replayed:
    """One variant as it came out."""

    scenario: str
    variant: str
    text: str
    verdict: str
    expected: str
    copies: tuple[tuple[str, str], ...]  # (copy, recipient) named
    expected_copies: tuple[str, ...]
    bound: float
    outcome: Outcome

    @property
    def as_expected(self) -> bool:
        """Whether verdict and named recipients are those of the scenario."""
        named = tuple(sorted(recipient for _, recipient in self.copies))
        return self.verdict == self.expected and named == self.expected_copies


Say = Callable[[str], None]


def replay(names: tuple[str, ...], out: Path, say: Say, progress: Progress) -> list[Replayed]:
    """All variants of these scenarios, each in a workspace of its own below the folder."""
    issued: dict[tuple[object, ...], Path] = {}
    results = []
    for name in names:
        scenario = load_scenario(name)
        key = (scenario.seed, scenario.terms, scenario.advisory, scenario.moment("distribution"))
        if key not in issued:
            issued[key] = out / "issued" / name
            say(f"{scenario.title}: 80 partners and 8 internal readers are served")
            _serve(scenario, issued[key], say, progress)
        for variant in scenario.variants:
            say(f"{name} {variant.name}: {variant.text}")
            results.append(_played(scenario, variant, issued[key], out, progress))
    return results


def _serve(scenario: Scenario, place: Path, say: Say, progress: Progress) -> None:
    """The program up to the receipts: everything that the variants share."""
    clock = StoryClock(scenario.advisory.release_at - DRAFTED)
    root = hashlib.sha256(f"mapp demo {scenario.seed}".encode()).digest()
    create_workspace(place / "home", NewWorkspace(PROGRAM, "mapp", "demo", CONTACT, root), clock)
    desk = open_workspace(place / "home", clock, progress)
    found(desk, ())
    people = recipients(scenario.seed, scenario.terms)
    keys = fresh_keys(people)
    save_secrets(keys, place / "partners")
    csv = partners_csv(people, keys).encode()
    import_partners(desk, csv, "partners.csv", KEYS_PROVED)
    told = scenario.advisory
    create(
        desk,
        NewAdvisory(
            told.id, told.title, told.release_at, Tlp.AMBER_STRICT, Severity(told.severity)
        ),
    )
    attach_package(desk, told.id)
    clock.now = scenario.moment("distribution")
    issued = issue(desk, IssueAdvisory(told.id))
    withheld = len(issued.plan.withheld)
    say(f"  {len(issued.copies)} copies delivered, {withheld} withheld by the terms")
    clock.now += OPENED
    for done, copy in enumerate(issued.copies, 1):
        _answer(desk, place, copy, clock.now)
        progress("opening and answering", done, len(issued.copies))


def _open(desk: Desk, place: Path, copy: Copy, now: datetime) -> Opened:
    """What a recipient does with its parcel, on its own machine with its own key."""
    parcel = place / "home" / "outbox" / copy.recipient / parcel_name(copy)
    identity = (place / "partners" / copy.recipient / "seal.key").read_text()
    return open_parcel(parcel.read_bytes(), identity, desk.keyring.signer.public_key, now)


def _answer(desk: Desk, place: Path, copy: Copy, now: datetime) -> None:
    body = _open(desk, place, copy, now).receipt.body()
    secret = (place / "partners" / copy.recipient / "sign.key").read_bytes()
    signature = sign_ssh(body, RECEIPT_NAMESPACE, Ed25519Signer.from_openssh(secret))
    add_receipt(desk, body, signature)


def _played(
    scenario: Scenario, variant: Variant, issued: Path, out: Path, progress: Progress
) -> Replayed:
    place = out / f"{scenario.name}-{variant.name}"
    shutil.copytree(issued, place)
    clock = StoryClock(variant.observed)
    desk = open_workspace(place / "home", clock, progress)
    leaked = _leaked(desk, place, variant, scenario.advisory.id)
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
    found_now = attribute(desk, sample)
    outcome = follow_up(desk, clock_setter(clock), sample, found_now, place / "reports")
    with desk.store.read() as work:
        copies = [work.copies.get(str(name)) for name in _named(found_now.document)]
    return Replayed(
        scenario=scenario.name,
        variant=variant.name,
        text=variant.text,
        verdict=found_now.run.verdict,
        expected=variant.expect.verdict,
        copies=tuple((copy.id, copy.recipient) for copy in copies if copy is not None),
        expected_copies=tuple(sorted(variant.expect.copies)),
        bound=_per_entity(found_now.document),
        outcome=outcome,
    )


def clock_setter(clock: StoryClock) -> Callable[[datetime], None]:
    """A function that moves the story on."""

    def move(moment: datetime) -> None:
        clock.now = moment

    return move


def _leaked(desk: Desk, place: Path, variant: Variant, advisory: AdvisoryId) -> dict[str, bytes]:
    if not isinstance(variant.leak, CopyLeak):
        return {Path(variant.leak.path).name: sample_file(variant.leak)}
    with desk.store.read() as work:
        copy = next(
            item
            for item in work.copies.all(advisory=advisory)
            if item.recipient == PartnerId(variant.leak.recipient)
        )
    opened = _open(desk, place, copy, desk.clock())
    payload = {
        path.removeprefix(PAYLOAD): data
        for path, data in opened.files.items()
        if path.startswith(PAYLOAD)
    }
    return alteration(variant.leak.alteration).apply(payload)


def _named(document: dict[str, object]) -> list[str]:
    copies = document["copies"]
    return [str(item["copy"]) for item in copies] if isinstance(copies, list) else []


def _per_entity(document: dict[str, object]) -> float:
    bound = document["bound"]
    return float(bound["per_entity"]) if isinstance(bound, dict) else 0.0


def table(results: list[Replayed]) -> list[str]:
    """The closing table, one line a variant."""
    head = ("scenario", "verdict", "expected", "copies named", "bound", "action", "report")
    rows = [
        (
            f"{item.scenario} {item.variant}",
            item.verdict,
            "as expected" if item.as_expected else f"EXPECTED {item.expected}",
            ", ".join(f"{copy} ({recipient})" for copy, recipient in item.copies) or "none",
            f"{item.bound:.1e}" if item.bound else "-",
            item.outcome.action,
            item.outcome.reports[0] if item.outcome.reports else "-",
        )
        for item in results
    ]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head) - 1)]
    return [
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]))
        for row in (head, *rows)
    ]


def document(results: list[Replayed]) -> dict[str, object]:
    """All results as plain JSON values."""
    return {
        "scenarios": [
            {
                "name": item.scenario,
                "variant": item.variant,
                "verdict": item.verdict,
                "expected": item.expected,
                "as_expected": item.as_expected,
                "copies": [
                    {"copy": copy, "recipient": recipient} for copy, recipient in item.copies
                ],
                "bound": item.bound,
                "action": item.outcome.action,
                "action_at": instant_text(item.outcome.at),
                "independence": "none",
            }
            for item in results
        ],
        "reports": [path for item in results for path in item.outcome.reports],
    }
