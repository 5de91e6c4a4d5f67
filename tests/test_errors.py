"""Errors and their reactions."""

import pytest

from mapp_compliance import errors
from mapp_compliance.errors import MappError, Reaction


def kinds(base: type[MappError] = MappError) -> set[type[MappError]]:
    return {base}.union(*(kinds(each) for each in base.__subclasses__()))


def test_every_error_has_a_reaction_of_the_closed_list() -> None:
    assert all(isinstance(kind.reaction, Reaction) for kind in kinds())


def test_every_reaction_has_an_error_of_its_own() -> None:
    own = {
        kind.reaction
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, MappError) and kind is not MappError
    }
    assert own == set(Reaction)


def test_an_error_carries_its_data_beside_its_sentence() -> None:
    error = MappError("wrong; mend it", where="a.csv:3:tier", hint="a hint", partner="P1", count=2)
    assert (str(error), error.message) == ("wrong; mend it", "wrong; mend it")
    assert (error.where, error.hint) == ("a.csv:3:tier", "a hint")
    assert error.fields == {"partner": "P1", "count": 2}


def test_an_error_without_place_and_hint_has_none() -> None:
    error = MappError("wrong; mend it")
    assert (error.where, error.hint, error.fields) == (None, None, {})


@pytest.mark.parametrize("kind", [MappError, errors.Broken, errors.NotFound])
def test_every_error_can_be_caught_as_one_of_ours(kind: type[MappError]) -> None:
    with pytest.raises(MappError, match="wrong"):
        raise kind("wrong; mend it")
