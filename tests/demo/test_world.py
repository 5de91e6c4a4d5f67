"""The people of the demo."""

from collections import Counter
from dataclasses import replace

from mapp_compliance.demo.scenario import load_scenario, scenario_names
from mapp_compliance.demo.world import (
    Cast,
    Terms,
    fresh_keys,
    partners_csv,
    recipients,
    save_secrets,
)
from mapp_compliance.program import PartnerKind, Tier, parse_roster
from mapp_compliance.trust import (
    Ed25519Signer,
    open_sealed,
    parse_public_key,
    recipient_fingerprint,
    seal,
)
from mapp_compliance.values import PartnerId, instant

TERMS = Terms("2011-09", instant("2013-01-01T00:00:00Z"), "2011-09")
CAST = Cast(
    partners=12,
    validate=frozenset({3}),
    ans=frozenset({1, 5}),
    reporting=frozenset({2, 3}),
    upstream=("BROKER-01", "FINDER-01"),
    names={"P04": "Fictional Partner 04 (a vendor)"},
)
PEOPLE = recipients(TERMS, CAST)
KEYS = fresh_keys(PEOPLE)


def story_people(name):
    story = load_scenario(name)
    return [
        person
        for person in recipients(story.terms, story.cast)
        if person.kind is PartnerKind.PARTNER
    ]


def test_the_same_cast_gives_the_same_people():
    assert recipients(TERMS, CAST) == PEOPLE


def test_partners_readers_finder_and_broker_are_there():
    assert Counter(person.kind for person in PEOPLE) == {
        PartnerKind.PARTNER: 12,
        PartnerKind.INTERNAL: 8,
        PartnerKind.FINDER: 1,
        PartnerKind.BROKER: 1,
    }
    assert len({person.id for person in PEOPLE}) == 22


def test_tier_country_and_name_are_those_of_the_cast():
    by_id = {person.id: person for person in PEOPLE}
    assert by_id["P03"].tier is Tier.VALIDATE
    assert by_id["P05"].tier is Tier.ANS
    assert by_id["P06"].tier is Tier.ENTRY
    assert [by_id[each].country for each in ("P01", "P02", "P03")] == ["XA", "XC", "XC"]
    assert by_id["P04"].name == "Fictional Partner 04 (a vendor)"


def test_the_stories_have_79_80_and_100_partners_with_their_tiers():
    counts = {
        name: Counter(person.tier.value for person in story_people(name))
        for name in scenario_names()
    }
    assert counts == {
        "not-ours": {"entry": 79},
        "rdp-2012": {"entry": 79},
        "mail-2021": {"validate": 12, "ans": 33, "entry": 35},
        "portal-2025": {"validate": 10, "ans": 30, "entry": 60},
    }


def test_ten_and_twelve_partners_sit_under_a_reporting_law():
    reporting = {
        name: sum(person.country == "XC" for person in story_people(name))
        for name in scenario_names()
    }
    assert reporting == {"not-ours": 1, "rdp-2012": 1, "mail-2021": 10, "portal-2025": 12}


def test_every_name_is_fictional():
    for name in scenario_names():
        assert all(person.name.startswith("Fictional ") for person in story_people(name))


def test_the_table_is_read_back_as_the_same_people_with_their_public_keys():
    data = partners_csv(PEOPLE, KEYS).encode()
    assert parse_roster(data, "partners.csv", recipient_fingerprint, parse_public_key) == [
        replace(
            person,
            seal_key=KEYS[person.id].seal_public,
            sign_key=KEYS[person.id].sign_public,
        )
        for person in PEOPLE
    ]


def test_the_table_holds_no_secret():
    text = partners_csv(PEOPLE, KEYS)
    assert "AGE-SECRET-KEY" not in text
    assert "PRIVATE KEY" not in text


def test_every_recipient_has_keys_of_his_own():
    assert len({keys.seal_public for keys in KEYS.values()}) == len(PEOPLE)
    assert len({keys.sign_public for keys in KEYS.values()}) == len(PEOPLE)


def test_saved_secrets_open_and_sign_for_their_owner(tmp_path):
    save_secrets(KEYS, tmp_path)
    own = KEYS[PartnerId("P04")]
    seal_key, sign_key = tmp_path / "P04" / "seal.key", tmp_path / "P04" / "sign.key"
    assert open_sealed(seal(b"for P04", [own.seal_public]), seal_key.read_text()) == b"for P04"
    signer = Ed25519Signer.from_openssh(sign_key.read_bytes())
    assert signer.public_key.text() == own.sign_public


def test_only_the_owner_reads_his_saved_secrets(tmp_path):
    save_secrets(KEYS, tmp_path)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*")} == {0}


def test_secrets_do_not_show_in_a_repr():
    assert "SECRET" not in repr(KEYS)
    assert "PRIVATE" not in repr(KEYS)
