"""The set-up of one revision: prove its sites sound, then fix them by a leaf, once.

Vetting runs on throw-away words before any codeword exists: each variant alone and 64 random
words, at the level at which copies will be checked. What is fixed: site map, method of scoring,
bound, engines, marks' schedule, and how many colluders the package was expected to stand. The
record is sealed; the leaf holds its digest.
"""

from collections.abc import Sequence

from mapp_compliance.advisories import Attachment, SetUp
from mapp_compliance.errors import InvalidInput
from mapp_compliance.trust import Json, canonical, digest, parse_canonical
from mapp_compliance.watermark import (
    Package,
    SiteMap,
    VettingWord,
    check_static,
    mark,
    vetting_codewords,
)
from mapp_compliance.watermark.codes import NEWEST
from mapp_compliance.workflows.matter import Matter
from mapp_compliance.workflows.planner import reach
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Event

SEED_BYTES = 32


def files_of(package: Package) -> dict[str, bytes]:
    """The files of a package by path."""
    return {file.path: file.data for file in package.files}


def vetted(desk: Desk, attachment: Attachment, package: Package, site_map: SiteMap) -> None:
    """Return when every throw-away copy passes its check.

    Raises:
        InvalidInput: names the sites whose variants fail.
    """
    words = list(vetting_codewords(site_map, desk.chance(SEED_BYTES)))
    marked = [mark(package, site_map, word.word) for word in words]
    for copy in marked:
        check_static(copy, package)
    if not attachment.self_test:
        return
    results = desk.sandbox.check(
        [files_of(copy) for copy in marked],
        attachment.self_test,
        lambda done: desk.progress("trying the sites", done, len(words)),
    )
    bad = [
        (word, result.detail) for word, result in zip(words, results, strict=True) if not result.ok
    ]
    if bad:
        raise InvalidInput(_told(bad), sites=[site for word, _ in bad for site in word.sites][:50])


def _told(bad: Sequence[tuple[VettingWord, str]]) -> str:
    plain = [detail for word, detail in bad if not word.sites]
    sites = [site for word, _ in bad for site in word.sites]
    where = f"sites {', '.join(sites[:5])}" if sites else "words of several sites together"
    detail = plain[0] if plain else bad[0][1]
    return (
        f"the self-test fails on {len(bad)} throw-away copies, at {where}; its last words: "
        f"{detail or 'none'}; mend the points in the files and attach again"
    )


def fixed_setup(desk: Desk, work: UnitOfWork, attachment: Attachment) -> SetUp | None:
    """The set-up that fixes exactly this package and its check; None while there is none.

    A package that was attached again, before any copy was committed, has none yet: it gets a leaf
    of its own, and with it words that have nothing to do with those of the earlier try.
    """
    setup = work.setups.get(attachment.advisory, attachment.revision)
    if setup is None:
        return None
    record = parse_canonical(desk.vault_get(setup.blob))
    same = isinstance(record, dict) and all(
        record.get(key) == value for key, value in _identity(attachment).items()
    )
    return setup if same else None


def write_setup(desk: Desk, work: UnitOfWork, matter: Matter) -> SetUp:
    """The set-up of this revision, from now on fixed; one leaf."""
    now = desk.clock()
    advisory, attachment = matter.advisory, matter.attachment
    record = canonical(_record(desk, work, matter))
    leaf = work.ledger.append(
        "setup",
        {
            "record": digest(record).hex,
            "map": attachment.map_id.hex,
            "method": digest(NEWEST.value.encode()).hex,
        },
        now,
    )
    setup = SetUp(
        advisory=advisory.id,
        revision=advisory.revision,
        record=digest(record),
        blob=desk.vault_put(record),
        leaf=leaf.index,
        leaf_digest=digest(leaf.data),
        at=now,
    )
    work.setups.put(setup)
    work.tell(Event("marking fixed", advisory.id, now, detail=f"leaf {leaf.index}"))
    return setup


def _record(desk: Desk, work: UnitOfWork, matter: Matter) -> dict[str, Json]:
    return {
        "type": "mapp/setup-record/v1",
        **_identity(matter.attachment),
        "site_map": matter.stored_map.hex,
        "method": NEWEST.value,
        "alpha": desk.program.alpha,
        "reach": reach(desk, work, matter.site_map).document(),
        "policy": desk.policy_digest().hex,
        "engines": [list(item) for item in desk.engines()],
    }


def _identity(attachment: Attachment) -> dict[str, Json]:
    """What makes a package this one: its sites, its files, and how its copies are checked."""
    return {
        "advisory": attachment.advisory,
        "revision": attachment.revision,
        "map_id": attachment.map_id.hex,
        "package": {item.path: item.digest.hex for item in attachment.artifacts},
        "check": attachment.check,
        **({"consent": attachment.consent} if attachment.consent else {}),
    }
