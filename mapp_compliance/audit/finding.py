"""A verdict document, parsed once into a frozen value.

The document is what ``attribute`` prints and the log keeps. Its numbers may be text, whole numbers
or floats; here they are decimal text, digit for digit as given, so that a report prints the
figures of the log and no others, and its own document has canonical bytes.

>>> number_text(1e-07), number_text(3), number_text("0.5")
('1e-07', '3', '0.5')
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mapp_compliance.attribution.limits import NOT_MORE
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


def number_text(value: object) -> str:
    """Decimal text of a finite number, unchanged when it is text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(f"{type(value).__name__} instead of a number")
    if not math.isfinite(float(value)):
        raise ValueError("a number without an end")
    return value if isinstance(value, str) else repr(value)


def _finding(document: Mapping[str, object]) -> Finding:
    verdict = _text(document["verdict"])
    if verdict not in ANSWERS:
        raise ValueError("unknown verdict")
    scores = [
        (_text(item["pseudonym"]), number_text(item["log10_p"]))
        for item in map(_table, _list(document["scores"]))
    ]
    return Finding(
        verdict=verdict,
        artifact=_artifact(document["artifact"]) if document["artifact"] else None,
        other_artifacts=tuple(_artifact(item) for item in _list(document["other_artifacts"])),
        copies=tuple(_copy(item) for item in _list(document["copies"])),
        scores=tuple(sorted(scores, key=lambda item: (float(item[1]), item[0]))),
        candidates=_whole(document["candidates"]),
        bound=_bound(document["bound"]),
        method=_text(document["method"]),
        custody_level=_text(document["custody_level"]),
        evidence=tuple(_channel(item) for item in _list(document["evidence"])),
        phantoms=_phantoms(document["phantom_control"]) if document["phantom_control"] else None,
        vetoes=_texts(document["vetoes"]),
        limits=_texts(document["limits"]),
        next_steps=_texts(document["next_steps"]),
        notes=_texts(document["notes"]),
        information=_information(document["information"]),
        null=_null(document["null"]),
        stages=tuple(_stage(item) for item in _list(document["stages"])),
        groups=tuple(_group(item) for item in _list(document["groups"])),
        rule=_text(document["rule"]),
    )


def _copy(value: object) -> NamedCopy:
    item = _table(value)
    return NamedCopy(
        copy=_text(item["copy"]),
        recipient=_text(item["recipient"] or ""),
        reserved=_text(item["reserved"] or ""),
        p_value=number_text(item["p_value"]),
        log10_p=number_text(item["log10_p_value"]),
    )


def _artifact(value: object) -> ArtifactMatch:
    item = _table(value)
    return ArtifactMatch(
        advisory=_text(item["advisory"]),
        revision=number_text(item["revision"]),
        stage=_text(item["stage"]),
        path=_text(item["path"]),
        similarity=number_text(item["similarity"]),
        located=_whole(item["code_sites_located"]),
    )


def _stage(value: object) -> StageRow:
    item = _table(value)
    appeared, dropped = _table(item["appeared"]), _table(item["dropped"])
    return StageRow(
        stage=_text(item["stage"]),
        appeared_shown=_whole(appeared["shown"]),
        appeared=_whole(appeared["of"]),
        dropped_shown=_whole(dropped["shown"]),
        dropped=_whole(dropped["of"]),
    )


def _group(value: object) -> GroupRow:
    item = _table(value)
    return GroupRow(
        group=_text(item["group"]),
        read=_whole(item["read"]),
        agree=_whole(item["agree"]),
        p_value=number_text(item["p_value"]),
        holders=_whole(item["holders"]),
    )


def _channel(value: object) -> Channel:
    item = _table(value)
    return Channel(
        channel=_text(item["channel"]),
        sites=_whole(item["sites"]),
        read=_whole(item["read"]),
        erased=_whole(item["erased"]),
        health=_text(item["health"]),
    )


def _bound(value: object) -> Bound | None:
    """None when nothing was scored: then t is 0 and there is no bound to speak of."""
    item = _table(value)
    t = _whole(item["t"])
    if t == 0:
        return None
    bound = Bound(
        number_text(item["family_wise"]),
        number_text(item["per_entity"]),
        t,
        _whole(item["entities"]),
    )
    if float(bound.per_entity) <= 0:
        raise ValueError("a scored run has a bound above 0")
    return bound


def _phantoms(value: object) -> Phantoms:
    item = _table(value)
    return Phantoms(_whole(item["count"]), number_text(item["best_p"]), item["ok"] is True)


def _information(value: object) -> Information | None:
    if value is None:
        return None
    item = _table(value)
    return Information(
        number_text(item["bits_read"]),
        number_text(item["bits_missing"]),
        _whole(item["code_sites"]),
        _whole(item["code_sites_read"]),
    )


def _null(value: object) -> Null | None:
    if value is None:
        return None
    item = _table(value)
    score, tail = _numbers(item["score"]), _numbers(item["log10_tail"])
    if len(score) != len(tail):
        raise ValueError("the null distribution's two rows differ in length")
    return Null(score, tail, number_text(item["case_score"]), _numbers(item["others"]))


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{type(value).__name__} instead of a table")
    return value


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{type(value).__name__} instead of a list")
    return value


def _numbers(value: object) -> tuple[str, ...]:
    return tuple(number_text(item) for item in _list(value))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} instead of text")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{type(value).__name__} instead of a whole number")
    return value
