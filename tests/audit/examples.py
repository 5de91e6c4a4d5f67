"""A small invented program whose reports the tests read; every value can be replaced."""

from dataclasses import replace
from datetime import timedelta

from mapp_compliance.advisories import (
    Advisory,
    AdvisoryState,
    Artifact,
    Attachment,
    Grade,
    SetUp,
    Sighting,
    SightingKind,
    Situation,
    decide_release,
)
from mapp_compliance.attribution.sample import Run, Sample, SampleFile
from mapp_compliance.audit import (
    CaseReport,
    Clearance,
    Cleared,
    Closing,
    CopyLine,
    DistributionReport,
    DutyNotice,
    DutyToWarn,
    EmbargoMoved,
    Envelope,
    Finding,
    Ground,
    Heading,
    Holding,
    InternalMemo,
    KeyMemo,
    LeadNote,
    LedgerLine,
    Model,
    Notice,
    OtherHolders,
    Pause,
    Proofs,
    ReleaseMemo,
    Removal,
    Request,
    Talk,
    Term,
    TermsChange,
    WithheldLine,
    parse_finding,
)
from mapp_compliance.distribution import Copy, CopyState, Hold, Withheld
from mapp_compliance.enforcement import ActionKind, Case, CaseState, Proposal, Signature, Step
from mapp_compliance.values import (
    DAY,
    HOUR,
    AdvisoryId,
    CaseId,
    CopyId,
    Digest,
    EntityId,
    FeedName,
    HoldId,
    InstanceId,
    PartnerId,
    SampleId,
    SightingId,
    UserName,
    instant,
    window,
)

NOW = instant("2026-12-05T09:30:00Z")
ISSUED = instant("2026-11-24T18:00:00Z")
RELEASE = instant("2026-12-08T18:00:00Z")
NAMES = (
    "Example Shield",
    "Northwind AV",
    "安恒示例科技",
    "Škoda Sécurité",
    "Blue Team",
    "Staff 07",
)
VERDICTS = [
    "NO_LINK",
    "INSUFFICIENT",
    "LINEAGE_ONLY",
    "LINEAGE_ONLY_EARLIER_EXPLOITATION",
    "UPSTREAM_ORIGIN",
    "PROGRAM_ORIGIN_UNRESOLVED",
    "PUBLIC_RELEASE",
    "LEAD_ONLY",
    "COPY_IDENTIFIED",
    "COPY_IDENTIFIED_INTERNAL",
    "MULTIPLE_COPIES",
    "UNREGISTERED_COPY",
    "CONFLICTING_MARKS",
]
NOTHING_SCORED = ("NO_LINK", "LINEAGE_ONLY", "LINEAGE_ONLY_EARLIER_EXPLOITATION", "UPSTREAM_ORIGIN")
NAMED_PLACES = {
    "COPY_IDENTIFIED": (0,),
    "COPY_IDENTIFIED_INTERNAL": (5,),
    "MULTIPLE_COPIES": (0, 1),
}


def some_digest(number: int) -> Digest:
    return Digest(f"{number:064x}")


ADVISORY = Advisory(
    AdvisoryId("EX-2026-014"),
    "Name card reader <script>alert(1)</script>",
    RELEASE,
    ISSUED - 7 * DAY,
    state=AdvisoryState.DISTRIBUTING,
)
COPIES = tuple(
    Copy(
        id=CopyId(f"c-{place:02d}f7a9"),
        advisory=ADVISORY.id,
        revision=1,
        recipient=PartnerId(f"P{place:03d}"),
        instance=InstanceId(f"i-{place:02d}"),
        entity=EntityId(f"P{place:03d}"),
        wave="validate" if place < 4 else "ans",
        planned_at=ISSUED + (0 if place < 4 else 9) * DAY - HOUR,
        internal=place == 5,
        state=CopyState.RECEIPTED if place < 4 else CopyState.DELIVERED,
        marked=some_digest(100 + place),
        checked="child",
        commitment_leaf=1,
        sealed=some_digest(200 + place),
        seal_leaf=2 + place,
        delivered_at=ISSUED + (0 if place < 4 else 9) * DAY,
        receipt=some_digest(300 + place) if place < 4 else None,
        receipted_at=ISSUED + (place + 1) * 15 * HOUR if place < 4 else None,
    )
    for place in range(6)
)
SAMPLE = Sample(
    SampleId("S-77ab00c2d31f"),
    some_digest(7),
    (SampleFile("paste\u202e.txt", some_digest(8), some_digest(9), 2048),),
    submitted_at=NOW - 2 * DAY,
    observed=NOW - 3 * DAY,
    intake_leaf=12,
    posted=window("2026-12-01T20:00:00Z/2026-12-02T06:00:00Z"),
    source="paste site, seen by a customer",
)
RUN = Run(
    SAMPLE.id,
    ADVISORY.id,
    some_digest(40),
    some_digest(41),
    "score/1",
    1,
    NOW - 2 * DAY + HOUR,
    13,
    14,
    "COPY_IDENTIFIED",
    "{}",
)
HEADING = Heading("Example Disclosure Program", NOW, local_keys=True)
KINDS = ("setup", "commitment", *(["seal"] * 6), *(["receipt"] * 4), "intake", "reading", "run")
PROOFS = Proofs(
    "example.test/log",
    15,
    some_digest(77),
    tuple(
        LedgerLine(index, kind, some_digest(500 + index), ISSUED + index * HOUR, ADVISORY.id)
        for index, kind in enumerate(KINDS)
    ),
)


