"""The people of the demo: 80 fictional partners and 8 internal readers, from a seed.

All names are fictional and the country codes are user-assigned ones (XA, XB, XC). Ten partners
sit in XC, whose law makes firms report vulnerabilities to their government. The same seed gives
the same people; only the keys are fresh, and they are made by the caller's function.

>>> people = members(seed=2012, terms=Terms("2011-09", "2012-12-31", "2011-09"))
>>> len(people), sum(member.country == "XC" for member in people)
(88, 10)
>>> people[40].name, people[40].tier
('Fictional Partner 41 (network IPS vendor)', 'ans')
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mapp_compliance.values import PartnerId

PARTNERS, READERS, REPORTING = 80, 8, 10
REPORTING_COUNTRY = "XC"
OTHER_COUNTRIES = ("XA", "XB")
TIERS = {"validate": 8, "ans": 24}  # places; everybody else is in the entry tier
PLAYERS = {  # partners with a part in a scenario: what the seed must not change
    PartnerId("P41"): ("Fictional Partner 41 (network IPS vendor)", "XB", "ans"),
}
COLUMNS = (
    "id,name,kind,country,tier,contact,seal_key,sign_key,agreement,agreement_until,marking_notice"
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What everybody has signed: versions of agreement and marking notice, and the last day."""

    agreement: str
    agreement_until: str  # ISO date
    marking_notice: str


@dataclass(frozen=True, slots=True)
class Member:
    """One recipient organisation or internal reader, without keys."""

    id: PartnerId
    name: str
    kind: str  # partner or internal
    country: str
    tier: str  # validate, ans or entry; empty for internal readers
    contact: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class MemberKeys:
    """One member's key pairs: a sealing key and a signing key, each as the text of its file."""

    seal_public: str
    seal_secret: str
    sign_public: str
    sign_secret: str

    def __repr__(self) -> str:
        return f"MemberKeys(seal_public={self.seal_public!r}, sign_public={self.sign_public!r})"


def members(seed: int, terms: Terms) -> tuple[Member, ...]:
    """The partners P01 to P80, then the internal readers STAFF-01 to STAFF-08."""
    return (*_partners(seed, terms), *_readers(terms))


def fresh_keys(
    people: Iterable[Member], make: Callable[[], MemberKeys]
) -> dict[PartnerId, MemberKeys]:
    """New keys for each member; ``make`` draws them."""
    return {member.id: make() for member in people}


def partners_csv(people: Iterable[Member], keys: Mapping[PartnerId, MemberKeys]) -> str:
    """The text of a ``partners.csv`` with the public keys."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS.split(","))
    for member in people:
        own, terms = keys[member.id], member.terms
        writer.writerow(
            (
                *(member.id, member.name, member.kind, member.country, member.tier, member.contact),
                *(own.seal_public, own.sign_public),
                *(terms.agreement, terms.agreement_until, terms.marking_notice),
            )
        )
    return text.getvalue()


def save_secrets(keys: Mapping[PartnerId, MemberKeys], folder: Path) -> None:
    """Write each member's secret keys to ``<folder>/<id>/seal.key`` and ``sign.key``.

    The folder stands for the partners' own machines; the vendor's workspace never sees it.
    """
    for member, own in keys.items():
        place = folder / member
        place.mkdir(parents=True, mode=0o700)
        for name, secret in (("seal.key", own.seal_secret), ("sign.key", own.sign_secret)):
            path = place / name
            path.touch(mode=0o600, exist_ok=False)
            path.write_text(secret, encoding="ascii")


def _partners(seed: int, terms: Terms) -> list[Member]:
    ids = [PartnerId(f"P{number:02}") for number in range(1, PARTNERS + 1)]
    drawn = sorted((each for each in ids if each not in PLAYERS), key=_draw(seed, "country"))
    countries = {
        each: REPORTING_COUNTRY if place < REPORTING else OTHER_COUNTRIES[place % 2]
        for place, each in enumerate(drawn)
    }
    tiers = dict(
        zip(
            sorted(countries, key=_draw(seed, "tier")),
            (tier for tier, places in TIERS.items() for _ in range(places)),
            strict=False,
        )
    )
    found = []
    for each in ids:
        ordinary = (f"Fictional Partner {each[1:]}", countries.get(each), tiers.get(each, "entry"))
        name, country, tier = PLAYERS.get(each, ordinary)
        contact = f"psirt@{each.lower()}.example"
        found.append(Member(each, name, "partner", country or "", tier, contact, terms))
    return found


def _readers(terms: Terms) -> list[Member]:
    return [
        Member(
            id=PartnerId(f"STAFF-{number:02}"),
            name=f"Internal reader {number:02}",
            kind="internal",
            country="XA",
            tier="",
            contact=f"staff-{number:02}@vendor.example",
            terms=terms,
        )
        for number in range(1, READERS + 1)
    ]


def _draw(seed: int, what: str) -> Callable[[str], bytes]:
    # A digest instead of a generator: the same order on every Python, for ever.
    return lambda each: hashlib.sha256(f"{seed}/{what}/{each}".encode()).digest()
