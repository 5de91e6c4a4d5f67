"""From planned copies to parcels: mark, check, commit, sign, seal, deliver.

A plaintext copy lives in memory only. A copy that fails its check stops the whole run before
anything was committed: no site may be dropped for a reason that depends on a word.
"""

from collections.abc import Mapping, Sequence

from mapp_compliance.advisories import SetUp
from mapp_compliance.distribution import (
    Copy,
    CopyState,
    CopyStatement,
    pack,
    payload_digest,
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
)
from mapp_compliance.errors import Broken, InvalidInput, Undelivered
from mapp_compliance.program import Partner
from mapp_compliance.trust import (
    IN_TOTO_TYPE,
    Json,
    base64_text,
    canonical,
    commit,
    digest,
    format_statement,
    recipient_fingerprint,
    seal,
    sign_envelope,
)
from mapp_compliance.values import Digest, InstanceId, ParcelId, instant_text
from mapp_compliance.watermark import Codeword, Package, SiteMap, check_static, mark, original
from mapp_compliance.watermark.codes import codeword
from mapp_compliance.workflows.hold import check_not_held
from mapp_compliance.workflows.keys import commitment_key, groups_of, mark_key
from mapp_compliance.workflows.log import checkpoint, proofs, transaction
from mapp_compliance.workflows.matter import Matter
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.records import Event
from mapp_compliance.workflows.setup import files_of

Files = Mapping[str, bytes]
PROSE_SUFFIXES = (".md", ".txt", ".rst", ".html")  # what a description-only copy holds
HANDLING = (
    "share inside your organisation with those who build protections, and with nobody else",
    "publish no part of it, and no detection that shows it, before the embargo ends",
    "proof-of-concept code stays confidential after the release",
    "write detections on what detection/anchors.json lists; other bytes differ between copies",
)


def word_of(site_map: SiteMap, key: bytes, instance: InstanceId, wave: str) -> Codeword:
    """The codeword of one instance over a map; the wave decides the symbols of shared sites."""
    return Codeword(
        codeword(
            key,
            instance,
            [site.id for site in site_map.sites],
            [site.bias for site in site_map.sites],
            [site.space for site in site_map.sites],
            groups_of(site_map, wave),
        )
    )


def marked_files(package: Package, site_map: SiteMap, key: bytes, copy: Copy) -> dict[str, bytes]:
    """The files of one copy: all of the package, or its prose for a description-only copy."""
    if copy.unmarked:
        marked = original(package, site_map)
    else:
        marked = mark(package, site_map, word_of(site_map, key, copy.instance, copy.wave))
    check_static(marked, package)
    files = files_of(marked)
    if copy.package_class == "prose":
        return {path: data for path, data in files.items() if path.endswith(PROSE_SUFFIXES)}
    return files


def commit_copies(
    desk: Desk, matter: Matter, setup: SetUp, copies: Sequence[Copy]
) -> tuple[list[Copy], dict[str, Files]]:
    """Transaction 2: the copies marked, checked and committed, with their files by copy id.

    Raises:
        InvalidInput: a copy fails its check; nothing was committed.
    """
    key = mark_key(desk, _first(desk, setup))
    packages: dict[str, Files] = {}
    for done, copy in enumerate(copies, 1):
        packages[copy.id] = marked_files(matter.package, matter.site_map, key, copy)
        desk.progress("marking", done, len(copies))
    checked = _checked(desk, matter, copies, packages)
    now = desk.clock()
    with transaction(desk) as work:
        fresh = [
            copy
            for copy in copies
            if copy.state is CopyState.PLANNED and work.copies.get(copy.id) == copy
        ]
        if fresh:
            fields = [
                commitment_fields(
                    matter.site_map.map_id,
                    word_of(matter.site_map, key, copy.instance, copy.wave).symbols,
                    copy,
                    payload_digest(packages[copy.id]),
                )
                for copy in fresh
            ]
            root = commit(commitment_key(desk, _first(desk, setup)), fields).root
            leaf = work.ledger.append("commitment", {"root": root.hex}, now)
            for copy in fresh:
                marked = copy.moved(
                    CopyState.MARKED, marked=payload_digest(packages[copy.id]), checked=checked
                )
                work.copies.put(marked.moved(CopyState.COMMITTED, commitment_leaf=leaf.index))
                work.tell(Event("copy committed", copy.id, now, detail=f"leaf {leaf.index}"))
        current = [found for copy in copies if (found := work.copies.get(copy.id)) is not None]
    return [copy for copy in current if copy.state is CopyState.COMMITTED], packages


