"""The people of the demo."""

from collections import Counter
from dataclasses import replace
from itertools import count

import pytest

from mapp_compliance.demo.world import (
    KeyTexts,
    Terms,
    fresh_keys,
    partners_csv,
    recipients,
    save_secrets,
)
from mapp_compliance.program import PartnerKind, Tier, parse_roster
from mapp_compliance.values import instant

TERMS = Terms("2011-09", instant("2013-01-01T00:00:00Z"), "2011-09")
PEOPLE = recipients(7, TERMS)


def numbered_keys():
    numbers = count()

    def make() -> KeyTexts:
        number = next(numbers)
        return KeyTexts(f"age1-{number}", f"SEAL-{number}", f"ssh-{number}", f"SIGN-{number}")

    return fresh_keys(PEOPLE, make)


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
    keys = numbered_keys()
    data = partners_csv(PEOPLE, keys).encode()
    assert parse_roster(data, "partners.csv", str, str) == [
        replace(
            person,
            seal_key=keys[person.id].seal_public,
            sign_key=keys[person.id].sign_public,
        )
        for person in PEOPLE
    ]


def test_the_table_holds_no_secret():
    text = partners_csv(PEOPLE, numbered_keys())
    assert "SEAL-" not in text
    assert "SIGN-" not in text


def test_secrets_go_to_a_folder_of_each_person_that_only_the_owner_reads(tmp_path):
    save_secrets(numbered_keys(), tmp_path)
    seal, sign = tmp_path / "P41" / "seal.key", tmp_path / "P41" / "sign.key"
    assert (seal.read_text(), sign.read_text()) == ("SEAL-40", "SIGN-40")
    assert {path.stat().st_mode & 0o777 for path in (seal, sign)} == {0o600}


def test_secrets_do_not_show_in_a_repr():
    assert "SEAL-40" not in repr(numbered_keys())