def named_rows(verdict: str) -> list[dict[str, object]]:
    return [
        {
            "copy": COPIES[place].id,
            "recipient": COPIES[place].recipient,
            "entity": COPIES[place].entity,
            "internal": COPIES[place].internal,
            "reserved": None,
            "issued_at": "2026-11-24T18:00:00Z",
            "p_value": 3.21e-09 * (1 + place),
            "log10_p_value": -8.4,
        }
        for place in NAMED_PLACES.get(verdict, ())
    ]


def public_row() -> dict[str, object]:
    return {
        "copy": "public-release",
        "recipient": None,
        "entity": "public-release",
        "internal": False,
        "reserved": "public-release",
        "issued_at": None,
        "p_value": 1e-12,
        "log10_p_value": -12.0,
    }


def verdict_document(verdict: str) -> dict[str, object]:
    """As ``attribute`` prints it: the shape of a scored run, or of one that scored nothing."""
    scored = verdict not in NOTHING_SCORED
    artifact = {
        "advisory": ADVISORY.id,
        "revision": 1,
        "stage": "vendor",
        "path": "poc.py",
        "similarity": 0.973,
        "code_sites_located": 96,
    }
    return {
        "verdict": verdict,
        "sample": {"id": SAMPLE.id, "sha256": SAMPLE.digest.hex},
        "artifact": None if verdict == "NO_LINK" else artifact,
        "other_artifacts": [],
        "copies": [public_row()] if verdict == "PUBLIC_RELEASE" else named_rows(verdict),
        "scores": [
            {"pseudonym": f"candidate-{place}", "log10_p": -8.4 if place == 0 else -1.1 / place}
            for place in range(8)
        ]
        if scored
        else [],
        "rule": "lineage",
        "candidates": 0 if verdict == "NO_LINK" else 8,
        "stages": stage_rows() if verdict != "NO_LINK" else [],
        "groups": group_rows() if scored else [],
        "bound": {
            "family_wise": 6.079271018540266e-05,
            "per_entity": 7.6e-06,
            "t": 1,
            "alpha": "1",
            "entities": 8,
        }
        if scored
        else {"family_wise": 0.0, "per_entity": 0.0, "t": 0, "alpha": "1e-4", "entities": 0},
        "method": "score/1+read/1" if scored else "identify/1",
        "custody_level": "found in the open, hashed and logged at intake",
        "evidence": [
            channel("payload", 96, 92, "good"),
            channel("names", 24, 9, "partial"),
            channel("typography", 12, 0, "lost"),
        ]
        if scored
        else [],
        "information": {
            "bits_read": 88.4,
            "bits_missing": 0.0,
            "code_sites": 96,
            "code_sites_read": 92,
        }
        if scored
        else None,
        "null": {
            "score": [place * 2 for place in range(61)],
            "log10_tail": [-(place**1.6) / 70 for place in range(61)],
            "case_score": 98,
            "others": [52, 47, 44, 40, 38, 31, 20],
        }
        if scored
        else None,
        "phantom_control": {"count": 1000000, "best_p": 2.4e-06, "rank_of_best_copy": 1, "ok": True}
        if scored
        else None,
        "vetoes": [],
        "limits": ["a copy is attributed, not a person"],
        "next_steps": ["decide on an earlier release apart from attribution"],
        "notes": [],
    }


def stage_rows() -> list[dict[str, object]]:
    return [
        {
            "stage": stage,
            "appeared": {"shown": 3, "of": 40},
            "dropped": {"shown": 0, "of": 12},
            "exclusive": {"shown": 0, "of": 12},
        }
        for stage in ("finder", "sent")
    ]


def group_rows() -> list[dict[str, object]]:
    return [
        {"group": name, "sites": 16, "read": 14, "agree": 9, "p_value": 0.42, "holders": 5}
        for name in ("wave ans", "program")
    ]


def channel(name: str, sites: int, read: int, health: str) -> dict[str, object]:
    return {
        "channel": name,
        "sites": sites,
        "read": read,
        "erased": sites - read,
        "contradicted": 0,
        "health": health,
    }


