"""The people of the demo."""

import csv
import io
from collections import Counter
from itertools import count

import pytest

from mapp_compliance.demo.world import (
    MemberKeys,
    Terms,
    fresh_keys,
    members,
    partners_csv,
    save_secrets,
)

TERMS = Terms("2011-09", "2012-12-31", "2011-09")
PEOPLE = members(7, TERMS)


def numbered_keys():
    numbers = count()

    def make() -> MemberKeys:
        number = next(numbers)
        return MemberKeys(f"age1-{number}", f"SEAL-{number}", f"ssh-{number}", f"SIGN-{number}")

    return fresh_keys(PEOPLE, make)


def test_the_same_seed_gives_the_same_people():
    assert members(7, TERMS) == PEOPLE


def test_another_seed_moves_other_partners_to_other_countries():
    assert members(8, TERMS) != PEOPLE


def test_there_are_eighty_partners_and_eight_internal_readers():
    assert Counter(member.kind for member in PEOPLE) == {"partner": 80, "internal": 8}
    assert len({member.id for member in PEOPLE}) == 88


@pytest.mark.parametrize("seed", range(20))
def test_ten_partners_have_a_reporting_law_and_the_player_keeps_his_part(seed):
    people = {member.id: member for member in members(seed, TERMS)}
    assert Counter(member.country for member in people.values())["XC"] == 10
    player = people["P41"]
    assert (player.name, player.country, player.tier) == (
        "Fictional Partner 41 (network IPS vendor)",
        "XB",
        "ans",
    )


def test_every_tier_is_filled():
    partners = [member for member in PEOPLE if member.kind == "partner"]
    assert Counter(member.tier for member in partners) == {"validate": 8, "ans": 25, "entry": 47}


def test_the_table_has_one_row_each_and_public_keys_only():
    text = partners_csv(PEOPLE, numbered_keys())
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["id"] for row in rows] == [member.id for member in PEOPLE]
    assert rows[40] == {
        "id": "P41",
        "name": "Fictional Partner 41 (network IPS vendor)",
        "kind": "partner",
        "country": "XB",
        "tier": "ans",
        "contact": "psirt@p41.example",
        "seal_key": "age1-40",
        "sign_key": "ssh-40",
        "agreement": "2011-09",
        "agreement_until": "2012-12-31",
        "marking_notice": "2011-09",
    }
    assert "SEAL-" not in text
    assert "SIGN-" not in text


def test_secrets_go_to_a_folder_of_each_member_that_only_the_owner_reads(tmp_path):
    save_secrets(numbered_keys(), tmp_path)
    seal, sign = tmp_path / "P41" / "seal.key", tmp_path / "P41" / "sign.key"
    assert (seal.read_text(), sign.read_text()) == ("SEAL-40", "SIGN-40")
    assert {path.stat().st_mode & 0o777 for path in (seal, sign)} == {0o600}


def test_secrets_do_not_show_in_a_repr():
    assert "SEAL-40" not in repr(numbered_keys())
