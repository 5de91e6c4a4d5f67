"""``mapp key ...``: the program's own keys."""

from pathlib import Path

import click

from mapp_compliance.cli.context import Call, approvals, signatures, verb
from mapp_compliance.cli.inputs import read_file, read_text
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import instant, instant_text, shown


@click.group()
def key_command() -> None:
    """The program's own keys; those of recipients are under 'partner key'."""


@key_command.command("list")
@verb
def list_keys(call: Call) -> None:
    """The public side of every generation of keys, and what was reported stolen."""
    from mapp_compliance.workflows.log import log_keys
    from mapp_compliance.workflows.rotate import rotations

    desk = call.desk()
    began = [None, *map(instant_text, rotations(desk))]
    signers, logs = desk.keyring.signers, log_keys(desk)
    keys = [
        {
            "generation": number,
            "since": began[number - 1] if number <= len(began) else None,
            "in_use": number == desk.keyring.generation,
            "vendor_key": signer.public_key.text(),
            "fingerprint": signer.public_key.fingerprint,
            "log_key": log.text(),
        }
        for number, (signer, log) in enumerate(zip(signers, logs, strict=True), 1)
    ]
    with desk.store.read() as work:
        reports = work.compromises.all()
    stolen = [
        {
            "what": item.what.value,
            "subject": item.subject,
            "since": instant_text(item.since),
            "reported_at": instant_text(item.reported_at),
            "reason": item.reason,
        }
        for item in reports
    ]
    call.say(
        {"keys": keys, "stolen": stolen},
        *(
            f"{key['generation']}  {key['fingerprint']}  {'in use' if key['in_use'] else 'kept'}"
            for key in keys
        ),
        *(f"reported: {item['what']} {item['subject']} since {item['since']}" for item in stolen),
    )


@key_command.command("rotate")
@click.option("--reason", required=True)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="For partners.")
@approvals
@signatures
@verb
def rotate_keys(
    call: Call, reason: str, out: Path, approve: tuple[str, ...], signature: tuple[Path, ...]
) -> None:
    """New keys for what begins from now on; two people agree."""
    from mapp_compliance.cli.outputs import check_free, write_files
    from mapp_compliance.workflows.agree import Approvals
    from mapp_compliance.workflows.rotate import VENDOR_KEY_NAMESPACE, RotateKeys, rotate

    check_free(out)
    agreed = Approvals(approve, tuple(read_file(path) for path in signature))
    rotated = rotate(call.desk(), RotateKeys(reason, agreed))
    files = write_files(
        out, {"vendor.pub": rotated.vendor_key, "vendor.pub.sig": rotated.signature}
    )
    call.say(
        {
            "generation": rotated.generation,
            "vendor_key": rotated.vendor_key.decode().strip(),
            "files": files,
            "independence": rotated.independence,
        },
        f"Generation {rotated.generation} is in use. Hand {shown(str(out))} to partners: the new "
        f"vendor key, signed by the one before (ssh-keygen -Y verify -n {VENDOR_KEY_NAMESPACE}).",
        "Back up the program key again: 'mapp key backup', or 'mapp backup' for all.",
    )


@key_command.command("compromised")
@click.option("--copy", "copy_id", help="The files of this copy are in other hands.")
@click.option("--recipient", help="The sealing keys of this recipient are.")
@click.option("--program-key", is_flag=True, help="The program's own secrets are.")
@click.option("--since", required=True, help="The earliest instant it may have been so.")
@click.option("--reason", required=True)
@verb
def compromised(
    call: Call,
    copy_id: str | None,
    recipient: str | None,
    program_key: bool,
    since: str,
    reason: str,
) -> None:
    """Report something secret in other hands; later verdicts weigh it."""
    from mapp_compliance.program import Stolen
    from mapp_compliance.workflows.compromise import ReportStolen, report_stolen

    desk = call.desk()
    named = {
        Stolen.COPY: copy_id,
        Stolen.RECIPIENT_KEY: recipient,
        Stolen.PROGRAM_KEY: str(desk.keyring.generation) if program_key else None,
    }
    chosen = [(what, subject) for what, subject in named.items() if subject]
    if len(chosen) != 1:
        raise InvalidInput("name one of --copy, --recipient and --program-key")
    what, subject = chosen[0]
    report = report_stolen(desk, ReportStolen(what, subject, instant(since), reason, call.actor))
    call.say(
        {
            "report": report.digest.hex,
            "what": what.value,
            "subject": subject,
            "since": instant_text(report.since),
        },
        f"Kept: {what.value} {subject} since {instant_text(report.since)}.",
        *(
            ["Run 'mapp key rotate' next; copies that exist keep the marks they have."]
            if what is Stolen.PROGRAM_KEY
            else []
        ),
    )


@key_command.command("backup")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The sealed file.")
@click.option(
    "--to",
    "to",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Public key file of who may restore; those of mapp.toml when left out. Repeatable.",
)
@verb
def backup_key(call: Call, out: Path, to: tuple[Path, ...]) -> None:
    """The program key alone, sealed to the people who may restore it."""
    from mapp_compliance.adapters.files import write_durably
    from mapp_compliance.app import recovery_recipients
    from mapp_compliance.trust import recipient_fingerprint, seal

    recipients = recovery_recipients(call.home, [read_text(path) for path in to])
    desk = call.desk()
    write_durably(out, seal(desk.keyring.exported(), recipients))
    call.say(
        {"path": str(out), "recipients": [recipient_fingerprint(item) for item in recipients]},
        f"wrote {shown(str(out))}, sealed to {len(recipients)} keys; opened, it is "
        "keys/program.json of the workspace.",
    )
