"""The key schedule: which secret of the program each thing derives from.

Version 1. The mark key mixes in the advisory's first set-up leaf, so no codeword exists before
that leaf is in the ledger. The site key does not, because the letters and pads that it gives are
part of what the leaf commits to; it tells nothing about any codeword. Ids are derived too, so a
run that is repeated after a crash plans the same copies. An advisory stays with the root that it
began with: after a rotation its copies are still derived, and named, as before.
"""

from mapp_compliance.advisories import SetUp
from mapp_compliance.trust import derive
from mapp_compliance.values import AdvisoryId, CopyId, Digest, InstanceId, PartnerId
from mapp_compliance.watermark import Group, SiteMap
from mapp_compliance.watermark.codes import Groups
from mapp_compliance.workflows.ports import Desk

SCHEDULE = b"1"


def site_key(desk: Desk, advisory: AdvisoryId) -> bytes:
    """Pads, letters and biases of an advisory's sites."""
    return derive(desk.keyring.root_of(advisory), "sites", SCHEDULE, advisory.encode())


def mark_key(desk: Desk, first: SetUp) -> bytes:
    """Codewords of an advisory; ``first`` is the set-up of its first revision."""
    return derive(
        desk.keyring.root_of(first.advisory),
        "marks",
        SCHEDULE,
        first.advisory.encode(),
        first.leaf_digest.raw,
    )


def commitment_key(desk: Desk, first: SetUp) -> bytes:
    """Salts and order of an advisory's commitments."""
    return derive(
        desk.keyring.root_of(first.advisory),
        "commitment",
        SCHEDULE,
        first.advisory.encode(),
        first.leaf_digest.raw,
    )


def phantom_key(desk: Desk, map_id: Digest, reading: Digest) -> bytes:
    """Words of the phantoms that one reading is controlled with."""
    return derive(desk.keyring.root, "phantoms", SCHEDULE, map_id.raw, reading.raw)


def rehearsal_key(desk: Desk, advisory: AdvisoryId, map_id: Digest) -> bytes:
    """Words of the copies that a rehearsal tries; no copy is ever made with them."""
    return derive(
        desk.keyring.root_of(advisory), "rehearsal", SCHEDULE, advisory.encode(), map_id.raw
    )


def lab_seed(desk: Desk, advisory: AdvisoryId, map_id: Digest) -> bytes:
    """Throw-away words of the copies that a lab tries, so that the same can be named again."""
    return derive(desk.keyring.root_of(advisory), "lab", SCHEDULE, advisory.encode(), map_id.raw)


def instance_of(desk: Desk, advisory: AdvisoryId, recipient: PartnerId) -> InstanceId:
    """The codebook's name of one recipient's copy; the same in every revision."""
    raw = derive(
        desk.keyring.root_of(advisory),
        "instance",
        SCHEDULE,
        advisory.encode(),
        recipient.encode(),
        size_bytes=10,
    )
    return InstanceId(raw.hex())


def copy_of(desk: Desk, advisory: AdvisoryId, revision: int, recipient: PartnerId) -> CopyId:
    """The id of one recipient's copy of one revision; it tells nothing about the recipient."""
    raw = derive(
        desk.keyring.root_of(advisory),
        "copy",
        SCHEDULE,
        advisory.encode(),
        revision.to_bytes(4, "big"),
        recipient.encode(),
        size_bytes=8,
    )
    return CopyId(f"C-{raw.hex()}")


ISSUED = "issued"  # the program's own group: every copy that was ever handed out


def group_of(group: Group, wave: str) -> InstanceId:
    """The codebook's name of what shares a site: the copies of one wave, or all of them.

    Args:
        wave: of an issued copy. A reserved instance hands in its own name with a ``=`` before it
            and shares with nobody, so the released files carry no mark of the issued copies.
    """
    if wave.startswith("=") or group is Group.WAVE:
        return InstanceId(f"group/{group.value}/{wave}")
    return InstanceId(f"group/{group.value}/{ISSUED}")


def groups_of(site_map: SiteMap, wave: str) -> Groups:
    """For each site of a map the group that shares it, for copies of that wave."""
    return tuple(group_of(site.group, wave) if site.group else None for site in site_map.sites)


def unmarked_copy_of(
    desk: Desk, advisory: AdvisoryId, revision: int, recipient: PartnerId
) -> CopyId:
    """The id of one recipient's copy without marks, beside the one with."""
    raw = derive(
        desk.keyring.root,
        "unmarked-copy",
        SCHEDULE,
        advisory.encode(),
        revision.to_bytes(4, "big"),
        recipient.encode(),
        size_bytes=8,
    )
    return CopyId(f"C-{raw.hex()}")


def pseudonym_of(desk: Desk, run: bytes, instance: str) -> str:
    """How an instance is called in one run before names may be seen."""
    raw = derive(desk.keyring.root, "pseudonym", SCHEDULE, run, instance.encode(), size_bytes=4)
    return f"N-{raw.hex()}"


def index_key(desk: Desk) -> bytes:
    """Hashes of the fingerprint index."""
    return derive(desk.keyring.root, "index", SCHEDULE)


def record_salt(desk: Desk, kind: str, name: str) -> str:
    """What keeps a leaf over a short record from being guessed; hex."""
    return derive(
        desk.keyring.root, "record", SCHEDULE, kind.encode(), name.encode(), size_bytes=16
    ).hex()
