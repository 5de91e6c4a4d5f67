"""Keys of recipients are added and revoked; nobody's key is taken on trust.

An SSH key proves itself by a signature over the text of ``proof_text``; an age key, which cannot
sign, by the answer that only its owner can read out of a sealed question. Where neither can be
had, people say in words how control was shown. Nothing is kept between question and answer: the
answer derives from the program key.
"""

from dataclasses import dataclass

from mapp_compliance.errors import InvalidInput, NeedsApproval
from mapp_compliance.program import (
    KeyUse,
    Partner,
    PartnerKey,
    key_fingerprint,
    with_key,
    without_key,
)
from mapp_compliance.trust import (
    BadSignature,
    canonical,
    derive,
    digest,
    parse_public_key,
    seal,
    verify_ssh,
)
from mapp_compliance.trust.signing import KEY_TYPE
from mapp_compliance.values import PartnerId
from mapp_compliance.workflows.keys import SCHEDULE
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.records import Event

KEY_NAMESPACE = "mapp-key@v1"  # of the SSH signature by which a key proves itself


@dataclass(frozen=True, slots=True)
class AddKey:
    """Enrol one key more. ``proof`` is a signature or answer, ``proved`` words in their place."""

    partner: PartnerId
    use: KeyUse
    text: str
    proof: bytes = b""
    proved: str = ""


class KeyUnproved(NeedsApproval):
    """The key has not shown that it is in the recipient's hands; the question is in ``sealed``."""

    def __init__(self, message: str, sealed: bytes = b"", to_sign: str = "") -> None:
        super().__init__(message)
        self.sealed = sealed
        if to_sign:
            self.fields["to_sign"] = to_sign


def add_key(desk: Desk, command: AddKey) -> tuple[Partner, PartnerKey]:
    """The recipient with the key, which is in use from now on.

    Raises:
        UnusableKey, NotFound, Conflict.
        KeyUnproved: no proof yet; says what to sign or to open.
        BadSignature: the proof is of another key, or over another text.
    """
    text = " ".join(command.text.split()[:2]) if _is_ssh(command.text) else command.text.strip()
    fingerprint = key_fingerprint(command.use, text)
    with desk.store.read() as work:
        partner(work, command.partner)
    how = command.proved.strip() or _proved(desk, command, text, fingerprint)
    now = desk.clock()
    with transaction(desk) as work:
        key = PartnerKey(command.use, text, fingerprint, how, now)
        changed = with_key(partner(work, command.partner), key)
        work.partners.put(changed)
        work.tell(Event("key added", changed.id, now, detail=f"{key.use.value} {fingerprint}"))
    return changed, key


def revoke_key(desk: Desk, partner_id: PartnerId, fingerprint: str, reason: str) -> Partner:
    """The recipient without that key; one person is enough to stop its use.

    Raises:
        NotFound: no such usable key. InvalidInput: no reason.
    """
    if not reason.strip():
        raise InvalidInput("a key is revoked for a reason; give it with --reason")
    now = desk.clock()
    with transaction(desk) as work:
        changed = without_key(partner(work, partner_id), fingerprint, now, reason.strip())
        work.partners.put(changed)
        work.tell(Event("key revoked", changed.id, now, detail=f"{fingerprint}: {reason.strip()}"))
    return changed


def proof_text(desk: Desk, command: AddKey, fingerprint: str) -> bytes:
    """What an SSH key signs to show in whose hands it is: program, recipient and the key itself."""
    return canonical(
        {
            "type": "urn:mapp-compliance:key-proof/v1",
            "program": desk.program.origin,
            "recipient": command.partner,
            "use": command.use.value,
            "key": fingerprint,
        }
    )


def _is_ssh(text: str) -> bool:
    return text.strip().startswith(KEY_TYPE)


def _proved(desk: Desk, command: AddKey, text: str, fingerprint: str) -> str:
    if _is_ssh(text):
        return _proved_by_signature(desk, command, text, fingerprint)
    return _proved_by_answer(desk, command, text, fingerprint)


def _proved_by_signature(desk: Desk, command: AddKey, text: str, fingerprint: str) -> str:
    body = proof_text(desk, command, fingerprint)
    if not command.proof:
        raise KeyUnproved(
            f"let {command.partner} sign the printed line with the new key: ssh-keygen -Y sign -f "
            f"KEY -n {KEY_NAMESPACE} FILE; then pass --proof FILE.sig, or say in words how control "
            "was shown with --keys-proved",
            to_sign=body.decode(),
        )
    verify_ssh(body, command.proof, KEY_NAMESPACE, [parse_public_key(text)])
    return f"its own signature, {digest(command.proof).hex[:16]}"


def _proved_by_answer(desk: Desk, command: AddKey, text: str, fingerprint: str) -> str:
    answer = derive(
        desk.keyring.root,
        "key proof",
        SCHEDULE,
        command.partner.encode(),
        fingerprint.encode(),
        size_bytes=16,
    ).hex()
    if not command.proof:
        raise KeyUnproved(
            f"let {command.partner} open the sealed question of --question FILE with the new key, "
            "by age --decrypt -i KEY FILE; then pass its answer with --proof FILE, or say in words "
            "how control was shown with --keys-proved",
            seal(answer.encode(), [text]),
        )
    if command.proof.strip() != answer.encode():
        raise BadSignature(
            "the answer does not fit this key and recipient; ask for what the sealed question says"
        )
    return "it opened a sealed question"
