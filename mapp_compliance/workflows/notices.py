"""Letters with the evidence that goes with them: notice, removal, clearance.

A partner learns its own facts only: never that others hold copies, nor how any other scored. The
evidence lets it check without us: the statement of the verdict, the opening of the commitment to
its own copy, and proofs that the leaves are in the ledger, each with its leaf.
"""

import json
from dataclasses import replace

from mapp_compliance.advisories import Attachment
from mapp_compliance.attribution import Run, Sample
from mapp_compliance.audit import Clearance, Envelope, Notice, Removal, parse_finding
from mapp_compliance.distribution import LEFT_THE_HOUSE, Copy
from mapp_compliance.enforcement import ActionKind, Case
from mapp_compliance.errors import Broken, Conflict, NotFound
from mapp_compliance.trust import (
    Json,
    base64_text,
    canonical,
    commit,
    digest,
    format_opening,
    parse_canonical,
)
from mapp_compliance.workflows.agree import Approvals
from mapp_compliance.workflows.attach import load_package
from mapp_compliance.workflows.attribute import find_sample
from mapp_compliance.workflows.embargo import tell_holders
from mapp_compliance.workflows.enforce import CaseStep, find_case, give_notice
from mapp_compliance.workflows.keys import commitment_key, mark_key
from mapp_compliance.workflows.log import proofs
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.prepare import commitment_fields, word_of

OWN_FACTS = (
    "verdict",
    "sample",
    "artifact",
    "method",
    "custody_level",
    "evidence",
    "information",
    "vetoes",
    "limits",
)


def notify(desk: Desk, case_id: str, approvals: Approvals) -> CaseStep:
    """The case after its notice and evidence lie in the partner's outbox.

    Raises:
        NotFound, Conflict: no such case, or nobody to give notice to.
        NeedsApproval: a notice accuses, so two people agree.
    """
    with desk.store.read() as work:
        case = find_case(work, case_id)
        run = work.runs.get(case.run.hex)
        copy = work.copies.get(case.copy) if case.copy else None
        if run is None or copy is None or case.internal:
            raise Conflict(
                f"case {case.id} names no partner's copy, so there is nobody to give notice to"
            )
        owner = partner(work, copy.recipient)
    sample = find_sample(desk, case.sample)
    evidence = canonical(_evidence(desk, case, run, sample, copy))
    notice = Notice(
        envelope=Envelope(desk.program.name, desk.clock(), owner.name, desk.program.contact),
        case=case,
        copy=copy,
        sample=sample,
        run=run,
        finding=parse_finding(json.loads(run.document)),
        terms_version=owner.agreement,
        clause=_clause(desk, case),
        evidence=digest(evidence),
    )
    letter = desk.renderer.render(notice.template, notice.document()).encode()
    return give_notice(desk, case_id, approvals, letter, evidence)


def _clause(desk: Desk, case: Case) -> str:
    used = {item.rule for item in case.proposals if item.rule}
    return next((rule.clause for rule in desk.pack().rules if rule.id in used), "the terms")


def _evidence(desk: Desk, case: Case, run: Run, sample: Sample, copy: Copy) -> dict[str, Json]:
    """What a partner needs to check the verdict on its own copy; floats are kept as texts."""
    found = json.loads(run.document)
    named = [item for item in found["copies"] if item["copy"] == copy.id]
    indices = [
        index
        for index in (
            copy.commitment_leaf,
            copy.seal_leaf,
            sample.intake_leaf,
            run.reading_leaf,
            run.run_leaf,
        )
        if index is not None
    ]
    with desk.store.read() as work:
        proven = proofs(desk, work, indices)
        leaves = {index: work.ledger.leaf(index) for index in indices}
    return {
        "type": "urn:mapp-compliance:notice-evidence/v1",
        "case": case.id,
        "finding": {key: _texts(found[key]) for key in OWN_FACTS},
        "copy": _texts(named[0]) if named else None,
        # The bound for one entity beside the one for all would tell how many recipients there are.
        "bound": _texts({key: found["bound"][key] for key in ("alpha", "family_wise", "t")}),
        "phantom_control": _texts(found["phantom_control"]),
        "run": run.digest.hex,
        "reading": run.reading.hex,
        "commitment": parse_canonical(format_opening_of(desk, copy)),
        "leaves": [
            {
                "index": index,
                "kind": leaves[index].kind,
                "data": base64_text(leaves[index].data),
                "proof": proven[index].decode(),
            }
            for index in sorted(set(indices))
        ],
    }


