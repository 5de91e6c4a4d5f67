from collections import Counter

import pytest

from mapp_compliance.watermark.codes import SCALE, CodeError, assign_biases
from mapp_compliance.watermark.codes.biases import HALF, HIGH, LOW

KEY = bytes(range(32))


def sites(count: int) -> list[str]:
    return [f"site/{i}" for i in range(count)]


def test_below_60_sites_every_bias_is_one_half() -> None:
    assert assign_biases(KEY, sites(59), ["c"] * 59, ["r"] * 59) == (HALF,) * 59


def test_from_60_sites_the_classes_stand_at_25_50_25() -> None:
    classes = Counter(assign_biases(KEY, sites(60), ["c"] * 60, ["r"] * 60))
    assert classes == {LOW: 15, HALF: 30, HIGH: 15}
    assert [256 * bias / SCALE for bias in (LOW, HALF, HIGH)] == [54, 128, 202]


@pytest.mark.parametrize("group", ["channel", "region"])
def test_each_channel_and_region_has_the_mix_within_one(group: str) -> None:
    channels = [f"c{i % 3}" for i in range(200)]
    regions = [f"r{i % 7}" for i in range(200)]
    biases = assign_biases(KEY, sites(200), channels, regions)
    strata = channels if group == "channel" else list(zip(channels, regions, strict=True))
    for stratum, size in Counter(strata).items():
        mix = Counter(b for b, s in zip(biases, strata, strict=True) if s == stratum)
        assert abs(mix[LOW] - size / 4) <= 1
        assert abs(mix[HALF] - size / 2) <= 1
        assert abs(mix[HIGH] - size / 4) <= 1


def test_the_order_of_the_sites_does_not_matter() -> None:
    ids = sites(80)
    forward = assign_biases(KEY, ids, ["c"] * 80, ["r"] * 80)
    backward = assign_biases(KEY, ids[::-1], ["c"] * 80, ["r"] * 80)
    assert backward == forward[::-1]


def test_another_key_gives_another_assignment() -> None:
    arguments = sites(80), ["c"] * 80, ["r"] * 80
    assert assign_biases(KEY, *arguments) != assign_biases(bytes(32), *arguments)


def test_uneven_lists_and_repeated_sites_are_refused() -> None:
    with pytest.raises(CodeError, match="differ in number"):
        assign_biases(KEY, sites(3), ["c"] * 2, ["r"] * 3)
    with pytest.raises(CodeError, match="occurs twice"):
        assign_biases(KEY, ["a", "a"], ["c"] * 2, ["r"] * 2)
