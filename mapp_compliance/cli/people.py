"""``mapp user ...`` and ``mapp partner ...``."""

from pathlib import Path

import click

from mapp_compliance.cli.context import Call, approvals, signatures, verb
from mapp_compliance.cli.inputs import read_file, read_text
from mapp_compliance.cli.partnerkeys import key_command
from mapp_compliance.program import PartnerState, Role, role
from mapp_compliance.values import PartnerId, instant, instant_text, shown

LINE = "{:<12} {:<10} {:<10} {:<9} {}"


@click.group()
def user_command() -> None:
    """People who act in the program."""


@user_command.command("add")
@click.argument("name")
@click.option("--role", "role_name", required=True, help=", ".join(item.value for item in Role))
@click.option("--key", required=True, type=click.Path(path_type=Path), help="Public SSH key file.")
@approvals
@signatures
@verb
def add(
    call: Call,
    name: str,
    role_name: str,
    key: Path,
    approve: tuple[str, ...],
    signature: tuple[Path, ...],
) -> None:
    """Enrol a further person; two people agree."""
    from mapp_compliance.workflows.agree import Approvals
    from mapp_compliance.workflows.people import add_user

    agreed = Approvals(approve, tuple(read_file(path) for path in signature))
    user, independence = add_user(call.desk(), name, role(role_name), read_text(key), agreed)
    call.say(
        {"user": user.name, "role": user.role.value, "key": user.key, "independence": independence},
        f"{user.name} is enrolled as {user.role.value}.",
    )


@user_command.command("list")
@verb
def list_users(call: Call) -> None:
    """Who is enrolled."""
    with call.desk().store.read() as work:
        users = work.users.all()
    call.say(
        {"users": [{"user": u.name, "role": u.role.value, "key": u.key} for u in users]},
        *(f"{u.name:<16} {u.role.value}" for u in users),
    )


@click.group()
def partner_command() -> None:
    """Organisations and internal readers who may receive copies."""


partner_command.add_command(key_command)


@partner_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--keys-proved", default="", help="How control of the keys was shown, in words.")
@verb
def import_file(call: Call, file: Path, keys_proved: str) -> None:
    """Take in recipients from a CSV file, all or nothing."""
    from mapp_compliance.workflows.people import import_partners, partner_document

    desk = call.desk()
    partners = import_partners(desk, read_file(file), file.name, keys_proved)
    documents = [partner_document(item, call.now()) for item in partners]
    call.say({"partners": documents}, f"{len(partners)} recipients imported.")
    if not keys_proved:
        effect = (
            "a demo workspace takes them as they come"
            if desk.program.local_keys
            else "the terms may withhold copies until somebody says"
        )
        call.talk(f"No word on how their keys were proved (--keys-proved REASON); {effect}.")


@partner_command.command("list")
@click.option("--kind", default="", help="Only this kind.")
@verb
def list_partners(call: Call, kind: str) -> None:
    """All recipients and how they stand."""
    from mapp_compliance.workflows.people import partner_document

    with call.desk().store.read() as work:
        partners = work.partners.all(kind=kind) if kind else work.partners.all()
    documents = [partner_document(item, call.now()) for item in partners]
    call.say(
        {"partners": documents},
        *(
            LINE.format(d["id"], d["kind"], d["state"], d["tier"] or "-", shown(str(d["name"])))
            for d in documents
        ),
    )


@partner_command.command("show")
@click.argument("partner_id")
@verb
def show_partner(call: Call, partner_id: str) -> None:
    """One recipient with its history."""
    from mapp_compliance.workflows.people import partner, partner_document

    with call.desk().store.read() as work:
        found = partner(work, partner_id)
        history = work.events(found.id)
    document = partner_document(found, call.now())
    events = [
        {"at": instant_text(e.at), "what": e.what, "by": e.by, "detail": e.detail} for e in history
    ]
    call.say(
        {"partner": document, "partners": [document], "events": events},
        *(f"{key:<16} {shown(str(value))}" for key, value in document.items() if value is not None),
        *(f"{e['at']}  {e['what']}  {shown(e['detail'])}" for e in events),
    )


def _mover(action: str, state: PartnerState, what: str) -> click.Command:
    @partner_command.command(action, help=what)
    @click.argument("partner_id")
    @click.option("--reason", required=True)
    @click.option("--until", default=None, help="End of a suspension, ISO 8601 with zone.")
    @approvals
    @signatures
    @verb
    def moved(
        call: Call,
        partner_id: str,
        reason: str,
        until: str | None,
        approve: tuple[str, ...],
        signature: tuple[Path, ...],
    ) -> None:
        from mapp_compliance.workflows.agree import Approvals
        from mapp_compliance.workflows.people import MovePartner, move_partner, partner_document

        command = MovePartner(
            PartnerId(partner_id),
            action,
            state,
            reason,
            instant(until) if until else None,
            Approvals(approve, tuple(read_file(path) for path in signature)),
        )
        partner, independence = move_partner(call.desk(), command)
        document = partner_document(partner, call.now())
        call.say(
            {"partner": document, "partners": [document], "independence": independence},
            f"{partner.id} {shown(partner.name)} is {document['state']}.",
        )

    return moved


_mover("restrict", PartnerState.RESTRICTED, "Limit what a recipient gets; no finding of fault.")
_mover("suspend", PartnerState.SUSPENDED, "Stop copies to a recipient.")
_mover("restore", PartnerState.ACTIVE, "Bring a recipient back.")
_mover("withdraw", PartnerState.WITHDRAWN, "A recipient leaves in good standing.")
