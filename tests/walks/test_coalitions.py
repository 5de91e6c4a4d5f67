"""Several who compare their copies: what the verdict says, rests on, and lets others recompute.

The third party here has the explanation of a named copy, and nothing of the program: weights by
decimal arithmetic, chances as exact fractions.
"""

import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from mapp_compliance.attribution import Sample
from mapp_compliance.attribution.limits import RESTS_ON_OTHERS
from mapp_compliance.audit.finding import parse_finding
from mapp_compliance.errors import Broken, Conflict
from mapp_compliance.watermark.codes import Method
from mapp_compliance.workflows import attribute as module
from mapp_compliance.workflows import notices
from mapp_compliance.workflows.attribute import Attributed, attribute, find_sample, replay
from mapp_compliance.workflows.explain import explain, lines_of
from mapp_compliance.workflows.verdictdoc import blind_document, document_of
from tests.walks.stories import LONG, Story

COLLUDERS = ("P1", "P2", "P3")
SCALE = 2**32


def rarest(files: list[bytes]) -> bytes:
    """At each place the byte that the fewest of them have."""
    return bytes(
        min(set(held), key=lambda byte: held.count(byte)) for held in zip(*files, strict=True)
    )


@pytest.fixture(scope="module")
def mixed() -> tuple[Story, Attributed]:
    story = Story(package=LONG)
    return story, story.judged(rarest([story.file(name) for name in COLLUDERS]))


def test_three_who_always_write_the_rarest_symbol_are_named(mixed) -> None:
    _, found = mixed
    named = [row["recipient"] for row in found.document["copies"]]
    assert found.run.verdict in {"MULTIPLE_COPIES", "COPY_IDENTIFIED"}
    assert named
    assert set(named) <= set(COLLUDERS)


def test_the_document_says_what_a_joint_p_rests_on(mixed) -> None:
    story, found = mixed
    document = found.document
    bands = {row["pseudonym"]: row["band"] for row in document["scores"]}
    for row in document["copies"]:
        assert row["decoder"] == "joint"
        assert row["opens"]
        assert set(row["opens"]) <= set(bands)
        assert row["joint"]["weight"] <= 1
    assert Counter(bands.values())["attributed"] == len(document["copies"])
    assert sum(document["bands"].values()) == len(document["scores"])
    assert RESTS_ON_OTHERS in document["limits"]
    assert document["phantom_control"]["joint"]["ok"]
    assert document["null"]["decoder"] == "joint"
    blind = json.dumps(blind_document(story.world.desk, found.run))
    assert not any(str(story.copy(name).id) in blind for name in COLLUDERS)


def test_a_notice_does_not_tell_how_many_words_of_others_were_opened(mixed) -> None:
    _, found = mixed
    shown = notices._own(found.document["copies"][0])
    assert set(found.document["copies"][0]) - set(shown) == {"opens", "joint"}


def test_the_report_tells_it_too(mixed) -> None:
    story, found = mixed
    joint = parse_finding(document_of(story.world.desk, found.run)).joint
    assert joint is not None
    assert {one.copy for one in joint.rests_on} == {row["copy"] for row in found.document["copies"]}
    assert joint.curve_is_joint


def test_a_joint_run_replays_to_the_same_bytes(mixed) -> None:
    story, found = mixed
    assert replay(story.world.desk, found.run) == found.run.digest


def test_the_weights_of_a_joint_test_are_shown_for_a_named_copy_only(mixed) -> None:
    story, found = mixed
    sample = sample_of(story, found)
    own = explain(story.world.desk, sample, found.document["copies"][0]["copy"])
    assert all("weight_joint" in row for row in own["sites"])
    named = {row["copy"] for row in found.document["copies"]}
    other = next(
        row["pseudonym"] for row in found.document["scores"] if row["band"] != "attributed"
    )
    second = explain(story.world.desk, sample, other)
    assert second["explained"]["copy"] not in named
    assert not any("opened_ones" in row for row in second["sites"])
    assert any("given the words of" in line for line in lines_of(own))


