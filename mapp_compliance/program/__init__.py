"""Who: partners, contacts, agreements, tiers, keys, people."""

from mapp_compliance.program.compromise import Compromise, Stolen
from mapp_compliance.program.enrolment import (
    enrolled_keys,
    key_fingerprint,
    usable_keys,
    with_key,
    without_key,
)
from mapp_compliance.program.holders import Holder, HolderKind, checked_span, holder_kind
from mapp_compliance.program.partnerkeys import KeyUse, PartnerKey
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
    "Compromise",
    "Holder",
    "HolderKind",
    "KeyUse",
    "Partner",
    "PartnerKey",
    "PartnerKind",
    "PartnerState",
    "Role",
    "Stolen",
    "Tier",
    "User",
    "checked_span",
    "enrolled_keys",
    "founders",
    "holder_kind",
    "key_fingerprint",
    "parse_roster",
    "role",
    "usable_keys",
    "user",
    "with_key",
    "without_key",
]
