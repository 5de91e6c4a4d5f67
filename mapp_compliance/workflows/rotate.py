"""New secrets for what begins from now on; what exists keeps its own.

Two people agree. Advisories that exist keep the root that marked them, so their copies are still
named; what was sealed still opens; tree heads are signed by the new key and by the older ones, so
nobody who knows only an older key is cut off. The new vendor key is handed to partners under a
signature of the old one.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from mapp_compliance.enforcement import DecisionText
from mapp_compliance.errors import InvalidInput
from mapp_compliance.program import Stolen
from mapp_compliance.trust import canonical, digest, sign_ssh
from mapp_compliance.workflows.agree import Approvals, agreed
from mapp_compliance.workflows.log import log_keys, transaction
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.records import Event

VENDOR_KEY_NAMESPACE = "mapp-vendor-key@v1"  # of the signature over a new vendor key
SUBJECT = "program-key"  # of events
ROOT_BYTES = 32


@dataclass(frozen=True, slots=True)
class RotateKeys:
    """Begin a further generation of the program's secrets."""

    reason: str
    approvals: Approvals


@dataclass(frozen=True, slots=True)
class Rotated:
    """What partners are handed: the new vendor key, signed by the one before."""

    generation: int
    vendor_key: bytes
    signature: bytes
    independence: str


def rotate(desk: Desk, command: RotateKeys) -> Rotated:
    """The new generation, durable.

    Raises:
        InvalidInput: no reason. NeedsApproval: fewer than two people agreed.
    """
    if not command.reason.strip():
        raise InvalidInput("a rotation needs its reason; give one with --reason")
    now = desk.clock()
    before = desk.keyring.signer
    with transaction(desk) as work:
        decision = DecisionText(
            action="rotate program key",
            subject=SUBJECT,
            reason=command.reason.strip(),
            evidence=digest(canonical({"generation": desk.keyring.generation})),
            policy=desk.policy_digest(),
        )
        kept = agreed(desk, work, decision, command.approvals, now)
        advisories = [item.id for item in work.advisories.all()]
        for report in work.compromises.all(what=Stolen.PROGRAM_KEY.value):
            if report.advisories is None:
                work.compromises.put(replace(report, advisories=tuple(advisories)))
        generation = desk.keyring.rotate(desk.chance(ROOT_BYTES), advisories)
        work.ledger.append(
            "rotation",
            {
                "generation": generation,
                "vendor_key": desk.keyring.signer.public_key.fingerprint,
                "log_key": log_keys(desk)[-1].text(),
            },
            now,
        )
        detail = f"generation {generation}: {command.reason.strip()}"
        work.tell(Event("program key rotated", SUBJECT, now, detail=detail))
    vendor_key = (desk.keyring.signer.public_key.text() + "\n").encode()
    signature = sign_ssh(vendor_key, VENDOR_KEY_NAMESPACE, before)
    return Rotated(generation, vendor_key, signature, kept.independence)


def rotations(desk: Desk) -> list[datetime]:
    """When the program key was rotated, oldest first."""
    with desk.store.read() as work:
        return [item.at for item in work.events(SUBJECT) if item.what == "program key rotated"]
