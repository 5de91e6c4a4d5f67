"""Take in a sample: quarantined and hashed, with a leaf in the ledger before anybody looks at it.

The bytes are sealed to the workspace and never run, unpacked by path or shown. The same files
again are the same sample; when they come with another time, place or source, that is kept as a
further report with a leaf of its own, and the earliest time of all reports counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mapp_compliance.attribution import IntakeNote, Sample, SampleFile, Visibility
from mapp_compliance.errors import Conflict, InvalidInput
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import Digest, SampleId, Window, instant_text
from mapp_compliance.workflows.keys import record_salt
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Event


@dataclass(frozen=True, slots=True)
class TakeInSample:
    """The files of one leak, with where and when they were seen."""

    files: tuple[tuple[str, bytes], ...]
    posted: Window | None
    observed: datetime | None
    visibility: Visibility
    source: str


def set_digest(files: Sequence[tuple[str, bytes]]) -> Digest:
    """One digest over the bytes of a sample set; names and order do not matter.

    Of a single file it is the SHA-256 that anybody sees for that file.
    """
    if len(files) == 1:
        return digest(files[0][1])
    return digest(canonical(sorted(digest(data).hex for _, data in files)))


def take_in(desk: Desk, command: TakeInSample) -> tuple[Sample, bool]:
    """The sample as kept, and whether its bytes are new.

    Raises:
        InvalidInput: nothing, too much, or times that cannot be. Conflict: another sample of the
            same digest.
    """
    total = sum(len(data) for _, data in command.files)
    if not total:
        raise InvalidInput("the sample is empty; submit files that hold something")
    if total > desk.program.max_sample_bytes:
        raise InvalidInput(
            f"the sample has {total} bytes, more than max_sample_bytes "
            f"({desk.program.max_sample_bytes}) in mapp.toml; submit less or raise it"
        )
    now = desk.clock()
    observed = command.observed or now
    for moment in (observed, *((command.posted.end,) if command.posted else ())):
        if moment > now:
            raise InvalidInput(
                f"{instant_text(moment)} lies in the future (it is {instant_text(now)}); "
                "check --posted and --observed"
            )
    if command.posted and observed < command.posted.start:
        raise InvalidInput(
            f"it was observed ({instant_text(observed)}) before it was posted "
            f"({instant_text(command.posted.start)}); check --posted and --observed"
        )
    whole = set_digest(command.files)
    with desk.store.read() as work:
        known = work.samples.all(digest=whole.hex)
    if known and _is_told(_same(known[0], command), command):
        return known[0], False
    files = tuple(
        SampleFile(_label(name), digest(data), desk.vault_put(data), len(data))
        for name, data in sorted(command.files)
    )
    with transaction(desk) as work:
        known = work.samples.all(digest=whole.hex)
        if known:
            return _noted(desk, work, _same(known[0], command), command, now), False
        leaf = work.ledger.append("intake", {"sample": whole.hex}, now)
        sample = Sample(
            id=SampleId(f"S-{whole.hex[:12]}"),
            digest=whole,
            files=files,
            submitted_at=now,
            observed=observed,
            intake_leaf=leaf.index,
            posted=command.posted,
            visibility=command.visibility,
            source=command.source,
        )
        work.samples.put(sample)
        work.tell(Event("sample taken in", sample.id, now, detail=f"leaf {leaf.index}"))
    return sample, True


def _is_told(known: Sample, command: TakeInSample) -> bool:
    """Whether the command says nothing of the sample that is not kept already."""
    if command.posted is None and command.observed is None and not command.source:
        return True
    reports: tuple[Sample | IntakeNote, ...] = (known, *known.notes)
    return any(
        (report.posted, report.visibility, report.source)
        == (command.posted, command.visibility, command.source)
        and command.observed in {None, report.observed}
        for report in reports
    )


def _noted(
    desk: Desk, work: UnitOfWork, known: Sample, command: TakeInSample, now: datetime
) -> Sample:
    """The sample with one more report of it, unless it is kept already."""
    if _is_told(known, command):
        return known
    observed = command.observed or now
    record = canonical(
        {
            "type": "mapp/intake-note/v1",
            "sample": known.digest.hex,
            "posted": command.posted.text() if command.posted else None,
            "observed": instant_text(observed),
            "visibility": command.visibility.value,
            "source": command.source,
            "salt": record_salt(desk, "intake-note", known.id),
        }
    )
    leaf = work.ledger.append("intake-note", {"record": digest(record).hex}, now)
    note = IntakeNote(command.posted, observed, command.visibility, command.source, now, leaf.index)
    sample = replace(known, notes=(*known.notes, note))
    work.samples.put(sample)
    work.tell(Event("sample reported again", sample.id, now, detail=f"leaf {leaf.index}"))
    return sample


def _label(name: str) -> str:
    """The name as text that can be kept; bytes that are no UTF-8 are written out."""
    return name.encode("utf-8", "backslashreplace").decode()


def _same(known: Sample, command: TakeInSample) -> Sample:
    """The known sample, if it holds the same files and was not only made to hash alike."""
    if sorted(item.digest.hex for item in known.files) != sorted(
        digest(data).hex for _, data in command.files
    ):
        raise Conflict(
            f"the digest of these files is that of sample {known.id}, which holds other files; "
            "submit them packed into one archive"
        )
    return known
