"""The people of the demo: 80 fictional partners and 8 internal readers, from a seed.

All names are fictional and the country codes are user-assigned ones (XA, XB, XC). Ten partners
sit in XC, whose law makes firms report vulnerabilities to their government. The same seed gives
the same people; only the keys are fresh, so only what is sealed or receipted differs.

>>> from mapp_compliance.values import instant
>>> terms = Terms("2011-09", instant("2013-01-01T00:00:00Z"), "2011-09")
>>> people = recipients(seed=2012, terms=terms)
>>> len(people), sum(person.country == "XC" for person in people)
(88, 10)
>>> people[40].name, people[40].tier
('Fictional Partner 41 (network IPS vendor)', <Tier.ANS: 'ans'>)
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, repeat
from pathlib import Path

from mapp_compliance.program import COLUMNS, Partner, PartnerKind, Tier
from mapp_compliance.trust import Ed25519Signer, generate_identity
from mapp_compliance.values import PartnerId, instant_text

PARTNERS, READERS, REPORTING = 80, 8, 10
REPORTING_COUNTRY = "XC"
OTHER_COUNTRIES = ("XA", "XB")
PLACES = {Tier.VALIDATE: 8, Tier.ANS: 24, Tier.ENTRY: PARTNERS}
PLAYERS = {  # partners with a part in a scenario: what the seed must not change
    PartnerId("P41"): ("Fictional Partner 41 (network IPS vendor)", "XB", Tier.ANS),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What everybody has signed: versions of agreement and marking notice, and the end."""

    agreement: str
    agreement_until: datetime
    marking_notice: str


@dataclass(frozen=True, slots=True)
class KeyTexts:
    """One recipient's key pairs: a sealing key and a signing key, each as the text of its file."""

    seal_public: str
    seal_secret: str
    sign_public: str
    sign_secret: str

    def __repr__(self) -> str:
        return f"KeyTexts(seal_public={self.seal_public!r}, sign_public={self.sign_public!r})"


def recipients(seed: int, terms: Terms) -> tuple[Partner, ...]:
    """The partners P01 to P80, then the internal readers STAFF-01 to STAFF-08, without keys."""
    return (*_partners(seed, terms), *_readers(terms))


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


def _partners(seed: int, terms: Terms) -> list[Partner]:
    ids = [PartnerId(f"P{number:02}") for number in range(1, PARTNERS + 1)]
    drawn = sorted((each for each in ids if each not in PLAYERS), key=_draw(seed, "country"))
    countries = {
        each: REPORTING_COUNTRY if place < REPORTING else OTHER_COUNTRIES[place % 2]
        for place, each in enumerate(drawn)
    }
    places = chain.from_iterable(repeat(tier, many) for tier, many in PLACES.items())
    tiers = dict(zip(sorted(drawn, key=_draw(seed, "tier")), places, strict=False))
    parts = PLAYERS | {
        each: (f"Fictional Partner {each[1:]}", countries[each], tiers[each]) for each in drawn
    }
    return [
        _recipient(each, parts[each][0], PartnerKind.PARTNER, parts[each][1], parts[each][2], terms)
        for each in ids
    ]


def _readers(terms: Terms) -> list[Partner]:
    ids = [PartnerId(f"STAFF-{number:02}") for number in range(1, READERS + 1)]
    return [
        _recipient(each, f"Internal reader {each[-2:]}", PartnerKind.INTERNAL, "XA", None, terms)
        for each in ids
    ]


def _recipient(
    each: PartnerId, name: str, kind: PartnerKind, country: str, tier: Tier | None, terms: Terms
) -> Partner:
    return Partner(
        id=each,
        name=name,
        kind=kind,
        country=country,
        tier=tier,
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


def _draw(seed: int, what: str) -> Callable[[str], bytes]:
    # A digest instead of a generator: the same order on every Python, for ever.
    return lambda each: hashlib.sha256(f"{seed}/{what}/{each}".encode()).digest()
