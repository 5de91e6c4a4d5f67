"""Evidence across leaks: what the leaks of several advisories say together of each entity.

It stands beside the p-values, names nobody, and is never multiplied into them. Which leaks count is
settled by the ledger and not by what they show: of each advisory the first scored reading, as far
as it came before the run in hand; a later leak of the same advisory shows the same words once more
and is left out. Reserved words are no entities here.
"""

import json
from collections.abc import Sequence

from mapp_compliance.attribution import Run, Sample
from mapp_compliance.distribution import Copy
from mapp_compliance.values import AdvisoryId, EntityId, instant
from mapp_compliance.watermark import Observation
from mapp_compliance.watermark.codes import (
    Accumulated,
    Bet,
    Codebook,
    code_reading,
    evidence_across,
    factors,
)
from mapp_compliance.workflows.books import book_of, first_setup, in_book, without
from mapp_compliance.workflows.matching import Known, Material
from mapp_compliance.workflows.ports import Desk


def bet_of(
    known: Known, book: Codebook, copies: Sequence[Copy], seen: Observation, intake: int
) -> Bet:
    """What one reading says of each entity that held a copy.

    Args:
        copies: of the first rows of the book, in their order.
        intake: leaf at which the sample was registered; it is scored after that.
    """
    reading = code_reading(book.code_sites, book.biases, seen.symbols)
    held = [copy.entity for copy in copies]
    found = factors(reading, book.words[: len(held)], held)
    return Bet(known.attachment.advisory, intake, intake + 1, found)


def evidence(
    desk: Desk, held: Material, own: Bet, before: int | None = None
) -> tuple[Accumulated, ...]:
    """The evidence over all advisories so far; nothing as long as there is only one.

    Args:
        own: of the reading in hand; it counts if its advisory had none before.
        before: leaf of the run that is replayed; what came later has no say.
    """
    with desk.store.read() as work:
        scored = [
            run
            for run in work.runs.all()
            if run.advisory is not None and (before is None or run.run_leaf < before)
        ]
    first: dict[AdvisoryId, Run] = {}
    for run in sorted(scored, key=lambda run: run.run_leaf):
        if run.advisory is not None:
            first.setdefault(run.advisory, run)
    if not set(first) - {own.advisory}:
        return ()
    bets = [] if own.advisory in first else [own]
    for run in first.values():
        bet = _earlier(desk, held, run)
        if bet is None:
            return ()  # its package is not at hand, and leaving one leak out would rig the bet
        bets.append(bet)
    found = evidence_across(bets, [bet.registered for bet in bets])
    return tuple(one for one in found if one.leaks > 1)


def _earlier(desk: Desk, held: Material, run: Run) -> Bet | None:
    """The bet of a run on record, read again from its quarantined bytes; None without its map."""
    past = json.loads(run.document)
    revision = past["artifact"]["revision"] if past["artifact"] else None
    known = next(
        (
            item
            for item in held.packages
            if item.attachment.advisory == run.advisory and item.attachment.revision == revision
        ),
        None,
    )
    with desk.store.read() as work:
        sample: Sample | None = work.samples.get(run.sample)
        if known is None or sample is None or run.advisory is None:
            return None
        first = first_setup(work, run.advisory)
        copies = [
            copy
            for copy in work.copies.all(advisory=run.advisory)
            if copy.revision == revision and in_book(copy, instant(past["as_of"]))
        ]
    files = [
        (item.name, desk.vault_get(item.blob)) for item in sample.as_of(run.reading_leaf).files
    ]
    seen = desk.isolation.read(desk.isolation.parts(files).parts, known.site_map)
    book = book_of(desk, known.site_map, first, copies)
    left = without(seen, known.site_map, past["excluded_sites"])
    return bet_of(known, book, copies, left, sample.intake_leaf)


def rows_of(across: Sequence[Accumulated], names: dict[EntityId, str]) -> list[dict[str, object]]:
    """As it stands in the document: the strongest first, under the pseudonyms of the run.

    Args:
        names: the pseudonym of a copy of each entity.
    """
    ranked = sorted(across, key=lambda one: (-one.log10_e, names.get(one.entity, "")))
    return [
        {
            "pseudonym": names[one.entity],
            "leaks": one.leaks,
            "log10_e": round(one.log10_e, 3),
            "log10_highest": round(one.log10_highest, 3),
        }
        for one in ranked
        if one.entity in names
    ]
