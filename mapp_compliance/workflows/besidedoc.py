"""The evidence that names nobody, as rows of the verdict document."""

from fractions import Fraction

from mapp_compliance.attribution import Beside
from mapp_compliance.workflows.figures import up


def stage_rows(beside: Beside | None) -> list[dict[str, object]]:
    """What is shown of each version on record, in the order in which material travels."""
    if beside is None or beside.stages is None:
        return []
    return [
        {
            "stage": item.step.name.lower(),
            "appeared": {"shown": item.appeared_shown, "of": item.appeared},
            "dropped": {"shown": item.dropped_shown, "of": item.dropped},
            "exclusive": {"shown": item.exclusive_shown, "of": item.exclusive},
        }
        for item in beside.stages.steps
    ]


def group_rows(beside: Beside | None) -> list[dict[str, object]]:
    """How well the marks of each wave and of the program are shown."""
    if beside is None:
        return []
    return [
        {
            "group": _label(item.group),
            "sites": item.sites,
            "read": item.read,
            "agree": item.agree,
            "p_value": up(Fraction(item.p)),
            "holders": beside.holders.get(item.group, 0),
        }
        for item in beside.groups
    ]


def own_values(beside: Beside | None) -> dict[str, object] | None:
    """How often the author's own value stands where copies differ."""
    if beside is None or beside.natural is None:
        return None
    own = beside.natural
    return {"read": own.read, "agree": own.agree, "p_value": up(Fraction(own.p))}


def _label(group: str) -> str:
    """``wave ans`` or ``program``, without the prefixes of the codebook."""
    _, kind, name = group.split("/", 2)
    name = name.removeprefix("=")
    return kind if name == "issued" else f"{kind} {name}"
