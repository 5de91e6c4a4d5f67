"""The rule table of verdicts, one case for each line, on scores made by hand."""

import random
import re
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.attribution import (
    NEXT_STEPS,
    Beside,
    Candidacy,
    Circumstances,
    Holding,
    Natural,
    StageCount,
    StageEvidence,
    Step,
    Verdict,
    VerdictKind,
    conclude,
    p_of_record,
    p_with_tags_of_record,
    rules,
)
from mapp_compliance.attribution.limits import (
    COMMON_ONLY,
    MORE_SOURCES,
    NOT_MORE,
    RESTS_ON_OTHERS,
    TOO_LITTLE,
)
from mapp_compliance.attribution.rules import RULES
from mapp_compliance.attribution.verdict import CLEARING
from mapp_compliance.values import Digest, EntityId, InstanceId, Window, instant
from mapp_compliance.watermark.codes import (
    EntityScore,
    GroupScore,
    InstanceScore,
    JointEvidence,
    PairClaim,
    Phantoms,
    Residual,
    Scores,
    Spread,
)
from tests.conformance.strategies import seeded

SENT = instant("2026-11-10T12:00:00Z")
HOUR = timedelta(hours=1)
SEEN = Window(SENT + HOUR, SENT + 2 * HOUR)
SHARE = Fraction(1, 10_000)
NAMES = ("A", "B", "C", "D")
SPACES = {100: 2**16, 101: 2**16, 102: 4}
WITHIN, SUPPORT, INNOCENT = 1e-9, 1e-4, 0.7
BOUND = SHARE / len(NAMES)
K = VerdictKind


def one(name: str, **changes: Any) -> InstanceScore:
    """One copy's score, as that of an innocent."""
    innocent = InstanceScore(
        instance=InstanceId(name),
        entity=EntityId(f"E-{name}"),
        score=0,
        p_c1=INNOCENT,
        p_sym=INNOCENT,
        p_code=INNOCENT,
        tag_e=(("code", 0.5), ("head", 0.5)),
        tag_hits=(),
        p_with_tags=1.0,
    )
    return replace(innocent, **changes)


def scored(*special: InstanceScore, **changes: Any) -> Scores:
    """Scores of A to D, those of whom nothing special is said being innocent."""
    by_name = {item.instance: item for item in special}
    instances = tuple(by_name.get(InstanceId(name), one(name)) for name in NAMES)
    entities = sorted({item.entity for item in instances})
    whole = Scores(
        method="test",
        map_id=Digest("0" * 64),
        share=SHARE,
        bound=SHARE / len(entities),
        code_sites=64,
        read_sites=60,
        bits=55.0,
        missing_bits=0.0,
        instances=instances,
        entities=tuple(
            EntityScore(
                entity, sum(item.entity == entity for item in instances), 1.0, 1.0, named=False
            )
            for entity in entities
        ),
        residual=Residual((), 0, 1.0, more_sources=False),
        phantoms=Phantoms(1000, 1e-3, 1, ok=True),
        null=(),
    )
    return replace(whole, **changes)


def candidate(name: str, **changes: Any) -> Candidacy:
    return replace(Candidacy(name, Holding.RECIPIENT, SENT), **changes)


def concluded(scores: Scores | None, *special: Candidacy, **changes: Any) -> Verdict:
    by_name = {item.instance: item for item in special}
    candidates = [by_name.get(name, candidate(name)) for name in NAMES]
    return conclude(True, scores, candidates, SPACES, Circumstances(**({"seen": SEEN} | changes)))


GUILTY = one("B", p_code=WITHIN, p_with_tags=WITHIN)
BY_TAGS = one(
    "B",
    p_code=SUPPORT,
    tag_e=(("code", 1e4), ("head", 1e4)),
    tag_hits=(100, 101),
    p_with_tags=SUPPORT * 1e-8,
)
TAGS_ONLY = one("B", tag_hits=(100, 101), p_with_tags=1e-8)


def test_no_artifact_is_no_link() -> None:
    verdict = conclude(False, None, (), {}, Circumstances(seen=SEEN))
    assert (verdict.kind, verdict.named) == (K.NO_LINK, ())


@pytest.mark.parametrize("scores", [None, scored(read_sites=0, missing_bits=20.0)])
@pytest.mark.parametrize(
    ("holds", "kind"), [(False, K.LINEAGE_ONLY), (True, K.PROGRAM_ORIGIN_UNRESOLVED)]
)
def test_where_no_mark_was_read_only_the_origin_is_told(
    scores: Scores | None, holds: bool, kind: VerdictKind
) -> None:
    verdict = concluded(scores, holds_original=holds)
    assert (verdict.kind, verdict.named) == (kind, ())


