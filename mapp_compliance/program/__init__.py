"""Who: partners, contacts, agreements, tiers, keys, people."""

from mapp_compliance.program.holders import Holder, HolderKind, checked_span, holder_kind
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
    "Holder",
    "HolderKind",
    "Partner",
    "PartnerKind",
    "PartnerState",
    "Role",
    "Tier",
    "User",
    "checked_span",
    "founders",
    "holder_kind",
    "parse_roster",
    "role",
    "user",
]
