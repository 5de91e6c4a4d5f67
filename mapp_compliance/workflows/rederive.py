"""The files of a copy once more: sealed to another key of its recipient, or in the clear.

Both need two people, because whoever has a copy's files can leak it in its recipient's name. What
is derived must be, byte for byte, what was committed to; else nothing is given out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mapp_compliance.distribution import Copy, Payload, Reseal, parcel_name
from mapp_compliance.enforcement import DecisionText
from mapp_compliance.errors import Broken, Conflict, InvalidInput, NotFound, Refused
from mapp_compliance.program import KeyUse, Partner, PartnerState, key_fingerprint, usable_keys
from mapp_compliance.trust import Json, canonical, digest
from mapp_compliance.values import CopyId
from mapp_compliance.workflows.agree import Approvals, agreed
from mapp_compliance.workflows.attach import load_matter
from mapp_compliance.workflows.hold import check_not_held
from mapp_compliance.workflows.keys import mark_key
from mapp_compliance.workflows.log import checkpoint, proofs, transaction
from mapp_compliance.workflows.matter import Matter
from mapp_compliance.workflows.parcels import (
    Parcel,
    deliver_parcel,
    parcel_files,
    seal_files,
)
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.prepare import marked_files, word_of
from mapp_compliance.workflows.records import Event


@dataclass(frozen=True, slots=True)
class ResealCopy:
    """Seal a copy once more, to another proved key of the same recipient."""

    copy: CopyId
    key: str  # public key text
    reason: str
    approvals: Approvals


@dataclass(frozen=True, slots=True)
class ExtractCopy:
    """Derive the files of a copy in the clear."""

    copy: CopyId
    reason: str
    approvals: Approvals


@dataclass(frozen=True, slots=True)
class Resealed:
    """The copy with its further parcel, where that lies, and how independent the people were."""

    copy: Copy
    parcel: str
    independence: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """The copy, which remembers it, its marked files, and how independent the people were."""

    copy: Copy
    files: Mapping[str, bytes]
    independence: str


def reseal(desk: Desk, command: ResealCopy) -> Resealed:
    """The same copy, sealed to a further key and delivered.

    Raises:
        NotFound: no such copy. Conflict: it has not left yet.
        Refused: the key is none of the recipient's, or the recipient may get nothing now.
        NeedsApproval: fewer than two people agreed.
        Broken: what was derived is not what was committed to.
    """
    now = desk.clock()
    with desk.store.read() as work:
        copy, matter = _known(desk, work, command.copy)
        payload = _payload(desk, work, copy, matter)
    with transaction(desk) as work:
        copy = _still(work, copy)
        owner = partner(work, copy.recipient)
        fingerprint = _checked_key(desk, owner, copy, command.key)
        check_not_held(work, copy.advisory, now)
        evidence: dict[str, Json] = {"key": fingerprint, "before": len(copy.reseals)}
        decision = _decision(desk, "reseal copy", copy, command.reason, evidence)
        kept = agreed(desk, work, decision, command.approvals, now)
        commitment = digest(work.ledger.leaf(copy.commitment_leaf or 0).data)
        parcel = Parcel(copy, owner, command.key, payload, commitment)
        head, size = checkpoint(desk, work), work.ledger.size()
        content = parcel_files(desk, matter, parcel, head, size)
        with desk.blobs.keeping() as keeping:
            sealed = seal_files(keeping, content, parcel.key)
        leaf = work.ledger.append("seal", {"sealed": sealed.hex}, now)
        again = replace(copy, reseals=(*copy.reseals, Reseal(sealed, leaf.index, fingerprint, now)))
        work.copies.put(again)
        work.tell(Event("copy resealed", copy.id, now, detail=f"{fingerprint}, leaf {leaf.index}"))
        name = parcel_name(copy, len(again.reseals))
        proof = proofs(desk, work, [leaf.index])[leaf.index]
    with desk.post.round() as post:
        place = deliver_parcel(post, again, name, sealed, proof)
    return Resealed(again, place, kept.independence)


def extract(desk: Desk, command: ExtractCopy) -> Extracted:
    """The files of a copy in the clear.

    Raises:
        NotFound: no such copy. Conflict: its files are not fixed yet.
        NeedsApproval: fewer than two people agreed.
        Broken: what was derived is not what was committed to.
    """
    now = desk.clock()
    with desk.store.read() as work:
        copy, matter = _known(desk, work, command.copy)
        files = _payload(desk, work, copy, matter).files
    with transaction(desk) as work:
        copy = _still(work, copy)
        before = len(work.events(copy.id))
        decision = _decision(desk, "extract copy", copy, command.reason, {"before": before})
        kept = agreed(desk, work, decision, command.approvals, now)
        taken = replace(copy, extracted_at=copy.extracted_at or now)
        work.copies.put(taken)
        work.tell(Event("copy extracted", copy.id, now, detail=command.reason.strip()))
    return Extracted(taken, files, kept.independence)


def _known(desk: Desk, work: UnitOfWork, copy_id: CopyId) -> tuple[Copy, Matter]:
    copy = work.copies.get(copy_id)
    if copy is None:
        raise NotFound(f"there is no copy {copy_id}; 'mapp copy list' shows them")
    if copy.marked is None:
        raise Conflict(f"copy {copy.id} is {copy.state.value}, its files are not fixed; issue it")
    advisory = desk.advisory(work, copy.advisory)
    attachment = work.attachments.get(copy.advisory, copy.revision)
    if attachment is None:
        raise Broken(f"the package of copy {copy.id} is lost; restore the workspace from a backup")
    return copy, load_matter(desk, advisory, attachment)


def _still(work: UnitOfWork, copy: Copy) -> Copy:
    if work.copies.get(copy.id) != copy:
        raise Conflict(f"copy {copy.id} was changed meanwhile; run this again")
    return copy


def _payload(desk: Desk, work: UnitOfWork, copy: Copy, matter: Matter) -> Payload:
    setups = work.setups.all(advisory=copy.advisory)
    if not setups:
        raise Broken(f"the set-up of {copy.advisory} is lost; restore the workspace from a backup")
    first = min(setups, key=lambda item: item.revision)
    word = word_of(matter.site_map, mark_key(desk, first), copy.instance, copy.wave)
    files = marked_files(matter.package, matter.site_map, word, copy)
    payload = Payload.of(files)
    if copy.marked is None or not payload.is_committed(copy.marked):
        raise Broken(
            f"the files derived for copy {copy.id} are not those that were committed to, so "
            "nothing was given out; restore keys and package from a backup"
        )
    return payload


def _checked_key(desk: Desk, owner: Partner, copy: Copy, key: str) -> str:
    if not copy.has_left:
        raise Conflict(
            f"copy {copy.id} is {copy.state.value} and has not left; 'mapp issue {copy.advisory}' "
            f"seals it to the key that {owner.id} has in use"
        )
    standing = owner.state_at(desk.clock())
    if standing is not PartnerState.ACTIVE:
        raise Refused(f"{owner.id} is {standing.value} and gets nothing now; restore it first")
    fingerprint = key_fingerprint(KeyUse.SEAL, key)
    if fingerprint not in {item.fingerprint for item in usable_keys(owner, KeyUse.SEAL)}:
        raise Refused(
            f"{fingerprint} is no usable sealing key of {owner.id}; enrol it first with "
            f"'mapp partner key add {owner.id} --use seal', or name one of "
            f"'mapp partner key list {owner.id}'"
        )
    return fingerprint


def _decision(
    desk: Desk, action: str, copy: Copy, reason: str, evidence: dict[str, Json]
) -> DecisionText:
    if not reason.strip():
        raise InvalidInput(f"'{action}' needs a reason; give one with --reason")
    return DecisionText(
        action=action,
        subject=copy.id,
        reason=reason.strip(),
        evidence=digest(canonical({**evidence, "copy": copy.id, "recipient": copy.recipient})),
        policy=desk.policy_digest(),
    )