@pytest.mark.parametrize(
    ("holding", "kind"),
    [
        (Holding.RECIPIENT, K.COPY_IDENTIFIED),
        (Holding.INTERNAL, K.COPY_IDENTIFIED_INTERNAL),
        (Holding.PUBLIC_RELEASE, K.PUBLIC_RELEASE),
        (Holding.VENDOR_ORIGINAL, K.PROGRAM_ORIGIN_UNRESOLVED),
    ],
)
def test_one_copy_within_the_bound_is_named_as_what_it_is(
    holding: Holding, kind: VerdictKind
) -> None:
    issued = None if holding is Holding.VENDOR_ORIGINAL else SENT
    verdict = concluded(scored(GUILTY), candidate("B", holding=holding, issued_at=issued))
    assert (verdict.kind, verdict.named, verdict.vetoes) == (kind, ("B",), ())


def test_two_copies_within_the_bound_are_both_named() -> None:
    verdict = concluded(scored(GUILTY, one("D", p_code=WITHIN)))
    assert (verdict.kind, verdict.named) == (K.MULTIPLE_COPIES, ("B", "D"))


def test_a_further_source_is_a_limit_of_the_one_that_is_named() -> None:
    verdict = concluded(scored(GUILTY, residual=Residual((), 9, 1e-5, more_sources=True)))
    assert verdict.kind is K.COPY_IDENTIFIED
    assert verdict.limits[0] == "at least one more source"


def test_every_naming_verdict_says_what_a_copy_does_not_tell() -> None:
    assert set(NOT_MORE) <= set(concluded(scored(GUILTY)).limits)


@pytest.mark.parametrize(("over", "named"), [(0, True), (1, False)])
def test_the_code_alone_names_at_fifteen_sixteenths_of_the_bound(over: int, named: bool) -> None:
    edge = float(BOUND * Fraction(15, 16)) * (1 + over * 1e-9) * (1 - 1e-12)
    assert bool(concluded(scored(one("B", p_code=edge))).named) is named


def test_an_entity_of_many_copies_pays_for_each() -> None:
    twins = [one(name, entity=EntityId("E-twin")) for name in ("A", "C", "D")]
    p = float(BOUND) * 0.9
    alone = concluded(scored(one("B", p_code=p)))
    shared = concluded(scored(replace(twins[0], p_code=p), *twins[1:]))
    assert (alone.named, shared.named) == (("B",), ())


def test_tags_of_two_channels_add_to_a_code_that_supports_them() -> None:
    verdict = concluded(scored(BY_TAGS))
    assert (verdict.kind, verdict.named) == (K.COPY_IDENTIFIED, ("B",))


@pytest.mark.parametrize(
    "changes",
    [
        {"tag_e": (("code", 1e4), ("head", 0.5))},  # one channel
        {"p_with_tags": float(BOUND / 16) * 1.001},  # beyond the tags' part of the level
        {"p_code": 1.001e-3, "tag_hits": ()},  # no support by the code
    ],
)
def test_tags_do_not_name_without_all_three(changes: dict[str, Any]) -> None:
    assert concluded(scored(replace(BY_TAGS, **changes))).named == ()


def test_tags_name_up_to_the_edge_of_their_part() -> None:
    p = float(BOUND / 16) * (1 - 1e-12)
    assert concluded(scored(replace(BY_TAGS, p_with_tags=p, p_code=1e-3))).named == ("B",)


def test_tags_that_would_name_two_name_nobody() -> None:
    other = replace(BY_TAGS, instance=InstanceId("C"), entity=EntityId("E-C"))
    verdict = concluded(scored(BY_TAGS, other))
    assert (verdict.kind, verdict.named) == (K.LEAD_ONLY, ())


def test_tags_add_nobody_where_the_code_names_already() -> None:
    verdict = concluded(scored(one("A", p_code=WITHIN), BY_TAGS))
    assert verdict.named == ("A",)


def test_the_two_p_values_of_record_share_the_level() -> None:
    code, tags = one("A", p_code=1.0), one("A", p_with_tags=0.5)
    assert (p_of_record(code), p_with_tags_of_record(tags)) == (1, 1)
    assert 1 / (p_of_record(GUILTY) / Fraction(WITHIN)) + Fraction(1, 16) == 1


