"""``mapp partner key ...``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mapp_compliance.cli.context import Call, verb
from mapp_compliance.cli.inputs import read_file, read_text
from mapp_compliance.program import KeyUse
from mapp_compliance.values import PartnerId, instant, instant_text

if TYPE_CHECKING:
    from mapp_compliance.program import PartnerKey

USES = click.Choice([use.value for use in KeyUse])


@click.group("key")
def key_command() -> None:
    """Keys of one recipient."""


@key_command.command("add")
@click.argument("partner_id")
@click.option("--use", required=True, type=USES, help="To seal copies to, or to sign receipts.")
@click.option("--key", required=True, type=click.Path(path_type=Path), help="Public key file.")
@click.option("--proof", type=click.Path(path_type=Path), help="Signature or answer of the key.")
@click.option("--keys-proved", default="", help="In place of a proof: how control was shown.")
@click.option("--question", type=click.Path(path_type=Path), help="Write the sealed question here.")
@verb
def add(
    call: Call,
    partner_id: str,
    use: str,
    key: Path,
    proof: Path | None,
    keys_proved: str,
    question: Path | None,
) -> None:
    """Enrol a further key, once it has shown in whose hands it is."""
    from mapp_compliance.adapters.files import write_durably
    from mapp_compliance.workflows.partnerkeys import AddKey, KeyUnproved, add_key

    command = AddKey(
        PartnerId(partner_id),
        KeyUse(use),
        read_text(key),
        read_file(proof) if proof else b"",
        keys_proved,
    )
    try:
        changed, added = add_key(call.desk(), command)
    except KeyUnproved as unproved:
        if question is not None and unproved.sealed:
            write_durably(question, unproved.sealed)
        raise
    call.say(
        {"partner": changed.id, "key": key_document(added)},
        f"{changed.id} uses {added.fingerprint} from now on; proved by: {added.proved}.",
    )


@key_command.command("list")
@click.argument("partner_id")
@verb
def list_keys(call: Call, partner_id: str) -> None:
    """Every key the recipient has or had."""
    from mapp_compliance.program import enrolled_keys
    from mapp_compliance.workflows.people import partner

    with call.desk().store.read() as work:
        keys = enrolled_keys(partner(work, partner_id))
    call.say(
        {"partner": partner_id, "keys": [key_document(key) for key in keys]},
        *(f"{key.use.value:<5} {key.fingerprint}  {_standing(key)}" for key in keys),
    )


@key_command.command("revoke")
@click.argument("partner_id")
@click.argument("fingerprint")
@click.option("--reason", required=True)
@click.option("--stolen-since", help="Since when it may be in other hands, ISO 8601 with zone.")
@verb
def revoke(
    call: Call, partner_id: str, fingerprint: str, reason: str, stolen_since: str | None
) -> None:
    """Stop the use of a key; what was sealed to it stays with whoever holds it."""
    from mapp_compliance.program import Stolen
    from mapp_compliance.workflows.compromise import ReportStolen, report_stolen
    from mapp_compliance.workflows.partnerkeys import revoke_key

    since = instant(stolen_since) if stolen_since else None
    desk = call.desk()
    changed = revoke_key(desk, PartnerId(partner_id), fingerprint, reason)
    if since is not None:
        report_stolen(
            desk, ReportStolen(Stolen.RECIPIENT_KEY, partner_id, since, reason, call.actor)
        )
    call.say(
        {"partner": changed.id, "revoked": fingerprint, "stolen_since": stolen_since},
        f"{fingerprint} of {changed.id} is revoked.",
    )


def key_document(key: "PartnerKey") -> dict[str, object]:
    """A recipient's key as the command line shows it; public, but not in full."""
    return {
        "use": key.use.value,
        "fingerprint": key.fingerprint,
        "proved": key.proved or None,
        "added_at": instant_text(key.added_at) if key.added_at else None,
        "revoked_at": instant_text(key.revoked_at) if key.revoked_at else None,
        "reason": key.reason or None,
    }


def _standing(key: "PartnerKey") -> str:
    if key.revoked_at is not None:
        return f"revoked {instant_text(key.revoked_at)}: {key.reason}"
    return f"proved by: {key.proved}" if key.proved else "not proved"
