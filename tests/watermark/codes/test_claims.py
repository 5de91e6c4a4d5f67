import numpy as np
import pytest

from mapp_compliance.values import EntityId
from mapp_compliance.watermark.codes import Band, EntityScore
from mapp_compliance.watermark.codes.claims import bands, sole_source_ratios
from mapp_compliance.watermark.codes.decoders import code_reading
from mapp_compliance.watermark.codes.scores import InstanceScore

ONE = EntityId("E1")


def entity(p: float, named: bool = False) -> EntityScore:
    return EntityScore(entity=ONE, instances=2, p=p, p_with_tags=p, named=named)


def copy() -> InstanceScore:
    return InstanceScore("c", ONE, 0, 1.0, 1.0, 1.0, (), (), 1.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("p", "named", "ratios", "band"),
    [
        (1e-9, True, [5.0, -90.0], Band.ATTRIBUTED),
        (9e-4, False, [-90.0, -90.0], Band.SUSPECTED),
        (0.5, False, [-14.0, -90.0], Band.EXCLUDED),
        (0.5, False, [-13.0, -90.0], Band.NONE),
    ],
)
def test_the_band_of_an_entity(p: float, named: bool, ratios: list[float], band: Band) -> None:
    found = bands([entity(p, named)], [copy(), copy()], np.array(ratios))
    assert found == {ONE: band}


def test_a_sole_source_is_likelier_and_its_opposite_excluded() -> None:
    reading = code_reading(range(64), [1 << 31] * 64, [1, 0] * 32)
    words = np.array([[1, 0] * 32, [0, 1] * 32, [1, 1, 0, 0] * 16], dtype=np.uint8)
    alone, opposite, half = sole_source_ratios(reading, words)
    assert alone > 40
    assert opposite < half < np.log(1e-6)


def test_nothing_read_excludes_nobody() -> None:
    reading = code_reading(range(2), [1 << 31] * 2, [None, None])
    assert sole_source_ratios(reading, np.ones((1, 2), np.uint8)).tolist() == [0.0]