@pytest.mark.parametrize("read", [0, 5])
def test_tags_alone_are_a_lead(read: int) -> None:
    verdict = concluded(scored(TAGS_ONLY, read_sites=read, missing_bits=20.0))
    assert (verdict.kind, verdict.named) == (K.LEAD_ONLY, ())
    assert "only tags" in verdict.limits[0]


@pytest.mark.parametrize("scores", [scored(TAGS_ONLY), scored(one("A", p_code=WITHIN), TAGS_ONLY)])
def test_tags_of_a_copy_that_the_code_speaks_against_are_a_conflict(scores: Scores) -> None:
    verdict = concluded(scores)
    assert (verdict.kind, verdict.named) == (K.CONFLICTING_MARKS, ())


def test_a_tag_hit_that_may_be_luck_is_no_conflict() -> None:
    verdict = concluded(scored(GUILTY, one("C", tag_hits=(102,))))
    assert verdict.kind is K.COPY_IDENTIFIED


def test_a_rare_match_beyond_the_bound_is_a_lead() -> None:
    verdict = concluded(scored(one("B", p_code=0.05 / 4), missing_bits=3.0))
    assert verdict.kind is K.LEAD_ONLY
    assert "3.0 bits more" in verdict.limits[1]


def test_two_copies_that_fit_together_are_a_lead_and_name_nobody() -> None:
    pair = PairClaim((InstanceId("A"), InstanceId("C")), 2e-6)
    found = concluded(scored(pair=pair))
    assert (found.kind, found.named, found.rule) == (K.LEAD_ONLY, (), "lead")
    assert any("at least one of two copies" in said for said in found.limits)
    assert "2.0e-6" in found.limits[0]


def test_a_named_copy_whose_p_opens_other_words_says_so() -> None:
    joint = JointEvidence(WITHIN, (InstanceId("A"),), "2 coin 0.01", 1e-12, 1e-3, of_record=True)
    found = concluded(scored(replace(GUILTY, joint=joint)))
    assert found.kind is K.COPY_IDENTIFIED
    assert RESTS_ON_OTHERS in found.limits
    alone = concluded(scored(replace(GUILTY, joint=replace(joint, of_record=False))))
    assert RESTS_ON_OTHERS not in alone.limits


def test_phantoms_of_the_joint_decoder_that_score_too_well_veto() -> None:
    broken = scored(GUILTY, phantoms_joint=Phantoms(10_000, 1e-9, 1, ok=False))
    assert concluded(broken).kind is K.LEAD_ONLY


def test_too_few_bits_are_insufficient_with_how_many_are_missing() -> None:
    verdict = concluded(scored(missing_bits=12.34, bits=9.96, read_sites=10))
    assert verdict.kind is K.INSUFFICIENT
    assert verdict.limits[0] == (
        "10.0 bits were read from 10 of 64 code sites; 12.3 bits more are needed to name anybody"
    )


def test_enough_bits_that_fit_nobody_are_an_unregistered_copy() -> None:
    assert concluded(scored()).kind is K.UNREGISTERED_COPY


def test_a_copy_issued_after_the_sighting_is_a_conflict() -> None:
    verdict = concluded(scored(GUILTY), candidate("B", issued_at=SEEN.end + HOUR))
    assert (verdict.kind, verdict.named) == (K.CONFLICTING_MARKS, ())
    assert "cannot be the source" in verdict.vetoes[0]


VETOES = [
    ({"issued_at": SEEN.start}, {}, "order is unknown"),
    ({"issued_at": SEEN.end}, {}, "order is unknown"),
    ({"stolen_at": SENT}, {}, "stolen before"),
    ({"stolen_at": SEEN.end}, {}, "stolen before"),
    ({}, {"custody_gap": True}, "custody"),
    ({}, {"replayed": False}, "replayed"),
]


@pytest.mark.parametrize(("about", "around", "says"), VETOES)
def test_every_veto_makes_a_lead_of_a_named_copy(
    about: dict[str, Any], around: dict[str, Any], says: str
) -> None:
    verdict = concluded(scored(GUILTY), candidate("B", **about), **around)
    assert (verdict.kind, verdict.named) == (K.LEAD_ONLY, ())
    assert says in " ".join(verdict.vetoes)


def test_phantoms_that_score_too_well_veto() -> None:
    verdict = concluded(scored(GUILTY, phantoms=Phantoms(1000, 0.9e-6, 1, ok=False)))
    assert "phantom control" in verdict.vetoes[0]
    again = concluded(scored(GUILTY, phantoms=Phantoms(1000, 1e-6, 1, ok=False)))
    assert again.kind is K.COPY_IDENTIFIED


