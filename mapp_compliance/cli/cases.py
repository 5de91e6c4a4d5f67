"""``mapp case ...``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mapp_compliance.cli.context import Call, approvals, signatures, verb
from mapp_compliance.cli.inputs import read_file, read_text
from mapp_compliance.values import CaseId, instant

if TYPE_CHECKING:
    from mapp_compliance.workflows.agree import Approvals
    from mapp_compliance.workflows.enforce import CaseStep

ACTIONS = ("warn", "restrict", "suspend", "remove", "advance")


@click.group()
def case_command() -> None:
    """Matters under enforcement."""


@case_command.command("list")
@verb
def list_cases(call: Call) -> None:
    """All cases."""
    from mapp_compliance.workflows.casedoc import case_document

    with call.desk().store.read() as work:
        cases = work.cases.all()
    call.say(
        {"cases": [case_document(item) for item in cases]},
        *(f"{item.id}  {item.state.value:<10} {item.verdict:<26} {item.sample}" for item in cases),
    )


@case_command.command("show")
@click.argument("case_id")
@click.option("--blind", is_flag=True, help="Without whose copy it is, as for an examiner.")
@verb
def show(call: Call, case_id: str, blind: bool) -> None:
    """One case: its proposals, approvals, actions and timeline."""
    from mapp_compliance.workflows.casedoc import case_document
    from mapp_compliance.workflows.enforce import find_case

    with call.desk().store.read() as work:
        case = find_case(work, case_id)
    document = case_document(case)
    if blind:
        document |= {"copy": None, "recipient": None, "statement": None}
    call.say({"case": document}, *_lines(document))


@case_command.command("reveal")
@click.argument("case_id")
@click.option("--reason", required=True, help="Why this person must see the name.")
@approvals
@signatures
@verb
def reveal_name(
    call: Call, case_id: str, reason: str, approve: tuple[str, ...], signature: tuple[Path, ...]
) -> None:
    """Show whose copy it is to one person, who can then neither examine nor approve."""
    from mapp_compliance.workflows.casedoc import case_document
    from mapp_compliance.workflows.reveal import reveal

    shown = reveal(call.desk(), case_id, reason, _agreed(approve, signature))
    call.say(
        {
            "case": case_document(shown.step.case),
            "recipient": shown.recipient,
            "name": shown.name,
            "revealed_to": shown.to,
            "independence": shown.step.independence,
        },
        f"case {case_id} is about the copy issued to {shown.recipient} ({shown.name})",
        f"{shown.to} can neither examine nor approve in it from now on",
    )


@case_command.command("propose")
@click.argument("case_id")
@click.option("--action", required=True, type=click.Choice(ACTIONS))
@click.option("--reason", required=True)
@click.option("--until", default=None, help="End of a suspension, or new release time.")
@approvals
@signatures
@verb
def propose(
    call: Call,
    case_id: str,
    action: str,
    reason: str,
    until: str | None,
    approve: tuple[str, ...],
    signature: tuple[Path, ...],
) -> None:
    """Propose an action; a provisional suspension takes effect with one signature."""
    from mapp_compliance.enforcement import ActionKind
    from mapp_compliance.workflows.enforce import ProposeAction, propose_action

    command = ProposeAction(
        CaseId(case_id),
        ActionKind(action),
        reason,
        instant(until) if until else None,
        call.actor,
        _agreed(approve, signature),
    )
    _say(call, propose_action(call.desk(), command))


@case_command.command("approve")
@click.argument("case_id")
@click.option(
    "--proposal", "number", type=int, default=None, help="Its number; newest if left out."
)
@approvals
@signatures
@verb
def approve_proposal(
    call: Call,
    case_id: str,
    number: int | None,
    approve: tuple[str, ...],
    signature: tuple[Path, ...],
) -> None:
    """Sign a proposal; without a signature the decision to sign is printed."""
    from mapp_compliance.workflows.enforce import approve as approve_case

    _say(call, approve_case(call.desk(), case_id, number, _agreed(approve, signature)))


@case_command.command("reject")
@click.argument("case_id")
@click.option(
    "--proposal", "number", type=int, default=None, help="Its number; newest if left out."
)
@click.option("--reason", default="", help="Why not, in words.")
@approvals
@signatures
@verb
def reject_proposal(
    call: Call,
    case_id: str,
    number: int | None,
    reason: str,
    approve: tuple[str, ...],
    signature: tuple[Path, ...],
) -> None:
    """Sign against a proposal; it is off the table then."""
    from mapp_compliance.workflows.enforce import reject

    _say(call, reject(call.desk(), case_id, number, reason, _agreed(approve, signature)))


@case_command.command("notice")
@click.argument("case_id")
@approvals
@signatures
@verb
def notice(call: Call, case_id: str, approve: tuple[str, ...], signature: tuple[Path, ...]) -> None:
    """Tell the partner, with the evidence; two people agree."""
    from mapp_compliance.workflows.notices import notify

    _say(call, notify(call.desk(), case_id, _agreed(approve, signature)))


@case_command.command("clear")
@click.argument("case_id")
@verb
def clear(call: Call, case_id: str) -> None:
    """Tell all partners that they are cleared, when the copy was the vendor's own."""
    from mapp_compliance.workflows.notices import clear_partners

    told = clear_partners(call.desk(), case_id)
    call.say({"case": case_id, "letters": told}, f"{len(told)} partners were told.")


