"""What a run with the joint decoder says beside the names, parsed once into a frozen value.

Runs from before it have none of these fields; then there is nothing to tell.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from mapp_compliance.audit.fields import number_text, rows, table, text, texts, whole
from mapp_compliance.trust import Json


@dataclass(frozen=True, slots=True)
class RestsOn:
    """Which decoder names a copy, and pseudonyms of the copies whose words it takes to check."""

    copy: str
    decoder: str
    opens: tuple[str, ...]
    model: str


@dataclass(frozen=True, slots=True)
class AcrossRow:
    """Evidence against one entity over the leaks of several advisories, as powers of ten."""

    pseudonym: str
    leaks: int
    log10_e: str
    log10_highest: str


@dataclass(frozen=True, slots=True)
class JointFinding:
    """Bands with the number of copies in each, a claim on two copies, evidence across leaks."""

    bands: tuple[tuple[str, int], ...]
    rests_on: tuple[RestsOn, ...]
    pair: tuple[str, str, str] | None  # two pseudonyms and their p
    across: tuple[AcrossRow, ...]
    phantoms: tuple[int, str, bool]  # count, best p, ok
    curve_is_joint: bool

    def document(self) -> dict[str, Json]:
        """As plain values, for a report."""
        count, best, ok = self.phantoms
        return {
            "bands": dict(self.bands),
            "rests_on": [
                {**asdict(one), "opens": list(one.opens)}
                for one in self.rests_on
                if one.decoder.startswith("joint")
            ],
            "pair": {"one_of": list(self.pair[:2]), "p_value": self.pair[2]} if self.pair else None,
            "across_leaks": [asdict(one) for one in self.across],
            "phantom_control": {"count": count, "best_p": best, "ok": ok},
            "curve_is_joint": self.curve_is_joint,
        }


def parse_joint(document: Mapping[str, object]) -> JointFinding | None:
    """The fields of a verdict document that speak of the joint decoder; None where it has none.

    Raises:
        KeyError, TypeError, ValueError: a field is missing or of another shape.
    """
    if "bands" not in document:
        return None
    bands, null = table(document["bands"]), table(document["null"])
    control = table(table(document["phantom_control"])["joint"])
    return JointFinding(
        bands=tuple((name, whole(count)) for name, count in bands.items()),
        rests_on=tuple(_rests_on(item) for item in rows(document["copies"])),
        pair=_pair(document["pair"]),
        across=tuple(_across(item) for item in rows(document["across_leaks"])),
        phantoms=(whole(control["count"]), number_text(control["best_p"]), control["ok"] is True),
        curve_is_joint=null.get("decoder") == "joint",
    )


def _rests_on(value: object) -> RestsOn:
    item = table(value)
    joint = table(item["joint"]) if item["joint"] else {}
    return RestsOn(
        text(item["copy"]),
        text(item["decoder"]),
        texts(item["opens"]),
        text(joint.get("model", "")),
    )


def _pair(value: object) -> tuple[str, str, str] | None:
    if value is None:
        return None
    item = table(value)
    one, two = texts(item["one_of"])
    return one, two, number_text(item["p_value"])


def _across(value: object) -> AcrossRow:
    item = table(value)
    return AcrossRow(
        text(item["pseudonym"]),
        whole(item["leaks"]),
        number_text(item["log10_e"]),
        number_text(item["log10_highest"]),
    )