@pytest.mark.parametrize(
    "about", [{"stolen_at": SEEN.end + HOUR}, {"issued_at": SEEN.start - HOUR}]
)
def test_what_came_in_good_order_is_no_veto(about: dict[str, Any]) -> None:
    assert concluded(scored(GUILTY), candidate("B", **about)).kind is K.COPY_IDENTIFIED


def test_a_copy_that_was_public_before_is_named_with_that_limit() -> None:
    verdict = concluded(scored(GUILTY), candidate("B", public_since=SENT))
    assert verdict.kind is K.COPY_IDENTIFIED
    assert "public place" in verdict.limits[0]


def test_a_copy_that_the_house_derived_again_is_named_with_that_limit() -> None:
    verdict = concluded(scored(GUILTY), candidate("B", derived_at=SENT))
    assert verdict.kind is K.COPY_IDENTIFIED
    assert "in the clear" in verdict.limits[0]
    later = concluded(scored(GUILTY), candidate("B", derived_at=SEEN.end + timedelta(seconds=1)))
    assert not any("in the clear" in limit for limit in later.limits)


@pytest.mark.parametrize(("about", "around", "says"), VETOES)
def test_a_veto_never_lets_another_copy_move_up(
    about: dict[str, Any], around: dict[str, Any], says: str
) -> None:
    second = one("D", p_code=SUPPORT, p_with_tags=SUPPORT)
    verdict = concluded(scored(GUILTY, second), candidate("B", **about), **around)
    assert verdict.named == ()


@pytest.mark.parametrize(("about", "around", "says"), VETOES)
def test_a_veto_on_one_of_two_named_copies_stops_both(
    about: dict[str, Any], around: dict[str, Any], says: str
) -> None:
    scores = scored(GUILTY, one("D", p_code=WITHIN))
    assert concluded(scores, candidate("B", **about), **around).named == ()


DECOY = candidate("C", holding=Holding.DECOY, issued_at=None)
BEFORE, AROUND = Window(SENT - 2 * HOUR, SENT - HOUR), Window(SENT - HOUR, SENT + HOUR)
NOTHING_READ = scored(read_sites=0, missing_bits=20.0)
FEW_READ = scored(read_sites=9, bits=9.0, missing_bits=12.0)


def counts(step: Step, appeared: int = 0, dropped: int = 0, exclusive: int = 0) -> StageCount:
    return StageCount(
        step,
        appeared,
        9,
        dropped,
        9,
        exclusive,
        9,
        clearly_appeared=appeared > 1,
        clearly_dropped=dropped > 1,
        clearly_exclusive=exclusive > 1,
    )


def line(*rows: StageCount) -> StageEvidence:
    known = {row.step: row for row in rows}
    steps = (Step.FINDER, Step.VENDOR, Step.SENT)
    return StageEvidence(tuple(known.get(step, counts(step)) for step in steps), 5, 9)


UPSTREAM = line(counts(Step.FINDER, 9, 4, 4))
VENDORS = line(counts(Step.FINDER, 9), counts(Step.SENT, 3, 9, 3))
ONE_OF_BOTH = line(counts(Step.FINDER, 9, 4, 4), counts(Step.SENT, 1, 9, 1))
UNSENT = line(counts(Step.VENDOR, 4, 4, 4))
COMMON = line()
WAVE, PROGRAM, RELEASE = (InstanceId(f"group/{name}") for name in ("wave", "program", "release"))


def shown(*names: InstanceId, p: float = 1e-4) -> tuple[GroupScore, ...]:
    return tuple(
        GroupScore(name, 16, 16, 16 if name in names else 8, p if name in names else 0.6)
        for name in (WAVE, PROGRAM, RELEASE)
    )


def beside(**changes: Any) -> Beside:
    known = {"holders": {WAVE: 12, PROGRAM: 40}, "program": PROGRAM, "released": {RELEASE}}
    return Beside(**(known | changes))


def judged(scores: Scores | None, evidence: Beside, *special: Candidacy, **changes: Any) -> Verdict:
    by_name = {item.instance: item for item in special}
    known = [by_name.get(name, candidate(name)) for name in NAMES]
    facts: dict[str, Any] = {"seen": SEEN, "holders": 80, "upstream_holders": 2}
    facts |= {"first_issue": SENT}
    return conclude(True, scores, known, SPACES, Circumstances(**(facts | changes)), evidence)


