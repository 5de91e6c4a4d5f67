"""Attach a package to an advisory: read it, place its sites, keep it sealed.

Nothing is marked yet. A second call replaces the package until a first copy is committed; from
then on the sites are fixed. A self-test is foreign code: it runs only
after a person allowed exactly this command over exactly these files, by their digest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mapp_compliance.advisories import Advisory, AdvisoryState, Artifact, Attachment
from mapp_compliance.errors import Conflict, InvalidInput, NeedsApproval, NotFound
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import AdvisoryId, Digest
from mapp_compliance.watermark import (
    Layout,
    Package,
    PackageFile,
    SiteMap,
    TooFewSites,
    check_static,
    lay_out,
    layout_warnings,
    lone_words,
    marked_pairs,
    natural_engines,
    natural_warnings,
    original,
    parse_package,
    sitemap_from_json,
    sitemap_to_json,
    survey_legible,
    vet,
    with_orders,
)
from mapp_compliance.workflows.consent import consent_of, unused_consent
from mapp_compliance.workflows.keys import site_key
from mapp_compliance.workflows.lab import LAB, LabList, lab_level
from mapp_compliance.workflows.legibility import unread_points
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.matter import Matter
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Event

WAIVED = "waived:"


@dataclass(frozen=True, slots=True)
class AttachPackage:
    """Attach these files.

    ``check`` is ``child`` or ``waived:REASON``, empty chooses by itself; ``lab`` takes the place
    of both. ``consent`` are the author's words that orders may vary; None without any.
    """

    advisory: AdvisoryId
    files: tuple[tuple[str, bytes], ...]
    check: str = ""
    allowed: Digest | None = None
    lab: LabList | None = None
    consent: str | None = None


@dataclass(frozen=True, slots=True)
class Attached:
    """What was attached, with what the author should know."""

    attachment: Attachment
    package: Package
    site_map: SiteMap
    warnings: tuple[str, ...]


def attach(desk: Desk, command: AttachPackage) -> Attached:
    """The package, surveyed and kept.

    Raises:
        InvalidInput: any fault of the package; TooFewSites says found, needed, what to add.
        NeedsApproval: it has a self-test that nobody allowed; the digest to allow is in it.
        Conflict: the advisory is public, or copies of it are committed already.
    """
    with desk.store.read() as work:
        advisory = desk.advisory(work, command.advisory)
        _check_open(work, advisory)
    consent = consent_of(command.consent)
    package = _parsed([PackageFile(path, data) for path, data in command.files], consent)
    check = check_level(package, command)
    laid, gaps = _laid_out(desk, package)
    layout = lay_out(package, laid)
    engines = (*desk.engines(), *natural_engines(layout))
    try:
        legible = survey_legible(package, layout, site_key(desk, advisory.id), engines=engines)
    except TooFewSites as err:
        found, needed = err.fields["found"], err.fields["needed"]
        why = "; ".join((err.message, *natural_warnings(package, laid, err.left_out)))
        raise TooFewSites(why, found=found, needed=needed) from err
    site_map = legible.site_map
    _check_variants(package, site_map)
    if command.lab is not None:
        check = _lab_check(desk, advisory, package, site_map, command.lab)
    attachment = _kept(desk, advisory, command, package, site_map, check)
    with transaction(desk) as work:
        _check_open(work, desk.advisory(work, advisory.id))
        work.attachments.put(attachment)
        work.tell(Event("package attached", advisory.id, desk.clock(), detail=site_map.map_id.hex))
        if consent:
            work.tell(Event("author consented", advisory.id, desk.clock(), detail=consent))
    told = (
        *package.warnings,
        *layout_warnings(layout),
        *natural_warnings(package, laid, legible.left_out),
        *gaps,
        *unused_consent(attachment, site_map),
        *unread_points(desk, package, site_map),
        *_tried(desk, attachment, package, site_map),
    )
    return Attached(attachment, package, site_map, told)


def _lab_check(
    desk: Desk, advisory: Advisory, package: Package, site_map: SiteMap, told: LabList
) -> str:
    with desk.store.read() as work:
        return lab_level(desk, work, advisory.id, package, site_map, told)


def _tried(
    desk: Desk, attachment: Attachment, package: Package, site_map: SiteMap
) -> tuple[str, ...]:
    """What the self-test says of the files as their author wrote them, when it fails on them.

    Only told: the author may be about to mend it, and no copy leaves before it passes.
    """
    if not attachment.self_test:
        return ()
    files = {file.path: file.data for file in original(package, site_map).files}
    [result] = desk.sandbox.check([files], attachment.self_test, lambda _: None)
    if result.ok:
        return ()
    return (
        "the self-test fails on the package as it is, before any mark; its last words: "
        f"{result.detail or 'none'}; mend it and attach again, or 'mapp issue' will stop",
    )


def self_test_digest(package: Package) -> Digest:
    """What a person allows: the command over exactly these files."""
    files = {file.path: digest(file.data).hex for file in (*package.files, *package.marks)}
    return digest(canonical({"command": list(package.manifest.self_test), "files": files}))


def load_package(desk: Desk, attachment: Attachment) -> tuple[Package, SiteMap]:
    """The package and its site map as they were attached."""
    package, stored = _stored(desk, attachment)
    return package, sitemap_from_json(stored)


def load_matter(desk: Desk, advisory: Advisory, attachment: Attachment) -> Matter:
    """An advisory with the package that was attached to it."""
    package, stored = _stored(desk, attachment)
    return Matter(advisory, attachment, package, sitemap_from_json(stored), digest(stored))


def _stored(desk: Desk, attachment: Attachment) -> tuple[Package, bytes]:
    files = [PackageFile(item.path, desk.vault_get(item.blob)) for item in attachment.artifacts]
    return _parsed(files, attachment.consent), desk.vault_get(attachment.layout)


def _parsed(files: Sequence[PackageFile], consent: str) -> Package:
    package = parse_package(files)
    return with_orders(package) if consent else package


def newest_attachment(work: UnitOfWork, advisory: AdvisoryId) -> Attachment:
    """The package of the newest revision. Raises NotFound when nothing is attached."""
    attachments = work.attachments.all(advisory=advisory)
    if not attachments:
        raise NotFound(f"nothing is attached to {advisory}; use 'mapp attach' first")
    return max(attachments, key=lambda item: item.revision)


def _check_open(work: UnitOfWork, advisory: Advisory) -> None:
    if advisory.state is AdvisoryState.RELEASED:
        raise Conflict(f"{advisory.id} is public; attach to a new advisory")
    copies = work.copies.all(advisory=advisory.id)
    if any(item.commitment_leaf is not None for item in copies):
        raise Conflict(
            f"copies of {advisory.id} are committed in the ledger, so its files are fixed and each "
            "copy stays traceable; give a correction out as a new advisory"
        )


def check_level(package: Package, command: AttachPackage) -> str:
    """How copies are checked, as the author and whoever allowed the self-test want it.

    Raises:
        InvalidInput: a level that does not fit. NeedsApproval: nobody allowed the self-test.
    """
    if command.lab is not None:
        return LAB  # in words once the sites are known
    if command.check.startswith(WAIVED):
        if not command.check.removeprefix(WAIVED).strip():
            raise InvalidInput("a waived check needs its reason; write --check waived:REASON")
        return command.check
    if command.check not in {"", "child"}:
        raise InvalidInput("--check takes 'child', 'lab:FILE' or 'waived:REASON'; use one of them")
    if not package.manifest.self_test:
        if command.check == "child":
            raise InvalidInput(
                "the package declares no self_test, so there is nothing to run in the child; add "
                "one to mapp-package.toml or leave --check out"
            )
        return "static"
    wanted = self_test_digest(package)
    if command.allowed != wanted:
        raise NeedsApproval(
            f"the package wants to run {' '.join(package.manifest.self_test)!r} on every copy; "
            f"read it, then allow it with --allow-self-test {wanted}",
            self_test_sha256=wanted.hex,
        )
    return "child"


def _laid_out(desk: Desk, package: Package) -> tuple[dict[str, Layout], tuple[str, ...]]:
    """Layouts of templates and of files with side-cars, by path, and walls that were missing.

    Both come from the package's author and are worked on in a limited process.
    """
    layouts: dict[str, Layout] = {}
    gaps: set[str] = set()
    pairs = marked_pairs(package)
    if pairs:
        found, missing = desk.isolation.lay_out_marks(pairs)
        layouts |= {file.path: layout for (file, _), layout in zip(pairs, found, strict=True)}
        gaps.update(missing)
    for file in package.files:
        if file.is_template:
            layouts[file.path], missing = desk.isolation.compile_template(
                file.path, file.data, package.rule(file.path).delimiters
            )
            gaps.update(missing)
    return layouts, tuple(sorted(f"the package was laid out with {gap}" for gap in gaps))


def _check_variants(package: Package, site_map: SiteMap) -> None:
    def static(marked: Package) -> str | None:
        try:
            check_static(marked, package)
        except InvalidInput as err:
            return err.message
        return None

    failures = vet(package, site_map, lone_words(site_map), [static])
    if failures:
        first = failures[0]
        places = ", ".join(first.sites) or "the plain word"
        raise InvalidInput(
            f"{first.reason} (site {places}; {len(failures)} of the variants fail)",
            sites=[site for item in failures for site in item.sites],
        )


def _kept(
    desk: Desk,
    advisory: Advisory,
    command: AttachPackage,
    package: Package,
    site_map: SiteMap,
    check: str,
) -> Attachment:
    sent = {file.path for file in package.files}
    artifacts = tuple(
        Artifact(
            path=path,
            digest=digest(data),
            blob=desk.vault_put(data),
            size_bytes=len(data),
            unmarked=path not in sent or package.rule(path).unmarked,
        )
        for path, data in sorted(command.files)
    )
    return Attachment(
        advisory=advisory.id,
        revision=advisory.revision,
        package_class=package.manifest.kind.value,
        artifacts=artifacts,
        layout=desk.vault_put(sitemap_to_json(site_map)),
        map_id=site_map.map_id,
        check=check,
        attached_at=desk.clock(),
        self_test=package.manifest.self_test if check == "child" else (),
        self_test_allowed=command.allowed if check == "child" else None,
        consent=consent_of(command.consent),
    )
