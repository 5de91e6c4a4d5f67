"""What the scored samples of a year may have cost: the chance of any wrong name among all of them.

Each scored sample of an advisory spends its share of the bound, see ``share_of``. Shares add up
over samples and advisories, whatever the verdicts were.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from mapp_compliance.attribution import Run
from mapp_compliance.watermark.codes import share_of

YEARLY_LIMIT = Fraction(1, 100)  # beyond it two approvers have to agree to go on


@dataclass(frozen=True, slots=True)
class Spending:
    """The sum of the shares of one year, over so many scored samples."""

    year: int
    samples: int
    spent: Fraction

    @property
    def is_beyond(self) -> bool:
        """Whether it is more than a program should spend in a year."""
        return self.spent > YEARLY_LIMIT

    def record(self) -> dict[str, object]:
        """As the command line shows it."""
        return {
            "year": self.year,
            "scored_samples": self.samples,
            "spent": float(self.spent),
            "limit": float(YEARLY_LIMIT),
        }


def spending(runs: Iterable[Run], alpha: str, year: int) -> Spending:
    """What the runs of one year spent; a run that repeats a number repeats no cost."""
    scored = {
        (run.advisory, run.t) for run in runs if run.advisory is not None and run.at.year == year
    }
    shares = (share_of(Fraction(alpha), t) for _, t in scored)
    return Spending(year, len(scored), sum(shares, Fraction(0)))