OWN = Natural(read=30, agree=30, p=1e-9)
TABLE: list[tuple[str, Scores | None, Beside, dict[str, Any], VerdictKind, int]] = [
    ("dropped text alone", NOTHING_READ, beside(stages=UPSTREAM), {}, K.UPSTREAM_ORIGIN, 2),
    ("nothing scored", None, beside(stages=UPSTREAM), {}, K.UPSTREAM_ORIGIN, 2),
    ("one feature of the vendor's", None, beside(stages=ONE_OF_BOTH), {}, K.LINEAGE_ONLY, 80),
    ("upstream with few marks", FEW_READ, beside(stages=UPSTREAM), {}, K.UPSTREAM_ORIGIN, 2),
    (
        "upstream with a copy's marks",
        scored(),
        beside(stages=UPSTREAM),
        {},
        K.UNREGISTERED_COPY,
        80,
    ),
    (
        "upstream with the author's values",
        scored(),
        beside(stages=UPSTREAM, natural=OWN),
        {},
        K.UPSTREAM_ORIGIN,
        2,
    ),
    (
        "upstream with a wave's marks",
        NOTHING_READ,
        beside(stages=UPSTREAM, groups=shown(WAVE)),
        {},
        K.PROGRAM_ORIGIN_UNRESOLVED,
        12,
    ),
    ("vendor text", NOTHING_READ, beside(stages=VENDORS), {}, K.PROGRAM_ORIGIN_UNRESOLVED, 78),
    (
        "vendor text, few marks",
        FEW_READ,
        beside(stages=VENDORS),
        {},
        K.PROGRAM_ORIGIN_UNRESOLVED,
        78,
    ),
    (
        "vendor text, released",
        NOTHING_READ,
        beside(stages=VENDORS),
        {"published_at": SENT},
        K.LINEAGE_ONLY,
        80,
    ),
    (
        "vendor text, released later",
        NOTHING_READ,
        beside(stages=VENDORS),
        {"published_at": SEEN.end + HOUR},
        K.PROGRAM_ORIGIN_UNRESOLVED,
        78,
    ),
    (
        "vendor text, all marks foreign",
        scored(),
        beside(stages=VENDORS),
        {},
        K.UNREGISTERED_COPY,
        80,
    ),
    ("common text", NOTHING_READ, beside(stages=COMMON), {}, K.LINEAGE_ONLY, 80),
    ("unsent version", NOTHING_READ, beside(stages=UNSENT), {}, K.PROGRAM_ORIGIN_UNRESOLVED, 78),
    ("author's values", scored(), beside(natural=OWN), {}, K.LINEAGE_ONLY, 80),
    (
        "author's values with vendor text",
        scored(),
        beside(natural=OWN, stages=VENDORS),
        {},
        K.PROGRAM_ORIGIN_UNRESOLVED,
        78,
    ),
    (
        "too few of the author's values",
        scored(),
        beside(natural=Natural(9, 9, 1e-3)),
        {},
        K.UNREGISTERED_COPY,
        80,
    ),
    (
        "the author's values by luck",
        scored(),
        beside(natural=Natural(30, 20, 0.02)),
        {},
        K.UNREGISTERED_COPY,
        80,
    ),
    (
        "a wave's marks",
        NOTHING_READ,
        beside(groups=shown(WAVE, PROGRAM)),
        {},
        K.PROGRAM_ORIGIN_UNRESOLVED,
        12,
    ),
    (
        "the program's marks",
        NOTHING_READ,
        beside(groups=shown(PROGRAM)),
        {},
        K.PROGRAM_ORIGIN_UNRESOLVED,
        40,
    ),
    (
        "a wave's marks by luck",
        NOTHING_READ,
        beside(groups=shown(WAVE, p=2e-3)),
        {},
        K.LINEAGE_ONLY,
        80,
    ),
    (
        "a wave's marks, no copy fits",
        scored(),
        beside(groups=shown(WAVE)),
        {},
        K.PROGRAM_ORIGIN_UNRESOLVED,
        12,
    ),
    (
        "the release's marks alone",
        NOTHING_READ,
        beside(groups=shown(RELEASE)),
        {},
        K.LINEAGE_ONLY,
        80,
    ),
    (
        "use before",
        NOTHING_READ,
        beside(),
        {"exploited": BEFORE},
        K.LINEAGE_ONLY_EARLIER_EXPLOITATION,
        80,
    ),
    ("use around", NOTHING_READ, beside(), {"exploited": AROUND}, K.LINEAGE_ONLY, 80),
    ("use after", NOTHING_READ, beside(), {"exploited": SEEN}, K.LINEAGE_ONLY, 80),
    (
        "use before, nothing issued",
        NOTHING_READ,
        beside(),
        {"exploited": BEFORE, "first_issue": None},
        K.LINEAGE_ONLY_EARLIER_EXPLOITATION,
        80,
    ),
    (
        "use before, vendor text",
        NOTHING_READ,
        beside(stages=VENDORS),
        {"exploited": BEFORE},
        K.PROGRAM_ORIGIN_UNRESOLVED,
        78,
    ),
    (
        "use before, common text",
        None,
        beside(stages=COMMON),
        {"exploited": BEFORE},
        K.LINEAGE_ONLY_EARLIER_EXPLOITATION,
        80,
    ),
    ("few marks", FEW_READ, beside(), {}, K.INSUFFICIENT, 80),
    ("few marks, use before", FEW_READ, beside(), {"exploited": BEFORE}, K.INSUFFICIENT, 80),
    ("a lead", scored(one("B", p_code=0.01)), beside(groups=shown(WAVE)), {}, K.LEAD_ONLY, 80),
]


