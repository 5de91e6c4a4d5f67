from fractions import Fraction

from mapp_compliance.watermark.codes.prices import (
    CODE_PRICE,
    JOINT_PRICE,
    SHARES,
    SINGLE_PRICE,
    TAG_PRICE,
)


def test_the_shares_of_all_ways_to_name_sum_to_one() -> None:
    assert sum(SHARES.values()) == 1


def test_prices_are_what_the_shares_say() -> None:
    assert Fraction(SINGLE_PRICE) * CODE_PRICE == 1 / SHARES["c1"] == 1 / SHARES["sym"]
    assert Fraction(JOINT_PRICE) * CODE_PRICE == 1 / SHARES["joint"]
    assert 1 / SHARES["tags"] == TAG_PRICE
