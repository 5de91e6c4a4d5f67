"""partners.csv: one row a recipient, all or nothing.

Columns by name: id, name, kind, country, tier, contact, seal_key, sign_key, agreement,
agreement_until, marking_notice. Every fault of the file is told at once, with line and column.
"""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TypeVar

from mapp_compliance.errors import InvalidInput, MappError
from mapp_compliance.program.partners import Partner, PartnerKind, Tier
from mapp_compliance.values import (
    UNNAMED,
    PartnerId,
    checked_id,
    instant,
    may_be_secret,
    named,
    shown,
)

COLUMNS = (
    "id",
    "name",
    "kind",
    "country",
    "tier",
    "contact",
    "seal_key",
    "sign_key",
    "agreement",
    "agreement_until",
    "marking_notice",
)
REQUIRED = ("id", "name", "kind")
LAST_DAY = datetime(9999, 12, 30, tzinfo=UTC)  # the calendar's last is how others say "no end"
MOST_TOLD = 20  # faults named in one message; the rest is counted

_COUNTRY = re.compile(r"[A-Za-z]{2}")  # ISO 3166-1 alpha-2; user-assigned ones too

KeyCheck = Callable[[str], object]  # raises MappError on a key that cannot be used
_E = TypeVar("_E", bound=Enum)


def parse_roster(data: bytes, file: str, seal_key: KeyCheck, sign_key: KeyCheck) -> list[Partner]:
    """The partners of a CSV file.

    Args:
        data: the bytes of the file, UTF-8 with or without a byte order mark.
        file: its name, for messages.
        seal_key, sign_key: raise MappError on a key text that cannot be used.
    Raises:
        InvalidInput: any fault; nothing of the file may be used then.
    """
    rows = _rows(data, file)
    faults: list[str] = []
    partners: list[Partner] = []
    seen: dict[str, int] = {}
    for line, row in rows:
        before = len(faults)
        partner = _partner(row, f"{file}:{line}", faults, seal_key, sign_key)
        if row["id"] and row["id"] in seen:
            faults.append(
                f"{file}:{line}:id: {named(row['id'])} is already on line {seen[row['id']]}"
            )
        seen.setdefault(row["id"], line)
        if len(faults) == before and partner is not None:
            partners.append(partner)
    if faults:
        more = f"\n... and {len(faults) - MOST_TOLD} more" if len(faults) > MOST_TOLD else ""
        raise InvalidInput(
            f"{file} has {len(faults)} fault(s), nothing was imported; "
            "mend these and import again:\n" + "\n".join(faults[:MOST_TOLD]) + more,
            where=faults[0].split(": ")[0],
            faults=len(faults),
        )
    if not partners:
        raise InvalidInput(f"{file} holds no partner; add one row for each recipient", where=file)
    return partners


def _rows(data: bytes, file: str) -> list[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise InvalidInput(
            f"{file} is not UTF-8 at byte {err.start}; save it as UTF-8 CSV", where=file
        ) from err
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(header, file)
        rows = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise InvalidInput(
                    f"{file}:{reader.line_num} has {len(cells)} cells, the header has "
                    f"{len(header)}; quote cells that hold commas; nothing was imported",
                    where=f"{file}:{reader.line_num}",
                )
            row = dict.fromkeys(COLUMNS, "") | dict(
                zip(header, (cell.strip() for cell in cells), strict=True)
            )
            rows.append((reader.line_num, row))
    except csv.Error as err:
        raise InvalidInput(
            f"{file}:{reader.line_num} is not CSV ({err}); nothing was imported",
            where=f"{file}:{reader.line_num}",
        ) from err
    return rows


def _check_header(header: list[str], file: str) -> None:
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    twice = [name for name in set(header) if header.count(name) > 1]
    if not set(header) & set(COLUMNS):
        # Not told what stands there: it may be a partner's row, with its contact.
        raise InvalidInput(
            f"{file}:1 has a wrong header, none of its columns is known; begin the file with the "
            f"line {','.join(COLUMNS)}",
            where=f"{file}:1",
        )
    if missing or unknown or twice:
        told = "; ".join(
            f"{what}: {', '.join(map(_heading, names))}"
            for what, names in (("missing", missing), ("unknown", unknown), ("twice", twice))
            if names
        )
        raise InvalidInput(
            f"{file}:1 has a wrong header ({told}); use the columns {','.join(COLUMNS)}",
            where=f"{file}:1",
        )


def _heading(name: str) -> str:
    return UNNAMED if may_be_secret(name) else shown(name)


def _partner(
    row: dict[str, str], place: str, faults: list[str], seal_key: KeyCheck, sign_key: KeyCheck
) -> Partner | None:
    def tried(column: str, read: Callable[[str], object]) -> object:
        try:
            return read(row[column]) if row[column] else None
        except MappError as err:
            faults.append(f"{place}:{column}: {err.message}")
            return None

    for column in REQUIRED:
        if not row[column]:
            faults.append(f"{place}:{column}: is empty; every recipient needs it")
    tried("id", lambda text: checked_id(text, "partner id"))
    kind = tried("kind", lambda text: _one_of(PartnerKind, text))
    tried("country", _country)
    tier = tried("tier", lambda text: _one_of(Tier, text))
    until = tried("agreement_until", end_of_agreement)
    tried("seal_key", seal_key)
    tried("sign_key", sign_key)
    if not isinstance(kind, PartnerKind):
        return None
    return Partner(
        id=PartnerId(row["id"]),
        name=row["name"],
        kind=kind,
        country=row["country"].upper(),
        tier=tier if isinstance(tier, Tier) else None,
        contact=row["contact"],
        seal_key=row["seal_key"],
        sign_key=row["sign_key"],
        agreement=row["agreement"],
        agreement_until=until if isinstance(until, datetime) else None,
        marking_notice=row["marking_notice"],
    )


def _country(text: str) -> str:
    # A name in place of a code would find no law, and be taken for a country without one.
    if not _COUNTRY.fullmatch(text):
        raise InvalidInput(f"{named(text)} is not a country code; write two letters, such as NO")
    return text


def _one_of(choices: type[_E], text: str) -> _E:
    try:
        return choices(text.lower())
    except ValueError as err:
        names = ", ".join(str(item.value) for item in choices)
        raise InvalidInput(f"{named(text)} is not one of {names}") from err


def end_of_agreement(text: str) -> datetime:
    """The instant an agreement ends: a date covers its whole day in UTC, a time needs a zone."""
    if len(text) == len("2026-01-01"):
        try:
            day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
            return min(day, LAST_DAY) + timedelta(days=1)
        except ValueError as err:
            raise InvalidInput(f"{named(text)} is not a date; write it like 2027-12-31") from err
    return instant(text)
