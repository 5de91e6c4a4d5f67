"""From planned copies to parcels: mark, check, commit, sign, seal, deliver.

A plaintext copy lives in memory only. A copy that fails its check stops the whole run before
anything was committed: no site may be dropped for a reason that depends on a word.
"""

from collections.abc import Mapping, Sequence

from mapp_compliance.advisories import SetUp
from mapp_compliance.distribution import Copy, CopyState, Payload
from mapp_compliance.errors import Broken, InvalidInput, Undelivered
from mapp_compliance.trust import Json, canonical, commitment_root, digest
from mapp_compliance.values import Digest, InstanceId
from mapp_compliance.watermark import Codeword, Package, SiteMap, check_static, mark, original
from mapp_compliance.watermark.codes import codeword
from mapp_compliance.workflows.hold import check_not_held
from mapp_compliance.workflows.keys import commitment_key, groups_of, mark_key
from mapp_compliance.workflows.log import checkpoint, proofs, transaction
from mapp_compliance.workflows.matter import Matter
from mapp_compliance.workflows.parcels import Files, Parcel, lay_down, parcel_files, seal_files
from mapp_compliance.workflows.people import recipients
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.records import Event
from mapp_compliance.workflows.setup import files_of

PROSE_SUFFIXES = (".md", ".txt", ".rst", ".html")  # what a description-only copy holds


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


def marked_files(
    package: Package, site_map: SiteMap, word: Codeword, copy: Copy
) -> dict[str, bytes]:
    """The files of one copy: all of the package, or its prose for a description-only copy."""
    marked = original(package, site_map) if copy.unmarked else mark(package, site_map, word)
    check_static(marked, package)
    files = files_of(marked)
    if copy.package_class == "prose":
        return {path: data for path, data in files.items() if path.endswith(PROSE_SUFFIXES)}
    return files


def commit_copies(
    desk: Desk, matter: Matter, setup: SetUp, copies: Sequence[Copy]
) -> tuple[list[Copy], dict[str, Payload]]:
    """Transaction 2: the copies marked, checked and committed, with their files by copy id.

    Raises:
        InvalidInput: a copy fails its check; nothing was committed.
        Broken: what an earlier run committed to does not come out again.
    """
    first = _first(desk, setup)
    key = mark_key(desk, first)
    words: dict[str, Digest] = {}
    files: dict[str, dict[str, bytes]] = {}
    for done, copy in enumerate(copies, 1):
        word = word_of(matter.site_map, key, copy.instance, copy.wave)
        words[copy.id] = word_digest(copy, word.symbols)
        files[copy.id] = marked_files(matter.package, matter.site_map, word, copy)
        desk.progress("marking", done, len(copies))
    known: dict[int, Digest] = {}
    payloads = {name: Payload.of(marked, known) for name, marked in files.items()}
    checked = _checked(desk, matter, copies, payloads)
    now = desk.clock()
    with transaction(desk) as work:
        standing = work.copies.among([copy.id for copy in copies])
        fresh = [
            copy
            for copy in copies
            if copy.state is CopyState.PLANNED and standing.get(copy.id) == copy
        ]
        if fresh:
            digests = {copy.id: payloads[copy.id].digest() for copy in fresh}
            fields = [
                commitment_fields(matter.site_map.map_id, words[copy.id], copy, digests[copy.id])
                for copy in fresh
            ]
            root = commitment_root(commitment_key(desk, first), fields)
            leaf = work.ledger.append("commitment", {"root": root.hex}, now)
            for copy in fresh:
                marked = copy.moved(CopyState.MARKED, marked=digests[copy.id], checked=checked)
                done_now = marked.moved(CopyState.COMMITTED, commitment_leaf=leaf.index)
                standing[copy.id] = done_now
                work.copies.put(done_now)
                work.tell(Event("copy committed", copy.id, now, detail=f"leaf {leaf.index}"))
    current = [standing[copy.id] for copy in copies if copy.id in standing]
    committed = [copy for copy in current if copy.state is CopyState.COMMITTED]
    _check_committed(committed, fresh, payloads)
    return committed, payloads


