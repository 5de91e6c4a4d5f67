"""partners.csv."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.errors import InvalidInput, MappError
from mapp_compliance.program import COLUMNS, Partner, PartnerKind, Tier, parse_roster
from mapp_compliance.program.roster import MOST_TOLD
from mapp_compliance.trust import generate_identity, parse_public_key, recipient_fingerprint
from mapp_compliance.values import instant
from tests.trust.noise import noise, seeded

HEADER = ",".join(COLUMNS)
SEAL_KEY = generate_identity().recipient
SIGN_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO0bXKAmvyghqbPaC0pxyJN0oQZLP4gNQTbhwS0dR39g"
FULL = (
    f"P001,Example Shield,partner,XA,ans,psirt@shield.example,{SEAL_KEY},{SIGN_KEY},"
    "2026-02,2027-12-31,2026-02"
)
FILE = f"{HEADER}\n{FULL}\n".encode()
CONTACT = "psirt@shield.example"


def parsed(data: bytes) -> list[Partner]:
    return parse_roster(data, "partners.csv", recipient_fingerprint, parse_public_key)


def fault(data: bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as told:
        parsed(data)
    return told.value


def test_a_full_row_gives_a_partner_with_everything() -> None:
    assert parsed(FILE) == [
        Partner(
            id="P001",  # type: ignore[arg-type]
            name="Example Shield",
            kind=PartnerKind.PARTNER,
            country="XA",
            tier=Tier.ANS,
            contact=CONTACT,
            seal_key=SEAL_KEY,
            sign_key=SIGN_KEY,
            agreement="2026-02",
            agreement_until=instant("2028-01-01T00:00:00Z"),
            marking_notice="2026-02",
        )
    ]


def test_columns_go_by_name_and_may_be_left_out() -> None:
    assert parsed(b"kind, NAME ,id\ninternal,Reader,S1\n") == [
        Partner("S1", "Reader", PartnerKind.INTERNAL)  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + FILE, FILE.replace(b"\n", b"\r\n")])
def test_files_of_spreadsheets_are_read(data: bytes) -> None:
    assert parsed(data) == parsed(FILE)


def test_empty_lines_are_passed_over() -> None:
    assert len(parsed(FILE.replace(b"\n", b"\n,,,,,,,,,,\n\n"))) == 1


def test_every_fault_is_told_at_once_with_line_and_column() -> None:
    told = fault(
        f"{HEADER}\n"
        "a b,,person,Germany,gold,,age1x,ssh-rsa AAAA,,yesterday,\n"
        f"{FULL}\n"
        f"{FULL}\n".encode()
    )
    places = [line.split(": ")[0] for line in told.message.splitlines()[1:]]
    assert places == [
        *(f"partners.csv:2:{column}" for column in ("name", "id", "kind", "country", "tier")),
        *(f"partners.csv:2:{column}" for column in ("agreement_until", "seal_key", "sign_key")),
        "partners.csv:4:id",
    ]
    assert told.where == "partners.csv:2:name"
    assert told.fields["faults"] == 9


def test_many_faults_are_counted_beyond_the_first_ones() -> None:
    rows = "".join(f"P{number},x,person\n" for number in range(MOST_TOLD + 5))
    told = fault(f"id,name,kind\n{rows}".encode())
    assert len(told.message.splitlines()) == MOST_TOLD + 2
    assert told.message.endswith("... and 5 more")


def test_two_rows_without_id_are_not_called_the_same() -> None:
    told = fault(b"id,name,kind\n,One,partner\n,Two,partner\n")
    assert told.fields["faults"] == 2


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "wrong header"),
        (b"id,name\n", "missing: kind"),
        (b"id,name,kind,colour\n", "unknown: colour"),
        (b"id,name,kind,id\n", "twice: id"),
        (b"id,name,kind\n", "no partner"),
        (b"id,name,kind\nP1,One\n", "csv:2 has 2 cells"),
        (b'id,name,kind\nP1,"One,partner\n', "not CSV"),
        (b"id,name,kind\nP1,\xff,partner\n", "not UTF-8 at byte 16"),
    ],
)
def test_a_file_of_another_form_is_refused(data: bytes, says: str) -> None:
    assert says in fault(data).message


def test_a_file_without_header_keeps_its_first_row_to_itself() -> None:
    assert CONTACT not in fault(f"{FULL}\n".encode()).message


@pytest.mark.parametrize("country", ["Germany", "X", "XAB", "12", "É1"])
def test_a_country_is_a_code_of_two_letters(country: str) -> None:
    # Under a name in place of its code no law of the table would be found.
    assert "country" in str(fault(f"id,name,kind,country\nP1,One,partner,{country}\n".encode()))


def test_a_country_may_be_written_small() -> None:
    assert parsed(b"id,name,kind,country\nP1,One,partner,xa\n")[0].country == "XA"


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2027-12-31", "2028-01-01T00:00:00Z"),
        ("9999-12-31", "9999-12-31T00:00:00Z"),
        ("2027-12-31T12:00:00+02:00", "2027-12-31T10:00:00Z"),
    ],
)
def test_a_date_covers_its_whole_day(text: str, end: str) -> None:
    data = f"id,name,kind,agreement_until\nP1,One,partner,{text}\n".encode()
    assert parsed(data)[0].agreement_until == instant(end)


@pytest.mark.parametrize("text", ["2027-02-30", "10000-01-01", "2027-12-31T12:00", "31.12.2027"])
def test_an_end_that_is_no_time_is_a_fault_of_the_file(text: str) -> None:
    data = f"id,name,kind,agreement_until\nP1,One,partner,{text}\n".encode()
    assert fault(data).where == "partners.csv:2:agreement_until"


@seeded
@given(data=noise(FILE, b"id,name,kind\nS1,Reader,internal\n"))
def test_noise_gives_partners_or_our_error(data: bytes) -> None:
    with suppress(MappError):
        assert all(isinstance(item, Partner) for item in parsed(data))


@seeded
@given(cells=st.lists(st.text(max_size=12), min_size=11, max_size=11))
def test_any_cells_give_a_partner_or_our_error(cells: list[str]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, cells])
    with suppress(MappError):
        assert len(parsed(text.getvalue().encode())) == 1
