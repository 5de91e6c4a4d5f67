"""One parcel: the signed statement about a copy, all that lies beside it, sealed to one key.

Also used to seal the same files once more to another key of the same recipient.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from mapp_compliance.distribution import (
    Copy,
    CopyStatement,
    Payload,
    packed,
    parcel_name,
    receipt_form,
)
from mapp_compliance.distribution.parcel import (
    ANCHORS,
    CHECKPOINT,
    HOWTO,
    PAYLOAD,
    RECEIPT_FORM,
    SIGNER,
    STATEMENT,
    TERMS,
    anchors_file,
)
from mapp_compliance.errors import Broken
from mapp_compliance.program import Partner
from mapp_compliance.trust import (
    IN_TOTO_TYPE,
    digest,
    format_statement,
    recipient_fingerprint,
    seal_stream,
    sign_envelope,
)
from mapp_compliance.values import Digest, ParcelId, instant_text
from mapp_compliance.workflows.matter import Matter
from mapp_compliance.workflows.ports import Desk, Keeping, Renderer, Round

Files = Mapping[str, bytes]
HANDLING = (
    "share inside your organisation with those who build protections, and with nobody else",
    "publish no part of it, and no detection that shows it, before the embargo ends",
    "proof-of-concept code stays confidential after the release",
    "write detections on what detection/anchors.json lists; other bytes differ between copies",
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes into one parcel; ``commitment`` is the digest of the leaf that commits to it."""

    copy: Copy
    owner: Partner
    key: str  # the public key it is sealed to
    payload: Payload
    commitment: Digest


def parcel_files(desk: Desk, matter: Matter, parcel: Parcel, head: bytes, size: int) -> Files:
    """All that lies in the parcel, by path, with the signed statement about its copy.

    Args:
        head, size: the newest signed tree head, and how many leaves it covers.
    """
    statement = _statement(desk, matter, parcel, size)
    return _parcel(desk, matter, statement, parcel.payload.files, head)


def seal_files(kept: Keeping, files: Files, key: str) -> Digest:
    """Keep a parcel of the files, sealed to a public key; sealing twice gives two files."""
    content = packed(files)
    return kept.write(lambda sink: seal_stream(content, sink, [key]))


def _statement(desk: Desk, matter: Matter, parcel: Parcel, size: int) -> CopyStatement:
    copy, owner = parcel.copy, parcel.owner
    return CopyStatement(
        parcel=ParcelId(copy.id.replace("C-", "P-")),
        copy=copy.id,
        advisory=copy.advisory,
        revision=copy.revision,
        recipient=copy.recipient,
        key_fingerprint=recipient_fingerprint(parcel.key),
        terms_version=owner.agreement,
        marking_notice=owner.marking_notice,
        tlp=matter.advisory.tlp.value,
        embargo_until=matter.advisory.release_at,
        package_class=copy.package_class,
        handling=HANDLING,
        commitment=parcel.commitment,
        log_origin=desk.program.origin,
        log_size=size,
        files=tuple(parcel.payload.digests.items()),
        unmarked=copy.unmarked,
    )


def _parcel(
    desk: Desk, matter: Matter, statement: CopyStatement, files: Files, head: bytes
) -> dict[str, bytes]:
    signed = format_statement(statement.statement())
    envelope = sign_envelope(signed, IN_TOTO_TYPE, [desk.keyring.signer])
    terms, howto = _texts(
        desk.renderer,  # type: ignore[arg-type]  # one object for the life of a desk
        program=desk.program.name,
        advisory=statement.advisory,
        terms=statement.terms_version,
        marking_notice=statement.marking_notice,
        tlp=statement.tlp,
        embargo_until=instant_text(statement.embargo_until),
        unmarked=statement.unmarked,
        contact=desk.program.contact,
    )
    return {
        **{f"{PAYLOAD}{path}": data for path, data in files.items()},
        STATEMENT: envelope,
        SIGNER: (desk.keyring.signer.public_key.text() + "\n").encode(),
        TERMS: terms,
        HOWTO: howto,
        ANCHORS: anchors_file(matter.site_map.anchors),
        RECEIPT_FORM: receipt_form(statement, digest(signed)),
        CHECKPOINT: head,
    }


@lru_cache(maxsize=64)  # who has the same terms of the same advisory is told the same
def _texts(renderer: Renderer, **words: str) -> tuple[bytes, bytes]:
    """The terms and how to open it. No copy is named: the signed statement says which it is."""
    model = {**words, "handling": list(HANDLING)}
    terms = renderer.render("parcel/TERMS.txt.j2", model)
    return terms.encode(), renderer.render("parcel/HOWTO-OPEN.txt.j2", model).encode()


def lay_down(post: Round, copy: Copy, proven: Mapping[int, bytes]) -> None:
    """Deliver the first parcel of a copy with the proof of its seal leaf. Raises Undelivered."""
    if copy.sealed is None or copy.seal_leaf is None:
        raise Broken(f"copy {copy.id} is sealed without a parcel; restore the workspace")
    deliver_parcel(post, copy, parcel_name(copy), copy.sealed, proven[copy.seal_leaf])


def deliver_parcel(post: Round, copy: Copy, name: str, sealed: Digest, proof: bytes) -> str:
    """Hand over a parcel and the proof beside it; gives where it lies. Raises Undelivered."""
    place = post.forward(copy.recipient, name, sealed)
    post.deliver(copy.recipient, name.removesuffix(".tar.age") + ".tlog-proof", proof)
    return place