def test_a_third_party_recomputes_a_joint_p_from_what_is_opened(mixed) -> None:
    """Weights of the sites from the model and the number of opened ones; then exact fractions."""
    story, found = mixed
    row = found.document["copies"][0]
    own = explain(story.world.desk, sample_of(story, found), row["copy"])
    joint = own["joint"]
    sources, choice, noise = joint["model"].split()
    known = len(joint["opens"])
    weights = []
    for site in own["sites"]:
        chances = [
            seen(int(sources), choice, Decimal(noise), known + 1, site, site["opened_ones"] + more)
            for more in (0, 1)
        ]
        gain = logarithm(chances[1]) - logarithm(chances[0])
        weights.append(int((gain * 32 / 2**24).to_integral_value()))
    assert [site["weight_joint"] for site in own["sites"]] == [abs(one) for one in weights]
    events = [
        (
            abs(one),
            Fraction(site["chance_of_one"] if one > 0 else SCALE - site["chance_of_one"], SCALE),
        )
        for one, site in zip(weights, own["sites"], strict=True)
    ]
    score = sum(
        abs(one)
        for one, site in zip(weights, own["sites"], strict=True)
        if holds(site) == int(one > 0)
    )
    assert score == joint["score"]
    exact = tail(events, score)
    assert exact <= Fraction(joint["p_set"]) <= exact * (1 + Fraction(1, 10**9))
    p = Fraction(16, 15) * 2 * exact / Fraction(joint["weight"])
    assert row["p_value"] == three_digits_up(p)


def test_a_third_party_recomputes_the_p_of_record_of_a_lone_leaker() -> None:
    """It takes the accused word, the chances and the reading: what the statement holds."""
    story = Story(package=LONG)
    whole = story.file("P2")
    found = story.judged(whole[: whole.index(b'NOTE = "') + 8 + 30])
    row = found.document["copies"][0]
    assert (row["decoder"], row["opens"], row["joint"]) == ("single", [], None)
    own = explain(story.world.desk, sample_of(story, found), row["copy"])
    ps = []
    for name, weight in (("weight_c1", one_source), ("weight_sym", symmetric)):
        mine = [weight(agreeing(site)) for site in own["sites"]]
        assert [site[name] for site in own["sites"]] == mine
        events = [(one, agreeing(site)) for one, site in zip(mine, own["sites"], strict=True)]
        score = sum(one for one, site in zip(mine, own["sites"], strict=True) if site["agrees"])
        ps.append(tail(events, score))
    assert row["p_value"] == three_digits_up(Fraction(16, 15) * 4 * min(ps))


def test_a_run_by_method_1_replays_by_method_1_and_the_new_method_counts(monkeypatch) -> None:
    story = Story()
    sample = story.leak(story.file("P2"))
    monkeypatch.setattr(module, "NEWEST", Method.SCORE_1)
    old = attribute(story.world.desk, sample)
    monkeypatch.undo()
    assert "bands" not in json.loads(old.run.document)
    assert parse_finding(old.document).joint is None
    assert replay(story.world.desk, old.run) == old.run.digest
    new = attribute(story.world.desk, sample)
    assert (old.run.t, new.run.t, new.repeated) == (1, 2, False)
    assert [row["copy"] for row in new.document["copies"]] == [
        row["copy"] for row in old.document["copies"]
    ]
    assert replay(story.world.desk, old.run) == old.run.digest