def commitment_fields(
    map_id: Digest, symbols: Sequence[int], copy: Copy, files: Digest
) -> dict[str, Json]:
    """What the vendor commits to for one copy: whose it is, its files and its word, as digests.

    In the place of a word, a copy without marks has the reason for that.
    """
    word: Json = {"unmarked": copy.unmarked} if copy.unmarked else [str(item) for item in symbols]
    return {
        "advisory": copy.advisory,
        "copy": copy.id,
        "recipient": copy.recipient,
        "instance": copy.instance,
        "map": map_id.hex,
        "files": files.hex,
        "word": digest(canonical(word)).hex,
    }


def _first(desk: Desk, setup: SetUp) -> SetUp:
    with desk.store.read() as work:
        found = work.setups.all(advisory=setup.advisory)
    return min(found, key=lambda item: item.revision)


def _checked(
    desk: Desk, matter: Matter, copies: Sequence[Copy], packages: Mapping[str, Files]
) -> str:
    """How the copies were checked. Raises InvalidInput when one fails."""
    command = matter.attachment.self_test
    whole = [copy for copy in copies if copy.package_class != "prose"]
    if not command or not whole:
        return matter.attachment.check
    results = desk.sandbox.check(
        [packages[copy.id] for copy in whole],
        command,
        lambda done: desk.progress("self-tests", done, len(whole)),
    )
    bad = [(copy, r) for copy, r in zip(whole, results, strict=True) if not r.ok]
    if bad:
        result = bad[0][1]
        names = ", ".join(item.id for item, _ in bad[:5])
        raise InvalidInput(
            f"the self-test fails on {len(bad)} of {len(whole)} copies ({names}), nothing was "
            f"sent; its last words: {result.detail or 'none'}; mend the package and attach again",
            copies=[item.id for item, _ in bad],
        )
    gaps = sorted({gap for result in results for gap in result.gaps})
    return f"child: {' '.join(command)}" + (f" ({'; '.join(gaps)})" if gaps else "")


def seal_copies(
    desk: Desk, matter: Matter, copies: Sequence[Copy], packages: Mapping[str, Files]
) -> None:
    """Transaction 3: each copy signed and sealed, the sealed bytes durable, then its leaf."""
    now = desk.clock()
    with desk.store.read() as work:
        head = checkpoint(desk, work)
        owners = {copy.id: partner(work, copy.recipient) for copy in copies}
        leaves = {copy.id: work.ledger.leaf(copy.commitment_leaf or 0) for copy in copies}
        size = work.ledger.size()
    sealed: list[tuple[Copy, Digest]] = []
    for done, copy in enumerate(copies, 1):
        owner = owners[copy.id]
        statement = _statement(
            desk, matter, copy, owner, packages[copy.id], digest(leaves[copy.id].data), size
        )
        content = pack(_parcel(desk, matter, statement, packages[copy.id], head))
        sealed.append((copy, desk.blobs.put(seal(content, [owner.seal_key]))))
        desk.progress("sealing", done, len(copies))
    with transaction(desk) as work:
        for copy, name in sealed:
            if work.copies.get(copy.id) != copy:
                continue  # another run sealed it, or it was cancelled
            leaf = work.ledger.append("seal", {"sealed": name.hex}, now)
            work.copies.put(copy.moved(CopyState.SEALED, sealed=name, seal_leaf=leaf.index))
            work.tell(Event("copy sealed", copy.id, now, detail=f"leaf {leaf.index}"))