def _check_committed(
    copies: Sequence[Copy], fresh: Sequence[Copy], payloads: Mapping[str, Payload]
) -> None:
    """What a run that stopped committed to is what this one derived, or nothing is sealed."""
    just_now = {copy.id for copy in fresh}
    for copy in copies:
        if copy.id in just_now or copy.marked is None:
            continue
        if not payloads[copy.id].is_committed(copy.marked):
            raise Broken(
                f"the files derived for copy {copy.id} are not those that were committed to, so "
                "nothing was sealed; restore keys and package from a backup",
                copy=copy.id,
            )


def commitment_fields(map_id: Digest, word: Digest, copy: Copy, files: Digest) -> dict[str, Json]:
    """What the vendor commits to for one copy: whose it is, its files and its word, as digests."""
    return {
        "advisory": copy.advisory,
        "copy": copy.id,
        "recipient": copy.recipient,
        "instance": copy.instance,
        "map": map_id.hex,
        "files": files.hex,
        "word": word.hex,
    }


def word_digest(copy: Copy, symbols: Sequence[int]) -> Digest:
    """What stands for a copy's word; one without marks has the reason for that in its place."""
    word: Json = {"unmarked": copy.unmarked} if copy.unmarked else [str(item) for item in symbols]
    return digest(canonical(word))


def _first(desk: Desk, setup: SetUp) -> SetUp:
    with desk.store.read() as work:
        found = work.setups.all(advisory=setup.advisory)
    return min(found, key=lambda item: item.revision)


def _checked(
    desk: Desk, matter: Matter, copies: Sequence[Copy], payloads: Mapping[str, Payload]
) -> str:
    """How the copies were checked. Raises InvalidInput when one fails."""
    command = matter.attachment.self_test
    whole = [copy for copy in copies if copy.package_class != "prose"]
    if not command or not whole:
        return matter.attachment.check
    results = desk.sandbox.check(
        [payloads[copy.id].files for copy in whole],
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
    desk: Desk, matter: Matter, copies: Sequence[Copy], payloads: Mapping[str, Payload]
) -> list[Copy]:
    """Transaction 3: each copy signed and sealed, the sealed bytes durable, then its leaf.

    Returns:
        The copies that this run sealed.
    """
    now = desk.clock()
    with desk.store.read() as work:
        head = checkpoint(desk, work)
        owners = recipients(work, [copy.recipient for copy in copies])
        commitments = {
            index: digest(work.ledger.leaf(index).data)
            for index in {copy.commitment_leaf or 0 for copy in copies}
        }
        size = work.ledger.size()
    contents: list[Files] = []
    for copy in copies:
        owner = owners[copy.recipient]
        commitment = commitments[copy.commitment_leaf or 0]
        parcel = Parcel(copy, owner, owner.seal_key, payloads[copy.id], commitment)
        contents.append(parcel_files(desk, matter, parcel, head, size))
    sealed: list[tuple[Copy, Digest]] = []
    with desk.blobs.keeping() as kept:
        for done, (copy, content) in enumerate(zip(copies, contents, strict=True), 1):
            sealed.append((copy, seal_files(kept, content, owners[copy.recipient].seal_key)))
            desk.progress("sealing", done, len(copies))
    ready: list[Copy] = []
    with transaction(desk) as work:
        standing = work.copies.among([copy.id for copy in copies])
        for copy, name in sealed:
            if standing.get(copy.id) != copy:
                continue  # another run sealed it, or it was cancelled
            leaf = work.ledger.append("seal", {"sealed": name.hex}, now)
            ready.append(copy.moved(CopyState.SEALED, sealed=name, seal_leaf=leaf.index))
            work.copies.put(ready[-1])
            work.tell(Event("copy sealed", copy.id, now, detail=f"leaf {leaf.index}"))
    return ready


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
        standing = work.copies.among([copy.id for copy in copies])
        ready = [copy for copy in copies if standing.get(copy.id) == copy]
        proven = proofs(desk, work, [copy.seal_leaf or 0 for copy in ready]) if ready else {}
        laid: list[Copy] = []
        with desk.post.round() as post:
            for done, copy in enumerate(ready, 1):
                try:
                    lay_down(post, copy, proven)
                except Undelivered as err:
                    failed.append(err)
                    continue
                laid.append(copy)
                desk.progress("delivering", done, len(ready))
        for copy in laid:
            work.copies.put(copy.moved(CopyState.DELIVERED, delivered_at=now))
            work.tell(Event("copy delivered", copy.id, now))
    if failed:
        raise failed[0]
