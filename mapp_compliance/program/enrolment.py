"""Keys come and go: a recipient with one key more, or with one revoked.

``Partner.seal_key`` and ``sign_key`` stay what is in use; the whole list is in ``enrolled_keys``.
"""

from dataclasses import replace
from datetime import datetime

from mapp_compliance.errors import Conflict, NotFound
from mapp_compliance.program.partnerkeys import KeyUse, PartnerKey
from mapp_compliance.program.partners import Partner
from mapp_compliance.trust import parse_public_key, recipient_fingerprint
from mapp_compliance.values import shown


def key_fingerprint(use: KeyUse, text: str) -> str:
    """Fingerprint of a key text. Raises UnusableKey when it cannot be used so."""
    if use is KeyUse.SEAL:
        return recipient_fingerprint(text)
    return parse_public_key(text).fingerprint


def enrolled_keys(partner: Partner) -> tuple[PartnerKey, ...]:
    """All keys, oldest first, revoked ones too; those of its row first."""
    listed = {(key.use, key.fingerprint) for key in partner.keys}
    came_along = tuple(
        PartnerKey(use, text, key_fingerprint(use, text), partner.keys_proved, None)
        for use, text in ((KeyUse.SEAL, partner.seal_key), (KeyUse.SIGN, partner.sign_key))
        if text and (use, key_fingerprint(use, text)) not in listed
    )
    return came_along + partner.keys


def usable_keys(partner: Partner, use: KeyUse) -> tuple[PartnerKey, ...]:
    """The keys of that use that were not revoked, oldest first."""
    return tuple(key for key in enrolled_keys(partner) if key.use is use and key.usable)


def with_key(partner: Partner, key: PartnerKey) -> Partner:
    """The recipient with one key more, which is the one in use from now on.

    Raises:
        Conflict: it has that key, or had it and revoked it.
    """
    known = enrolled_keys(partner)
    if any(item.use is key.use and item.fingerprint == key.fingerprint for item in known):
        raise Conflict(
            f"{partner.id} has or had this key already ({key.fingerprint}); "
            f"'mapp partner key list {partner.id}' shows all, make a new key if it was revoked"
        )
    return _changed(partner, (*known, key))


def without_key(partner: Partner, fingerprint: str, at: datetime, reason: str) -> Partner:
    """The recipient after one key was revoked; the newest of the others is in use, if any.

    Raises:
        NotFound: it has no usable key of that fingerprint.
    """
    known = enrolled_keys(partner)
    if not any(item.fingerprint == fingerprint and item.usable for item in known):
        raise NotFound(
            f"{partner.id} has no usable key {shown(fingerprint)}; "
            f"'mapp partner key list {partner.id}' shows them"
        )
    return _changed(
        partner,
        tuple(
            replace(item, revoked_at=at, reason=reason)
            if item.fingerprint == fingerprint and item.usable
            else item
            for item in known
        ),
    )


def _changed(partner: Partner, keys: tuple[PartnerKey, ...]) -> Partner:
    return replace(
        partner,
        keys=keys,
        seal_key=_newest(keys, KeyUse.SEAL),
        sign_key=_newest(keys, KeyUse.SIGN),
    )


def _newest(keys: tuple[PartnerKey, ...], use: KeyUse) -> str:
    return next((key.text for key in reversed(keys) if key.use is use and key.usable), "")