@pytest.mark.parametrize(
    ("scores", "evidence", "facts", "kind", "holders"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_every_rule_of_unnamed_material_and_its_neighbour(
    scores: Scores | None,
    evidence: Beside,
    facts: dict[str, Any],
    kind: VerdictKind,
    holders: int,
) -> None:
    verdict = judged(scores, evidence, **facts)
    assert (verdict.kind, verdict.named, verdict.candidates) == (kind, (), holders)
    assert verdict.next_steps
    assert verdict.rule in dict(RULES)


def test_every_kind_has_next_steps_and_every_rule_a_place_in_the_docstring() -> None:
    assert set(NEXT_STEPS) == set(VerdictKind)
    told = rules.__doc__ or ""
    assert all(f"**{name}**" in told for name, _ in RULES)


def test_marks_of_a_decoy_come_from_the_key() -> None:
    verdict = concluded(scored(one("C", p_code=WITHIN)), DECOY)
    assert (verdict.kind, verdict.named) == (K.CONFLICTING_MARKS, ())
    assert "key-compromise" in verdict.next_steps[0]


def test_tags_of_a_decoy_come_from_the_key_even_alone() -> None:
    tags = one("C", tag_hits=(100, 101), p_with_tags=1e-8)
    verdict = concluded(scored(tags, read_sites=0, missing_bits=20.0), DECOY)
    assert verdict.kind is K.CONFLICTING_MARKS


def test_tags_of_two_copies_alone_contradict_each_other() -> None:
    both = [
        one(name, tag_hits=(place,), p_with_tags=1e-4) for name, place in (("B", 100), ("C", 101))
    ]
    wide = {100: 2**20, 101: 2**20}
    known = [candidate(name) for name in NAMES]
    scores = scored(*both, read_sites=0, missing_bits=20.0)
    verdict = conclude(True, scores, known, wide, Circumstances(SEEN))
    assert verdict.kind is K.CONFLICTING_MARKS


@pytest.mark.parametrize(
    ("one_value", "others", "kind"),
    [
        ((1.0, 0.7), (1.0, 1e-9), K.CONFLICTING_MARKS),
        ((1.0, 0.7), (1.0, 0.2), K.MULTIPLE_COPIES),  # each by one value: both were used
        ((0.8, 0.7), (1.0, 1e-9), K.MULTIPLE_COPIES),  # the value is mixed, not taken over
        ((1.0, 0.04), (1.0, 1e-9), K.MULTIPLE_COPIES),  # it speaks elsewhere too
        ((1.0, 1e-9), (1.0, 1e-9), K.MULTIPLE_COPIES),
    ],
)
def test_one_whole_value_of_a_second_copy_is_a_conflict(
    one_value: tuple[float, float], others: tuple[float, float], kind: VerdictKind
) -> None:
    scores = scored(GUILTY, one("D", p_code=WITHIN))
    spread = {"B": Spread(*others), "D": Spread(*one_value)}
    assert judged(scores, beside(spread=spread)).kind is kind


@pytest.mark.parametrize("holding", [Holding.RECIPIENT, Holding.INTERNAL, Holding.PUBLIC_RELEASE])
def test_what_never_left_the_house_cannot_leak_from_anybody(holding: Holding) -> None:
    verdict = concluded(scored(GUILTY), candidate("B", holding=holding, issued_at=None))
    assert (verdict.kind, verdict.named) == (K.CONFLICTING_MARKS, ())
    assert verdict.vetoes
    assert "key-compromise" in verdict.next_steps[0]


def test_a_release_that_was_seen_early_accuses_nobody() -> None:
    early = candidate("B", holding=Holding.PUBLIC_RELEASE, issued_at=SEEN.end + HOUR)
    verdict = concluded(scored(GUILTY), early)
    assert verdict.kind is K.PUBLIC_RELEASE
    assert "prepared the release" in verdict.limits[0]


@pytest.mark.parametrize(
    ("stolen", "kind"), [(SENT, K.LEAD_ONLY), (SEEN.end + HOUR, K.COPY_IDENTIFIED)]
)
def test_a_stolen_mark_key_vetoes_what_was_seen_after(stolen: datetime, kind: VerdictKind) -> None:
    assert concluded(scored(GUILTY), key_stolen_at=stolen).kind is kind


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"exploited": BEFORE}, "not explained by it"),
        ({"exploited": AROUND}, "unknown"),
        ({"public": BEFORE}, "may have been had from there"),
        ({"unmarked": True}, "whether some of it leaked too"),
        ({"other_material": True}, "another advisory"),
        ({"excluded_sites": 3}, "3 sites were left out"),
    ],
)
def test_what_else_is_known_limits_a_named_copy(changes: dict[str, Any], says: str) -> None:
    verdict = judged(scored(GUILTY), beside(), **changes)
    assert verdict.kind is K.COPY_IDENTIFIED
    assert says in " ".join(verdict.limits)


