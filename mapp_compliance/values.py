"""Words that all rooms share: ids, digests as values, UTC instants, windows.

>>> instant("2026-12-08T10:00:00-08:00")
datetime.datetime(2026, 12, 8, 18, 0, tzinfo=datetime.timezone.utc)
>>> instant_text(instant("2026-12-08T18:00:00Z"))
'2026-12-08T18:00:00Z'
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NewType

from mapp_compliance.errors import InvalidInput

PartnerId = NewType("PartnerId", str)  # one recipient organisation or internal reader
AdvisoryId = NewType("AdvisoryId", str)
CopyId = NewType("CopyId", str)  # random-looking, says nothing about the recipient
ParcelId = NewType("ParcelId", str)
InstanceId = NewType("InstanceId", str)  # names one handed-over copy inside the codebook
EntityId = NewType("EntityId", str)  # the legal person (or reserved word) that instances belong to
SampleId = NewType("SampleId", str)
CaseId = NewType("CaseId", str)
SightingId = NewType("SightingId", str)
HolderId = NewType("HolderId", str)
HoldId = NewType("HoldId", str)
FeedName = NewType("FeedName", str)
UserName = NewType("UserName", str)

UNNAMED = "what stands there"
MOST_NAMED_CHARS = 40  # of a wrong value; every secret key is longer
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def checked_id(text: str, what: str) -> str:
    """The id, if it is 1 to 64 letters, digits, dots, dashes or underscores.

    Raises:
        InvalidInput: it is not; ``what`` says what kind of id it is.
    """
    if not _ID.fullmatch(text):
        raise InvalidInput(
            f"{what} {named(text)} is not an id; use 1 to 64 letters, digits, '.', '-' or '_', "
            "starting with a letter or digit"
        )
    return text


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """A SHA-256 value as 64 lower-case hex digits."""

    hex: str

    def __post_init__(self) -> None:
        if not _DIGEST.fullmatch(self.hex):
            raise InvalidInput(f"{shown(self.hex)!r} is not a SHA-256 digest; give 64 hex digits")

    @property
    def raw(self) -> bytes:
        """The 32 bytes."""
        return bytes.fromhex(self.hex)

    def __str__(self) -> str:
        return self.hex


def instant(text: str) -> datetime:
    """An aware UTC time from ISO 8601 text with a zone; whole seconds are kept as given.

    Raises:
        InvalidInput: not a time, or a time without a zone.
    """
    try:
        value = datetime.fromisoformat(text.strip())
    except ValueError as err:
        raise InvalidInput(
            f"{named(text)} is not a time; write it like 2026-12-08T10:00:00-08:00"
        ) from err
    if value.tzinfo is None:
        raise InvalidInput(
            f"the time {named(text)} has no zone; add Z or an offset, such as {value.isoformat()}Z"
        )
    try:
        return value.astimezone(UTC)
    except OverflowError as err:
        raise InvalidInput(f"the time {shown(text)!r} lies outside the calendar") from err


def instant_text(value: datetime) -> str:
    """ISO 8601 in UTC with a Z, to the second, or to the microsecond where there is one."""
    if value.tzinfo is None:
        raise InvalidInput("a time without zone got this far; hand in aware UTC times only")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Window:
    """A closed interval of time; start equals end for an exact time."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidInput(
                f"the interval ends ({instant_text(self.end)}) before it starts "
                f"({instant_text(self.start)}); swap the two times"
            )

    def text(self) -> str:
        """``start/end`` as ISO 8601."""
        return f"{instant_text(self.start)}/{instant_text(self.end)}"

    def surely_after(self, moment: datetime) -> bool:
        """True when every instant of the window lies after the moment."""
        return self.start > moment

    def surely_before(self, moment: datetime) -> bool:
        """True when every instant of the window lies before the moment."""
        return self.end < moment


def window(text: str) -> Window:
    """A Window from ``T1/T2`` or from one exact time ``T``."""
    first, _, second = text.partition("/")
    start = instant(first)
    return Window(start, instant(second) if second else start)


def shown(text: str) -> str:
    """The text with control, format and bidirectional characters made visible.

    >>> shown("a\\x1b[31mb\\u202e")
    'a⟨U+001B⟩[31mb⟨U+202E⟩'
    """
    if text.isprintable():  # none of the kinds below, and nearly every text
        return text
    return "".join(
        f"⟨U+{ord(ch):04X}⟩" if unicodedata.category(ch) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else ch
        for ch in text
    )


def named(text: str) -> str:
    """A wrong value in quotes for a message, unless it may be an address or a key (D19).

    >>> named("entry level"), named("psirt@example.org")
    ("'entry level'", 'what stands there')
    """
    return UNNAMED if may_be_secret(text) else repr(shown(text))


def may_be_secret(text: str) -> bool:
    """Whether a value may be an address or a key, by its looks."""
    return "@" in text or len(text) > MOST_NAMED_CHARS


DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB
