"""Letters with the evidence that goes with them: notice, removal, clearance.

A partner learns its own facts only: never that others hold copies, nor how any other scored. The
evidence lets it check without us: the statement of the verdict, the opening of the commitment to
its own copy, and proofs that the leaves are in the ledger, each with its leaf.
"""

import json

from mapp_compliance.advisories import Attachment
from mapp_compliance.attribution import Run, Sample
from mapp_compliance.audit import Clearance, Notice, parse_finding
from mapp_compliance.distribution import LEFT_THE_HOUSE, Copy
from mapp_compliance.enforcement import Case
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
from mapp_compliance.workflows.enforce import CaseStep, find_case, give_notice
from mapp_compliance.workflows.keys import commitment_key, mark_key
from mapp_compliance.workflows.letters import (
    check_clears,
    duty_of,
    envelope,
    measure_clause,
    removal_name,
)
from mapp_compliance.workflows.log import proofs, transaction
from mapp_compliance.workflows.outbox import Letter, queue, send_waiting
from mapp_compliance.workflows.people import partner
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.prepare import commitment_fields, word_digest, word_of
from mapp_compliance.workflows.verdictdoc import document_of

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
        duty = duty_of(desk, work, copy, owner)
    sample = find_sample(desk, case.sample)
    evidence = canonical(_evidence(desk, case, run, sample, copy))
    finding = parse_finding(document_of(desk, run))
    notice = Notice(
        envelope=envelope(desk, owner),
        case=case,
        copy=copy,
        sample=sample,
        run=run,
        finding=finding,
        terms_version=owner.agreement,
        duty=duty,
        clause=measure_clause(desk, case, "notice"),
        evidence=digest(evidence),
    )
    letter = desk.renderer.render(notice.template, notice.document()).encode()
    return give_notice(desk, case_id, approvals, letter, evidence)


def _evidence(desk: Desk, case: Case, run: Run, sample: Sample, copy: Copy) -> dict[str, Json]:
    """What a partner needs to check the verdict on its own copy; floats are kept as texts."""
    found = document_of(desk, run)
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
        "copy": _texts(_own(named[0])) if named else None,
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


def _own(row: dict[str, object]) -> dict[str, object]:
    """What a partner is shown of its copy: not how many others' words a joint p opens."""
    return {key: value for key, value in row.items() if key not in {"opens", "joint"}}


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
            word_digest(item, word_of(site_map, key, item.instance, item.wave).symbols),
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


def send_removal(desk: Desk, case: Case) -> str:
    """Where the decision letter of a removal lies; sent now, if it still waited."""
    send_waiting(desk)
    return _laid_down(desk, case.recipient or "", removal_name(case))


def clear_partners(desk: Desk, case_id: str) -> list[str]:
    """Letters to all partners that held copies, when the copy named is the vendor's own.

    Raises:
        Conflict: the case is not about an internal copy, or shows a source that it does not name.
        Undelivered: the letters are written, and some wait for the next try.
    """
    now = desk.clock()
    name = f"{case_id}.cleared.txt"
    with transaction(desk) as work:
        case = find_case(work, case_id)
        if not case.internal or case.advisory is None:
            raise Conflict(
                f"case {case.id} is not about a copy of the vendor's own staff; nobody is cleared"
            )
        run = work.runs.get(case.run.hex)
        check_clears(json.loads(run.document).get("limits", []) if run else [], f"case {case.id}")
        copies = [
            copy
            for copy in work.copies.all(advisory=case.advisory)
            if copy.state in LEFT_THE_HOUSE and not copy.internal
        ]
        cleared = sorted({copy.recipient for copy in copies})
        for recipient in cleared:
            if work.outgoing.get(recipient, name) is not None:
                continue  # told by an earlier call
            own = tuple(copy.id for copy in copies if copy.recipient == recipient)
            model = Clearance(envelope(desk, partner(work, recipient)), case.advisory, own)
            text = desk.renderer.render(model.template, model.document()).encode()
            queue(desk, work, Letter(recipient, name, text, case.id), now)
    send_waiting(desk)
    return [_laid_down(desk, recipient, name) for recipient in cleared]


def _laid_down(desk: Desk, recipient: str, name: str) -> str:
    """Where a letter that was sent lies; laid down again if somebody took it away."""
    with desk.store.read() as work:
        written = work.outgoing.get(recipient, name)
    if written is None:
        raise NotFound(f"there is no letter {name}; nothing was decided that it could tell")
    return desk.post.deliver(recipient, name, desk.vault_get(written.blob))