def test_what_an_older_reader_read_is_not_replayed_but_asked_again(monkeypatch) -> None:
    story = Story()
    sample = story.leak(story.file("P2"))
    isolation = type(story.world.desk.isolation)
    newer = isolation.read

    def older(self, parts, site_map):
        seen = newer(self, parts, site_map)
        return replace(seen, method="mapp-reader/0", symbols=(None, *seen.symbols[1:]))

    monkeypatch.setattr(isolation, "read", older)
    monkeypatch.setattr(module, "READER", "mapp-reader/0")
    old = attribute(story.world.desk, sample)
    monkeypatch.undo()
    with pytest.raises(Conflict, match="attribute the sample again"):
        replay(story.world.desk, old.run)
    new = attribute(story.world.desk, sample)
    assert (new.repeated, new.run.t) == (False, old.run.t + 1)
    assert replay(story.world.desk, new.run) == new.run.digest


def test_a_run_by_a_method_that_is_not_known_is_not_replayed(mixed) -> None:
    _, found = mixed
    with pytest.raises(Broken, match="newer"):
        module.method_of(replace(found.run, method="mapp-score/9"))


def sample_of(story: Story, found: Attributed) -> Sample:
    return find_sample(story.world.desk, found.run.sample)


def holds(site: dict) -> int:
    return site["read"] if site["agrees"] else 1 - site["read"]


def agreeing(site: dict) -> Fraction:
    """The chance that an innocent word has there what was read."""
    return Fraction(site["chance_of_one"] if site["read"] else SCALE - site["chance_of_one"], SCALE)


def one_source(chance: Fraction) -> int:
    with localcontext() as context:
        context.prec = 50
        return int((32 * (Decimal("0.95") / Decimal("0.05")).ln()).to_integral_value())


def symmetric(chance: Fraction) -> int:
    with localcontext() as context:
        context.prec = 50
        p = Decimal(chance.numerator) / chance.denominator
        return int((32 / (p * (1 - p)).sqrt()).to_integral_value())


def seen(sources: int, choice: str, noise: Decimal, known: int, site: dict, ones: int) -> Decimal:
    """The chance of what was read, when so many of the known sources hold a 1 there."""
    rest = sources - known
    bias = Decimal(site["chance_of_one"]) / SCALE
    one = Decimal(0)
    ways = 1
    for more in range(rest + 1):
        one += (
            ways * bias**more * (1 - bias) ** (rest - more) * written(choice, sources, ones + more)
        )
        ways = ways * (rest - more) // (more + 1)
    one = one * (1 - noise) + (1 - one) * noise
    return one if site["read"] else 1 - one


def written(choice: str, sources: int, ones: int) -> Decimal:
    """The chance that those who hold so many ones write a 1."""
    if ones in (0, sources):
        return Decimal(ones // sources)
    if choice in ("majority", "minority"):
        if 2 * ones == sources:
            return Decimal("0.5")
        return Decimal(int((2 * ones > sources) == (choice == "majority")))
    return {
        "interleave": Decimal(ones) / sources,
        "all1": Decimal(1),
        "all0": Decimal(0),
        "coin": Decimal("0.5"),
    }[choice]


def logarithm(chance: Decimal) -> Decimal:
    """In whole units of 2^-24, as the method defines it."""
    with localcontext() as context:
        context.prec = 50
        return (chance.ln() * 2**24).to_integral_value()


def tail(events: list[tuple[int, Fraction]], score: int) -> Fraction:
    """The exact chance of at least the score."""
    law = {0: 1}
    scale = 1
    for weight, chance in events:
        after: dict[int, int] = {}
        yes = int(chance * SCALE)
        for value, ways in law.items():
            after[value] = after.get(value, 0) + ways * (SCALE - yes)
            after[value + weight] = after.get(value + weight, 0) + ways * yes
        law, scale = after, scale * SCALE
    return Fraction(sum(ways for value, ways in law.items() if value >= score), scale)


def three_digits_up(p: Fraction) -> float:
    """As a statement prints it: rounded up, never below 1e-12."""
    bounded = min(Fraction(1), max(Fraction(1, 10**12), p))
    with localcontext() as context:
        context.prec = 60
        power = (Decimal(bounded.numerator) / bounded.denominator).adjusted()
    unit = Fraction(10) ** (power - 2)
    return float(-(-bounded // unit) * unit)
