"""Rehearse: would a leak of this package be traced? Asked before anything is sent.

Copies that nobody will ever have are marked as an issue would mark them, by a key that no copy is
made with; they are altered as a leaker would, then read, scored and judged by what ``attribute``
runs: the limited child, the same limits, the same rules, the bound of a first sample among as many
recipients as are registered. Nothing is kept: no intake, no reading, no run, no leaf; ``t`` stays.
The words follow from the map and the program's secret, so a second call says the same.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from mapp_compliance.advisories import Attachment
from mapp_compliance.attribution import LeakForm, Sample, SampleFile, Taken, leak_forms
from mapp_compliance.distribution import Copy, CopyState
from mapp_compliance.errors import InvalidInput
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import (
    AdvisoryId,
    CopyId,
    EntityId,
    InstanceId,
    PartnerId,
    SampleId,
    shown,
)
from mapp_compliance.watermark import (
    Codeword,
    Observation,
    SiteMap,
    check_static,
    declared_values,
    file_capacity,
    mark,
    observation_json,
)
from mapp_compliance.watermark.codes import NEWEST, Scores
from mapp_compliance.workflows.attach import newest_attachment
from mapp_compliance.workflows.bearings import Bearings, Thefts
from mapp_compliance.workflows.books import book_by
from mapp_compliance.workflows.evaluate import Ground, Question, Reading, weighed
from mapp_compliance.workflows.keys import rehearsal_key
from mapp_compliance.workflows.matching import Known, Material, matches_of, material
from mapp_compliance.workflows.plan import wave_of
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.prepare import word_of

MAX_DECOYS = 16
AT_ONCE = 2  # limited children; each may take the memory of a reading
LEFT_BEFORE = timedelta(hours=1)  # so that a leak of now is surely later than every copy
NOT_OURS, NOT_READ = "NO_LINK", "NOT_READ"  # verdicts where nothing could be scored


@dataclass(frozen=True, slots=True)
class Counts:
    """Sites of one channel: read as written, read otherwise, not read."""

    channel: str
    right: int
    wrong: int
    erased: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one leak.

    Attributes:
        right, wrong: whether a source was named and nobody else; whether anybody else was.
        verdict: its kind, NOT_OURS or NOT_READ.
        bits, code_read: information read, at how many code sites.
        missing_bits: more that must be read before anybody is named; None when nothing was scored.
    """

    right: bool
    wrong: bool
    verdict: str
    counts: tuple[Counts, ...]
    bits: float
    code_read: int
    missing_bits: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One form of a leak, over all decoys."""

    form: LeakForm
    tried: tuple[Tried, ...]

    @property
    def right(self) -> int:
        """How often the copy was named, and no other."""
        return sum(one.right for one in self.tried)

    @property
    def wrong(self) -> int:
        """How often another copy was named, alone or beside it."""
        return sum(one.wrong for one in self.tried)

    @property
    def missing_bits(self) -> float:
        """The most that was missing where nobody was named; 0 where it could not be said."""
        return max((one.missing_bits or 0.0 for one in self.tried if not one.right), default=0.0)

    @property
    def counts(self) -> tuple[Counts, ...]:
        """All sites by channel, over all decoys."""
        found: dict[str, Counts] = {}
        for one in self.tried:
            for each in one.counts:
                known = found.get(each.channel, Counts(each.channel, 0, 0, 0))
                found[each.channel] = Counts(
                    each.channel,
                    known.right + each.right,
                    known.wrong + each.wrong,
                    known.erased + each.erased,
                )
        return tuple(found[channel] for channel in sorted(found))


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a package can be expected to stand.

    Attributes:
        rows: forms that fit the package. skipped: names of those that do not.
        recipients: how many are registered. alpha: chance to name an innocent, a sample.
    """

    attachment: Attachment
    rows: tuple[Row, ...]
    skipped: tuple[LeakForm, ...]
    decoys: int
    recipients: int
    alpha: str

    @property
    def bits_a_site(self) -> float:
        """What a code site that is read is worth on average; 0 when none was read."""
        tried = [one for row in self.rows for one in row.tried]
        read = sum(one.code_read for one in tried)
        return sum(one.bits for one in tried) / read if read else 0.0


@dataclass(frozen=True, slots=True)
class _Stage:
    """All that a leak is tried against."""

    known: Known
    held: Material
    ground: Ground
    decoys: tuple[Taken, ...]
    words: tuple[Codeword, ...]
    now: datetime


def rehearse(
    desk: Desk, advisory: AdvisoryId, decoys: int = 2, only: Sequence[str] = ()
) -> Rehearsal:
    """Every form of a leak, tried with so many decoys.

    Args:
        only: names of forms, when not all are wanted.
    Raises:
        NotFound: no such advisory, or nothing is attached.
        InvalidInput: fewer than 2 decoys or more than MAX_DECOYS; no form of that name; a decoy
            fails its static check.
    """
    if not 2 <= decoys <= MAX_DECOYS:
        raise InvalidInput(f"--decoys takes 2 to {MAX_DECOYS}, as two are mixed; choose another")
    with desk.store.read() as work:
        desk.advisory(work, advisory)
        attachment = newest_attachment(work, advisory)
        waves = [wave_of(item) for item in work.partners.all()]
    stage = _staged(desk, attachment, waves, decoys)
    paths = sorted(stage.decoys[0].files)
    tools = [
        (name, partial(desk.sandbox.formatted, name)) for name in desk.sandbox.formatters(paths)
    ]
    forms = _chosen(leak_forms(stage.decoys[0].fullest, tools), only)
    tries = [(form, number) for form in forms for number in range(decoys)]
    found = list(_each(desk, stage, tries))
    rows = []
    for place, form in enumerate(forms):
        own = found[place * decoys : (place + 1) * decoys]
        rows.append(Row(form, tuple(one for one in own if one is not None)))
    return Rehearsal(
        attachment,
        tuple(row for row in rows if row.tried),
        tuple(row.form for row in rows if not row.tried),
        decoys,
        len(waves),
        desk.program.alpha,
    )


def _chosen(forms: Sequence[LeakForm], only: Sequence[str]) -> list[LeakForm]:
    known = {form.name for form in forms}
    for name in only:
        if name not in known:
            raise InvalidInput(
                f"no form of a leak is called {shown(name)!r} for this package; use one of "
                f"{', '.join(sorted(known))}"
            )
    return [form for form in forms if not only or form.name in only]


def _staged(desk: Desk, attachment: Attachment, waves: Sequence[str], decoys: int) -> _Stage:
    """The decoys, marked, and the book that they stand in beside the recipients.

    The first recipients are the decoys, so that as many are compared as there will be.
    """
    now = desk.clock()
    held = material(desk, None)
    own = next(item for item in held.packages if item.attachment == attachment)
    known = replace(own, fixed_at=now)
    others = tuple(item for item in held.packages if item is not own)
    key = rehearsal_key(desk, attachment.advisory, attachment.map_id)
    served = (*waves, *("validate" for _ in range(decoys - len(waves))))
    copies = tuple(
        _copy(attachment, number, wave, now) for number, wave in enumerate(served, start=1)
    )
    books = (book_by(key, known.site_map, copies), book_by(key, known.site_map, copies))
    facts = Bearings(copies, (), (), None, None)
    ground = Ground(copies, books, key, facts, {}, Thefts({}, {}))
    words = tuple(
        word_of(known.site_map, key, copy.instance, copy.wave) for copy in copies[:decoys]
    )
    taken = tuple(_taken(known, word) for word in words)
    return _Stage(known, Material((known, *others), held.earlier), ground, taken, words, now)


def _copy(attachment: Attachment, number: int, wave: str, now: datetime) -> Copy:
    name = f"rehearsal-{number:04}"
    return Copy(
        id=CopyId(name),
        advisory=attachment.advisory,
        revision=attachment.revision,
        recipient=PartnerId(name),
        instance=InstanceId(name),
        entity=EntityId(name),
        wave=wave,
        planned_at=now - LEFT_BEFORE,
        state=CopyState.DELIVERED,
        delivered_at=now - LEFT_BEFORE,
    )


def _taken(known: Known, word: Codeword) -> Taken:
    marked = mark(known.package, known.site_map, word)
    check_static(marked, known.package)
    sites = {file.path: _code_sites(known.site_map, file.path) for file in marked.files}
    fullest = sorted((path for path in sites if sites[path]), key=lambda path: (-sites[path], path))
    return Taken(
        MappingProxyType({file.path: file.data for file in marked.files}),
        tuple(fullest),
        declared_values(known.site_map, word),
    )


def _code_sites(site_map: SiteMap, path: str) -> int:
    return file_capacity(site_map, *site_map.layout.within(path)).code_sites


def _each(
    desk: Desk, stage: _Stage, tries: Sequence[tuple[LeakForm, int]]
) -> Iterator[Tried | None]:
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        waiting = [pool.submit(_tried, desk, stage, form, number) for form, number in tries]
        for done, future in enumerate(waiting, 1):
            yield future.result()
            desk.progress("rehearsing", done, len(tries))
    finally:  # after Ctrl-C or a fault those that run now are the last
        pool.shutdown(cancel_futures=True)


def _tried(desk: Desk, stage: _Stage, form: LeakForm, number: int) -> Tried | None:
    """One leak of one decoy, or of it and the next one; None where the form does not fit."""
    numbers = [(number + step) % len(stage.decoys) for step in range(form.sources)]
    leaked = form.apply([stage.decoys[one] for one in numbers])
    if not leaked:
        return None
    sources = [stage.words[one] for one in numbers]
    site_map = stage.known.site_map
    nothing = _counts(site_map, sources, [None] * len(site_map.sites))
    try:
        question = _question(desk, stage, leaked)
        if question.known is not stage.known:
            return Tried(False, False, NOT_OURS, nothing, 0.0, 0, None)
        seen = desk.isolation.read(question.unwrapped.parts, site_map)
    except InvalidInput:  # a limit was reached, as an attribution would say
        return Tried(False, False, NOT_READ, nothing, 0.0, 0, None)
    return _judged(desk, stage, question, seen, numbers)


def _question(desk: Desk, stage: _Stage, leaked: Mapping[str, bytes]) -> Question:
    files = sorted(leaked.items())
    maps = [item.site_map for item in stage.held.readable]
    unwrapped, located = desk.isolation.look(files, maps)
    matches = tuple(matches_of(desk, unwrapped.parts, located, stage.held, None))
    held = tuple(SampleFile(name, digest(data), digest(data), len(data)) for name, data in files)
    sample = Sample(
        id=SampleId("rehearsal"),
        digest=digest(canonical([item.digest.hex for item in held])),
        files=held,
        submitted_at=stage.now,
        observed=stage.now,
        intake_leaf=0,
    )
    return Question(sample, unwrapped, stage.held, matches, stage.now)


def _judged(
    desk: Desk, stage: _Stage, question: Question, seen: Observation, numbers: Sequence[int]
) -> Tried:
    reading = digest(canonical(observation_json(seen)))
    what = Reading(stage.known, seen, reading, 1, NEWEST)
    answer = weighed(desk, question, what, stage.ground)
    scores = answer.scores
    named = set(answer.verdict.named)
    sources = {stage.ground.copies[one].instance for one in numbers}
    counts = _counts(stage.known.site_map, [stage.words[one] for one in numbers], seen.symbols)
    return Tried(
        right=bool(named) and named <= sources,
        wrong=not named <= sources,
        verdict=answer.verdict.kind.value,
        counts=counts,
        bits=scores.bits if scores else 0.0,
        code_read=scores.read_sites if scores else 0,
        missing_bits=_missing(scores),
    )


def _missing(scores: Scores | None) -> float | None:
    return scores.missing_bits if scores else None


def _counts(
    site_map: SiteMap, words: Sequence[Codeword], symbols: Sequence[int | None]
) -> tuple[Counts, ...]:
    """A symbol is right when it is that of one of the sources."""
    counted: Counter[tuple[str, str]] = Counter()
    for place, (site, symbol) in enumerate(zip(site_map.sites, symbols, strict=True)):
        if symbol is None:
            counted[site.channel, "erased"] += 1
        else:
            fits = any(symbol == word.symbols[place] for word in words)
            counted[site.channel, "right" if fits else "wrong"] += 1
    return tuple(
        Counts(name, *(counted[name, what] for what in ("right", "wrong", "erased")))
        for name in sorted({name for name, _ in counted})
    )
