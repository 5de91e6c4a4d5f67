"""Find bytes of opaque files that never change the outcome of the author's own test.

Fonts, media and documents that crash a reader have no quotes to look between. Their self-test says
whether a changed file still works; it runs in the limited child, after a person allowed it by its
digest, as for ``attach``. Nothing is attached and nothing kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import AdvisoryId, Digest
from mapp_compliance.watermark import Package, PackageFile, Slack, find_slack, parse_package
from mapp_compliance.workflows.attach import AttachPackage, check_level
from mapp_compliance.workflows.ports import Desk


@dataclass(frozen=True, slots=True)
class FileSlack:
    """The slack of one file, and the side-car that would mark it."""

    path: str
    slack: Slack
    text: str


def slack_of(
    desk: Desk, advisory: AdvisoryId, files: Sequence[tuple[str, bytes]], allowed: Digest | None
) -> tuple[FileSlack, ...]:
    """The slack of every file of a package that is no text and has no marks yet.

    Raises:
        InvalidInput: no self-test, none such file, or a test that fails on the original.
        NeedsApproval: nobody allowed the self-test; the digest to allow is in it.
    """
    with desk.store.read() as work:
        desk.advisory(work, advisory)
    package = parse_package([PackageFile(path, data) for path, data in files])
    check_level(package, AttachPackage(advisory, tuple(files), "child", allowed))
    opaque = [file for file in package.files if _is_opaque(package, file)]
    if not opaque:
        raise InvalidInput(
            "every file is text or has marks already; use --suggest for text, or take the "
            "side-car away"
        )
    if not _works(desk, package, opaque[0], [opaque[0].data])[0]:
        raise InvalidInput("the self-test fails on the unchanged files; mend it first")
    found = []
    for file in opaque:
        slack = find_slack(
            file.data,
            partial(_works, desk, package, file),
            desk.chance,
        )
        found.append(FileSlack(file.path, slack, _side_car(slack)))
    return tuple(found)


def _is_opaque(package: Package, file: PackageFile) -> bool:
    marked = package.marks_of(file.path) is not None or package.rule(file.path).unmarked
    return b"\0" in file.data and not (marked or file.is_template)


def _works(
    desk: Desk, package: Package, file: PackageFile, variants: Sequence[bytes]
) -> list[bool]:
    """Whether the package works with each variant in the place of the file."""
    if not variants:
        return []
    folders = [
        {each.sent_path: data if each.path == file.path else each.data for each in package.files}
        for data in variants
    ]
    results = desk.sandbox.check(
        folders,
        package.manifest.self_test,
        lambda done: desk.progress("slack looked for", done, len(folders)),
    )
    return [result.ok for result in results]


def _side_car(slack: Slack) -> str:
    blocks = [
        f'# {length} code sites\n[[mark]]\nname = "slack{number}"\nkind = "filler"\n'
        f'offset = {offset}\nlength = {length}\ncharset = "bytes"\n'
        for number, (offset, length) in enumerate(slack.stretches, start=1)
    ]
    heading = "# Bytes that never changed the outcome of the self-test; keep what may vary.\n"
    return "\n".join((heading, *blocks))
