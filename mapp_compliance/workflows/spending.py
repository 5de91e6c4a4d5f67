"""What the scored samples of a year may have cost: the chance of any wrong name among all of them.

Each scored sample of an advisory spends its share of the bound, see ``share_of``. Shares add up
over samples and advisories, whatever the verdicts were. A sample whose share would take the sum of
the year beyond its limit is not scored before two people have raised the limit, in steps of 1/100.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from mapp_compliance.enforcement import DecisionText
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import AdvisoryId, instant_text
from mapp_compliance.workflows.agree import Approvals, agreed
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import SignedDecision

if TYPE_CHECKING:
    from mapp_compliance.attribution import Run

YEARLY_LIMIT = Fraction(1, 100)  # as long as nobody raises it, and the step of each raise
RAISE = "raise yearly bound"


@dataclass(frozen=True, slots=True)
class Spending:
    """The sum of the shares of one year, over so many scored samples, and up to where it may go.

    ``raises`` are the decisions that raised the limit of that year, oldest first.
    """

    year: int
    samples: int
    spent: Fraction
    raises: tuple[SignedDecision, ...] = ()

    @property
    def limit(self) -> Fraction:
        """The most that the year may spend."""
        return max([YEARLY_LIMIT, *(raised_to(one) for one in self.raises)])

    def record(self) -> dict[str, object]:
        """As the command line shows it."""
        return {
            "year": self.year,
            "scored_samples": self.samples,
            "spent": float(self.spent),
            "limit": float(self.limit),
            "raised": self.raised(),
        }

    def raised(self) -> list[dict[str, Any]]:
        """Who raised the limit to what, and when."""
        return [
            {
                "limit": float(raised_to(one)),
                "at": instant_text(one.at),
                "approved_by": [name for name, _ in one.signatures],
                "independence": one.independence,
                "decision": one.digest.hex,
            }
            for one in self.raises
        ]


def spending(
    runs: "Iterable[Run]", alpha: str, year: int, decisions: Iterable[SignedDecision] = ()
) -> Spending:
    """What the runs of one year spent; a run that repeats a number repeats no cost.

    Args:
        decisions: of people; those that raise the limit of the year are picked out.
    """
    scored = _scored(runs, year)
    raises = [one for one in decisions if one.action == RAISE and _year(one) == str(year)]
    shares = (share(alpha, t) for _, t in scored)
    oldest_first = tuple(sorted(raises, key=lambda one: (one.at, raised_to(one))))
    return Spending(year, len(scored), sum(shares, Fraction(0)), oldest_first)


def spent_in(desk: Desk, work: UnitOfWork, year: int) -> Spending:
    """What the scored samples of a year spent."""
    return spending(work.runs.all(), desk.program.alpha, year, work.signed.all())


def share(alpha: str, t: int) -> Fraction:
    """What the t-th scored sample of an advisory may spend, see ``share_of``."""
    # Codes bring all of watermarking with them, and a status without samples needs none of it.
    from mapp_compliance.watermark.codes import share_of

    return share_of(Fraction(alpha), t)


def raised_to(decision: SignedDecision) -> Fraction:
    """The limit that a decision sets."""
    return Fraction(decision.subject.partition(" to ")[2])


def afford(
    desk: Desk, work: UnitOfWork, advisory: AdvisoryId, t: int, approvals: Approvals
) -> None:
    """Return when the year has room for the t-th sample of an advisory, after a raise if need be.

    Raises:
        NeedsApproval: there is no room, and fewer than two people agreed to raise the limit.
        Refused: somebody who signed may not approve.
    """
    now = desk.clock()
    found = spent_in(desk, work, now.year)
    if (advisory, t) in _scored(work.runs.all(), now.year):
        return  # the same reading again
    after = found.spent + share(desk.program.alpha, t)
    if after <= found.limit:
        return
    limit = Fraction(math.ceil(after / YEARLY_LIMIT)) * YEARLY_LIMIT
    decision = DecisionText(
        action=RAISE,
        subject=f"{now.year} to {float(limit):g}",
        reason=(
            f"the scored samples of {now.year} are about to have a chance of more than "
            f"{float(found.limit):g} of any wrong name; from now on it may be {float(limit):g}"
        ),
        evidence=digest(canonical([one.digest.hex for one in found.raises])),
        policy=desk.policy_digest(),
    )
    agreed(desk, work, decision, approvals, now)


def _scored(runs: "Iterable[Run]", year: int) -> set[tuple[AdvisoryId, int]]:
    return {
        (run.advisory, run.t) for run in runs if run.advisory is not None and run.at.year == year
    }


def _year(decision: SignedDecision) -> str:
    return decision.subject.partition(" to ")[0]
