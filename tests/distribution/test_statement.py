"""The signed statement and the receipt that answers it."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.distribution import (
    PREDICATE,
    CopyStatement,
    Receipt,
    check_payload,
    parse_receipt,
)
from mapp_compliance.errors import Broken, InvalidInput, MappError
from mapp_compliance.trust import canonical, digest, format_statement, parse_canonical
from mapp_compliance.trust import parse_statement as parse
from mapp_compliance.values import CopyId, Digest, ParcelId, PartnerId, instant
from tests.conformance.strategies import digests, ids, instants
from tests.trust.noise import each_byte_changed, noise, seeded

AT = instant("2026-11-10T12:00:00Z")
STATEMENT = CopyStatement(
    parcel=ParcelId("P-1"),
    copy=CopyId("C-1"),
    advisory="A1",
    revision=1,
    recipient=PartnerId("P1"),
    key_fingerprint="age:fingerprint",
    terms_version="2026-02",
    marking_notice="2026-02",
    tlp="TLP:AMBER+STRICT",
    embargo_until=AT,
    package_class="poc",
    handling=("be kind",),
    commitment=Digest("1" * 64),
    log_origin="test/log",
    log_size=7,
    files=(("a", digest(b"one")), ("b", digest(b"two"))),
)
RECEIPT = Receipt(
    parcel=ParcelId("P-1"),
    copy=CopyId("C-1"),
    recipient=PartnerId("P1"),
    sealed=Digest("2" * 64),
    statement=Digest("3" * 64),
    terms_version="2026-02",
    opened_at=AT,
)
PAYLOAD = {"a": b"one", "b": b"two"}


def test_the_statement_comes_back_from_its_bytes() -> None:
    statement = STATEMENT.statement()
    again = parse(format_statement(statement))
    assert again == statement
    assert again.predicate_type == PREDICATE


def test_the_statement_tells_nothing_of_others_or_of_the_marks() -> None:
    assert set(STATEMENT.statement().predicate) == {
        *("parcel", "copy", "advisory", "recipient", "terms", "tlp", "embargo_until", "class"),
        *("handling", "commitment", "log"),
    }


def test_the_signed_files_are_accepted() -> None:
    check_payload(STATEMENT.statement(), PAYLOAD)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"a": b"one"},
        {**PAYLOAD, "c": b""},
        {**PAYLOAD, "b": b"twO"},
        {"a": b"two", "b": b"one"},
    ],
)
def test_any_other_files_are_broken(files: dict[str, bytes]) -> None:
    with pytest.raises(Broken):
        check_payload(STATEMENT.statement(), files)


@seeded
@given(
    receipt=st.builds(
        Receipt,
        parcel=ids,
        copy=ids,
        recipient=ids,
        sealed=digests,
        statement=digests,
        terms_version=st.text(),
        opened_at=instants,
    )
)
def test_every_receipt_comes_back_from_its_bytes(receipt: Receipt) -> None:
    assert parse_receipt(receipt.body()) == receipt


def other(**changes: object) -> bytes:
    document = parse_canonical(RECEIPT.body())
    assert isinstance(document, dict)
    return canonical({**document, **changes})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "body",
    [
        other(type="something else"),
        other(more="than we know"),
        other(opened_at="2026-11-10T13:00:00+01:00"),
        other(opened_at=5),
        other(copy=["C-1"]),
        other(copy="C 1\u202e"),
        other(sealed="2"),
        RECEIPT.body() + b"\n\n",
        b"[]",
        b"{}",
    ],
)
def test_bytes_that_we_would_have_written_otherwise_are_no_receipt(body: bytes) -> None:
    with pytest.raises(MappError):
        parse_receipt(body)


@pytest.mark.parametrize("name", ["parcel", "copy", "recipient", "sealed", "statement", "terms"])
def test_a_receipt_without_a_field_says_which(name: str) -> None:
    document = parse_canonical(RECEIPT.body())
    assert isinstance(document, dict)
    with pytest.raises(InvalidInput, match=name):
        parse_receipt(canonical({key: document[key] for key in document if key != name}))


def test_every_changed_byte_changes_the_receipt() -> None:
    for changed in each_byte_changed(RECEIPT.body()):
        with suppress(MappError):
            assert parse_receipt(changed) != RECEIPT


@seeded
@given(body=noise(RECEIPT.body()))
def test_noise_gives_a_receipt_or_our_error(body: bytes) -> None:
    with suppress(MappError):
        assert parse_receipt(body).body() == body


def test_two_openings_give_two_receipts() -> None:
    later = replace(RECEIPT, opened_at=AT + timedelta(seconds=1))
    assert later.body() != RECEIPT.body()


def test_a_line_end_after_a_receipt_is_no_other_receipt() -> None:
    assert parse_receipt(RECEIPT.body() + b"\n") == RECEIPT
