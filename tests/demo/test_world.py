"""The people of the demo."""

from collections import Counter
from dataclasses import replace

import pytest

from mapp_compliance.demo.world import (
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
PEOPLE = recipients(7, TERMS)


KEYS = fresh_keys(PEOPLE)


def test_the_same_seed_gives_the_same_people():
    assert recipients(7, TERMS) == PEOPLE


def test_another_seed_moves_other_partners_to_other_countries():
    assert recipients(8, TERMS) != PEOPLE


def test_there_are_eighty_partners_and_eight_internal_readers():
    assert Counter(person.kind for person in PEOPLE) == {
        PartnerKind.PARTNER: 80,
        PartnerKind.INTERNAL: 8,
    }
    assert len({person.id for person in PEOPLE}) == 88


@pytest.mark.parametrize("seed", range(20))
def test_ten_partners_have_a_reporting_law_and_the_player_keeps_his_part(seed):
    people = {person.id: person for person in recipients(seed, TERMS)}
    assert Counter(person.country for person in people.values())["XC"] == 10
    player = people["P41"]
    assert (player.name, player.country, player.tier) == (
        "Fictional Partner 41 (network IPS vendor)",
        "XB",
        Tier.ANS,
    )


def test_every_tier_is_filled():
    tiers = Counter(person.tier for person in PEOPLE if person.kind is PartnerKind.PARTNER)
    assert tiers == {Tier.VALIDATE: 8, Tier.ANS: 25, Tier.ENTRY: 47}


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
    own = KEYS[PartnerId("P41")]
    seal_key, sign_key = tmp_path / "P41" / "seal.key", tmp_path / "P41" / "sign.key"
    assert open_sealed(seal(b"for P41", [own.seal_public]), seal_key.read_text()) == b"for P41"
    signer = Ed25519Signer.from_openssh(sign_key.read_bytes())
    assert signer.public_key.text() == own.sign_public


def test_only_the_owner_reads_his_saved_secrets(tmp_path):
    save_secrets(KEYS, tmp_path)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*")} == {0}


def test_secrets_do_not_show_in_a_repr():
    assert "SECRET" not in repr(KEYS)
    assert "PRIVATE" not in repr(KEYS)