@case_command.command("hear")
@click.argument("case_id")
@click.option("--statement", type=click.Path(path_type=Path), help="The partner's statement.")
@verb
def hear(call: Call, case_id: str, statement: Path | None) -> None:
    """Take in the statement, or note that the time to answer went by."""
    from mapp_compliance.workflows.enforce import hear as hear_partner

    text = read_text(statement) if statement else ""
    _say(call, hear_partner(call.desk(), case_id, text, call.actor))


@case_command.command("examine")
@click.argument("case_id")
@click.option(
    "--finding",
    default="confirmed",
    type=click.Choice(["confirmed", "not confirmed"]),
    show_default=True,
)
@approvals
@signatures
@verb
def examine(
    call: Call,
    case_id: str,
    finding: str,
    approve: tuple[str, ...],
    signature: tuple[Path, ...],
) -> None:
    """Do the whole attribution again, blind, and let an examiner sign the finding."""
    from mapp_compliance.workflows.examination import examine_case

    _say(call, examine_case(call.desk(), case_id, finding, _agreed(approve, signature)))


@case_command.command("close")
@click.argument("case_id")
@click.option("--reason", required=True)
@verb
def close(call: Call, case_id: str, reason: str) -> None:
    """Close a case with its reason."""
    from mapp_compliance.workflows.enforce import close as close_case

    _say(call, close_case(call.desk(), case_id, reason))


def _agreed(approve: tuple[str, ...], signature: tuple[Path, ...]) -> "Approvals":
    from mapp_compliance.workflows.agree import Approvals

    return Approvals(approve, tuple(read_file(path) for path in signature))


def _say(call: Call, step: "CaseStep") -> None:
    from mapp_compliance.workflows.casedoc import case_document

    document = case_document(step.case)
    call.say(
        {
            "case": document,
            "independence": step.independence or None,
            "files": list(step.files),
        },
        *_lines(document),
        *(f"wrote {path}" for path in step.files),
        *((f"independence: {step.independence}",) if step.independence else ()),
    )


def _lines(case: dict[str, Any]) -> list[str]:
    subject = f" copy {case['copy']} issued to {case['recipient']}" if case["copy"] else ""
    lines = [f"case {case['id']}: {case['verdict']}{subject}; {case['state']}"]
    for item in case["proposals"]:
        state = f"carried out {item['executed_at']}" if item["executed_at"] else "open"
        until = f" until {item['until']}" if item["until"] else ""
        lines.append(f"  {item['number']}. {item['action']}{until} by {item['by']}: {state}")
    lines += [f"  {step['at']}  {step['what']}" for step in case["steps"]]
    return lines
