"""Facts: what is known when a question is asked, checked against the vocabulary.

A fact that is not given is unknown; there is no empty value. Ids and names of partners are no
facts, so no rule can favour anybody by name.

>>> facts = facts_of({"partner.tier": "ans", "advisory.released": False})
>>> facts.get("partner.tier"), facts.get("partner.country")
('ans', None)
>>> facts_of({"partner.teir": "ans"})
Traceback (most recent call last):
mapp_compliance.policy.problems.FactError: unknown fact 'partner.teir'; did you mean ...
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from mapp_compliance.errors import InvalidInput
from mapp_compliance.policy.problems import FactError, did_you_mean
from mapp_compliance.policy.record import digest_of
from mapp_compliance.policy.vocabulary import VOCABULARY, VOCABULARY_VERSION, Fact, FactType
from mapp_compliance.trust import Json
from mapp_compliance.values import Digest, instant, instant_text, shown

FactValue = bool | int | str | datetime | tuple[str, ...]

MAX_INT = 10**15  # far from the end of 64 bits; exact in every reader of JSON
MAX_TEXT = 200  # characters
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)  # times outside are slips of the pen, and
LATEST = datetime(3000, 1, 1, tzinfo=UTC)  # sums of allowed durations stay in CEL's range
_INT = re.compile(r"-?[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Facts:
    """Known facts, sorted by name; made by ``facts_of``, which checks them."""

    entries: tuple[tuple[str, FactValue], ...]

    def get(self, name: str) -> FactValue | None:
        """The value, or None when it is unknown."""
        return dict(self.entries).get(name)

    def without(self, name: str) -> "Facts":
        """The same facts, one of them unknown."""
        return Facts(tuple(entry for entry in self.entries if entry[0] != name))

    def record(self) -> dict[str, Json]:
        """As a JSON value, times as text in UTC; ``parse_facts`` reads it again."""
        facts: dict[str, Json] = {name: _plain(value) for name, value in self.entries}
        return {"vocabulary": VOCABULARY_VERSION, "facts": facts}

    @property
    def digest(self) -> Digest:
        """SHA-256 of the canonical record."""
        return digest_of("facts", self.record())


def facts_of(values: Mapping[str, FactValue]) -> Facts:
    """The facts, each checked for name, type, range and closed list; times turned to UTC.

    Raises:
        FactError: a name is not in the vocabulary or a value does not fit.
    """
    return Facts(tuple(sorted((name, _checked(name, value)) for name, value in values.items())))


def parse_fact(name: str, text: str | tuple[str, ...]) -> FactValue:
    """The typed value from the text of a file, so that NO stays Norway.

    >>> parse_fact("partner.country", "NO"), parse_fact("advisory.released", "false")
    ('NO', False)

    Raises:
        FactError: unknown name, or the text is not of that type.
    """
    fact = _fact(name)
    if isinstance(text, tuple):
        return _checked(name, text)
    if fact.type is FactType.BOOL and text in {"true", "false"}:
        return text == "true"
    if fact.type is FactType.INT and _INT.fullmatch(text):
        return int(text)
    if fact.type is FactType.TIME:
        try:
            return _checked(name, instant(text))
        except InvalidInput as err:
            raise FactError(f"{name}: {err.message}", fact=name) from err
        except OverflowError as err:  # the first or last hours of the calendar, in another zone
            raise _wrong(fact) from err
    return _checked(name, text)


def parse_facts(record: Mapping[str, object]) -> Facts:
    """Facts from what ``Facts.record`` wrote.

    Raises:
        FactError: another vocabulary version, or a value that does not fit.
    """
    version, facts = record.get("vocabulary"), record.get("facts")
    if version != VOCABULARY_VERSION or not isinstance(facts, Mapping):
        raise FactError(
            f"these facts are not of vocabulary {VOCABULARY_VERSION}; "
            "read them with the release that wrote them"
        )
    return facts_of({str(name): _from_plain(str(name), value) for name, value in facts.items()})


def _plain(value: FactValue) -> Json:
    if isinstance(value, datetime):
        return instant_text(value)
    return list(value) if isinstance(value, tuple) else value


def _from_plain(name: str, value: object) -> FactValue:
    if isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return parse_fact(name, value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _wrong(_fact(name))


def _fact(name: str) -> Fact:
    fact = VOCABULARY.get(name)
    if fact is None:
        raise FactError(
            f"unknown fact '{shown(name)}'; {did_you_mean(name, VOCABULARY)}", fact=shown(name)
        )
    return fact


def _checked(name: str, value: FactValue) -> FactValue:
    fact = _fact(name)
    match fact.type:
        case FactType.BOOL if isinstance(value, bool):
            return value
        case FactType.INT if isinstance(value, int) and not isinstance(value, bool):
            if abs(value) < MAX_INT:
                return value
        case FactType.TEXT if isinstance(value, str):
            return _text(fact, value)
        case FactType.TIME if isinstance(value, datetime) and value.tzinfo is not None:
            if EARLIEST <= value < LATEST:
                return value.astimezone(UTC)
        case FactType.TEXTS if isinstance(value, tuple):
            return tuple(sorted({_text(fact, item) for item in value}))
        case _:
            pass
    raise _wrong(fact)


def _text(fact: Fact, value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise _wrong(fact)
    if fact.values and value not in fact.values:
        raise FactError(
            f"{fact.name} has no value '{shown(value)}'; {did_you_mean(value, fact.values)}",
            fact=fact.name,
        )
    if any("\ud800" <= ch <= "\udfff" for ch in value):  # cannot be written as UTF-8
        raise _wrong(fact)
    return value


def _wrong(fact: Fact) -> FactError:
    wanted = fact.type.value
    return FactError(
        f"the value of {fact.name} is not a {wanted} in range; give a {wanted}, "
        "or leave the fact out when it is unknown",
        fact=fact.name,
    )
