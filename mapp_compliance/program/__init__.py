"""Who: partners, contacts, agreements, tiers, keys, people."""

from mapp_compliance.program.partners import (
    PROVISIONAL_SUSPENSION,
    Partner,
    PartnerKind,
    PartnerState,
    Tier,
)
from mapp_compliance.program.people import Role, User, founders, role, user
from mapp_compliance.program.roster import COLUMNS, parse_roster

__all__ = [
    "COLUMNS",
    "PROVISIONAL_SUSPENSION",
    "Partner",
    "PartnerKind",
    "PartnerState",
    "Role",
    "Tier",
    "User",
    "founders",
    "parse_roster",
    "role",
    "user",
]
