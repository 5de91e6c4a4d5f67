"""Errors of the whole house: one base, a closed list of reactions.

A class is made only when some caller reacts differently. The message names what is wrong and
ends with what the reader can do; the data travels as attributes. Messages never hold artifact
bytes, titles, keys, codewords or contact addresses.

>>> error = MappError("unknown partner P9; 'mapp partner list' shows them", partner="P9")
>>> error.reaction is Reaction.INVALID, error.fields["partner"]
(True, 'P9')
"""

from enum import Enum


class Reaction(Enum):
    """What a caller can do about an error. Doors hold the only table to exit codes."""

    INVALID = "invalid"  # the input is wrong: mend it and call again
    MISSING = "missing"  # a named thing does not exist
    CONFLICT = "conflict"  # the state does not allow it (duplicate, wrong step)
    REFUSED = "refused"  # the terms forbid it; the decision says which clause
    APPROVAL = "approval"  # it needs a confirmation or further people
    RETRY = "retry"  # the way there failed; the same call may work later
    BROKEN = "broken"  # a proof, signature or digest of our own data fails: stop


class MappError(Exception):
    """Base of every error we raise on purpose.

    Args:
        message: a sentence that names the fault and says what to do.
        where: place of the fault, such as ``partners.csv:3:tier``; None when there is no place.
        hint: a further sentence of help, shown apart; None when the message says it all.
        fields: the data of the fault, ids and numbers only.
    """

    reaction: Reaction = Reaction.INVALID

    def __init__(
        self, message: str, *, where: str | None = None, hint: str | None = None, **fields: object
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.fields = fields


class InvalidInput(MappError):
    """Something handed in cannot be used as it is."""

    reaction = Reaction.INVALID


class NotFound(MappError):
    """A named thing does not exist."""

    reaction = Reaction.MISSING


class Conflict(MappError):
    """The present state does not allow this step."""

    reaction = Reaction.CONFLICT


class Refused(MappError):
    """The terms do not allow it."""

    reaction = Reaction.REFUSED


class NeedsApproval(MappError):
    """It takes a confirmation or the signatures of further people."""

    reaction = Reaction.APPROVAL


class Undelivered(MappError):
    """The bytes did not get there; the same call may work later."""

    reaction = Reaction.RETRY


class Broken(MappError):
    """A signature, proof or digest of our own data does not hold; the work stops."""

    reaction = Reaction.BROKEN
