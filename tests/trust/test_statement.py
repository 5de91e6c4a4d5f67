import pytest
from hypothesis import given

from mapp_compliance.errors import MappError
from mapp_compliance.trust import (
    Malformed,
    Statement,
    Subject,
    digest,
    format_statement,
    parse_statement,
)
from tests.trust.noise import noise, seeded

STATEMENT = Statement(
    (Subject("payload/a", digest(b"a")), Subject("payload/b", digest(b"b"))),
    "https://example.org/copy/v1",
    {"advisory": "ADV-1", "recipient": {"id": "P001"}},
)
TEXT = format_statement(STATEMENT)


def test_a_statement_survives_its_bytes() -> None:
    assert parse_statement(TEXT) == STATEMENT


def test_the_bytes_name_type_and_subjects_as_in_toto_has_them() -> None:
    assert b'"_type":"https://in-toto.io/Statement/v1"' in TEXT
    assert b'"subject":[{"digest":{"sha256":"' in TEXT


@seeded
@given(noise(TEXT))
def test_noise_gives_a_statement_with_these_bytes_or_our_error(data: bytes) -> None:
    try:
        assert format_statement(parse_statement(data)) == data
    except MappError:
        return


@pytest.mark.parametrize("names", [[], ["a", "a"]])
def test_a_statement_names_each_file_once_and_at_least_one(names: list[str]) -> None:
    subjects = tuple(Subject(name, digest(b"")) for name in names)
    with pytest.raises(Malformed):
        Statement(subjects, "t", {})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Statement/v1", b"Statement/v2"),
        (b'{"sha256":', b'{"sha512":'),
        (b'"predicate":{"', b'"predicate":{},"predicate2":{"'),
    ],
)
def test_another_form_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(Malformed):
        parse_statement(TEXT.replace(old, new))