def _statement(
    desk: Desk,
    matter: Matter,
    copy: Copy,
    owner: Partner,
    files: Files,
    commitment: Digest,
    size: int,
) -> CopyStatement:
    return CopyStatement(
        parcel=ParcelId(copy.id.replace("C-", "P-")),
        copy=copy.id,
        advisory=copy.advisory,
        revision=copy.revision,
        recipient=copy.recipient,
        key_fingerprint=recipient_fingerprint(owner.seal_key),
        terms_version=owner.agreement,
        marking_notice=owner.marking_notice,
        tlp=matter.advisory.tlp.value,
        embargo_until=matter.advisory.release_at,
        package_class=copy.package_class,
        handling=HANDLING,
        commitment=commitment,
        log_origin=desk.program.origin,
        log_size=size,
        files=tuple((path, digest(data)) for path, data in sorted(files.items())),
        unmarked=copy.unmarked,
    )


def _parcel(
    desk: Desk, matter: Matter, statement: CopyStatement, files: Files, head: bytes
) -> dict[str, bytes]:
    signed = format_statement(statement.statement())
    envelope = sign_envelope(signed, IN_TOTO_TYPE, [desk.keyring.signer])
    anchors = [base64_text(run) for run in matter.site_map.anchors]
    words = {
        "program": desk.program.name,
        "advisory": statement.advisory,
        "terms": statement.terms_version,
        "marking_notice": statement.marking_notice,
        "tlp": statement.tlp,
        "embargo_until": instant_text(statement.embargo_until),
        "handling": list(HANDLING),
        "copy": statement.copy,
        "unmarked": statement.unmarked,
    }
    return {
        **{f"{PAYLOAD}{path}": data for path, data in files.items()},
        STATEMENT: envelope,
        SIGNER: (desk.keyring.signer.public_key.text() + "\n").encode(),
        TERMS: desk.renderer.render("parcel/TERMS.txt.j2", words).encode(),
        HOWTO: desk.renderer.render("parcel/HOWTO-OPEN.txt.j2", words).encode(),
        ANCHORS: canonical({"type": "mapp/anchors/v1", "base64": list(anchors)}),
        RECEIPT_FORM: receipt_form(statement, digest(signed)),
        CHECKPOINT: head,
    }


def deliver_copies(desk: Desk, copies: Sequence[Copy]) -> None:
    """Transaction 4: each sealed copy laid into the outbox with the proof of its leaf.

    It is laid down inside the transaction, so a copy that was cancelled does not leave.

    Raises:
        DeliveriesHeld: they wait; the copies stay sealed.
        Undelivered: for the first one that did not get there, after all others did.
    """
    failed: list[Undelivered] = []
    now = desk.clock()
    with transaction(desk) as work:
        for advisory in sorted({copy.advisory for copy in copies}):
            check_not_held(work, advisory, now)
        ready = [copy for copy in copies if work.copies.get(copy.id) == copy]
        proven = proofs(desk, work, [copy.seal_leaf or 0 for copy in ready]) if ready else {}
        for done, copy in enumerate(ready, 1):
            try:
                _lay_down(desk, copy, proven)
            except Undelivered as err:
                failed.append(err)
                continue
            work.copies.put(copy.moved(CopyState.DELIVERED, delivered_at=now))
            work.tell(Event("copy delivered", copy.id, now))
            desk.progress("delivering", done, len(ready))
    if failed:
        raise failed[0]


def _lay_down(desk: Desk, copy: Copy, proven: Mapping[int, bytes]) -> None:
    if copy.sealed is None or copy.seal_leaf is None:
        raise Broken(f"copy {copy.id} is sealed without a parcel; restore the workspace")
    name = parcel_name(copy)
    desk.post.deliver(copy.recipient, name, desk.blobs.get(copy.sealed))
    proof = name.removesuffix(".tar.age") + ".tlog-proof"
    desk.post.deliver(copy.recipient, proof, proven[copy.seal_leaf])


def parcel_name(copy: Copy) -> str:
    """The file name of a copy's parcel; it names no recipient."""
    return f"{copy.advisory}.{copy.id}.tar.age"