def test_text_of_a_draft_beside_a_copys_marks_tells_of_a_second_source() -> None:
    verdict = judged(scored(GUILTY), beside(stages=ONE_OF_BOTH))
    assert verdict.kind is K.COPY_IDENTIFIED
    assert "at least one more source" in verdict.limits[0]


def test_while_a_source_is_not_named_nobody_is_told_that_they_are_cleared() -> None:
    alone = Verdict(K.COPY_IDENTIFIED_INTERNAL, ("B",))
    assert CLEARING in alone.next_steps
    assert CLEARING not in replace(alone, limits=(MORE_SOURCES,)).next_steps


def test_what_single_versions_show_is_not_said_to_stand_in_all_of_them() -> None:
    apart = replace(ONE_OF_BOTH, common_shown=5, common=9)
    assert TOO_LITTLE in judged(NOTHING_READ, beside(stages=apart)).limits
    assert COMMON_ONLY in judged(NOTHING_READ, beside(stages=COMMON)).limits


@pytest.mark.parametrize("changes", [{"unmarked": True}, {"exploited": BEFORE}, {"public": BEFORE}])
def test_beside_a_named_copy_no_sentence_counts_other_holders(changes: dict[str, Any]) -> None:
    verdict = judged(scored(GUILTY), beside(groups=shown(WAVE)), **changes)
    assert not [text for text in verdict.limits if re.search("recipient|holders|partner", text)]


p_values = st.sampled_from([1e-12, 1e-9, 1e-5, 1e-4, 1e-3, 0.01, 0.3, 1.0])


@st.composite
def situations(draw: st.DrawFn) -> tuple[Scores, list[Candidacy], Circumstances]:
    """Any scores of four copies, with any dates and circumstances."""
    copies, known = [], []
    for name in NAMES:
        p_code = draw(p_values)
        e_values = draw(st.tuples(*[st.sampled_from([0.5, 1e4])] * 2))
        copies.append(
            one(
                name,
                entity=EntityId(f"E-{draw(st.integers(1, 4))}"),
                p_code=p_code,
                tag_e=(("code", e_values[0]), ("head", e_values[1])),
                tag_hits=draw(st.sampled_from([(), (102,), (100,), (100, 101)])),
                p_with_tags=min(1.0, p_code / (e_values[0] * e_values[1])),
            )
        )
        times = st.sampled_from([None, SENT, SEEN.start, SEEN.end + HOUR])
        known.append(
            candidate(
                name,
                holding=draw(st.sampled_from(Holding)),
                issued_at=draw(times),
                stolen_at=draw(times),
                public_since=draw(times),
            )
        )
    scores = scored(*copies, missing_bits=draw(st.sampled_from([0.0, 5.0])))
    around = Circumstances(SEEN, draw(st.booleans()), draw(st.booleans()), draw(st.booleans()))
    return scores, known, around


