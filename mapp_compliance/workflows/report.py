"""Reports and letters: what is kept, gathered into one model each, and rendered.

Read-only but for the letters that a step of a case sends. The JSON form and the page come from
the same document, so they show the same figures.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mapp_compliance.advisories import Advisory
from mapp_compliance.attribution import Run, Sample
from mapp_compliance.audit import (
    CaseReport,
    CopyLine,
    DistributionReport,
    Ground,
    Heading,
    Holding,
    LedgerLine,
    Model,
    OtherHolders,
    Proofs,
    Term,
    WithheldLine,
    parse_finding,
)
from mapp_compliance.distribution import Copy, CopyState, Withheld, parse_receipt
from mapp_compliance.enforcement import Case
from mapp_compliance.errors import NotFound
from mapp_compliance.policy import RuleKind
from mapp_compliance.program import Partner
from mapp_compliance.trust import digest
from mapp_compliance.values import AdvisoryId, Digest, PartnerId
from mapp_compliance.workflows.attribute import find_sample
from mapp_compliance.workflows.duties import receipt_due
from mapp_compliance.workflows.enforce import find_case
from mapp_compliance.workflows.exposure import PUBLIC, Held
from mapp_compliance.workflows.exposure import holdings as holdings_of
from mapp_compliance.workflows.log import tree_of
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.records import Leaf, PolicyRecord
from mapp_compliance.workflows.verdictdoc import document_of

GROUNDS = {
    RuleKind.PROHIBITION: Ground.RESTRICTION,
    RuleKind.ENTITLEMENT: Ground.ENTITLEMENT,
    RuleKind.ELIGIBILITY: Ground.REQUIREMENT,
}


@dataclass(frozen=True, slots=True)
class Written:
    """A report in both forms."""

    html: bytes
    json: bytes


def written(desk: Desk, model: Model) -> Written:
    """The report of a model as page and as JSON."""
    document = model.document()
    page = desk.renderer.render(model.template, document)
    plain = json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False)
    return Written(page.encode(), f"{plain}\n".encode())


def heading(desk: Desk) -> Heading:
    """Who writes, and when."""
    return Heading(desk.program.name, desk.clock(), desk.program.local_keys)


def case_report(desk: Desk, name: str) -> CaseReport:
    """The attribution report of a case, or of a sample whose run opened none.

    Raises:
        NotFound: no such case or sample, or the sample was never attributed.
    """
    case, sample, run = _matter_of(desk, name)
    finding = parse_finding(document_of(desk, run))
    with desk.store.read() as work:
        advisory = work.advisories.get(run.advisory) if run.advisory else None
        copies = work.copies.all(advisory=run.advisory) if run.advisory else []
        people = {item.id: item for item in work.partners.all()}
        leaves = work.ledger.leaves()
        setups = work.setups.all(advisory=run.advisory) if run.advisory else []
        others = _others(holdings_of(work, advisory)) if advisory else ()
    named = {item.copy for item in finding.copies}
    holdings = tuple(
        Holding(
            copy=copy.id,
            holder=people[copy.recipient].name if copy.id in named else "",
            kind=people[copy.recipient].kind.value,
            delivered_at=copy.delivered_at,
            receipted_at=copy.receipted_at,
            unmarked=bool(copy.unmarked),
        )
        for copy in copies
        if copy.delivered_at is not None
    )
    about = {
        sample.intake_leaf: "the sample as it was taken in",
        run.reading_leaf: "what was read, before any codeword was derived",
        run.run_leaf: "this run and its verdict",
        **{item.leaf: "how copies are marked and scored" for item in setups},
    }
    for copy in copies:
        if copy.id in named and copy.commitment_leaf is not None and copy.seal_leaf is not None:
            about[copy.commitment_leaf] = f"commitment to copy {copy.id}, among others"
            about[copy.seal_leaf] = f"sealed bytes of copy {copy.id}"
    return CaseReport(
        heading=heading(desk),
        finding=finding,
        sample=sample,
        run=run,
        case=case,
        advisory=advisory,
        holdings=holdings,
        proofs=_proofs(desk, leaves, about),
        names=tuple(
            (copy.recipient, people[copy.recipient].name) for copy in copies if copy.id in named
        ),
        terms=_terms(desk, case),
        others=others,
    )


def _others(held: Sequence[Held]) -> tuple[OtherHolders, ...]:
    """Who had the material and was sent no copy, by kind, earliest first."""
    by_kind: dict[str, dict[str, Held]] = {}
    for item in held:
        if not item.copies and not item.marked and item.kind != PUBLIC:
            by_kind.setdefault(item.kind, {}).setdefault(item.holder, item)
    rows = (
        OtherHolders(
            kind,
            len(own),
            sum(one.size for one in own.values()),
            min(one.since for one in own.values()),
        )
        for kind, own in by_kind.items()
    )
    return tuple(sorted(rows, key=lambda row: (row.since, row.kind)))


def _matter_of(desk: Desk, name: str) -> tuple[Case | None, Sample, Run]:
    with desk.store.read() as work:
        if work.samples.get(name) is None:
            case: Case | None = find_case(work, name)
            run = work.runs.get(case.run.hex) if case else None
        else:
            case, run = _newest(work, name)
    if run is None:
        raise NotFound(f"{name} was not attributed yet; run 'mapp attribute {name}' first")
    return case, find_sample(desk, run.sample), run


def _newest(work: UnitOfWork, sample: str) -> tuple[Case | None, Run | None]:
    runs = work.runs.all(sample=sample)
    run = max(runs, key=lambda item: item.run_leaf, default=None)
    cases = [item for item in work.cases.all(sample=sample) if run and item.run == run.digest]
    return (cases[0] if cases else None), run


def _terms(desk: Desk, case: Case | None) -> tuple[Term, ...]:
    rules = {rule.id: rule for rule in desk.pack().rules}
    used = {item.rule for item in case.proposals if item.rule} if case else set()
    return tuple(
        Term(rule.id, rule.clause, rule.text) for name, rule in rules.items() if name in used
    )


def _proofs(desk: Desk, leaves: Sequence[Leaf], about: dict[int, str]) -> Proofs:
    tree = tree_of(list(leaves))
    return Proofs(
        origin=desk.program.origin,
        size=tree.size,
        root=Digest(tree.root().hex()),
        leaves=tuple(
            LedgerLine(leaf.index, leaf.kind, digest(leaf.data), leaf.at, about[leaf.index])
            for leaf in leaves
            if leaf.index in about
        ),
    )


def distribution_report(desk: Desk, advisory_id: str) -> DistributionReport:
    """Who got what of an advisory, who did not and why.

    Raises:
        NotFound: no such advisory, or nothing attached.
    """
    with desk.store.read() as work:
        advisory = desk.advisory(work, AdvisoryId(advisory_id))
        attachment = work.attachments.get(advisory.id, advisory.revision)
        setup = work.setups.get(advisory.id, advisory.revision)
        copies = [
            copy
            for copy in work.copies.all(advisory=advisory.id)
            if copy.state is not CopyState.CANCELLED
        ]
        people = {item.id: item for item in work.partners.all()}
        records = work.decisions.all(advisory=advisory.id)
        leaves = work.ledger.leaves()
    if attachment is None:
        raise NotFound(f"nothing is attached to {advisory.id}, so there is nothing to report")
    lines = tuple(_copy_line(desk, advisory, copy, people[copy.recipient]) for copy in copies)
    about = dict.fromkeys(_indices(copies, "commitment_leaf"), "commitment to copies")
    about |= dict.fromkeys(_indices(copies, "seal_leaf"), "sealed bytes of a copy")
    if setup is not None:
        about[setup.leaf] = "how copies are marked and scored"
    names = {item.id: item.name for item in people.values()}
    pack = desk.pack()
    return DistributionReport(
        heading=heading(desk),
        advisory=advisory,
        attachment=attachment,
        set_up=setup,
        policy=f"{pack.name} {pack.version}, digest {pack.digest.hex}",
        copies=lines,
        withheld=_withheld(desk, records, {copy.recipient for copy in copies}, names),
        proofs=_proofs(desk, leaves, about),
    )


def _indices(copies: Sequence[Copy], field: str) -> list[int]:
    return [index for copy in copies if (index := getattr(copy, field)) is not None]


def _copy_line(desk: Desk, advisory: Advisory, copy: Copy, owner: Partner) -> CopyLine:
    due = receipt_due(desk, advisory, copy, owner)
    line = CopyLine(copy, owner.name, owner.kind.value, due)
    if copy.receipt is None:
        return line
    receipt = parse_receipt(desk.blobs.get(copy.receipt))
    return replace(line, opened_at=receipt.opened_at, terms=receipt.terms_version)


def _withheld(
    desk: Desk, records: Sequence[PolicyRecord], served: set[PartnerId], names: dict[PartnerId, str]
) -> tuple[WithheldLine, ...]:
    """The newest answer for each recipient that has no copy."""
    newest: dict[str, PolicyRecord] = {}
    for record in sorted(records, key=lambda item: item.at):
        newest[record.recipient] = record
    lines = []
    for recipient, record in sorted(newest.items()):
        if recipient in served or record.outcome != "withheld":
            continue
        reasons = json.loads(record.document)["decision"]["result"]["reasons"]
        first = reasons[0] if reasons else {"rule": "none", "clause": "", "text": "no rule"}
        lines.append(
            WithheldLine(
                Withheld(PartnerId(recipient), first["rule"], first["clause"], first["text"]),
                names.get(PartnerId(recipient), recipient),
                _ground(desk, first["rule"]),
            )
        )
    return tuple(lines)


def _ground(desk: Desk, rule: str) -> Ground:
    kinds = {item.id: item.kind for item in desk.pack().rules}
    return GROUNDS.get(kinds.get(rule, RuleKind.ENTITLEMENT), Ground.REQUIREMENT)