def holdings(names: tuple[str, ...] = NAMES) -> tuple[Holding, ...]:
    return tuple(
        Holding(
            copy.id,
            names[0] if place == 0 else "",
            "internal" if copy.internal else "partner",
            copy.delivered_at or ISSUED,
            copy.receipted_at,
        )
        for place, copy in enumerate(COPIES)
    )


def a_case(verdict: str = "COPY_IDENTIFIED", statement: str = "We found a stolen laptop.") -> Case:
    signatures = (
        Signature(UserName("ann"), "sig", NOW, local_key=True),
        Signature(UserName("bob"), "sig", NOW, local_key=True),
    )
    suspend = Proposal(
        1,
        ActionKind.SUSPEND,
        "precaution",
        "policy",
        NOW - DAY,
        rule="hold-on-finding",
        until=NOW + 10 * DAY,
        signatures=signatures[:1],
        executed_at=NOW - DAY,
    )
    remove = Proposal(
        2,
        ActionKind.REMOVE,
        "the duty to keep the copy was not met",
        "ann",
        NOW,
        decision=some_digest(60),
        signatures=signatures,
        executed_at=NOW,
    )
    return Case(
        CaseId("K-00000028"),
        SAMPLE.id,
        ADVISORY.id,
        verdict,
        RUN.digest,
        NOW - 2 * DAY,
        copy=COPIES[0].id,
        recipient=COPIES[0].recipient,
        state=CaseState.DECIDED,
        proposals=(suspend, remove),
        noticed_at=NOW - DAY,
        response_due=NOW + 13 * DAY,
        statement=statement,
        examiner=UserName("cleo"),
        finding="confirmed",
        steps=(Step(NOW - 2 * DAY, f"opened on the verdict {verdict}"),),
    )


def case_report(verdict: str = "COPY_IDENTIFIED", names: tuple[str, ...] = NAMES) -> CaseReport:
    return CaseReport(
        heading=HEADING,
        finding=parse_finding(verdict_document(verdict)),
        sample=SAMPLE,
        run=replace(RUN, verdict=verdict),
        case=a_case(verdict) if verdict == "COPY_IDENTIFIED" else None,
        advisory=None if verdict == "NO_LINK" else ADVISORY,
        holdings=() if verdict == "NO_LINK" else holdings(names),
        proofs=PROOFS,
        names=tuple((copy.recipient, name) for copy, name in zip(COPIES, names, strict=True)),
        terms=(Term("hold-on-finding", "Terms 8.2", "A finding holds further deliveries."),)
        if verdict == "COPY_IDENTIFIED"
        else (),
        others=()
        if verdict == "NO_LINK"
        else (
            OtherHolders("finder", 1, 1, ISSUED - 90 * DAY),
            OtherHolders("vendor", 1, 1, ISSUED - 60 * DAY),
            OtherHolders("government", 2, 41, ISSUED + DAY),
        ),
    )


def distribution_report(names: tuple[str, ...] = NAMES) -> DistributionReport:
    planned = replace(
        COPIES[4],
        id=CopyId("c-99aa00"),
        state=CopyState.CANCELLED,
        delivered_at=None,
        marked=None,
        checked="",
        commitment_leaf=None,
        seal_leaf=None,
    )
    lines = tuple(
        CopyLine(
            replace(copy, receipt_leaf=8 + place if copy.receipted_at else None),
            name,
            "internal" if copy.internal else "partner",
            due=copy.delivered_at + timedelta(hours=48) if copy.delivered_at else None,
            opened_at=copy.receipted_at,
            terms="2026-02" if copy.receipted_at else "",
        )
        for place, (copy, name) in enumerate(zip(COPIES, names, strict=True))
    )
    return DistributionReport(
        heading=HEADING,
        advisory=ADVISORY,
        attachment=Attachment(
            ADVISORY.id,
            1,
            "poc",
            (
                Artifact("poc.py", some_digest(20), some_digest(21), 4096),
                Artifact("NOTICE.md", some_digest(22), some_digest(23), 512, unmarked=True),
            ),
            some_digest(24),
            some_digest(25),
            "child",
            ISSUED - DAY,
        ),
        set_up=SetUp(ADVISORY.id, 1, some_digest(26), some_digest(27), 0, some_digest(28), ISSUED),
        policy="mapp 2026.1",
        copies=(*lines, CopyLine(planned, "Blue Team", "partner")),
        withheld=(
            withheld("P010", "reporting-law", Ground.RESTRICTION),
            withheld("P011", "entry-poc", Ground.ENTITLEMENT),
            withheld("P012", "seal-key", Ground.REQUIREMENT),
            withheld("P013", "agreement", Ground.REQUIREMENT),
        ),
        proofs=PROOFS,
    )


