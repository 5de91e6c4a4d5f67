"""Errors of the trust room: what cannot be read, what cannot be used, what does not hold.

Two reactions only. INVALID: the bytes or the key text are not in the form asked for, so hand in
better ones. BROKEN: they are in the right form and the mathematics says no, so stop.

>>> BadSignature("no listed key signed this; ask the sender").reaction.value
'broken'
"""

from mapp_compliance.errors import MappError, Reaction


class TrustError(MappError):
    """Base of this room."""

    reaction = Reaction.INVALID


class Malformed(TrustError):
    """Bytes or values are not in the form asked for."""


class UnusableKey(TrustError):
    """The text or file is no key of a kind we use."""


class SealError(TrustError):
    """The bytes are no whole sealed file, or there is nobody to seal them to."""


class BadSignature(TrustError):
    """No trusted key made this signature over these bytes."""

    reaction = Reaction.BROKEN


class ProofError(TrustError):
    """An inclusion proof, a consistency proof or an opening does not lead to its root."""

    reaction = Reaction.BROKEN


class SealBroken(TrustError):
    """The sealed file does not open with this key, or its bytes were altered."""

    reaction = Reaction.BROKEN
