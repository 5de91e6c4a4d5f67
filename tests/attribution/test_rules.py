"""The rule table of verdicts, one case for each line, on scores made by hand."""

import random
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.attribution import (
    NEXT_STEPS,
    Candidacy,
    Circumstances,
    Holding,
    Verdict,
    VerdictKind,
    conclude,
    p_of_record,
    p_with_tags_of_record,
)
from mapp_compliance.attribution.limits import NOT_MORE
from mapp_compliance.values import Digest, EntityId, InstanceId, Window, instant
from mapp_compliance.watermark.codes import (
    EntityScore,
    InstanceScore,
    Phantoms,
    Residual,
    Scores,
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
