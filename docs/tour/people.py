"""Make the tour's three partners: ``python docs/tour/people.py FOLDER``.

Writes ``FOLDER/partners.csv`` for the program and ``FOLDER/keys/<id>/`` for each partner, which
stands for that partner's own machine. Everybody here is fictional.
"""

import sys
from pathlib import Path

from mapp_compliance.demo import fresh_keys, partners_csv, save_secrets
from mapp_compliance.program import Partner, PartnerKind, Tier
from mapp_compliance.values import PartnerId, instant

PEOPLE = (
    ("P01", "Example Shield", Tier.VALIDATE),
    ("P02", "Example Gate", Tier.ANS),
    ("P03", "Example Watch", Tier.ENTRY),
)


def main(folder: Path) -> None:
    """Write the list and the keys."""
    people = [
        Partner(
            id=PartnerId(name),
            name=title,
            kind=PartnerKind.PARTNER,
            country="XA",
            tier=tier,
            contact=f"psirt@{name.lower()}.example",
            agreement="2026-02",
            agreement_until=instant("2027-12-31T00:00:00Z"),
            marking_notice="2026-02",
        )
        for name, title, tier in PEOPLE
    ]
    keys = fresh_keys(people)
    save_secrets(keys, folder / "keys")
    (folder / "partners.csv").write_text(partners_csv(people, keys), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