def _texts(value: object) -> Json:
    """The value with every fraction as text, so that its bytes are the same everywhere."""
    if isinstance(value, dict):
        return {str(key): _texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    if isinstance(value, float):
        return repr(value)
    if value is None or isinstance(value, str | int):
        return value
    raise Broken("the verdict holds a value of an unknown kind; restore the workspace")


def format_opening_of(desk: Desk, copy: Copy) -> bytes:
    """The opening of the commitment to one copy, made again from what is kept.

    Raises:
        Broken: it does not lead to the root in the ledger.
    """
    with desk.store.read() as work:
        first = min(work.setups.all(advisory=copy.advisory), key=lambda item: item.revision)
        attachment: Attachment | None = work.attachments.get(copy.advisory, copy.revision)
        beside = [
            item
            for item in work.copies.all(advisory=copy.advisory)
            if item.commitment_leaf == copy.commitment_leaf
        ]
        leaf = work.ledger.leaf(copy.commitment_leaf or 0)
    if attachment is None:
        raise NotFound(f"the package of copy {copy.id} is missing; restore the workspace")
    _, site_map = load_package(desk, attachment)
    key = mark_key(desk, first)
    fields = [
        commitment_fields(
            site_map.map_id,
            word_of(site_map, key, item.instance, item.wave).symbols,
            item,
            item.marked,
        )
        for item in beside
        if item.marked
    ]
    commitment = commit(commitment_key(desk, first), fields)
    body = parse_canonical(leaf.data)
    if not isinstance(body, dict) or body.get("root") != commitment.root.hex:
        raise Broken(f"the commitment to copy {copy.id} does not fit its leaf; stop and compare")
    opening = next(item for item in commitment.openings if item.fields["copy"] == copy.id)
    return format_opening(opening)


def with_letters(desk: Desk, step: CaseStep) -> CaseStep:
    """The step with the letters that its action calls for, laid into the outboxes."""
    done, case = step.done, step.case
    if done is None:
        return step
    if done.action is ActionKind.REMOVE:
        return replace(step, files=(*step.files, send_removal(desk, case)))
    if done.action is ActionKind.ADVANCE and done.until and step.before:
        tell_holders(desk, step.before, done.until, desk.clock())
    return step


def send_removal(desk: Desk, case: Case) -> str:
    """The decision letter after a removal was carried out; returns where it lies."""
    with desk.store.read() as work:
        owner = partner(work, case.recipient or "")
    proposal = next(
        item
        for item in reversed(case.proposals)
        if item.action is ActionKind.REMOVE and item.executed_at is not None
    )
    letter = Removal(
        envelope=Envelope(desk.program.name, desk.clock(), owner.name, desk.program.contact),
        case=case,
        proposal=proposal,
        terms_version=owner.agreement,
        clause=_clause(desk, case),
    )
    text = desk.renderer.render(letter.template, letter.document()).encode()
    return desk.post.deliver(owner.id, f"{case.id}.removal.txt", text)


def clear_partners(desk: Desk, case_id: str) -> list[str]:
    """Letters to all partners that held copies, when the copy named is the vendor's own.

    Raises:
        Conflict: the case is not about an internal copy.
    """
    with desk.store.read() as work:
        case = find_case(work, case_id)
        if not case.internal or case.advisory is None:
            raise Conflict(
                f"case {case.id} is not about a copy of the vendor's own staff; nobody is cleared"
            )
        copies = [
            copy
            for copy in work.copies.all(advisory=case.advisory)
            if copy.state in LEFT_THE_HOUSE and not copy.internal
        ]
        people = {item.id: item for item in work.partners.all()}
    told = []
    for recipient in sorted({copy.recipient for copy in copies}):
        own = tuple(copy.id for copy in copies if copy.recipient == recipient)
        letter = Clearance(
            Envelope(desk.program.name, desk.clock(), people[recipient].name, desk.program.contact),
            case.advisory,
            own,
        )
        text = desk.renderer.render(letter.template, letter.document()).encode()
        told.append(desk.post.deliver(recipient, f"{case.id}.cleared.txt", text))
    return told
