r"""Results of a lab: throw-away copies tried on another machine, and its list of what came of them.

For files that only run where nothing of the program may stand. The lab gets every variant that
vetting demands, the same at each call; it hands back one line for each file, ``pass`` or ``fail``
before what ``sha256sum`` prints, signed with ``ssh-keygen -Y sign`` by an enrolled person.

>>> text = f"pass {digest(b'x').hex}  variant-0001/a.py\n"
>>> [(line.path, line.passed) for line in parse_lab_list(text.encode())]
[('variant-0001/a.py', True)]
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from mapp_compliance.errors import InvalidInput, Refused
from mapp_compliance.program import User
from mapp_compliance.trust import digest, parse_public_key, verify_ssh
from mapp_compliance.values import MIB, AdvisoryId, Digest, shown
from mapp_compliance.watermark import (
    Package,
    SiteMap,
    VettingWord,
    check_static,
    lone_words,
    mark,
    random_words,
)
from mapp_compliance.workflows.keys import lab_seed
from mapp_compliance.workflows.ports import Desk, UnitOfWork

LAB = "lab:"
LAB_NAMESPACE = "mapp-lab@v1"  # of the SSH signature over a list of results
MAX_LIST_BYTES = 64 * MIB  # a thousand variants of a hundred files have 10 MiB
_LINE = re.compile(r"(pass|fail)[ \t]+([0-9a-f]{64}) [ *](\S[^\r\n]*)")
_TOLD = 5  # places that a refusal names


@dataclass(frozen=True, slots=True)
class LabList:
    """A list of results as it came, with its armored SSH signature."""

    body: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class LabLine:
    """One file that the lab tried, and how the variant did that it belongs to."""

    passed: bool
    digest: Digest
    path: str


@dataclass(frozen=True, slots=True)
class LabVariant:
    """One throw-away copy: its folder, its files by path, the sites that it tries alone."""

    name: str
    sites: tuple[str, ...]
    files: Mapping[str, bytes]


def lab_variants(
    desk: Desk, advisory: AdvisoryId, package: Package, site_map: SiteMap
) -> Iterator[LabVariant]:
    """Every copy that vetting demands, the same for the same map; issued to nobody.

    Raises:
        FailedCheck: one of them is not what its type asks for.
    """
    seed = lab_seed(desk, advisory, site_map.map_id)
    words: Iterator[VettingWord] = chain(lone_words(site_map), random_words(site_map, seed))
    for number, word in enumerate(words, start=1):
        marked = mark(package, site_map, word.word)
        check_static(marked, package)
        files = {file.path: file.data for file in marked.files}
        yield LabVariant(f"variant-{number:04}", word.sites, files)


def lab_level(
    desk: Desk,
    work: UnitOfWork,
    advisory: AdvisoryId,
    package: Package,
    site_map: SiteMap,
    told: LabList,
) -> str:
    """How copies are checked by this list, in words: how many, who vouches for it, its digest.

    Raises:
        BadSignature: altered after it was signed, or by nobody who is enrolled.
        Refused: signed by somebody whose part is to judge what others did.
        InvalidInput: no such list, a variant that failed, is missing or is of another package.
    """
    signer = _signer(work, told)
    lines = parse_lab_list(told.body)
    known = {line.path: line for line in lines}
    count = 0
    for variant in lab_variants(desk, advisory, package, site_map):
        _check_variant(variant, known)
        count += 1
    if known:
        raise InvalidInput(
            f"the lab's list names {_some(sorted(known))}, which no variant of this package has; "
            f"try what 'mapp preview {advisory} --lab --out DIR' writes, and nothing else"
        )
    listed = digest(told.body).hex
    return f"lab: {count} variants passed, signed by {signer.name}, list sha256:{listed}"


def parse_lab_list(body: bytes) -> tuple[LabLine, ...]:
    """The lines of a list; empty ones are skipped.

    Raises:
        InvalidInput: names the first line that is none, or a file that stands there twice.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as err:
        raise InvalidInput(
            f"the lab's list is not UTF-8 at byte {err.start}; write it as UTF-8", where="lab list"
        ) from err
    lines: dict[str, LabLine] = {}
    for number, row in enumerate(re.split(r"\r?\n", text), start=1):
        if not row.strip():
            continue
        found = _LINE.fullmatch(row)
        if found is None:
            raise InvalidInput(
                f"line {number} of the lab's list is no result; write 'pass' or 'fail', a space, "
                "and the line that sha256sum prints",
                where=f"lab list:{number}",
            )
        path = found[3].removeprefix("./")
        if path in lines:
            raise InvalidInput(
                f"line {number} of the lab's list has {shown(path)} a second time; list each file "
                "once",
                where=f"lab list:{number}",
            )
        lines[path] = LabLine(found[1] == "pass", Digest(found[2]), path)
    if not lines:
        raise InvalidInput("the lab's list is empty; list every file of every variant")
    return tuple(lines.values())


def _signer(work: UnitOfWork, told: LabList) -> User:
    users = work.users.all()
    keys = [parse_public_key(user.key) for user in users]
    key = verify_ssh(told.body, told.signature, LAB_NAMESPACE, keys)
    signer = next(user for user, own in zip(users, keys, strict=True) if own.wire() == key.wire())
    if not signer.role.may_vouch:
        raise Refused(
            f"{signer.name} is {signer.role.value} and judges what others did; let a program "
            "manager, an approver or an investigator sign what the lab found"
        )
    return signer


def _check_variant(variant: LabVariant, known: dict[str, LabLine]) -> None:
    """Take the lines of a variant out, when they are its own and it passed."""
    alone = f" (site {', '.join(variant.sites[:_TOLD])})" if variant.sites else ""
    for path, data in sorted(variant.files.items()):
        place = f"{variant.name}/{path}"
        line = known.pop(place, None)
        if line is None:
            raise InvalidInput(
                f"the lab's list lacks {shown(place)}{alone}; every variant must be tried, so run "
                "the rest and sign the whole list",
                sites=list(variant.sites),
            )
        if line.digest != digest(data):
            raise InvalidInput(
                f"{shown(place)}{alone} in the lab's list is another file than the variant of this "
                "package; write the variants anew with 'mapp preview --lab', after the last change "
                "to the package, and try those",
                sites=list(variant.sites),
            )
        if not line.passed:
            raise InvalidInput(
                f"{variant.name}{alone} failed in the lab; mend the points in the files, attach "
                "again and let the new variants be tried",
                sites=list(variant.sites),
            )


def _some(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _TOLD} more" if len(paths) > _TOLD else ""
    return f"{', '.join(shown(path) for path in paths[:_TOLD])}{more}"
