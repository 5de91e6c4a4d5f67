"""The people of a story: partners by tier and country, internal readers, finder and broker.

All names are fictional and the country codes are user-assigned ones (XA, XC). Partners in XC come
under a law that makes firms report vulnerabilities to their government. Everybody is the same in
every run; only the keys are fresh, so only what is sealed or receipted differs.

>>> from mapp_compliance.values import instant
>>> terms = Terms("2011-09", instant("2013-01-01T00:00:00Z"), "2011-09")
>>> people = recipients(terms, Cast(79, reporting=frozenset({41}), upstream=("FINDER-01",)))
>>> len(people), people[40].name, people[40].country, people[-1].kind.value
(88, 'Fictional Partner 41', 'XC', 'finder')
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from mapp_compliance.program import COLUMNS, Partner, PartnerKind, Tier
from mapp_compliance.trust import Ed25519Signer, generate_identity
from mapp_compliance.values import PartnerId, instant, instant_text

READERS = 8
PLACES_FROM = instant("2025-07-31T00:00:00Z")  # as reported of one program: July 2025
REPORTING_COUNTRY, OTHER_COUNTRY = "XC", "XA"
UPSTREAM = {"FINDER": PartnerKind.FINDER, "BROKER": PartnerKind.BROKER}


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part, by number: ``partners`` are P01 and on; whoever has no tier is Entry.

    ``upstream`` are ids such as FINDER-01; ``names`` takes the place of the plain names.
    """

    partners: int
    validate: frozenset[int] = frozenset()
    ans: frozenset[int] = frozenset()
    reporting: frozenset[int] = frozenset()
    upstream: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def tier(self, number: int) -> Tier:
        """The class of access of a partner."""
        if number in self.validate:
            return Tier.VALIDATE
        return Tier.ANS if number in self.ans else Tier.ENTRY


@dataclass(frozen=True, slots=True)
class Terms:
    """What everybody has signed: versions of agreement and marking notice, and the end.

    ``places_from``: since when the rules on places are in force.
    """

    agreement: str
    agreement_until: datetime
    marking_notice: str
    places_from: datetime = PLACES_FROM


@dataclass(frozen=True, slots=True)
class KeyTexts:
    """One recipient's key pairs: a sealing key and a signing key, each as the text of its file."""

    seal_public: str
    seal_secret: str
    sign_public: str
    sign_secret: str

    def __repr__(self) -> str:
        return f"KeyTexts(seal_public={self.seal_public!r}, sign_public={self.sign_public!r})"


def recipients(terms: Terms, cast: Cast) -> tuple[Partner, ...]:
    """The partners, then the internal readers STAFF-01 to STAFF-08, then finder and broker."""
    return (
        *(_partner(number, terms, cast) for number in range(1, cast.partners + 1)),
        *(
            _recipient(f"STAFF-{n:02}", f"Internal reader {n:02}", PartnerKind.INTERNAL, terms)
            for n in range(1, READERS + 1)
        ),
        *(
            _recipient(each, f"Fictional {each.title()}", UPSTREAM[each.partition("-")[0]], terms)
            for each in cast.upstream
        ),
    )


def fresh_keys(people: Iterable[Partner]) -> dict[PartnerId, KeyTexts]:
    """New keys for each recipient, from the machine's randomness: age to seal, SSH to sign."""
    return {person.id: _fresh() for person in people}


def partners_csv(people: Iterable[Partner], keys: Mapping[PartnerId, KeyTexts]) -> str:
    """The text of a ``partners.csv`` with the public keys."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for person in people:
        until = person.agreement_until
        writer.writerow(
            {
                "id": person.id,
                "name": person.name,
                "kind": person.kind.value,
                "country": person.country,
                "tier": person.tier.value if person.tier else "",
                "contact": person.contact,
                "seal_key": keys[person.id].seal_public,
                "sign_key": keys[person.id].sign_public,
                "agreement": person.agreement,
                "agreement_until": instant_text(until) if until else "",
                "marking_notice": person.marking_notice,
            }
        )
    return text.getvalue()


def save_secrets(keys: Mapping[PartnerId, KeyTexts], folder: Path) -> None:
    """Write each recipient's secret keys to ``<folder>/<id>/seal.key`` and ``sign.key``.

    The folder stands for the partners' own machines; the vendor's workspace never sees it.
    """
    for person, own in keys.items():
        place = folder / person
        place.mkdir(parents=True, mode=0o700)
        for name, secret in (("seal.key", own.seal_secret), ("sign.key", own.sign_secret)):
            path = place / name
            path.touch(mode=0o600, exist_ok=False)
            path.write_text(secret, encoding="ascii")


def _partner(number: int, terms: Terms, cast: Cast) -> Partner:
    each = f"P{number:02}"
    person = _recipient(
        each, cast.names.get(each, f"Fictional Partner {number:02}"), PartnerKind.PARTNER, terms
    )
    country = REPORTING_COUNTRY if number in cast.reporting else OTHER_COUNTRY
    return replace(person, country=country, tier=cast.tier(number))


def _recipient(each: str, name: str, kind: PartnerKind, terms: Terms) -> Partner:
    return Partner(
        id=PartnerId(each),
        name=name,
        kind=kind,
        country=OTHER_COUNTRY,
        tier=None,
        contact=f"psirt@{each.lower()}.example",
        agreement=terms.agreement,
        agreement_until=terms.agreement_until,
        marking_notice=terms.marking_notice,
    )


def _fresh() -> KeyTexts:
    sealing, signing = generate_identity(), Ed25519Signer.generate()
    return KeyTexts(
        seal_public=sealing.recipient,
        seal_secret=f"{sealing.secret}\n",
        sign_public=signing.public_key.text(),
        sign_secret=signing.openssh().decode("ascii"),
    )
