"""A verdict document, parsed once into a frozen value.

The document is what ``attribute`` prints and the log keeps. Its numbers may be text, whole numbers
or floats; here they are decimal text, digit for digit as given, so that a report prints the
figures of the log and no others, and its own document has canonical bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mapp_compliance.attribution.limits import NOT_MORE
from mapp_compliance.audit.fields import number_text, numbers, rows, table, text, texts, whole
from mapp_compliance.audit.jointfinding import JointFinding, parse_joint
from mapp_compliance.audit.words import ANSWERS, sentence
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown


@dataclass(frozen=True, slots=True)
class NamedCopy:
    """A copy within the bound. ``reserved`` is empty for a copy that a recipient holds."""

    copy: str
    recipient: str
    reserved: str
    p_value: str
    log10_p: str


@dataclass(frozen=True, slots=True)
class ArtifactMatch:
    """An artifact that the sample comes from or resembles.

    ``similarity`` lies in 0 to 1; ``located`` counts the places of its payload that were found.
    """

    advisory: str
    revision: str
    stage: str
    path: str
    similarity: str
    located: int


@dataclass(frozen=True, slots=True)
class Channel:
    """What was read of one channel, in sites."""

    channel: str
    sites: int
    read: int
    erased: int
    health: str


@dataclass(frozen=True, slots=True)
class StageRow:
    """What is shown of one version: text that appears with it, text that was dropped after it."""

    stage: str
    appeared_shown: int
    appeared: int
    dropped_shown: int
    dropped: int


@dataclass(frozen=True, slots=True)
class GroupRow:
    """How well the marks of one group of copies are shown; they tell no copy apart."""

    group: str
    read: int
    agree: int
    p_value: str
    holders: int


@dataclass(frozen=True, slots=True)
class Bound:
    """Chance of naming any innocent, of naming one, and the number of scored samples so far.

    ``entities`` is how many were compared.
    """

    family_wise: str
    per_entity: str
    t: int
    entities: int


@dataclass(frozen=True, slots=True)
class Phantoms:
    """Copies issued to nobody that were scored like the real ones."""

    count: int
    best_p: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Null:
    """For a picture: scores, log10 of their chance for an innocent copy, what the copies scored.

    ``case_score`` is the best named copy's, or the best of all; ``others`` are not named.
    """

    score: tuple[str, ...]
    log10_tail: tuple[str, ...]
    case_score: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Information:
    """How much the marks told, in bits, and over how many code sites."""

    bits_read: str
    bits_missing: str
    code_sites: int
    code_sites_read: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One verdict with all it rests on. ``scores`` are (pseudonym, log10 p), strongest first."""

    verdict: str
    artifact: ArtifactMatch | None
    other_artifacts: tuple[ArtifactMatch, ...]
    copies: tuple[NamedCopy, ...]
    scores: tuple[tuple[str, str], ...]
    candidates: int
    bound: Bound | None
    method: str
    custody_level: str
    evidence: tuple[Channel, ...]
    phantoms: Phantoms | None
    vetoes: tuple[str, ...]
    limits: tuple[str, ...]
    next_steps: tuple[str, ...]
    notes: tuple[str, ...]
    information: Information | None
    null: Null | None
    stages: tuple[StageRow, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    rule: str = ""
    joint: JointFinding | None = None  # of runs that asked the joint decoder

    @property
    def runner_up(self) -> tuple[str, str] | None:
        """The strongest score behind the named copies, or None."""
        behind = self.scores[len(self.copies) :]
        return behind[0] if behind else None


def parse_finding(document: Mapping[str, object]) -> Finding:
    """The finding of a verdict document.

    Raises:
        InvalidInput: a field is missing or of another shape, or the verdict is not in D7's list.
    """
    try:
        return _finding(document)
    except (KeyError, TypeError, ValueError, OverflowError) as err:
        raise InvalidInput(
            f"the verdict document cannot be read ({shown(str(err))}); run the attribution again"
        ) from err


def further_limits(finding: Finding) -> list[str]:
    """What the run itself says against itself, as sentences.

    The limits of every finding are told apart. Beside a named copy none of these counts or names
    another holder, so its holder is shown all of them.
    """
    return [sentence(one) for one in finding.limits if one not in NOT_MORE]


def _finding(document: Mapping[str, object]) -> Finding:
    verdict = text(document["verdict"])
    if verdict not in ANSWERS:
        raise ValueError("unknown verdict")
    scores = [
        (text(item["pseudonym"]), number_text(item["log10_p"]))
        for item in map(table, rows(document["scores"]))
    ]
    return Finding(
        verdict=verdict,
        artifact=_artifact(document["artifact"]) if document["artifact"] else None,
        other_artifacts=tuple(_artifact(item) for item in rows(document["other_artifacts"])),
        copies=tuple(_copy(item) for item in rows(document["copies"])),
        scores=tuple(sorted(scores, key=lambda item: (float(item[1]), item[0]))),
        candidates=whole(document["candidates"]),
        bound=_bound(document["bound"]),
        method=text(document["method"]),
        custody_level=text(document["custody_level"]),
        evidence=tuple(_channel(item) for item in rows(document["evidence"])),
        phantoms=_phantoms(document["phantom_control"]) if document["phantom_control"] else None,
        vetoes=texts(document["vetoes"]),
        limits=texts(document["limits"]),
        next_steps=texts(document["next_steps"]),
        notes=texts(document["notes"]),
        information=_information(document["information"]),
        null=_null(document["null"]),
        stages=tuple(_stage(item) for item in rows(document["stages"])),
        groups=tuple(_group(item) for item in rows(document["groups"])),
        rule=text(document["rule"]),
        joint=parse_joint(document),
    )


def _copy(value: object) -> NamedCopy:
    item = table(value)
    return NamedCopy(
        copy=text(item["copy"]),
        recipient=text(item["recipient"] or ""),
        reserved=text(item["reserved"] or ""),
        p_value=number_text(item["p_value"]),
        log10_p=number_text(item["log10_p_value"]),
    )


def _artifact(value: object) -> ArtifactMatch:
    item = table(value)
    return ArtifactMatch(
        advisory=text(item["advisory"]),
        revision=number_text(item["revision"]),
        stage=text(item["stage"]),
        path=text(item["path"]),
        similarity=number_text(item["similarity"]),
        located=whole(item["code_sites_located"]),
    )


def _stage(value: object) -> StageRow:
    item = table(value)
    appeared, dropped = table(item["appeared"]), table(item["dropped"])
    return StageRow(
        stage=text(item["stage"]),
        appeared_shown=whole(appeared["shown"]),
        appeared=whole(appeared["of"]),
        dropped_shown=whole(dropped["shown"]),
        dropped=whole(dropped["of"]),
    )


def _group(value: object) -> GroupRow:
    item = table(value)
    return GroupRow(
        group=text(item["group"]),
        read=whole(item["read"]),
        agree=whole(item["agree"]),
        p_value=number_text(item["p_value"]),
        holders=whole(item["holders"]),
    )


def _channel(value: object) -> Channel:
    item = table(value)
    return Channel(
        channel=text(item["channel"]),
        sites=whole(item["sites"]),
        read=whole(item["read"]),
        erased=whole(item["erased"]),
        health=text(item["health"]),
    )


def _bound(value: object) -> Bound | None:
    """None when nothing was scored: then t is 0 and there is no bound to speak of."""
    item = table(value)
    t = whole(item["t"])
    if t == 0:
        return None
    bound = Bound(
        number_text(item["family_wise"]),
        number_text(item["per_entity"]),
        t,
        whole(item["entities"]),
    )
    if float(bound.per_entity) <= 0:
        raise ValueError("a scored run has a bound above 0")
    return bound


def _phantoms(value: object) -> Phantoms:
    item = table(value)
    return Phantoms(whole(item["count"]), number_text(item["best_p"]), item["ok"] is True)


def _information(value: object) -> Information | None:
    if value is None:
        return None
    item = table(value)
    return Information(
        number_text(item["bits_read"]),
        number_text(item["bits_missing"]),
        whole(item["code_sites"]),
        whole(item["code_sites_read"]),
    )


def _null(value: object) -> Null | None:
    if value is None:
        return None
    item = table(value)
    score, tail = numbers(item["score"]), numbers(item["log10_tail"])
    if len(score) != len(tail):
        raise ValueError("the null distribution's two rows differ in length")
    return Null(score, tail, number_text(item["case_score"]), numbers(item["others"]))
