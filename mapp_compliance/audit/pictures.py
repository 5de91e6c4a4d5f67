"""The data of a report's pictures, with the words that stand for them when they are not seen.

A curve ends where its chances fall below 1e-12: nothing smaller is ever stated (D4).
"""

import math
from collections.abc import Sequence
from decimal import ROUND_CEILING, Context, Decimal

from mapp_compliance.advisories import Advisory
from mapp_compliance.audit.finding import Finding
from mapp_compliance.audit.report import Holding
from mapp_compliance.trust import Json
from mapp_compliance.values import Window, instant_text

THREE_UP = Context(prec=3, rounding=ROUND_CEILING)
LEAST_LOG10 = -12.0  # no chance below 1e-12 is stated (D4)


def rounded_up(chance: str) -> str:
    """A chance of three digits, never smaller than it is.

    >>> rounded_up("6.754744e-07"), rounded_up("3.21e-09"), rounded_up("1")
    ('6.76e-07', '3.21e-09', '1')
    """
    return f"{float(THREE_UP.plus(Decimal(chance))):.3g}"


def score_picture(finding: Finding) -> dict[str, Json] | None:
    """The best score against the chance that a copy which is not involved has of it.

    None if nothing was scored, or nothing was read that tells copies apart.
    """
    if finding.null is None or finding.bound is None:
        return None
    if finding.information is not None and not finding.information.code_sites_read:
        return None
    bound = float(finding.bound.per_entity)
    curve = list(zip(finding.null.score, finding.null.log10_tail, strict=True))
    shown = [(score, tail) for score, tail in curve if float(tail) >= LEAST_LOG10] or curve[:1]
    named = "copy named here" if finding.copies else "copy that fits best, which is not named,"
    return {
        "alt": (
            "Curve of the chance that a copy which is not involved scores at least so much, "
            f"falling with the score; the {named} scored {finding.null.case_score}; only below a "
            f"chance of {rounded_up(finding.bound.per_entity)} can a copy be named."
        ),
        "named": bool(finding.copies),
        "score": [score for score, _ in shown],
        "log10_tail": [tail for _, tail in shown],
        "case_score": finding.null.case_score,
        "others": list(finding.null.others),
        "log10_bound": f"{math.log10(bound):.4f}",
    }


def access_picture(
    holdings: Sequence[Holding], seen: Window | None, advisory: Advisory | None
) -> dict[str, Json] | None:
    """Who held a copy from when on; None when no copy left the house. Copies go by their ids.

    Args:
        seen: when the sample was out; None where there is no sample.
    """
    if not holdings:
        return None
    release = (advisory.released_at or advisory.release_at) if advisory else None
    alt = f"Timeline of {len(holdings)} copies by delivery and receipt."
    if seen:
        early = sum(row.delivered_at <= seen.end for row in holdings)
        alt += f" {early} had left the house by the time the sample was seen ({seen.text()})."
    return {
        "alt": alt,
        "rows": [
            {
                "label": row.copy,
                "delivered_at": instant_text(row.delivered_at),
                "receipted_at": instant_text(row.receipted_at) if row.receipted_at else None,
            }
            for row in holdings
        ],
        "seen": {"start": instant_text(seen.start), "end": instant_text(seen.end)}
        if seen
        else None,
        "release_at": instant_text(release) if release else None,
        "released": bool(advisory and advisory.released_at),
    }