@seeded
@given(situation=situations(), order=st.permutations(range(4)), names=st.permutations("WXYZ"))
def test_other_names_in_another_order_give_the_same_verdict_on_the_same_copies(
    situation: tuple[Scores, list[Candidacy], Circumstances],
    order: list[int],
    names: list[str],
) -> None:
    scores, known, around = situation
    called = dict(zip(NAMES, names, strict=True))
    entities = {item.entity: f"renamed-{item.entity[::-1]}" for item in scores.entities}
    moved = replace(
        scores,
        instances=tuple(
            replace(
                scores.instances[place],
                instance=called[scores.instances[place].instance],
                entity=entities[scores.instances[place].entity],
            )
            for place in order
        ),
        entities=tuple(
            replace(item, entity=entities[item.entity]) for item in reversed(scores.entities)
        ),
    )
    renamed = [replace(known[place], instance=called[known[place].instance]) for place in order]
    first = conclude(True, scores, known, SPACES, around)
    second = conclude(True, moved, renamed, SPACES, around)
    assert {called[name] for name in first.named} == set(second.named)
    assert replace(first, named=()) == replace(second, named=())


@seeded
@given(situation=situations())
def test_whoever_is_named_is_within_the_bound_and_free_of_vetoes(
    situation: tuple[Scores, list[Candidacy], Circumstances],
) -> None:
    scores, known, around = situation
    verdict = conclude(True, scores, known, SPACES, around)
    counts = {item.entity: item.instances for item in scores.entities}
    for item in scores.instances:
        if item.instance in verdict.named:
            best = min(p_of_record(item), p_with_tags_of_record(item))
            assert best * counts[item.entity] <= scores.bound
            assert item.p_code <= 1e-3
    assert not (verdict.named and verdict.vetoes)
    assert not (verdict.named and (around.custody_gap or not around.replayed))
    if verdict.kind.names_a_copy:
        assert verdict.named


@seeded
@given(situation=situations())
def test_better_circumstances_name_nobody_else(
    situation: tuple[Scores, list[Candidacy], Circumstances],
) -> None:
    scores, known, around = situation
    free = [replace(item, issued_at=SENT, stolen_at=None, public_since=None) for item in known]
    clean = conclude(True, scores, free, SPACES, Circumstances(seen=SEEN))
    verdict = conclude(True, scores, known, SPACES, around)
    assert verdict.named in {(), clean.named}


def test_every_kind_of_verdict_says_what_to_do_next() -> None:
    assert set(NEXT_STEPS) == set(VerdictKind)
    assert all(NEXT_STEPS.values())


def test_shuffled_candidates_in_the_given_order_stay_with_their_scores() -> None:
    known = [candidate(name) for name in NAMES]
    known[1] = candidate("B", holding=Holding.INTERNAL)
    random.Random(1).shuffle(known)
    verdict = conclude(True, scored(GUILTY), known, SPACES, Circumstances(seen=SEEN))
    assert verdict.kind is K.COPY_IDENTIFIED_INTERNAL


besides = st.builds(
    beside,
    stages=st.sampled_from([None, UPSTREAM, VENDORS, ONE_OF_BOTH, UNSENT, COMMON]),
    groups=st.sampled_from([(), shown(WAVE), shown(PROGRAM), shown(RELEASE)]),
    natural=st.sampled_from([None, OWN]),
    spread=st.sampled_from([{}, {name: Spread(1.0, 0.5) for name in NAMES}]),
)


@seeded
@given(
    situation=situations(),
    evidence=besides,
    known=st.fixed_dictionaries(
        {
            "exploited": st.sampled_from([None, BEFORE, AROUND, SEEN]),
            "published_at": st.sampled_from([None, SENT, SEEN.end + HOUR]),
            "unmarked": st.booleans(),
            "key_stolen_at": st.sampled_from([None, SENT]),
        }
    ),
)
def test_nothing_beside_the_scores_names_anybody_more(
    situation: tuple[Scores, list[Candidacy], Circumstances],
    evidence: Beside,
    known: dict[str, Any],
) -> None:
    scores, candidates, around = situation
    alone = conclude(True, scores, candidates, SPACES, around)
    with_more = conclude(True, scores, candidates, SPACES, replace(around, **known), evidence)
    assert set(with_more.named) <= set(alone.named)
    assert with_more.kind.names_a_copy <= bool(with_more.named)