def withheld(recipient: str, rule: str, ground: Ground) -> WithheldLine:
    reason = Withheld(PartnerId(recipient), rule, "Terms 2.4", f"{rule} applies")
    return WithheldLine(reason, f"Partner {recipient}", ground)


def envelope(partner: str = NAMES[0]) -> Envelope:
    return Envelope("Example Disclosure Program", NOW, partner, "program@example.test")


def notice(partner: str = NAMES[0], verdict: str = "COPY_IDENTIFIED") -> Notice:
    return Notice(
        envelope(partner),
        a_case(verdict),
        COPIES[0],
        SAMPLE,
        RUN,
        parse_finding(verdict_document(verdict)),
        "2026-02",
        "Terms 6.2: The proof of concept stays confidential.",
        "Terms 8.1",
        some_digest(61),
    )


def limited(finding: Finding) -> Finding:
    """The same finding with limits and a veto of its own."""
    limits = ("attacks were seen before this copy left the house", "at least one more source")
    return replace(finding, limits=limits, vetoes=("the custody of the sample has a gap",))


def case_memos() -> tuple[Model, ...]:
    program, about = HEADING.program, (ADVISORY.id, SAMPLE)
    internal = replace(
        a_case("COPY_IDENTIFIED_INTERNAL"),
        copy=COPIES[5].id,
        recipient=COPIES[5].recipient,
        internal=True,
    )
    finding = parse_finding(verdict_document("COPY_IDENTIFIED_INTERNAL"))
    conflict = parse_finding(verdict_document("CONFLICTING_MARKS"))
    lead = parse_finding(verdict_document("LEAD_ONLY"))
    return (
        InternalMemo(program, NOW, internal, COPIES[5], SAMPLE, finding),
        KeyMemo(program, NOW, "K-00000029", *about, conflict),
        LeadNote(program, NOW, *about, lead),
    )


def letters(partner: str = NAMES[0]) -> tuple[Model, ...]:
    case = a_case()
    held = (COPIES[1].id,)
    to, seen = envelope(partner), SAMPLE.seen
    clauses = (("Terms 5.5", "A description only is given."),)
    return (
        notice(partner),
        replace(notice(partner), finding=limited(notice(partner).finding)),
        *(Clearance(to, ADVISORY.id, held, ground) for ground in Cleared),
        Closing(to, ADVISORY.id, RELEASE),
        Closing(to, ADVISORY.id),
        Pause(to, ADVISORY.id, "a file resembles the material", NOW + DAY),
        Pause(to, ADVISORY.id, "a file resembles the material"),
        Talk(to, ADVISORY.id, ISSUED - 30 * DAY, seen),
        DutyToWarn(to, ADVISORY.id, ISSUED - 30 * DAY, seen),
        TermsChange(to, NOW + 30 * DAY, clauses, 48),
        TermsChange(to, NOW + 30 * DAY, clauses),
        Request(to, ADVISORY.id, (), NOW + 7 * DAY),
        Request(envelope(partner), ADVISORY.id, held, NOW + 7 * DAY),
        EmbargoMoved(to.program, ADVISORY.id, RELEASE, NOW + DAY, NOW, to.contact),
        Removal(to, case, case.proposals[1], "2026-02", "Terms 6.2: Keep it.", "Terms 8.3"),
    )


def sighting(kind: SightingKind = SightingKind.EXPLOITED, grade: Grade = Grade.B) -> Sighting:
    return Sighting(
        SightingId("X-0a1b2c"),
        ADVISORY.id,
        kind,
        window("2026-12-03T00:00:00Z/2026-12-04T00:00:00Z"),
        NOW - DAY,
        grade,
        2,
        "words of a report that no memo repeats",
        NOW,
    )


def release_memo() -> ReleaseMemo:
    before = replace(ADVISORY, patch_ready_at=NOW - DAY)
    sightings = (sighting(),)
    situation = Situation(before, sightings, 58, 14, ISSUED, NOW)
    return ReleaseMemo(
        program="Example Disclosure Program",
        written_at=NOW,
        before=before,
        release_at=NOW + DAY,
        reason="used against customers",
        signed_by=("ann", "bob"),
        independence="separate keys",
        decision=decide_release(situation),
        sightings=sightings,
        holders=14,
        unmarked=2,
        cancelled=3,
        waves=(("ans", 20), ("entry", 38)),
    )


def duty_notice(case: Case | None, hold: Hold | None) -> DutyNotice:
    program = "Example Disclosure Program"
    return DutyNotice(program, NOW, FeedName("forum"), SAMPLE.id, case, hold)


def memos() -> tuple[Model, ...]:
    case = a_case()
    until = NOW + timedelta(hours=72)
    hold = Hold(HoldId(f"H-{case.id}"), ADVISORY.id, case.id, NOW, until, "a case was opened")
    return release_memo(), duty_notice(None, None), duty_notice(case, None), duty_notice(case, hold)
